"""Commands below a command: imported when they are called, suggested when they are misspelt, and with the options that may
also stand before them.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli import completion

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_F = TypeVar("_F", bound=Callable[..., Any])


class CommandGroup(click.Group):
    """`lazy` names commands with their first sentence, in order: the command `x` is `package.x.command`, imported when it is
    called. Help, suggestions and completion import none of them.
    """

    def __init__(
        self, *arguments: Any, lazy: Mapping[str, str] | None = None, package: str = "", **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._lazy = dict(lazy or {})
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table; those of the module itself by name."""
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """None for an unknown name."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        found: click.Command = importlib.import_module(f"{self._package}.{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table, where there is one."""
        if not self._lazy:
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lazy.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names, and its arguments: first those that stood before it (`before_command`).

        UsageError with a suggestion for a name that is none: older click has no suggestion, and newer ones do not know the table.
        """
        known = self.list_commands(ctx)
        if args[0] not in known and not ctx.resilient_parsing:
            from reconciler.model.text import did_you_mean

            near = did_you_mean(args[0], known) or f"`{ctx.command_path} --help` lists them."
            raise click.UsageError(f"No such command {args[0]!r}; {near}", ctx)
        name, command, rest = super().resolve_command(ctx, args)
        return name, command, [*_handed_on(ctx.params), *rest]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands of the table without importing them, then options."""
        from click.shell_completion import CompletionItem

        names = [name for name in self._lazy if name.startswith(incomplete)]
        return [
            *(CompletionItem(name, help=self._lazy[name]) for name in names),
            *self._without_lazy(ctx, incomplete),
        ]

    def _without_lazy(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        if not self._lazy:
            return super().shell_complete(ctx, incomplete)
        return click.Command.shell_complete(self, ctx, incomplete)


def _handed_on(parameters: Mapping[str, Any]) -> list[str]:
    environment, is_sandbox = parameters.get("environment"), parameters.get("sandbox")
    return [
        *(("--environment", environment) if environment is not None else ()),
        *(("--sandbox",) if is_sandbox else ()),
    ]


def _enter(_ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is None:
        return
    try:
        os.chdir(value)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise click.BadParameter(f"no such directory: {value!r} ({reason})") from error


def before_commands(function: _F) -> _F:
    """`-C` before a command: the whole run is in that directory, for commands too that have no `-C` of their own."""
    return click.option(
        "-C",
        "--chdir",
        type=click.Path(),
        shell_complete=completion.directories,
        callback=_enter,
        expose_value=False,
        help="Run as if started in this directory.",
    )(function)


def target_before_commands(function: _F) -> _F:
    """`-e` and `--sandbox` before a command are given to it, and refused by a command that has no such option."""
    sandbox = click.option(
        "--sandbox", is_flag=True, help="Short for -e sandbox: a local Airbyte, no account."
    )
    environment = click.option(
        "-e",
        "--environment",
        metavar="NAME",
        shell_complete=completion.environments,
        help="An environment of reconciler.yaml, for the command.",
    )
    return environment(sandbox(function))
