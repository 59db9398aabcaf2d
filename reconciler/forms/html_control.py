"""One control as markup, labelled and described. Pure.

Every control has a label of its own and names what describes it. Ids are unique within a page when every form on it has a prefix of
its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from reconciler.forms.markup import MAX_DESCRIPTION, Markup, element, joined, short
from reconciler.forms.parts import Control, Mark, Marks, Part

_INPUT_TYPES = {
    Control.TEXT: "text",
    Control.SECRET: "password",
    Control.NUMBER: "number",
    Control.INTEGER: "number",
    Control.DATE: "date",
    Control.DATE_TIME: "datetime-local",
    Control.MONTH: "month",
}
_STEPS = {Control.INTEGER: "1", Control.NUMBER: "any", Control.DATE_TIME: "1"}
_ROWS = {Control.LINES: 4, Control.SECRET_LINES: 4, Control.TAGS: 3}
_MARK_WORDS = {Mark.ONLY_HERE: "only here", Mark.DIFFERS: "differs"}


@dataclass
class Drawing:
    """What one form is drawn with: `prefix` of its ids, and the marks of its parts."""

    prefix: str
    marks: Marks = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)

    def new_id(self) -> str:
        """An id that no other part of this form has."""
        return f"{self.prefix}-{next(self._numbers)}"

    def badge(self, place: str) -> Markup:
        """The mark of a part in words. Nothing for one without."""
        mark = self.marks.get(place)
        return Markup() if mark is None else element("span", _MARK_WORDS[mark], class_=f"mark mark-{mark}")

    def classes(self, place: str, name: str) -> str:
        """The classes of a part: `name`, and its mark's."""
        mark = self.marks.get(place)
        return name if mark is None else f"{name} is-{mark}"


def field_markup(drawing: Drawing, part: Part) -> Markup:
    """Label, description, control, and what its value looks like."""
    own, is_switch = drawing.new_id(), part.control is Control.SWITCH
    help_text = help_markup(part, f"{own}-help")
    facts = Markup() if is_switch else _facts_markup(part, f"{own}-facts")
    described = " ".join(f"{own}-{name}" for name, there in (("help", help_text), ("facts", facts)) if there)
    badge, classes = drawing.badge(part.place), drawing.classes(part.place, "field")
    # A switch has no "Optional": off is an answer too.
    optional = element("span", "Optional", class_="optional-word") if not part.is_required else Markup()
    if part.control is Control.SEVERAL:
        legend = element("legend", short(part.title), optional, badge, class_="name")
        boxes = [element("input", type="checkbox", checked=option in part.values) for option in part.options]
        ticks = [element("label", box, option) for box, option in zip(boxes, part.options, strict=True)]
        ticked = element("div", *ticks, class_="ticks")
        return element("fieldset", legend, help_text, ticked, facts, class_=classes)
    control = _control(part, own, described or None)
    label = element("label", short(part.title), for_=own)
    if is_switch:
        name = element("div", control, label, badge, class_="name switch")
        return element("div", name, help_text, class_=classes)
    name = element("div", label, optional, badge, class_="name")
    return element("div", name, help_text, control, facts, class_=classes)


def help_markup(part: Part, own: str) -> Markup:
    """The description of a part. Nothing when it has none."""
    text = short(part.description, MAX_DESCRIPTION)
    return element("p", text, class_="help", id=own) if text else Markup()


def _facts_markup(part: Part, own: str) -> Markup:
    """Format, examples, bounds and notes on one line. Nothing when there are none."""
    examples = "Example" if len(part.examples) == 1 else "Examples"
    facts = [
        f"Format: {part.shape}" if part.shape else "",
        f"{examples}: {', '.join(part.examples)}" if part.examples else "",
        _bounds(part),
        "One value a line" if part.control is Control.TAGS else "",
        f"{part.left_out} more options are not shown here" if part.left_out else "",
        part.note,
    ]
    spans = [element("span", fact) for fact in facts if fact]
    return element("p", *spans, class_="facts", id=own) if spans else Markup()


def _bounds(part: Part) -> str:
    if part.minimum and part.maximum:
        return f"From {part.minimum} to {part.maximum}"
    if part.minimum:
        return f"At least {part.minimum}"
    return f"At most {part.maximum}" if part.maximum else ""


def _control(part: Part, own: str, described: str | None) -> Markup:
    common: dict[str, str | bool | None] = {
        "id": own,
        "required": part.is_required,
        "aria_describedby": described,
    }
    if part.control is Control.SELECT:
        return _select(part, common)
    if part.control is Control.SWITCH:
        checked = "true" in part.values
        return element(
            "input", id=own, type="checkbox", role="switch", checked=checked, aria_describedby=described
        )
    if part.control in _ROWS:
        secret = "secret" if part.control is Control.SECRET_LINES else None
        rows = _ROWS[part.control]
        text = ("\n", joined(part.values, "\n"))  # a parser drops one line break after the tag
        return element(
            "textarea", *text, rows=rows, class_=secret, autocomplete="off", spellcheck="false", **common
        )
    is_number = part.control in {Control.NUMBER, Control.INTEGER}
    return element(
        "input",
        type=_INPUT_TYPES[part.control],
        value=part.values[0] if part.values else None,
        min=part.minimum or None if is_number else None,
        max=part.maximum or None if is_number else None,
        step=_STEPS.get(part.control),
        autocomplete="new-password" if part.control is Control.SECRET else "off",
        spellcheck="false",
        **common,
    )


def _select(part: Part, common: dict[str, str | bool | None]) -> Markup:
    chosen = part.values[0] if part.values else ""
    known = part.options if not chosen or chosen in part.options else (*part.options, chosen)
    options = [element("option", option, selected=option == chosen) for option in known]
    return element("select", *([] if chosen else [unchosen()]), *options, **common)


def unchosen() -> Markup:
    """The entry of a select that nothing fills."""
    return element("option", "Select…", value="", selected=True)
