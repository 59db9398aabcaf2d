"""What became of each create, in groups with words that every report shares; what needs a person stands first. Pure."""

from __future__ import annotations

from enum import Enum

from reconciler.applying.outcome import ApplyResult, Creation, Outcome


class Group(Enum):
    """Each makes a sentence with a count of templates before it: `2 templates refused by the server`."""

    TWICE = "created more than once"
    BESIDE = "created beside others with equal presets (form not compared)"
    UNKNOWN = "unknown (on the server or not: the next run looks, nothing is sent twice)"
    DIFFERENT = "stored differently from the manifest"
    NOT_READ_BACK = "created but not read back"
    NOT_LISTED = "created but not in the server's list"
    REJECTED = "refused by the server"
    NOT_SENT = "not sent"
    CREATED = "created and read back equal to the manifest"
    PRESETS = "on the server with equal presets (form not compared)"
    FOUND = "created by somebody else meanwhile, equal to the manifest"


SETTLED = frozenset({Group.CREATED, Group.PRESETS, Group.FOUND})
"""Nothing is left to do or to find out."""


def displaced_words(result: ApplyResult) -> str:
    """How many of Airbyte's defaults customers see no more because of what was created; "" when none."""
    number = len(result.displaced)
    is_or_are = "template is" if number == 1 else "templates are"
    return f"{number} default {is_or_are} hidden from customers by what was created" if number else ""


_OPEN = {
    Outcome.UNKNOWN: Group.UNKNOWN,
    Outcome.REJECTED: Group.REJECTED,
    Outcome.NOT_ATTEMPTED: Group.NOT_SENT,
}


def group_of(creation: Creation) -> Group:
    """Where a create belongs; in `SETTLED` exactly when it is settled."""
    if creation.is_settled:
        if not creation.entry.form_compared:
            return Group.PRESETS
        return Group.FOUND if creation.outcome is Outcome.NOT_ATTEMPTED else Group.CREATED
    if not creation.is_on_server:
        return _OPEN[creation.outcome]
    if creation.candidates:
        return Group.TWICE if creation.entry.form_compared else Group.BESIDE
    if creation.equals_manifest is None:
        return Group.NOT_READ_BACK
    return Group.NOT_LISTED if creation.equals_manifest else Group.DIFFERENT
