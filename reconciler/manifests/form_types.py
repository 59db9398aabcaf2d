"""Numbers and booleans where a form says `type: string`: `default: 1.10` is 1.1 by the time anybody reads it. Pure.

The server takes them, and published specifications hold some (source-gutendex, source-tmdb). So they are warnings; a `const` that no
text can equal is an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.specification.nodes import Node
from reconciler.connectors.specification.schema import VALUE_KEYWORDS, type_names
from reconciler.manifests import rules
from reconciler.manifests.findings import WRITTEN
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import kind_of


def string_findings(schema: JsonValue, where: str) -> Iterator[Diagnostic]:
    """A finding for each `default`, `const`, `enum` or `examples` value that is not the text its node asks for.

    `where` is the JSON pointer of `schema` in its document.
    """
    nodes = Node(schema, where).walk() if isinstance(schema, dict) else ()
    for node in nodes:
        names = type_names(node.schema)
        for place, value in _values(node.schema, node.pointer) if "string" in names else ():
            allowed = ("boolean",) if isinstance(value, bool) else ("number", "integer")
            if isinstance(value, int | float) and not any(name in names for name in allowed):
                message = f"`{WRITTEN}` is {kind_of(value)} beside `type: string`"
                severity = Severity.ERROR if place == f"{node.pointer}/const" else Severity.WARNING
                help_text = f'quote it: "{WRITTEN}"'
                yield Diagnostic(place, rules.NUMBER_BESIDE_STRING, message, help_text, severity)


def _values(schema: JsonObject, where: str) -> Iterator[tuple[str, JsonValue]]:
    for key in VALUE_KEYWORDS:
        value = schema.get(key)
        if isinstance(value, list) and key in ("examples", "enum"):
            yield from ((f"{where}/{key}/{index}", item) for index, item in enumerate(value))
        else:
            yield f"{where}/{key}", value
