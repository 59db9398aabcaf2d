"""A saved plan: read it, and say whether it is still exactly what a fresh comparison gives.

The file holds no bodies and no secrets: applying it reads manifests and server again, and goes on only if the
plan made from them is the same to the byte.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from reconciler.errors import UnsafePlan
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.planning.entry import Plan, Selection
from reconciler.planning.plan import PLAN_FORMAT_VERSION

MAX_PLAN_BYTES = 64 * 1024 * 1024
_AGAIN = "make a new plan, review it, and apply that one"


@dataclass(frozen=True)
class PlanFile:
    """A plan file that has the right format. `text` is the file as it is."""

    name: str
    text: str
    document: JsonObject
    environment: str
    selection: Selection

    @property
    def only(self) -> tuple[str, ...]:
        """The name globs of its selection."""
        return self.selection.only


def parse_plan_file(name: str, data: bytes) -> PlanFile:
    """The plan in the bytes of a file; `name` is for messages. UnsafePlan when it is not a plan of this
    format: it is never guessed at.
    """
    if len(data) > MAX_PLAN_BYTES:
        raise UnsafePlan(f"{name}: larger than any plan of this program", help=_AGAIN)
    try:
        text = data.decode("utf-8")
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnsafePlan(f"{name}: not a plan file: it is not JSON", help=_AGAIN) from error
    return _plan_file(name, text, document)


def _plan_file(name: str, text: str, document: JsonValue) -> PlanFile:
    if not isinstance(document, dict) or "formatVersion" not in document:
        raise UnsafePlan(
            f"{name}: not a plan file: no formatVersion", help="write one: reconciler plan --write json=FILE"
        )
    if document["formatVersion"] != PLAN_FORMAT_VERSION:
        raise UnsafePlan(
            f"{name}: this version reads plan format {PLAN_FORMAT_VERSION}, the file has another", help=_AGAIN
        )
    target, selection = document.get("target"), document.get("selection")
    environment = target.get("environment") if isinstance(target, dict) else None
    if not isinstance(environment, str) or not isinstance(selection, dict):
        raise UnsafePlan(f"{name}: not a plan file: target or selection is missing", help=_AGAIN)
    chosen = Selection(only=_texts(selection.get("only")), paths=_texts(selection.get("paths")))
    return PlanFile(name, text, document, environment, chosen)


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def staleness(reviewed: PlanFile, plan: Plan, fresh_text: str) -> UnsafePlan | None:
    """Why the reviewed plan may not be applied; None when the fresh one is the same to the byte.

    `fresh_text` is the document of `plan`, made just now.
    """
    if reviewed.text == fresh_text:
        return None
    fresh: JsonObject = json.loads(fresh_text)
    reasons = list(_moved(reviewed.document, fresh))
    what = "; ".join(reasons) or "the file was changed after it was written"
    return UnsafePlan(f"{reviewed.name} is not the plan of now: {what}", help=_AGAIN)


def _moved(old: JsonObject, new: JsonObject) -> tuple[str, ...]:
    reasons = []
    if old.get("target") != new["target"]:
        reasons.append("the target is another one (environment, URL or organization)")
    digests, fresh = old.get("digests"), new["digests"]
    if isinstance(digests, dict) and isinstance(fresh, dict):
        if digests.get("manifests") != fresh["manifests"]:
            reasons.append("manifests changed")
        if digests.get("live") != fresh["live"]:
            reasons.append("templates on the server changed")
    if not reasons and old.get("digest") != new["digest"]:
        reasons.append("a variable, a limit or the list of unmanaged templates changed")
    return tuple(reasons)
