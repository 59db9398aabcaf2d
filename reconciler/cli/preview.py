"""`reconciler preview`."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path

import click

from reconciler.cli import completion
from reconciler.cli.console import Console
from reconciler.cli.options import check_goal, options_from, place_options, target_options, with_ending
from reconciler.cli.validate import Validation, validated
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.report.html.preview_page import render_preview_page
from reconciler.report.text_problems import problem_counts, render_problems
from reconciler.report.wording import count

EPILOG = """\b
Examples:
  reconciler preview -o forms.html                      every manifest
  reconciler preview hubspot 'crm-*' -o forms.html      some of them
  reconciler preview --sandbox -o forms.html            with the specifications that the sandbox knows

\b
A manifest that leaves its form to Airbyte needs its connector in connectors.lock.json
(`reconciler connectors lock`). The page is one file: it loads nothing, and secrets are masked.
Needs no credentials and opens no connection. Exit 3 on any error in a manifest; what only the
server or the widget would refuse is shown on the page, which is written then."""

_STDOUT = Path("-")


@click.command(epilog=EPILOG)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=completion.manifests)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=with_ending(".html", ".htm", why="the preview is a page", or_stdout=True),
    metavar="FILE.html",
    help="Where to write the page; - or nothing for stdout, unless that is a terminal.",
)
@target_options
@place_options
@click.pass_obj
def command(
    console: Console,
    /,
    *,
    names: tuple[str, ...],
    output: Path | None,
    environment: str | None,
    sandbox: bool,
    chdir: Path,
    quiet: bool,
) -> int:
    """Show the forms that customers will see, on one HTML page. Offline.

    NAME: manifests to show, as names or globs; default is all of them.
    """
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("the page would go to this terminal; give -o FILE.html")
    given = {"environment": environment, "sandbox": sandbox, "chdir": chdir, "quiet": quiet, "only": names}
    options = options_from(console, given)
    if output is not None and output != _STDOUT:
        check_goal(chdir, output, f"-o {output}")
    found = validated(console, options, with_form=True, needs_match=False)
    _refuse(found, names)
    page = render_preview_page(found.manifests)
    if output is None or output == _STDOUT:
        console.data(page)
    else:
        console.write_report(chdir / output, page)
        console.words(f"Wrote {output}: {count(len(found.manifests), 'form')}.\n")
    errors = tuple(problem for problem in found.problems if problem.severity is Severity.ERROR)
    if errors:
        console.error(render_problems(errors, console.error_style()))
        console.error(f"Invalid: {problem_counts(errors)}\n")
    return int(found.code)


def _refuse(found: Validation, names: tuple[str, ...]) -> None:
    """Raise InvalidInput for what makes a page wrong or a leak: files that cannot be read, secrets in them, unknown names."""
    judged = {problem for _, assessed in found.manifests for problem in assessed.problems}
    wrong = tuple(
        problem
        for problem in found.problems
        if problem.severity is Severity.ERROR and (problem not in judged or problem in found.literal_secrets)
    )
    known = [manifest.name for manifest, _ in found.manifests]
    missing = tuple(
        Diagnostic(Origin(f"argument {name}", 0), "R110", "no manifest has this name", "check the name")
        for name in dict.fromkeys(names)
        if not any(fnmatchcase(each, name) for each in known)
    )
    if wrong or missing:
        raise InvalidInput((*wrong, *missing))
