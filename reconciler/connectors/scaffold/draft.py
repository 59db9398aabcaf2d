"""What is live in a scaffold, and what is offered beside it: which fields are asked of the customer, which are preset. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reconciler.connectors.scaffold.form import FormNode, form_node
from reconciler.connectors.scaffold.samples import (
    fitting_value,
    fixed_value,
    preset_sample,
    properties_of,
    required_of,
)
from reconciler.connectors.scaffold.yaml_text import is_writable
from reconciler.connectors.server.create import CreateEvaluation, evaluate_create
from reconciler.connectors.server.forms import UnparsableSpecification, known_oauth_names, parse_specification
from reconciler.connectors.server.java_values import member
from reconciler.connectors.specification.schema import COMBINED, holds_secret, is_hidden, options_of, texts
from reconciler.model.json_value import JsonObject, JsonValue, same_json
from reconciler.model.template import connection_schema


@dataclass(frozen=True)
class DraftField:
    """A top-level field. `preset`, a tuple of none or one, is the value without which Airbyte refuses the template. `schema` is the
    connector's.
    """

    name: str
    schema: JsonObject = field(hash=False)
    form: FormNode
    is_required: bool
    is_asked: bool
    preset: tuple[JsonValue, ...] = ()


@dataclass(frozen=True)
class Draft:
    """The live parts of a scaffold, before they are written.

    `specification` is the connector's, `root` its connection specification. `choice` is there for a connector that has no fields
    of its own, only options. `advanced_auth` holds that member of the form, or nothing.
    """

    specification: JsonObject = field(hash=False)
    root: JsonObject = field(hash=False)
    fields: tuple[DraftField, ...]
    choice: FormNode | None
    advanced_auth: JsonObject = field(hash=False)

    @property
    def presets(self) -> JsonObject:
        """`partialDefaultConfig`: mostly empty."""
        return {each.name: value for each in self.fields for value in each.preset}

    @property
    def required(self) -> list[str]:
        """The fields that the customer must fill in."""
        return [each.name for each in self.fields if each.is_required and each.is_asked and not each.preset]

    @property
    def head(self) -> JsonObject:
        """What is in front of the form's fields."""
        choice = {} if self.choice is None else {"oneOf": self.choice.schema["oneOf"]}
        groups = self.root.get("groups")
        grouped = {"groups": groups} if groups is not None and is_writable(groups) else {}
        return {"type": "object", **grouped, **choice, "required": [*self.required]}

    def answer(self, more: JsonObject | None = None) -> CreateEvaluation:
        """What Airbyte answers to the live part, with these presets more."""
        properties: JsonObject = {each.name: each.form.schema for each in self.fields if each.is_asked}
        form = {"connectionSpecification": {**self.head, "properties": properties}, **self.advanced_auth}
        return evaluate_create(self.specification, self.presets | (more or {}), form)

    def is_accepted(self, more: JsonObject | None = None) -> bool:
        """Whether Airbyte stores exactly this."""
        answer = self.answer(more)
        return answer.status == 200 and same_json(answer.stored_presets, self.presets | (more or {}))

    def offered_presets(self) -> JsonObject:
        """A sample for each field that can be preset beside what is live: Airbyte accepts each alone, and all together. Where it
        does not accept what is live, samples are only known to meet the schemas of their fields.
        """
        is_judged = self.is_accepted()
        taken: JsonObject = {}
        for each in self.fields:
            for value in () if each.preset else preset_sample(each.name, each.schema):
                one = {each.name: value}
                if not is_judged or (self.is_accepted(one) and self.is_accepted(taken | one)):
                    taken |= one
        return taken


def draft_of(specification: JsonObject, *, is_full: bool) -> Draft:
    """What a scaffold of this connector should have live, with `is_full` the form is not shortened. Touches nothing."""
    root = connection_schema(specification) or {}
    # What OAuth needs in a form: what the server always asks for (nothing where it could not infer a form either), and the
    # field that says whether OAuth was chosen.
    chosen = texts(member(specification.get("advanced_auth"), "predicate_key"))[:1]
    required, oauth = required_of(root), known_oauth_names(specification).union(chosen)
    fields = tuple(
        _draft_field(name, schema, is_required=name in required, is_oauth=name in oauth, is_full=is_full)
        for name, schema in properties_of(root).items()
    )
    choice = form_node("configuration", root, is_required=True) if options_of(root) and not fields else None
    if choice and not is_full:
        choice = replace(choice, schema=_shortened(choice.schema))
    return Draft(specification, root, fields, choice, _advanced_auth(specification))


def _draft_field(
    name: str, schema: JsonObject, *, is_required: bool, is_oauth: bool, is_full: bool
) -> DraftField:
    """Required fields, secrets and what OAuth fills in are asked of the customer. What Airbyte cannot test is preset."""
    form, has_secret = form_node(name, schema, is_required=is_required), holds_secret(schema)
    preset = fitting_value(schema) if is_required and not form.is_mockable and not has_secret else ()
    is_open_secret = has_secret and not is_hidden(schema)
    is_asked = is_oauth or (is_required and not preset) or is_open_secret
    if not is_full:
        form = replace(form, schema=_shortened(form.schema, keeps_members=is_oauth))
    return DraftField(name, schema, form, is_required, is_asked, preset)


def _shortened(node: JsonObject, *, keeps_members: bool = False) -> JsonObject:
    """The form field without descriptions and, unless `keeps_members`, without members that are optional where others are
    required. The server makes up the same answer to it.
    """
    short = {key: value for key, value in node.items() if key != "description"}
    for keyword in COMBINED:
        if options := options_of(node, keyword):
            short[keyword] = [_shortened(option, keeps_members=keeps_members) for option in options]
    if isinstance(items := node.get("items"), dict):
        short["items"] = _shortened(items, keeps_members=keeps_members)
    if properties := properties_of(node):
        required = set(required_of(node))
        fixed = {name for name, part in properties.items() if fixed_value(part) is not None}
        keeps_all = keeps_members or fixed.issuperset(required)
        short["properties"] = {
            name: _shortened(part, keeps_members=keeps_members)
            for name, part in properties.items()
            if keeps_all or name in required | fixed
        }
    return short


def _advanced_auth(specification: JsonObject) -> JsonObject:
    """The OAuth part of the specification, when the server can read it and a manifest can hold it."""
    value = specification.get("advanced_auth")
    if not isinstance(value, dict) or not is_writable(value):
        return {}
    try:
        return parse_specification({"advanced_auth": value})
    except UnparsableSpecification:
        return {}
