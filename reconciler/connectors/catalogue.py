"""Where a manifest's `connector` is looked up: a frozen set of connectors. Pure.

A connector is named by its actor definition id or by its repository, never by its display name: names are
not unique (the public registry has two pairs of namesakes).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from reconciler.model.template import Connector

_BUILTIN = "builtin.lock.json"
_DESTINATIONS = "destinations.lock.json"
_DEFAULT_NAMESPACE = "airbyte/"
_MAX_SUGGESTIONS = 3
_SIMILARITY = 0.6


class Catalogue:
    """Connectors by id and by repository. Immutable. Of two with one id or one repository the later wins."""

    __slots__ = ("_by_id", "_by_repository")

    def __init__(self, connectors: Iterable[Connector] = ()) -> None:
        by_id = {connector.id.lower(): connector for connector in connectors}
        self._by_id = dict(sorted(by_id.items()))
        # Insertion order, not sorted order: a later connector takes a repository over from an earlier one.
        self._by_repository = {
            short_repository(connector.repository): connector
            for connector in by_id.values()
            if connector.repository is not None
        }

    @property
    def connectors(self) -> tuple[Connector, ...]:
        """Every connector, sorted by id."""
        return tuple(self._by_id.values())

    def __iter__(self) -> Iterator[Connector]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and self._by_id == other._by_id

    def __hash__(self) -> int:
        return hash(tuple(self._by_id))

    def __repr__(self) -> str:
        return f"Catalogue({', '.join(connector.label for connector in self)})"

    def resolve(self, reference: str) -> Connector | None:
        """The connector with this actor definition id (any letter case) or repository (with or without
        `airbyte/`).
        """
        return self._by_id.get(reference.lower()) or self._by_repository.get(short_repository(reference))

    def suggestions(self, reference: str) -> tuple[str, ...]:
        """Up to three repositories that may have been meant, best first. () when nothing is near.

        A display name (`Sample Data`) leads to its repository, since that is what people type first. Destinations are suggested only for
        a reference that names one.
        """
        wanted = _bare(reference.strip().lower())
        by_word: dict[str, list[str]] = {}
        for repository, connector in sorted(self._by_repository.items()):
            if names_destination(repository) is not names_destination(reference.strip().lower()):
                continue
            for word in {_bare(repository), (connector.name or repository).lower()}:
                by_word.setdefault(word, []).append(repository)
        near = difflib.get_close_matches(wanted, by_word, _MAX_SUGGESTIONS, _SIMILARITY)
        return tuple(dict.fromkeys(repository for word in near for repository in by_word[word]))[
            :_MAX_SUGGESTIONS
        ]

    def merged(self, other: Catalogue) -> Catalogue:
        """Both catalogues in one. Where both know an id or a repository, `other` wins."""
        return Catalogue([*self, *other])


def short_repository(repository: str) -> str:
    """`airbyte/source-faker` -> `source-faker`. Another namespace stays: `acme/source-crm`."""
    return repository.removeprefix(_DEFAULT_NAMESPACE)


def names_destination(repository: str) -> bool:
    """Whether this is the repository of a destination: `airbyte/destination-s3`, `ghcr.io/acme/destination-crm`."""
    return repository.rpartition("/")[2].startswith("destination-")


def _bare(repository: str) -> str:
    """A repository without the parts that all of them share, which would make everything look alike."""
    return short_repository(repository).removeprefix("source-").removeprefix("destination-").lower()


def builtin_lock() -> str:
    """The text of the lock that comes with the package: what the sandbox knows without any lock.

    Ids, field names, types, defaults and bounds are those of the real connectors. Descriptions are our own words, and long
    specifications are cut. One connector each of: optional fields only, nested OAuth credentials, `oneOf` whose mock is refused, no
    `required` (inference fails), plain API keys.
    """
    return _packaged(_BUILTIN)


@cache
def builtin_catalogue() -> Catalogue:
    """The built-in sources. Read from the package once, on first use."""
    return _builtin(_BUILTIN)


@cache
def builtin_destinations() -> Catalogue:
    """The built-in destinations, cut as the other connectors are. For the Agent API, whose connection templates name them."""
    return _builtin(_DESTINATIONS)


def _builtin(file: str) -> Catalogue:
    from reconciler.connectors.registry.lock import read_lock  # which looks connectors up here

    return Catalogue(read_lock(_packaged(file), file))


def _packaged(file: str) -> str:
    return resources.files("reconciler.connectors").joinpath(file).read_text(encoding="utf-8")
