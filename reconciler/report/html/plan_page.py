"""A plan as one page: what merging or applying would do, problems first. Pure.

Entries in sync are a list in a fold; unmanaged templates are rows. A plan of thousands of entries stays readable: the page holds a
limited number of forms and says where there are more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count as numbers

from reconciler.forms.markup import Markup, element, joined, prose
from reconciler.model.text import clipped
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.report.html.chrome import filter_button, masthead, target_facts, tool_bar
from reconciler.report.html.entries import WORDS, entry_markup, search_text
from reconciler.report.html.page import page
from reconciler.report.html.words import sentence
from reconciler.report.organizations import elsewhere
from reconciler.report.refusal import refusal_words
from reconciler.report.safe_text import MAX_NAME, MAX_PATH
from reconciler.report.text_plan import summary_line
from reconciler.report.wording import LEAVE_OR_MANAGE, count, form_words

_ORDER = (
    Status.UNKNOWN,
    Status.AMBIGUOUS,
    Status.CREATE,
    Status.DRIFTED,
    Status.DUPLICATE,
    Status.UNMANAGED,
    Status.IN_SYNC,
)
_NOTES = {
    Status.UNKNOWN: "What could not be read may be any of them: nothing is created until this is settled.",
    Status.AMBIGUOUS: "Several templates are possible: nothing is created until the manifest names its own.",
    Status.CREATE: "Look at the forms now: this tool takes nothing back that it created.",
    Status.DRIFTED: "The server holds something else than the manifest says. It is shown and left as it is.",
    Status.DUPLICATE: "Equal to a template that a manifest has already.",
    Status.UNMANAGED: "No manifest claims these templates. They are left as they are.",
    Status.IN_SYNC: "Equal to their manifests.",
}
_MAX_FORMS = 250
_OPEN_FORMS = 3


def render_plan_page(plan: Plan, *, title: str = "Plan", tells_refusal: bool = False) -> str:
    """The whole page. `title` is what the run was called: Plan, Drift. `tells_refusal` as in text."""
    heading = f"{title} for {plan.target.environment}"
    refusal = _refusal(plan) if tells_refusal else Markup()
    body = (
        masthead(heading, sentence(summary_line(plan).removeprefix("Plan: ")), target_facts(plan)),
        tool_bar(status_filters(plan.entries)),
        element("main", refusal, plan_sections(plan.entries), plan_footer(plan), class_="wrap", id="content"),
    )
    return page(heading, *body)


def _refusal(plan: Plan) -> Markup:
    words = refusal_words(plan)
    if not words:
        return Markup()
    return element("div", element("p", prose(sentence(words))), class_="notice notice-bad notice-top")


def status_filters(entries: Iterable[Entry]) -> Iterator[Markup]:
    """A filter for each status that occurs, problems first."""
    numbered = Counter(entry.status for entry in entries)
    for status in _ORDER:
        if numbered[status]:
            yield filter_button(str(status), WORDS[status].lower(), numbered[status], str(status))


def plan_sections(entries: Iterable[Entry], *, first: int = 1) -> Markup:
    """A section for each status that occurs, problems first; the cards are numbered from `first`."""
    by_status: dict[Status, list[Entry]] = {}
    for entry in entries:
        by_status.setdefault(entry.status, []).append(entry)
    if not by_status:
        return element("p", "Nothing to show.", class_="section-note")
    running = numbers(first)
    return joined(_section(status, by_status[status], running) for status in _ORDER if status in by_status)


def _section(status: Status, entries: list[Entry], running: Iterator[int]) -> Markup:
    heading = f"s-{status}"
    if status is Status.IN_SYNC:
        rows = element("ul", *map(_row, entries), class_="rows")
        body = element(
            "details", element("summary", f"Show {count(len(entries), 'name')}"), rows, class_="all"
        )
    elif status is Status.UNMANAGED:
        way = element("p", prose(sentence(LEAVE_OR_MANAGE)), class_="section-note")
        body = joined((way, element("ul", *map(_row, entries), class_="rows")))
    else:
        body = joined(_card(entry, running) for entry in entries)
    number = element("span", f"{len(entries):,}", class_="number")
    return element(
        "section",
        element("h2", WORDS[status], number, id=heading),
        element("p", _NOTES[status], class_="section-note"),
        body,
        aria_labelledby=heading,
    )


def _card(entry: Entry, running: Iterator[int]) -> Markup:
    number = next(running)
    return entry_markup(entry, number, with_form=number <= _MAX_FORMS, form_open=number <= _OPEN_FORMS)


def _row(entry: Entry) -> Markup:
    where = f"{clipped(entry.origin.file, MAX_PATH)}:{entry.origin.line}" if entry.origin is not None else ""
    ids = "  ".join(each for each in (where, entry.template_id, form_words(entry), elsewhere(entry)) if each)
    return element(
        "li",
        element("strong", clipped(entry.name, MAX_NAME)),
        element("span", ids, class_="id"),
        data_status=str(entry.status),
        data_search=search_text(entry),
    )


def plan_footer(plan: Plan) -> Markup:
    """What identifies the plan."""
    return element("footer", "Plan ", element("code", plan.digest))
