"""Where `search` and `show` look: several collections of connectors, one after the other. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reconciler.connectors.builtin import builtin_catalogue
from reconciler.connectors.registry.lock_choice import AMBIGUOUS, UNKNOWN
from reconciler.connectors.registry.lock_entry import ConnectorEntry, ConnectorType
from reconciler.connectors.registry.registry import Registry
from reconciler.connectors.registry.spec_change_words import cut, listed
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin


class Held(StrEnum):
    """Who says what an entry says. `builtin` is the sandbox's catalogue, whose specifications are cut."""

    LOCK = "lock"
    REGISTRY = "registry"
    BUILTIN = "builtin"


@dataclass(frozen=True)
class Collection:
    """Connectors, and who says so; `words` for people (`connectors.lock.json`), `source` for a lock that is made from it."""

    held: Held
    words: str
    registry: Registry
    source: str = ""


@dataclass(frozen=True)
class Hit:
    """A connector that was found, and where."""

    entry: ConnectorEntry
    collection: Collection


def builtin_collection() -> Collection:
    """The sandbox's own connectors; all of them come from Airbyte's namespace."""
    entries = tuple(
        ConnectorEntry(
            id=connector.id,
            type=ConnectorType.SOURCE,
            repository=f"airbyte/{connector.repository}",
            name=connector.label,
            version=connector.version or "",
            specification=connector.specification or {},
        )
        for connector in builtin_catalogue()
    )
    return Collection(Held.BUILTIN, "the sandbox's catalogue", Registry(entries))


def search_collections(text: str, collections: Sequence[Collection]) -> tuple[Hit, ...]:
    """Every connector that matches, each once, from the first collection that knows its id; sources first, by name."""
    hits: dict[str, Hit] = {}
    for collection in collections:
        for entry in collection.registry.search(text):
            hits.setdefault(entry.id, Hit(entry, collection))
    return tuple(sorted(hits.values(), key=_order))


def find_in_collections(
    reference: str, collections: Sequence[Collection], *, is_certain: bool = False
) -> tuple[Hit, ...]:
    """What the first collection that knows the reference exactly says; else what all of them call so, in any letter case and with
    or without `source-`; else, unless it must be certain, what begins with it or has its words. () if there is nothing.

    Several hits are several connectors; sources go before destinations.
    """
    for collection in collections:
        if found := collection.registry.find(reference):
            return tuple(Hit(entry, collection) for entry in found)
    for match in (Registry.called,) if is_certain else (Registry.called, Registry.like):
        hits: dict[str, Hit] = {}
        for collection in collections:
            for entry in match(collection.registry, reference):
                hits.setdefault(entry.id, Hit(entry, collection))
        sources = tuple(hit for hit in hits.values() if hit.entry.type is ConnectorType.SOURCE)
        if hits:
            return sources or tuple(hits.values())
    return ()


def only_connector(
    reference: str, collections: Sequence[Collection], *, origin: Origin, command: str, registry: str | None
) -> Hit:
    """The connector that is meant. Raises InvalidInput at `origin` when none is, or several are: one is never guessed.

    `command` is what was started, with `registry` as its option, for the way out.
    """
    hits = find_in_collections(reference, collections)
    if len(hits) == 1:
        return hits[0]
    name = f'the connector "{cut(reference)}"'
    if hits:
        candidates = listed(f"{hit.entry.label} ({hit.entry.id})" for hit in sorted(hits, key=_order))
        message = f"{name} is one of {len(hits)}: {candidates}"
        option = f" --registry {registry}" if registry else ""
        such = f"`{command} {min(hits, key=_order).entry.label}{option}`"
        help_text = f"name one of them by repository or id, such as {such}"
        raise InvalidInput((Diagnostic(origin, AMBIGUOUS, message, help_text),))
    near = suggestions_from(reference, collections)
    message = f"{name} is not in {listed(collection.words for collection in collections)}"
    ways = "search with `reconciler connectors search`"
    if not registry:
        ways += (
            f"; `{command} {shlex.quote(cut(reference))} --registry cloud` (or oss) looks into that registry"
        )
    help_text = f"did you mean {' or '.join(near)}? Otherwise {ways}" if near else ways
    raise InvalidInput((Diagnostic(origin, UNKNOWN, message, help_text),))


def suggestions_from(reference: str, collections: Sequence[Collection]) -> tuple[str, ...]:
    """Up to three repositories that may have been meant, those of the first collections first."""
    near = (name for collection in collections for name in collection.registry.suggestions(reference))
    return tuple(dict.fromkeys(near))[:3]


def _order(hit: Hit) -> tuple[bool, str, str, str]:
    entry = hit.entry
    return entry.type is ConnectorType.DESTINATION, entry.name.casefold(), entry.repository, entry.id
