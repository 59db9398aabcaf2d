"""Colours for the text reports. Off means plain ASCII-compatible text; nothing else changes."""

from __future__ import annotations

from dataclasses import dataclass

_CODES = {"green": "32", "yellow": "33", "red": "31", "magenta": "35", "cyan": "36", "dim": "2", "bold": "1"}

AFTER_ESCAPE = rf"\[(?:0|{'|'.join(_CODES.values())})m"
"""A regular expression for what follows the escape characters that `paint` writes."""


@dataclass(frozen=True)
class Style:
    """How text is painted. `colour` is decided once, where the stream is known."""

    colour: bool = False

    def paint(self, text: str, colour: str) -> str:
        """The text in that colour, or as it is."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.colour else text
