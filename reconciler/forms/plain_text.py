"""Descriptions as plain text. Connectors write them with some HTML. None of it is kept. Pure.

Known tags go, the address of a link stays behind its words, and whatever only looks like a tag (`https://<tenant>.example.com`)
stays as it is written.
"""

from __future__ import annotations

import html
import re

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
            address, start = _address(rest), len(pieces)
        elif name == "a":
            pieces.append(_behind("".join(pieces[start:]), address))
            address, start = "", len(pieces)
        elif name in _BREAKS:
            pieces.append(_ITEM if name == "li" and not closes else "\n")
    pieces.append(html.unescape(description[end:]))
    return _tidy("".join(pieces))


def _address(attributes: str) -> str:
    found = _ADDRESS.search(attributes)
    return html.unescape(next((part for part in found.groups() if part), "")) if found else ""


def _behind(words: str, address: str) -> str:
    """What to write after the words of a link: nothing when they are the address."""
    return f" ({address})" if address and address.rstrip("/") not in words else ""


def _tidy(text: str) -> str:
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
