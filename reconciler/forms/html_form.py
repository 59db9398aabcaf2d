"""A form as markup: cards, sections, choices, and what the template fixes. Pure; the style and the script are in `appearance`.

Options of a choice that are not chosen are hidden by attribute, so that a page without its script shows what it opens with, and the
style shows all of them where scripts are off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from reconciler.forms.compare import Mark, compare_forms
from reconciler.forms.html_aside import aside_markup
from reconciler.forms.html_control import Drawing, field_markup, help_markup
from reconciler.forms.markup import Markup, element, joined, prose, short
from reconciler.forms.parts import (
    Card,
    Choice,
    Field,
    FilledByLogin,
    Form,
    Group,
    ItemList,
    LoginButton,
    NoForm,
    Option,
    Part,
    Section,
)

_LOGIN = "Authenticate your account"
_LOGIN_NOTE = "Offered where the server has OAuth credentials for this connector."
_FILLED = "Filled in by the log-in"
_FILLED_NOTE = "Asked only where no log-in is offered."
_NOTHING = "The customer is asked nothing."
_NO_OPTION = "No option of this choice is shown."


def form_markup(form: Form | NoForm, *, prefix: str, marks: Mapping[str, Mark] | None = None) -> Markup:
    """One form. `prefix` has to be the page's only one of its kind: a letter, then letters, digits and hyphens."""
    if isinstance(form, NoForm):
        help_text = element("p", prose(short(form.help))) if form.help else Markup()
        return element("div", element("p", prose(short(form.reason))), help_text, class_="notice")
    drawing = Drawing(prefix, marks or {})
    cards = joined(_card(drawing, card) for card in form.cards) or element("p", _NOTHING, class_="quiet")
    title = element("p", short(form.title), class_="form-title") if form.title else Markup()
    trouble = _trouble(form.trouble) if form.trouble else Markup()
    body = element(
        "div", trouble, title, cards, class_="form", role="group", aria_label=short(form.title) or "Form"
    )
    aside = aside_markup(form)
    if not aside:
        return element("div", body, class_="shown")
    return element("div", body, element("div", aside, class_="aside"), class_="shown has-aside")


def compared_markup(left: Form, right: Form, *, prefix: str, titles: tuple[str, str]) -> Markup:
    """Two forms side by side, with marks on what differs; `titles` say which is which."""
    marks = compare_forms(left, right)
    sides = (
        element("div", element("p", title, class_="side-title"), form_markup(form, prefix=own, marks=marked))
        for title, form, own, marked in (
            (titles[0], left, f"{prefix}-l", marks.left),
            (titles[1], right, f"{prefix}-r", marks.right),
        )
    )
    return element("div", *sides, class_="sides")


def _trouble(reason: str) -> Markup:
    lead = element("strong", "The customer sees an error instead of this form: ")
    return element("p", lead, prose(short(reason)), class_="notice notice-bad")


def _card(drawing: Drawing, card: Card) -> Markup:
    title = element("p", short(card.title), class_="card-title") if card.title else Markup()
    return element("div", title, _sections(drawing, card.sections), class_="form-card")


def _sections(drawing: Drawing, sections: Iterable[Section]) -> Markup:
    return joined(_section(drawing, section) for section in sections)


def _section(drawing: Drawing, section: Section) -> Markup:
    parts = joined(_part(drawing, part) for part in section.parts)
    if not section.is_optional:
        return parts
    number = element("span", str(len(section.parts)), class_="number")
    return element(
        "details",
        element("summary", short(section.title) or "Optional fields", number),
        parts,
        class_="optional",
    )


def _part(drawing: Drawing, part: Part) -> Markup:
    match part:
        case Field():
            return field_markup(drawing, part)
        case Group():
            return _group(drawing, part)
        case ItemList():
            return _item_list(drawing, part)
        case Choice():
            return _choice(drawing, part)
        case LoginButton():
            return _login(drawing)
        case FilledByLogin():
            return _filled(drawing, part)
        case _:
            assert_never(part)


def _group(drawing: Drawing, part: Group) -> Markup:
    inner = _sections(drawing, part.sections)
    return element("div", drawing.badge(part.place), inner, class_=drawing.classes(part.place, "group"))


def _item_list(drawing: Drawing, part: ItemList) -> Markup:
    return element(
        "fieldset",
        element("legend", short(part.words.title), drawing.badge(part.place), class_="name"),
        help_markup(part.words, drawing.new_id()),
        element("p", "A list. Each entry asks:", class_="facts"),
        _sections(drawing, part.sections),
        class_=drawing.classes(part.place, "group"),
    )


def _choice(drawing: Drawing, part: Choice) -> Markup:
    own = drawing.new_id()
    help_text = help_markup(part.words, f"{own}-help")
    title = element("span", short(part.words.title), id=f"{own}-title")
    if not part.options:
        selector = element("p", _NO_OPTION, class_="facts")
    elif part.is_radio:
        selector = _radios(own, part)
    else:
        selector = _selector(own, part, f"{own}-help" if help_text else None)
    panels = (_panel(drawing, part, index) for index in range(len(part.options)))
    return element(
        "fieldset",
        element("legend", title, drawing.badge(part.place), class_="name"),
        help_text,
        selector,
        *panels,
        class_=drawing.classes(part.place, "choice"),
    )


def _selector(own: str, part: Choice, described: str | None) -> Markup:
    options = [
        element("option", short(option.words.title), value=index, selected=index == part.chosen)
        for index, option in enumerate(part.options)
    ]
    if part.chosen is None:
        options.insert(0, element("option", "Select…", value="", selected=True))
    return element(
        "select",
        *options,
        id=own,
        data_choice=True,
        autocomplete="off",
        aria_labelledby=f"{own}-title",
        aria_describedby=described,
    )


def _radios(own: str, part: Choice) -> Markup:
    return element("div", *(_radio(own, part, index) for index in range(len(part.options))), class_="tiles")


def _radio(own: str, part: Choice, index: int) -> Markup:
    words = part.options[index].words
    control = element(
        "input",
        type="radio",
        name=own,
        id=f"{own}-{index}",
        value=index,
        data_choice=True,
        autocomplete="off",
        checked=index == part.chosen,
        aria_describedby=f"{own}-{index}-help" if words.description else None,
    )
    return element(
        "div",
        element("label", control, element("span", short(words.title))),
        help_markup(words, f"{own}-{index}-help"),
        class_="tile",
    )


def _panel(drawing: Drawing, part: Choice, index: int) -> Markup:
    option = part.options[index]
    badge = drawing.badge(option.place)
    # Where scripts are off, all options are shown: each needs its name then.
    name = element("p", short(option.words.title), badge, class_="option-name")
    told = Markup() if part.is_radio else help_markup(option.words, drawing.new_id())
    return element(
        "div",
        name,
        element("p", badge, class_="option-mark") if badge else Markup(),
        told,
        _option_body(drawing, option),
        class_="option",
        data_option=index,
        role="group",
        aria_label=short(option.words.title),
        hidden=index != part.chosen,
    )


def _option_body(drawing: Drawing, option: Option) -> Markup:
    return _sections(drawing, option.sections) or element("p", "Asks nothing more.", class_="facts")


def _login(drawing: Drawing) -> Markup:
    own = drawing.new_id()
    return element(
        "div",
        element("button", _LOGIN, type="button", class_="login", aria_describedby=own),
        element("p", _LOGIN_NOTE, class_="facts", id=own),
        class_="field",
    )


def _filled(drawing: Drawing, part: FilledByLogin) -> Markup:
    number = element("span", str(len(part.parts)), class_="number")
    return element(
        "details",
        element("summary", _FILLED, number),
        element("p", _FILLED_NOTE, class_="facts"),
        *(_part(drawing, each) for each in part.parts),
        class_="optional filled",
    )
