"""`reconciler ci`: plan, apply and drift as workflows call them, with everything that GitHub shows about a run.

Each command reads the server once and tells its one result as text, annotations, step summary, outputs, and a comment or an issue.
Outside GitHub Actions the commands work too and say what they could not tell.
"""

from __future__ import annotations

import importlib

import click

_COMMANDS = {
    "plan": "Plan a pull request: comment, summary, annotations, plan file.",
    "apply": "Create what is missing, and say so on the merged pull request.",
    "drift": "Compare, and keep one issue of what differs.",
}


class _Group(click.Group):
    """Imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of a change's life."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """None for an unknown name."""
        if cmd_name not in _COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"reconciler.cli.ci.{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table above: `--help` imports no command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


EPILOG = """\b
Reads from the environment, as GitHub Actions sets it:
  GITHUB_TOKEN            for comment and issue; sent to GITHUB_API_URL only
  GITHUB_EVENT_NAME, GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_REF_NAME, ...
  GITHUB_OUTPUT           gets exit-code, creates, drift, not-compared, unmanaged, created,
                          plan-file, plan-digest
  GITHUB_STEP_SUMMARY     gets the result as Markdown

\b
Exit codes are those of plan, apply and drift. A report that could not be delivered makes 0 a 1;
a token that may not write (fork, Dependabot, permissions) is a warning and changes no exit code."""


@click.group(cls=_Group, epilog=EPILOG)
def command() -> None:
    """Plan, apply and drift in GitHub Actions."""
