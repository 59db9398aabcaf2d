"""A connector with secrets in every kind of place, one that no lock knows, and a form."""

from __future__ import annotations

from typing import Any

ORGANIZATION = "7c60d51f-b44e-4682-87d6-449835ea4de6"
CRM = "00000000-0000-4000-8000-0000000000c1"
UNKNOWN = "00000000-0000-4000-8000-0000000000c2"
SECRET: dict[str, Any] = {"type": "string", "airbyte_secret": True}
SPECIFICATION: dict[str, Any] = {
    "connectionSpecification": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Crm",
        "type": "object",
        "required": ["region"],
        "additionalProperties": True,
        "properties": {
            "region": {"type": "string", "title": "Region", "order": 0},
            "api_key": {**SECRET, "title": "Key", "order": 1},
            "limit": {"type": "integer", "title": "Limit", "order": 2},
            "auth": {
                "type": "object",
                "title": "Log-in",
                "order": 3,
                "oneOf": [
                    {
                        "title": "Key",
                        "required": ["kind"],
                        "properties": {"kind": {"type": "string", "const": "key"}, "value": SECRET},
                    },
                    {
                        "title": "None",
                        "required": ["kind"],
                        "properties": {"kind": {"type": "string", "const": "none"}},
                    },
                ],
            },
            "keys": {"type": "array", "title": "Keys", "order": 4, "items": SECRET},
            "extra": {"type": "object", "title": "Extra", "order": 5, "airbyte_secret": True},
        },
    }
}
FORM: dict[str, Any] = {
    "connectionSpecification": {
        "title": "Crm of {name}",
        "type": "object",
        "required": ["limit"],
        "properties": {"limit": {"type": "integer", "title": "Limit", "order": 0}},
    }
}
