"""A refused create (422) as advice: which place of the manifest causes each finding, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.scaffold.samples import fitting_value
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.schema import members
from reconciler.connectors.verdict.case import CONNECTOR, FORM, PRESETS, SCHEMA, Case, FormNode
from reconciler.connectors.verdict.edits import Path, value_at
from reconciler.connectors.verdict.findings import Finding, Kind, findings_of
from reconciler.connectors.verdict.remedies import remedies
from reconciler.connectors.verdict.rules import FIELD_TYPE, MISSING, PRESET_REFUSED, TEST_VALUE, UNKNOWN_NAME
from reconciler.connectors.verdict.verdict import is_made_up, may_be_secret
from reconciler.connectors.verdict.words import (
    allowed,
    as_json,
    choices,
    complaint,
    field,
    named,
    preset,
    quoted,
    wanted,
)
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonValue, pointer
from reconciler.model.text import did_you_mean

_LEAD = "Airbyte would refuse the create (422)"
_OWN_LEAD = f"{_LEAD} because of a test value of its own:"


def refusal_advice(case: Case, hidden_texts: frozenset[str]) -> Iterator[Diagnostic]:
    """One advice for each finding behind a 422, in the order of the places in the document.

    `hidden_texts` are texts of the form that must not be shown.
    """
    for finding in findings_of(case.evaluation.violations):
        yield _advice(case, finding, hidden_texts)


def _advice(case: Case, finding: Finding, hidden_texts: frozenset[str]) -> Diagnostic:
    match finding.kind:
        case Kind.MISSING:
            return _missing(case, finding)
        case Kind.SURPLUS:
            return _surplus(case, finding)
        case Kind.AMBIGUOUS:
            return _ambiguous(case, finding)
        case Kind.VALUE:
            if _is_of_form(case, finding.path):
                return _test_value(case, finding, hidden_texts)
            return _preset_value(case, finding)


def _is_of_form(case: Case, path: Path) -> bool:
    """Whether the server's own answer stands here; an object counts when the manifest presets nothing of it."""
    return case.is_mocked(path) or value_at(case.presets, path) is ABSENT


def _test_value(case: Case, finding: Finding, hidden_texts: frozenset[str]) -> Diagnostic:
    node = case.object_node(finding.path)
    where = _field_pointer(case, finding.path)
    wrong, who = complaint(finding.violations), f"{field(finding.path)}{_option(finding)}"
    is_type = case.form is not None and any(each.keyword == "type" for each in finding.violations)
    if is_type:
        message = f"{_LEAD}: the form's field {who} {wrong} {quoted(finding.messages)}"
    else:
        value = _shown(case, finding.path, node, hidden_texts)
        message = f"{_OWN_LEAD} it takes {value} for {who}, which {wrong} {quoted(finding.messages)}"
    ways = [each.words for each in remedies(case, finding)]
    way_out = choices(ways) or _general_way(case, finding)
    if finding.path and finding.path[0] in case.oauth_names and case.form is None:
        way_out += f"; presetting {field(finding.path[:1])} does not help, because it takes part in OAuth"
    return (FIELD_TYPE if is_type else TEST_VALUE).advice(where, message, way_out)


def _field_pointer(case: Case, path: Path) -> str:
    """The form's field at this path, or the nearest one above it; the connector when the form is not written out."""
    if case.form is None:
        return CONNECTOR
    nodes = (case.object_node(path[:length]) for length in range(len(path), -1, -1))
    node = next((each for each in nodes if each is not None), None)
    return FORM if node is None else case.form_pointer(node.place)


def _shown(case: Case, path: Path, node: FormNode | None, hidden_texts: frozenset[str]) -> str:
    """The server's answer, with the keyword it comes from; without the value where it might be a secret."""
    value = value_at(case.mock, path)
    if value is ABSENT:
        return "its own value"
    if is_made_up(value):
        return as_json(value, 60)
    hidden = frozenset({pointer(path)}) if case.is_secret(path, value) else frozenset[str]()
    is_hidden = case.form is not None and may_be_secret(value, pointer(path), hidden, hidden_texts)
    return f"{_source(node)} {'(sensitive)' if is_hidden else as_json(value, 60)}"


def _source(node: FormNode | None) -> str:
    sources = {
        "default": "the `default`",
        "pattern_descriptor": "the `pattern_descriptor`",
        "examples": "the first of the `examples`",
    }
    return next((words for key, words in sources.items() if node is not None and key in node.schema), "")


def _general_way(case: Case, finding: Finding) -> str:
    """What is true without having found a value that can be pasted."""
    node = finding.violations[0].schema
    if fitting_value(node):
        target = (
            "write the form yourself (`partialUserConfigSpec`)" if case.form is None else "change the field"
        )
        return f"{target} so that the value which Airbyte makes from it is {allowed(finding.violations)}"
    return f"no value was found that the connector takes here: it has to be {wanted(node) or allowed(finding.violations)}"


def _preset_value(case: Case, finding: Finding) -> Diagnostic:
    wrong = complaint(finding.violations)
    message = f"{_LEAD}: {preset(finding.path)} {wrong}{_option(finding)} {quoted(finding.messages)}"
    ways = [f"write {allowed(finding.violations)}"]
    ways.extend(each.words for each in remedies(case, finding))
    return PRESET_REFUSED.advice(PRESETS + pointer(finding.path), message, choices(ways))


def _missing(case: Case, finding: Finding) -> Diagnostic:
    names = named(finding.names)
    where = f" in {field(finding.path)}" if finding.path else ""
    verb = "is" if len(finding.names) == 1 else "are"
    message = (
        f"{_LEAD}: {names} {verb} required{where}{_option(finding)}, and neither preset nor required by the form "
        f"{quoted(finding.messages)}"
    )
    ways = [each.words for each in remedies(case, finding)]
    way_out = choices(ways) or _general_gift(finding)
    return MISSING.advice(_object_pointer(case, finding.path), message, way_out)


def _general_gift(finding: Finding) -> str:
    """Part of an object in the presets and part in the form would be overwritten: one side has to have it all."""
    if finding.path:
        whole = field(finding.path[:1])
        return f"preset all of {whole} and do not ask for it, or ask for all of it and do not preset it"
    return f"give {named(finding.names)}: in the presets, or under `properties` and `required` of the form"


def _object_pointer(case: Case, path: Path) -> str:
    """The object that lacks something: the preset one, else the form's list of required names."""
    if path and isinstance(value_at(case.presets, path), dict):
        return PRESETS + pointer(path)
    if case.form is None:
        return CONNECTOR
    node = case.object_node(path)
    return f"{FORM}/{SCHEMA}" if node is None else case.form_pointer((*node.place, "required"))


def _surplus(case: Case, finding: Finding) -> Diagnostic:
    first = (*finding.path, finding.names[0])
    is_preset = value_at(case.presets, first) is not ABSENT
    who = "is preset" if is_preset else "is asked for"
    what = named(finding.names) if not finding.path else f"{named(finding.names)} in {field(finding.path)}"
    message = f"{_LEAD}: {what} {who}{_option(finding)}, and the connector allows no other names than its own {quoted(finding.messages)}"
    near = did_you_mean(finding.names[0], members(finding.violations[0].schema))
    ways = choices([each.words for each in remedies(case, finding)]) or "remove it"
    way_out = f"{near} Otherwise {ways}" if near else ways
    if is_preset:
        return PRESET_REFUSED.advice(PRESETS + pointer(first), message, way_out, on_key=True)
    node = case.object_node(finding.path)
    place = (SCHEMA,) if node is None else (*node.place, "properties", finding.names[0])
    return UNKNOWN_NAME.advice(case.form_pointer(place), message, way_out, on_key=case.form is not None)


def _ambiguous(case: Case, finding: Finding) -> Diagnostic:
    titles = _met_titles(finding)
    message_end = f"{field(finding.path)} fits more than one of the connector's options{titles} {quoted(finding.messages)}"
    way_out = choices([each.words for each in remedies(case, finding)])
    way_out = way_out or "add what tells the options apart: their constant, for example `auth_type`"
    if isinstance(value_at(case.presets, finding.path), dict) or not _is_of_form(case, finding.path):
        return PRESET_REFUSED.advice(
            PRESETS + pointer(finding.path), f"{_LEAD}: the preset {message_end}", way_out
        )
    where = _field_pointer(case, finding.path)
    message = f"{_OWN_LEAD} what it takes for {message_end}"
    return TEST_VALUE.advice(where, message, way_out)


def _met_titles(finding: Finding) -> str:
    violation = finding.violations[0]
    options = violation.expected if isinstance(violation.expected, list) else []
    looked_at = zip(options, violation.options, strict=False)
    titles = [_title(option) for option, found in looked_at if not found][:2]
    return f" ({named(titles)})" if all(titles) and titles else ""


def _title(option: JsonValue) -> str:
    title = option.get("title") if isinstance(option, dict) else None
    return title if isinstance(title, str) else ""


def _option(finding: Finding) -> str:
    """Which option of a choice was taken for the meant one."""
    return "" if finding.option is None else f" (option {as_json(finding.option, 60)})"
