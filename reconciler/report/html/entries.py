"""One entry of a plan as a card: what, why, what differs, what the customer sees, what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.forms.compare import compare_forms
from reconciler.forms.html_form import compared_markup, form_markup
from reconciler.forms.markup import Markup, element, joined, prose
from reconciler.forms.parts import Form, NoForm
from reconciler.forms.template_form import form_of_live, form_of_manifest
from reconciler.model.diagnostic import Origin
from reconciler.model.text import clipped
from reconciler.planning.entry import Assessed, Entry, Status
from reconciler.report.html.changes import changes_markup
from reconciler.report.html.words import asks_words, fold, lines_markup, problem_line, sentence, verdict_words
from reconciler.report.organizations import elsewhere
from reconciler.report.safe_text import MAX_NAME, MAX_PATH, MAX_SENTENCE
from reconciler.report.text_plan import SIGNS
from reconciler.report.wording import count, form_words

WORDS = {status: str(status).replace("-", " ").capitalize() for status in Status} | {
    Status.CREATE: "To create"
}
"""A status as a heading."""

_SIDES = ("Customers see now", "The manifest asks for")
_NO_ROOM = "This page holds no more forms. To see this one, run: reconciler preview {name}"


def pill(sign: str, word: str, colour: str) -> Markup:
    """A status in a word and a sign, never in colour alone. `colour` is the status whose colour it has."""
    return element(
        "span", element("span", sign, aria_hidden="true"), f" {word}", class_=f"pill status-{colour}"
    )


def entry_markup(entry: Entry, number: int, *, with_form: bool, form_open: bool) -> Markup:
    """The card of an entry. `number` is its own on this page; without `with_form` the page had no room for its form."""
    heading = f"e{number}"
    return element(
        "article",
        head_markup(entry, heading),
        element("p", prose(sentence(clipped(entry.reason, MAX_SENTENCE)))) if entry.reason else Markup(),
        changes_markup(entry.changes),
        _ways_out(entry.ways_out, entry.candidates),
        facts_markup(entry),
        _form(entry, heading, with_form=with_form, is_open=form_open),
        class_="entry",
        aria_labelledby=heading,
        data_status=str(entry.status),
        data_search=search_text(entry),
    )


def head_markup(entry: Entry, heading: str) -> Markup:
    """Status, name, connector, and where it stands."""
    connector = entry.connector
    label = connector.label if connector is not None and connector.label != entry.name else ""
    where = [part for part in (origin_markup(entry.origin), _pair(entry), elsewhere_markup(entry)) if part]
    return joined(
        (
            element(
                "div",
                pill(SIGNS[entry.status][0], WORDS[entry.status], entry.status),
                element("h3", clipped(entry.name, MAX_NAME), id=heading),
                element("span", clipped(label, MAX_NAME), class_="connector") if label else Markup(),
                class_="entry-head",
            ),
            element("div", *where, class_="where") if where else Markup(),
        )
    )


def search_text(entry: Entry) -> str:
    """What the search looks into: name, connector, file, ids, status and the places that differ; in lower case."""
    connector = entry.connector
    named = (connector.name, connector.repository, connector.id) if connector is not None else ()
    file = entry.origin.file if entry.origin is not None else None
    places = (change.path for change in entry.changes[:60])
    ids = (entry.template_id, entry.form_title, elsewhere(entry), *entry.candidates)
    words = (entry.name, str(entry.status), *named, file, *ids, *places)
    return " ".join(word[:MAX_PATH] for word in words if word).lower()


def origin_markup(origin: Origin | None) -> Markup:
    """File and line of a manifest; nothing without one."""
    if origin is None:
        return Markup()
    return element("span", "Manifest ", element("code", f"{clipped(origin.file, MAX_PATH)}:{origin.line}"))


def _pair(entry: Entry) -> Markup:
    if entry.template_id is None:
        return Markup()
    by = f", matched by {entry.matched_by}" if entry.matched_by else ""
    title = f", {form_words(entry)}" if form_words(entry) else ""
    return element("span", "Template ", element("code", entry.template_id), by, title)


def elsewhere_markup(entry: Entry) -> Markup:
    """The organization of an entry that is not in the target's; nothing for all others."""
    if not entry.is_elsewhere:
        return Markup()
    return element("span", "Organization ", element("code", entry.organization_id))


def facts_markup(entry: Entry) -> Markup:
    """What is known beforehand: questions, the server's answer, findings of rules, notes. Nothing when nothing is."""
    assessed = entry.assessed or Assessed()
    lines = [
        *assessed_lines(assessed, is_create=entry.status is Status.CREATE),
        *(("note", note, "") for note in entry.notes),
    ]
    return lines_markup(lines)


def assessed_lines(assessed: Assessed, *, is_create: bool) -> Iterator[tuple[str, str, str]]:
    """What rules say; of a create also what the customer is asked, and the server's answer."""
    if is_create and assessed.asked is not None:
        yield "asks", asks_words(assessed.asked), ""
    if is_create:
        yield from verdict_words(assessed)
    yield from map(problem_line, assessed.problems)


def _ways_out(ways: tuple[str, ...], candidates: tuple[str, ...]) -> Markup:
    lines = [("could be", f"`{candidate}`", "") for candidate in candidates]
    lines += [("do", way, "") for way in ways]
    return lines_markup(lines)


def _form(entry: Entry, prefix: str, *, with_form: bool, is_open: bool) -> Markup:
    if entry.manifest is None or entry.status not in {Status.CREATE, Status.DRIFTED}:
        return Markup()
    if not with_form:
        return element("p", _NO_ROOM.format(name=clipped(entry.name, MAX_NAME)), class_="quiet")
    desired = form_of_manifest(entry.manifest)
    if entry.live is None:
        return fold(
            "The form that the customer will see", form_markup(desired, prefix=prefix), is_open=is_open
        )
    live = form_of_live(entry.live, entry.manifest)
    if isinstance(desired, NoForm):
        body = joined((form_markup(desired, prefix=prefix), form_markup(live, prefix=f"{prefix}-l")))
        return fold("The form that customers see now", body, is_open=is_open)
    if (live.title, live.cards, live.trouble) == (desired.title, desired.cards, desired.trouble):
        return fold("The form, the same on both sides", form_markup(desired, prefix=prefix), is_open=is_open)
    body = compared_markup(live, desired, prefix=prefix, titles=_SIDES)
    return fold(f"The form, side by side: {_difference(live, desired)}", body, is_open=is_open)


def _difference(live: Form, desired: Form) -> str:
    marks = compare_forms(live, desired)
    places = {*marks.left, *marks.right}
    return count(len(places), "difference") if places else "the same fields, arranged otherwise"
