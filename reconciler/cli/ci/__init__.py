"""`reconciler ci`: plan, apply and drift as workflows call them, with everything that GitHub shows about a run.

Here belongs which result goes where on GitHub: step summary, outputs, comment, issue. Outside GitHub Actions the commands work too
and say what they left out. Does not belong here: the run itself (the plain commands), the text of a result (`report`).
"""

from __future__ import annotations

import click

from reconciler.cli.group import CommandGroup

_COMMANDS = {
    "plan": ("plan", "Plan a pull request: comment, summary, annotations, plan file."),
    "apply": ("apply", "Create what is missing, and say so on the merged pull request."),
    "drift": ("drift", "Compare, and keep one issue of what differs."),
}


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


@click.group(cls=CommandGroup, lazy=_COMMANDS, package=__name__, has_target=True, epilog=EPILOG)
def ci(**_given: object) -> None:
    """Plan, apply and drift in GitHub Actions."""
