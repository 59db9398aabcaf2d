"""The parts of a page: the card of an entry, of a create or of a manifest, lines, folds, and changes side by side. Pure.

Secrets are masked before they come here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from reconciler.forms.html_form import compared_markup, form_markup
from reconciler.forms.markup import Markup, element, joined, prose, text
from reconciler.forms.parts import NoForm, compare_forms
from reconciler.forms.template_form import form_of_live, form_of_manifest
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonValue
from reconciler.model.text import clipped, count
from reconciler.model.verdict import Asked
from reconciler.planning.compare import SENSITIVE
from reconciler.planning.entry import Assessed, Change, Entry, Operation, Status
from reconciler.report.changed_values import common_length, cut_sides, mask_words
from reconciler.report.html.page import filled
from reconciler.report.safe_text import MAX_NAME, MAX_PATH, MAX_SENTENCE
from reconciler.report.text_problems import verdict_lines
from reconciler.report.view import elsewhere, form_words

Line = tuple[str, str, str]
"""A word, what it says, and where ("": nowhere in particular)."""

_CARD = """
<article class="entry" aria-labelledby="{id}" data-status="{status}" data-search="{search}">\
<div class="entry-head">{pill}<{level} id="{id}"{extra}>{name}</{level}>{label}</div>{where}{body}</article>"""
_PILL = '<span class="pill status-{colour}"><span aria-hidden="true">{sign}</span> {word}</span>'
_LINE = """\
<li><span class="sort sort-{kind}"><span{hidden}>{word}</span></span><span>{said}{where}</span></li>"""
_TABLE = """\
<div class="table-box"><table><caption class="hidden-words">Differences</caption>\
<thead><tr><th scope="col">Field</th><th scope="col">{live}</th><th scope="col">{desired}</th></tr></thead>\
<tbody>{rows}</tbody></table></div>"""
_NOTHING = Markup()
_MAX_CHANGES = 60
_MAX_VALUE = 10_000
"""Characters of a value: enough for all of nearly every one."""
_MASK = SENSITIVE.removesuffix(")")
_ROOTS = ("/partialUserConfigSpec/connectionSpecification", "/partialUserConfigSpec", "/partialDefaultConfig")
_SIDES = ("On the server", "In the manifest")
_FORM_SIDES = ("Customers see now", "The manifest asks for")


def card(
    name: str,
    number: int,
    *body: Markup,
    head: Markup = _NOTHING,
    label: str = "",
    where: Iterable[Markup] = (),
    status: str = "",
    search: str = "",
    is_below_title: bool = False,
) -> Markup:
    """A card, numbered on its page. `head` comes before the name, `label` behind it; `is_below_title` where no section is above."""
    level = "h2" if is_below_title else "h3"
    return filled(
        _CARD,
        id=f"e{number}",
        level=level,
        extra=Markup(' class="entry-name"' if is_below_title else ""),
        name=clipped(name, MAX_NAME),
        pill=head,
        label=element("span", clipped(label, MAX_NAME), class_="connector") if label else Markup(),
        where=_boxed(where),
        body=joined(body),
        status=status,
        search=search,
    )


def _boxed(parts: Iterable[Markup]) -> Markup:
    shown = joined(parts)
    return element("div", shown, class_="where") if shown else Markup()


def pill(sign: str, word: str, colour: str) -> Markup:
    """A status in a word and a sign, never in colour alone. `colour` is the status whose colour it has."""
    return filled(_PILL, sign=sign, word=word, colour=colour)


def search_text(*words: str | None) -> str:
    """What the search looks into, in lower case."""
    return " ".join(word[:MAX_PATH] for word in words if word).lower()


def entry_search(entry: Entry) -> str:
    """Of an entry: name, connector, file, ids, status and the places that differ."""
    connector = entry.connector
    named = (connector.name, connector.repository, connector.id) if connector is not None else ()
    file = entry.origin.file if entry.origin is not None else None
    places = (change.path for change in entry.changes[:_MAX_CHANGES])
    ids = (entry.template_id, entry.form_title, elsewhere(entry), *entry.candidates)
    return search_text(entry.name, str(entry.status), *named, file, *ids, *places)


def where_of(entry: Entry, template: Markup) -> Iterator[Markup]:
    """Where an entry is: its manifest, its template, an organization that is not the target's."""
    yield origin_markup(entry.origin)
    yield template
    if entry.is_elsewhere:
        yield element("span", "Organization ", element("code", entry.organization_id))


def origin_markup(origin: Origin | None) -> Markup:
    """File and line of a manifest; nothing without one."""
    if origin is None:
        return Markup()
    return element("span", "Manifest ", element("code", f"{clipped(origin.file, MAX_PATH)}:{origin.line}"))


def template_markup(template_id: str | None, *more: str) -> Markup:
    """A template by its id, and what is known of it; nothing without one."""
    if template_id is None:
        return Markup()
    return element("span", "Template ", element("code", template_id), *(f", {each}" for each in more if each))


def pair_markup(entry: Entry) -> Markup:
    """The template of an entry, and by what it was matched."""
    by = f"matched by {entry.matched_by}" if entry.matched_by else ""
    return template_markup(entry.template_id, by, form_words(entry))


def sentence(words: str) -> str:
    """Words that begin with a capital and end with a full stop, as a sentence does."""
    told = words.strip()
    return told and f"{told[0].upper()}{told[1:]}{'' if told[-1] in '.!?:`' else '.'}"


def paragraph(words: str, class_: str | None = None) -> Markup:
    """A sentence of this program that may quote others; nothing for none."""
    return element("p", prose(sentence(clipped(words, MAX_SENTENCE))), class_=class_) if words else Markup()


def lines_markup(lines: Iterable[Line]) -> Markup:
    """Lines; of several of one sort only the first shows the word, to those who see. Nothing for none."""
    shown, last = [], ""
    for sort, told, place in lines:
        where = element("code", clipped(place, MAX_PATH), class_="at") if place else Markup()
        hidden = Markup("" if sort != last else ' class="hidden-words"')
        said = prose(sentence(clipped(told, MAX_SENTENCE)))
        kind = sort.partition(" ")[0]
        shown.append(filled(_LINE, kind=kind, hidden=hidden, word=sort.capitalize(), said=said, where=where))
        last = sort
    return element("ul", *shown, class_="lines") if shown else Markup()


def problem_line(problem: Diagnostic) -> Line:
    """A finding of a rule with its help, and its place."""
    told = f"{problem.message}; {problem.help}" if problem.help else problem.message
    return str(problem.severity), f"{problem.rule}: {told}", str(problem.origin)


def known_lines(assessed: Assessed, *, is_create: bool) -> Iterator[Line]:
    """What is known beforehand: findings of rules; of a create also what the customer is asked, and the server's answer."""
    if is_create and assessed.asked is not None:
        yield "asks", _asks_words(assessed.asked), ""
    if is_create:
        yield from _verdict_words(assessed)
    yield from map(problem_line, assessed.problems)


def _asks_words(asked: Asked) -> str:
    """How much the customer has to answer, in words."""
    fields = [ask for ask in asked.fields if not ask.by_login]
    required = sum(ask.required for ask in fields)
    if not fields and asked.fields:
        return "the customer logs in, and is asked nothing else"
    if not fields:
        return "the customer is asked nothing"
    if required in {0, len(fields)}:
        return f"the customer is asked {count(len(fields), 'required question' if required else 'optional question')}"
    return f"the customer is asked {count(len(fields), 'question')}, {required} of them required"


def _verdict_words(assessed: Assessed) -> Iterator[Line]:
    verdict = assessed.untold_verdict
    first, *rest = verdict_lines(assessed, verbose=True)
    is_bad = verdict is not None and not verdict.is_safe
    yield ("error", first, "") if is_bad else ("server", first.removeprefix("server "), "")
    yield from (("", line.strip(), "") for line in rest)


def fold(title: str, body: Markup, *, is_open: bool, class_: str = "fold") -> Markup:
    """Something that opens below its title."""
    return element("details", element("summary", title), body, class_=class_, open=is_open)


def form_fold(entry: Entry, prefix: str, *, is_open: bool) -> Markup:
    """The form of a create, or both forms of a template that differs, in a fold; nothing for other entries."""
    if entry.manifest is None or entry.status not in {Status.CREATE, Status.DRIFTED}:
        return Markup()
    desired = form_of_manifest(entry.manifest)
    alone = form_markup(desired, prefix=prefix)
    if entry.live is None:
        return fold("The form that the customer will see", alone, is_open=is_open)
    live = form_of_live(entry.live, entry.manifest)
    if isinstance(desired, NoForm):
        body = joined((alone, form_markup(live, prefix=f"{prefix}-l")))
        return fold("The form that customers see now", body, is_open=is_open)
    if (live.title, live.cards, live.trouble) == (desired.title, desired.cards, desired.trouble):
        return fold("The form, the same on both sides", alone, is_open=is_open)
    ours, theirs = compare_forms(live, desired)
    places = {*ours, *theirs}
    differs = count(len(places), "difference") if places else "the same fields, arranged otherwise"
    body = compared_markup(live, desired, prefix=prefix, titles=_FORM_SIDES)
    return fold(f"The form, side by side: {differs}", body, is_open=is_open)


# Changes side by side: what the server holds, what the manifest says.


def changes_markup(changes: tuple[Change, ...], *, titles: tuple[str, str] = _SIDES) -> Markup:
    """A table with a row for each change, at most sixty; nothing for none."""
    if not changes:
        return Markup()
    rows = joined(_row(change, titles) for change in changes[:_MAX_CHANGES])
    table = filled(_TABLE, live=titles[0], desired=titles[1], rows=rows)
    rest = len(changes) - _MAX_CHANGES
    if rest <= 0:
        return table
    more = element("p", f"And {count(rest, 'more change')}; the JSON report has all of them.", class_="quiet")
    return joined((table, more))


def _row(change: Change, titles: tuple[str, str]) -> Markup:
    live = "" if change.operation is Operation.ADD else _value_text(change.live)
    desired = "" if change.operation is Operation.REMOVE else _value_text(change.desired)
    live, desired = cut_sides(live, desired, _MAX_VALUE)
    return element(
        "tr",
        element("th", *_path(change.path), scope="row"),
        _cell(live, desired, "live", titles[0]),
        _cell(desired, live, "desired", titles[1]),
    )


def _path(whole: str) -> Iterator[Markup]:
    """The pointer in two lines, so that what matters is not at the end of a long one; it may break after a slash."""
    pointer = clipped(whole, MAX_PATH)
    root = next((each for each in _ROOTS if pointer.startswith(f"{each}/")), "")
    for part, class_ in ((root, "path-root"), (pointer.removeprefix(root), None)):
        if part:
            yield element("code", joined(part.split("/"), Markup("/<wbr>")), class_=class_)


def _cell(value: str, other: str, kind: str, title: str) -> Markup:
    """A side; "" for one that is not there: no value is written as nothing."""
    if not value:
        return element("td", "not there", class_="absent", data_label=title)
    return element("td", element("pre", _marked(value, other)), class_=kind, data_label=title)


def _value_text(value: JsonValue) -> str:
    """Objects and arrays over several lines."""
    mask = mask_words(value)
    if mask is not None:
        return mask
    indent = 2 if isinstance(value, dict | list) and value else None
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _marked(value: str, other: str) -> Markup:
    """The value with the part marked that the other side has differently; unmarked when hardly anything is common."""
    if not other or _MASK in value or _MASK in other:
        return text(value)
    start = common_length(value, other)
    rest = min(len(value), len(other)) - start
    end = common_length(value[::-1][:rest], other[::-1][:rest])
    middle = value[start : len(value) - end]
    if not middle or (start + end) * 3 < len(value):
        return text(value)
    return joined((value[:start], element("mark", middle), value[len(value) - end :]))
