"""The command line as a whole: commands are imported when they are called, and every way to end has its exit code."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reconciler import __version__
from reconciler.cli import completion
from reconciler.errors import Interrupted, ReconcilerError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.cli.console import Console

USAGE_ERROR = 64
"""Exit code of a wrong command line: click's own 2 would read as "findings"."""

_COMMANDS = {
    "validate": ("validate", "Check manifests offline, without credentials."),
    "plan": ("comparing", "Show what would be created and what has drifted; changes nothing."),
    "apply": ("apply", "Create the templates that are missing, each exactly once."),
    "resolve": ("resolve", "Say whether a create in doubt was stored."),
    "drift": ("comparing", "Compare only: exit 2 on any finding."),
    "ci": ("ci", "plan, apply and drift in GitHub Actions: comment, issue, summary, outputs."),
    "init": ("init", "Start a project: manifests, workflows, hook; overwrites nothing."),
    "new": ("new", "Write a manifest for a connector, ready to fill in."),
    "preview": ("validate", "Show the forms that customers will see, on one HTML page."),
    "connectors": ("connectors", "The connector lock; search and show connectors."),
    "explain": ("reference", "What a rule means and how to fix what it finds."),
    "doctor": ("doctor", "Check settings, login, API dialect and rights, step by step."),
    "schema": ("reference", "Print the JSON Schema of manifests, project file or plan."),
    "sandbox": ("sandbox", "A local Airbyte to try things on."),
}
"""Every command: its module, which has a function of its name, and its first sentence, in the order of `--help`."""
EPILOG = """\b
Start here (no account needed, nothing leaves this machine):
  reconciler init
  reconciler plan  --sandbox
  reconciler apply --sandbox

\b
Exit codes: 0 done, 1 failed, 2 findings, 3 invalid input, 4 refused for safety,
5 applied in part or unknown, 64 wrong command line, 130 interrupted."""


class CommandGroup(click.Group):
    """Commands below a command, with the options that may also come before them: `-C` is entered at once. With `has_target`
    `-e` and `--sandbox` are handed to the command, which refuses them when it has no such option.

    `lazy` names commands with the module of `package` that has a function of their name, and their first sentence. A module is
    imported when its command is called: help, suggestions and completion import none.
    """

    def __init__(
        self,
        *arguments: Any,
        lazy: Mapping[str, tuple[str, str]] | None = None,
        package: str = "",
        has_target: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._lazy, self._package = dict(lazy or {}), package
        self.params += _OPTIONS if has_target else _OPTIONS[:1]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table. Those of the module itself by name."""
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """None for an unknown name."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"{self._package}.{self._lazy[cmd_name][0]}")
        found: click.Command = getattr(module, cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table, where there is one."""
        if not self._lazy:
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._lazy.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names, and its arguments: first those that came before it.

        UsageError with a suggestion for a name that is none: older click has no suggestion, and newer ones do not know the table.
        """
        known = self.list_commands(ctx)
        if args[0] not in known and not ctx.resilient_parsing:
            from reconciler.model.text import did_you_mean

            near = did_you_mean(args[0], known) or f"`{ctx.command_path} --help` lists them."
            raise click.UsageError(f"No such command {args[0]!r}; {near}", ctx)
        name, command, rest = super().resolve_command(ctx, args)
        environment, is_sandbox = ctx.params.get("environment"), ctx.params.get("sandbox")
        before = [] if environment is None else ["--environment", environment]
        return name, command, [*before, *(["--sandbox"] if is_sandbox else []), *rest]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands of the table without importing them, then options."""
        if not self._lazy:
            return super().shell_complete(ctx, incomplete)
        from click.shell_completion import CompletionItem

        found = {name: text for name, (_, text) in self._lazy.items() if name.startswith(incomplete)}
        offers = [CompletionItem(name, help=text) for name, text in found.items()]
        return [*offers, *click.Command.shell_complete(self, ctx, incomplete)]


def _enter(_ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    try:
        os.chdir(value)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise click.BadParameter(f"no such directory: {value!r} ({reason})") from error


_OPTIONS = (
    click.Option(
        ["-C", "--chdir"],
        type=click.Path(),
        shell_complete=completion.directories,
        callback=_enter,
        expose_value=False,
        help="Run as if started in this directory.",
    ),
    click.Option(
        ["-e", "--environment"],
        metavar="NAME",
        shell_complete=completion.environments,
        help="An environment of reconciler.yaml, for the command.",
    ),
    click.Option(["--sandbox"], is_flag=True, help="Short for -e sandbox: a local Airbyte, no account."),
)
"""What may come before a command."""


@click.group(
    cls=CommandGroup,
    lazy=_COMMANDS,
    package="reconciler.cli",
    has_target=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="reconciler", message="%(prog)s %(version)s")
def cli(**_given: object) -> None:
    """Keep Airbyte Embedded configuration templates in git.

    Manifests say which templates should exist. The reconciler compares them with the server, creates what is
    missing, and reports what differs. It never deletes a template, and changes
    one only with `policy: create-update`.
    """


def run() -> NoReturn:
    """Run the command line and exit. Every ending is mapped here. A traceback is a bug in this program."""
    if completion.VARIABLE in os.environ:
        os._exit(completion.complete(cli))
    from reconciler.cli.console import Console

    console = Console()
    console.guard_process()
    code = exit_code(console)
    with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or never there
        sys.stderr.flush()
    os._exit(code)  # stdout is flushed and every file closed. Freeing a million values one by one takes 70 ms


def exit_code(console: Console, arguments: list[str] | None = None) -> int:
    """Run the command line (None: of this process) and give its exit code."""
    try:
        return console.finish(_code(console, arguments))
    except (click.Abort, KeyboardInterrupt):  # raised only while nothing was created
        from reconciler.cli.deliver import report_interrupt

        report_interrupt(console)
        return Interrupted.exit_code


def _code(console: Console, arguments: list[str] | None) -> int:
    try:
        status = cli.main(args=arguments, standalone_mode=False, obj=console)
        return status if isinstance(status, int) else 0
    except click.Abort:
        raise
    except click.ClickException as error:
        error.show()
        return USAGE_ERROR if isinstance(error, click.UsageError) else 1
    except ReconcilerError as error:
        from reconciler.cli.deliver import report_error

        report_error(console, error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last frame: a bug must not print what its exception may quote
        from reconciler.cli.deliver import report_bug

        report_bug(console, error)
        return 1
