"""A way out of what the verdict found, as a value: a changed case and the words for the change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.connectors.specification.schema import members
from reconciler.connectors.verdict.case import Case
from reconciler.connectors.verdict.edits import Path, value_at
from reconciler.connectors.verdict.findings import Finding
from reconciler.connectors.verdict.words import field
from reconciler.model.json_value import JsonObject, JsonValue

WRITE_FORM = "write the form yourself (`partialUserConfigSpec`)"


@dataclass(frozen=True)
class Remedy:
    """What to change, in the imperative, and the case after it. Not proved by itself."""

    words: str
    case: Case


def with_keyword(case: Case, path: Path, keyword: str) -> str:
    """How to give the form's field at this path a keyword; a form that is not written out has to be, first."""
    if case.form is None:
        return f"{WRITE_FORM}, with {keyword} on {field(path)}"
    return f"give {field(path)} {keyword}"


def discriminators(finding: Finding) -> Iterator[tuple[str, tuple[JsonValue, ...]]]:
    """The members that every option fixes, with the value of each option."""
    expected = finding.violations[0].expected
    options = [members(o) for o in expected if isinstance(o, dict)] if isinstance(expected, list) else []
    for name in options[0] if options else ():
        fixed = [value_at(option, (name, "const")) for option in options]
        values = tuple(value for value in fixed if isinstance(value, str))
        if len(values) == len(options):
            yield name, values


def described_by_connector(finding: Finding, name: str) -> JsonObject:
    """What the connector says about a member that is missing; a text where it says nothing."""
    found = members(finding.violations[0].schema).get(name)
    return found if isinstance(found, dict) and found else {"type": "string"}
