"""The card of an entry, of a create or of a manifest: what it is, changes side by side, lines, the customer's form. Pure.

Secrets are masked before they come here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from reconciler.applying.outcome import Creation, Outcome
from reconciler.forms.html_form import compared_markup, form_markup
from reconciler.forms.markup import Markup, joined, prose, text
from reconciler.forms.parts import NoForm, compare_forms
from reconciler.forms.template_form import form_of_live, form_of_manifest
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonValue
from reconciler.model.target import Dialect
from reconciler.model.template import Manifest
from reconciler.model.text import SENSITIVE, clipped, count
from reconciler.model.verdict import Asked
from reconciler.planning.entry import Assessed, Change, Entry, Operation, Status
from reconciler.report.changed_values import common_length, cut_sides, mask_words
from reconciler.report.html.page import part
from reconciler.report.safe_text import MAX_NAME, MAX_PATH, MAX_SENTENCE
from reconciler.report.text import OUTCOME_SIGNS, SIGNS
from reconciler.report.text_problems import verdict_lines
from reconciler.report.view import elsewhere, form_words, match_words, read_back_words

Line = tuple[str, str, str]
"""A word, what it says, and where ("": nowhere in particular)."""

HEADINGS = {status: str(status).replace("-", " ").capitalize() for status in Status} | {
    Status.CREATE: "To create"
}
OUTCOME_HEADINGS = {outcome: str(outcome).replace("-", " ").capitalize() for outcome in Outcome}
OUTCOME_COLOURS = {
    Outcome.CREATED: Status.CREATE,
    Outcome.UPDATED: Status.UPDATE,
    Outcome.RECOVERED: Status.CREATE,
    Outcome.REJECTED: Status.UNKNOWN,
    Outcome.UNKNOWN: Status.UNKNOWN,
    Outcome.NOT_ATTEMPTED: Status.DRIFTED,
}
"""The status whose colour each outcome has."""
_NO_ROOM = "This page holds no more forms. To see this one, run: reconciler preview {name}"
_SIDES = ("On the server", "In the manifest")
_STORED_SIDES = ("The server stored", "In the manifest")
_FORM_SIDES = ("Customers see now", "The manifest asks for")
_MAX_FORMS = 250
_OPEN_FORMS = 3
_MAX_CHANGES = 60
_MAX_VALUE = 10_000
"""Characters of a value: enough for all of nearly every one."""
_MASK = SENSITIVE.removesuffix(")")
_ROOTS = ("/partialUserConfigSpec/connectionSpecification", "/partialUserConfigSpec", "/partialDefaultConfig")


def entry_card(entry: Entry, number: int) -> Markup:
    """An entry of a plan. `number` is its own on this page. Only the first have room for their form."""
    label = "" if entry.connector is None else entry.connector.label
    by = f"matched by {words}" if (words := match_words(entry)) else ""
    ways = (
        *(("could be", f"`{candidate}`", "") for candidate in entry.candidates),
        *(("do", way, "") for way in entry.ways_out),
    )
    known = (
        *_known_lines(entry.assessed or Assessed(), is_create=entry.status is Status.CREATE),
        *(("note", note, "") for note in entry.notes),
    )
    return _card(
        entry.name,
        number,
        part("paragraph", body=prose(sentence(clipped(entry.reason, MAX_SENTENCE)))),
        _changes(entry.changes, _SIDES),
        lines_markup(ways),
        lines_markup(known),
        _form(entry, number),
        pill=_pill(SIGNS[entry.status][0], HEADINGS[entry.status], entry.status),
        label=label if label != entry.name else "",
        where=_where(entry, entry.template_id, by, form_words(entry)),
        status=entry.status,
        search=search_text(entry),
    )


def creation_card(creation: Creation, number: int) -> Markup:
    """What became of one create or update."""
    entry, outcome = creation.entry, creation.outcome
    lines = (("why", creation.detail, ""), ("do", creation.help, ""))
    form = Markup()
    if entry.manifest is not None and number <= _MAX_FORMS and entry.dialect is Dialect.PUBLIC:
        form = form_markup(form_of_manifest(entry.manifest), prefix=f"e{number}")
    return _card(
        entry.name,
        number,
        _changes(creation.changes, _STORED_SIDES),
        lines_markup(line for line in lines if line[1]),
        _fold("The form of this manifest", form),
        pill=_pill(OUTCOME_SIGNS[outcome][0], OUTCOME_HEADINGS[outcome], OUTCOME_COLOURS[outcome]),
        where=joined((_where(entry, creation.template_id), part("span", body=read_back_words(creation)))),
        status=f"outcome-{outcome}",
        search=f"{search_text(entry)} {outcome} {creation.template_id or ''}",
    )


def preview_card(manifest: Manifest, assessed: Assessed, number: int) -> Markup:
    """The form of a manifest as customers will see it, before anything is compared."""
    connector = manifest.connector
    form = form_of_manifest(manifest, is_for_agents=not assessed.is_server_known)
    no_form = Markup("<strong>No form can be shown</strong>" if isinstance(form, NoForm) else "")
    preview = joined((part("quiet", body=no_form), form_markup(form, prefix=f"e{number}")))
    words = (manifest.name, connector.name, connector.repository, connector.id, manifest.origin.file)
    return _card(
        manifest.name,
        number,
        lines_markup(_known_lines(assessed, is_create=True)),
        part("preview", body=preview),
        label=connector.label,
        where=_manifest(manifest.origin),
        pill="",
        status="",
        search=_searched(words),
        tag="h2",
    )


def _card(
    name: str, number: int, *body: Markup, where: Markup, label: str = "", tag: str = "h3", **more: str
) -> Markup:
    return part(
        "card",
        id=f"e{number}",
        tag=tag,
        name=clipped(name, MAX_NAME),
        label=part("label", body=clipped(label, MAX_NAME)),
        where=part("where", body=where),
        body=joined(body),
        **more,
    )


def _pill(sign: str, word: str, colour: str) -> Markup:
    """A status in a word and a sign, never in colour alone. `colour` is the status whose colour it has."""
    return part("pill", sign=sign, word=word, colour=colour)


def _where(entry: Entry, template_id: str | None, *more: str) -> Markup:
    known = "".join(f", {each}" for each in more if each)
    organization = entry.organization_id if entry.is_elsewhere else ""
    return joined(
        (
            Markup() if entry.origin is None else _manifest(entry.origin),
            part("place", word="Template", body=template_id or "", more=known),
            part("place", word="Organization", body=organization, more=""),
        )
    )


def _manifest(origin: Origin) -> Markup:
    return part("place", word="Manifest", body=f"{clipped(origin.file, MAX_PATH)}:{origin.line}", more="")


def search_text(entry: Entry) -> str:
    """What the search looks into: name, connector, file, ids, status and the places that differ, in lower case."""
    connector = entry.connector
    named = (connector.name, connector.repository, connector.id) if connector is not None else ()
    file = entry.origin.file if entry.origin is not None else None
    places = (change.path for change in entry.changes[:_MAX_CHANGES])
    ids = (entry.template_id, entry.form_title, elsewhere(entry), *entry.candidates)
    return _searched((entry.name, str(entry.status), *named, file, *ids, *places))


def _searched(words: Iterable[str | None]) -> str:
    return " ".join(word[:MAX_PATH] for word in words if word).lower()


def sentence(words: str) -> str:
    """Words that begin with a capital and end with a full stop, as a sentence does."""
    trimmed = words.strip()
    return trimmed and f"{trimmed[0].upper()}{trimmed[1:]}{'' if trimmed[-1] in '.!?:`' else '.'}"


def problem_lines(problems: Iterable[Diagnostic]) -> Iterator[Line]:
    """Findings of rules with their help, and their places."""
    for each in problems:
        message = f"{each.message}; {each.help}" if each.help else each.message
        yield str(each.severity), f"{each.rule}: {message}", str(each.origin)


def lines_markup(lines: Iterable[Line]) -> Markup:
    """Lines. Of several of one sort only the first shows the word, to those who see. Nothing for none."""
    shown, last = [], ""
    for sort, message, place in lines:
        shown.append(
            part(
                "line",
                kind=sort.partition(" ")[0],
                visibility="hidden-words" if sort == last else "",
                word=sort.capitalize(),
                text=prose(sentence(clipped(message, MAX_SENTENCE))),
                place=part("at", body=clipped(place, MAX_PATH)),
            )
        )
        last = sort
    return part("lines", body=joined(shown))


def _known_lines(assessed: Assessed, *, is_create: bool) -> Iterator[Line]:
    """Findings of rules. Of a create also what the customer is asked, and the server's answer."""
    if is_create and assessed.asked is not None:
        yield "asks", _asks_words(assessed.asked), ""
    if is_create:
        verdict = assessed.untold_verdict
        first, *rest = verdict_lines(assessed, verbose=True)
        is_bad = verdict is not None and not verdict.is_safe
        yield ("error", first, "") if is_bad else ("server", first.removeprefix("server "), "")
        yield from (("", line.strip(), "") for line in rest)
    yield from problem_lines(assessed.problems)


def _asks_words(asked: Asked) -> str:
    """How much the customer has to answer."""
    fields = [ask for ask in asked.fields if not ask.by_login]
    required = sum(ask.required for ask in fields)
    if not fields:
        return f"the customer {'logs in, and is asked nothing else' if asked.fields else 'is asked nothing'}"
    if required in {0, len(fields)}:
        return f"the customer is asked {count(len(fields), 'required question' if required else 'optional question')}"
    return f"the customer is asked {count(len(fields), 'question')}, {required} of them required"


def _fold(title: str, body: Markup, *, is_open: bool = False) -> Markup:
    return part("fold", title=title, body=body, is_open=Markup(" open" if is_open else ""))


def _form(entry: Entry, number: int) -> Markup:
    """The form of a create, or both forms of a template that differs, in a fold. Nothing for other entries, and on the Agent API: the
    server makes the form there.
    """
    is_shown = entry.status in {Status.CREATE, Status.DRIFTED} and entry.dialect is Dialect.PUBLIC
    if entry.manifest is None or not is_shown:
        return Markup()
    if number > _MAX_FORMS:
        return part("quiet", body=_NO_ROOM.format(name=clipped(entry.name, MAX_NAME)))
    title, body = _forms(entry, entry.manifest, f"e{number}")
    return _fold(title, body, is_open=number <= _OPEN_FORMS)


def _forms(entry: Entry, manifest: Manifest, prefix: str) -> tuple[str, Markup]:
    desired = form_of_manifest(manifest)
    alone = form_markup(desired, prefix=prefix)
    if entry.live is None:
        return "The form that the customer will see", alone
    live = form_of_live(entry.live, manifest)
    if isinstance(desired, NoForm):
        return "The form that customers see now", joined((alone, form_markup(live, prefix=f"{prefix}-l")))
    if (live.title, live.cards, live.trouble) == (desired.title, desired.cards, desired.trouble):
        return "The form, the same on both sides", alone
    left, right = compare_forms(live, desired)
    places = {*left, *right}
    differs = count(len(places), "difference") if places else "the same fields, arranged otherwise"
    both = compared_markup(live, desired, prefix=prefix, titles=_FORM_SIDES)
    return f"The form, side by side: {differs}", both


def _changes(changes: tuple[Change, ...], sides: tuple[str, str]) -> Markup:
    """A table with a row for each change, at most sixty. Nothing for none."""
    rows = joined(_change(change, sides) for change in changes[:_MAX_CHANGES])
    rest = len(changes) - _MAX_CHANGES
    more = f"And {count(rest, 'more change')}; the JSON report has all of them." if rest > 0 else ""
    return joined((part("changes", live=sides[0], desired=sides[1], body=rows), part("quiet", body=more)))


def _change(change: Change, sides: tuple[str, str]) -> Markup:
    """The pointer in two lines, so that what matters is not at the end of a long one, and both values."""
    pointer = clipped(change.path, MAX_PATH)
    root = next((each for each in _ROOTS if pointer.startswith(f"{each}/")), "")
    live = "" if change.operation is Operation.ADD else _value_text(change.live)
    desired = "" if change.operation is Operation.REMOVE else _value_text(change.desired)
    live, desired = cut_sides(live, desired, _MAX_VALUE)
    return part(
        "change",
        root=part("root", body=_breakable(root)),
        path=part("code", body=_breakable(pointer.removeprefix(root))),
        live=_cell(live, desired, "live", sides[0]),
        desired=_cell(desired, live, "desired", sides[1]),
    )


def _breakable(pointer: str) -> Markup:
    return joined(pointer.split("/"), Markup("/<wbr>"))


def _cell(value: str, other: str, kind: str, side: str) -> Markup:
    """A side. "" for one that is not there: no value is written as nothing."""
    return (
        part("value", kind=kind, side=side, value=_marked(value, other))
        if value
        else part("absent", side=side)
    )


def _value_text(value: JsonValue) -> str:
    """Objects and arrays over several lines."""
    mask = mask_words(value)
    if mask is not None:
        return mask
    indent = 2 if isinstance(value, dict | list) and value else None
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _marked(value: str, other: str) -> Markup:
    """The value with the part marked that the other side has differently. Unmarked when hardly anything is common."""
    if not other or _MASK in value or _MASK in other:
        return text(value)
    start = common_length(value, other)
    rest = min(len(value), len(other)) - start
    end = common_length(value[::-1][:rest], other[::-1][:rest])
    middle = value[start : len(value) - end]
    if not middle or (start + end) * 3 < len(value):
        return text(value)
    return joined((value[:start], part("mark", body=middle), value[len(value) - end :]))
