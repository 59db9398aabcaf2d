"""`reconciler apply`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reconciler.applying.plan_file import MAX_PLAN_BYTES, PlanFile, parse_plan_file, unknown_environment
from reconciler.cli.apply_run import ApplyRun, carried_out
from reconciler.cli.console import Console
from reconciler.cli.locking import lock_option
from reconciler.cli.options import Options, limit_option, options_from, plan_argument, run_options
from reconciler.cli.workspace import open_workspace
from reconciler.errors import UnsafePlan
from reconciler.manifests.project import read_project

EPILOG = """\b
Examples:
  reconciler apply --sandbox                      try it without an account
  reconciler apply -e production                  plans, shows, asks, creates
  reconciler apply --yes --write json=result.json for a pipeline
  reconciler apply plan.json --yes                exactly the reviewed plan, or exit 4
  reconciler apply --yes --lock git               one run at a time, by a lease on a ref of origin

\b
A create is sent once. If its answer is lost, the template is looked for (settleSeconds) and
never sent again; exit 5 then says that a person or the next run has to look.

\b
Where the environment says policy: create-update (Agent API), what differs is changed first: only
what differs is sent, once, and read back. What the server stored otherwise ends the run."""


@click.command(epilog=EPILOG)
@plan_argument
@click.option("--yes", is_flag=True, help="Create without asking. Required where nobody can be asked.")
@limit_option
@lock_option
@run_options("apply")
@click.pass_obj
def apply(console: Console, /, **parameters: Any) -> int:
    """Create the templates that are missing, each exactly once. Changes one only by `policy: create-update`. Never deletes one."""
    run = prepared_run(console, options_from(console, parameters))
    return run.report(carried_out(run))


def prepared_run(console: Console, options: Options) -> ApplyRun:
    """Everything that `apply` reads before it connects. Raises InvalidInput, and UnsafePlan for a plan file of no use."""
    reviewed = None
    if options.plan_file is not None:
        if options.only:
            raise click.UsageError("--only does not go with a plan file: the plan holds its own selection")
        reviewed = _read_plan_file(options.chdir / options.plan_file)
        if options.environment is None and not read_project(options.chdir).has(reviewed.environment):
            raise unknown_environment(reviewed)
        options = replace(
            options,
            environment=options.environment or reviewed.environment,
            dialect=options.dialect or reviewed.dialect,
        )
    workspace = open_workspace(options, console)
    if reviewed is not None:
        workspace = replace(workspace, selection=reviewed.selection)
    return ApplyRun(console, options, workspace, reviewed)


def _read_plan_file(path: Path) -> PlanFile:
    try:
        with path.open("rb") as stream:
            return parse_plan_file(str(path), stream.read(MAX_PLAN_BYTES + 1))
    except OSError as error:
        raise UnsafePlan(f"{path}: the plan file could not be read: {error.strerror}") from error
