"""What a comparison did not look at or does not show, in words: as long as there is any, nothing is called "up to date". Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.planning.entry import Plan
from reconciler.report.wording import count

_MOST = 5
"""Ids named in the note; the rest is a number."""


def _left_out(plan: Plan, *, by_status: bool) -> Iterator[str]:
    """A number and a reason for each kind; nothing where everything was compared and is shown."""
    if plan.hidden_count:
        parts = ", ".join(f"{number} {status}" for status, number in plan.hidden.items())
        told = f"{count(plan.hidden_count, 'entry', 'entries')} outside the selection"
        yield f"{told} ({parts})" if by_status else told
    if plan.uncompared_forms:
        yield f"{count(plan.uncompared_forms, 'form')} not compared"
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


def not_listed_note(plan: Plan) -> str:
    """That ids under `unmanaged` name no template; "" where each of them does. Airbyte's defaults leave its lists by themselves."""
    ids = plan.not_listed
    if not ids:
        return ""
    named = ", ".join(ids[:_MOST]) + (f" and {len(ids) - _MOST} more" if len(ids) > _MOST else "")
    them = "is" if len(ids) == 1 else "are"
    return f"{count(len(ids), 'id')} under `unmanaged` in reconciler.yaml {them} not listed by the server: {named}"
