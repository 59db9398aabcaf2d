"""The JSON Schemas of the manifest and the project file, as they are committed: editors complete by them, `fields` judges by them.

`models` makes them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Final

from reconciler.model.json_value import JsonObject

API_VERSION: Final = "reconciler/v1"


@cache
def manifest_schema() -> JsonObject:
    """The schema of one manifest (one YAML document). The same value each time: do not change it."""
    return _committed("manifest")


@cache
def project_schema() -> JsonObject:
    """The schema of `reconciler.yaml`. The same value each time: do not change it."""
    return _committed("project")


def _committed(name: str) -> JsonObject:
    text = files(__package__).joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    schema: JsonObject = json.loads(text)
    return schema
