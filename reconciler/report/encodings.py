"""How a secret may be spelled in text: what the scrubber looks for. Pure.

Most encodings keep characters apart: JSON, `repr`, percent, HTML, backslashes before punctuation, line breaks, and any of these
inside each other. Text and secret are decoded by one lossy rule, step by step, and compared after each step. Base64 and hex mix
characters: those spellings are written out.
"""

from __future__ import annotations

import base64
import contextlib
import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from reconciler.connectors.specification.secrets import looks_secret
from reconciler.model.json_value import JsonValue

Span = tuple[int, int]
"""Begin and end of a part of a text."""

_ROUNDS = 4
"""How many times one encoding may lie in another."""
_LONG_TEXT = 16
_JUNK = re.compile(r"[^!-*,-_a-~…]+")
"""White space, the plus in its place, Markdown's backtick, controls, and what is not ASCII. The mark of a cut is kept."""
_HEX = "[0-9a-fA-F]"
_ESCAPE = re.compile(
    rf"(\\+(?:U{_HEX}{{8}}|u{_HEX}{{4}}|u\{{{_HEX}{{1,6}}\}}|[xX]{_HEX}{{2}})|%{_HEX}{{2}})"
    rf"|(&(?:#[xX]?{_HEX}{{1,7}}|(?i:quot|amp|lt|gt|apos));)"
    r"|\\+[nrtbf0]?"  # white space as a letter, a mark before punctuation
)
_MARKS = "\\%&"
"""One of these begins every escape."""


def _nothing(_: re.Match[str]) -> str:
    return ""


def _meaning(escape: re.Match[str]) -> str:
    """The one character that an escape means where it is visible ASCII or the mark of a cut, else nothing."""
    if escape[1]:
        code = int(escape[1].lstrip("\\%uUxX{").rstrip("}"), 16)
    else:
        code = ord(html.unescape(escape[2].lower())[:1] or "\0") if escape[2] else 0
    return chr(code) if 0x21 <= code <= 0x7E or code == ord("…") else ""


@dataclass(frozen=True)
class Level:
    """A text after some steps of decoding, with the steps that led to it."""

    text: str
    _steps: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = ()

    @property
    def is_decoded(self) -> bool:
        """Whether an escape may have been taken for what it means."""
        return len(self._steps) > 1

    def without(self, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]) -> Level:
        """The next level: every match replaced by at most one character."""
        step = (self.text, pattern, meaning)
        return Level(pattern.sub(meaning if meaning is not _nothing else "", self.text), (*self._steps, step))

    def located(self, spans: list[Span]) -> list[Span]:
        """Parts of this level as parts of the text that it was made from."""
        for source, pattern, meaning in reversed(self._steps):
            spans = _located(spans, source, pattern, meaning)
        return spans


def _located(
    spans: list[Span], source: str, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]
) -> list[Span]:
    after, before, ends, shift = [0], [0], dict[int, int](), 0  # where copied stretches begin, in both texts
    for match in pattern.finditer(source) if spans else ():
        made = len(meaning(match))
        if made:
            ends[match.start() - shift] = match.end()
        shift += len(match[0]) - made
        after.append(match.end() - shift)
        before.append(match.end())

    def place(at: int) -> int:
        stretch = bisect_right(after, at) - 1
        return before[stretch] + at - after[stretch]

    return [(place(begin), ends.get(end - 1, place(end - 1) + 1)) for begin, end in spans]


def levels(text: str) -> Iterator[Level]:
    """The text as it is, without junk, and after each round of decoding that changes it.

    Decoding loses much, and the same of a text and of a secret. Backslash and `n` count as a line break wherever they are.
    """
    whole = Level(text)
    yield whole
    last = bare = whole.without(_JUNK, _nothing)
    if bare.text != text:
        yield bare
    if not any(mark in text for mark in _MARKS):
        return
    # Not from the bare one: without white space, what follows a backslash could be taken for an escape.
    level = whole
    for _ in range(_ROUNDS):
        level = level.without(_ESCAPE, _meaning).without(_JUNK, _nothing)
        if level.text == last.text:
            return
        last = level
        yield level


def spellings(secret: str) -> Iterator[str]:
    """The secret, and every spelling of it that decoding does not lead back to it.

    Base64 counts at all three offsets that it may have in a longer text, in both alphabets, of UTF-8 and of UTF-16.
    """
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    for data in (raw, secret.encode("utf-16-le", "surrogatepass")):
        yield data.hex()
        yield data.hex(":")
        yield from _base64(data)
    if not secret.isascii():
        yield secret.replace("…", "")
        yield from (json.dumps(secret)[1:-1], repr(raw)[2:-1], quote(raw, safe=""))
        yield from ("".join(form.format(ord(char)) for char in secret) for form in ("&#{};", "&#x{:x};"))


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
