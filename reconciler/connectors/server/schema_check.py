"""Holds a document against a connector's schema and says what is wrong in the server's words. Pure.

The server uses networknt 1.5.2. Known to differ: which of several texts comes first (the server gives no order; here
it is by place), a few formats (see formats.py) and patterns that Python cannot compile (see java_regex.py): both count
as met, so that what is refused here is refused there too.
"""

from __future__ import annotations

from reconciler.connectors.server.absent import ABSENT, member
from reconciler.connectors.server.java_text import as_text
from reconciler.connectors.server.schema_plain import NotPlain, plain_violations
from reconciler.connectors.server.schema_violation import Violation, by_place, messages_of
from reconciler.connectors.server.tolerated_schema import tolerated_schema
from reconciler.connectors.server.work import Work, paying_from
from reconciler.model.json_value import JsonObject, JsonValue

_OTHER_DRAFTS = ("json-schema.org/draft-04", "json-schema.org/draft/2019-09", "json-schema.org/draft/2020-12")


def check_against(instance: JsonValue, schema: JsonValue) -> tuple[str, ...]:
    """What the server would find wrong with `instance`, like `$.count: string found, integer expected`; ()
    when nothing.

    Failed options of `oneOf` and `anyOf` are listed too. Sorted by place in the document, equal texts once. Raises
    UncheckableSchema when the server's validator would throw.
    """
    return messages_of(violations_of(instance, schema))


def violations_of(instance: JsonValue, schema: JsonValue, work: Work | None = None) -> tuple[Violation, ...]:
    """What `check_against` speaks of, as values: one for each keyword that is not met, sorted by place.

    The draft is chosen by a part of `$schema`, draft-07 otherwise. References are resolved inside the schema only,
    never fetched. Raises UncheckableSchema, and TooMuchWork when `work` (None: as much as one check may take) is used up.
    """
    named = member(schema, "$schema")
    dialect = "" if named is ABSENT else as_text(named)
    with paying_from(work or Work()):
        found = _found(instance, _tolerated(schema), dialect)
    # An `anyOf` without options says nothing, and the server takes silence for consent.
    return by_place(each for each in found if messages_of((each,)))


_tolerated_last: list[tuple[JsonValue, JsonObject]] = []


def _tolerated(schema: JsonValue) -> JsonObject:
    """`tolerated_schema`, kept for the last schema: one manifest asks several times, and so does the next of its connector."""
    for known, tolerated in _tolerated_last:
        if known is schema:
            return tolerated
    tolerated = tolerated_schema(schema)
    _tolerated_last[:] = [(schema, tolerated)]
    return tolerated


def _found(instance: JsonValue, schema: JsonObject, dialect: str) -> tuple[Violation, ...]:
    """Nearly every connector is written in the plain part of draft-07, which needs no library."""
    if not any(part in dialect for part in _OTHER_DRAFTS):
        try:
            return plain_violations(instance, schema)
        except (NotPlain, RecursionError):
            pass
    from reconciler.connectors.server.schema_drafts import draft_violations

    return draft_violations(instance, schema, dialect)
