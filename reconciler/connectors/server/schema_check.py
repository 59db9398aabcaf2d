"""Checks a document against a connector's schema as the server's validator (networknt 1.5.2) does, in its words. Pure.

One evaluator for all drafts. Which of several texts comes first may differ: the server gives no order, here it is by place.
"""

from __future__ import annotations

from typing import Final

from reconciler.connectors.server.java_values import NoNumber
from reconciler.connectors.server.schema_load import Draft, UncheckableSchema, draft_of, load
from reconciler.connectors.server.schema_node import Check, Keyword, Node, Violation, by_place, messages_of
from reconciler.connectors.server.schema_parts import ON_PARTS, PARTS_OF_2020, PARTS_SINCE_6, PARTS_SINCE_7
from reconciler.connectors.server.schema_values import ON_VALUES, VALUES_SINCE_6, unknown
from reconciler.connectors.server.work import Work
from reconciler.model.json_value import JsonValue

# Keywords that no published connector uses, and that are not followed here.
_V4: Final[dict[str, Keyword]] = {**ON_VALUES, **ON_PARTS, **unknown("notAllowed")}
_V6: Final = {**_V4, **VALUES_SINCE_6, **PARTS_SINCE_6, **unknown("false")}
_V7: Final = {**_V6, **PARTS_SINCE_7}
# Formats are notes there, which no value has to meet.
_V2019: Final = {name: apply for name, apply in _V7.items() if name != "format"} | unknown(
    "dependentRequired", "dependentSchemas", "minContains", "maxContains"
)
_KEYWORDS: Final[dict[Draft, dict[str, Keyword]]] = {
    Draft.V4: _V4,
    Draft.V6: _V6,
    Draft.V7: {**_V7, **unknown("contentEncoding", "contentMediaType")},
    Draft.V2019: _V2019,
    Draft.V2020: {**_V2019, **PARTS_OF_2020},
}
_MOST_KEPT = 1_024


def check_against(instance: JsonValue, schema: JsonValue) -> tuple[str, ...]:
    """What the server would find wrong, like `$.count: string found, integer expected`. () when nothing.

    Failed options of `oneOf` and `anyOf` are listed too. Sorted by place, equal texts once. Raises what `violations_of`
    raises.
    """
    return messages_of(violations_of(instance, schema))


def violations_of(instance: JsonValue, schema: JsonValue, work: Work | None = None) -> tuple[Violation, ...]:
    """What `check_against` speaks of, as values, sorted by place. The draft is chosen by `$schema`, draft-07 without it.

    Raises UncheckableSchema when the server's validator would throw, NotKnown when that or its answer cannot be known, and
    TooMuchWork when `work` (None: as much as one check may take) is used up.
    """
    paid = work or Work()
    draft = _loaded(schema, paid)
    try:
        return by_place(Node(Check(schema, draft, _KEYWORDS[draft], paid), schema, instance).violations())
    except NoNumber as error:
        raise UncheckableSchema(str(error)) from error


_drafts: dict[int, tuple[JsonValue, Draft]] = {}


def _loaded(schema: JsonValue, work: Work) -> Draft:
    """The dialect of a schema that can be read. Those of many connectors are kept: loading costs as much as checking."""
    known = _drafts.get(id(schema))
    if known is not None and known[0] is schema:
        return known[1]
    draft = draft_of(schema)
    load(schema, draft, work)
    if len(_drafts) >= _MOST_KEPT:
        _drafts.clear()
    _drafts[id(schema)] = (schema, draft)
    return draft
