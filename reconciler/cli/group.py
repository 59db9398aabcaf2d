"""The command group: commands are imported when they are called, and every way to end has its exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler import __version__
from reconciler.cli import completion
from reconciler.cli.command_group import CommandGroup, before_commands, target_before_commands
from reconciler.errors import Interrupted, ReconcilerError

if TYPE_CHECKING:
    from reconciler.cli.console import Console

USAGE_ERROR = 64
"""Exit code of a wrong command line: click's own 2 would read as "findings"."""

_COMMANDS = {
    "validate": "Check manifests offline, without credentials.",
    "plan": "Show what would be created and what has drifted; changes nothing.",
    "apply": "Create the templates that are missing, each exactly once.",
    "resolve": "Say whether a create in doubt was stored.",
    "drift": "Compare only: exit 2 on any finding.",
    "ci": "plan, apply and drift in GitHub Actions: comment, issue, summary, outputs.",
    "init": "Start a project: manifests, workflows, hook; overwrites nothing.",
    "new": "Write a manifest for a connector, ready to fill in.",
    "preview": "Show the forms that customers will see, on one HTML page.",
    "connectors": "The connector lock; search and show connectors.",
    "explain": "What a rule means and how to fix what it finds.",
    "doctor": "Check settings, login, API dialect and rights, step by step.",
    "schema": "Print the JSON Schema of manifests, project file or plan.",
    "sandbox": "A local Airbyte to try things on.",
}


EPILOG = """\b
Start here (no account needed, nothing leaves this machine):
  reconciler init
  reconciler plan  --sandbox
  reconciler apply --sandbox

\b
Exit codes: 0 done, 1 failed, 2 findings, 3 invalid input, 4 refused for safety,
5 applied in part or unknown, 64 wrong command line, 130 interrupted."""


@click.group(
    cls=CommandGroup,
    lazy=_COMMANDS,
    package="reconciler.cli",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="reconciler", message="%(prog)s %(version)s")
@before_commands
@target_before_commands
def cli(**_given: object) -> None:
    """Keep Airbyte Embedded configuration templates in git.

    Manifests say which templates should exist. The reconciler compares them with the server, creates what is
    missing, and reports what differs. It never changes or deletes a template.
    """


def run(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit. Every ending is mapped here; a traceback is a bug in this program."""
    if completion.VARIABLE in os.environ:
        os._exit(completion.complete(cli))
    from reconciler.cli.console import Console

    console = Console()
    console.guard_process()
    code = _run(console, arguments)
    with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or never there
        sys.stderr.flush()
    os._exit(code)  # stdout is flushed and every file closed; freeing a million values one by one takes 70 ms


def _run(console: Console, arguments: list[str] | None) -> int:
    from reconciler.cli.ending import report_interrupt

    try:
        return console.finish(_code(console, arguments))
    except (click.Abort, KeyboardInterrupt):  # raised only while nothing was created
        report_interrupt(console)
        return Interrupted.exit_code


def _code(console: Console, arguments: list[str] | None) -> int:
    from reconciler.cli.ending import report_bug, report_error

    try:
        status = cli.main(args=arguments, standalone_mode=False, obj=console)
        return status if isinstance(status, int) else 0
    except click.UsageError as error:
        error.show()
        return USAGE_ERROR
    except click.Abort:
        raise
    except click.ClickException as error:
        error.show()
        return 1
    except ReconcilerError as error:
        report_error(console, error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last frame: a bug must not print what its exception may quote
        report_bug(console, error)
        return 1
