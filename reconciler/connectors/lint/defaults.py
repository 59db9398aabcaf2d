"""Lint rules about what the form fills in by itself: defaults against their own field. Pure.

Values are never shown: a default may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.lint.values import broken_keywords, has_format, is_in_enum
from reconciler.connectors.specification.nodes import Node
from reconciler.connectors.specification.schema import type_names
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.text import listed

BROKEN_DEFAULT = RuleFacts(
    "R510",
    "default that breaks its own field",
    Severity.WARNING,
    "The form is filled in with a value that it then refuses, and the server checks the template with this very value.",
    "Write a default that meets the field's type, const, pattern and bounds, or leave it out.",
    "count: {type: integer, title: Count, minimum: 1, default: 1}   # not 0",
)


def broken_defaults(subject: Subject) -> Iterator[Diagnostic]:
    """Defaults that break type, const, pattern, bounds or lengths of their node."""
    for node in _with_default(subject):
        broken = broken_keywords(node.schema["default"], node.schema)
        if broken and not (broken == ("type",) and _is_unquoted(node)):
            message = (
                f"the default of {node.label} does not meet its own {listed(f'`{word}`' for word in broken)}"
            )
            mend = "write a default that the field itself accepts, or leave it out"
            yield BROKEN_DEFAULT.advice(f"{node.pointer}/default", message, mend)


def _is_unquoted(node: Node) -> bool:
    """A number or boolean beside `type: string`: R108 has told how it is written."""
    return isinstance(node.schema["default"], int | float) and "string" in type_names(node.schema)


FOREIGN_DEFAULT = RuleFacts(
    "R511",
    "default outside its choices",
    Severity.WARNING,
    "The customer sees a list in which nothing is chosen, and the server checks the template with a value that is not allowed.",
    "Write one of the values of `enum`, letter by letter.",
    "region: {type: string, title: Region, enum: [eu, us], default: eu}   # not EU",
)


def defaults_outside_enum(subject: Subject) -> Iterator[Diagnostic]:
    """Defaults that their own `enum` does not list."""
    for node in _with_default(subject):
        if not is_in_enum(node.schema["default"], node.schema):
            message = f"the default of {node.label} is none of its choices"
            yield FOREIGN_DEFAULT.advice(
                f"{node.pointer}/default", message, "write one of the values of `enum`"
            )


FORMAT_DEFAULT = RuleFacts(
    "R512",
    "default in the wrong format",
    Severity.WARNING,
    "Date fields open a date picker, which shows nothing for a text in another format, and the server refuses such a text.",
    "Write dates as 2024-01-31 and times as 2024-01-31T00:00:00Z.",
    'start: {type: string, title: Start, format: date, default: "2024-01-31"}',
)

_FORMS = {"date": "2024-01-31", "date-time": "2024-01-31T00:00:00Z"}


def defaults_in_wrong_format(subject: Subject) -> Iterator[Diagnostic]:
    """Defaults that do not have the `format` of their node."""
    for node in _with_default(subject):
        if not has_format(node.schema["default"], node.schema):
            form = str(node.schema["format"])
            mend = f"write it like {_FORMS[form]}" if form in _FORMS else f"write it as `{form}`"
            yield FORMAT_DEFAULT.advice(
                f"{node.pointer}/default", f"the default of {node.label} does not have its format", mend
            )


def _with_default(subject: Subject) -> Iterator[Node]:
    """Nodes whose default fills a field. That of a `oneOf` names an option instead, and need not be an object."""
    return (node for node in subject.nodes if "default" in node.schema and "oneOf" not in node.schema)


DEFAULT_RULES = (
    LintRule(BROKEN_DEFAULT, broken_defaults),
    LintRule(FOREIGN_DEFAULT, defaults_outside_enum),
    LintRule(FORMAT_DEFAULT, defaults_in_wrong_format),
)
