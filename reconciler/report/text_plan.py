"""The plan as text: what people read most.

A target line with capabilities, one line per entry that needs attention with a sign, its changes, reason and
ways out below it, and one summary line. In-sync entries are one number unless `verbose`. Problems stand last,
next to the summary, where a terminal shows them.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.target import ALL_CAPABILITIES
from reconciler.planning.entry import SETTLED, Change, Entry, Operation, Plan, Status
from reconciler.report.changed_values import change_values
from reconciler.report.left_out import left_out_sentence, plan_notes
from reconciler.report.organizations import elsewhere, organizations_read
from reconciler.report.refusal import refusal_words
from reconciler.report.safe_text import safe_name, safe_path, safe_sentence
from reconciler.report.style import Style
from reconciler.report.text_problems import render_problem
from reconciler.report.text_verdict import asks_lines, verdict_lines
from reconciler.report.wording import LEAVE_OR_MANAGE, address_words, count, form_words

SIGNS = {
    Status.CREATE: ("+", "green"),
    Status.IN_SYNC: ("=", "dim"),
    Status.DRIFTED: ("~", "yellow"),
    Status.UNMANAGED: ("*", "cyan"),
    Status.DUPLICATE: ("&", "magenta"),
    Status.AMBIGUOUS: ("!", "red"),
    Status.UNKNOWN: ("?", "red"),
}
_ORDER = (
    Status.IN_SYNC,
    Status.UNMANAGED,
    Status.CREATE,
    Status.DUPLICATE,
    Status.DRIFTED,
    Status.AMBIGUOUS,
    Status.UNKNOWN,
)
_INDENT = " " * 14
MAX_VALUE = 80
"""Characters of a changed value that are shown; MAX_VERBOSE_VALUE with `verbose`."""
MAX_VERBOSE_VALUE = 800
MAX_CHANGES = 20
"""Changes shown per entry without `verbose`; the rest is a number."""


def render_plan(
    plan: Plan,
    *,
    style: Style = Style(),  # noqa: B008 - frozen
    verbose: bool = False,
    tells_refusal: bool = False,
) -> str:
    """The whole plan, ending with a line break. With `tells_refusal` its last line says why `apply` would refuse it, if it would."""
    lines = [*target_lines(plan), ""]
    for status in _ORDER:
        lines.extend(_section(plan, status, style, verbose=verbose))
    lines.append(style.paint(summary_line(plan), "bold"))
    refusal = refusal_words(plan) if tells_refusal else ""
    if refusal:
        lines.append(style.paint(safe_sentence(f"{refusal[0].upper()}{refusal[1:]}."), "red"))
    return "\n".join(lines) + "\n"


def target_lines(plan: Plan) -> Iterator[str]:
    """Where the plan points, what the target can and cannot do, and how much was read."""
    target = plan.target
    cannot = [c for c in ALL_CAPABILITIES if c not in target.capabilities]
    address = address_words(target, safe_path(target.url))
    yield f"target        {safe_name(target.environment)}: {address}, organization {organizations_read(plan)}"
    yield f"can           {', '.join(target.capabilities)}" + (
        f"   cannot: {', '.join(cannot)}" if cannot else ""
    )
    yield f"compared      {count(plan.manifest_count, 'manifest')} with {count(plan.live_count, 'live template')}"
    yield from (f"note          {safe_sentence(note)}" for note in plan_notes(plan))


def _section(plan: Plan, status: Status, style: Style, *, verbose: bool) -> Iterator[str]:
    entries = plan.with_status(status)
    if not entries:
        return
    if status is Status.IN_SYNC and not verbose:
        yield _headline("=", status, f"{count(len(entries), 'manifest')} (-v lists them)", style)
        yield ""
        return
    width = min(max(len(safe_name(entry.name)) for entry in entries), 40)
    for entry in entries:
        yield from _entry_lines(entry, width, style, verbose=verbose)
    if status is Status.UNMANAGED and not verbose:
        yield f"{_INDENT}do   {LEAVE_OR_MANAGE}"
        yield ""


def _entry_lines(entry: Entry, width: int, style: Style, *, verbose: bool) -> Iterator[str]:
    sign, _ = SIGNS[entry.status]
    parts = [safe_name(entry.name).ljust(width), _connector(entry), _place(entry)]
    yield _headline(sign, entry.status, "  ".join(part for part in parts if part).rstrip(), style)
    brief = entry.status in SETTLED and not verbose
    if brief:
        return
    yield from change_lines(entry.changes, style, verbose=verbose)
    if verbose or entry.status is not Status.CREATE:
        yield f"{_INDENT}why  {safe_sentence(entry.reason)}"
    yield from (f"{_INDENT}{line}" for line in _assessed_lines(entry, style, verbose=verbose))
    yield from (f"{_INDENT}note {safe_sentence(note)}" for note in entry.notes)
    yield from (f"{_INDENT}do   {safe_sentence(way)}" for way in entry.ways_out)
    yield ""


def _assessed_lines(entry: Entry, style: Style, *, verbose: bool) -> Iterator[str]:
    """The customer's form, the server's verdict, and what rules say. The form of a drifted template is not what a
    customer sees: only with `verbose`.
    """
    assessed = entry.assessed
    if assessed is None:
        return
    if entry.status is Status.CREATE or verbose:
        yield from asks_lines(assessed.asked, verbose=verbose)
        yield from verdict_lines(assessed, verbose=verbose)
        yield from (render_problem(problem, style) for problem in assessed.problems)


def _headline(sign: str, status: Status, text: str, style: Style) -> str:
    return f"{style.paint(f'{sign} {status:<10}', SIGNS[status][1])}  {text}"


def _connector(entry: Entry) -> str:
    connector = entry.connector
    if connector is None:
        return ""
    label = connector.name if connector.name and connector.name != entry.name else ""
    reference = connector.repository or connector.id
    return f"{safe_name(label)} ({safe_name(reference)})" if label else f"({safe_name(reference)})"


def _place(entry: Entry) -> str:
    parts = []
    if entry.origin is not None:
        parts.append(f"{safe_path(entry.origin.file)}:{entry.origin.line}")
    if entry.template_id is not None:
        by = f" by {entry.matched_by}" if entry.matched_by else ""
        parts.append(
            f"{'<->' if entry.origin is not None else 'template'} {safe_name(entry.template_id)}{by}"
        )
    return "  ".join(part for part in (" ".join(parts), form_words(entry), elsewhere(entry)) if part)


def change_lines(changes: tuple[Change, ...], style: Style, *, verbose: bool) -> Iterator[str]:
    """One line per change with the live and the manifest's value; at most MAX_CHANGES unless verbose."""
    shown = changes if verbose else changes[:MAX_CHANGES]
    for change in shown:
        yield f"{_INDENT}{_change_text(change, style, MAX_VERBOSE_VALUE if verbose else MAX_VALUE)}"
    if len(shown) < len(changes):
        yield f"{_INDENT}... and {len(changes) - len(shown)} more changes (-v shows them)"


def _change_text(change: Change, style: Style, limit: int) -> str:
    path, (live, desired) = safe_path(change.path), change_values(change, limit)
    if change.operation is Operation.ADD:
        return style.paint(f"+ {path}: {desired} in the manifest only", "green")
    if change.operation is Operation.REMOVE:
        return style.paint(f"- {path}: {live} on the server only", "red")
    return style.paint(f"~ {path}: live {live}, manifest {desired}", "yellow")


def summary_line(plan: Plan) -> str:
    """One sentence: what would be created, what differs, what was not looked at. "Up to date" only if nothing
    at all was left out.
    """
    summary = plan.summary
    words = {
        Status.CREATE: "to create",
        Status.DRIFTED: "drifted",
        Status.DUPLICATE: "duplicate",
        Status.AMBIGUOUS: "ambiguous",
        Status.UNKNOWN: "unknown",
        Status.UNMANAGED: "unmanaged",
        Status.IN_SYNC: "in sync",
    }
    told = [f"{summary[status]} {word}" for status, word in words.items() if summary[status]]
    suppressed = left_out_sentence(plan)
    only_in_sync = all(not summary[status] for status in Status if status is not Status.IN_SYNC)
    if only_in_sync and not suppressed and summary[Status.IN_SYNC]:
        return f"Up to date: {summary[Status.IN_SYNC]} in sync."
    text = f"Plan: {', '.join(told) or 'nothing to show'}."
    if suppressed:
        text += f" {suppressed}"
    if any(number for status, number in summary.items() if status not in SETTLED):
        text += " Not up to date."
    return text
