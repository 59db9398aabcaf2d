"""`reconciler connectors`: the lock, and looking connectors up. The one command that speaks to a Connector Registry."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import click

from reconciler.cli import completion
from reconciler.cli.connectors_lock import ARGUMENT, collections_of, lock_update
from reconciler.cli.console import Console
from reconciler.cli.deliver import deliver_two
from reconciler.cli.group import CommandGroup
from reconciler.cli.options import A_NAME, Options, common_options, matching, options_from
from reconciler.connectors.registry.authored import Identity
from reconciler.connectors.registry.lock_change import write_lock
from reconciler.connectors.registry.lookup import Collection, Held, only_connector, search_collections
from reconciler.manifests.desired import LOCK_FILE
from reconciler.model.diagnostic import Severity
from reconciler.model.text import listed
from reconciler.report import connectors as reports
from reconciler.report.exit_code import ExitCode
from reconciler.report.safe_text import safe_text
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
  reconciler connectors lock --registry spec.json --as source-crm --id 00000000-0000-4000-8000-0000000000c1

\b
FILE is a whole registry, or what a connector's author has: the line that its `spec` command prints (with all lines
around it), spec.json, spec.yaml, a low-code manifest.yaml, a registry entry or a list of them. The connectors of such
a file are added. A connector that the registry does not know is kept as it is locked; to be rid of it, remove it from
the lock.

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


_named = matching(lambda text: text.isprintable() and text.strip() == text and 0 < len(text) <= 200, A_NAME)
_registry_option = click.option(
    "--registry",
    metavar="cloud|oss|URL|FILE",
    help="Which Connector Registry to read. Default: the one that connectors.lock.json was made from, else cloud.",
)


@click.group(cls=CommandGroup, epilog=EPILOG)
def connectors() -> None:
    """The Connector Registry and connectors.lock.json."""


@connectors.command(epilog=EPILOG_LOCK)
@_registry_option
@click.option(
    "--as",
    "repository",
    metavar="source-NAME",
    callback=_named,
    help="What manifests call the connector of FILE.",
)
@click.option("--id", "identifier", type=click.UUID, metavar="UUID", help="Its actor definition id.")
@click.option("--name", callback=_named, help="Its display name. Default: from --as.")
@click.option("--tag", metavar="VERSION", callback=_named, help="Its version. Default: dev.")
@click.option("--check", is_flag=True, help="Write nothing; exit 2 when the lock would change.")
@common_options(verbose="Name every new connector, also of very many.")
@click.pass_obj
def lock(
    console: Console,
    /,
    *,
    registry: str | None,
    repository: str | None,
    identifier: UUID | None,
    name: str | None,
    tag: str | None,
    check: bool,
    **parameters: Any,
) -> int:
    """Write connectors.lock.json: the connectors that manifests name, as the registry describes them now.

    With --registry FILE where FILE is what a connector's author has, that connector is added, and all others stay as they are.
    """
    options = options_from(console, parameters)
    identity = Identity(repository or "", str(identifier or ""), name or "", tag or "")
    update, text = lock_update(options.chdir, registry, identity, is_check=check)
    if update.is_written:
        write_lock(options.chdir / LOCK_FILE, text)
    style = console.error_style()
    if update.taken_for:
        console.words(f"{safe_text(update.source)} was read as {update.taken_for}.\n")
    errors = tuple(problem for problem in update.problems if problem.severity is Severity.ERROR)
    console.error(render_problems(errors, style))
    console.words(render_problems(tuple(each for each in update.problems if each not in errors), style))
    console.words(reports.render_notes(update.notes, style))
    rendered = partial(reports.render_lock, update, verbose=options.verbose)
    code = ExitCode.FINDINGS if check and update.differs else ExitCode.DONE
    return deliver_two(console, rendered, reports.lock_document(update), code)


@connectors.command(epilog=EPILOG_SEARCH)
@click.argument("text")
@_registry_option
@common_options()
@click.pass_obj
def search(console: Console, /, *, text: str, registry: str | None, **parameters: Any) -> int:
    """Find connectors by a part of their name, repository or id."""
    options = options_from(console, parameters)
    collections = _collections(console, options, registry)
    hits = search_collections(text, collections)
    looked = listed(collection.words for collection in collections)
    console.words(f"{'Looked into' if hits else 'Nothing found in'} {looked}.\n")
    if not any(collection.held is Held.REGISTRY for collection in collections):
        console.words(
            "No registry was read on this machine yet: --registry cloud or --registry oss reads one.\n"
        )
    return deliver_two(
        console, partial(reports.render_search, hits), reports.search_document(hits), ExitCode.DONE
    )


@connectors.command(epilog=EPILOG_SHOW)
@click.argument("connector", shell_complete=completion.connectors)
@_registry_option
@common_options()
@click.pass_obj
def show(console: Console, /, *, connector: str, registry: str | None, **parameters: Any) -> int:
    """Show a connector: its fields with types, secrets, defaults and constraints, and what OAuth fills.

    CONNECTOR: repository (with or without `source-`), actor definition id, or a name or its beginning that only one connector has.
    """
    options = options_from(console, parameters)
    collections = _collections(console, options, registry)
    hit = only_connector(
        connector, collections, origin=ARGUMENT, command="reconciler connectors show", registry=registry
    )
    if hit.collection.held is Held.BUILTIN:
        console.words(
            f"This specification is cut. The whole one: reconciler connectors show {hit.entry.label} --registry cloud\n"
        )
    return deliver_two(
        console, partial(reports.render_connector, hit), reports.connector_document(hit), ExitCode.DONE
    )


def _collections(console: Console, options: Options, registry: str | None) -> tuple[Collection, ...]:
    collections, notes = collections_of(options.chdir, registry)
    console.words(reports.render_notes(notes, console.error_style()))
    return collections
