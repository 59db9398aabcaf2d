"""Where secrets are in presets and forms. Pure.

The server neither masks nor encrypts presets: they are stored and returned in clear. So every output of ours
has to know where secrets are, and would rather hide too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from reconciler.connectors.specification.place import Place, entries, place_in
from reconciler.connectors.specification.schema import VALUE_KEYWORDS, is_marked_secret
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment, pointer

_MOST_STEPS = 300_000
_Path = tuple[str | int, ...]


def secret_pointers(value: JsonValue, schemas: Sequence[JsonObject]) -> frozenset[str]:
    """JSON pointers inside `value` of everything at an `airbyte_secret` position of any of the schemas.

    `schemas` are connection specifications. All options of oneOf, anyOf and allOf count, whichever the value would choose, and all
    items of an array are alike. A pointer to an object or array means that all of it is secret. What would take too long to look
    up counts as secret: a server can send thousands of items, and as many options for each.
    """
    return frozenset(_Search().positions(value, [place_in(schema) for schema in schemas], ()))


class _Search:
    """One walk through a value beside its places. Positions that are looked up again cost nothing."""

    def __init__(self) -> None:
        self._steps = _MOST_STEPS
        self._counted: set[int] = set()

    def positions(self, value: JsonValue, places: list[Place], path: _Path) -> Iterator[str]:
        """The pointers of the secrets in a value."""
        for place in places:
            if id(place) not in self._counted:
                self._counted.add(id(place))
                self._steps -= len(place.nodes)
        if any(place.is_secret for place in places):
            yield pointer(path)
            return
        for key, item in entries(value) if places else ():
            self._steps -= 1 + sum(len(place.for_any_name) for place in places)
            if self._steps < 0:
                yield pointer((*path, key))
            else:
                below = [found for place in places if (found := place.at((key,))) is not None]
                yield from self.positions(item, below, (*path, key))


def written_texts(value: JsonValue, where: str) -> Iterator[tuple[str, str]]:
    """Every text in a value with its pointer, keys left out. `where` is the pointer of the value."""
    if isinstance(value, str):
        yield where, value
    for key, item in entries(value):
        yield from written_texts(item, f"{where}/{escape_segment(key)}")


def leaves(
    value: JsonValue, whole: frozenset[str] = frozenset(), path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], JsonValue]]:
    """Every value in objects within one another, with its path. Empty objects count as values, and what is at the pointers `whole`."""
    if isinstance(value, dict) and (value or not path) and pointer(path) not in whole:
        for name, item in value.items():
            yield from leaves(item, whole, (*path, name))
    else:
        yield path, value


def form_secret_pointers(form: JsonValue) -> frozenset[str]:
    """JSON pointers, from the form's root, of the values written into secret fields: default, const, examples, enum.

    A field inside a secret field is secret too.
    """
    return frozenset(_written_values(form, (), is_secret=False))


def _written_values(node: JsonValue, path: _Path, *, is_secret: bool) -> Iterator[str]:
    secret = is_secret or (isinstance(node, dict) and is_marked_secret(node))
    # The keys of `properties` are names: one that is called `default` is a field and no keyword.
    has_keywords = isinstance(node, dict) and path[-1:] != ("properties",)
    for key, item in entries(node):
        if secret and has_keywords and key in VALUE_KEYWORDS:
            yield pointer((*path, key))
        else:
            yield from _written_values(item, (*path, key), is_secret=secret)


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset({
    "password", "passwd", "pwd", "passphrase", "passcode", "passkey", "secret", "secrets", "token",
    "tokens", "credential", "credentials", "apikey", "apitoken", "accesskey", "accesstoken",
    "authtoken", "clientsecret", "privatekey", "refreshtoken", "jwt", "secretkey", "dsn", "bearer",
    "connectionstring",
})  # fmt: skip
# "key" alone says nothing (sort key, primary key, public key). After one of these it does.
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


@lru_cache(maxsize=8192)
def looks_secret(name: str) -> bool:
    """Whether a field of this name probably holds a secret: `api_key`, `clientSecret`, `DB_PASSWORD`. Not
    `token_url`.

    A guess for values that no specification describes. It would rather hide too much than too little.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    joined = "_".join(words)
    if any(phrase in joined for phrase in _PHRASES):
        return True
    counts_tokens = "tokens" in words and not _COUNTING.isdisjoint(words)
    if not words or words[-1] in _ABOUT or counts_tokens:
        return False
    names_a_key = any(word in ("key", "keys") and before in _KEY_KINDS for before, word in pairwise(words))
    return names_a_key or not _SECRET_WORDS.isdisjoint(words)
