"""Text from manifests and servers, made harmless for a terminal: it cannot move the cursor, hide itself or
start a line.
"""

from __future__ import annotations

from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import JsonValue, canonical_json
from reconciler.model.text import clipped, visible_text
from reconciler.report.safe_output import without_commands

MAX_NAME = 120
"""Characters of a name that people are shown; the rest is a number. Programs get all of it: JSON is not cut."""
MAX_PATH = 400
MAX_SENTENCE = 1_000


def safe_text(text: str) -> str:
    """One line in which every control, invisible and bidirectional character is written as an escape
    (`\\x1b`, `\\u202e`).

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
    """`file:line:column`; the numbers are never cut."""
    return safe_path(origin.file) + str(origin).removeprefix(origin.file)


def short_json(value: JsonValue, limit: int = 80) -> str:
    """A JSON value on one line, cut to `limit` characters with the number of characters left out."""
    return clipped(safe_text(canonical_json(value)), limit)
