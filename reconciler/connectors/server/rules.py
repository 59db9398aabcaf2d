"""What the server does with the body of a create, from the specification's look-up to the insert. Pure.

Platform v1.7 to v2.0 (ConfigTemplateServiceDataImpl), steps in the server's order. Authentication,
entitlement and the unknown definition come before and are not decided here; what happens after the insert is
not either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reconciler.connectors.server.inference import InferenceFailed, infer_form
from reconciler.connectors.server.java_values import ABSENT, Absent
from reconciler.connectors.server.mocking import Merge, MergeFailed, merge_presets, mock_document
from reconciler.connectors.server.normal_form import UnparsableSpecification, parse_specification
from reconciler.connectors.server.schema_check import violations_of
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.schema_node import Violation, messages_of
from reconciler.connectors.server.work import NotKnown, Work
from reconciler.model.json_value import JsonObject, JsonValue

_REFUSED = "json schema validation failed when comparing the data to the json schema."
_NO_SCHEMA = "Parameter specified as non-null is null: createDefaultValuesFromSchema, parameter schema"


@dataclass(frozen=True)
class CreateEvaluation:
    """The server's answer to a create that got as far as the specification.

    `message` is its text, "" for 200; `messages` are the single findings of a 422. `stored_presets` and
    `stored_form` are what the row holds after a 200 (the form before GET's additions, see
    served_specification), None otherwise. `violations` say the same as `messages`, `failure` the same as the
    message of a 500, for those who look for the cause. A `failure` that is NotKnown says that the answer is not known.
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
    """What the server answers to this create, and what it stores.

    `specification` is the connector's, None when the definition has no default version. `form` ABSENT lets
    the server infer one; None is an explicit null, which is an error. `work` is what the check may cost, None for as much as
    one check may. Nothing else is mutated; results share nested values with the arguments.
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
    """What the server would keep of `presets` if it accepted them with this form; equal to `presets` where
    nothing is lost.

    `form` is a whole specification, sent, inferred or as served. Nothing is validated. None when the server
    could not merge.
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
