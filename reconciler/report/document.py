"""The plan and the apply result as JSON documents: the contract that other programs rely on (`formatVersion`
1).

The bytes depend on the values only; no clock, no path of a machine. Secrets are masked before they come here.
"""

from __future__ import annotations

import json

from reconciler.applying.outcome import ApplyResult, Creation
from reconciler.errors import InvalidInput, ReconcilerError, ServerError
from reconciler.model.connector import Connector
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.target import Target
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed, Change, Entry, Plan
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.text_verdict import asks_document, verdict_document


def document_text(document: JsonObject) -> str:
    """The document as it is written: two spaces, keys in contract order, a line break at the end; lone
    surrogates escaped.
    """
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def plan_document(plan: Plan) -> JsonObject:
    """The plan. Entries are sorted by kind, name, id; `hidden` counts what a selection left out, `uncomparedForms` the manifests that
    were compared by presets alone (left out or not), `suppressed` findings that `rules` switched off.
    `unmanaged` holds the ids of the target's list: those of live templates that were left out, and those
    that no list of the server names. `read` names the target's organization first.
    """
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "target": _target(plan.target),
        "digest": plan.digest,
        "digests": {"manifests": plan.manifests_digest, "live": plan.live_digest},
        "selection": {"only": list(plan.selection.only), "paths": list(plan.selection.paths)},
        "entries": [_entry(entry) for entry in plan.entries],
        "summary": {str(status): count for status, count in plan.summary.items()},
        "hidden": {str(status): count for status, count in plan.hidden.items()},
        "uncomparedForms": plan.uncompared_forms,
        "suppressed": plan.ignored_findings,
        "unmanaged": {"leftOut": list(plan.left_out), "notListed": list(plan.not_listed)},
        "read": {
            "manifests": plan.manifest_count,
            "live": plan.live_count,
            "organizations": [plan.target.organization_id, *plan.other_organizations],
            "notRead": [*plan.unread_organizations],
        },
    }


def apply_document(result: ApplyResult, *, exit_code: int) -> JsonObject:
    """The plan with the account of each create in its entry, and the run's own result."""
    accounts = {id(creation.entry): creation for creation in result.creations}
    document = plan_document(result.plan)
    document["entries"] = [
        _entry(entry) | (_creation(accounts[id(entry)]) if id(entry) in accounts else {})
        for entry in result.plan.entries
    ]
    document["result"] = {
        "exitCode": exit_code,
        "interrupted": result.interrupted,
        "refusal": None
        if result.refusal is None
        else {"message": result.refusal.message, "help": result.refusal.help},
        "outcomes": {str(outcome): count for outcome, count in result.summary.items()},
    }
    return document


def problems_document(problems: tuple[Diagnostic, ...]) -> list[JsonValue]:
    """Problems as `{file, line, column, severity, rule, message, help}`."""
    return [
        {
            "file": p.origin.file,
            "line": p.origin.line,
            "column": p.origin.column,
            "severity": str(p.severity),
            "rule": p.rule,
            "message": p.message,
            "help": p.help,
        }
        for p in problems
    ]


def validate_document(
    problems: tuple[Diagnostic, ...], manifests: tuple[tuple[Manifest, Assessed], ...], suppressed: int
) -> JsonObject:
    """What `validate` found: all problems, and the manifests that could be read, each with verdict and form. `notChecked` are JSON
    pointers of values whose variables are not set, and at the root how many there are.
    """
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "problems": problems_document(problems),
        "suppressed": suppressed,
        "notChecked": sum(len(manifest.unset_pointers) for manifest, _ in manifests),
        "manifests": [_manifest(manifest, assessed) for manifest, assessed in manifests],
    }


def _manifest(manifest: Manifest, assessed: Assessed) -> JsonObject:
    return {
        "name": manifest.name,
        "kind": manifest.kind,
        "file": manifest.origin.file,
        "line": manifest.origin.line,
        "connector": _connector(manifest.connector) if manifest.connector.id else None,
        "notChecked": [*sorted(manifest.unset_pointers)],
        "verdict": verdict_document(assessed.verdict),
        "asks": asks_document(assessed.asked),
    }


def error_document(error: ReconcilerError) -> JsonObject:
    """What `--format json` prints in place of a result when there is none."""
    facts: JsonObject = {"exitCode": error.exit_code, "message": error.message, "help": error.help}
    if isinstance(error, ServerError):
        facts |= {"method": error.method, "path": error.path, "status": error.status}
    problems = problems_document(error.problems) if isinstance(error, InvalidInput) else []
    return {"formatVersion": PLAN_FORMAT_VERSION, "error": facts, "problems": problems}


def _target(target: Target) -> JsonObject:
    return {
        "environment": target.environment,
        "api": str(target.api),
        "url": target.url,
        "organizationId": target.organization_id,
        "capabilities": list(target.capabilities),
    }


def _entry(entry: Entry) -> JsonObject:
    return {
        "status": str(entry.status),
        "kind": entry.kind,
        "name": entry.name,
        "organizationId": entry.organization_id,
        "origin": _origin(entry.origin),
        "connector": _connector(entry.connector),
        "templateId": entry.template_id,
        "formTitle": entry.form_title,
        "matchedBy": None if entry.matched_by is None else str(entry.matched_by),
        "reason": entry.reason,
        "changes": [_change(change) for change in entry.changes],
        "candidates": list(entry.candidates),
        "formCompared": entry.form_compared,
        "notes": list(entry.notes),
        "waysOut": list(entry.ways_out),
        **assessed_document(entry.assessed),
    }


def assessed_document(assessed: Assessed | None) -> JsonObject:
    """`verdict` and `asks` as `validate` has them too; null where it is not known. An empty `asks` is a form that asks nothing."""
    if assessed is None:
        return {"verdict": None, "asks": None, "problems": []}
    return {
        "verdict": verdict_document(assessed.verdict),
        "asks": asks_document(assessed.asked),
        "problems": problems_document(assessed.problems),
    }


def _origin(origin: Origin | None) -> JsonObject | None:
    return None if origin is None else {"file": origin.file, "line": origin.line}


def _connector(connector: Connector | None) -> JsonObject | None:
    if connector is None:
        return None
    return {"id": connector.id, "repository": connector.repository, "name": connector.name}


def _change(change: Change) -> JsonObject:
    return {"path": change.path, "op": str(change.operation), "desired": change.desired, "live": change.live}


def _creation(creation: Creation) -> JsonObject:
    return {
        "templateId": creation.template_id,
        "outcome": str(creation.outcome),
        "equalsManifest": creation.equals_manifest,
        "listed": creation.is_listed,
        "candidates": list(creation.candidates),
        "serverChanges": [_change(change) for change in creation.changes],
        "detail": creation.detail,
        "help": creation.help,
    }
