"""Changes of one entry side by side: what the server holds, what the manifest says. Pure; secrets are masked before they come here."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.forms.markup import Markup, element, joined, text
from reconciler.model.json_value import JsonValue
from reconciler.planning.entry import Change, Operation
from reconciler.planning.masking import SENSITIVE
from reconciler.report.wording import count

_MAX_CHANGES = 60
_MAX_VALUE = 2_000
_MASK = SENSITIVE.removesuffix(")")
_ROOTS = ("/partialUserConfigSpec/connectionSpecification", "/partialUserConfigSpec", "/partialDefaultConfig")
_LIVE, _DESIRED = "On the server", "In the manifest"


def changes_markup(changes: tuple[Change, ...], *, titles: tuple[str, str] = (_LIVE, _DESIRED)) -> Markup:
    """A table with a row for each change, at most sixty; nothing for none."""
    if not changes:
        return Markup()
    shown = changes[:_MAX_CHANGES]
    head = element("tr", *(element("th", title, scope="col") for title in ("Field", *titles)))
    table = element(
        "table",
        element("caption", "Differences", class_="hidden-words"),
        element("thead", head),
        element("tbody", *(_row(change, titles) for change in shown)),
    )
    rest = len(changes) - len(shown)
    more = element("p", f"And {count(rest, 'more change')}; the JSON report has all of them.", class_="quiet")
    return joined((element("div", table, class_="table-box"), more if rest else Markup()))


def _row(change: Change, titles: tuple[str, str]) -> Markup:
    live = None if change.operation is Operation.ADD else _value_text(change.live)
    desired = None if change.operation is Operation.REMOVE else _value_text(change.desired)
    return element(
        "tr",
        element("th", *_path(change.path), scope="row"),
        _cell(live, desired, "live", titles[0]),
        _cell(desired, live, "desired", titles[1]),
    )


def _path(pointer: str) -> Iterator[Markup]:
    """The pointer in two lines, so that what matters is not at the end of a long one; it may break after a slash."""
    root = next((each for each in _ROOTS if pointer.startswith(f"{each}/")), "")
    if root:
        yield element("code", _breakable(root), class_="path-root")
    rest = pointer.removeprefix(root)
    yield element("code", _breakable(rest))


def _breakable(pointer: str) -> Markup:
    return joined(pointer.split("/"), Markup("/<wbr>"))


def _cell(value: str | None, other: str | None, kind: str, title: str) -> Markup:
    if value is None:
        return element("td", "not there", class_="absent", data_label=title)
    return element("td", element("pre", _marked(value, other)), class_=kind, data_label=title)


def _value_text(value: JsonValue) -> str:
    """Objects and arrays over several lines; cut to 2,000 characters with the number left out."""
    indent = 2 if isinstance(value, dict | list) and value else None
    told = json.dumps(value, ensure_ascii=False, indent=indent)
    if len(told) <= _MAX_VALUE:
        return told
    return f"{told[:_MAX_VALUE]}… ({count(len(told) - _MAX_VALUE, 'more character')})"


def _marked(value: str, other: str | None) -> Markup:
    """The value with the part marked that the other side has differently; unmarked when hardly anything is common."""
    if other is None or _MASK in value or _MASK in other:
        return text(value)
    start = _common(value, other)
    rest = min(len(value), len(other)) - start
    end = _common(value[::-1][:rest], other[::-1][:rest])
    middle = value[start : len(value) - end]
    if not middle or (start + end) * 3 < len(value):
        return text(value)
    return joined((value[:start], element("mark", middle), value[len(value) - end :]))


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at the start."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
