"""A page as an independent reader sees it: its elements in order, whether they nest, what its controls are called."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "input", "link", "meta", "wbr"}
CONTROLS = {"input", "select", "textarea"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Reading(HTMLParser):
    """Reads a document or a part of one; `faults` are the places where it does not nest."""

    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    labelled: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.faults.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs})
        if any(each.name == "label" for each in self._open):
            self.labelled.add(id(element))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].name != tag:
            self.faults.append(f"</{tag}> closes nothing")
        else:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def named(self, name: str) -> list[Element]:
        return [element for element in self.elements if element.name == name]

    def with_class(self, name: str) -> list[Element]:
        return [e for e in self.elements if name in e.attributes.get("class", "").split()]


def read(markup: str) -> Reading:
    """The reading of a page, which has to nest."""
    reading = Reading()
    reading.feed(markup)
    reading.close()
    reading.faults += [f"<{element.name}> is never closed" for element in reading._open]
    return reading


def faults(markup: str) -> list[str]:
    """Everything that is wrong with markup whatever it shows: nesting, ids, names of controls, handlers, addresses."""
    reading = read(markup)
    found = list(reading.faults)
    ids = Counter(e.attributes["id"] for e in reading.elements if "id" in e.attributes)
    found += [f"id {name} occurs {number} times" for name, number in ids.items() if number > 1]
    labels = {e.attributes.get("for") for e in reading.named("label")}
    for element in reading.elements:
        found += [f"handler {name}" for name in element.attributes if name.startswith("on")]
        found += [
            f"address {name}"
            for name in ("src", "action", "formaction", "style")
            if name in element.attributes
        ]
        href = element.attributes.get("href", "#")
        if not href.startswith(("#", "data:image/svg+xml,")):
            found.append(f"address {href}")
        for name in ("aria-describedby", "aria-labelledby", "for"):
            found += [
                f"{name} {each} leads nowhere"
                for each in element.attributes.get(name, "").split()
                if each not in ids
            ]
        is_named = element.attributes.get("id") in labels or "aria-labelledby" in element.attributes
        if element.name in CONTROLS and not is_named and id(element) not in reading.labelled:
            found.append(f"<{element.name}> {element.attributes} has no label")
    return found
