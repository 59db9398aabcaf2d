"""HTML that is escaped where it is made: the only way from data into a page. Pure.

Text and attribute values may be anything. Names of elements and attributes come from this program only. Nothing here can make a
script, a style, an address or an event handler out of data.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

from reconciler.model.text import clipped, visible_text

_VOID = frozenset({"br", "hr", "input", "link", "meta"})


MAX_TITLE = 300
"""Characters of a title or a place that a page shows."""
MAX_DESCRIPTION = 5_000


class Markup(str):
    """Text that is HTML already: made by `element` or `text`, or a constant of this program."""

    __slots__ = ()


def text(value: str) -> Markup:
    """Any text, escaped. Line breaks stay. Controls, invisible and bidirectional characters become visible escapes."""
    if isinstance(value, Markup):
        return value
    lines = (visible_text(line.replace("\t", " ").rstrip("\r")) for line in value.split("\n"))
    return Markup(html.escape("\n".join(lines)))


def element(name: str, /, *children: str, **attributes: str | int | bool | None) -> Markup:
    """One element. Children that are no Markup are escaped.

    An attribute is written as in Python (`class_`, `aria_label`). True gives the bare name, False and None leave it out.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in _VOID:
        return Markup(start)
    return Markup(f"{start}{''.join(map(text, children))}</{name}>")


def short(value: str, limit: int = MAX_TITLE) -> str:
    """The text, or its beginning with the number of characters left out: a title of a server may have any length."""
    return clipped(value, limit)


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Several parts as one."""
    return Markup(text(between).join(map(text, parts)))


def prose(words: str) -> Markup:
    """A sentence of this program. Text between backticks becomes code."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return text(words)
    return joined(element("code", part) if index % 2 else text(part) for index, part in enumerate(parts))


def _attribute(key: str, value: str | int | bool | None) -> str:  # noqa: FBT001 - the value of an attribute
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'
