"""`reconciler drift`."""

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
  reconciler drift -e production                  for a scheduled run
  reconciler drift -f json | jq .summary          for a program

\b
Exit codes: 0 all compared and in sync, 2 something is missing, drifted, duplicate or was not compared (a form without
a specification; what a selection leaves out and is not in sync), 4 something could not be read, matched or decided (then nothing is
claimed)."""


@click.command(epilog=EPILOG)
@paths_argument
@target_options
@selecting_options
@concurrency_option
@detailed_option("Taken for the sake of plan and apply: drift always exits 2 on any finding.")
@report_options("drift")
@click.pass_obj
def command(console: Console, /, **parameters: Any) -> int:
    """Compare only, and exit 2 on any finding. Reads only.

    PATH: files or folders inside the manifest directory (anywhere, if there is none); default is all of it.
    """
    return compare(console, options_from(console, parameters), findings_count=True, intends_creates=False)
