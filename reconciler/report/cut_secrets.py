"""What is left of a secret behind a cut: a middle or an end without its beginning. Pure.

Reports cut long values around the place where two of them differ (`changed_values`) and mark what differs on a page. Both can
stand inside a secret, whose rest then is no beginning that the scrubber would find. Pieces of all secrets are in one set: what it
costs to look behind a cut does not depend on how many there are.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

_CUT = re.compile("…|</?mark>")
_PIECE = 8
"""Characters of a piece. A rest of a short secret is known by its first ones, of a long secret by fifteen."""
_SHORT = 200
"""Of secrets up to this length every piece is known, of longer ones every eighth and the last."""
_LONGEST = 10_000
"""Of longer secrets each line is looked for, as it is a secret of its own; no report shows more in one piece."""


class CutSecrets:
    """Knows the pieces of secrets, in lower case."""

    def __init__(self) -> None:
        self._pieces: set[str] = set()

    def add(self, secret: str) -> None:
        """Register a secret as it is, as JSON has it, and as HTML has either."""
        if len(secret) > _LONGEST:
            return
        inside = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        for spelling in inside | {html.escape(each) for each in inside}:
            low = spelling.lower()
            last = len(low) - _PIECE
            step = 1 if len(low) <= _SHORT else _PIECE
            self._pieces.update(low[at : at + _PIECE] for at in (*range(0, last + 1, step), last) if at >= 0)

    def spans(self, low: str) -> Iterator[tuple[int, int]]:
        """Begin and end of what is left of a secret right behind each cut of a text in lower case."""
        for cut in _CUT.finditer(low):
            at = cut.end()
            end = self._next(low, at + _PIECE - 1)
            while (further := self._next(low, end)) > end:
                end = further
            if end >= at + _PIECE:
                yield at, end

    def _next(self, low: str, end: int) -> int:
        """Where the next piece ends that begins within the eight characters before a place; the place itself for none."""
        ends = range(end + 1, min(end + _PIECE, len(low)) + 1)
        return next((each for each in ends if low[each - _PIECE : each] in self._pieces), end)
