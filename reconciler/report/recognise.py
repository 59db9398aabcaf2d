"""Whether a text is a report of this program: only such a file is replaced by a newer report. Pure.

Each rendering is known by how it begins, or by its last line. A test holds this against the reports of all commands.
"""

from __future__ import annotations

import re

_BEGINNING = re.compile(
    r"""
    \{\s*"formatVersion":\s*"1",\s*"(target|problems|error|checks|file|connectors?)"
    | <!doctype\ html>\n<html\ lang="en"><head><meta\ charset="utf-8"><meta\ name="generator"\ content="reconciler">
    | <\?xml\ [^>]*\?>\s*<testsuites\ name="reconciler\ validate"
    | (<!--[^>]*-->\s*)?\#\#\#\ (((Plan\ for|Apply\ to|Drift\ in)\ `)|Manifests(,\ checked\ offline)?\n|Failed\n)
    | ::(stop-commands|error|warning|notice)\b
    | target\ {8}\S
    | (ok\ {6}|failed\ {2}|skipped\ )\ \w+\ +\S
    | NAME\ +CONNECTOR\ +VERSION\ +TYPE\b
    | [^\n]*\nconnector\ {3}\S+\ \((source|destination)\)\n
    | (Error|Refused):[ ]
    """,
    re.VERBOSE,
)
_LAST_LINE = re.compile(r"(Valid|Invalid): \d|\S.*: \d+ connectors? from .*\.\Z|(Failed|Interrupted): ")


def is_report(text: str) -> bool:
    """Whether this program wrote the text as a report, in whatever format; of a long one its beginning and its end are enough."""
    last = text.rstrip("\n").rpartition("\n")[2]
    return _BEGINNING.match(text) is not None or _LAST_LINE.match(last) is not None
