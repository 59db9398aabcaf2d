"""Where `search` and `show` look: several collections of connectors, one after the other. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reconciler.connectors.catalogue import builtin_catalogue, builtin_destinations, names_destination
from reconciler.connectors.registry.registry import (
    AMBIGUOUS,
    MOST_LISTED,
    UNKNOWN,
    ConnectorEntry,
    ConnectorType,
    Registry,
)
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.text import listed, short_text


class Held(StrEnum):
    """Who says what an entry says. `builtin` is the sandbox's catalogue, whose specifications are cut."""

    LOCK = "lock"
    REGISTRY = "registry"
    BUILTIN = "builtin"


@dataclass(frozen=True)
class Collection:
    """Connectors, who says so, and what a person should know about that. `name` for people (`connectors.lock.json`), `source` for a
    lock that is made from it.

    `copy_age` is the seconds since a kept copy was last confirmed, when it was used without asking. None otherwise.
    """

    held: Held
    name: str
    registry: Registry
    source: str = ""
    warnings: tuple[str, ...] = ()
    copy_age: float | None = None

    @property
    def words(self) -> str:
        """The name, and how old a copy is."""
        return self.name if self.copy_age is None else f"{self.name} (read {in_words(self.copy_age)})"

    @property
    def notes(self) -> tuple[str, ...]:
        """The warnings, and what of the registry could not be used, as sentences without a stop."""
        skipped = self.registry.skipped
        if not skipped:
            return self.warnings
        named = listed((f"{short_text(each.label)} ({each.reason})" for each in skipped), MOST_LISTED)
        return (*self.warnings, f"{self.name}: {len(skipped)} of its entries cannot be used: {named}")


def in_words(seconds: float) -> str:
    """`3 hours ago`. Anything below a minute is `just now`."""
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        number = int(seconds // unit)
        if number:
            return f"{number} {name}{'s' if number != 1 else ''} ago"
    return "just now"


@dataclass(frozen=True)
class Hit:
    """A connector that was found, and where."""

    entry: ConnectorEntry
    collection: Collection

    @property
    def order(self) -> tuple[bool, str, tuple[str, str]]:
        """Sort key: sources first, by name."""
        return self.entry.type is ConnectorType.DESTINATION, self.entry.name.casefold(), self.entry.order


def builtin_collection() -> Collection:
    """The sandbox's own connectors. All of them come from Airbyte's namespace."""
    entries = tuple(
        ConnectorEntry(
            id=connector.id,
            type=ConnectorType.DESTINATION
            if names_destination(connector.repository or "")
            else ConnectorType.SOURCE,
            repository=f"airbyte/{connector.repository}",
            name=connector.label,
            version=connector.version or "",
            specification=connector.specification or {},
        )
        for connector in (*builtin_catalogue(), *builtin_destinations())
    )
    return Collection(Held.BUILTIN, "the sandbox's catalogue", Registry(entries))


def search_collections(text: str, collections: Sequence[Collection]) -> tuple[Hit, ...]:
    """Every connector that matches, each once, from the first collection that knows its id. Sources first, by name."""
    hits = _hits(collections, lambda registry: registry.search(text))
    return tuple(sorted(hits, key=lambda hit: hit.order))


def _hits(
    collections: Sequence[Collection], match: Callable[[Registry], tuple[ConnectorEntry, ...]]
) -> tuple[Hit, ...]:
    hits: dict[str, Hit] = {}
    for collection in collections:
        for entry in match(collection.registry):
            hits.setdefault(entry.id, Hit(entry, collection))
    return tuple(hits.values())


def find_in_collections(
    reference: str, collections: Sequence[Collection], *, is_certain: bool = False
) -> tuple[Hit, ...]:
    """What the first collection that knows the reference exactly says, else what all of them call so, in any letter case and with
    or without `source-`. Else, unless it must be certain, what begins with it or has its words. () if there is nothing.

    Several hits are several connectors. Sources go before destinations.
    """
    for collection in collections:
        if found := collection.registry.find(reference):
            return tuple(Hit(entry, collection) for entry in found)
    hits = _hits(collections, lambda registry: registry.called(reference))
    if not hits and not is_certain:
        hits = _hits(collections, lambda registry: registry.like(reference))
    return tuple(hit for hit in hits if hit.entry.type is ConnectorType.SOURCE) or hits


def only_connector(
    reference: str, collections: Sequence[Collection], *, origin: Origin, command: str, registry: str | None
) -> Hit:
    """The connector that is meant. Raises InvalidInput at `origin` when none is, or several are: one is never guessed.

    `command` is what was started, with `registry` as its option, for the way out.
    """
    hits = find_in_collections(reference, collections)
    if len(hits) == 1:
        return hits[0]
    shown = short_text(reference)
    if hits:
        in_order = sorted(hits, key=lambda hit: hit.order)
        candidates = listed((f"{hit.entry.label} ({hit.entry.id})" for hit in in_order), MOST_LISTED)
        message = f'the connector "{shown}" is one of {len(hits)}: {candidates}'
        option = f" --registry {registry}" if registry else ""
        such = f"`{command} {in_order[0].entry.label}{option}`"
        way = f"name one of them by repository or id, such as {such}"
        raise InvalidInput((Diagnostic(origin, AMBIGUOUS, message, way),))
    message = f'the connector "{shown}" is not in {listed(collection.words for collection in collections)}'
    way = "search with `reconciler connectors search`"
    if not registry:
        way += f"; `{command} {shlex.quote(shown)} --registry cloud` (or oss) looks into that registry"
    near = dict.fromkeys(name for each in collections for name in each.registry.suggestions(reference))
    if near:
        way = f"did you mean {' or '.join([*near][:3])}? Otherwise {way}"
    raise InvalidInput((Diagnostic(origin, UNKNOWN, message, way),))
