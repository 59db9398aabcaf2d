"""One create as the verdict looks at it: what is sent, what the server makes of it on the way, and where that came from.

Pure. A case can be changed and tried again: that is how a remedy is proved before anybody is told about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.connectors.server.inference import InferenceFailed, infer_form, oauth_names
from reconciler.connectors.server.java_values import ABSENT, Absent
from reconciler.connectors.server.mocking import mock_document
from reconciler.connectors.server.rules import CreateEvaluation, evaluate_create, stored_presets
from reconciler.connectors.server.work import Work
from reconciler.connectors.specification.schema import is_marked_secret
from reconciler.connectors.specification.secrets import secret_pointers
from reconciler.connectors.verdict.edits import Path, put_member, value_at, without_member
from reconciler.connectors.verdict.verdict import corrupted_values
from reconciler.model.connector import connection_schema
from reconciler.model.json_value import JsonObject, JsonValue, pointer

CONNECTOR = "/spec/connector"
PRESETS = "/spec/partialDefaultConfig"
FORM = "/spec/partialUserConfigSpec"
SCHEMA = "connectionSpecification"


@dataclass(frozen=True)
class FormNode:
    """A node of the form's schema: `place` leads to it from the form's root (`connectionSpecification`, ...)."""

    place: Path
    schema: JsonObject

    @property
    def is_secret(self) -> bool:
        """Whether the form itself marks it secret."""
        return is_marked_secret(self.schema)


@dataclass(frozen=True, eq=False)
class Case:
    """A connector's specification with the presets and the form of a create; `form` None is left to the server.

    Without `seeks_remedies` none is tried: that costs several times what finding the trouble does. `work` is what the changed
    cases may cost together; the case itself has its own.
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
        """The form that the server works with; None when it cannot infer one."""
        if self.form is not None:
            return self.form
        try:
            return infer_form(self.specification, self.presets)
        except InferenceFailed:
            return None

    @cached_property
    def mock(self) -> JsonValue:
        """What the server makes up from the form."""
        return None if self.user_form is None else mock_document(self.user_form.get(SCHEMA))

    @cached_property
    def oauth_names(self) -> frozenset[str]:
        """The names that an inferred form asks for even when they are preset."""
        try:
            return oauth_names(self.specification)
        except InferenceFailed:
            return frozenset()

    @cached_property
    def corrupted(self) -> dict[str, JsonValue]:
        """The leaves that the server's merge changes, whether or not it would accept the create."""
        if not any(isinstance(value, dict) for value in self.presets.values()):
            return {}
        stored = None if self.user_form is None else stored_presets(self.user_form, self.presets)
        return {} if stored is None else corrupted_values(self.presets, stored)

    @property
    def connector_schema(self) -> JsonObject:
        """The connector's own schema; {} when it has none."""
        return connection_schema(self.specification) or {}

    def is_mocked(self, path: Path) -> bool:
        """Whether the server's own value stands at this path, whatever is preset there."""
        mock = value_at(self.mock, path)
        return mock is not ABSENT and not isinstance(mock, dict)

    def is_secret(self, path: Path, value: JsonValue = None) -> bool:
        """Whether the connector or the form marks this path, something above it or something in `value` as secret."""
        form_schema = connection_schema(self.user_form)
        schemas = [self.connector_schema] if form_schema is None else [self.connector_schema, form_schema]
        sample = value
        for segment in reversed(path):
            sample = {segment: sample} if isinstance(segment, str) else [sample]
        return bool(secret_pointers(sample, schemas))

    def node(self, path: Path) -> FormNode | None:
        """The form's node that the server's value at this path is made from; None when the form has none.

        Follows the server: the first option of a `oneOf`, `properties`, `items`.
        """
        place: Path = (SCHEMA,)
        schema = value_at(self.user_form, place) if self.user_form is not None else ABSENT
        for segment in path:
            place, schema = _first_option(place, schema)
            steps = ("items",) if isinstance(segment, int) else ("properties", segment)
            place, schema = (*place, *steps), value_at(schema, steps)
        return FormNode(place, schema) if isinstance(schema, dict) else None

    def object_node(self, path: Path) -> FormNode | None:
        """The form's node with the `properties` of the object at this path: `node`, and through its first options."""
        found = self.node(path)
        if found is None:
            return None
        place, schema = _first_option(found.place, found.schema)
        return FormNode(place, schema) if isinstance(schema, dict) else None

    def form_pointer(self, place: Path) -> str:
        """Where a place of the form stands in the manifest; the connector's line when the form is not written out."""
        return CONNECTOR if self.form is None else FORM + pointer(place)

    def with_presets(self, path: Path, value: JsonValue) -> Case:
        """The case with this preset."""
        return replace(self, is_changed=True, presets=put_member(self.presets, path, value))

    def without_preset(self, path: Path) -> Case:
        """The case without the preset at this path."""
        return replace(self, is_changed=True, presets=without_member(self.presets, path))

    def with_form(self, place: Path, value: JsonValue) -> Case:
        """The case with a form that is written out and has this value at this place."""
        return replace(self, is_changed=True, form=put_member(self.user_form or {}, place, value))

    def without_form(self, place: Path) -> Case:
        """The case with a form that is written out and lacks the member at this place."""
        return replace(self, is_changed=True, form=without_member(self.user_form or {}, place))

    def without_required(self, place: Path, name: str) -> Case:
        """The case with a form that is written out, whose object at this place does not require this name."""
        required = value_at(self.user_form, (*place, "required"))
        names = required if isinstance(required, list) else []
        return self.with_form((*place, "required"), [each for each in names if each != name])


def _first_option(place: Path, schema: JsonValue | Absent) -> tuple[Path, JsonValue | Absent]:
    """The node that the server mocks an object from: the first of its options, of those again the first."""
    options = value_at(schema, ("oneOf",))
    while isinstance(options, list) and options and _is_object(place, schema):
        place, schema = (*place, "oneOf", 0), options[0]
        options = value_at(schema, ("oneOf",))
    return place, schema


def _is_object(place: Path, schema: JsonValue | Absent) -> bool:
    """Whether the server mocks this node as an object; an option without a type counts as one."""
    kind = value_at(schema, ("type",))
    return kind == "object" or (kind is ABSENT and place[-2:-1] == ("oneOf",))
