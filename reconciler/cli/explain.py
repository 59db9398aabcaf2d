"""`reconciler explain`."""

from __future__ import annotations

import json
import textwrap

import click

from reconciler.cli import completion
from reconciler.cli.console import Console
from reconciler.cli.options import format_option
from reconciler.connectors.lint.rules import Rule, all_rules, explain_rule, near_rules
from reconciler.model.diagnostic import Severity
from reconciler.report.style import Style

EPILOG = """\b
Examples:
  reconciler explain                 every rule, one a line
  reconciler explain R505            why it matters, and how to fix what it finds
  reconciler explain R505 -f json    for an editor

The project file can change the severity of lint rules (R5xx); errors of R4xx and R6xx stay errors."""

_FACTS = {
    "id": "id",
    "title": "title",
    "severity": "severity",
    "why": "why",
    "mend": "fix",
    "example": "example",
}
"""What JSON has of a rule, and what `Rule` calls it."""
_INDENT = " " * 10


@click.command(epilog=EPILOG)
@click.argument("rule", required=False, shell_complete=completion.rules)
@format_option()
@click.pass_obj
def command(console: Console, /, rule: str | None, format: str) -> int:
    """Say what a rule is about, why it matters and how to fix what it finds.

    RULE: an id such as R505, as it stands in front of every message; without it all rules are listed.
    """
    found = all_rules() if rule is None else (_found(rule),)
    if format == "json":
        rules = [{key: str(getattr(each, name)) for key, name in _FACTS.items()} for each in found]
        document = {"formatVersion": "1", "rules": rules}
        console.data(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    elif rule is None:
        style = console.data_style()
        console.data("".join(f"{each.id}  {_severity(each, style, 7)}  {each.title}\n" for each in found))
    else:
        console.data(_page(found[0], console.data_style()))
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
    heading = f"{style.paint(facts.id, 'bold')} {_severity(facts, style)}: {facts.title}"
    example = facts.example.replace("\n", f"\n{_INDENT}")
    parts = (heading, _paragraph("Why", facts.why), _paragraph("Fix", facts.fix), f"Example:  {example}")
    return "\n\n".join(parts) + "\n"


def _paragraph(title: str, text: str) -> str:
    # Words are never broken: addresses and field names must stay whole.
    return textwrap.fill(
        text,
        width=88,
        initial_indent=f"{title + ':':<{len(_INDENT)}}",
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
