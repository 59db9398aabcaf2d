"""Small words that several reports share."""

from __future__ import annotations

LEAVE_OR_MANAGE = (
    "to manage one, write a manifest with its `templateId`; to leave it alone, list its id under `unmanaged` in reconciler.yaml "
    "(Airbyte's defaults belong there)"
)
"""What to do about live templates that no manifest claims, said once for all of them."""


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 manifest`, `2 manifests`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
