"""Text for people: colours, and that nothing from manifests and servers drives a terminal or a CI runner. Pure.

Reports call `safe_text` or one of its like on every text from outside. `safe_output`, under both streams, is for text that
was forgotten. Imports next to nothing: it is under `--help` too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.text import clipped, visible_text

if TYPE_CHECKING:
    from reconciler.model.diagnostic import Origin
    from reconciler.model.json_value import JsonValue

_CODES = {"green": "32", "yellow": "33", "red": "31", "magenta": "35", "cyan": "36", "dim": "2", "bold": "1"}


@dataclass(frozen=True)
class Style:
    """How text is painted. `colour` is decided once, where the stream is known. Without it nothing but the codes is missing."""

    colour: bool = False

    def paint(self, text: str, colour: str) -> str:
        """The text in that colour, or as it is."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.colour else text


PLAIN = Style()

MAX_NAME = 120
"""Characters of a name that people are shown. The rest is a number. Programs get all of it: JSON is not cut."""
MAX_PATH = 400
MAX_SENTENCE = 1_000

_COMMAND_MARK = re.compile(r"##(?:\w*)\[|^(\s*)::", re.MULTILINE)
_UNSAFE = (
    "|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"  # line separators, reordering, what no encoding takes
)
_DRIVES_A_TERMINAL = re.compile(f"\x1b{_UNSAFE}")
_FOREIGN = re.compile(rf"\x1b(?!\[(?:0|{'|'.join(_CODES.values())})m){_UNSAFE}")


def safe_output(text: str, *, colours: bool = False, may_command: bool = False) -> str:
    """The output with its lines, and whatever else would drive a terminal as escapes. Our own colour codes stay if `colours`.

    Unless `may_command`, no line is a runner's command. In JSON none ever is. JSON stays JSON and means the same.
    """
    unsafe = _FOREIGN if colours else _DRIVES_A_TERMINAL
    harmless = unsafe.sub(lambda match: visible_text(match[0]), text)
    if harmless.startswith(("{", "[")):
        return harmless.replace("##", "#\\u0023")
    return harmless if may_command else without_commands(harmless)


def without_commands(text: str) -> str:
    """Runner commands (`::error` at the start of a line, `##[group]` anywhere) lose their meaning: a backslash is put into the mark."""
    return _COMMAND_MARK.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text)


def safe_text(text: str) -> str:
    """One line in which every control, invisible and bidirectional character is written as an escape (`\\x1b`, `\\u202e`).

    Runner commands (`::error`, `##[group]`) lose their meaning: a backslash is put into the mark.
    """
    return without_commands(visible_text(text))


def safe_name(text: str) -> str:
    """A name, an id or an address on one line, at most `MAX_NAME` characters of it."""
    return clipped(safe_text(text), MAX_NAME)


def safe_path(text: str) -> str:
    """A file or a place in a document on one line, at most `MAX_PATH` characters of it."""
    return clipped(safe_text(text), MAX_PATH)


def safe_sentence(text: str) -> str:
    """A sentence that may quote servers and manifests on one line, at most `MAX_SENTENCE` characters of it."""
    return clipped(safe_text(text), MAX_SENTENCE)


def safe_place(origin: Origin) -> str:
    """`file:line:column`. The numbers are never cut."""
    return safe_path(origin.file) + str(origin).removeprefix(origin.file)


def short_json(value: JsonValue, limit: int = 80) -> str:
    """A JSON value on one line, cut to `limit` characters with the number of characters left out."""
    from reconciler.model.json_value import canonical_json

    return clipped(safe_text(canonical_json(value)), limit)


_BEGINNING = r"""
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
    """
_LAST_LINE = r"(Valid|Invalid): \d|\S.*: \d+ connectors? from .*\.\Z|(Failed|Interrupted): "


def is_report(text: str) -> bool:
    """Whether this program wrote the text as a report, in whatever format: only such a file is replaced by a newer report.

    Each is known by how it begins, or by its last line. Of a long one its beginning and its end are enough.
    """
    last = text.rstrip("\n").rpartition("\n")[2]
    return bool(re.match(_BEGINNING, text, re.VERBOSE) or re.match(_LAST_LINE, last))
