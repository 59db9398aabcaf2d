"""Small words that several reports share."""

from __future__ import annotations

from reconciler.model.target import Api, Target
from reconciler.planning.entry import Entry
from reconciler.report.safe_text import safe_name

LEAVE_OR_MANAGE = (
    "to manage one, write a manifest with its `templateId`; to leave it alone, list its id under `unmanaged` in reconciler.yaml "
    "(Airbyte's defaults belong there)"
)
"""What to do about live templates that no manifest claims, said once for all of them."""


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 manifest`, `2 manifests`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def address_words(target: Target, url: str) -> str:
    """Where the target is. `url` is its address as this report shows it."""
    return "sandbox in this process" if target.api is Api.SANDBOX else f"{target.api} API at {url}"


def form_words(entry: Entry) -> str:
    """The form title of a live template alone: what tells it from others of its connector, whose name it has. "" for all other
    entries, and without a title.
    """
    is_alone = entry.manifest is None and entry.form_title is not None
    return f'form "{safe_name(entry.form_title or "")}"' if is_alone else ""
