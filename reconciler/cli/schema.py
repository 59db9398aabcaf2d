"""`reconciler schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import completion
from reconciler.cli.console import Console
from reconciler.cli.options import chdir_option

if TYPE_CHECKING:
    from reconciler.model.json_value import JsonObject

EPILOG = """\b
Examples:
  reconciler schema > schemas/manifest.schema.json
  reconciler schema manifest --connector source-stripe > schemas/source-stripe.schema.json
  reconciler schema plan > plan.schema.json

\b
In an editor with yaml-language-server, as the first line of a manifest:
  # yaml-language-server: $schema=../schemas/source-stripe.schema.json"""


@click.command(epilog=EPILOG)
@click.argument("what", type=click.Choice(("manifest", "project", "plan")), default="manifest")
@click.option(
    "--connector",
    metavar="CONNECTOR",
    shell_complete=completion.connectors,
    help="Presets are then completed and checked by this connector's own schema.",
)
@chdir_option("The project, for connectors.lock.json.")
@click.pass_obj
def command(console: Console, /, what: str, connector: str | None, chdir: Path) -> int:
    """Print a JSON Schema, for editors and for programs that read plans.

    WHAT: manifest (default), project (reconciler.yaml) or plan (`--format json`).
    """
    if connector is not None and what != "manifest":
        raise click.UsageError("--connector goes with the manifest's schema only")
    console.data(json.dumps(_schema(what, connector, chdir), indent=2) + "\n")
    return 0


def _schema(what: str, connector: str | None, root: Path) -> JsonObject:
    if what == "plan":
        from reconciler.report.plan_schema import plan_schema

        return plan_schema()
    from reconciler.manifests.schema import manifest_schema, project_schema

    if what == "project":
        return project_schema()
    if connector is None:
        return manifest_schema()
    from reconciler.cli.connectors_found import find_source
    from reconciler.manifests.connector_schema import connector_manifest_schema

    return connector_manifest_schema(find_source(connector, root).entry.connector())
