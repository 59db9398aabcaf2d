"""A plan, an apply, previews of forms or an error as one page, problems first. Pure.

Entries in sync are a list in a fold. Unmanaged templates are rows. The page holds a limited number of forms and says where there are
more. Does not belong here: how a form looks (`forms`), counts and summaries (`report.view`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count as numbers

from reconciler.applying.outcome import ApplyResult
from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.forms.markup import Markup, joined, prose
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.target import ALL_CAPABILITIES
from reconciler.model.template import Manifest
from reconciler.model.text import clipped, count
from reconciler.planning.entry import Assessed, Entry, Plan, Status
from reconciler.report import view
from reconciler.report.html import cards
from reconciler.report.html.page import filter_button, page, part
from reconciler.report.safe_text import MAX_NAME, MAX_PATH, MAX_SENTENCE

_NOTES = {
    Status.UNKNOWN: "What could not be read may be any of them: nothing is created until this is settled.",
    Status.AMBIGUOUS: "Several templates are possible: nothing is created until the manifest names its own.",
    Status.CREATE: "Look at the forms now: this tool takes nothing back that it created.",
    Status.UPDATE: "The server holds something else than the manifest says. An apply changes it.",
    Status.DRIFTED: "The server holds something else than the manifest says. It is shown and left as it is.",
    Status.DUPLICATE: "Equal to a template that a manifest has already.",
    Status.UNMANAGED: "No manifest claims these templates. They are left as they are.",
    Status.IN_SYNC: "Equal to their manifests.",
}
"""What each section says, in the order of the page."""
_PREVIEW = "What a customer is asked when a source is made from each of these templates. Nothing was compared with a server."


def render_plan_page(plan: Plan, *, title: str = "Plan", tells_refusal: bool = False) -> str:
    """The whole page. `title` is what the run was called: Plan, Drift. `tells_refusal` as in text."""
    refusal = prose(cards.sentence(view.refusal_words(plan))) if tells_refusal else ""
    return page(
        f"{title} for {plan.target.environment}",
        cards.sentence(view.summary_line(plan).removeprefix("Plan: ")),
        part("refusal", label="", body=refusal, help=""),
        _sections(plan.entries),
        part("footer", digest=plan.digest),
        facts=_facts(plan),
        filters=_filters(plan.entries),
    )


def render_apply_page(result: ApplyResult) -> str:
    """The whole page: what became of each create and update, then what else the plan found."""
    shown = {id(creation.entry) for creation in result.creations}
    rest = [entry for entry in result.plan.entries if id(entry) not in shown]
    created = joined(
        cards.creation_card(creation, number) for number, creation in enumerate(result.reported, 1)
    )
    outcomes = (
        filter_button(
            f"outcome-{each}", cards.OUTCOME_HEADINGS[each].lower(), number, cards.OUTCOME_COLOURS[each]
        )
        for each, number in result.summary.items()
        if number
    )
    return page(
        f"Apply to {result.plan.target.environment}",
        cards.sentence(view.apply_summary_line(result)),
        Markup() if result.refusal is None else _refusal(result.refusal),
        _section("creates", _title(result), len(result.creations), created),
        _sections(rest, first=len(result.creations) + 1) if rest or not result.creations else Markup(),
        part("footer", digest=result.plan.digest),
        facts=_facts(result.plan),
        filters=(*outcomes, *_filters(rest)),
    )


def _title(result: ApplyResult) -> str:
    return "Updates and creates" if any(each.is_update for each in result.creations) else "Creates"


def render_preview_page(
    manifests: tuple[tuple[Manifest, Assessed], ...], problems: Iterable[Diagnostic] = (), notice: str = ""
) -> str:
    """The forms of manifests as customers will see them, before anything is compared. In the order given.

    `problems` are those that belong to none of them. `notice` replaces the sentence below the heading.
    """
    previews = (
        cards.preview_card(manifest, assessed, number)
        for number, (manifest, assessed) in enumerate(manifests, 1)
    )
    title = f"Preview of {count(len(manifests), 'form')}"
    return page(title, notice or _PREVIEW, _problems(problems), part("forms", body=joined(previews)))


def render_error_page(error: ReconcilerError) -> str:
    """What replaces a result when there is none."""
    help_ = part("paragraph", body=prose(clipped(error.help, MAX_SENTENCE)))
    content = _problems(error.problems) if isinstance(error, InvalidInput) else help_
    return page("No result", cards.sentence(clipped(error.message, MAX_SENTENCE)), content, filters=None)


def _problems(problems: Iterable[Diagnostic]) -> Markup:
    return part("problems", body=cards.lines_markup(cards.problem_lines(problems)))


def _refusal(refusal: ReconcilerError) -> Markup:
    why, way = clipped(refusal.message, MAX_SENTENCE), clipped(refusal.help, MAX_SENTENCE)
    return part("refusal", label="Refused: ", body=why, help=part("paragraph", body=way))


def _facts(plan: Plan) -> Iterator[tuple[str, Markup]]:
    """Which server, which organization, what it can do and cannot, how much was compared."""
    target = plan.target
    cannot = ", ".join(each for each in ALL_CAPABILITIES if each not in target.capabilities)
    can = ", ".join(target.capabilities)
    organizations = view.organization_words(target.organization_id, plan.other_organizations)
    yield "Server", part("span", body=view.address_words(target, clipped(target.url, MAX_PATH)))
    yield "Organization", part("code", body=organizations)
    yield "Can", part("span", body=f"{can}; cannot {cannot}" if cannot else can)
    if policy := view.policy_words(target):
        yield "Policy", part("span", body=policy)
    yield "Compared", part("span", body=view.compared_words(plan))
    yield from (("Note", part("span", body=prose(note))) for note in view.plan_notes(plan))


def _filters(entries: Iterable[Entry]) -> Iterator[Markup]:
    """A filter for each status that occurs, problems first."""
    found = [entry.status for entry in entries]
    for status in _NOTES:
        if status in found:
            yield filter_button(status, cards.HEADINGS[status].lower(), found.count(status), status)


def _sections(entries: Iterable[Entry], *, first: int = 1) -> Markup:
    """A section for each status that occurs, problems first. The cards are numbered from `first`."""
    by_status: dict[Status, list[Entry]] = {status: [] for status in _NOTES}
    for entry in entries:
        by_status[entry.status].append(entry)
    running = numbers(first)
    sections = joined(
        _section(status, cards.HEADINGS[status], len(each), _body(status, each, running), _NOTES[status])
        for status, each in by_status.items()
    )
    return sections or part("note", body="Nothing to show.")


def _section(name: str, heading: str, number: int, body: Markup, note: str = "") -> Markup:
    return part(
        "section", id=name, heading=heading, number=f"{number:,}", note=part("note", body=note), body=body
    )


def _body(status: Status, entries: list[Entry], running: Iterator[int]) -> Markup:
    if status not in {Status.IN_SYNC, Status.UNMANAGED}:
        return joined(cards.entry_card(entry, next(running)) for entry in entries)
    rows = part("rows", body=joined(map(_row, entries)))
    if status is Status.IN_SYNC:
        return part("names", number=count(len(entries), "name"), body=rows)
    return joined((part("note", body=prose(cards.sentence(view.LEAVE_OR_MANAGE))), rows)) if entries else rows


def _row(entry: Entry) -> Markup:
    where = f"{clipped(entry.origin.file, MAX_PATH)}:{entry.origin.line}" if entry.origin is not None else ""
    ids = "  ".join(
        each for each in (where, entry.template_id, view.form_words(entry), view.elsewhere(entry)) if each
    )
    name = clipped(entry.name, MAX_NAME)
    return part("row", status=entry.status, search=cards.search_text(entry), name=name, ids=ids)
