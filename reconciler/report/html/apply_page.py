"""The account of an apply as one page: what became of each create, then what else the plan found. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.forms.html_form import form_markup
from reconciler.forms.markup import Markup, element, joined
from reconciler.forms.template_form import form_of_manifest
from reconciler.model.text import clipped
from reconciler.report.html.changes import changes_markup
from reconciler.report.html.chrome import filter_button, masthead, target_facts, tool_bar
from reconciler.report.html.entries import elsewhere_markup, origin_markup, pill, search_text
from reconciler.report.html.page import page
from reconciler.report.html.plan_page import plan_footer, plan_sections, status_filters
from reconciler.report.html.words import fold, lines_markup, sentence
from reconciler.report.safe_text import MAX_NAME, MAX_SENTENCE
from reconciler.report.text_apply import apply_summary_line

_WORDS = {
    Outcome.CREATED: ("+", "Created", "create"),
    Outcome.RECOVERED: ("+", "Recovered", "create"),
    Outcome.REJECTED: ("x", "Rejected", "unknown"),
    Outcome.UNKNOWN: ("?", "Unknown", "unknown"),
    Outcome.NOT_ATTEMPTED: ("-", "Not attempted", "drifted"),
}
_READ_BACK = {
    True: "read back, equal to the manifest",
    False: "read back, DIFFERENT from the manifest",
    None: "NOT read back",
}
_PRESETS_EQUAL = "read back, presets equal to the manifest, form not compared"
_SIDES = ("The server stored", "In the manifest")
_MAX_FORMS = 100


def render_apply_page(result: ApplyResult) -> str:
    """The whole page."""
    heading = f"Apply to {result.plan.target.environment}"
    told = {id(creation.entry) for creation in result.creations}
    rest = [entry for entry in result.plan.entries if id(entry) not in told]
    parts = [_refusal(result), _creations(result)]
    if rest or not result.creations:
        parts.append(plan_sections(rest, first=len(result.creations) + 1))
    body = (
        masthead(heading, sentence(apply_summary_line(result)), target_facts(result.plan)),
        tool_bar((*_filters(result), *status_filters(rest))),
        element("main", *parts, plan_footer(result.plan), class_="wrap", id="content"),
    )
    return page(heading, *body)


def _filters(result: ApplyResult) -> Iterator[Markup]:
    for outcome, number in result.summary.items():
        if number:
            _, word, colour = _WORDS[outcome]
            yield filter_button(f"outcome-{outcome}", word.lower(), number, colour)


def _refusal(result: ApplyResult) -> Markup:
    if result.refusal is None:
        return Markup()
    lead = element("p", element("strong", "Refused: "), clipped(result.refusal.message, MAX_SENTENCE))
    return element(
        "div",
        lead,
        element("p", clipped(result.refusal.help, MAX_SENTENCE)),
        class_="notice notice-bad notice-top",
    )


def _creations(result: ApplyResult) -> Markup:
    if not result.creations:
        return Markup()
    cards = (_creation(creation, number) for number, creation in enumerate(result.told, 1))
    number = element("span", f"{len(result.creations):,}", class_="number")
    title = element("h2", "Creates", number, id="s-creates")
    return element("section", title, *cards, aria_labelledby="s-creates")


def _creation(creation: Creation, number: int) -> Markup:
    heading = f"e{number}"
    sign, word, colour = _WORDS[creation.outcome]
    lines = [("why", creation.detail, ""), ("do", creation.help, "")]
    return element(
        "article",
        element(
            "div",
            pill(sign, word, colour),
            element("h3", clipped(creation.entry.name, MAX_NAME), id=heading),
            class_="entry-head",
        ),
        _where(creation),
        changes_markup(creation.changes, titles=_SIDES),
        lines_markup([line for line in lines if line[1]]),
        _form(creation, heading) if number <= _MAX_FORMS else Markup(),
        class_="entry",
        aria_labelledby=heading,
        data_status=f"outcome-{creation.outcome}",
        data_search=f"{search_text(creation.entry)} {creation.outcome} {creation.template_id or ''}",
    )


def _where(creation: Creation) -> Markup:
    parts = [origin_markup(creation.entry.origin)]
    if creation.template_id:
        parts.append(element("span", "Template ", element("code", creation.template_id)))
    parts.append(elsewhere_markup(creation.entry))
    if creation.outcome in {Outcome.CREATED, Outcome.RECOVERED}:
        by_presets = creation.equals_manifest and not creation.entry.form_compared
        told = _PRESETS_EQUAL if by_presets else _READ_BACK[creation.equals_manifest]
        parts.append(element("span", told))
    return element("div", joined(parts), class_="where")


def _form(creation: Creation, prefix: str) -> Markup:
    if creation.entry.manifest is None:
        return Markup()
    form = form_markup(form_of_manifest(creation.entry.manifest), prefix=prefix)
    return fold("The form of this manifest", form, is_open=False)
