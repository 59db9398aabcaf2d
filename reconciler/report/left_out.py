"""What a comparison did not look at or does not show, in words: as long as there is any, nothing is called "up to date". Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.text import clipped
from reconciler.planning.entry import Plan
from reconciler.report.safe_text import MAX_NAME
from reconciler.report.wording import count

_MOST = 5
"""Ids or names told in a note; the rest is a number."""


def _left_out(plan: Plan, *, by_status: bool) -> Iterator[str]:
    """A number and a reason for each kind; nothing where everything was compared and is shown."""
    if plan.hidden_count:
        parts = ", ".join(f"{number} {status}" for status, number in plan.hidden.items())
        told = f"{count(plan.hidden_count, 'entry', 'entries')} outside the selection"
        yield f"{told} ({parts})" if by_status else told
    if plan.uncompared_forms:
        yield f"{count(plan.uncompared_forms, 'form')} not compared"
    if plan.unread_organizations:
        number = len(plan.unread_organizations)
        yield f"{count(number, 'organization')} that only earlier manifests name"
    if plan.left_out:
        yield f"{count(len(plan.left_out), 'template')} listed under `unmanaged` in reconciler.yaml"
    if plan.ignored_findings:
        yield ignored_words(plan.ignored_findings)


def ignored_words(number: int) -> str:
    """How many findings of rules the project switched off."""
    return f"{count(number, 'finding')} ignored by `rules` in reconciler.yaml"


def left_out_sentence(plan: Plan, *, by_status: bool = True) -> str:
    """All of it as a sentence; "" for nothing. Without `by_status` no word in it can be taken for what became of a create."""
    told = ", ".join(_left_out(plan, by_status=by_status))
    return f"Not shown or not compared: {told}." if told else ""


def plan_notes(plan: Plan) -> Iterator[str]:
    """What a reader of any report has to know about the comparison itself, a sentence each without its full stop."""
    ids = plan.not_listed
    if ids:
        # Airbyte's defaults leave its lists by themselves.
        them = "is" if len(ids) == 1 else "are"
        yield f"{count(len(ids), 'id')} under `unmanaged` in reconciler.yaml {them} not listed by the server: {_named(ids)}"
    yield from uncompared_notes(plan)


def uncompared_notes(plan: Plan) -> Iterator[str]:
    """What was not compared, and what to do about it, a sentence for each kind."""
    if plan.uncompared_forms:
        yield _uncompared_forms(plan)
    if plan.unread_organizations:
        number = len(plan.unread_organizations)
        yield (
            f"{count(number, 'organization')} not compared: {_named(plan.unread_organizations)}; only earlier manifests in git name "
            f"{'it' if number == 1 else 'them'}, and templates that were created there are still live. Keep a manifest for "
            "each of them, or list the organization's id under `unmanaged` in reconciler.yaml"
        )


def _uncompared_forms(plan: Plan) -> str:
    names = [clipped(entry.name, MAX_NAME) for entry in plan.entries if entry.is_uncompared]
    told = f": {_named(names, plan.uncompared_forms)}" if names else ""
    return (
        f"{count(plan.uncompared_forms, 'form')} not compared{told}; `reconciler connectors lock` fetches the specifications that "
        "they are inferred from; a form written into the manifest needs none"
    )


def _named(names: Sequence[str], number: int | None = None) -> str:
    """The first names, and how many more there are of `number` (None: of these)."""
    more = (number or len(names)) - len(names[:_MOST])
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more else "")
