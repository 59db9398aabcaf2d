"""A plan, an apply, previews of forms or an error as one page, problems first. Pure.

Entries in sync are a list in a fold; unmanaged templates are rows. A plan of thousands of entries stays readable: the page holds a
limited number of forms and says where there are more. How a form looks belongs to the room `forms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count as numbers
from typing import NamedTuple

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.forms.html_form import form_markup
from reconciler.forms.markup import Markup, element, joined, prose
from reconciler.forms.parts import NoForm
from reconciler.forms.template_form import form_of_manifest
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.target import ALL_CAPABILITIES
from reconciler.model.template import Manifest
from reconciler.model.text import clipped, count
from reconciler.planning.entry import Assessed, Entry, Plan, Status
from reconciler.report.html.cards import (
    card,
    changes_markup,
    entry_search,
    fold,
    form_fold,
    known_lines,
    lines_markup,
    origin_markup,
    pair_markup,
    paragraph,
    pill,
    problem_line,
    search_text,
    sentence,
    template_markup,
    where_of,
)
from reconciler.report.html.page import filled, filter_button, page
from reconciler.report.safe_text import MAX_NAME, MAX_PATH, MAX_SENTENCE
from reconciler.report.text import OUTCOME_SIGNS, SIGNS
from reconciler.report.view import (
    LEAVE_OR_MANAGE,
    address_words,
    apply_summary_line,
    compared_words,
    elsewhere,
    form_words,
    organization_words,
    plan_notes,
    refusal_words,
    summary_line,
)


class _Words(NamedTuple):
    heading: str
    note: str


_STATUSES = {
    Status.UNKNOWN: _Words(
        "Unknown", "What could not be read may be any of them: nothing is created until this is settled."
    ),
    Status.AMBIGUOUS: _Words(
        "Ambiguous", "Several templates are possible: nothing is created until the manifest names its own."
    ),
    Status.CREATE: _Words(
        "To create", "Look at the forms now: this tool takes nothing back that it created."
    ),
    Status.DRIFTED: _Words(
        "Drifted", "The server holds something else than the manifest says. It is shown and left as it is."
    ),
    Status.DUPLICATE: _Words("Duplicate", "Equal to a template that a manifest has already."),
    Status.UNMANAGED: _Words("Unmanaged", "No manifest claims these templates. They are left as they are."),
    Status.IN_SYNC: _Words("In sync", "Equal to their manifests."),
}
"""Each status as a section, in the order of the page."""

_OUTCOMES = {
    Outcome.CREATED: ("Created", "create"),
    Outcome.RECOVERED: ("Recovered", "create"),
    Outcome.REJECTED: ("Rejected", "unknown"),
    Outcome.UNKNOWN: ("Unknown", "unknown"),
    Outcome.NOT_ATTEMPTED: ("Not attempted", "drifted"),
}
"""Each outcome in words, and the status whose colour it has."""

_READ_BACK = {
    True: "read back, equal to the manifest",
    False: "read back, DIFFERENT from the manifest",
    None: "NOT read back",
}
_PRESETS_EQUAL = "read back, presets equal to the manifest, form not compared"
_STORED_SIDES = ("The server stored", "In the manifest")
_NO_ROOM = "This page holds no more forms. To see this one, run: reconciler preview {name}"
_PREVIEW = "What a customer is asked when a source is made from each of these templates. Nothing was compared with a server."
_MAX_FORMS = 250
_MAX_CREATED_FORMS = 100
_OPEN_FORMS = 3
_SECTION = '<section aria-labelledby="{id}"><h2 id="{id}">{heading}<span class="number">{number}</span></h2>{body}</section>'
_ROW = '<li data-status="{status}" data-search="{search}"><strong>{name}</strong><span class="id">{ids}</span></li>'
_NOTICE = '<div class="notice notice-bad notice-top">{words}</div>'


def render_plan_page(plan: Plan, *, title: str = "Plan", tells_refusal: bool = False) -> str:
    """The whole page. `title` is what the run was called: Plan, Drift. `tells_refusal` as in text."""
    refusal = refusal_words(plan) if tells_refusal else ""
    return page(
        f"{title} for {plan.target.environment}",
        sentence(summary_line(plan).removeprefix("Plan: ")),
        filled(_NOTICE, words=element("p", prose(sentence(refusal)))) if refusal else Markup(),
        _plan_sections(plan.entries),
        _footer(plan),
        facts=_target_facts(plan),
        filters=_status_filters(plan.entries),
    )


def render_apply_page(result: ApplyResult) -> str:
    """The whole page: what became of each create, then what else the plan found."""
    told = {id(creation.entry) for creation in result.creations}
    rest = [entry for entry in result.plan.entries if id(entry) not in told]
    shows_rest = bool(rest) or not result.creations
    return page(
        f"Apply to {result.plan.target.environment}",
        sentence(apply_summary_line(result)),
        _refusal(result.refusal),
        _creations(result),
        _plan_sections(rest, first=len(result.creations) + 1) if shows_rest else Markup(),
        _footer(result.plan),
        facts=_target_facts(result.plan),
        filters=(*_outcome_filters(result), *_status_filters(rest)),
    )


def render_preview_page(
    manifests: tuple[tuple[Manifest, Assessed], ...],
    *,
    problems: tuple[Diagnostic, ...] = (),
    notice: str = "",
) -> str:
    """The forms of manifests as customers will see them, before anything is compared; in the order given.

    `problems` are those that belong to none of them; `notice` replaces the sentence below the heading.
    """
    found = element("div", lines_markup(map(problem_line, problems)), class_="entry")
    cards = (_preview(manifest, assessed, number) for number, (manifest, assessed) in enumerate(manifests, 1))
    return page(
        f"Preview of {count(len(manifests), 'form')}",
        notice or _PREVIEW,
        found if problems else Markup(),
        element("section", *cards, aria_label="Forms"),
    )


def render_error_page(error: ReconcilerError) -> str:
    """What replaces a result when there is none."""
    lede = sentence(clipped(error.message, MAX_SENTENCE))
    if isinstance(error, InvalidInput):
        told = element("div", lines_markup(map(problem_line, error.problems)), class_="entry")
    else:
        told = element("p", prose(clipped(error.help, MAX_SENTENCE)))
    return page("No result", lede, told, filters=None)


def _target_facts(plan: Plan) -> Iterator[tuple[str, Markup]]:
    """Which server, which organization, what it can do and cannot, how much was compared."""
    target = plan.target
    cannot = ", ".join(each for each in ALL_CAPABILITIES if each not in target.capabilities)
    can = ", ".join(target.capabilities)
    organizations = organization_words(target.organization_id, plan.other_organizations)
    yield "Server", element("span", address_words(target, clipped(target.url, MAX_PATH)))
    yield "Organization", element("code", organizations)
    yield "Can", element("span", f"{can}; cannot {cannot}" if cannot else can)
    yield "Compared", element("span", compared_words(plan))
    yield from (("Note", element("span", prose(note))) for note in plan_notes(plan))


def _footer(plan: Plan) -> Markup:
    """What identifies the plan."""
    return element("footer", "Plan ", element("code", plan.digest))


def _status_filters(entries: Iterable[Entry]) -> Iterator[Markup]:
    """A filter for each status that occurs, problems first."""
    found = [entry.status for entry in entries]
    for status, words in _STATUSES.items():
        if status in found:
            yield filter_button(status, words.heading.lower(), found.count(status), status)


def _plan_sections(entries: Iterable[Entry], *, first: int = 1) -> Markup:
    """A section for each status that occurs, problems first; the cards are numbered from `first`."""
    by_status: dict[Status, list[Entry]] = {status: [] for status in _STATUSES}
    for entry in entries:
        by_status[entry.status].append(entry)
    running = numbers(first)
    sections = [_section(status, each, running) for status, each in by_status.items() if each]
    return joined(sections) if sections else element("p", "Nothing to show.", class_="section-note")


def _section(status: Status, entries: list[Entry], running: Iterator[int]) -> Markup:
    heading, note = _STATUSES[status]
    if status is Status.IN_SYNC:
        body = fold(f"Show {count(len(entries), 'name')}", _rows(entries), is_open=False, class_="all")
    elif status is Status.UNMANAGED:
        body = joined((paragraph(LEAVE_OR_MANAGE, "section-note"), _rows(entries)))
    else:
        body = joined(_entry(entry, next(running)) for entry in entries)
    body = joined((element("p", note, class_="section-note"), body))
    return filled(_SECTION, id=f"s-{status}", heading=heading, number=f"{len(entries):,}", body=body)


def _rows(entries: Iterable[Entry]) -> Markup:
    return element("ul", *map(_row, entries), class_="rows")


def _row(entry: Entry) -> Markup:
    where = f"{clipped(entry.origin.file, MAX_PATH)}:{entry.origin.line}" if entry.origin is not None else ""
    ids = "  ".join(each for each in (where, entry.template_id, form_words(entry), elsewhere(entry)) if each)
    name = clipped(entry.name, MAX_NAME)
    return filled(_ROW, status=entry.status, search=entry_search(entry), name=name, ids=ids)


def _entry(entry: Entry, number: int) -> Markup:
    connector = entry.connector
    label = connector.label if connector is not None and connector.label != entry.name else ""
    ways = (
        *(("could be", f"`{candidate}`", "") for candidate in entry.candidates),
        *(("do", way, "") for way in entry.ways_out),
    )
    known = (
        *known_lines(entry.assessed or Assessed(), is_create=entry.status is Status.CREATE),
        *(("note", note, "") for note in entry.notes),
    )
    return card(
        entry.name,
        number,
        paragraph(entry.reason),
        changes_markup(entry.changes),
        lines_markup(ways),
        lines_markup(known),
        _form(entry, number),
        head=pill(SIGNS[entry.status][0], _STATUSES[entry.status].heading, entry.status),
        label=label,
        where=where_of(entry, pair_markup(entry)),
        status=entry.status,
        search=entry_search(entry),
    )


def _form(entry: Entry, number: int) -> Markup:
    form = form_fold(entry, f"e{number}", is_open=number <= _OPEN_FORMS) if number <= _MAX_FORMS else Markup()
    has_none = number > _MAX_FORMS and entry.manifest and entry.status in {Status.CREATE, Status.DRIFTED}
    return (
        element("p", _NO_ROOM.format(name=clipped(entry.name, MAX_NAME)), class_="quiet")
        if has_none
        else form
    )


def _refusal(refusal: ReconcilerError | None) -> Markup:
    if refusal is None:
        return Markup()
    why = element("p", element("strong", "Refused: "), clipped(refusal.message, MAX_SENTENCE))
    return filled(_NOTICE, words=joined((why, element("p", clipped(refusal.help, MAX_SENTENCE)))))


def _outcome_filters(result: ApplyResult) -> Iterator[Markup]:
    for outcome, number in result.summary.items():
        if number:
            word, colour = _OUTCOMES[outcome]
            yield filter_button(f"outcome-{outcome}", word.lower(), number, colour)


def _creations(result: ApplyResult) -> Markup:
    if not result.creations:
        return Markup()
    body = joined(_creation(creation, number) for number, creation in enumerate(result.told, 1))
    return filled(_SECTION, id="s-creates", heading="Creates", number=f"{len(result.creations):,}", body=body)


def _creation(creation: Creation, number: int) -> Markup:
    entry, outcome = creation.entry, creation.outcome
    word, colour = _OUTCOMES[outcome]
    lines = (("why", creation.detail, ""), ("do", creation.help, ""))
    return card(
        entry.name,
        number,
        changes_markup(creation.changes, titles=_STORED_SIDES),
        lines_markup(line for line in lines if line[1]),
        _created_form(creation, number),
        head=pill(OUTCOME_SIGNS[outcome][0], word, colour),
        where=(*where_of(entry, template_markup(creation.template_id)), _read_back(creation)),
        status=f"outcome-{outcome}",
        search=f"{entry_search(entry)} {outcome} {creation.template_id or ''}",
    )


def _read_back(creation: Creation) -> Markup:
    if creation.outcome not in {Outcome.CREATED, Outcome.RECOVERED}:
        return Markup()
    by_presets = creation.equals_manifest and not creation.entry.form_compared
    return element("span", _PRESETS_EQUAL if by_presets else _READ_BACK[creation.equals_manifest])


def _created_form(creation: Creation, number: int) -> Markup:
    manifest = creation.entry.manifest
    if manifest is None or number > _MAX_CREATED_FORMS:
        return Markup()
    form = form_markup(form_of_manifest(manifest), prefix=f"e{number}")
    return fold("The form of this manifest", form, is_open=False)


def _preview(manifest: Manifest, assessed: Assessed, number: int) -> Markup:
    connector, form = manifest.connector, form_of_manifest(manifest)
    no_form = element("p", element("strong", "No form can be shown"), class_="quiet")
    lead = no_form if isinstance(form, NoForm) else Markup()
    return card(
        manifest.name,
        number,
        lines_markup(known_lines(assessed, is_create=True)),
        element("div", lead, form_markup(form, prefix=f"e{number}"), class_="preview"),
        label=connector.label,
        where=(origin_markup(manifest.origin),),
        search=search_text(
            manifest.name, connector.name, connector.repository, connector.id, manifest.origin.file
        ),
        is_below_title=True,
    )
