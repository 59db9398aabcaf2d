"""Results as JSON documents: the contract that other programs rely on (`formatVersion` 1), and the JSON Schema of the plan. Pure.

The bytes depend on the values only. No clock, no path of a machine. Secrets are masked before they come here. Each member of a
plan is one row of a table: its name, where it comes from, what it may be. Document and schema are made from the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from reconciler.applying.outcome import ApplyResult, Creation
from reconciler.errors import InvalidInput, ReconcilerError, ServerError
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.target import Api, Dialect, Policy, Target
from reconciler.model.template import Connector, Manifest
from reconciler.model.text import SENSITIVE
from reconciler.model.verdict import Ask, Asked, Corruption, Verdict
from reconciler.planning.entry import (
    Assessed,
    Change,
    Entry,
    Operation,
    Plan,
    Rule,
    ScheduleFacts,
    Status,
)
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.view import Validation

_Of = TypeVar("_Of")
_Members: TypeAlias = Mapping[str, tuple[Callable[[_Of], JsonValue], JsonObject]]

_TEXT: JsonObject = {"type": "string"}
_TEXT_OR_NULL: JsonObject = {"type": ["string", "null"]}
_TEXTS: JsonObject = {"type": "array", "items": {"type": "string"}}
_YES_OR_NO: JsonObject = {"type": "boolean"}
_YES_OR_NO_OR_NULL: JsonObject = {"type": ["boolean", "null"]}
_DIGEST: JsonObject = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_COUNT: JsonObject = {"type": "integer", "minimum": 0}
_STATUS: JsonObject = {"enum": [str(status) for status in Status]}


def _one_of(words: Iterable[str | None]) -> JsonObject:
    return {"enum": [None if word is None else str(word) for word in words]}


def _object(properties: JsonObject, optional: JsonObject | None = None) -> JsonObject:
    return {"type": "object", "required": list(properties), "properties": properties | (optional or {})}


_SUMMARY = _object(
    {str(status): _COUNT for status in Status if status is not Status.UPDATE}, {str(Status.UPDATE): _COUNT}
)
"""`update` is there only where the policy of the environment is to update."""


def _schema(members: _Members[_Of], optional: _Members[_Of] | None = None) -> JsonObject:
    more: JsonObject = {name: schema for name, (_, schema) in (optional or {}).items()}
    return _object({name: schema for name, (_, schema) in members.items()}, more)


def _array(members: _Members[_Of]) -> JsonObject:
    return {"type": "array", "items": _schema(members)}


def _or_null(schema: JsonObject) -> JsonObject:
    return {"anyOf": [schema, {"type": "null"}]}


def _made(members: _Members[_Of], value: _Of) -> JsonObject:
    return {name: get(value) for name, (get, _) in members.items()}


def _all_made(members: _Members[_Of], values: Iterable[_Of]) -> list[JsonValue]:
    return [_made(members, value) for value in values]


def _made_or_null(members: _Members[_Of], value: _Of | None) -> JsonObject | None:
    return None if value is None else _made(members, value)


_PROBLEM: _Members[Diagnostic] = {
    "file": (lambda problem: problem.origin.file, _TEXT),
    "line": (lambda problem: problem.origin.line, _COUNT),
    "column": (lambda problem: problem.origin.column, _COUNT),
    "severity": (lambda problem: str(problem.severity), _one_of(Severity)),
    "rule": (lambda problem: problem.rule, _TEXT),
    "message": (lambda problem: problem.message, _TEXT),
    "help": (lambda problem: problem.help, _TEXT),
}
_CORRUPTION: _Members[Corruption] = {
    "path": (lambda each: each.path, _TEXT),
    "stored": (lambda each: SENSITIVE if each.is_secret else each.stored, {}),
}
_VERDICT: _Members[Verdict] = {
    "status": (lambda verdict: verdict.status, {"enum": [200, 422, 500]}),
    "messages": (lambda verdict: list(verdict.messages), _TEXTS),
    "corrupted": (lambda verdict: _all_made(_CORRUPTION, verdict.corrupted), _array(_CORRUPTION)),
}
_ASK: _Members[Ask] = {
    "path": (lambda ask: ask.path, _TEXT),
    "title": (lambda ask: ask.title, _TEXT),
    "type": (lambda ask: ask.type, _TEXT_OR_NULL),
    "required": (lambda ask: ask.required, _YES_OR_NO),
    "secret": (lambda ask: ask.secret, _YES_OR_NO),
}
_CONNECTOR: _Members[Connector] = {
    "id": (lambda connector: connector.id, _TEXT),
    "repository": (lambda connector: connector.repository, _TEXT_OR_NULL),
    "name": (lambda connector: connector.name, _TEXT_OR_NULL),
}
_CHANGE: _Members[Change] = {
    "path": (lambda change: change.path, _TEXT),
    "op": (lambda change: str(change.operation), _one_of(Operation)),
    "desired": (lambda change: change.desired, {}),
    "live": (lambda change: change.live, {}),
}
_ORIGIN: _Members[Origin] = {
    "file": (lambda origin: origin.file, _TEXT),
    "line": (lambda origin: origin.line, {"type": "integer", "minimum": 1}),
}
_ENTRY: _Members[Entry] = {
    "status": (lambda entry: str(entry.status), _STATUS),
    "kind": (lambda entry: entry.kind, _TEXT),
    "name": (lambda entry: entry.name, _TEXT),
    "organizationId": (lambda entry: entry.organization_id, _TEXT),
    "origin": (lambda entry: _made_or_null(_ORIGIN, entry.origin), _or_null(_schema(_ORIGIN))),
    "connector": (lambda entry: _made_or_null(_CONNECTOR, entry.connector), _or_null(_schema(_CONNECTOR))),
    "templateId": (lambda entry: entry.template_id, _TEXT_OR_NULL),
    "formTitle": (lambda entry: entry.form_title, _TEXT_OR_NULL),
    "matchedBy": (
        lambda entry: None if entry.matched_by is None else str(entry.matched_by),
        _one_of((*Rule, None)),
    ),
    "reason": (lambda entry: entry.reason, _TEXT),
    "changes": (lambda entry: _all_made(_CHANGE, entry.changes), _array(_CHANGE)),
    "candidates": (lambda entry: list(entry.candidates), _TEXTS),
    "formCompared": (lambda entry: entry.form_compared, _YES_OR_NO),
    "notes": (lambda entry: list(entry.notes), _TEXTS),
    "waysOut": (lambda entry: list(entry.ways_out), _TEXTS),
    "verdict": (lambda entry: verdict_document(_assessed(entry).verdict), _or_null(_schema(_VERDICT))),
    "asks": (lambda entry: asks_document(_assessed(entry).asked), _or_null(_array(_ASK))),
    "problems": (lambda entry: problems_document(_assessed(entry).problems), _array(_PROBLEM)),
}
_TARGET: _Members[Target] = {
    "environment": (lambda target: target.environment, _TEXT),
    "api": (lambda target: str(target.api), _one_of(Api)),
    "url": (lambda target: target.url, _TEXT),
    "organizationId": (lambda target: target.organization_id, _TEXT),
    "capabilities": (lambda target: list(target.capabilities), _TEXTS),
}
_AGENTS_TARGET: _Members[Target] = {
    "dialect": (lambda target: str(target.dialect), _one_of(Dialect)),
    "policy": (lambda target: str(target.policy), _one_of(Policy)),
}
"""Members that only a plan of the Agent API has, as the ones below."""
_AGENTS_ENTRY: _Members[Entry] = {
    "isSecond": (lambda entry: entry.is_second, _YES_OR_NO),
    "propagate": (lambda entry: None if entry.update is None else entry.update.propagate, _YES_OR_NO_OR_NULL),
    "uncomparedSecrets": (lambda entry: entry.uncompared_secrets, _COUNT),
}
_AGENTS_PLAN: _Members[Plan] = {"uncomparedSecrets": (lambda plan: plan.uncompared_secrets, _COUNT)}
_DIGESTS: _Members[Plan] = {
    "manifests": (lambda plan: plan.manifests_digest, _DIGEST),
    "live": (lambda plan: plan.live_digest, _DIGEST),
}
_SELECTION: _Members[Plan] = {
    "only": (lambda plan: list(plan.selection.only), _TEXTS),
    "paths": (lambda plan: list(plan.selection.paths), _TEXTS),
}
_UNMANAGED: _Members[Plan] = {
    "leftOut": (lambda plan: list(plan.left_out), _TEXTS),
    "notListed": (lambda plan: list(plan.not_listed), _TEXTS),
}
_READ: _Members[Plan] = {
    "manifests": (lambda plan: plan.manifest_count, _COUNT),
    "live": (lambda plan: plan.live_count, _COUNT),
    "organizations": (lambda plan: [plan.target.organization_id, *plan.other_organizations], _TEXTS),
    "notRead": (lambda plan: list(plan.unread_organizations), _TEXTS),
}
_PLAN: _Members[Plan] = {
    "formatVersion": (lambda _: PLAN_FORMAT_VERSION, {"const": PLAN_FORMAT_VERSION}),
    "target": (lambda plan: _target(plan.target), _schema(_TARGET, _AGENTS_TARGET)),
    "digest": (lambda plan: plan.digest, _DIGEST),
    "digests": (lambda plan: _made(_DIGESTS, plan), _schema(_DIGESTS)),
    "selection": (lambda plan: _made(_SELECTION, plan), _schema(_SELECTION)),
    "entries": (
        lambda plan: [_entry(each, plan.target) for each in plan.entries],
        {"type": "array", "items": _schema(_ENTRY, _AGENTS_ENTRY)},
    ),
    "summary": (lambda plan: _counts(plan.summary), _SUMMARY),
    "hidden": (
        lambda plan: _counts(plan.hidden),
        {"type": "object", "propertyNames": _STATUS, "additionalProperties": _COUNT},
    ),
    "uncomparedForms": (lambda plan: plan.uncompared_forms, _COUNT),
    "suppressed": (lambda plan: plan.ignored_findings, _COUNT),
    "unmanaged": (lambda plan: _made(_UNMANAGED, plan), _schema(_UNMANAGED)),
    "read": (lambda plan: _made(_READ, plan), _schema(_READ)),
}
_CREATION: _Members[Creation] = {
    "templateId": (lambda creation: creation.template_id, _TEXT_OR_NULL),
    "outcome": (lambda creation: str(creation.outcome), _TEXT),
    "equalsManifest": (lambda creation: creation.equals_manifest, {}),
    "listed": (lambda creation: creation.is_listed, {}),
    "candidates": (lambda creation: list(creation.candidates), _TEXTS),
    "serverChanges": (lambda creation: _all_made(_CHANGE, creation.changes), _array(_CHANGE)),
    "detail": (lambda creation: creation.detail, _TEXT),
    "help": (lambda creation: creation.help, _TEXT),
}


def _target(target: Target) -> JsonObject:
    return _made(_TARGET, target) | (_made(_AGENTS_TARGET, target) if _is_agents(target) else {})


def _assessed(entry: Entry) -> Assessed:
    return entry.assessed or Assessed()


def _entry(entry: Entry, target: Target) -> JsonObject:
    return _made(_ENTRY, entry) | (_made(_AGENTS_ENTRY, entry) if _is_agents(target) else {})


def _is_agents(target: Target) -> bool:
    return target.dialect is Dialect.AGENTS


def _counts(numbers: Mapping[Status, int]) -> JsonObject:
    return {str(status): number for status, number in numbers.items()}


def plan_schema() -> JsonObject:
    """The JSON Schema of a plan: draft 2020-12, in keywords that draft-07 has too. Every required member is always present. The others
    are those of the Agent API. Unknown members may be added later.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Reconciler plan",
        "description": "What `reconciler plan --format json` prints and `reconciler apply PLAN.json` takes.",
        **_schema(_PLAN, _AGENTS_PLAN),
    }


def document_text(document: JsonObject) -> str:
    """The document as it is written: two spaces, keys in contract order, a line break at the end. Lone surrogates escaped."""
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def plan_document(plan: Plan) -> JsonObject:
    """The plan. Entries are sorted by kind, name, id. `hidden` counts what a selection left out, `uncomparedForms` the manifests that
    were compared by presets alone (left out or not), `suppressed` findings that `rules` switched off. `unmanaged` holds the ids of
    the target's list: those of live templates that were left out, and those that no list of the server names.
    """
    return _made(_PLAN, plan) | (_made(_AGENTS_PLAN, plan) if _is_agents(plan.target) else {})


def apply_document(result: ApplyResult, *, exit_code: int) -> JsonObject:
    """The plan with the account of each create in its entry, and the run's own result."""
    accounts = {id(each.entry): _made(_CREATION, each) for each in result.creations}
    refusal = result.refusal
    return plan_document(result.plan) | {
        "entries": [
            _entry(entry, result.plan.target) | accounts.get(id(entry), {}) for entry in result.plan.entries
        ],
        "result": {
            "exitCode": exit_code,
            "interrupted": result.interrupted,
            "refusal": None if refusal is None else {"message": refusal.message, "help": refusal.help},
            "outcomes": {str(outcome): number for outcome, number in result.summary.items()},
        },
    }


def problems_document(problems: Iterable[Diagnostic]) -> list[JsonValue]:
    """Problems as `{file, line, column, severity, rule, message, help}`."""
    return _all_made(_PROBLEM, problems)


def validate_document(validation: Validation) -> JsonObject:
    """What `validate` found: all problems, and the manifests that could be read, each with verdict and form. `notChecked` are JSON
    pointers of values whose variables are not set, and at the root how many there are.
    """
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "problems": problems_document(validation.problems),
        "suppressed": validation.suppressed,
        "notChecked": sum(len(manifest.unset_pointers) for manifest, _ in validation.manifests),
        "manifests": [_manifest(manifest, assessed) for manifest, assessed in validation.manifests],
    }


def _manifest(manifest: Manifest, assessed: Assessed) -> JsonObject:
    return {
        "name": manifest.name,
        "kind": manifest.kind,
        **_made(_ORIGIN, manifest.origin),
        "connector": _made(_CONNECTOR, manifest.connector) if manifest.connector.id else None,
        "notChecked": [*sorted(manifest.unset_pointers)],
        "verdict": verdict_document(assessed.verdict),
        "asks": asks_document(assessed.asked),
        **_schedule(assessed.schedule),
    }


def _schedule(schedule: ScheduleFacts | None) -> JsonObject:
    return {"schedule": {"words": schedule.words, "next": [*schedule.next]}} if schedule is not None else {}


def error_document(error: ReconcilerError) -> JsonObject:
    """What `--format json` prints in place of a result when there is none."""
    facts: JsonObject = {"exitCode": error.exit_code, "message": error.message, "help": error.help}
    if isinstance(error, ServerError):
        facts |= {"method": error.method, "path": error.path, "status": error.status}
    problems = problems_document(error.problems) if isinstance(error, InvalidInput) else []
    return {"formatVersion": PLAN_FORMAT_VERSION, "error": facts, "problems": problems}


def verdict_document(verdict: Verdict | None) -> JsonObject | None:
    """`{status, messages, corrupted: [{path, stored}]}`. None when the verdict is not known."""
    return _made_or_null(_VERDICT, verdict)


def asks_document(asked: Asked | None) -> list[JsonValue] | None:
    """`[{path, title, type, required, secret}]` in the order of the form. [] asks nothing, None means that the form is not known.

    A choice has `options`, each `{title, fields}`. `byLogin` marks what an OAuth log-in fills in.
    """
    return None if asked is None else [_ask(field) for field in asked.fields]


def _ask(ask: Ask) -> JsonObject:
    document = _made(_ASK, ask)
    if ask.options:
        document["options"] = [
            {"title": option.title, "fields": [_ask(field) for field in option.fields]}
            for option in ask.options
        ]
    if ask.by_login:
        document["byLogin"] = True
    return document
