"""`reconciler connectors`: the lock, and looking connectors up. The one command that speaks to a Connector Registry."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reconciler.cli import completion
from reconciler.cli.command_group import CommandGroup, before_commands
from reconciler.cli.connectors_named import read_named_connectors, remark_problems
from reconciler.cli.console import Console
from reconciler.cli.deliver import Rendering, deliver
from reconciler.cli.options import Options, common_options, options_from
from reconciler.cli.workspace import LOCK_FILE, project_of, with_first_step
from reconciler.connectors.registry.cache import user_cache
from reconciler.connectors.registry.files import write_whole
from reconciler.connectors.registry.lock_change import LockUpdate, lock_changes
from reconciler.connectors.registry.lock_choice import choose_connectors
from reconciler.connectors.registry.lock_file import lock_text
from reconciler.connectors.registry.lock_present import PresentLock, read_present_lock
from reconciler.connectors.registry.lookup import (
    Collection,
    Held,
    builtin_collection,
    only_connector,
    search_collections,
)
from reconciler.connectors.registry.registry import Registry
from reconciler.connectors.registry.source import (
    BAD_REGISTRY,
    CLOUD,
    OpenedRegistry,
    RegistryReader,
    RegistrySource,
    in_words,
    registry_source,
)
from reconciler.connectors.registry.spec_change_words import listed
from reconciler.errors import InvalidInput, ReportNotWritten
from reconciler.model.problem import Origin, Problem, Severity
from reconciler.report.document import document_text
from reconciler.report.exit_code import ExitCode
from reconciler.report.text_connectors import (
    lock_document,
    render_lock,
    render_notes,
    render_search,
    search_document,
)
from reconciler.report.text_connectors_show import connector_document, render_connector
from reconciler.report.text_problems import render_problems

EPILOG = """\b
Examples:
  reconciler connectors lock                write connectors.lock.json
  reconciler connectors search hub          which connectors there are
  reconciler connectors show source-faker   what one asks for

Only these commands read a Connector Registry. All others work offline, from connectors.lock.json."""
EPILOG_LOCK = """\b
Examples:
  reconciler connectors lock                         from the registry of the lock, else Airbyte Cloud's
  reconciler connectors lock --registry oss          for a self-managed Airbyte
  reconciler connectors lock --registry mirror.json  from a file, without a network
  reconciler connectors lock --check                 in CI: exit 2 when the lock would change

Sends no credentials. Exit 3 when a manifest names a connector that the registry does not know."""
EPILOG_SEARCH = """\b
Examples:
  reconciler connectors search hub
  reconciler connectors search postgres --registry oss
  reconciler connectors search dfd88b22 -f json

Looks into connectors.lock.json, the registry as it was last read here, and the sandbox's connectors."""
EPILOG_SHOW = """\b
Examples:
  reconciler connectors show source-faker
  reconciler connectors show source-github --registry cloud
  reconciler connectors show "Sample Data" -f json

\b
Fields are written as in connectors.lock.json:
  credentials.client_id       a field of an object
  credentials(OAuth).token    a field of one option
  streams[].name              a field of a list's items"""

_registry_option = click.option(
    "--registry",
    metavar="cloud|oss|URL|FILE",
    help="Which Connector Registry to read. Default: the one that connectors.lock.json was made from, else cloud.",
)


@click.group(cls=CommandGroup, epilog=EPILOG)
@before_commands
def command() -> None:
    """The Connector Registry and connectors.lock.json."""


@command.command(epilog=EPILOG_LOCK)
@_registry_option
@click.option("--check", is_flag=True, help="Write nothing; exit 2 when the lock would change.")
@common_options(verbose="Name every new connector, also of very many.")
@click.pass_obj
def lock(console: Console, /, *, registry: str | None, check: bool, **parameters: Any) -> int:
    """Write connectors.lock.json: the connectors that manifests name, as the registry describes them now."""
    options = _options(console, parameters)
    present = _present(options)
    if check and present.is_broken:
        raise InvalidInput(present.problems)
    update, text = _update(options, present, registry, is_check=check)
    if update.is_written:
        _write(options.chdir / LOCK_FILE, text)
    _say(console, update)
    renderings: dict[str, Rendering] = {
        "text": lambda style: render_lock(update, style=style, verbose=options.verbose),
        "json": lambda _: document_text(lock_document(update)),
    }
    return deliver(
        console,
        options,
        lambda _: renderings,
        ExitCode.FINDINGS if check and update.differs else ExitCode.DONE,
    )


@command.command(epilog=EPILOG_SEARCH)
@click.argument("text")
@_registry_option
@common_options()
@click.pass_obj
def search(console: Console, /, *, text: str, registry: str | None, **parameters: Any) -> int:
    """Find connectors by a part of their name, repository or id."""
    options = _options(console, parameters)
    collections = _collections(console, options, registry, (Held.LOCK, Held.REGISTRY, Held.BUILTIN))
    hits = search_collections(text, collections)
    looked = listed(collection.words for collection in collections)
    console.words(f"{'Looked into' if hits else 'Nothing found in'} {looked}.\n")
    if not any(collection.held is Held.REGISTRY for collection in collections):
        console.words(
            "No registry was read on this machine yet: --registry cloud or --registry oss reads one.\n"
        )
    renderings: dict[str, Rendering] = {
        "text": lambda style: render_search(hits, style),
        "json": lambda _: document_text(search_document(hits)),
    }
    return deliver(console, options, lambda _: renderings, ExitCode.DONE)


@command.command(epilog=EPILOG_SHOW)
@click.argument("connector", shell_complete=completion.connectors)
@_registry_option
@common_options()
@click.pass_obj
def show(console: Console, /, *, connector: str, registry: str | None, **parameters: Any) -> int:
    """Show a connector: its fields with types, secrets, defaults and constraints, and what OAuth fills.

    CONNECTOR: repository, actor definition id, or a name that only one connector has.
    """
    options = _options(console, parameters)
    collections = _collections(console, options, registry, (Held.LOCK, Held.BUILTIN, Held.REGISTRY))
    hit = only_connector(connector, collections, origin=Origin("argument CONNECTOR", 0, 0))
    if hit.collection.held is Held.BUILTIN:
        console.words(
            f"This specification is cut. The whole one: reconciler connectors show {hit.entry.label} --registry cloud\n"
        )
    renderings: dict[str, Rendering] = {
        "text": lambda style: render_connector(hit, style),
        "json": lambda _: document_text(connector_document(hit)),
    }
    return deliver(console, options, lambda _: renderings, ExitCode.DONE)


def _options(console: Console, parameters: dict[str, Any]) -> Options:
    options = options_from(parameters)
    console.quiet, console.format = options.quiet, options.format
    return options


def _present(options: Options) -> PresentLock:
    return read_present_lock(options.chdir / LOCK_FILE, LOCK_FILE)


def _reader() -> RegistryReader:
    return RegistryReader(user_cache(os.environ))


def _update(
    options: Options, present: PresentLock, registry: str | None, *, is_check: bool
) -> tuple[LockUpdate, str]:
    """What the new lock changes, and its text. Raises InvalidInput for what manifests name and the registry lacks."""
    root = options.chdir
    project = project_of(root)
    try:
        named = read_named_connectors(root / project.manifests, root=root, environ=os.environ)
    except InvalidInput as error:
        raise InvalidInput(with_first_step(error.problems, project, root)) from error
    source = _source(registry, present, root)
    opened = _reader().open(source)
    references = (each.reference for each in named)
    choice = choose_connectors(
        references, opened.registry, registry_words=source.words, locked=present.entries
    )
    remarks = remark_problems(named, choice.remarks)
    if any(problem.severity is Severity.ERROR for problem in remarks):
        raise InvalidInput(remarks)
    text = lock_text(source.name, choice.entries)
    update = LockUpdate(
        file=LOCK_FILE,
        source=source.name,
        old_source=present.lock.source if present.lock else None,
        connectors=len(choice.entries),
        changes=() if present.is_broken else lock_changes(present.entries, choice.entries),
        differs=text != present.text,
        is_check=is_check,
        skipped=len(opened.registry.skipped),
        problems=(*_mended(present.problems, is_check=is_check), *remarks),
        notes=_notes(opened, chosen=registry or present.source),
    )
    return update, text


def _source(registry: str | None, present: PresentLock, root: Path) -> RegistrySource:
    """The registry that was asked for, else the one of the lock, else Airbyte Cloud's."""
    if registry is not None:
        return registry_source(registry, root, origin=Origin("option --registry", 0, 0))
    if present.source is not None:
        return registry_source(present.source, root, origin=Origin(LOCK_FILE))
    if present.is_broken:
        message = "the lock does not say any more which registry it was made from"
        problem = Problem(
            Origin(LOCK_FILE), BAD_REGISTRY, message, "say it with --registry cloud or --registry oss"
        )
        raise InvalidInput((*present.problems, problem))
    return registry_source(CLOUD, root, origin=Origin(LOCK_FILE))


def _mended(problems: tuple[Problem, ...], *, is_check: bool) -> tuple[Problem, ...]:
    """What is wrong with the old lock: an error for a check, a warning for the run that writes it anew."""
    severity = Severity.ERROR if is_check else Severity.WARNING
    return tuple(
        replace(p, severity=severity, help=p.help if is_check else "it is written anew") for p in problems
    )


def _notes(opened: OpenedRegistry, *, chosen: str | None) -> tuple[str, ...]:
    if opened.source.is_of_this_machine:
        path = opened.source.name
        words = f"the lock names its registry by a path of this machine, {path}, which nobody else can check: put the file into the project"
        return (*opened.notes, words)
    if chosen is not None:
        return opened.notes
    words = (
        f"no registry was chosen: {opened.source.words} is used; --registry oss for a self-managed Airbyte"
    )
    return (*opened.notes, words)


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportNotWritten(f"{path}: the connector lock could not be written: {reason}") from error


def _say(console: Console, update: LockUpdate) -> None:
    """Warnings on stderr; errors also with --quiet."""
    style = console.error_style()
    console.error(render_problems(tuple(p for p in update.problems if p.severity is Severity.ERROR), style))
    console.words(render_problems(tuple(p for p in update.problems if p.severity is Severity.WARNING), style))
    console.words(render_notes(update.notes, style))


def _collections(
    console: Console, options: Options, registry: str | None, order: Sequence[Held]
) -> tuple[Collection, ...]:
    """Where to look: in the registry that was asked for and nowhere else, or in everything that this machine has."""
    if registry is not None:
        opened = _reader().open(_source(registry, PresentLock(), options.chdir))
        console.words(render_notes(opened.warnings, console.error_style()))
        return (_registry_collection(opened),)
    present = _present(options)
    if present.is_broken:
        raise InvalidInput(present.problems)
    found = {Held.BUILTIN: builtin_collection()}
    if present.lock is not None:
        found[Held.LOCK] = Collection(Held.LOCK, LOCK_FILE, Registry(present.entries))
    opened_offline = _reader().open_offline(_source(None, present, options.chdir))
    if opened_offline is not None:
        found[Held.REGISTRY] = _registry_collection(opened_offline)
    return tuple(found[held] for held in order if held in found)


def _registry_collection(opened: OpenedRegistry) -> Collection:
    age = f" (read {in_words(opened.copy_age)})" if opened.copy_age is not None else ""
    return Collection(Held.REGISTRY, f"{opened.source.words}{age}", opened.registry)
