"""A saved plan: read it, and say whether it is still exactly what a fresh comparison gives.

The file holds no bodies and no secrets: applying it reads manifests and server again, and goes on only if the
plan made from them is the same to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.errors import UnsafePlan
from reconciler.model.json_value import JsonObject, JsonValue, same_json, value_at
from reconciler.model.strict_json import StrictJsonError, parse_json
from reconciler.model.target import Dialect
from reconciler.model.text import one_line
from reconciler.planning.entry import Plan, Selection
from reconciler.planning.plan import PLAN_FORMAT_VERSION

MAX_PLAN_BYTES = 64 * 1024 * 1024
MAX_CONTAINERS = 1_000_000
"""Objects and lists in a plan file: what bounds the memory that it takes. A full project has a fifth of that."""

_TARGET = {"environment": "environment", "api": "API", "url": "url", "organizationId": "organization"}
_OF_SETTINGS = frozenset({"digest", "unmanaged"})
"""Members of the document that a setting alone changes: the digest covers all of them, the list of unmanaged templates has its own."""
_OF_RULES = frozenset({"entries", "suppressed"})
"""Members that depend on what rules say of the same manifests."""
_PLACES = frozenset({"origin", "file", "line", "column"})
_MAX_SAID = 300
"""Characters of the error of a failed run that are repeated."""
_AGAIN = "make a new plan, review it, and apply that one"


@dataclass(frozen=True)
class PlanFile:
    """A plan file that has the right format. `text` is the file as it is. `dialect` is None where it does not say one."""

    name: str
    text: str
    document: JsonObject
    environment: str
    selection: Selection
    dialect: Dialect | None = None


def parse_plan_file(name: str, data: bytes) -> PlanFile:
    """The plan in the bytes of a file. `name` is for messages. UnsafePlan when it is not a plan of this
    format: it is never guessed at.
    """
    if len(data) > MAX_PLAN_BYTES or data.count(b"{") + data.count(b"[") > MAX_CONTAINERS:
        raise UnsafePlan(f"{name}: larger than any plan of this program", help=_AGAIN)
    try:
        document = parse_json(data)
    except StrictJsonError as error:
        raise UnsafePlan(f"{name}: not a plan file: {error}", help=_AGAIN) from None
    if not isinstance(document, dict) or "formatVersion" not in document:
        raise UnsafePlan(
            f"{name}: not a plan file: no formatVersion", help="write one: reconciler plan --write json=FILE"
        )
    if document["formatVersion"] != PLAN_FORMAT_VERSION:
        raise UnsafePlan(
            f"{name}: this version reads plan format {PLAN_FORMAT_VERSION}, the file has another", help=_AGAIN
        )
    if "error" in document:
        why = value_at(document, "/error/message")
        said = f": {one_line(why, _MAX_SAID)}" if isinstance(why, str) and why else ""
        raise UnsafePlan(
            f"{name} is the report of a run that failed, not a plan{said}", help=f"repair that, {_AGAIN}"
        )
    environment, selection = value_at(document, "/target/environment"), document.get("selection")
    if not isinstance(environment, str) or not isinstance(selection, dict):
        raise UnsafePlan(f"{name}: not a plan file: target or selection is missing", help=_AGAIN)
    chosen = Selection(only=_texts(selection.get("only")), paths=_texts(selection.get("paths")))
    dialect = next((each for each in Dialect if each == value_at(document, "/target/dialect")), None)
    return PlanFile(name, data.decode("utf-8"), document, environment, chosen, dialect)


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def staleness(reviewed: PlanFile, plan: Plan, fresh_text: str) -> UnsafePlan | None:
    """Why the reviewed plan may not be applied. None when the fresh one is the same to the byte.

    `fresh_text` is the document of `plan`, made just now.
    """
    if reviewed.text == fresh_text:
        return None
    old, fresh = reviewed.document, json.loads(fresh_text)
    # The digest covers target, manifests, live state and selection: where it is the same, none of them moved.
    reasons = () if old.get("digest") == fresh["digest"] else tuple(_moved(old, fresh))
    what = "; ".join(reasons) or _changed(old, fresh)
    return UnsafePlan(f"{reviewed.name} is not the plan made now: {what}", help=_AGAIN)


def unknown_environment(reviewed: PlanFile) -> UnsafePlan:
    """For a plan whose environment the project does not have."""
    return UnsafePlan(
        f"{reviewed.name} is a plan for an environment that reconciler.yaml does not have",
        help=f"say which one is meant with --environment, or {_AGAIN}",
    )


def _moved(old: JsonObject, new: JsonObject) -> Iterator[str]:
    def differs(place: str) -> bool:
        return value_at(old, place) != value_at(new, place)

    target = [word for member, word in _TARGET.items() if differs(f"/target/{member}")]
    if target:
        yield f"the target is another one ({', '.join(target)})"
    if differs("/digests/manifests"):
        yield "manifests changed"
    if differs("/digests/live"):
        yield "templates on the server changed"
    if differs("/selection"):
        yield "the selection (--only, PATH) is another one"
    if all(old.get(member) == value for member, value in new.items() if member not in _OF_SETTINGS):
        yield "a variable, a limit or the list of unmanaged templates changed, or the digest in the file"


def _changed(old: JsonObject, new: JsonObject) -> str:
    """How a file differs from the plan that has the same digest."""
    written = "the file was changed after it was written"
    names = [name for name in new if not same_json(old.get(name), new[name])]
    if names == ["entries"] and same_json(_placeless(old.get("entries")), _placeless(new["entries"])):
        return "the same manifests are at other lines or in other files than the file says"
    if names and set(names) <= _OF_RULES:
        return f"{written}, or connectors.lock.json, `rules` or this program was (in `{names[0]}`)"
    if names:
        return f"{written} (in `{names[0]}`)"
    more = "a member was added" if old.keys() - new.keys() else "white space, line ends or spelling"
    return f"{written} ({more})"


def _placeless(value: JsonValue) -> JsonValue:
    """The value without what says where something is written."""
    if isinstance(value, dict):
        return {key: _placeless(item) for key, item in value.items() if key not in _PLACES}
    return [_placeless(item) for item in value] if isinstance(value, list) else value
