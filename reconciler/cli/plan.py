"""`reconciler plan`."""

from __future__ import annotations

from typing import Any

import click

from reconciler.cli.comparing import compare
from reconciler.cli.console import Console
from reconciler.cli.options import (
    concurrency_option,
    detailed_option,
    options_from,
    paths_argument,
    report_options,
    selecting_options,
    target_options,
)

EPILOG = """\b
Examples:
  reconciler plan --sandbox                       try it without an account
  reconciler plan -e production                   what a push would create
  reconciler plan --write json=plan.json          a plan file for `reconciler apply plan.json`
  reconciler plan --only 'crm-*' manifests/crm    a part of it; matching still sees everything"""


@click.command(epilog=EPILOG)
@paths_argument
@target_options
@selecting_options
@concurrency_option
@detailed_option()
@report_options("plan")
@click.pass_obj
def command(console: Console, /, **parameters: Any) -> int:
    """Show what would be created and what has drifted. Reads only.

    PATH: files or folders inside the manifest directory (anywhere, if there is none); default is all of it.
    """
    options = options_from(console, parameters)
    return compare(console, options, findings_count=options.detailed_exitcode)
