"""A refused create (422) as diagnostics: which place of the manifest causes each finding, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.scaffold.samples import fitting_value
from reconciler.connectors.server.java_values import ABSENT, found_at
from reconciler.connectors.specification.schema import members
from reconciler.connectors.verdict import findings
from reconciler.connectors.verdict.case import PRESETS, SCHEMA, Case, Path
from reconciler.connectors.verdict.findings import Finding, findings_of, option_titles
from reconciler.connectors.verdict.remedies import remedies
from reconciler.connectors.verdict.verdict import is_made_up, may_be_secret
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import pointer
from reconciler.model.text import SENSITIVE, did_you_mean

_LEAD = "Airbyte would refuse the create (422)"
_OWN_LEAD = f"{_LEAD} because of a test value of its own:"
_TELL_APART = "add what tells the options apart: their constant, for example `auth_type`"
_SOURCES = {
    "default": "the `default`",
    "pattern_descriptor": "the `pattern_descriptor`",
    "examples": "the first of the `examples`",
}


def refusal_advice(case: Case, hidden_texts: frozenset[str]) -> Iterator[Diagnostic]:
    """One diagnostic for each finding behind a 422, in the order of the places. `hidden_texts` of the form must not be shown."""
    advice = {"missing": _missing, "surplus": _surplus, "ambiguous": _ambiguous, "value": _preset_value}
    for finding in findings_of(case.evaluation.violations):
        if finding.kind == "value" and case.is_of_form(finding.path):
            yield _test_value(case, finding, hidden_texts)
        else:
            yield advice[finding.kind](case, finding)


def _ways(case: Case, finding: Finding) -> str:
    return findings.choices([each.words for each in remedies(case, finding)])


def _test_value(case: Case, finding: Finding, hidden_texts: frozenset[str]) -> Diagnostic:
    wrong, who = findings.complaint(finding.violations), f"{findings.field(finding.path)}{_option(finding)}"
    is_type = case.form is not None and any(each.keyword == "type" for each in finding.violations)
    if is_type:
        message = f"{_LEAD}: the form's field {who} {wrong} {findings.quoted(finding.messages)}"
    else:
        value = _shown(case, finding.path, hidden_texts)
        message = f"{_OWN_LEAD} it takes {value} for {who}, which {wrong} {findings.quoted(finding.messages)}"
    way_out = _ways(case, finding) or _general_way(case, finding)
    if finding.root_name in case.oauth_names and case.form is None:
        field = findings.field(finding.path[:1])
        way_out += f"; presetting {field} does not help, because it takes part in OAuth"
    return diagnostic("R405" if is_type else "R403", _field_pointer(case, finding.path), message, way_out)


def _field_pointer(case: Case, path: Path) -> str:
    """The form's field at this path, or the nearest one above it. The connector when the form is not written out."""
    nodes = (case.object_node(path[:length]) for length in range(len(path), -1, -1))
    node = next((each for each in nodes if each is not None), None)
    return case.form_pointer(() if node is None else node.place)


def _shown(case: Case, path: Path, hidden_texts: frozenset[str]) -> str:
    """The server's answer, with the keyword it comes from. Without the value where it might be a secret."""
    value = found_at(case.mock, path)
    if value is ABSENT:
        return "its own value"
    if is_made_up(value):
        return findings.as_json(value, 60)
    hidden = frozenset({pointer(path)}) if case.is_secret(path, value) else frozenset[str]()
    is_hidden = case.form is not None and may_be_secret(value, pointer(path), hidden, hidden_texts)
    node = case.object_node(path)
    source = next((text for key, text in _SOURCES.items() if node is not None and key in node.schema), "")
    return f"{source} {SENSITIVE if is_hidden else findings.as_json(value, 60)}"


def _general_way(case: Case, finding: Finding) -> str:
    """What is true without having found a value that can be pasted."""
    if fitting_value(finding.schema):
        own = "write the form yourself (`partialUserConfigSpec`)" if case.form is None else "change the field"
        return (
            f"{own} so that the value which Airbyte makes from it is {findings.allowed(finding.violations)}"
        )
    asked = findings.wanted(finding.schema) or findings.allowed(finding.violations)
    return f"no value was found that the connector takes here: it has to be {asked}"


def _preset_value(case: Case, finding: Finding) -> Diagnostic:
    wrong = f"{findings.complaint(finding.violations)}{_option(finding)}"
    message = (
        f"{_LEAD}: {findings.field(finding.path, 'the preset ')} {wrong} {findings.quoted(finding.messages)}"
    )
    ways = [f"write {findings.allowed(finding.violations)}", *filter(None, [_ways(case, finding)])]
    return diagnostic("R401", PRESETS + pointer(finding.path), message, findings.choices(ways))


def _missing(case: Case, finding: Finding) -> Diagnostic:
    names, path = findings.named(finding.names), finding.path
    where = f" in {findings.field(path)}" if path else ""
    verb = "is" if len(finding.names) == 1 else "are"
    message = (
        f"{_LEAD}: {names} {verb} required{where}{_option(finding)}, and neither preset nor required by the form "
        f"{findings.quoted(finding.messages)}"
    )
    whole = findings.field(path[:1])
    general = f"give {names}: in the presets, or under `properties` and `required` of the form"
    if path:  # the server overwrites what both sides have a part of
        general = f"preset all of {whole} and do not ask for it, or ask for all of it and do not preset it"
    return diagnostic("R402", _object_pointer(case, path), message, _ways(case, finding) or general)


def _object_pointer(case: Case, path: Path) -> str:
    """The object that lacks something: the preset one, else the form's list of required names."""
    if path and case.has_preset_object(path):
        return PRESETS + pointer(path)
    node = case.object_node(path)
    return case.form_pointer((SCHEMA,) if node is None else (*node.place, "required"))


def _surplus(case: Case, finding: Finding) -> Diagnostic:
    first = (*finding.path, finding.names[0])
    is_preset = case.preset_at(first) is not ABSENT
    who = "is preset" if is_preset else "is asked for"
    what = findings.named(finding.names) + (f" in {findings.field(finding.path)}" if finding.path else "")
    message = (
        f"{_LEAD}: {what} {who}{_option(finding)}, and the connector allows no other names than its own "
        f"{findings.quoted(finding.messages)}"
    )
    near = did_you_mean(finding.names[0], members(finding.schema))
    way_out = f"{near} Otherwise " * bool(near) + (_ways(case, finding) or "remove it")
    if is_preset:
        return diagnostic("R401", PRESETS + pointer(first), message, way_out, on_key=True)
    node = case.object_node(finding.path)
    place = (SCHEMA,) if node is None else node.member(finding.names[0]).place
    return diagnostic("R404", case.form_pointer(place), message, way_out, on_key=case.form is not None)


def _ambiguous(case: Case, finding: Finding) -> Diagnostic:
    what = (
        f"{findings.field(finding.path)} fits more than one of the connector's options{_met_titles(finding)}"
    )
    end = f"{what} {findings.quoted(finding.messages)}"
    way_out = _ways(case, finding) or _TELL_APART
    if case.has_preset_object(finding.path) or not case.is_of_form(finding.path):
        return diagnostic("R401", PRESETS + pointer(finding.path), f"{_LEAD}: the preset {end}", way_out)
    where = _field_pointer(case, finding.path)
    return diagnostic("R403", where, f"{_OWN_LEAD} what it takes for {end}", way_out)


def _met_titles(finding: Finding) -> str:
    violation = finding.violations[0]
    looked_at = zip(option_titles(violation), violation.options, strict=False)
    titles = [title for title, found in looked_at if not found][:2]
    return f" ({findings.named(titles)})" if all(titles) and titles else ""


def _option(finding: Finding) -> str:
    """Which option of a choice was taken for the meant one."""
    return "" if finding.option is None else f" (option {findings.as_json(finding.option, 60)})"
