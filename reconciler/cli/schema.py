"""`reconciler schema`."""

from __future__ import annotations

import json

import click

from reconciler.cli.console import Console

EPILOG = """\b
Examples:
  reconciler schema > manifest.schema.json
  reconciler schema plan > plan.schema.json

\b
In an editor with yaml-language-server, as the first line of a manifest:
  # yaml-language-server: $schema=manifest.schema.json"""


@click.command(epilog=EPILOG)
@click.argument("what", type=click.Choice(("manifest", "project", "plan")), default="manifest")
@click.pass_obj
def command(console: Console, /, what: str) -> int:
    """Print a JSON Schema, for editors and for programs that read plans.

    WHAT: manifest (default), project (reconciler.yaml) or plan (`--format json`).
    """
    if what == "plan":
        from reconciler.report.plan_schema import plan_schema

        schema = plan_schema()
    else:
        from reconciler.manifests.schema import manifest_schema, project_schema

        schema = manifest_schema() if what == "manifest" else project_schema()
    console.data(json.dumps(schema, indent=2) + "\n")
    return 0
