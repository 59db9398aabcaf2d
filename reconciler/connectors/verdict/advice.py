"""What the author of a manifest has to know about the server's verdict: rules R401 to R420. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.server.create import MergeFailed
from reconciler.connectors.server.forms import InferenceFailed, UnparsableSpecification
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.server.work import NotKnown, TooMuchWork
from reconciler.connectors.verdict.case import CONNECTOR, FORM, PRESETS, SCHEMA, Case, Path
from reconciler.connectors.verdict.findings import as_json, choices, dotted, field, quoted
from reconciler.connectors.verdict.refused import refusal_advice
from reconciler.connectors.verdict.remedies import remedies_of_corruption
from reconciler.connectors.verdict.verdict import form_variable_texts
from reconciler.connectors.verdict.ways import WRITE_FORM
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import pointer, pointer_segments
from reconciler.model.template import Manifest
from reconciler.model.text import SENSITIVE
from reconciler.model.verdict import Corruption, Verdict

_OTHER_VERSION = "use another version of the connector, or report its schema to the maintainers"
_MOST_NAMED = 8
_ONE_SIDE = "preset all of it and do not ask for it, or ask for all of it and do not preset it"
_OAUTH_HOME = (
    "an OAuth application's client id and secret do not belong here but to the organization's OAuth credentials "
    "(PUT /organizations/{organizationId}/oauthCredentials)"
)


def verdict_advice(
    manifest: Manifest, verdict: Verdict | NotKnown | None, *, seeks_remedies: bool = True
) -> tuple[Diagnostic, ...]:
    """One error for each thing that keeps the server from storing what the manifest says. () when nothing does.

    `verdict` is what `judged` says. With `seeks_remedies` each names ways out that were tried on the server's rules.
    """
    connector = manifest.connector
    label = connector.repository or connector.id
    if connector.tombstone:
        message = (
            f"{label} was withdrawn: Airbyte would store the template, answer 404, and show it in no list"
        )
        return (diagnostic("R415", CONNECTOR, message, "take the connector that replaces it"),)
    if isinstance(verdict, NotKnown):
        return (unknown_advice(verdict),)
    if connector.specification is None or verdict is None or verdict.is_safe:
        return ()
    case = Case(connector.specification, manifest.presets, manifest.form, seeks_remedies)
    if verdict.status == 422:
        return tuple(refusal_advice(case, form_variable_texts(manifest)))
    if verdict.status == 500:
        # A server error: which step fails, because of what.
        rule, where, what, way_out = _cause(case, label)
        message = f"Airbyte would answer 500 to the create: {what} {quoted(verdict.messages[:1])}"
        return (diagnostic(rule, where, message, way_out),)
    return tuple(_overwritten(case, verdict.corrupted))


def unknown_advice(reason: NotKnown) -> Diagnostic:
    """The error about a create whose answer is not known."""
    message = f"what Airbyte would answer to the create is not known: {reason}"
    if isinstance(reason, TooMuchWork):
        help_text = "make the presets smaller, or look at what the connector's schema in connectors.lock.json multiplies"
    else:
        help_text = "write the connector's schema without it, or use the connector's id without a lock: then nothing is checked"
    return diagnostic("R414", CONNECTOR, message, help_text)


def _overwritten(case: Case, corrupted: Sequence[Corruption]) -> Iterator[Diagnostic]:
    """One diagnostic for each preset object that the server would write into, in the order of their names."""
    for name, group in groupby(corrupted, key=lambda each: pointer_segments(each.path)[0]):
        found = list(group)
        added = [each for each in found if case.preset_at(pointer_segments(each.path)) is ABSENT]
        replaced = [each for each in found if each not in added]
        losses = [f"{verb} {_listed(each)}" for verb, each in (("store", replaced), ("add", added)) if each]
        what = field((name,))
        message = (
            f"Airbyte would answer 200 and destroy what is preset in {what}: it would {' and '.join(losses)}, because the "
            f"form asks for {what} too and its made-up answers are written into the preset"
        )
        ways = [each.words for each in remedies_of_corruption(case, name)]
        help_text = choices(ways) or _ONE_SIDE
        if case.oauth_names & {segment for each in found for segment in pointer_segments(each.path)[1:]}:
            help_text += f"; {_OAUTH_HOME}"
        yield diagnostic("R420", PRESETS + pointer((name,)), message, help_text, on_key=True)


def _listed(found: Sequence[Corruption]) -> str:
    stored = (SENSITIVE if each.is_secret else as_json(each.stored, 40) for each in found)
    named = [
        f'"{dotted(pointer_segments(each.path))}" as {what}' for each, what in zip(found, stored, strict=True)
    ]
    rest = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + rest


def _cause(case: Case, label: str) -> tuple[str, str, str, str]:
    """The rule, the place, what the server cannot do, and what helps."""
    match case.evaluation.failure:
        case InferenceFailed() as failure:
            what = f"it cannot infer a form, because the connector's specification {failure.lack}"
            way_out = f"{WRITE_FORM}; `reconciler new {label}` prints one to start from"
            cause = "R410", CONNECTOR, what, way_out
        case UnparsableSpecification() if case.form is None:
            way_out = f"{WRITE_FORM}, with `connectionSpecification` alone"
            cause = "R411", CONNECTOR, "it infers a form that it cannot read itself", way_out
        case UnparsableSpecification() as failure:
            key = failure.key or SCHEMA
            what, way_out = f"it cannot read `{key}` of the form", f"correct `{key}`, or leave it out"
            cause = "R411", FORM + pointer((key,)), what, way_out
        case MergeFailed(path=path) if path:
            cause = "R412", PRESETS + pointer(path), *_mismatch(case, path)
        case MergeFailed() if case.form is not None and SCHEMA not in case.form:
            way_out = f"put the fields under `{SCHEMA}`: a form is a whole specification"
            cause = "R412", FORM, f"the form has no `{SCHEMA}`", way_out
        case MergeFailed():
            where = case.form_pointer((SCHEMA, "type"))
            way_out = f"write `type: object` directly under `{SCHEMA}`"
            cause = "R412", where, "the form's schema is no object", way_out
        case _:
            what = "its validator fails on the connector's own schema"
            cause = "R413", CONNECTOR, what, f"no manifest can help: {_OTHER_VERSION}"
    return cause


def _mismatch(case: Case, path: Path) -> tuple[str, str]:
    """A preset and a field of which one is an object and the other is not, and the changes with which the server merges them."""
    is_object = case.has_preset_object(path)
    sides = ("an object", "no object") if is_object else ("no object", "one")
    what = f"the preset {field(path)} is {sides[0]}, and the form asks for {sides[1]} there"
    ways = [("remove the preset, so that customers are asked for it", case.without_preset(path))]
    if case.form is not None:
        name = str(path[0])
        ways.append((f"take {field((name,))} out of the form's `required`", case.without_required(name)))
    proved = [words for words, after in ways if after.evaluation.status != 500]
    return what, choices(proved) or "write the same kind on both sides"
