"""HTML that is escaped where it is made: the only way from data into a page. And descriptions without the HTML that connectors write
into them. Pure.

Text and attribute values may be anything. Names of elements and attributes come from this program only. Nothing here can make a
script, a style, an address or an event handler out of data.
"""

from __future__ import annotations

import html
import re
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


_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)\b([^<>]*)>")
_ADDRESS = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES = re.compile(r" ?\n[ \n]*")
_INLINE = frozenset({
    "a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "q", "s", "samp", "small",
    "span", "strong", "sub", "sup", "tt", "u", "var", "wbr",
})  # fmt: skip
_BREAKS = frozenset({
    "address", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol",
    "p", "pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
_DROPPED = frozenset({"embed", "form", "iframe", "input", "link", "meta", "object", "script", "style", "svg"})
_KNOWN = _INLINE | _BREAKS | _DROPPED
_ITEM = "\n• "


def plain_text(description: str) -> str:
    """The text of a description. A line break where it has one or starts a block. "" for nothing but markup."""
    pieces: list[str] = []
    address = ""
    start = end = 0
    for match in _TAG.finditer(description):
        closes, name, rest = match.group(1), match.group(2).lower(), match.group(3)
        if name not in _KNOWN:
            continue
        pieces.append(html.unescape(description[end : match.start()]))
        end = match.end()
        if name == "a" and not closes:
            found = _ADDRESS.search(rest)
            address = html.unescape(next((part for part in found.groups() if part), "")) if found else ""
            start = len(pieces)
        elif name == "a":
            is_said = address.rstrip("/") in "".join(pieces[start:])
            pieces.append(f" ({address})" if address and not is_said else "")
            address, start = "", len(pieces)
        elif name in _BREAKS:
            pieces.append(_ITEM if name == "li" and not closes else "\n")
    pieces.append(html.unescape(description[end:]))
    return _LINES.sub("\n", _BLANKS.sub(" ", "".join(pieces))).strip()
