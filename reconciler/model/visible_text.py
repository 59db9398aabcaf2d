"""Text for one line of a message: hidden characters made visible, long text cut, words listed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: escape sequences, carriage return, bell
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, line separators, bidirectional controls
    "\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"  # lone surrogates, annotations, tags
)


def visible_text(text: str) -> str:
    """One line in which every control, invisible and bidirectional character is an escape (`\\x1b`, `\\u202e`)."""
    return _UNSAFE.sub(_escape, text)


def clipped(text: str, limit: int) -> str:
    """The text, or its first `limit` characters with the number of those left out."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit} more characters)"


def listed(words: Iterable[str]) -> str:
    """`a, b and c`; the order is kept, "" for none."""
    items = list(words)
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group(0))
    if code == 0x0A:
        return "\\n"
    if code == 0x09:
        return "\\t"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
