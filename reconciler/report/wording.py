"""Small words that several reports share."""

from __future__ import annotations


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 manifest`, `2 manifests`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
