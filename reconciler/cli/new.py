"""`reconciler new`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from reconciler.cli import completion
from reconciler.cli.connectors_lock import ARGUMENT, find_connector, lock_with
from reconciler.cli.console import Console
from reconciler.cli.options import A_NAME, matching, place_options, with_ending
from reconciler.cli.report_files import write_new
from reconciler.connectors.registry.lookup import Held, Hit
from reconciler.connectors.registry.registry import ConnectorType
from reconciler.connectors.scaffold.scaffold import scaffold_connection, scaffold_manifest
from reconciler.errors import InvalidInput, UnsafePlan
from reconciler.manifests.desired import LOCK_FILE, project_of
from reconciler.manifests.limits import MAX_FILE_BYTES
from reconciler.manifests.manifest_fields import is_name
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.target import Dialect
from reconciler.report.safe_text import safe_text

EPILOG = """\b
Examples:
  reconciler new source-stripe                              to stdout
  reconciler new source-stripe -o manifests/stripe.yaml     to a new file
  reconciler new source-stripe --full                       every field, explained
  reconciler new postgres --registry oss                    found in that registry, and locked
  reconciler new source-stripe --name stripe-eu -o manifests/stripe-eu.yaml

\b
A line that begins with "# " offers something: uncomment it. Lines with "## " explain. (The line on top that begins
with "# yaml-language-server:" is for editors.)

\b
Looks into connectors.lock.json, the Connector Registry as `reconciler connectors` last read it here,
and the sandbox's connectors, without a connection. With --registry: into the lock, else into that
registry, and the lock gains what was found there. With -o, the editor is pointed to
schemas/source-stripe.schema.json or schemas/manifest.schema.json if the project has one
(see `reconciler schema --help`)."""

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHORTENED = (
    "From the sandbox's catalogue, whose specifications are shortened: fields may be missing. For all of them,"
    " write this again with --registry cloud or oss."
)


@click.command(epilog=EPILOG)
@click.argument("connector", shell_complete=completion.connectors)
@click.option(
    "--name", callback=matching(is_name, A_NAME), help="The manifest's name. Default: from the repository."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=with_ending(".yaml", ".yml", why="manifests are written as YAML"),
    metavar="FILE",
    help="Write a new file, never over an existing one. Default: stdout.",
)
@click.option(
    "--registry",
    metavar="cloud|oss|URL|FILE",
    help="Where to look for what is not locked; what is found there is locked.",
)
@click.option("--full", is_flag=True, help="Every field, explained; the default is what is required.")
@click.option(
    "--no-form",
    is_flag=True,
    help="Presets only: Airbyte makes the form. Always so where every environment has `api: agents`.",
)
@place_options
@click.pass_obj
def new(
    console: Console,
    /,
    *,
    connector: str,
    name: str | None,
    output: Path | None,
    registry: str | None,
    full: bool,
    no_form: bool,
    chdir: Path,
    quiet: bool,
) -> int:
    """Write a manifest from a connector's specification: what is required, and optional presets to uncomment.

    CONNECTOR: repository (with or without `source-`), actor definition id, or a name or its beginning that only one connector has.
    """
    console.quiet = quiet
    has_form = project_of(chdir).dialect is not Dialect.AGENTS and not no_form
    hit = find_connector(connector, chdir, registry)
    is_news = registry is not None and hit.collection.held is Held.REGISTRY
    bare = hit.entry.label.rpartition("/")[2].removeprefix(f"{hit.entry.type}-")
    name = name or (bare if is_name(bare) else hit.entry.id)
    if hit.entry.type is ConnectorType.DESTINATION:
        text = scaffold_connection(hit.entry.connector(), name=name, notes=_notes(hit))
    else:
        text = scaffold_manifest(
            hit.entry.connector(), name=name, notes=_notes(hit), is_full=full, has_form=has_form
        )
    if len(text.encode()) > MAX_FILE_BYTES:
        message = f"the specification of {hit.entry.label} is too large: its manifest would exceed 1 MiB"
        raise InvalidInput((Diagnostic(ARGUMENT, "R004", message, "write the manifest by hand"),))
    file = None if output is None else chdir / output
    if file is not None and not write_new(file, _editor_line(chdir, file, hit) + text):
        help_text = "give another name with -o, or remove the file first"
        raise UnsafePlan(f"{file} exists already, and is not overwritten", help=help_text)
    try:
        if is_news:
            lock_with(hit, chdir)
    except BaseException:  # the manifest goes again: nothing could be said about it
        if file is not None:
            file.unlink(missing_ok=True)
        raise
    if output is None:
        console.data(text)
    else:
        console.words(f"Wrote {output}.\n")
    console.words(_next_steps(hit, is_news=is_news))
    return 0


def _notes(hit: Hit) -> tuple[str, ...]:
    if hit.collection.held is Held.BUILTIN:
        return (_SHORTENED,)
    reason = hit.collection.registry.retired.get(hit.entry.id)
    retired = (f"Should not be used any more: {reason}.",) if reason else ()
    return retired if hit.collection.held is Held.LOCK else (f"From {hit.collection.words}.", *retired)


def _next_steps(hit: Hit, *, is_news: bool) -> str:
    label, words = safe_text(hit.entry.label), safe_text(hit.collection.words)
    if is_news:
        version = safe_text(hit.entry.version)
        return f"{label} {version} from {words}, now in {LOCK_FILE}. Next: reconciler validate.\n"
    lock = "" if hit.collection.held is Held.LOCK else "reconciler connectors lock, then "
    return f"{label} from {words}. Next: {lock}reconciler validate.\n"


def _editor_line(root: Path, file: Path, hit: Hit) -> str:
    """The line that points yaml-language-server to a schema of the project, the connector's own first. "" without one."""
    own = (hit.entry.label,) if _FILE_NAME.fullmatch(hit.entry.label) else ()
    schemas = (root / "schemas" / f"{stem}.schema.json" for stem in (*own, "manifest"))
    schema = next((each for each in schemas if each.is_file()), None)
    if schema is None:
        return ""
    path = Path(os.path.relpath(schema, file.parent)).as_posix()
    return f"# yaml-language-server: $schema={path}\n"
