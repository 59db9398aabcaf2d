"""Text from manifests and servers inside Markdown: it can only ever be read, never take effect.

The one strategy: whatever is not a plain English word is put into a code span, where no parser and no platform looks
for mentions, issue numbers, commits, addresses, emoji, HTML, formulas or commands. Backslashes and entities would not
do: platforms look for mentions in the rendered text, where both are gone. Line breaks and invisible characters were
turned into visible escapes before (`safe_text`), so nothing from outside ever begins a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconciler.model.text import clipped
from reconciler.report.safe_text import MAX_NAME, safe_text

MAX_SENTENCE = 600
"""Characters of a sentence that are shown."""

_OPENING, _CLOSING = "(\"'", ")\"'.,;:!?"
# `spec.templateId` written by ourselves within a sentence. Only where the neighbours cannot join it to a word.
_OWN_SPAN = re.compile(r"(?<!\S)([(\"']*)`([^`]+)`([)\"'.,;:!?]*)(?!\S)")
_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
_LIKE_A_COMMIT = re.compile(r"\b[0-9A-Fa-f]{7,}\b")
_NUMBER = re.compile(r"[0-9]{1,6}")
_URL = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9._~:/?#@!$&*+,;=%-]*")


def code(text: str, limit: int = MAX_NAME) -> str:
    """The text as one code span, whatever it holds. `(empty)` for none. One line, no control characters."""
    shown = clipped(safe_text(text), limit)
    if not shown:
        return "(empty)"
    runs = {len(run) for run in re.findall("`+", shown)}
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    # A parser takes one space off both ends, and a backtick at an end would join the fence.
    spaced = "`" in (shown[0], shown[-1]) or (shown[0] == shown[-1] == " " and not shown.isspace())
    return f"{fence} {shown} {fence}" if spaced else f"{fence}{shown}{fence}"


def codes(texts: Iterable[str], most: int = 20) -> str:
    """Code spans with commas. At most `most`, then the number of the rest."""
    listed = list(texts)
    rest = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(map(code, listed[:most])) + rest


def prose(text: str, limit: int = MAX_SENTENCE) -> str:
    """A sentence of ours that quotes names, places and values: plain words as they are, all else in code spans."""
    shown = clipped(safe_text(text), limit)
    parts: list[str] = []
    end = 0
    for span in _OWN_SPAN.finditer(shown):
        parts += _words(shown[end : span.start()], first=not parts)
        parts.append(f"{span[1]}{code(span[2], limit)}{span[3]}")
        end = span.end()
    return " ".join(parts + _words(shown[end:], first=not parts))


def _words(text: str, *, first: bool) -> list[str]:
    tokens = [token for token in text.split(" ") if token]
    return [_token(token, first=first and not index) for index, token in enumerate(tokens)]


def _token(token: str, *, first: bool) -> str:
    """One word with its punctuation. A block never begins with `1.` or `1)`: that would be a list."""
    body = token.lstrip(_OPENING)
    core = body.rstrip(_CLOSING)
    if not core:
        return token if token == "..." and not first else code(token)  # noqa: S105 - punctuation, no password
    before, after = token[: len(token) - len(body)], body[len(core) :]
    if _WORD.fullmatch(core) and not _LIKE_A_COMMIT.search(core):
        return token
    if _NUMBER.fullmatch(core) and (not first or token == core):
        return token
    return f"{before}{code(core, MAX_SENTENCE)}{after}"


def link(words: str, url: str | None) -> str:
    """A link with our words, or only the words where the address is not a plain one."""
    return f"[{words}](<{url}>)" if url and _URL.fullmatch(url) else words


def fence_for(lines: Iterable[str]) -> str:
    """A fence longer than any run of backticks in these lines."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    return "`" * max(3, longest + 1)


def fold(summary: str, *, is_open: bool) -> str:
    """The beginning of a fold that `</details>` ends. `summary` is our own words and numbers."""
    return f"<details{' open' if is_open else ''}>\n<summary>{summary}</summary>"


def bullets(lines: Iterable[str]) -> str:
    """Lines as one list. "" for none."""
    return "\n".join(f"- {line}" for line in lines)


def joined(*blocks: str) -> str:
    """Blocks with an empty line between them, without the empty ones."""
    return "\n\n".join(block for block in blocks if block)
