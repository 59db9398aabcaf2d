"""A plan, an apply or a validation as text: what people read most. Pure.

Of a plan: a target line with capabilities, one line for each entry that needs attention with a sign, its changes, reason and ways
out below it, and one summary line. In-sync entries are one number unless `verbose`. Problems come last, next to the summary,
where a terminal shows them.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.model.target import ALL_CAPABILITIES
from reconciler.model.text import count
from reconciler.planning.entry import SETTLED, Change, Entry, Operation, Plan, Status
from reconciler.report import view
from reconciler.report.changed_values import change_values
from reconciler.report.safe_text import PLAIN, Style, safe_name, safe_path, safe_place, safe_sentence
from reconciler.report.text_problems import asks_lines, render_problem, render_problems, verdict_lines

SIGNS = {
    Status.IN_SYNC: ("=", "dim"),
    Status.UNMANAGED: ("*", "cyan"),
    Status.CREATE: ("+", "green"),
    Status.UPDATE: ("^", "green"),
    Status.DUPLICATE: ("&", "magenta"),
    Status.DRIFTED: ("~", "yellow"),
    Status.AMBIGUOUS: ("!", "red"),
    Status.UNKNOWN: ("?", "red"),
}
"""Sign and colour of each status, in the order of the text."""
OUTCOME_SIGNS = {
    Outcome.CREATED: ("+", "green"),
    Outcome.UPDATED: ("^", "green"),
    Outcome.RECOVERED: ("+", "green"),
    Outcome.REJECTED: ("x", "red"),
    Outcome.UNKNOWN: ("?", "red"),
    Outcome.NOT_ATTEMPTED: ("-", "yellow"),
}
_VALIDATION_COLOURS = {"Invalid": "red", "Incomplete": "yellow", "Valid": "green"}
_INDENT = " " * 14
MAX_VALUE = 80
"""Characters of a changed value that are shown. MAX_VERBOSE_VALUE with `verbose`."""
MAX_VERBOSE_VALUE = 800
MAX_CHANGES = 20
"""Changes shown of an entry without `verbose`. The rest is a number."""
_WIDEST_NAME = 40


def render_plan(
    plan: Plan, *, style: Style = PLAIN, verbose: bool = False, tells_refusal: bool = False
) -> str:
    """The whole plan, ending with a line break. With `tells_refusal` its last line says why `apply` would refuse it, if it would."""
    lines = [*_target_lines(plan), ""]
    for status in SIGNS:
        lines.extend(_section(plan.with_status(status), status, style, verbose=verbose))
    lines.append(style.paint(view.summary_line(plan), "bold"))
    refusal = view.refusal_words(plan) if tells_refusal else ""
    if refusal:
        lines.append(style.paint(safe_sentence(f"{refusal[0].upper()}{refusal[1:]}."), "red"))
    return "\n".join(lines) + "\n"


def _target_lines(plan: Plan) -> Iterator[str]:
    """Where the plan points, what the target can and cannot do, and how much was read."""
    target = plan.target
    cannot = ", ".join(each for each in ALL_CAPABILITIES if each not in target.capabilities)
    address = view.address_words(target, safe_path(target.url))
    organizations = view.organization_words(target.organization_id, plan.other_organizations)
    yield f"target        {safe_name(target.environment)}: {address}, organization {organizations}"
    yield f"can           {', '.join(target.capabilities)}{f'   cannot: {cannot}' if cannot else ''}"
    if policy := view.policy_words(target):
        yield f"policy        {policy}"
    yield f"compared      {view.compared_words(plan)}"
    yield from (f"note          {safe_sentence(note)}" for note in view.plan_notes(plan))


def _section(entries: tuple[Entry, ...], status: Status, style: Style, *, verbose: bool) -> Iterator[str]:
    if not entries:
        return
    if status is Status.IN_SYNC and not verbose:
        yield _headline(status, f"{count(len(entries), 'manifest')} (-v lists them)", style)
        yield ""
        return
    width = min(max(len(safe_name(entry.name)) for entry in entries), _WIDEST_NAME)
    for entry in entries:
        parts = (safe_name(entry.name).ljust(width), _connector(entry), _place(entry))
        yield _headline(status, "  ".join(part for part in parts if part).rstrip(), style)
        if verbose or status not in SETTLED:
            yield from _details(entry, style, verbose=verbose)
    if status is Status.UNMANAGED and not verbose:
        yield f"{_INDENT}do   {view.LEAVE_OR_MANAGE}"
        yield ""


def _details(entry: Entry, style: Style, *, verbose: bool) -> Iterator[str]:
    """The form of a drifted template is not what a customer sees: only with `verbose`."""
    yield from change_lines(entry.changes, style, verbose=verbose)
    if verbose or entry.status is not Status.CREATE:
        yield f"{_INDENT}why  {safe_sentence(entry.reason)}"
    assessed = entry.assessed
    if assessed is not None and (verbose or entry.status is Status.CREATE):
        yield from (f"{_INDENT}{line}" for line in asks_lines(assessed.asked, verbose=verbose))
        yield from (f"{_INDENT}{line}" for line in verdict_lines(assessed, verbose=verbose))
        yield from (f"{_INDENT}{render_problem(problem, style)}" for problem in assessed.problems)
    yield from (f"{_INDENT}note {safe_sentence(note)}" for note in entry.notes)
    yield from (f"{_INDENT}do   {safe_sentence(way)}" for way in entry.ways_out)
    yield ""


def _headline(status: Status, text: str, style: Style) -> str:
    sign, colour = SIGNS[status]
    return f"{style.paint(f'{sign} {status:<10}', colour)}  {text}"


def _connector(entry: Entry) -> str:
    connector = entry.connector
    if connector is None:
        return ""
    label = f"{safe_name(connector.name)} " if connector.name and connector.name != entry.name else ""
    return f"{label}({safe_name(connector.repository or connector.id)})"


def _place(entry: Entry) -> str:
    """File and line, the template, and what distinguishes it from others."""
    file = "" if entry.origin is None else f"{safe_path(entry.origin.file)}:{entry.origin.line}"
    template = ""
    if entry.template_id is not None:
        by = f" by {words}" if (words := view.match_words(entry)) else ""
        template = f"{'<->' if file else 'template'} {safe_name(entry.template_id)}{by}"
    parts = (
        " ".join(part for part in (file, template) if part),
        view.form_words(entry),
        view.elsewhere(entry),
    )
    return "  ".join(part for part in parts if part)


def change_lines(changes: tuple[Change, ...], style: Style, *, verbose: bool) -> Iterator[str]:
    """One line per change with the live and the manifest's value. At most MAX_CHANGES unless verbose."""
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


def render_apply(
    result: ApplyResult, *, style: Style = PLAIN, verbose: bool = False, shown: frozenset[str] = frozenset()
) -> str:
    """The whole account, ending with a line break, without the plan. A create of which every line is among those `shown` is left out."""
    lines: list[str] = []
    for creation in result.reported:
        account = list(creation_lines(creation, style, verbose=verbose))
        lines.extend([] if shown.issuperset(account) else account)
    if result.refusal is not None:
        lines.append(style.paint(f"Refused: {safe_sentence(result.refusal.message)}", "red"))
        if result.refusal.help:
            lines.append(f"  {safe_sentence(result.refusal.help)}")
    lines.append(style.paint(view.apply_summary_line(result), "bold"))
    return "\n".join(lines) + "\n"


def creation_lines(creation: Creation, style: Style, *, verbose: bool = False) -> Iterator[str]:
    """What became of one create or update."""
    sign, colour = OUTCOME_SIGNS[
        Outcome.UPDATED if creation.was_done and creation.is_update else creation.outcome
    ]
    head = style.paint(f"{sign} {creation.outcome:<13}", colour)
    where = f"  template {creation.template_id}" if creation.template_id else ""
    if creation.entry.is_elsewhere:
        where += f", {view.elsewhere(creation.entry)}"
    read_back = view.read_back_words(creation)
    yield f"{head} {safe_name(creation.entry.name)}{where}{f', {read_back}' if read_back else ''}"
    yield from change_lines(creation.changes, style, verbose=verbose)
    if creation.detail:
        yield f"{_INDENT}why  {safe_sentence(creation.detail)}"
    if creation.help:
        yield f"{_INDENT}do   {safe_sentence(creation.help)}"


def render_validation(validation: view.Validation, style: Style = PLAIN, *, verbose: bool = False) -> str:
    """Every problem, each manifest's form and verdict with `verbose`, one summary line. Ending with a line break."""
    lines = list(_manifest_lines(validation)) if verbose else []
    lines.append(validation_summary(validation, style))
    return render_problems(validation.problems, style) + "\n".join(lines) + "\n"


def validation_summary(validation: view.Validation, style: Style = PLAIN) -> str:
    """One sentence: valid or not, and what was not looked at."""
    outcome = style.paint(validation.outcome, _VALIDATION_COLOURS[validation.outcome])
    return f"{outcome}: {validation.facts}."


def _manifest_lines(validation: view.Validation) -> Iterator[str]:
    for manifest, assessed in validation.manifests:
        yield f"{safe_name(manifest.name)}  {safe_name(manifest.connector.label)}  {safe_place(manifest.origin)}"
        yield from (f"    {line}" for line in asks_lines(assessed.asked, verbose=True))
        if manifest.unset_pointers:
            yield "    server not known: variables are not set"
        else:
            yield from (f"    {line}" for line in verdict_lines(assessed, verbose=True))
        if assessed.schedule is not None:
            yield f"    syncs  {assessed.schedule.sentence}"
        yield ""
