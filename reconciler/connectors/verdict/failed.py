"""A create that ends in a server error (500) as advice: which step fails, because of what, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.server.inference import InferenceFailed, oauth_names
from reconciler.connectors.server.java_values import ABSENT, member
from reconciler.connectors.server.mocking import MergeFailed
from reconciler.connectors.server.normal_form import UnparsableSpecification, parse_specification
from reconciler.connectors.verdict.case import CONNECTOR, FORM, PRESETS, SCHEMA, Case
from reconciler.connectors.verdict.edits import Path
from reconciler.connectors.verdict.remedy import WRITE_FORM, Remedy
from reconciler.connectors.verdict.rules import (
    NOT_INFERABLE,
    NOT_MERGEABLE,
    UNREADABLE_FORM,
    UNUSABLE_CONNECTOR,
)
from reconciler.connectors.verdict.words import choices, field, quoted
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue, pointer

_LEAD = "Airbyte would answer 500 to the create"
_NO_WAY = (
    "no manifest can help: use another version of the connector, or report its schema to the maintainers"
)


def failure_advice(case: Case, repository: str, server_words: str) -> Diagnostic:
    """The advice about a 500. `repository` is how the connector is called on the command line; `server_words` is the
    server's message, fit to be shown.
    """
    failure = case.evaluation.failure
    words = quoted((server_words,))
    if isinstance(failure, InferenceFailed):
        return _not_inferable(case, repository, words)
    if isinstance(failure, UnparsableSpecification):
        return _unreadable(case, words)
    if isinstance(failure, MergeFailed):
        return _not_mergeable(case, words)
    message = f"{_LEAD}: its validator fails on the connector's own schema {words}"
    return UNUSABLE_CONNECTOR.advice(CONNECTOR, message, _NO_WAY)


def _not_inferable(case: Case, repository: str, words: str) -> Diagnostic:
    message = f"{_LEAD}: it cannot infer a form, because the connector's specification {_lack(case)} {words}"
    way_out = f"{WRITE_FORM}; `reconciler new {repository}` prints one to start from"
    return NOT_INFERABLE.advice(CONNECTOR, message, way_out)


def _lack(case: Case) -> str:
    """What inference misses, in the order in which the server looks."""
    if not isinstance(member(case.connector_schema, "required"), list):
        return "has no list `required`"
    try:
        oauth_names(case.specification)
    except InferenceFailed:
        return "describes its OAuth incompletely"
    return "has no `properties`"


def _unreadable(case: Case, words: str) -> Diagnostic:
    if case.form is None:
        message = f"{_LEAD}: it infers a form that it cannot read itself {words}"
        return UNREADABLE_FORM.advice(
            CONNECTOR, message, f"{WRITE_FORM}, with `connectionSpecification` alone"
        )
    wrong = [key for key, value in case.form.items() if not _is_readable({key: value})]
    where = wrong[0] if wrong else SCHEMA
    message = f"{_LEAD}: it cannot read `{where}` of the form {words}"
    return UNREADABLE_FORM.advice(FORM + pointer((where,)), message, f"correct `{where}`, or leave it out")


def _is_readable(part: JsonObject) -> bool:
    try:
        parse_specification(part)
    except UnparsableSpecification:
        return False
    return True


def _not_mergeable(case: Case, words: str) -> Diagnostic:
    form = case.form
    if form is not None and SCHEMA not in form:
        message = f"{_LEAD}: the form has no `{SCHEMA}` {words}"
        return NOT_MERGEABLE.advice(
            FORM, message, f"put the fields under `{SCHEMA}`: a form is a whole specification"
        )
    mismatch = next(_mismatches(case.presets, case.mock, ()), None)
    if mismatch is None:
        where = FORM + pointer((SCHEMA, "type")) if form is not None else CONNECTOR
        message = f"{_LEAD}: the form's schema is no object {words}"
        return NOT_MERGEABLE.advice(where, message, f"write `type: object` directly under `{SCHEMA}`")
    path, is_object = mismatch
    sides = ("an object", "no object") if is_object else ("no object", "one")
    message = (
        f"{_LEAD}: the preset {field(path)} is {sides[0]}, and the form asks for {sides[1]} there {words}"
    )
    ways = [each.words for each in _mergeable(case, path)]
    return NOT_MERGEABLE.advice(
        PRESETS + pointer(path), message, choices(ways) or "write the same kind on both sides"
    )


def _mismatches(preset: JsonValue, mock: JsonValue, path: Path) -> Iterator[tuple[Path, bool]]:
    """The places at which one side is an object and the other is not; with whether the preset is."""
    for name, value in mock.items() if isinstance(mock, dict) else ():
        sent = member(preset, name)
        if sent is ABSENT:
            continue
        if isinstance(sent, dict) != isinstance(value, dict):
            yield (*path, name), isinstance(sent, dict)
        elif isinstance(sent, dict):
            yield from _mismatches(sent, value, (*path, name))


def _mergeable(case: Case, path: Path) -> Iterator[Remedy]:
    """The changes after which the server gets past the merge."""
    ways = [Remedy("remove the preset, so that customers are asked for it", case.without_preset(path))]
    name = path[0]
    if case.form is not None and isinstance(name, str):
        after = case.without_required((SCHEMA,), name)
        ways.append(Remedy(f"take {field((name,))} out of the form's `required`", after))
    yield from (way for way in ways if way.case.evaluation.status != 500)
