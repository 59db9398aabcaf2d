"""Changes of one entry side by side: what the server holds, what the manifest says. Pure; secrets are masked before they come here."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reconciler.forms.markup import Markup, element, joined, text
from reconciler.model.json_value import JsonValue
from reconciler.model.text import clipped
from reconciler.planning.entry import Change, Operation
from reconciler.planning.masking import SENSITIVE
from reconciler.report.changed_values import common_length, cut_sides, mask_words
from reconciler.report.safe_text import MAX_PATH
from reconciler.report.wording import count

_MAX_CHANGES = 60
_MAX_VALUE = 10_000
"""Characters of a value: enough for all of nearly every one."""
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
    if root:
        yield element("code", _breakable(root), class_="path-root")
    rest = pointer.removeprefix(root)
    yield element("code", _breakable(rest))


def _breakable(pointer: str) -> Markup:
    return joined(pointer.split("/"), Markup("/<wbr>"))


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
