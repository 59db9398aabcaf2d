"""Text from manifests and servers, made harmless for a terminal: it cannot move the cursor, hide itself or
start a line.
"""

from __future__ import annotations

import re

from reconciler.model.json_value import JsonValue, canonical_json

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: escape sequences, carriage return, bell
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, line separators, bidirectional controls
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"  # lone surrogates, annotations, tags
)
_COMMAND_MARK = re.compile(r"##\[|##vso\[|##teamcity\[|^(\s*)::", re.MULTILINE)


def safe_text(text: str) -> str:
    """One line in which every control, invisible and bidirectional character is written as an escape
    (`\\x1b`, `\\u202e`).

    Runner commands (`::error`, `##[group]`) lose their meaning: a backslash is put into the mark.
    """
    escaped = _UNSAFE.sub(_escape, text)
    return _COMMAND_MARK.sub(lambda m: m.group(0)[:-1] + "\\" + m.group(0)[-1], escaped)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group(0))
    if code == 0x0A:
        return "\\n"
    if code == 0x09:
        return "\\t"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def short_json(value: JsonValue, limit: int = 80) -> str:
    """A JSON value on one line, cut to `limit` characters with the number of characters left out."""
    text = safe_text(canonical_json(value))
    if len(text) <= limit:
        return text
    return f"{text[:limit]}... ({len(text) - limit} more characters)"
