"""Where commands look for the connector that a person names, and what a new lock holds: the work of `connectors` and `new`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.cli.connectors_read import read_authored, read_references
from reconciler.connectors.registry import lookup
from reconciler.connectors.registry.authored import Authored, Identity
from reconciler.connectors.registry.files import user_cache
from reconciler.connectors.registry.lock import Lock, lock_text
from reconciler.connectors.registry.lock_change import (
    LockUpdate,
    choose_connectors,
    kept_entries,
    lock_changes,
    read_present_lock,
    uncut,
    write_lock,
)
from reconciler.connectors.registry.lookup import Collection, Held, Hit
from reconciler.connectors.registry.registry import ConnectorEntry, Registry
from reconciler.connectors.registry.source import (
    BAD_REGISTRY,
    CLOUD,
    RegistryReader,
    RegistrySource,
    registry_source,
)
from reconciler.errors import InvalidInput
from reconciler.manifests.desired import LOCK_FILE, project_of, with_first_step
from reconciler.model.diagnostic import Diagnostic, Origin, Severity, in_reading_order

ARGUMENT = Origin("argument CONNECTOR", 0, 0)
_OPTION = Origin("option --registry", 0, 0)


def _present(root: Path, *, must_be_sound: bool = True) -> Lock:
    present = read_present_lock(root / LOCK_FILE, LOCK_FILE)
    if must_be_sound and present.is_broken:
        raise InvalidInput(present.problems)
    return present


def _reader() -> RegistryReader:
    return RegistryReader(user_cache(os.environ))


def _source(registry: str | None, present: Lock, root: Path) -> RegistrySource:
    """The registry that was asked for, else the one of the lock, else Airbyte Cloud's."""
    if registry is not None:
        return registry_source(registry, root, origin=_OPTION)
    if present.registry is None and present.is_broken:
        message = "the lock does not say any more which registry it was made from"
        help_text = "say it with --registry cloud or --registry oss"
        problem = Diagnostic(Origin(LOCK_FILE), BAD_REGISTRY, message, help_text)
        raise InvalidInput((*present.problems, problem))
    return registry_source(present.registry or CLOUD, root, origin=Origin(LOCK_FILE))


def collections_of(root: Path, registry: str | None) -> tuple[tuple[Collection, ...], tuple[str, ...]]:
    """Where to look, and what is to be said about it: the registry that was asked for, or a file of entries, and nothing else.

    Without one: the lock, its registry (else Airbyte Cloud's) as far as this machine has it, and the sandbox's catalogue.
    """
    if registry is None:
        present = _present(root)
        has_lock = present.text is not None
        locked = (Collection(Held.LOCK, LOCK_FILE, Registry(present.entries)),) if has_lock else ()
        kept = _reader().open_offline(_source(None, present, root))
        return (*locked, *((kept,) if kept else ()), lookup.builtin_collection()), ()
    source = _source(registry, Lock(), root)
    found = read_authored(source, Identity())
    if found is not None:
        return (Collection(Held.REGISTRY, source.name, Registry(found.entries), CLOUD),), found.skipped
    opened = _reader().open(source)
    return (opened,), opened.warnings


def find_connector(reference: str, root: Path, registry: str | None = None) -> Hit:
    """The connector that is meant: as locked, else in `registry`, else in what this machine has. Raises InvalidInput."""
    locked = Registry(uncut(_present(root).entries) if registry else ())
    collections = (Collection(Held.LOCK, LOCK_FILE, locked),) if locked.entries else ()
    if not lookup.find_in_collections(reference, collections, is_certain=True):
        collections = (*collections, *collections_of(root, registry)[0])
    return lookup.only_connector(
        reference, collections, origin=ARGUMENT, command="reconciler new", registry=registry
    )


def lock_with(hit: Hit, root: Path) -> None:
    """Write the lock with this connector too, and nothing else changed. Raises InvalidInput and ReportNotWritten."""
    present = _present(root, must_be_sound=False)
    entries = present.extended((hit.entry,), origin=ARGUMENT)
    write_lock(root / LOCK_FILE, lock_text(present.registry or hit.collection.source, entries))


def lock_update(
    root: Path, registry: str | None, identity: Identity, *, is_check: bool
) -> tuple[LockUpdate, str]:
    """What the new lock changes, and its text. Raises InvalidInput for what manifests name and the registry lacks, and for a file
    that gives no connector.
    """
    present = _present(root, must_be_sound=is_check)
    source = _source(registry, present, root)
    if registry is None and identity:
        message = "--as, --id, --name and --tag are about the connector of a file"
        raise InvalidInput(
            (Diagnostic(_OPTION, BAD_REGISTRY, message, "name the file with --registry FILE"),)
        )
    found = None if registry is None else read_authored(source, identity, present.entries)
    if found is not None:
        return _with_authored(present, source, found, is_check=is_check)
    return _from_registry(root, present, source, is_chosen=registry is not None, is_check=is_check)


def _updated(
    present: Lock, written_as: str, entries: tuple[ConnectorEntry, ...], **facts: Any
) -> tuple[LockUpdate, str]:
    """What these entries change, and the new text. `written_as` is the registry that it names, `facts` are other fields."""
    text = lock_text(written_as, entries)
    changes = () if present.is_broken else lock_changes(present.entries, entries)
    differs, number = text != present.text, len(entries)
    return LockUpdate(LOCK_FILE, connectors=number, changes=changes, differs=differs, **facts), text


def _with_authored(
    present: Lock, source: RegistrySource, found: Authored, *, is_check: bool
) -> tuple[LockUpdate, str]:
    """The lock with the connectors of a file that is no whole registry. All others as they are."""
    return _updated(
        present,
        present.source or CLOUD,
        present.extended(found.entries, origin=Origin(source.name, 0, 0)),
        source=source.name,
        old_source=None,
        is_check=is_check,
        taken=len(found.entries),
        taken_for=found.words,
        skipped=len(found.skipped),
        notes=tuple(f"{source.name}: skipped {reason}" for reason in found.skipped),
    )


def _from_registry(
    root: Path, present: Lock, source: RegistrySource, *, is_chosen: bool, is_check: bool
) -> tuple[LockUpdate, str]:
    """What manifests name, as a whole registry describes it, and what the lock has from elsewhere."""
    project = project_of(root)
    try:
        named = read_references(root / project.manifests, root=root, environ=os.environ)
    except InvalidInput as error:
        raise InvalidInput(with_first_step(error.problems, project, root)) from error
    opened = _reader().open(source)
    kept = kept_entries(present.entries, opened.registry)
    # One that was edited by hand would get a digest that fits, and nothing to be compared with.
    if edited := [entry.label for entry in kept if entry.id in present.altered]:
        way = f"lock it again from its file (`reconciler connectors lock --registry FILE --as {edited[0]}`), or remove it from the lock"
        raise InvalidInput(tuple(replace(problem, help=way) for problem in present.problems))
    references = (reference for reference, _ in named)
    choice = choose_connectors(references, opened.registry, registry_words=source.words, kept=kept)
    remarks = in_reading_order(
        places.locate(each) for reference, places in named for each in choice.remarks.get(reference, ())
    )
    if any(problem.severity is Severity.ERROR for problem in remarks):
        raise InvalidInput(remarks)
    severity, anew = (Severity.ERROR, "") if is_check else (Severity.WARNING, "it is written anew")
    wrong = (replace(each, severity=severity, help=anew or each.help) for each in present.problems)
    return _updated(
        present,
        source.name,
        choice.entries,
        source=source.name,
        old_source=None if present.is_broken else present.source,
        is_check=is_check,
        taken=len(choice.entries) - len(kept),
        kept=kept,
        skipped=len(opened.registry.skipped),
        problems=(*wrong, *remarks),
        notes=(*opened.notes, *_doubts(source, is_chosen=is_chosen or present.registry is not None)),
    )


def _doubts(source: RegistrySource, *, is_chosen: bool) -> Iterable[str]:
    if source.is_of_this_machine:
        where = f"a path of this machine, {source.name}"
        yield f"the lock names its registry by {where}, which nobody else can check: put the file into the project"
    elif not is_chosen:
        yield f"no registry was chosen: {source.words} is used; --registry oss for a self-managed Airbyte"
