"""Where secrets sit in presets and forms. Pure.

The server neither masks nor encrypts presets: they are stored and returned in clear. So every output of ours
has to know where secrets are, and errs towards hiding too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reconciler.connectors.server.java_pattern import java_search
from reconciler.model.json_value import JsonObject, JsonValue, pointer, pointer_segments

_COMBINED = ("oneOf", "anyOf", "allOf")
_CONDITIONAL = ("if", "then", "else")
_MOST_STEPS = 300_000
_VALUE_KEYWORDS = ("default", "const", "examples", "enum")


@dataclass(frozen=True)
class _Node:
    """A schema node with the document its references point into."""

    schema: JsonObject
    root: JsonValue


def secret_pointers(value: JsonValue, schemas: Sequence[JsonObject]) -> frozenset[str]:
    """JSON pointers inside `value` of everything that stands at an `airbyte_secret` position of any of the
    schemas.

    `schemas` are connection specifications. All options of oneOf, anyOf and allOf count, whichever the value
    would choose. A pointer to an object or array means that all of it is secret. What would take too long to
    look up counts as secret.
    """
    return frozenset(_Search().positions(value, [_Node(schema, schema) for schema in schemas], ()))


class _Search:
    """One walk through a value beside its schemas. A server can send thousands of items and as many options for each."""

    def __init__(self) -> None:
        self._steps = _MOST_STEPS

    def positions(
        self, value: JsonValue, described_by: Sequence[_Node], path: tuple[str | int, ...]
    ) -> Iterator[str]:
        """The pointers of secrets in a value; `described_by` are the schema nodes of its place, not yet expanded."""
        if not described_by:
            return
        nodes = _expanded(described_by)
        self._steps -= len(nodes)
        if any(_is_secret(node.schema) for node in nodes):
            yield pointer(path)
            return
        for key, item in _items(value):
            if self._steps < 0:
                yield pointer((*path, key))
            else:
                self._steps -= len(nodes)
                yield from self.positions(item, _children(nodes, key), (*path, key))


def _items(value: JsonValue) -> Iterable[tuple[str | int, JsonValue]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _is_secret(schema: JsonObject) -> bool:
    return schema.get("airbyte_secret") in (True, "true")


def _children(nodes: Sequence[_Node], key: str | int) -> list[_Node]:
    """The nodes that describe this member or item, references and combinations not yet resolved."""
    found: list[_Node] = []
    for node in nodes:
        parts = _item_schemas(node.schema, key) if isinstance(key, int) else _member_schemas(node.schema, key)
        found.extend(_Node(part, node.root) for part in parts if isinstance(part, dict))
    return found


def _member_schemas(schema: JsonObject, name: str) -> Iterator[JsonValue]:
    properties, patterns = schema.get("properties"), schema.get("patternProperties")
    if isinstance(properties, dict) and name in properties:
        yield properties[name]
    if isinstance(patterns, dict):
        yield from (part for pattern, part in patterns.items() if java_search(pattern, name) is not False)
    if not (isinstance(properties, dict) and name in properties):
        yield schema.get("additionalProperties")


def _item_schemas(schema: JsonObject, index: int) -> Iterator[JsonValue]:
    for keyword in ("items", "prefixItems"):
        items = schema.get(keyword)
        if isinstance(items, dict):
            yield items
        elif isinstance(items, list):
            yield items[index] if index < len(items) else schema.get("additionalItems")


def _expanded(nodes: Sequence[_Node]) -> list[_Node]:
    """The nodes and every node that holds at the same place: combinations, conditions, local references; each once."""
    found: list[_Node] = []
    seen: set[tuple[int, int]] = set()
    waiting = [*reversed(nodes)]
    while waiting:
        node = waiting.pop()
        # References can lead to one node in a thousand ways.
        identity = (id(node.schema), id(node.root))
        if identity not in seen:
            seen.add(identity)
            found.append(node)
            waiting += [_Node(part, node.root) for part in _parts(node) if isinstance(part, dict)]
    return found


def _parts(node: _Node) -> Iterator[JsonValue]:
    for keyword in _COMBINED:
        options = node.schema.get(keyword)
        yield from options if isinstance(options, list) else ()
    yield from (node.schema.get(keyword) for keyword in _CONDITIONAL)
    yield _referred(node)


def _referred(node: _Node) -> JsonValue:
    """What a local `$ref` points to, None when it points elsewhere or nowhere."""
    reference = node.schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    target = node.root
    for segment in pointer_segments(reference[1:]):
        if not isinstance(target, dict) or segment not in target:
            return None
        target = target[segment]
    return target


def form_secret_pointers(form: JsonValue) -> frozenset[str]:
    """JSON pointers, from the form's root, of the values written into secret fields: default, const,
    examples, enum.

    A field inside a secret field is secret too.
    """
    return frozenset(_written_values(form, (), inside_secret=False))


def _written_values(node: JsonValue, path: tuple[str | int, ...], *, inside_secret: bool) -> Iterator[str]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _written_values(item, (*path, index), inside_secret=inside_secret)
    if not isinstance(node, dict):
        return
    secret = inside_secret or _is_secret(node)
    for key, item in node.items():
        if secret and key in _VALUE_KEYWORDS and not _is_a_field_named(path):
            yield pointer((*path, key))
        else:
            yield from _written_values(item, (*path, key), inside_secret=secret)


def _is_a_field_named(path: tuple[str | int, ...]) -> bool:
    """Whether the object at `path` maps field names, so that its key `default` is a field and no keyword."""
    return bool(path) and path[-1] == "properties"


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset({
    "password", "passwd", "pwd", "passphrase", "passcode", "passkey", "secret", "secrets", "token",
    "tokens", "credential", "credentials", "apikey", "apitoken", "accesskey", "accesstoken",
    "authtoken", "clientsecret", "privatekey", "refreshtoken", "jwt", "secretkey", "dsn", "bearer",
    "connectionstring",
})  # fmt: skip
# "key" alone says nothing (sort key, primary key, public key); after one of these it does.
_KEY_KINDS = frozenset({
    "api", "access", "private", "secret", "signing", "encryption", "account", "app", "application",
    "auth", "ssh", "shared", "license", "service", "client", "consumer", "master", "subscription",
    "storage", "rsa", "pem", "hmac",
})  # fmt: skip
_PHRASES = ("connection_string", "connection_uri", "conn_str", "service_account_info", "service_account_json")
# A name that ends so says something about a secret and is none itself.
_ABOUT = frozenset({
    "url", "uri", "endpoint", "path", "type", "kind", "name", "id", "ids", "field", "fields", "header",
    "expiry", "expires", "expiration", "lifetime", "ttl", "seconds", "minutes", "date", "count",
    "limit", "limits", "length", "size", "format", "method", "mode", "policy", "enabled", "required",
    "title", "description",
})  # fmt: skip
_COUNTING = frozenset({"max", "min", "maximum", "minimum", "num", "number", "total", "count", "per", "limit"})


def looks_secret(name: str) -> bool:
    """Whether a field of this name probably holds a secret: `api_key`, `clientSecret`, `DB_PASSWORD`; not
    `token_url`.

    A guess for values that no specification describes; it would rather hide too much than too little.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "_".join(words)
    if any(phrase in joined for phrase in _PHRASES):
        return True
    if not words or words[-1] in _ABOUT or _counts_tokens(words):
        return False
    return not _SECRET_WORDS.isdisjoint(words) or _names_a_key(words)


def _counts_tokens(words: list[str]) -> bool:
    return "tokens" in words and not _COUNTING.isdisjoint(words)


def _names_a_key(words: list[str]) -> bool:
    return any(word in ("key", "keys") and before in _KEY_KINDS for before, word in pairwise(words))
