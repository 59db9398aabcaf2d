"""What a new lock holds, and what it changes: the work of `connectors lock`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from reconciler.cli.connectors_authored import read_authored
from reconciler.cli.connectors_named import read_named_connectors, remark_problems
from reconciler.cli.console import Console
from reconciler.cli.workspace import LOCK_FILE, project_of, with_first_step
from reconciler.connectors.registry.authored import Authored, Identity
from reconciler.connectors.registry.files import user_cache
from reconciler.connectors.registry.lock import lock_text
from reconciler.connectors.registry.lock_change import LockUpdate, lock_changes
from reconciler.connectors.registry.lock_choice import choose_connectors, kept_entries
from reconciler.connectors.registry.lock_present import PresentLock, read_present_lock
from reconciler.connectors.registry.registry import ConnectorEntry
from reconciler.connectors.registry.source import (
    BAD_REGISTRY,
    CLOUD,
    OpenedRegistry,
    RegistryReader,
    RegistrySource,
    registry_source,
)
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.report.connectors import render_notes
from reconciler.report.safe_text import safe_text
from reconciler.report.text_problems import render_problems

_OPTION = Origin("option --registry", 0, 0)


def registry_reader() -> RegistryReader:
    """Opens registries, with this user's copies."""
    return RegistryReader(user_cache(os.environ))


def chosen_source(registry: str | None, present: PresentLock, root: Path) -> RegistrySource:
    """The registry that was asked for, else the one of the lock, else Airbyte Cloud's."""
    if registry is not None:
        return registry_source(registry, root, origin=_OPTION)
    if present.source is not None:
        return registry_source(present.source, root, origin=Origin(LOCK_FILE))
    if present.is_broken:
        message = "the lock does not say any more which registry it was made from"
        problem = Diagnostic(
            Origin(LOCK_FILE), BAD_REGISTRY, message, "say it with --registry cloud or --registry oss"
        )
        raise InvalidInput((*present.problems, problem))
    return registry_source(CLOUD, root, origin=Origin(LOCK_FILE))


def lock_update(
    root: Path, registry: str | None, identity: Identity, *, is_check: bool
) -> tuple[LockUpdate, str]:
    """What the new lock changes, and its text. Raises InvalidInput for what manifests name and the registry lacks, and for a file
    that gives no connector.
    """
    present = read_present_lock(root / LOCK_FILE, LOCK_FILE)
    if is_check and present.is_broken:
        raise InvalidInput(present.problems)
    source = chosen_source(registry, present, root)
    if registry is None and identity:
        message = "--as, --id, --name and --tag are about the connector of a file"
        raise InvalidInput(
            (Diagnostic(_OPTION, BAD_REGISTRY, message, "name the file with --registry FILE"),)
        )
    found = None if registry is None else read_authored(source, identity, present.entries)
    if found is not None:
        return _with_authored(present, source, found, is_check=is_check)
    return _from_registry(root, present, source, is_chosen=registry is not None, is_check=is_check)


def _with_authored(
    present: PresentLock, source: RegistrySource, found: Authored, *, is_check: bool
) -> tuple[LockUpdate, str]:
    """The lock with the connectors of a file that is no whole registry; all others as they are."""
    entries = present.extended(found.entries, origin=Origin(source.name, 0, 0))
    text = lock_text(present.lock.source if present.lock else CLOUD, entries)
    skipped = tuple(f"{source.name}: skipped {reason}" for reason in found.skipped)
    update = LockUpdate(
        file=LOCK_FILE,
        source=source.name,
        old_source=None,
        connectors=len(entries),
        taken=len(found.entries),
        changes=lock_changes(present.entries, entries),
        differs=text != present.text,
        is_check=is_check,
        skipped=len(skipped),
        taken_for=found.words,
        notes=skipped,
    )
    return update, text


def _from_registry(
    root: Path, present: PresentLock, source: RegistrySource, *, is_chosen: bool, is_check: bool
) -> tuple[LockUpdate, str]:
    """What manifests name, as a whole registry describes it, and what the lock has from elsewhere."""
    project = project_of(root)
    try:
        named = read_named_connectors(root / project.manifests, root=root, environ=os.environ)
    except InvalidInput as error:
        raise InvalidInput(with_first_step(error.problems, project, root)) from error
    opened = registry_reader().open(source)
    kept = kept_entries(present.entries, opened.registry)
    _refuse_altered(present, kept)
    references = (each.reference for each in named)
    choice = choose_connectors(references, opened.registry, registry_words=source.words, kept=kept)
    remarks = remark_problems(named, choice.remarks)
    if any(problem.severity is Severity.ERROR for problem in remarks):
        raise InvalidInput(remarks)
    text = lock_text(source.name, choice.entries)
    update = LockUpdate(
        file=LOCK_FILE,
        source=source.name,
        old_source=present.lock.source if present.lock else None,
        connectors=len(choice.entries),
        taken=len(choice.entries) - len(kept),
        kept=kept,
        changes=() if present.is_broken else lock_changes(present.entries, choice.entries),
        differs=text != present.text,
        is_check=is_check,
        skipped=len(opened.registry.skipped),
        problems=(*_mended(present.problems, is_check=is_check), *remarks),
        notes=_notes(opened, is_chosen=is_chosen or present.source is not None),
    )
    return update, text


def _refuse_altered(present: PresentLock, kept: Iterable[ConnectorEntry]) -> None:
    """A kept connector that was edited by hand would get a digest that fits, and nothing to be compared with."""
    altered = present.lock.altered if present.lock else frozenset()
    labels = [entry.label for entry in kept if entry.id in altered]
    if labels:
        way = f"lock it again from its file (`reconciler connectors lock --registry FILE --as {labels[0]}`), or remove it from the lock"
        raise InvalidInput(tuple(replace(problem, help=way) for problem in present.problems))


def _mended(problems: tuple[Diagnostic, ...], *, is_check: bool) -> tuple[Diagnostic, ...]:
    """What is wrong with the old lock: an error for a check, a warning for the run that writes it anew."""
    severity = Severity.ERROR if is_check else Severity.WARNING
    return tuple(
        replace(p, severity=severity, help=p.help if is_check else "it is written anew") for p in problems
    )


def _notes(opened: OpenedRegistry, *, is_chosen: bool) -> tuple[str, ...]:
    if opened.source.is_of_this_machine:
        path = opened.source.name
        words = f"the lock names its registry by a path of this machine, {path}, which nobody else can check: put the file into the project"
        return (*opened.notes, words)
    if is_chosen:
        return opened.notes
    words = (
        f"no registry was chosen: {opened.source.words} is used; --registry oss for a self-managed Airbyte"
    )
    return (*opened.notes, words)


def say_update(console: Console, update: LockUpdate) -> None:
    """Warnings on stderr; errors also with --quiet."""
    style = console.error_style()
    if update.taken_for:
        console.words(f"{safe_text(update.source)} was read as {update.taken_for}.\n")
    console.error(render_problems(tuple(p for p in update.problems if p.severity is Severity.ERROR), style))
    console.words(render_problems(tuple(p for p in update.problems if p.severity is Severity.WARNING), style))
    console.words(render_notes(update.notes, style))
