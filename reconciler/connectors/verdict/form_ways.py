"""Ways out that change the form: its field's answer, type, discriminator, or what it asks for at all. Pure.

Each function takes a case and a finding and offers remedies that may help; nothing is proved here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.schema import members, texts
from reconciler.connectors.verdict.case import Case, FormNode
from reconciler.connectors.verdict.edits import value_at
from reconciler.connectors.verdict.findings import Finding, Kind
from reconciler.connectors.verdict.remedy import (
    WRITE_FORM,
    Remedy,
    described_by_connector,
    discriminators,
    with_keyword,
)
from reconciler.connectors.verdict.words import as_json, named
from reconciler.model.json_value import JsonObject

_TYPES: Final = ("object", "string", "integer", "number", "boolean", "array")


def default_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """A text field's `default` leads the server to a value that the connector takes."""
    node, text = _text_node(case, finding)
    if node is None or text is None:
        return
    if node.is_secret or case.is_secret(finding.path):
        hint: JsonObject = {**_without(node, "default"), "pattern_descriptor": text}
        keyword = f"`pattern_descriptor: {as_json(text)}`"
        words = f"{with_keyword(case, finding.path, keyword)} (a hint of the format; a `default` would put a secret into git)"
        yield Remedy(words, case.with_form(node.place, hint))
        return
    answered: JsonObject = {**node.schema, "default": text}
    after = case.with_form(node.place, answered)
    if case.node(finding.path) is None:
        yield Remedy(with_keyword(case, finding.path[:-1], f"`items: {as_json(answered)}`"), after)
    else:
        keyword = f"{_typed(case, node)}`default: {as_json(text)}`"
        words = with_keyword(case, finding.path, keyword)
        yield Remedy(f"{words}{_or_example(finding, node, text)}", after)


def _or_example(finding: Finding, node: FormNode, text: str) -> str:
    """The same value as an example, for a field that customers have to fill in themselves."""
    if not {each.keyword for each in finding.violations} <= {"pattern", "format"}:
        return ""
    replaced = [f"`{key}`" for key in ("default", "pattern_descriptor") if key in node.schema]
    instead = f" in place of {' and '.join(replaced)}" if replaced else ""
    return f" (or `examples: {as_json([text])}`{instead}, which prefills nothing)"


def _typed(case: Case, node: FormNode) -> str:
    """The type that a field lacks: without one the server takes null for an answer."""
    is_typed = value_at(case.user_form, (*node.place, "type")) is not ABSENT
    return "" if is_typed else "`type: string` and "


def _text_node(case: Case, finding: Finding) -> tuple[FormNode | None, str | None]:
    """The form's text field that the server's value is made from, and a text that the connector takes there."""
    node = case.object_node(finding.path) or _undescribed_items(case, finding)
    if node is None or node.schema.get("type", "string") != "string":
        return None, None
    return FormNode(node.place, {"type": "string", **node.schema}), finding.fitting_text


def _undescribed_items(case: Case, finding: Finding) -> FormNode | None:
    """The items of a list that says nothing about them: the server takes texts."""
    is_item = bool(finding.path) and isinstance(finding.path[-1], int)
    parent = case.node(finding.path[:-1]) if is_item else None
    return None if parent is None else FormNode((*parent.place, "items"), {"type": "string"})


def _without(node: FormNode, *keywords: str) -> JsonObject:
    return {key: value for key, value in node.schema.items() if key not in keywords}


def type_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The type that the connector has, where the form names another or none."""
    node = case.node(finding.path)
    if node is None:
        return
    for name in _types_for(case, finding):
        after = case.with_form((*node.place, "type"), name)
        yield Remedy(with_keyword(case, finding.path, f"`type: {name}`"), after)


def _types_for(case: Case, finding: Finding) -> tuple[str, ...]:
    """The types that the connector names; all of them where the field has none and the server takes null for an answer."""
    wanted = [each.expected for each in finding.violations if each.keyword == "type"]
    if wanted:
        return tuple(texts(wanted[0]) if isinstance(wanted[0], list) else texts([wanted[0]]))
    return _TYPES if value_at(case.mock, finding.path) is None else ()


def discriminator_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """What tells the options apart becomes part of the server's own answer."""
    node = case.object_node(finding.path)
    if node is None or not isinstance(value_at(case.mock, finding.path), dict):
        return
    for name, values in discriminators(finding):
        for value in values:
            field = FormNode((*node.place, "properties", name), _described(node, name))
            answered: JsonObject = {"type": "string", **field.schema, "default": value}
            of = " of its first option" if "oneOf" in node.place else ""
            words = (
                f'"{name}" under `required`{of} and {_typed(case, field)}`default: {as_json(value)}` on it'
            )
            after = _asking_for(case, node, {name: answered})
            lead = f"list {words}" if case.form is not None else f"{WRITE_FORM}, with {words}"
            yield Remedy(lead, after)


def _described(node: FormNode, name: str) -> JsonObject:
    found = members(node.schema).get(name)
    return found if isinstance(found, dict) else {}


def _asking_for(case: Case, node: FormNode, fields: JsonObject) -> Case:
    """The form asks for these as well, and requires them."""
    required = [*texts(node.schema.get("required")), *fields]
    properties: JsonObject = {**members(node.schema), **fields}
    changed: JsonObject = {**node.schema, "required": list(dict.fromkeys(required)), "properties": properties}
    return case.with_form(node.place, changed)


def require_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The form requires what is missing, and asks for it where it does not yet."""
    node = case.object_node(finding.path)
    if (
        node is None
        or finding.kind is not Kind.MISSING
        or not isinstance(value_at(case.mock, finding.path), dict)
    ):
        return
    lead = "" if case.form is not None else f"{WRITE_FORM} and "
    known = members(node.schema)
    fields: JsonObject = {
        name: known.get(name, described_by_connector(finding, name)) for name in finding.names
    }
    if all(name in known for name in finding.names):
        words = f"{lead}list {named(finding.names)} under `required` of the form"
    else:
        words = f"{lead}ask for {named(finding.names)}: under `properties` and `required` of the form"
    yield Remedy(words, _asking_for(case, node, fields))


def leave_out_field(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The form no longer asks for what the connector does not know."""
    node = case.object_node(finding.path)
    if node is None:
        return
    after = case
    for name in finding.names:
        after = after.without_form((*node.place, "properties", name))
    lead = "" if case.form is not None else f"{WRITE_FORM} and "
    yield Remedy(f"{lead}leave {named(finding.names)} out of the form", after)
