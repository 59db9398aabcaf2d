"""One control as markup, labelled and described. Pure.

Every control has a label of its own and names what describes it; ids are unique within a page when every form on it has a prefix of
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from reconciler.forms.compare import Mark
from reconciler.forms.markup import MAX_DESCRIPTION, Markup, element, joined, short
from reconciler.forms.parts import Control, Field, Words

_INPUT_TYPES = {
    Control.TEXT: "text",
    Control.SECRET: "password",
    Control.NUMBER: "number",
    Control.INTEGER: "number",
    Control.DATE: "date",
    Control.DATE_TIME: "datetime-local",
    Control.MONTH: "month",
}
_MARK_WORDS = {Mark.ONLY_HERE: "only here", Mark.DIFFERS: "differs"}
_ROWS = {Control.LINES: 4, Control.SECRET_LINES: 4, Control.TAGS: 3}


@dataclass
class Drawing:
    """What one form is drawn with: `prefix` of its ids, and the marks of its parts."""

    prefix: str
    marks: Mapping[str, Mark] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)

    def new_id(self) -> str:
        """An id that no other part of this form has."""
        return f"{self.prefix}-{next(self._numbers)}"

    def badge(self, place: str) -> Markup:
        """The mark of a part in words; nothing for one without."""
        mark = self.marks.get(place)
        return Markup() if mark is None else element("span", _MARK_WORDS[mark], class_=f"mark mark-{mark}")

    def classes(self, place: str, name: str) -> str:
        """The classes of a part: `name`, and its mark's."""
        mark = self.marks.get(place)
        return name if mark is None else f"{name} is-{mark}"


def field_markup(drawing: Drawing, part: Field) -> Markup:
    """Label, description, control, and what its value looks like."""
    if part.control is Control.SWITCH:
        return _switch(drawing, part)
    if part.control is Control.SEVERAL:
        return _several(drawing, part)
    own = drawing.new_id()
    help_text, facts = help_markup(part.words, f"{own}-help"), facts_markup(part, f"{own}-facts")
    described = " ".join(f"{own}-{name}" for name, there in (("help", help_text), ("facts", facts)) if there)
    label = element("label", short(part.words.title), for_=own)
    return element(
        "div",
        element(
            "div", label, optional_markup(required=part.required), drawing.badge(part.place), class_="name"
        ),
        help_text,
        _control(part, own, described or None),
        facts,
        class_=drawing.classes(part.place, "field"),
    )


def help_markup(words: Words, own: str) -> Markup:
    """The description of a part; nothing when it has none."""
    return (
        element("p", short(words.description, MAX_DESCRIPTION), class_="help", id=own)
        if words.description
        else Markup()
    )


def optional_markup(*, required: bool) -> Markup:
    """The word that the widget puts beside an optional field."""
    return Markup() if required else element("span", "Optional", class_="optional-word")


def facts_markup(part: Field, own: str) -> Markup:
    """Format, examples, bounds and notes on one line; nothing when there are none."""
    words = part.words
    facts = []
    if words.shape:
        facts.append(f"Format: {words.shape}")
    if words.examples:
        facts.append(f"{'Example' if len(words.examples) == 1 else 'Examples'}: {', '.join(words.examples)}")
    if part.minimum or part.maximum:
        facts.append(_bounds(part))
    if part.control is Control.TAGS:
        facts.append("One value a line")
    if part.left_out:
        facts.append(f"{part.left_out} more options are not shown here")
    if words.note:
        facts.append(words.note)
    return (
        element("p", *(element("span", fact) for fact in facts), class_="facts", id=own)
        if facts
        else Markup()
    )


def _bounds(part: Field) -> str:
    if part.minimum and part.maximum:
        return f"From {part.minimum} to {part.maximum}"
    return f"At least {part.minimum}" if part.minimum else f"At most {part.maximum}"


def _control(part: Field, own: str, described: str | None) -> Markup:
    if part.control is Control.SELECT:
        return _select(part, own, described)
    if part.control in _ROWS:
        return element(
            "textarea",
            "\n",  # a parser drops one line break after the tag
            joined(part.values, "\n"),
            id=own,
            rows=_ROWS[part.control],
            class_="secret" if part.control is Control.SECRET_LINES else None,
            autocomplete="off",
            spellcheck="false",
            required=part.required,
            aria_describedby=described,
        )
    is_number = part.control in {Control.NUMBER, Control.INTEGER}
    return element(
        "input",
        id=own,
        type=_INPUT_TYPES[part.control],
        value=part.values[0] if part.values else None,
        min=part.minimum or None if is_number else None,
        max=part.maximum or None if is_number else None,
        step={Control.INTEGER: "1", Control.NUMBER: "any", Control.DATE_TIME: "1"}.get(part.control),
        autocomplete="new-password" if part.control is Control.SECRET else "off",
        spellcheck="false",
        required=part.required,
        aria_describedby=described,
    )


def _select(part: Field, own: str, described: str | None) -> Markup:
    chosen = part.values[0] if part.values else ""
    known = part.options if not chosen or chosen in part.options else (*part.options, chosen)
    options = [element("option", option, selected=option == chosen) for option in known]
    if not chosen:
        options.insert(0, element("option", "Select…", value="", selected=True))
    return element("select", *options, id=own, required=part.required, aria_describedby=described)


def _switch(drawing: Drawing, part: Field) -> Markup:
    """A switch has no "Optional": off is an answer too."""
    own = drawing.new_id()
    help_text = help_markup(part.words, f"{own}-help")
    control = element(
        "input",
        id=own,
        type="checkbox",
        role="switch",
        checked="true" in part.values,
        aria_describedby=f"{own}-help" if help_text else None,
    )
    label = element("label", short(part.words.title), for_=own)
    return element(
        "div",
        element("div", control, label, drawing.badge(part.place), class_="name switch"),
        help_text,
        class_=drawing.classes(part.place, "field"),
    )


def _several(drawing: Drawing, part: Field) -> Markup:
    own = drawing.new_id()
    help_text, facts = help_markup(part.words, f"{own}-help"), facts_markup(part, f"{own}-facts")
    ticks = [
        element("label", element("input", type="checkbox", checked=option in part.values), option)
        for option in part.options
    ]
    title = (short(part.words.title), optional_markup(required=part.required), drawing.badge(part.place))
    return element(
        "fieldset",
        element("legend", *title, class_="name"),
        help_text,
        element("div", *ticks, class_="ticks"),
        facts,
        class_=drawing.classes(part.place, "field"),
    )
