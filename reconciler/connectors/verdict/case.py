"""One create as the verdict sees it: what is sent, and what the server makes of it. Pure.

A case can be changed and tried again. So each remedy is proved before it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

from reconciler.connectors.server.create import (
    CreateEvaluation,
    evaluate_create,
    mock_document,
    stored_presets,
)
from reconciler.connectors.server.forms import inferred_form, known_oauth_names
from reconciler.connectors.server.java_values import ABSENT, Absent, as_object, found_at
from reconciler.connectors.server.work import Work
from reconciler.connectors.specification.schema import texts
from reconciler.connectors.specification.secrets import secret_pointers
from reconciler.connectors.verdict.verdict import corrupted_values
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.template import connection_schema

CONNECTOR = "/spec/connector"
PRESETS = "/spec/partialDefaultConfig"
FORM = "/spec/partialUserConfigSpec"
SCHEMA = "connectionSpecification"

Path: TypeAlias = tuple[str | int, ...]


def put(document: JsonValue | Absent, path: Path, value: JsonValue) -> JsonValue:
    """A copy with `value` at the path. Objects are made where the path leads through nothing."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(document, list) and isinstance(head, int) and head < len(document):
        return [*document[:head], put(document[head], rest, value), *document[head + 1 :]]
    members = document if isinstance(document, dict) else {}
    name = str(head)
    return {**members, name: put(members.get(name, ABSENT), rest, value)}


def without(document: JsonObject, path: Path) -> JsonObject:
    """A copy without the member at the path. The document itself when there is no such member."""
    parent = found_at(document, path[:-1])
    if not isinstance(parent, dict) or path[-1] not in parent:
        return document
    left: JsonObject = {name: item for name, item in parent.items() if name != path[-1]}
    return as_object(put(document, path[:-1], left))


class FormNode(NamedTuple):
    """A node of the form's schema: `place` leads to it from the form's root (`connectionSpecification`, ...)."""

    place: Path
    schema: JsonObject

    def member(self, name: str) -> FormNode:
        """The node of a field of this object. One that says nothing where the form does not describe it."""
        path = ("properties", name)
        found = found_at(self.schema, path)
        return FormNode((*self.place, *path), found if isinstance(found, dict) else {})


@dataclass(frozen=True, eq=False)
class Case:
    """A connector's specification with the presets and the form of a create. `form` None is left to the server.

    `work` limits what all changed cases may cost together. The case itself has a limit of its own.
    """

    specification: JsonObject
    presets: JsonObject
    form: JsonObject | None
    seeks_remedies: bool = True
    work: Work = field(default_factory=Work, repr=False)
    is_changed: bool = False

    @cached_property
    def evaluation(self) -> CreateEvaluation:
        """The server's answer."""
        form = ABSENT if self.form is None else self.form
        return evaluate_create(self.specification, self.presets, form, self.work if self.is_changed else None)

    @cached_property
    def user_form(self) -> JsonObject | None:
        """The form that the server works with. None when it cannot infer one."""
        return inferred_form(self.specification, self.presets) if self.form is None else self.form

    @cached_property
    def mock(self) -> JsonValue:
        """The values that the server generates from the form."""
        return None if self.user_form is None else mock_document(self.user_form.get(SCHEMA))

    @cached_property
    def oauth_names(self) -> frozenset[str]:
        """The names that an inferred form asks for even when they are preset."""
        return known_oauth_names(self.specification)

    @cached_property
    def corrupted(self) -> dict[str, JsonValue]:
        """The leaves that the server's merge changes, whether or not it would accept the create."""
        if self.user_form is None or not any(isinstance(value, dict) for value in self.presets.values()):
            return {}
        stored = stored_presets(self.user_form, self.presets)
        return {} if stored is None else corrupted_values(self.presets, stored)

    def preset_at(self, path: Path) -> JsonValue | Absent:
        """The preset at a path."""
        return found_at(self.presets, path)

    def has_preset_object(self, path: Path) -> bool:
        """Whether the preset at a path is an object."""
        return isinstance(self.preset_at(path), dict)

    def is_of_form(self, path: Path) -> bool:
        """Whether the server's own answer is at this path. An object counts when nothing of it is preset."""
        mock = found_at(self.mock, path)
        is_answered = mock is not ABSENT and not isinstance(mock, dict)
        return is_answered or self.preset_at(path) is ABSENT

    def is_secret(self, path: Path, value: JsonValue = None) -> bool:
        """Whether the connector or the form marks this path, something above it or something in `value` as secret."""
        schemas = [connection_schema(each) or {} for each in (self.specification, self.user_form)]
        sample = value
        for segment in reversed(path):
            sample = {segment: sample} if isinstance(segment, str) else [sample]
        return bool(secret_pointers(sample, schemas))

    def node(self, path: Path) -> FormNode | None:
        """The form's node that the server's value at this path is made from: by the first option of a `oneOf`. None for none."""
        place: Path = (SCHEMA,)
        schema = found_at(self.user_form, place)
        for segment in path:
            place, schema = _first_option(place, schema)
            steps = ("items",) if isinstance(segment, int) else ("properties", segment)
            place, schema = (*place, *steps), found_at(schema, steps)
        return FormNode(place, schema) if isinstance(schema, dict) else None

    def object_node(self, path: Path) -> FormNode | None:
        """The form's node with the `properties` of the object at this path: `node`, and through its first options."""
        found = self.node(path)
        place, schema = ((), ABSENT) if found is None else _first_option(*found)
        return FormNode(place, schema) if isinstance(schema, dict) else None

    def form_pointer(self, place: Path) -> str:
        """Where a place of the form is in the manifest. The connector's line when the form is not written out."""
        return CONNECTOR if self.form is None else FORM + pointer(place)

    def with_presets(self, path: Path, value: JsonValue) -> Case:
        """The case with this preset."""
        return replace(self, is_changed=True, presets=as_object(put(self.presets, path, value)))

    def without_preset(self, path: Path) -> Case:
        """The case without the preset at this path."""
        return replace(self, is_changed=True, presets=without(self.presets, path))

    def with_form(self, place: Path, value: JsonValue) -> Case:
        """The case with a form that is written out and has this value at this place."""
        return replace(self, is_changed=True, form=as_object(put(self.user_form or {}, place, value)))

    def without_form(self, place: Path) -> Case:
        """The case with a form that is written out and lacks the member at this place."""
        return replace(self, is_changed=True, form=without(self.user_form or {}, place))

    def without_required(self, name: str) -> Case:
        """The case with a form that is written out and does not require this name at its root."""
        place = (SCHEMA, "required")
        return self.with_form(
            place, [each for each in texts(found_at(self.user_form, place)) if each != name]
        )


def _first_option(place: Path, schema: JsonValue | Absent) -> tuple[Path, JsonValue | Absent]:
    """The node from which the server generates an object: its first option, repeated while that has options."""
    options = found_at(schema, ("oneOf",))
    while isinstance(options, list) and options:
        kind = found_at(schema, ("type",))
        if kind != "object" and not (kind is ABSENT and place[-2:-1] == ("oneOf",)):
            break  # an option without a type counts as an object
        place, schema = (*place, "oneOf", 0), options[0]
        options = found_at(schema, ("oneOf",))
    return place, schema
