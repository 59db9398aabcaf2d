"""Secrets that can be told apart, and an oracle that finds what is left of them in any output.

The oracle shares no code with the program. It looks for any eight characters in a row of a secret's random part, in the output as
it is and in decoded views of it; what it does not look for is named in SECURITY.md.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import unquote

WINDOW = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SHAPES = (
    "{0}{1}",
    "{0}-{1}",
    '{0}"{1}',
    "{0}\\{1}",
    "{0}\n{1}",
    "{0}\t{1}",
    "{0} {1}",
    "{0}  {1}",
    "{0}%{1}",
    "%s{0}%n{1}%",
    "{0}+/={1}==",
    "{0}&<>'{1}",
    "${{{0}}}.*({1})[a-z]+$",
    "{0}é😀{1}",
    "ключ{0}{1}",
    "{0}\u200b{1}",
    "{0}\u202e{1}",
    "-----BEGIN PRIVATE KEY-----\n{0}\n{1}\n-----END PRIVATE KEY-----\n",
    '{{"type": "service_account", "private_key": "{0}\\n{1}"}}',
    "https://user:{0}{1}@host.example/db",
    "postgres://{0}:{1}@db.example:5432/x?sslmode=require",
    "::error::{0}{1}",
    "##[group]{0}{1}",
    "{0}$(id)`{1}",
    "{{{0}}}{1}!r",
    "  {0}{1}  ",
    "'{0}' or '1'='{1}",
    "{0}#{1}: x",
    "eyJhbGciOiJIUzI1NiJ9.{0}.{1}",
)
"""Where the two random parts of a secret stand, between what trips encodings, patterns, formats and terminals."""

HEADER_SHAPES = (
    "{0}{1}",
    "{0}-{1}",
    '{0}"{1}',
    "{0}\\{1}",
    "{0}%{1}",
    "{0}+/={1}==",
    "{0}&<>'{1}",
    "eyJhbGciOiJIUzI1NiJ9.{0}.{1}",
)
"""Those that fit an Authorization header."""


@dataclass(frozen=True)
class Canary:
    """One secret. `cores` are its random parts: nothing of them may be seen, in any encoding."""

    what: str
    value: str = field(repr=False)
    cores: tuple[str, ...] = field(repr=False)


def canary(rng: Random, what: str, shapes: Iterable[str] = SHAPES) -> Canary:
    """A secret of its own kind."""
    cores = tuple("".join(rng.choice(_LETTERS) for _ in range(rng.randint(10, 24))) for _ in range(2))
    return Canary(what, rng.choice(tuple(shapes)).format(*cores), cores)


def leaks(canaries: Iterable[Canary], output: bytes) -> set[str]:
    """What can be read of these secrets in an output: `what @ view`, nothing for a clean one."""
    views = {view: (text, _grams(text)) for view, text in _views(output)}
    found = set()
    for secret in canaries:
        for trace, pieces in _traces(secret):
            for view, (text, grams) in views.items():
                for gram in sorted(pieces & grams)[:1]:
                    at = text.lower().find(gram)
                    found.add(
                        f"{secret.what} ({trace}) in the output {view}: {text[max(0, at - 60) : at + 40]!r} of {secret.value!r}"
                    )
                    break
    return found


def _traces(secret: Canary) -> Iterator[tuple[str, set[str]]]:
    raw = {gram for core in secret.cores for gram in _grams(core)}
    yield "plain", raw
    data = [core.encode() for core in secret.cores] + [core.encode("utf-16-le") for core in secret.cores]
    encoded: set[str] = set()
    for part in data:
        for shift in range(3):
            text = base64.b64encode(b"\0" * shift + part).decode().rstrip("=")
            encoded |= _grams(text[(0, 2, 3)[shift] : -2])
        encoded |= _grams(part.hex(), 2 * WINDOW)
    yield "base64 or hex", encoded


def _grams(text: str, size: int = WINDOW) -> set[str]:
    low = text.lower()
    return {low[at : at + size] for at in range(len(low) - size + 1)}


def _views(output: bytes) -> Iterator[tuple[str, str]]:
    text = output.decode("utf-8", "backslashreplace")
    yield "as it is", text
    flat = text
    for _ in range(3):
        flat = html.unescape(unquote(flat, errors="replace"))
        flat = re.sub(
            r"\\+u([0-9a-fA-F]{4})|\\+x([0-9a-fA-F]{2})", lambda m: chr(int(m[1] or m[2], 16)), flat
        )
    yield "decoded", flat
    bare = re.sub(r"[^!-\[\]-~]", "", flat)
    yield "decoded, without white space and backslashes", bare
    yield "with hex digits joined", re.sub(r"[\s:]|0x|\\x|%", "", text)
    if b"\0" in output:
        yield "as UTF-16", output.decode("utf-16-le", "replace")
