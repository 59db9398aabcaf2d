"""How much one look at a document may cost: a number of steps, the same on every machine. Pure.

Schemas and presets come from files that anybody may have written, and checking multiplies them. So what the input made long
is paid for before it is gone through. When nothing is left, the check ends with "not known".
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.json_value import JsonValue

MOST_STEPS = 1_000_000
"""A step takes about a microsecond. The dearest connector of Airbyte's registry takes some thousands."""

MOST_SPECIFICATION = 50_000
"""How large a specification may be, in steps of going through it once. The largest of the registry takes four thousand."""

_LETTERS = 32
"""So many letters of a text are gone through, compared or copied in a step."""


class NotKnown(Exception):
    """The server's answer cannot be known. The message says why. Never quotes a value of the document."""


class TooMuchWork(NotKnown):
    """Finding out takes more steps than a check may."""

    def __init__(self) -> None:
        super().__init__(f"checking it takes too long (more than {MOST_STEPS:,} steps)")


@dataclass
class Work:
    """What is left of the steps of one check, or of several that share it."""

    left: int = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Pays for steps that are about to be done. Raises TooMuchWork when there are not so many left."""
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork

    def spend_whole(self, value: JsonValue) -> None:
        """Pays for going through a value with all its parts, before that is done. Raises TooMuchWork."""
        # Without a call for each part: every specification of a lock is gone through here.
        parts, left = [value], self.left
        while parts and left >= 0:
            part = parts.pop()
            if isinstance(part, dict):
                left -= 1 + len(part) + sum(map(len, part)) // _LETTERS
                parts.extend(part.values())
            elif isinstance(part, list):
                left -= 1 + len(part)
                parts.extend(part)
            else:
                left -= 1 + (len(part) // _LETTERS if isinstance(part, str) else 0)
        self.spend(self.left - left)


def length_of(value: JsonValue) -> int:
    """Steps to go through a value once, not into its parts."""
    if isinstance(value, list | dict):
        return len(value)
    return len(value) // _LETTERS if isinstance(value, str) else 0


def specification_size(value: JsonValue) -> int | None:
    """The steps of going through a specification with all its parts. None for more than one may take."""
    work = Work(MOST_SPECIFICATION)
    try:
        work.spend_whole(value)
    except TooMuchWork:
        return None
    return MOST_SPECIFICATION - work.left
