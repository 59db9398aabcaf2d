"""How a secret may be spelled in text: what the scrubber looks for. Pure.

Two ways, because there are two kinds of encodings. Where characters stay recognisable (JSON, `repr`, percent, HTML, backslashes
before punctuation, line breaks and other white space, and any of these inside each other), both sides are decoded by one lossy
rule and then compared. Where they do not (base64, hex, everything escaped), the spellings are written out.
"""

from __future__ import annotations

import base64
import contextlib
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from reconciler.connectors.server.secret_paths import looks_secret
from reconciler.model.json_value import JsonValue

_ESCAPE = re.compile(
    r"\\+u\{([0-9a-fA-F]{1,6})\}|\\+u([0-9a-fA-F]{4})|\\+U([0-9a-fA-F]{8})|\\+[xX]([0-9a-fA-F]{2})"  # the numbers of a character
    r"|%([0-9a-fA-F]{2})|&#[xX]([0-9a-fA-F]{1,6});|&#([0-9]{1,7});"
    r"|&((?i:quot|amp|lt|gt|apos));"
    r"|\\+[nrtbf0]|\\+"  # white space as a letter, a mark before punctuation
    r"|[^!-*,-_a-~]+"  # white space, the plus that stands for it, Markdown's backtick, controls, and what is not ASCII
)
_HEXADECIMAL = (1, 2, 3, 4, 5, 6)
_DECIMAL, _NAME = 7, 8
_NAMED = {"quot": '"', "amp": "&", "lt": "<", "gt": ">", "apos": "'"}
_NUMBER = re.compile(
    r"(?<!\\)\\+(?:u\{?[0-9a-f]{4}|x[0-9a-f]{2})|%(?:25)*[0-9a-f]{2}|&(?:amp;)*#x?[0-9a-f]+;", re.IGNORECASE
)
_CLOSE = 3
"""Readable characters between two escapes of one stretch, at most."""

ANCHOR = 4
"""Characters in a row by which an encoded value is found."""

_READABLE = re.compile(f"[a-z0-9]{{{ANCHOR},}}")
"""Characters that no encoding of `decoded` touches."""

_LONGEST_ESCAPE = 12
"""Characters that one character of a secret may take where its neighbours are readable."""

_MANY = 6
"""Escapes in a stretch, at least."""

_LONG_TEXT = 16
_ROUNDS = 4
"""How many times one encoding may lie in another."""


@dataclass(frozen=True)
class Decoded:
    """Text without its encodings, in lower case, visible ASCII only; its i-th character stands from `starts[i]` to `ends[i]` in the
    original.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def decoded(text: str) -> Decoded:
    """The text with every escape taken for what it means, and without white space, plus, backslash, backtick and whatever is not ASCII.

    It loses much, and the same on both sides of a comparison. Backslash and `n` count as a line break wherever they stand.
    """
    starts, ends = list(range(len(text))), list(range(1, len(text) + 1))
    for _ in range(_ROUNDS):
        kept: list[str] = []
        first: list[int] = []
        last: list[int] = []
        at = 0
        for escape in _ESCAPE.finditer(text):
            begin, end = escape.span()
            kept.append(text[at:begin])
            first += starts[at:begin]
            last += ends[at:begin]
            meant = _meaning(escape)
            if meant:
                kept.append(meant)
                first.append(starts[begin])
                last.append(ends[end - 1])
            at = end
        if not at:
            break
        kept.append(text[at:])
        text, starts, ends = "".join(kept), first + starts[at:], last + ends[at:]
    return Decoded(text.lower(), tuple(starts), tuple(ends))


def _meaning(escape: re.Match[str]) -> str:
    """The one visible ASCII character that an escape stands for, or nothing."""
    if escape[_NAME]:
        return _NAMED[escape[_NAME].lower()]
    digits = next((escape[group] for group in _HEXADECIMAL if escape[group]), None)
    code = int(digits, 16) if digits else int(escape[_DECIMAL] or 0)
    return chr(code) if 0x21 <= code <= 0x7E else ""


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where so much is escaped that a value in it may have no readable piece: begin and end, with a little around."""
    begin = end = number = 0
    for escape in _NUMBER.finditer(text):
        if escape.start() - end > _CLOSE:
            if number >= _MANY:
                yield max(0, begin - _MANY), end + _MANY
            begin, number = escape.start(), 0
        end, number = escape.end(), number + 1
    if number >= _MANY:
        yield max(0, begin - _MANY), end + _MANY


@dataclass(frozen=True)
class Readable:
    """A value as `decoded` shows it, and its pieces that stand unchanged in any such encoding, the longest first."""

    plain: str
    pieces: tuple[str, ...]

    @property
    def anchors(self) -> frozenset[str]:
        """Texts of `ANCHOR` characters of which one is there where the value is."""
        return frozenset(sample for piece in self.pieces[:3] for sample in _samples(piece))

    @property
    def reach(self) -> int:
        """How far from one of the pieces the ends of an encoded value may be."""
        return _LONGEST_ESCAPE * (len(self.plain) + 1)

    def may_stand(self, low: str, begin: int, end: int) -> bool:
        """Whether something of every second piece is there, since line breaks may cut pieces in two; or the text is cut."""
        if any(low.find(mark, begin, end) >= 0 for mark in ("...", "…")):
            return True
        there = sum(
            any(low.find(sample, begin, end) >= 0 for sample in _samples(piece)) for piece in self.pieces
        )
        return 2 * there >= len(self.pieces)


def readable_pieces(plain: str, low: str) -> Readable:
    """A value that `decoded` shows as `plain`; `low` is the value itself in lower case."""
    return Readable(plain, tuple(sorted(_READABLE.findall(low), key=len, reverse=True)))


def _samples(piece: str) -> tuple[str, ...]:
    """Four characters of a piece, in three places: lines of twelve characters or more cannot break all of them."""
    return tuple(
        sample for sample in (piece[:ANCHOR], piece[5 : 5 + ANCHOR], piece[-ANCHOR:]) if len(sample) == ANCHOR
    )


def spellings(secret: str) -> Iterator[str]:
    """The secret itself and every spelling of it in which its characters cannot be found one by one.

    Base64 counts at all three offsets that it may have in a longer text, in both alphabets, of UTF-8 and of UTF-16.
    """
    raw = secret.encode("utf-8", "surrogatepass")
    wide = secret.encode("utf-16-le", "surrogatepass")
    yield from (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (repr(secret)[1:-1], repr(raw)[2:-1], quote(raw, safe=""), html.escape(secret))
    for data in (raw, wide):
        yield data.hex()
        yield from _base64(data)
    yield from (
        "".join(form.format(code) for code in raw) for form in ("%{:02x}", "\\x{:02x}", "{:02x} ", "{:02x}:")
    )
    codes = [ord(char) for char in secret]
    yield from (
        "".join(form.format(code) for code in codes)
        for form in ("\\u{:04x}", "&#{};", "&#x{:x};", "&#x{:02x};")
    )
    yield from (nothing.join(secret) for nothing in ("\0", "\\x00", "\\u0000", "\\0"))


def _base64(data: bytes) -> Iterator[str]:
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + data).decode("ascii").rstrip("=")
        kept = whole[(0, 2, 3)[shift] : len(whole) - (1 if (len(data) + shift) % 3 else 0)]
        yield kept
        yield kept.replace("+", "-").replace("/", "_")


def parts_of(secret: str) -> Iterator[str]:
    """The secret and what may appear of it alone: without white space around it, its lines, the password of a URL, texts in JSON."""
    yield secret
    yield secret.strip()
    yield from (line.strip() for line in secret.splitlines())
    if "://" in secret:
        with contextlib.suppress(ValueError):
            yield urlsplit(secret).password or ""
    if secret.lstrip().startswith("{"):
        with contextlib.suppress(ValueError, RecursionError):
            yield from _json_texts("", json.loads(secret, strict=False))


def _json_texts(name: str, value: JsonValue) -> Iterator[str]:
    """Texts in a JSON document that are secret by their name, or long: a service account's file holds addresses and words too."""
    if isinstance(value, str) and (len(value) >= _LONG_TEXT or looks_secret(name)):
        yield value
        yield from value.splitlines()
    elif isinstance(value, dict):
        for member, item in value.items():
            yield from _json_texts(member, item)
    elif isinstance(value, list):
        for item in value:
            yield from _json_texts(name, item)
