"""The JSON Schema of the plan document, for programs that read it. A test holds every plan of the suite
against it.
"""

from __future__ import annotations

from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.target import Api
from reconciler.planning.entry import Operation, Rule, Status
from reconciler.planning.plan import PLAN_FORMAT_VERSION

_TEXT: JsonObject = {"type": "string"}
_TEXT_OR_NULL: JsonObject = {"type": ["string", "null"]}
_TEXTS: JsonObject = {"type": "array", "items": {"type": "string"}}
_DIGEST: JsonObject = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_COUNT: JsonObject = {"type": "integer", "minimum": 0}


def plan_schema() -> JsonObject:
    """Draft 2020-12, in keywords that draft-07 has too. Every member is always present; unknown members may
    be added later.
    """
    statuses: list[JsonValue] = [str(status) for status in Status]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Reconciler plan",
        "description": "What `reconciler plan --format json` prints and `reconciler apply PLAN.json` takes.",
        **_object(
            {
                "formatVersion": {"const": PLAN_FORMAT_VERSION},
                "target": _target(),
                "digest": _DIGEST,
                "digests": _object({"manifests": _DIGEST, "live": _DIGEST}),
                "selection": _object({"only": _TEXTS, "paths": _TEXTS}),
                "entries": {"type": "array", "items": _entry(statuses)},
                "summary": _object({str(status): _COUNT for status in Status}),
                "hidden": {
                    "type": "object",
                    "propertyNames": {"enum": statuses},
                    "additionalProperties": _COUNT,
                },
                "uncomparedForms": _COUNT,
                "suppressed": _COUNT,
                "unmanaged": _object({"leftOut": _TEXTS, "notListed": _TEXTS}),
                "read": _object(
                    {"manifests": _COUNT, "live": _COUNT, "organizations": _TEXTS, "notRead": _TEXTS}
                ),
            }
        ),
    }


def _target() -> JsonObject:
    return _object(
        {
            "environment": _TEXT,
            "api": {"enum": [str(api) for api in Api]},
            "url": _TEXT,
            "organizationId": _TEXT,
            "capabilities": _TEXTS,
        }
    )


def _entry(statuses: list[JsonValue]) -> JsonObject:
    connector = _object({"id": _TEXT, "repository": _TEXT_OR_NULL, "name": _TEXT_OR_NULL})
    change = _object({"path": _TEXT, "op": {"enum": [str(o) for o in Operation]}, "desired": {}, "live": {}})
    return _object(
        {
            "status": {"enum": statuses},
            "kind": _TEXT,
            "name": _TEXT,
            "organizationId": _TEXT,
            "origin": _or_null(_object({"file": _TEXT, "line": {"type": "integer", "minimum": 1}})),
            "connector": _or_null(connector),
            "templateId": _TEXT_OR_NULL,
            "formTitle": _TEXT_OR_NULL,
            "matchedBy": {"enum": [*(str(rule) for rule in Rule), None]},
            "reason": _TEXT,
            "changes": {"type": "array", "items": change},
            "candidates": _TEXTS,
            "formCompared": {"type": "boolean"},
            "notes": _TEXTS,
            "waysOut": _TEXTS,
            "verdict": _or_null(_verdict()),
            "asks": _or_null({"type": "array", "items": _ask()}),
            "problems": {"type": "array", "items": _problem()},
        }
    )


def _verdict() -> JsonObject:
    corrupted = _object({"path": _TEXT, "stored": {}})
    return _object(
        {
            "status": {"enum": [200, 422, 500]},
            "messages": _TEXTS,
            "corrupted": {"type": "array", "items": corrupted},
        }
    )


def _ask() -> JsonObject:
    yes_or_no: JsonObject = {"type": "boolean"}
    return _object(
        {"path": _TEXT, "title": _TEXT, "type": _TEXT_OR_NULL, "required": yes_or_no, "secret": yes_or_no}
    )


def _problem() -> JsonObject:
    return _object(
        {
            "file": _TEXT,
            "line": _COUNT,
            "column": _COUNT,
            "severity": {"enum": ["error", "warning"]},
            "rule": _TEXT,
            "message": _TEXT,
            "help": _TEXT,
        }
    )


def _object(properties: JsonObject) -> JsonObject:
    return {"type": "object", "required": list(properties), "properties": properties}


def _or_null(schema: JsonObject) -> JsonObject:
    return {"anyOf": [schema, {"type": "null"}]}
