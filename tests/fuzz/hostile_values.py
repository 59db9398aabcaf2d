"""Values that readers, terminals, schema checks and recursion trip over; drawn from a seeded generator."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

MOST_CHARACTERS = 60_000

HOSTILE_TEXTS = (
    "", " ", "no", "on", "~", "null", "true", "1.10", "0o17", "012", "1:20", "2024-01-01", ".inf", ".nan", "<<", "=", "1e3",
    "1_000", "0x1F", "-", "?", ":", "[", "{", "}", "#", "%", "@", "`", "|", ">", "*a", "&a", "!x", "!env X", "---", "...",
    "a: b", "a #b", "\t", "\n", "\r", "\r\n", "\x00", "\x07", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x7f", "\x85",
    "\xa0", "\xad",
    "\u202e desrever", "\u200b", "\u2028", "\u2066x\u2069", "\ufeff", "\ufffe", "\ud800", "\udfff", "😀", "\U0010ffff", "é" * 3,
    "::error file=x::y", "##[group]x", "##vso[task.setvariable]x", "  ::set-output name=a::b", "${{ secrets.X }}",
    "$(id)", "../../etc/passwd",
    "/proc/self/environ", "a/b", "a~b", "a~0b", "~1", "/", "//", "*", "-1", "9" * 30, "x" * 5000, "%s%n", "{0}",
    "{name!r}", "\\", "\\u0000", '"', "'",
    "mock_string", "source-faker", "ghp_" + "a1B2" * 9, "AKIA" + "ABCD1234" * 2, "-----BEGIN PRIVATE KEY-----",
    "sk_live_" + "a1b2c3d4" * 4,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl", "postgres://me:hush@db/x",
    "7c60d51f-b44e-4682-87d6-449835ea4de6",
    "1970-01-01", "1970-01-01T00:00:00Z", "2024-02-30", "9999-99-99T99:99:99+99:99", "http://[::1", "mailto:", "a@b", "1.2.3.4.5",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "a" * 200 + "!", "1" * 3000 + "x", " " * 2000 + "x",
)  # fmt: skip

HOSTILE_NUMBERS: tuple[Any, ...] = (
    0, -0.0, 1, -1, 1.0, 42, 3.14, True, False, None, 2**31, 2**53 - 1, 2**53, -(2**53), 2**63, 2**64, 10**100, 10**308,
    -(10**399), 10**399,
    1e308, 5e-324, 1e22, 1e-7, 0.1 + 0.2, 1.7976931348623157e308,
)  # fmt: skip

PATTERNS = (
    "(a+)+$", "^(a|a)*$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*=", ".*.*.*.*.*.*x", "(x+x+)+y",
    "^(a?){40}a{40}$", "a{0,9999}{0,9999}",
    "(?:a*)*b", r"\s*\s*\s*$", r"(\d+)*x", "[", "(", "*", "(?<", "(?P<a>x)(?P<a>y)", r"\p{L}+", r"\p{Nope}",
    r"(?<!a+)b", r"\1", "(?i)x", "[a-z&&[^b]]",
    "a{99999999999}", "(" * 60 + ")" * 60, "\\", r"\Q", r"\Qa", "^[0-9]{4}$", "^$", "(?#", "|" * 300, "[a" * 50,
    "(?=a)*", "x*+y", "x++y", "(?>a+)b", "\x00", "[]", "[^]",
    "^https://.*", "(a*)*" * 12, "((a*)*)*b", "(?s:.)*?x", "^(?=(a+)+$)", "((((((((((a+)+)+)+)+)+)+)+)+)+)+b",
)  # fmt: skip

SCHEMA_KEYWORDS = (
    "type", "properties", "required", "default", "const", "enum", "examples", "format", "pattern", "pattern_descriptor",
    "title", "description",
    "order", "airbyte_secret", "airbyte_hidden", "always_show", "multiline", "group", "groups", "oneOf", "anyOf",
    "allOf", "not", "if", "then", "else",
    "items", "additionalItems", "additionalProperties", "patternProperties", "propertyNames", "contains", "minimum",
    "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties",
    "dependencies", "dependentRequired", "dependentSchemas", "definitions", "$defs", "$ref", "$id", "id", "$schema",
    "$anchor", "$dynamicRef",
    "$recursiveRef", "unevaluatedProperties", "unevaluatedItems", "nullable", "display_type", "desciption", "tittle",
    "airbyte_secert", "minContains",
)  # fmt: skip

FORMATS = (
    "date", "date-time", "time", "duration", "email", "hostname", "ipv4", "ip-address", "ipv6", "uri", "uri-reference",
    "uuid", "json-pointer",
    "relative-json-pointer", "alpha", "phone", "utc-millisec", "regex", "iri", "color", "nonsense", "",
)  # fmt: skip

DIALECTS = (
    "http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-04/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-06/schema#",
    "json-schema.org/draft-04", "nonsense", "#", "",
)  # fmt: skip

REFERENCES = (
    "#", "#/", "#/properties", "#/properties/a", "#/definitions/a", "#/definitions/b", "#a", "http://example.com/x",
    "file:///etc/passwd", "%zz",
    "#/%25", "#/~2", "//", "\x00", "urn:x", "#/oneOf/0", "#/items", "http://[", "x" * 500,
)  # fmt: skip

TYPES: tuple[Any, ...] = (
    "object",
    "array",
    "string",
    "integer",
    "number",
    "boolean",
    "null",
    "any",
    "String",
    "",
    ["string", "null"],
    ["object"],
    [],
    [1],
)
KEYS = (
    "a", "b", "type", "properties", "required", "name", "metadata", "spec", "connector", "partialDefaultConfig",
    "partialUserConfigSpec",
    "connectionSpecification", "advanced_auth", "templateId", "organizationId", "apiVersion", "kind", "password",
    "client_secret", "api_key",
    "credentials", "count", "seed", "start_date", "0", "*", "#x", "a/b", "a~b", "k" * 1024, "k" * 1025, "__proto__",
    "$ref", "documentationUrl",
    "supported_destination_sync_modes", "supportsDBT", "access_token", "\x1b[2J", "::error::", "é",
)  # fmt: skip


def scalar(rng: Random) -> Any:
    """Any scalar of the lists above."""
    return rng.choice(HOSTILE_TEXTS) if rng.random() < 0.6 else rng.choice(HOSTILE_NUMBERS)


def json_value(rng: Random, depth: int = 4) -> Any:
    """Any JSON value of a modest size."""
    kind = rng.random()
    if depth == 0 or kind < 0.5:
        return scalar(rng)
    if kind < 0.7:
        return [json_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(KEYS): json_value(rng, depth - 1) for _ in range(rng.randrange(5))}


def nested(rng: Random, depth: int) -> Any:
    """A value in that many objects and lists."""
    value: Any = scalar(rng)
    for _ in range(depth):
        value = [value] if rng.random() < 0.5 else {rng.choice(("a", "properties", "items", "oneOf")): value}
    return value


def keyword_value(rng: Random, keyword: str) -> Any:
    """A value that a schema keyword may or may not take."""
    if rng.random() < 0.25:
        return json_value(rng, 2)
    if keyword == "pattern":
        return rng.choice(PATTERNS)
    if keyword == "format":
        return rng.choice(FORMATS)
    if keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
        return rng.choice(REFERENCES)
    if keyword in ("$schema", "$id", "id"):
        return rng.choice(DIALECTS + REFERENCES)
    if keyword == "type":
        return rng.choice(TYPES)
    if keyword in ("required", "enum", "examples"):
        return [
            rng.choice(KEYS) if rng.random() < 0.5 else json_value(rng, 1) for _ in range(rng.randrange(4))
        ]
    if keyword in ("oneOf", "anyOf", "allOf"):
        return [schema(rng, 2) for _ in range(rng.randrange(4))]
    if keyword in (
        "properties",
        "patternProperties",
        "definitions",
        "$defs",
        "dependencies",
        "dependentSchemas",
    ):
        names = PATTERNS if keyword == "patternProperties" else KEYS
        return {rng.choice(names): schema(rng, 2) for _ in range(rng.randrange(4))}
    if keyword in (
        "items",
        "not",
        "if",
        "then",
        "else",
        "contains",
        "propertyNames",
        "additionalProperties",
        "unevaluatedProperties",
    ):
        return schema(rng, 2) if rng.random() < 0.6 else rng.choice([True, False, []])
    return rng.choice([*HOSTILE_NUMBERS, rng.choice(HOSTILE_TEXTS)])  # fmt: skip


def schema(rng: Random, depth: int = 3) -> Any:
    """A schema, sane or not."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice([{}, True, False, None, {"type": "string"}, scalar(rng)])
    return {word: keyword_value(rng, word) for word in rng.sample(SCHEMA_KEYWORDS, rng.randrange(1, 6))}


def bomb(rng: Random) -> Any:
    """A schema that costs a naive checker exponential time or endless recursion."""
    kind = rng.randrange(7)
    if kind == 0:
        return {"$ref": "#"}
    if kind == 1:
        return {
            "definitions": {"a": {"allOf": [{"$ref": "#/definitions/a"}] * 2}},
            "allOf": [{"$ref": "#/definitions/a"}],
        }
    if kind == 2:
        inner: Any = {"type": "string"}
        for _ in range(rng.randrange(10, 25)):
            inner = {"allOf": [inner, inner]} if rng.random() < 0.5 else {"oneOf": [inner, inner]}
            if len(json.dumps(inner)) > 8_000:
                break
        return inner
    if kind == 3:
        levels = rng.randrange(5, 30)
        chain = {f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(levels)}
        return {"definitions": {**chain, f"d{levels}": {"type": "string"}}, "$ref": "#/definitions/d0"}
    if kind == 4:
        return {"type": "string", "pattern": rng.choice(PATTERNS), "default": rng.choice(HOSTILE_TEXTS)}
    if kind == 5:
        return {
            "type": "array",
            "items": {"type": "array", "items": {"$ref": "#"}},
            "uniqueItems": True,
            "default": [[i] for i in range(300)],
        }
    return {
        "type": "object",
        "properties": {f"p{n}": schema(rng, 1) for n in range(80)},
        "required": [f"p{n}" for n in range(80)],
    }


def mutated_json(rng: Random, value: Any, times: int = 1) -> Any:
    """A copy with a few places replaced, removed, renamed, wrapped or repeated. Stays of a size: long values have tests of their own."""
    result = copy.deepcopy(value)
    for _ in range(times):
        changed = _mutated_once(rng, copy.deepcopy(result))
        if len(json.dumps(changed)) <= MOST_CHARACTERS:
            result = changed
    return result


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) inside a JSON value."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        keys = (
            list(container)
            if isinstance(container, dict)
            else range(len(container))
            if isinstance(container, list)
            else ()
        )
        for key in keys:
            found.append((container, key))
            waiting.append(container[key])
    return found


def _mutated_once(rng: Random, root: Any) -> Any:
    found = places(root)
    if not found or rng.random() < 0.02:
        return json_value(rng)
    container, key = rng.choice(found)
    kind = rng.randrange(9)
    if kind == 0:
        del container[key]
    elif kind == 1:
        container[key] = scalar(rng)
    elif kind == 2:
        container[key] = json_value(rng)
    elif kind == 3 and isinstance(container, dict):
        container[rng.choice(KEYS)] = container.pop(key)
    elif kind == 4:
        container[key] = [container[key]] if rng.random() < 0.5 else {rng.choice(KEYS): container[key]}
    elif kind == 5:
        container[key] = copy.deepcopy(rng.choice(found)[0])
    elif kind == 6 and isinstance(container, dict):
        word = rng.choice(SCHEMA_KEYWORDS)
        container[word] = keyword_value(rng, word)
    elif kind == 7:
        container[key] = bomb(rng)
    elif kind == 8:
        container[key] = nested(rng, rng.choice((5, 30, 60)))
    return root
