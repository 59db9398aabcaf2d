"""`reconciler explain`."""

from __future__ import annotations

import json
import textwrap

import click

from reconciler.cli import completion
from reconciler.cli.console import Console
from reconciler.cli.options import FORMATS
from reconciler.connectors.lint.rule import RuleFacts
from reconciler.connectors.lint.rule_catalogue import all_rules, explain_rule, near_rules
from reconciler.model.diagnostic import Severity
from reconciler.model.json_value import JsonObject
from reconciler.report.style import Style

EPILOG = """\b
Examples:
  reconciler explain                 every rule, one a line
  reconciler explain R505            why it matters, and how to fix what it finds
  reconciler explain R505 -f json    for an editor

The project file can change the severity of lint rules (R5xx); errors of R4xx and R6xx stay errors."""

_WIDTH = 88
_INDENT = " " * 10


@click.command(epilog=EPILOG)
@click.argument("rule", required=False, shell_complete=completion.rules)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="What stdout gets.",
)
@click.pass_obj
def command(console: Console, /, rule: str | None, form: str) -> int:
    """Say what a rule is about, why it matters and how to fix what it finds.

    RULE: an id such as R505, as it stands in front of every message; without it all rules are listed.
    """
    console.format = form
    found = all_rules() if rule is None else (_found(rule),)
    if form == "json":
        console.data(json.dumps(_document(found), indent=2, ensure_ascii=False) + "\n")
    elif rule is None:
        console.data("".join(_line(facts, console.data_style()) for facts in found))
    else:
        console.data(_page(found[0], console.data_style()))
    return 0


def _found(rule: str) -> RuleFacts:
    facts = explain_rule(rule)
    if facts is not None:
        return facts
    near = near_rules(rule)
    mend = f"did you mean {' or '.join(near)}?" if near else "`reconciler explain` lists all rules."
    raise click.BadParameter(f"there is no rule {rule[:40]!r}; {mend}", param_hint="RULE")


def _line(facts: RuleFacts, style: Style) -> str:
    return f"{facts.id}  {_severity(facts, style, width=7)}  {facts.title}\n"


def _severity(facts: RuleFacts, style: Style, *, width: int = 0) -> str:
    return style.paint(f"{facts.severity:<{width}}", "red" if facts.severity is Severity.ERROR else "yellow")


def _page(facts: RuleFacts, style: Style) -> str:
    heading = f"{style.paint(facts.id, 'bold')} {_severity(facts, style)}: {facts.title}"
    parts = (heading, _paragraph("Why", facts.why), _paragraph("Fix", facts.mend), _example(facts))
    return "\n\n".join(parts) + "\n"


def _paragraph(title: str, text: str) -> str:
    # Words are never broken: addresses and field names must stay whole.
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=f"{title + ':':<{len(_INDENT)}}",
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _example(facts: RuleFacts) -> str:
    first, *rest = facts.example.split("\n")
    return "\n".join((f"{'Example:':<{len(_INDENT)}}{first}", *(f"{_INDENT}{line}" for line in rest)))


def _document(found: tuple[RuleFacts, ...]) -> JsonObject:
    return {
        "formatVersion": "1",
        "rules": [
            {
                "id": facts.id,
                "title": facts.title,
                "severity": str(facts.severity),
                "why": facts.why,
                "mend": facts.mend,
                "example": facts.example,
            }
            for facts in found
        ],
    }
