"""A form as markup: cards, sections, choices, and what the template fixes. Pure.

Options of a choice that are not chosen are hidden by attribute, so that a page without its script shows what it opens with, and the
style shows all of them where scripts are off. `FORM_STYLE` and `FORM_SCRIPT` are constants of this program, so that their hashes can be
in a page's policy. The colours are variables that the page defines.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Final

from reconciler.connectors.specification.form import Card
from reconciler.connectors.specification.schema import Kind
from reconciler.forms.html_control import Drawing, field_markup, help_markup, unchosen
from reconciler.forms.markup import Markup, element, joined, prose, short
from reconciler.forms.parts import Form, Marks, NoForm, Part, Preset, compare_forms

FORM_STYLE: Final = "\n" + (pkgutil.get_data(__package__, "form.css") or b"").decode()
FORM_SCRIPT: Final = "\n" + (pkgutil.get_data(__package__, "form.js") or b"").decode()

_LOGIN = "Authenticate your account"
_LOGIN_NOTE = "Offered where the server has OAuth credentials for this connector."
_FILLED = "Filled in by the log-in"
_FILLED_NOTE = "Asked only where no log-in is offered."
_NOTHING = "The customer is asked nothing."
_NO_OPTION = "No option of this choice is shown."
_LEFT_OUT = "Optional fields of the connector that an inferred form leaves out."


def form_markup(form: Form | NoForm, *, prefix: str, marks: Marks | None = None) -> Markup:
    """One form. `prefix` has to be the page's only one of its kind: a letter, then letters, digits and hyphens."""
    if isinstance(form, NoForm):
        help_text = element("p", prose(short(form.help))) if form.help else Markup()
        return element("div", element("p", prose(short(form.reason))), help_text, class_="notice")
    drawing = Drawing(prefix, marks or {})
    cards = joined(_card(drawing, card) for card in form.cards) or element("p", _NOTHING, class_="quiet")
    title = element("p", short(form.title), class_="form-title") if form.title else Markup()
    lead = element("strong", "The customer sees an error instead of this form: ")
    reason = element("p", lead, prose(short(form.trouble)), class_="notice notice-bad")
    trouble = reason if form.trouble else Markup()
    label = short(form.title) or "Form"
    body = element("div", trouble, title, cards, class_="form", role="group", aria_label=label)
    aside = joined((_presets(form.presets), _never_asked(form.never_asked)))
    if not aside:
        return element("div", body, class_="shown")
    return element("div", body, element("div", aside, class_="aside"), class_="shown has-aside")


def compared_markup(left: Form, right: Form, *, prefix: str, titles: tuple[str, str]) -> Markup:
    """Two forms side by side, with marks on what differs. `titles` say which is which."""
    ours, theirs = compare_forms(left, right)
    sides = (
        element("div", element("p", title, class_="side-title"), form_markup(form, prefix=own, marks=marked))
        for title, form, own, marked in (
            (titles[0], left, f"{prefix}-l", ours),
            (titles[1], right, f"{prefix}-r", theirs),
        )
    )
    return element("div", *sides, class_="sides")


def _card(drawing: Drawing, card: Card[Part]) -> Markup:
    if card.is_folded:
        return element("div", _fold(short(card.title), _parts(drawing, card.parts)), class_="form-card")
    title = element("p", short(card.title), class_="card-title") if card.title else Markup()
    return element("div", title, _sections(drawing, card.parts), class_="form-card")


def _sections(drawing: Drawing, parts: Iterable[Part]) -> Markup:
    """The parts that are open, then those that are folded."""
    sections: list[Markup] = []
    for is_open, found in groupby(parts, lambda part: part.is_open):
        drawn = _parts(drawing, found)
        sections.append(joined(drawn) if is_open else _fold("Optional fields", drawn))
    return joined(sections)


def _parts(drawing: Drawing, parts: Iterable[Part]) -> list[Markup]:
    """The parts of a section. Those that a log-in fills in are folded together, and count as one."""
    drawn: list[Markup] = []
    for by_login, found in groupby(parts, lambda part: part.by_login):
        each = [_WRITERS[part.kind](drawing, part) for part in found]
        note = element("p", _FILLED_NOTE, class_="facts")
        drawn += [_fold(_FILLED, each, note, class_="optional filled")] if by_login else each
    return drawn


def _fold(title: str, parts: list[Markup], *notes: Markup, class_: str = "optional") -> Markup:
    number = element("span", str(len(parts)), class_="number")
    return element("details", element("summary", title, number), *notes, *parts, class_=class_)


def _group(drawing: Drawing, part: Part) -> Markup:
    inner = _sections(drawing, part.parts)
    return element("div", drawing.badge(part.place), inner, class_=drawing.classes(part.place, "group"))


def _item_list(drawing: Drawing, part: Part) -> Markup:
    return element(
        "fieldset",
        element("legend", short(part.title), drawing.badge(part.place), class_="name"),
        help_markup(part, drawing.new_id()),
        element("p", "A list. Each entry asks:", class_="facts"),
        _sections(drawing, part.parts),
        class_=drawing.classes(part.place, "group"),
    )


def _choice(drawing: Drawing, part: Part) -> Markup:
    own = drawing.new_id()
    help_text = help_markup(part, f"{own}-help")
    title = element("span", short(part.title), id=f"{own}-title")
    legend = element("legend", title, drawing.badge(part.place), class_="name")
    if not part.parts:
        selector = element("p", _NO_OPTION, class_="facts")
    elif part.is_radio:
        tiles = (_radio(own, part, index) for index in range(len(part.parts)))
        selector = element("div", *tiles, class_="tiles")
    else:
        selector = _selector(own, part, f"{own}-help" if help_text else None)
    panels = (_panel(drawing, part, index) for index in range(len(part.parts)))
    classes = drawing.classes(part.place, "choice")
    return element("fieldset", legend, help_text, selector, *panels, class_=classes)


def _selector(own: str, part: Part, described: str | None) -> Markup:
    options = [
        element("option", short(option.title), value=index, selected=index == part.chosen)
        for index, option in enumerate(part.parts)
    ]
    names = {"aria_labelledby": f"{own}-title", "aria_describedby": described}
    first = [unchosen()] if part.chosen is None else []
    return element("select", *first, *options, id=own, data_choice=True, autocomplete="off", **names)


def _radio(own: str, part: Part, index: int) -> Markup:
    option, checked = part.parts[index], index == part.chosen
    described = f"{own}-{index}-help" if option.description else None
    names = {"name": own, "id": f"{own}-{index}", "aria_describedby": described}
    control = element(
        "input", type="radio", value=index, data_choice=True, autocomplete="off", checked=checked, **names
    )
    label = element("label", control, element("span", short(option.title)))
    return element("div", label, help_markup(option, f"{own}-{index}-help"), class_="tile")


def _panel(drawing: Drawing, part: Part, index: int) -> Markup:
    option = part.parts[index]
    badge = drawing.badge(option.place)
    return element(
        "div",
        # Where scripts are off, all options are shown: each needs its name then.
        element("p", short(option.title), badge, class_="option-name"),
        element("p", badge, class_="option-mark") if badge else Markup(),
        Markup() if part.is_radio else help_markup(option, drawing.new_id()),
        _sections(drawing, option.parts) or element("p", "Asks nothing more.", class_="facts"),
        class_="option",
        data_option=index,
        role="group",
        aria_label=short(option.title),
        hidden=index != part.chosen,
    )


def _login(drawing: Drawing, _part: Part) -> Markup:
    own = drawing.new_id()
    return element(
        "div",
        element("button", _LOGIN, type="button", class_="login", aria_describedby=own),
        element("p", _LOGIN_NOTE, class_="facts", id=own),
        class_="field",
    )


_WRITERS: Final[Mapping[Kind, Callable[[Drawing, Part], Markup]]] = {
    Kind.FIELD: field_markup,
    Kind.GROUP: _group,
    Kind.LIST: _item_list,
    Kind.CHOICE: _choice,
    Kind.LOGIN: _login,
}


def _presets(presets: tuple[Preset, ...]) -> Markup:
    if not presets:
        return Markup()
    title = element("p", "Fixed by this template", class_="card-title")
    return element("div", title, element("dl", *map(_preset, presets)), class_="presets")


def _preset(preset: Preset) -> Markup:
    path = element("code", short(preset.path))
    name = (element("span", short(preset.title)), path) if preset.title else (path,)
    note = element("span", "asked for in the form too", class_="preset-note")
    is_secret = preset.is_secret
    value = element("span", preset.value, class_="masked") if is_secret else element("code", preset.value)
    return element("div", element("dt", *name), element("dd", value, note if preset.is_asked else Markup()))


def _never_asked(places: tuple[str, ...]) -> Markup:
    if not places:
        return Markup()
    return element(
        "div",
        element("p", "Nobody can set", class_="card-title"),
        element("p", _LEFT_OUT, class_="quiet"),
        element("p", *(element("code", place) for place in places), class_="codes"),
        class_="presets never",
    )
