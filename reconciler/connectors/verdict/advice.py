"""What the author of a manifest has to know about the server's verdict: rules R401 to R420. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.server.create import MergeFailed
from reconciler.connectors.server.forms import (
    InferenceFailed,
    UnparsableSpecification,
)
from reconciler.connectors.server.java_values import ABSENT, member
from reconciler.connectors.server.work import NotKnown, TooMuchWork
from reconciler.connectors.verdict.case import CONNECTOR, FORM, PRESETS, SCHEMA, Case, Path
from reconciler.connectors.verdict.refused import refusal_advice
from reconciler.connectors.verdict.remedies import remedies_of_corruption
from reconciler.connectors.verdict.verdict import form_variable_texts
from reconciler.connectors.verdict.ways import WRITE_FORM
from reconciler.connectors.verdict.words import as_json, choices, dotted, field, quoted
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonValue, pointer, pointer_segments
from reconciler.model.template import Manifest
from reconciler.model.verdict import Corruption, Verdict

_FAILS = "Airbyte would answer 500 to the create"
_MOST_NAMED = 8
_OAUTH_HOME = (
    "an OAuth application's client id and secret do not belong here but to the organization's OAuth credentials "
    "(PUT /organizations/{organizationId}/oauthCredentials)"
)


def verdict_advice(
    manifest: Manifest, verdict: Verdict | NotKnown | None, *, seeks_remedies: bool = True
) -> tuple[Diagnostic, ...]:
    """One error for each thing that keeps the server from storing what the manifest says; () when nothing does.

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
        return (_failure(case, label, quoted(verdict.messages[:1])),)
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
        help_text = choices([each.words for each in remedies_of_corruption(case, name)])
        help_text = (
            help_text or "preset all of it and do not ask for it, or ask for all of it and do not preset it"
        )
        if case.oauth_names & {segment for each in found for segment in pointer_segments(each.path)[1:]}:
            help_text += f"; {_OAUTH_HOME}"
        yield diagnostic("R420", PRESETS + pointer((name,)), message, help_text, on_key=True)


def _listed(found: Sequence[Corruption]) -> str:
    shown = [f'"{dotted(pointer_segments(each.path))}" as {_stored(each)}' for each in found[:_MOST_NAMED]]
    rest = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(shown) + rest


def _stored(corruption: Corruption) -> str:
    return "(sensitive)" if corruption.is_secret else as_json(corruption.stored, 40)


def _failure(case: Case, label: str, words: str) -> Diagnostic:
    """A server error (500): which step fails, because of what. `words` is the server's message in parentheses."""
    failure = case.evaluation.failure
    if isinstance(failure, InferenceFailed):
        message = (
            f"{_FAILS}: it cannot infer a form, because the connector's specification {failure.lack} {words}"
        )
        way_out = f"{WRITE_FORM}; `reconciler new {label}` prints one to start from"
        return diagnostic("R410", CONNECTOR, message, way_out)
    if isinstance(failure, UnparsableSpecification):
        return _unreadable(case, failure, words)
    if isinstance(failure, MergeFailed):
        return _not_mergeable(case, words)
    message = f"{_FAILS}: its validator fails on the connector's own schema {words}"
    way_out = (
        "no manifest can help: use another version of the connector, or report its schema to the maintainers"
    )
    return diagnostic("R413", CONNECTOR, message, way_out)


def _unreadable(case: Case, failure: UnparsableSpecification, words: str) -> Diagnostic:
    if case.form is None:
        message = f"{_FAILS}: it infers a form that it cannot read itself {words}"
        way_out = f"{WRITE_FORM}, with `connectionSpecification` alone"
        return diagnostic("R411", CONNECTOR, message, way_out)
    where = failure.key or SCHEMA
    message = f"{_FAILS}: it cannot read `{where}` of the form {words}"
    way_out = f"correct `{where}`, or leave it out"
    return diagnostic("R411", FORM + pointer((where,)), message, way_out)


def _not_mergeable(case: Case, words: str) -> Diagnostic:
    if case.form is not None and SCHEMA not in case.form:
        message = f"{_FAILS}: the form has no `{SCHEMA}` {words}"
        way_out = f"put the fields under `{SCHEMA}`: a form is a whole specification"
        return diagnostic("R412", FORM, message, way_out)
    mismatch = next(_mismatches(case.presets, case.mock, ()), None)
    if mismatch is None:
        message = f"{_FAILS}: the form's schema is no object {words}"
        where, way_out = (
            case.form_pointer((SCHEMA, "type")),
            f"write `type: object` directly under `{SCHEMA}`",
        )
        return diagnostic("R412", where, message, way_out)
    path, is_object = mismatch
    sides = ("an object", "no object") if is_object else ("no object", "one")
    what = f"the preset {field(path)} is {sides[0]}, and the form asks for {sides[1]} there"
    way_out = choices(_ways_to_merge(case, path)) or "write the same kind on both sides"
    return diagnostic("R412", PRESETS + pointer(path), f"{_FAILS}: {what} {words}", way_out)


def _mismatches(preset: JsonValue, mock: JsonValue, path: Path) -> Iterator[tuple[Path, bool]]:
    """The places at which one side is an object and the other is not; with whether the preset is."""
    for name, value in mock.items() if isinstance(mock, dict) else ():
        sent = member(preset, name)
        if sent is ABSENT:
            continue
        if isinstance(sent, dict) != isinstance(value, dict):
            yield (*path, name), isinstance(sent, dict)
        elif isinstance(sent, dict):
            yield from _mismatches(sent, value, (*path, name))


def _ways_to_merge(case: Case, path: Path) -> list[str]:
    """The changes after which the server gets past the merge."""
    ways = [("remove the preset, so that customers are asked for it", case.without_preset(path))]
    if case.form is not None:
        name = str(path[0])
        words = f"take {field((name,))} out of the form's `required`"
        ways.append((words, case.without_required(name)))
    return [words for words, after in ways if after.evaluation.status != 500]
