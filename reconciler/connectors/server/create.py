"""What the server does with the body of a create, from the specification's look-up to the insert. Pure.

Platform v1.7 to v2.0 (ConfigTemplateServiceDataImpl, SchemaDefaultValueHelper, JsonMergingHelper), steps in the server's
order. Authentication, entitlement, the unknown definition and what happens after the insert are not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from reconciler.connectors.server.forms import (
    InferenceFailed,
    UnparsableSpecification,
    infer_form,
    parse_specification,
)
from reconciler.connectors.server.java_values import ABSENT, Absent, as_object, as_text, member
from reconciler.connectors.server.schema_check import violations_of
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.schema_node import Violation, messages_of
from reconciler.connectors.server.work import NotKnown, Work
from reconciler.model.json_value import JsonObject, JsonValue

_FIXED: dict[str, JsonValue] = {"integer": 42, "number": 3.14, "boolean": True}
_BY_FORMAT = {"date": "1970-01-01", "date-time": "1970-01-01T00:00:00Z"}
_MOCK_STRING = "mock_string"


class MergeFailed(Exception):
    """The server cannot merge presets and mock and answers 500 with this message. `path` leads to the two that do not fit."""

    def __init__(self, message: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


class Merge(NamedTuple):
    """`validated` is what is checked against the connector's schema, `stored` is what the server keeps as the presets."""

    validated: JsonObject
    stored: JsonObject


def mock_document(schema: JsonValue | Absent) -> JsonValue:
    """The document that the server validates in place of the customer's answers to this connection specification.

    Null for every type that the server does not know, a missing type and a list of types included. Strings alone look at
    `default`.
    """
    kind = member(schema, "type")
    name = "" if kind is ABSENT else as_text(kind)
    if name == "object":
        return _object_mock(schema)
    if name == "array":
        items = member(schema, "items")
        return [mock_document(items) if isinstance(items, dict) else _MOCK_STRING]
    return _string_mock(schema) if name == "string" else _FIXED.get(name)


def _object_mock(schema: JsonValue | Absent) -> JsonValue:
    options = member(schema, "oneOf")
    if isinstance(options, list) and options:
        first = options[0]
        # An option without a type counts as an object, whatever else it says.
        return _object_mock(first) if member(first, "type") is ABSENT else mock_document(first)
    required = member(schema, "required")
    if isinstance(required, dict):  # Jackson iterates over an object's values too
        required = list(required.values())
    names = frozenset(map(as_text, required)) if isinstance(required, list) else frozenset[str]()
    properties = as_object(member(schema, "properties"))
    return {name: mock_document(value) for name, value in properties.items() if name in names}


def _string_mock(schema: JsonValue | Absent) -> str:
    for key in ("default", "pattern_descriptor"):
        value = member(schema, key)
        if value is not ABSENT:
            return as_text(value)
    examples = member(schema, "examples")
    if isinstance(examples, list) and examples:
        return as_text(examples[0])
    form = member(schema, "format")
    return _MOCK_STRING if form is ABSENT else _BY_FORMAT.get(as_text(form), _MOCK_STRING)


def merge_presets(presets: JsonValue, mock: JsonValue) -> Merge:
    """The server's merge of the mock over the presets: member by member for objects, else the mock wins, arrays included.

    The server merges into the presets' own nested objects, so `stored` differs from `presets` at every depth of a top-level
    member that is an object on both sides. Raises MergeFailed.
    """
    if not isinstance(presets, dict):
        raise MergeFailed("Default config must be object")
    if not isinstance(mock, dict):
        raise MergeFailed("Both nodes must be objects to merge")
    validated = _merged(presets, mock)
    shared = {key for key, value in presets.items() if isinstance(value, dict) and key in mock}
    return Merge(validated, {key: validated[key] if key in shared else presets[key] for key in presets})


def _merged(target: JsonObject, source: JsonObject, path: tuple[str, ...] = ()) -> JsonObject:
    result = dict(target)
    for key, new in source.items():
        old = target.get(key, ABSENT)
        if isinstance(old, dict) and isinstance(new, dict):
            result[key] = _merged(old, new, (*path, key))
        elif old is not ABSENT and isinstance(old, dict) != isinstance(new, dict):
            message = f"Type mismatch for property '{key}': Cannot merge object with non-object"
            raise MergeFailed(message, (*path, key))
        else:
            result[key] = new
    return result


_REFUSED = "json schema validation failed when comparing the data to the json schema."
_NO_SCHEMA = "Parameter specified as non-null is null: createDefaultValuesFromSchema, parameter schema"


@dataclass(frozen=True)
class CreateEvaluation:
    """The server's answer to a create that got as far as the specification.

    `message` is its text, "" for 200. `messages` and `violations` are the single findings of a 422. `stored_presets` and
    `stored_form` are what the row holds after a 200. `failure` is the cause of a 500. One that is NotKnown says that the
    answer is not known.
    """

    status: Literal[200, 422, 500]
    message: str = ""
    messages: tuple[str, ...] = ()
    stored_presets: JsonObject | None = field(default=None, hash=False)
    stored_form: JsonObject | None = field(default=None, hash=False)
    violations: tuple[Violation, ...] = field(default=(), compare=False, repr=False)
    failure: Exception | None = field(default=None, compare=False, repr=False)

    @property
    def is_known(self) -> bool:
        """Whether this is the server's answer at all."""
        return not isinstance(self.failure, NotKnown)


def evaluate_create(
    specification: JsonObject | None,
    presets: JsonValue,
    form: JsonValue | Absent = ABSENT,
    work: Work | None = None,
) -> CreateEvaluation:
    """What the server answers to this create, and what it stores. Touches no argument. Results share nested values with them.

    `specification` is None when the definition has no default version. `form` ABSENT lets the server infer one. None is an
    explicit null, which is an error. `work` None is as much as one check may cost.
    """
    if specification is None:
        return CreateEvaluation(500, "ActorDefinition not found")
    try:
        user_form = parse_specification(infer_form(specification, presets) if form is ABSENT else form)
        merge = _merge(user_form, presets)
        if "connectionSpecification" not in specification:
            raise UncheckableSchema("Required value was null.")  # noqa: TRY301 - as the server's validator does
        violations = violations_of(merge.validated, specification["connectionSpecification"], work)
    except (InferenceFailed, UnparsableSpecification, MergeFailed, UncheckableSchema, NotKnown) as error:
        return CreateEvaluation(500, str(error), failure=error)
    if violations:
        messages = messages_of(violations)
        text = f"{_REFUSED} \nErrors: {', '.join(messages)}"
        return CreateEvaluation(422, text, messages, violations=violations)
    return CreateEvaluation(200, stored_presets=merge.stored, stored_form=user_form)


def stored_presets(form: JsonObject, presets: JsonObject) -> JsonObject | None:
    """What the server would keep of `presets` if it accepted them with this form. None when it could not merge.

    `form` is a whole specification, sent, inferred or as served. Nothing is validated.
    """
    try:
        return _merge(form, presets).stored
    except MergeFailed:
        return None


def _merge(form: JsonObject, presets: JsonValue) -> Merge:
    if isinstance(presets, dict) and "connectionSpecification" not in form:
        # A bare JSON schema where a specification belongs: its keywords are unknown members of the specification.
        raise MergeFailed(_NO_SCHEMA)
    return merge_presets(presets, mock_document(form.get("connectionSpecification")))
