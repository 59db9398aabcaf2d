"""Ways out of a finding: changes of the presets or of the form that may help. Pure. Nothing is proved here.

No secret is ever proposed as a preset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from reconciler.connectors.scaffold.samples import fitting_value
from reconciler.connectors.server.java_values import ABSENT, found_at
from reconciler.connectors.specification.schema import is_marked_secret, members, objects, texts
from reconciler.connectors.verdict.case import SCHEMA, Case, FormNode, Path, without
from reconciler.connectors.verdict.findings import Finding, Kind, as_json, field, named
from reconciler.model.json_value import JsonObject, JsonValue

WRITE_FORM: Final = "write the form yourself (`partialUserConfigSpec`)"
_TYPES: Final = ("object", "string", "integer", "number", "boolean", "array")


class Remedy(NamedTuple):
    """What to change, in the imperative, and the case after it. Not proved by itself."""

    words: str
    case: Case


Way: TypeAlias = Callable[[Case, Finding], Iterator[Remedy]]


def without_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    """Without the preset the customer is asked, where the form has the field. Else the connector may do without it."""
    name = finding.root_name
    if name in case.presets:
        after = case.without_preset((name,))
        is_asked = isinstance(found_at(after.user_form, (SCHEMA, "properties", name)), dict)
        asked = ", so that customers are asked for it" if is_asked else ""
        yield Remedy(f"remove the preset {field((name,))}{asked}", after)


def require_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The form requires what is missing, and asks for it where it does not yet."""
    node = _asking_node(case, finding)
    if node is None or finding.kind != "missing":
        return
    known, names = members(node.schema), named(finding.names)
    fields: JsonObject = {name: known.get(name, finding.described(name)) for name in finding.names}
    words = f"ask for {names}: under `properties` and `required` of the form"
    if fields.keys() <= known.keys():
        words = f"list {names} under `required` of the form"
    yield Remedy(_in_form(case, words), _asking_for(case, node, fields))


def _asking_node(case: Case, finding: Finding) -> FormNode | None:
    """The form's node of an object that the server makes up. None for everything else."""
    is_made_up = isinstance(found_at(case.mock, finding.path), dict)
    return case.object_node(finding.path) if is_made_up else None


def _in_form(case: Case, words: str) -> str:
    return words if case.form is not None else f"{WRITE_FORM} and {words}"


def _asking_for(case: Case, node: FormNode, fields: JsonObject) -> Case:
    required = dict.fromkeys([*texts(node.schema.get("required")), *fields])
    properties: JsonObject = {**members(node.schema), **fields}
    return case.with_form(node.place, {**node.schema, "required": [*required], "properties": properties})


def _preset_instead(case: Case, finding: Finding) -> Iterator[Remedy]:
    """Inferred forms only: a preset at the root is not asked any more, unless it is an OAuth name."""
    name = finding.root_name
    if case.form is not None or not name or name in case.oauth_names | case.presets.keys():
        return
    for value in _top_values(case, finding):
        words = f"preset {_how(name, value)}; customers are then not asked)"
        yield Remedy(words, case.with_presets((name,), value))


def _preset_beside(case: Case, finding: Finding) -> Iterator[Remedy]:
    """What the form does not require, the server does not answer itself: then the preset is what it looks at."""
    name = finding.root_name
    if case.form is None or not name:
        return
    optional = case.without_required(name)
    words = f"take {field((name,))} out of the form's `required`"
    if name in case.presets:
        yield Remedy(f"{words}: then the preset counts, and customers can still change it", optional)
        return
    for value in _top_values(case, finding):
        after = optional.with_presets((name,), value)
        yield Remedy(f"{words} and preset {_how(name, value)}; customers can still change it)", after)


def _how(name: str, value: JsonValue) -> str:
    return f"it (for example `partialDefaultConfig: {as_json({name: value})}`"


def _top_values(case: Case, finding: Finding) -> Iterator[JsonValue]:
    """A value for the whole field at the root, when it has one that is no secret."""
    if len(finding.path) == 1:
        found = fitting_value(finding.schema)
    else:
        changed = next(_default_in_form(case, finding), None)
        value = found_at(None if changed is None else changed.case.mock, finding.path[:1])
        found = (value,) if isinstance(value, list) else ()
    if found and not case.is_secret(finding.path):
        yield found[0]


def _complete_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    after = case
    for name in finding.names:
        path = (*finding.path, name)
        found = fitting_value(finding.described(name))
        if not found or case.is_secret(path):
            return
        after = after.with_presets(path, found[0])
    what, is_inside = named(finding.names), finding.path and case.has_preset_object(finding.path)
    yield Remedy(f"add {what} to the preset" if is_inside else f"preset {what}", after)


def _leave_out_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    if case.has_preset_object(finding.path):
        for name in finding.names:
            case = case.without_preset((*finding.path, name))
        yield Remedy("remove it" if len(finding.names) < 2 else "remove them", case)


def _leave_out_field(case: Case, finding: Finding) -> Iterator[Remedy]:
    node, after = case.object_node(finding.path), case
    if node is not None:
        for name in finding.names:
            after = after.without_form(node.member(name).place)
        yield Remedy(_in_form(case, f"leave {named(finding.names)} out of the form"), after)


def _discriminator_in_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    for name, value in _discriminators(finding) if case.has_preset_object(finding.path) else ():
        after = case.with_presets((*finding.path, name), value)
        yield Remedy(f"add {as_json({name: value})} to the preset", after)


def _discriminator_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The constant of an option becomes part of the value that the server generates."""
    node = _asking_node(case, finding)
    if node is None:
        return
    for name, value in _discriminators(finding):
        member = node.member(name)
        answered: JsonObject = {"type": "string", **member.schema, "default": value}
        of = " of its first option" if "oneOf" in node.place else ""
        words = f'"{name}" under `required`{of} and {_typed(case, member)}`default: {as_json(value)}` on it'
        lead = "list" if case.form is not None else f"{WRITE_FORM}, with"
        yield Remedy(f"{lead} {words}", _asking_for(case, node, {name: answered}))


def _discriminators(finding: Finding) -> Iterator[tuple[str, JsonValue]]:
    options = [members(option) for option in objects(finding.violations[0].expected)]
    for name in options[0] if options else ():
        values = [found_at(option, (name, "const")) for option in options]
        if all(isinstance(value, str) for value in values):
            yield from ((name, value) for value in values if isinstance(value, str))


def _type_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The type that the connector has, where the form names another or none."""
    node = case.node(finding.path)
    wanted = [each.expected for each in finding.violations if each.keyword == "type"]
    types = texts(wanted[0] if wanted and isinstance(wanted[0], list) else wanted)
    if not wanted and found_at(case.mock, finding.path) is None:
        types = [*_TYPES]  # the field has no type, so that the server takes null for an answer
    if node is None:
        return
    for name in types:
        after = case.with_form((*node.place, "type"), name)
        yield Remedy(_with_keyword(case, finding.path, f"`type: {name}`"), after)


def _with_keyword(case: Case, path: Path, keyword: str) -> str:
    is_written, what = case.form is not None, field(path)
    return f"give {what} {keyword}" if is_written else f"{WRITE_FORM}, with {keyword} on {what}"


def _default_in_form(case: Case, finding: Finding) -> Iterator[Remedy]:
    """A text field's `default` leads the server to a value that the connector takes."""
    node, text = _text_node(case, finding), finding.fitting_text
    if node is None or text is None:
        return
    answered: JsonObject = {**node.schema, "default": text}
    words = f"{_typed(case, node)}`default: {as_json(text)}`"
    if is_marked_secret(node.schema) or case.is_secret(finding.path):
        answered = {**without(node.schema, ("default",)), "pattern_descriptor": text}
        hint = _with_keyword(case, finding.path, f"`pattern_descriptor: {as_json(text)}`")
        words = f"{hint} (a hint of the format; a `default` would put a secret into git)"
    elif case.node(finding.path) is None:
        words = _with_keyword(case, finding.path[:-1], f"`items: {as_json(answered)}`")
    else:
        words = _with_keyword(case, finding.path, words) + _or_example(finding, node, text)
    yield Remedy(words, case.with_form(node.place, answered))


def _or_example(finding: Finding, node: FormNode, text: str) -> str:
    """The same value as an example, for a field that customers have to fill in themselves."""
    if not {each.keyword for each in finding.violations} <= {"pattern", "format"}:
        return ""
    replaced = [f"`{key}`" for key in ("default", "pattern_descriptor") if key in node.schema]
    instead = f" in place of {' and '.join(replaced)}" if replaced else ""
    return f" (or `examples: {as_json([text])}`{instead}, which prefills nothing)"


def _typed(case: Case, node: FormNode) -> str:
    """The type that a field lacks: without one the server takes null for an answer."""
    is_typed = found_at(case.user_form, (*node.place, "type")) is not ABSENT
    return "" if is_typed else "`type: string` and "


def _text_node(case: Case, finding: Finding) -> FormNode | None:
    """The form's text field that the server's value is made from. The items of a list that says nothing about them are texts."""
    path, node = finding.path, case.object_node(finding.path)
    if node is None and path and isinstance(path[-1], int):
        parent = case.node(path[:-1])
        node = None if parent is None else FormNode((*parent.place, "items"), {})
    if node is None or node.schema.get("type", "string") != "string":
        return None
    return FormNode(node.place, {"type": "string", **node.schema})


WAYS: Final[dict[Kind, tuple[Way, ...]]] = {
    "value": (_preset_instead, _type_in_form, _default_in_form, _preset_beside),
    "missing": (require_in_form, _complete_preset),
    "surplus": (_leave_out_preset, _leave_out_field),
    "ambiguous": (_discriminator_in_preset, _discriminator_in_form),
}
"""The ways for each kind of finding, the simplest first."""
