"""Holds a document against a connector's schema as the server's validator (networknt 1.5.2) does, and says what is wrong in its
words. Pure.

One evaluator for all drafts, after the validator's source; a table of its recorded answers is held against it in the tests.
Known to differ: which of several texts comes first (the server gives no order; here it is by place).
"""

from __future__ import annotations

import operator

from reconciler.connectors.server import schema_parts as parts
from reconciler.connectors.server import schema_values as values
from reconciler.connectors.server.java_text import NoNumber
from reconciler.connectors.server.schema_load import Draft, UncheckableSchema, draft_of, load
from reconciler.connectors.server.schema_node import Check, Keyword, Node
from reconciler.connectors.server.schema_violation import Violation, by_place, messages_of
from reconciler.connectors.server.work import Work
from reconciler.model.json_value import JsonValue


def check_against(instance: JsonValue, schema: JsonValue) -> tuple[str, ...]:
    """What the server would find wrong with `instance`, like `$.count: string found, integer expected`; ()
    when nothing.

    Failed options of `oneOf` and `anyOf` are listed too. Sorted by place in the document, equal texts once. Raises what
    `violations_of` raises.
    """
    return messages_of(violations_of(instance, schema))


def violations_of(instance: JsonValue, schema: JsonValue, work: Work | None = None) -> tuple[Violation, ...]:
    """What `check_against` speaks of, as values: one for each keyword that is not met, sorted by place.

    The draft is chosen by `$schema`, draft-07 without it. References are resolved inside the schema only, never fetched.
    Raises UncheckableSchema when the server's validator would throw, NotKnown when that or its answer cannot be told, and
    TooMuchWork when `work` (None: as much as one check may take) is used up.
    """
    paid = work or Work()
    draft = _loaded(schema, paid)
    check = Check(schema, draft, _KEYWORDS[draft], paid)
    try:
        return by_place(check.against(Node(schema), instance, ()))
    except NoNumber as error:
        raise UncheckableSchema(str(error)) from error


_loaded_last: list[tuple[JsonValue, Draft]] = []


def _loaded(schema: JsonValue, work: Work) -> Draft:
    """The dialect of a schema that can be read, kept for the last one: one manifest asks several times, and so does the next of
    its connector.
    """
    for known, draft in _loaded_last:
        if known is schema:
            return draft
    draft = draft_of(schema)
    load(schema, draft, work)
    _loaded_last[:] = [(schema, draft)]
    return draft


_LONGEST = 2**31 - 1
_SINCE_4: dict[str, Keyword] = {
    "$ref": parts.reference,
    "type": values.type_keyword,
    "enum": values.enum,
    "pattern": values.pattern,
    "format": values.format_keyword,
    "minimum": values.bound("minimum", operator.lt, exclusive="exclusiveMinimum"),
    "maximum": values.bound("maximum", operator.gt, exclusive="exclusiveMaximum"),
    "multipleOf": values.multiple_of,
    "minLength": values.size("minLength", str, -_LONGEST),
    "maxLength": values.size("maxLength", str, _LONGEST),
    "minItems": values.size("minItems", list, 0),
    "maxItems": values.size("maxItems", list, 0),
    "minProperties": values.size("minProperties", dict, 0),
    "maxProperties": values.size("maxProperties", dict, _LONGEST),
    "required": values.required,
    "uniqueItems": values.unique_items,
    "properties": parts.properties,
    "patternProperties": parts.pattern_properties,
    "additionalProperties": parts.additional_properties,
    "dependencies": parts.dependencies,
    "items": parts.items,
    "allOf": parts.all_of,
    "anyOf": parts.any_of,
    "oneOf": parts.one_of,
    "not": parts.not_keyword,
    "notAllowed": values.unknown("notAllowed"),
}
_SINCE_6: dict[str, Keyword] = {
    **_SINCE_4,
    "const": values.const,
    "contains": parts.contains,
    "propertyNames": parts.property_names,
    "exclusiveMinimum": values.bound("exclusiveMinimum", operator.le),
    "exclusiveMaximum": values.bound("exclusiveMaximum", operator.ge),
    "false": values.unknown("false"),
}
_SINCE_7 = {**_SINCE_6, "if": parts.if_keyword}
_SINCE_2019 = {
    **{keyword: check for keyword, check in _SINCE_7.items() if keyword != "format"},
    **{
        keyword: values.unknown(keyword)
        for keyword in ("dependentRequired", "dependentSchemas", "minContains", "maxContains")
    },
}
_KEYWORDS: dict[Draft, dict[str, Keyword]] = {
    Draft.V4: _SINCE_4,
    Draft.V6: _SINCE_6,
    Draft.V7: {**_SINCE_7, "contentEncoding": values.content, "contentMediaType": values.content},
    Draft.V2019: _SINCE_2019,
    Draft.V2020: {**_SINCE_2019, "items": parts.items_2020, "prefixItems": parts.prefix_items},
}
