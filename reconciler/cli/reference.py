"""`reconciler explain` and `reconciler schema`: what rules mean, and what files may hold."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from reconciler.cli import completion
from reconciler.cli.console import Console
from reconciler.cli.options import chdir_option, format_option
from reconciler.connectors.lint.rules import Rule, all_rules, explain_rule, near_rules
from reconciler.model.diagnostic import Severity
from reconciler.model.json_value import JsonObject
from reconciler.report.safe_text import Style

_EPILOG = """\b
Examples:
  reconciler explain                 every rule, one a line
  reconciler explain R505            why it matters, and how to fix what it finds
  reconciler explain R505 -f json    for an editor

The project file can change the severity of lint rules (R5xx); errors of R4xx and R6xx stay errors."""

_SCHEMA_EPILOG = """\b
Examples:
  reconciler schema > schemas/manifest.schema.json
  reconciler schema manifest --connector source-stripe > schemas/source-stripe.schema.json
  reconciler schema plan > plan.schema.json

\b
In an editor with yaml-language-server, as the first line of a manifest:
  # yaml-language-server: $schema=../schemas/source-stripe.schema.json"""
_INDENT = " " * 10


@click.command(epilog=_EPILOG)
@click.argument("rule", required=False, shell_complete=completion.rules)
@format_option()
@click.pass_obj
def explain(console: Console, /, rule: str | None, format: str) -> int:
    """Say what a rule is about, why it matters and how to fix what it finds.

    RULE: an id such as R505: every message begins with one. Without it all rules are listed.
    """
    found = all_rules() if rule is None else (_found(rule),)
    style = console.data_style()
    if format == "json":
        facts = (
            {"mend" if key == "fix" else key: str(value) for key, value in asdict(each).items()}
            for each in found
        )
        document = {"formatVersion": "1", "rules": [*facts]}
        console.data(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    elif rule is None:
        console.data("".join(f"{each.id}  {_severity(each, style, 7)}  {each.title}\n" for each in found))
    else:
        console.data(_page(found[0], style))
    return 0


def _found(rule: str) -> Rule:
    facts = explain_rule(rule)
    if facts is None:
        near = " or ".join(near_rules(rule))
        what_next = f"did you mean {near}?" if near else "`reconciler explain` lists all rules."
        raise click.BadParameter(f"there is no rule {rule[:40]!r}; {what_next}", param_hint="RULE")
    return facts


def _severity(facts: Rule, style: Style, width: int = 0) -> str:
    return style.paint(f"{facts.severity:<{width}}", "red" if facts.severity is Severity.ERROR else "yellow")


def _page(facts: Rule, style: Style) -> str:
    # Words are never broken: addresses and field names must stay whole.
    fill = partial(
        textwrap.fill, width=88, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False
    )
    heading = f"{style.paint(facts.id, 'bold')} {_severity(facts, style)}: {facts.title}"
    why, fix = (fill(f"{title:<10}{text}") for title, text in (("Why:", facts.why), ("Fix:", facts.fix)))
    example = facts.example.replace("\n", f"\n{_INDENT}")
    return f"{heading}\n\n{why}\n\n{fix}\n\nExample:  {example}\n"


@click.command(epilog=_SCHEMA_EPILOG)
@click.argument("what", type=click.Choice(("manifest", "project", "plan")), default="manifest")
@click.option(
    "--connector",
    metavar="CONNECTOR",
    shell_complete=completion.connectors,
    help="Presets are then completed and checked by this connector's own schema.",
)
@chdir_option("The project, for connectors.lock.json.")
@click.pass_obj
def schema(console: Console, /, what: str, connector: str | None, chdir: Path) -> int:
    """Print a JSON Schema, for editors and for programs that read plans.

    WHAT: manifest (default), project (reconciler.yaml) or plan (`--format json`).
    """
    if connector is not None and what != "manifest":
        raise click.UsageError("--connector goes with the manifest's schema only")
    console.data(json.dumps(_schema(what, connector, chdir), indent=2) + "\n")
    return 0


def _schema(what: str, connector: str | None, root: Path) -> JsonObject:
    if what == "plan":
        from reconciler.report.document import plan_schema

        return plan_schema()
    if connector is None:
        from reconciler.manifests import models

        return models.project_schema() if what == "project" else models.manifest_schema()
    from reconciler.cli.connectors_lock import find_connector
    from reconciler.manifests.connector_schema import connector_manifest_schema

    return connector_manifest_schema(find_connector(connector, root).entry.connector())
