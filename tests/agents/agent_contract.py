"""The Agent API's own contract, from `agent-api.json`: whether a request or an answer keeps it.

Made from the vendor's OpenAPI document alone. It must not know the client, nor the sandbox. Requests are read strictly: a member
or a parameter that the document does not name is a violation, although the real server might ignore it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from jsonschema import Draft202012Validator, FormatChecker

DOCUMENT = Path(__file__).with_name("agent-api.json")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one path of the document. `names` are the values in the path, percent-decoded."""

    method: str
    path: str
    data: dict[str, Any]
    names: dict[str, str]
    is_older: bool

    @property
    def body_schema(self) -> Any:
        """The schema of the body. None where the operation takes none."""
        return _json_schema(self.data.get("requestBody"))

    @property
    def answer_schema(self) -> Any:
        """The schema of the answer with status 200. None where the document has none."""
        return _json_schema(self.data["responses"]["200"])


def _json_schema(part: Any) -> Any:
    return part["content"]["application/json"]["schema"] if part and part.get("content") else None


@dataclass(frozen=True)
class Request:
    """A request as it came. `path` is as it was sent, still percent-encoded. Header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


def operation_of(request: Request) -> Operation | None:
    """The operation that the document has for this request. Words come before values: `tags` is not an id."""
    parts = request.path.split("/")
    found = []
    for path, older, methods in _paths():
        names = _names(path.split("/"), parts)
        if names is not None and request.method.lower() in methods:
            data = methods[request.method.lower()]
            found.append(Operation(request.method, path, data, names, older))
    return min(found, key=lambda operation: len(operation.names), default=None)


def _names(path: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(path) != len(parts):
        return None
    names = {}
    for wanted, part in zip(path, parts, strict=True):
        if wanted.startswith("{"):
            names[wanted[1:-1]] = unquote(part)
        elif wanted != part:
            return None
    return names


def problems_of(request: Request, operation: Operation) -> Iterator[str]:
    """Everything in a request that the document does not allow."""
    by_place: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in operation.data["parameters"]:
        by_place[parameter["in"]][parameter["name"]] = parameter["schema"]
    for name, value in operation.names.items():
        yield from _errors(f"{{{name}}}", by_place["path"][name], value)
    for name, schema in by_place["header"].items():
        if name in request.headers:
            yield from _errors(name, schema, request.headers[name])
    yield from _query_problems(request.query, by_place["query"])
    if operation.data.get("security") and not request.headers.get("authorization", "").startswith("Bearer "):
        yield "no bearer token"
    yield from _body_problems(request, operation)


def _query_problems(query: str, schemas: dict[str, Any]) -> Iterator[str]:
    given: dict[str, list[str]] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        given.setdefault(name, []).append(text)
    for name, texts in given.items():
        schema = schemas.get(name)
        if schema is None:
            yield f"query parameter {name} is not in the document"
        elif schema.get("type") == "array":
            yield from _errors(name, schema, texts)
        elif len(texts) > 1:
            yield f"query parameter {name} is there {len(texts)} times"
        else:
            yield from _errors(name, schema, {"true": True, "false": False}.get(texts[0], texts[0]))


def _body_problems(request: Request, operation: Operation) -> Iterator[str]:
    schema = operation.body_schema
    if schema is None:
        if request.body:
            yield "a body where the document has none"
        return
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        yield f"content-type {request.headers.get('content-type')!r}"
    try:
        value = json.loads(request.body)
    except ValueError:
        yield "the body is no JSON"
        return
    yield from _errors("body", _closed_document()["schemas"][_key(schema)], value, _closed_document())


def _key(schema: Any) -> str:
    return json.dumps(schema, sort_keys=True)


def _errors(where: str, schema: Any, value: Any, document: Any = None) -> Iterator[str]:
    root = _document() if document is None else document
    checker = Draft202012Validator(
        {**schema, "components": root["components"]}, format_checker=FormatChecker(formats=["uuid"])
    )
    for error in checker.iter_errors(value):
        yield f"{where}{error.json_path[1:]}: {error.message}"


def answer_problems(operation: Operation, value: Any) -> list[str]:
    """What is wrong with an answer of status 200."""
    return [] if operation.answer_schema is None else list(_errors("answer", operation.answer_schema, value))


def filled(name: str, value: Any) -> Any:
    """A value with the documented defaults of this schema, and null where there is none, as a typed server stores it."""
    return _filled({"$ref": f"#/components/schemas/{name}"}, value)


def _filled(schema: Any, value: Any) -> Any:
    schema = _chosen(schema, value)
    if isinstance(value, list):
        return [_filled(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    if "properties" not in schema:
        others = schema.get("additionalProperties")
        return {k: _filled(others, v) for k, v in value.items()} if isinstance(others, dict) else value
    return {
        key: _filled(part, value[key]) if key in value else copy.deepcopy(part.get("default"))
        for key, part in schema["properties"].items()
    }


def _chosen(schema: Any, value: Any) -> Any:
    """The schema behind a reference, or the first alternative that takes the value."""
    if "$ref" in schema:
        return _chosen(_document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value)
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if not list(_errors("", option, value)):
            return _chosen(option, value)
    return schema


@cache
def _document() -> Any:
    return json.loads(DOCUMENT.read_text())


@cache
def _paths() -> tuple[tuple[str, bool, dict[str, Any]], ...]:
    document = _document()
    both = ((document["paths"], False), (document["x-older-paths"], True))
    return tuple((path, older, methods) for paths, older in both for path, methods in paths.items())


@cache
def _closed_document() -> Any:
    """The same schemas, in which no object takes a member that it does not name; and the schemas of all bodies by their text."""
    bodies = [
        _json_schema(methods[method].get("requestBody"))
        for _, _, methods in _paths()
        for method in METHODS
        if method in methods
    ]
    schemas = {_key(body): _closed(body) for body in bodies if body is not None}
    return {"schemas": schemas, "components": _closed(_document()["components"])}


def _closed(value: Any) -> Any:
    if isinstance(value, list):
        return [_closed(item) for item in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _closed(item) for key, item in value.items()}
    is_open = value.get("type") == "object" and "properties" in value and "additionalProperties" not in value
    return {**closed, "additionalProperties": False} if is_open else closed
