"""Where commands look for the connector that a person names, and the lock that keeps what `new` found."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.connectors_authored import read_authored
from reconciler.cli.connectors_lock import chosen_source, registry_reader
from reconciler.cli.workspace import LOCK_FILE
from reconciler.connectors.registry.authored import Identity
from reconciler.connectors.registry.lock import lock_text
from reconciler.connectors.registry.lock_choice import uncut
from reconciler.connectors.registry.lock_present import PresentLock, read_present_lock, write_lock
from reconciler.connectors.registry.lookup import (
    Collection,
    Held,
    Hit,
    builtin_collection,
    find_in_collections,
    only_connector,
)
from reconciler.connectors.registry.registry import ConnectorType, Registry
from reconciler.connectors.registry.source import CLOUD, OpenedRegistry, in_words
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin

ARGUMENT = Origin("argument CONNECTOR", 0, 0)
_NOT_A_SOURCE = "R226"


def asked_registry(registry: str, root: Path) -> tuple[Collection, tuple[str, ...]]:
    """The registry that `--registry` names, or the registry entries in a file, and what is to be said about it."""
    source = chosen_source(registry, PresentLock(), root)
    found = read_authored(source, Identity())
    if found is not None:
        return Collection(Held.REGISTRY, source.name, Registry(found.entries), CLOUD), found.skipped
    opened = registry_reader().open(source)
    return _collection(opened), opened.warnings


def known_collections(root: Path) -> tuple[Collection, ...]:
    """The lock, its registry (else Airbyte Cloud's) as far as this machine has it, and the sandbox's catalogue."""
    present = _sound_lock(root)
    opened = registry_reader().open_offline(chosen_source(None, present, root))
    kept = () if opened is None else (_collection(opened),)
    return (*_locked(present), *kept, builtin_collection())


def _sound_lock(root: Path) -> PresentLock:
    present = read_present_lock(root / LOCK_FILE, LOCK_FILE)
    if present.is_broken:
        raise InvalidInput(present.problems)
    return present


def _locked(present: PresentLock) -> tuple[Collection, ...]:
    return (Collection(Held.LOCK, LOCK_FILE, Registry(present.entries)),) if present.lock else ()


def _collection(opened: OpenedRegistry) -> Collection:
    age = f" (read {in_words(opened.copy_age)})" if opened.copy_age is not None else ""
    words = f"{opened.source.words}{age}"
    return Collection(Held.REGISTRY, words, opened.registry, opened.source.name)


def find_source(reference: str, root: Path, registry: str | None = None) -> Hit:
    """The source that is meant: as locked, else in `registry`, else in what this machine has. Raises InvalidInput."""
    if registry is None:
        collections = known_collections(root)
    else:
        whole = Registry(uncut(_sound_lock(root).entries))
        collections = (Collection(Held.LOCK, LOCK_FILE, whole),) if whole.entries else ()
        if not find_in_collections(reference, collections, is_certain=True):
            collections = (*collections, asked_registry(registry, root)[0])
    hit = only_connector(reference, collections, origin=ARGUMENT, command="reconciler new", registry=registry)
    if hit.entry.type is not ConnectorType.SOURCE:
        message = f"{hit.entry.label} is a destination, and templates are made from sources"
        raise InvalidInput((Diagnostic(ARGUMENT, _NOT_A_SOURCE, message, "name a source"),))
    return hit


def lock_with(hit: Hit, root: Path) -> None:
    """Write the lock with this connector too, and nothing else changed. Raises InvalidInput and ReportNotWritten."""
    present = read_present_lock(root / LOCK_FILE, LOCK_FILE)
    entries = present.extended((hit.entry,), origin=ARGUMENT)
    write_lock(root / LOCK_FILE, lock_text(present.source or hit.collection.source, entries))
