"""Text from manifests and servers, made harmless for a terminal: it cannot move the cursor, hide itself or
start a line.
"""

from __future__ import annotations

from reconciler.model.json_value import JsonValue, canonical_json
from reconciler.model.visible_text import visible_text
from reconciler.report.safe_output import without_commands


def safe_text(text: str) -> str:
    """One line in which every control, invisible and bidirectional character is written as an escape
    (`\\x1b`, `\\u202e`).

    Runner commands (`::error`, `##[group]`) lose their meaning: a backslash is put into the mark.
    """
    return without_commands(visible_text(text))


def short_json(value: JsonValue, limit: int = 80) -> str:
    """A JSON value on one line, cut to `limit` characters with the number of characters left out."""
    return clipped(safe_text(canonical_json(value)), limit)


def clipped(text: str, limit: int) -> str:
    """The text, or its first `limit` characters with the number of those left out."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit} more characters)"
