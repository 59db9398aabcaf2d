"""The options that commands share, and the value they become."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli import completion
from reconciler.cli.report_files import is_replaced, obstacle
from reconciler.errors import ReconcilerError
from reconciler.model.target import Api, Dialect

if TYPE_CHECKING:
    from reconciler.cli.console import Console

FORMATS = ("text", "json")
"""What every command with `--format` gives."""
_RENDERED = ("text", "json", "markdown", "github")
FORMATS_OF = {
    "validate": (*_RENDERED, "junit"),
    "plan": (*_RENDERED, "html"),
    "apply": (*_RENDERED, "html"),
    "drift": (*_RENDERED, "html"),
}
"""Which renderings the result of a command has. A command that is not named has `FORMATS`."""

A_NAME = "a name: 1 to 200 characters, no control character and no blank at an end"
"""For `matching`."""

_F = TypeVar("_F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Options:
    """What the command line says. The same shape for every command that reads manifests."""

    environment: str | None = None
    dialect: Dialect | None = None
    chdir: Path = Path()
    format: str = "text"
    writes: tuple[tuple[str, Path], ...] = ()
    only: tuple[str, ...] = ()
    paths: tuple[Path, ...] = ()
    concurrency: int = 8
    detailed_exitcode: bool = False
    quiet: bool = False
    verbose: bool = False
    plan_file: Path | None = None
    yes: bool = False
    max_creates: int | None = None
    lock: str | None = None


def options_from(console: Console, parameters: dict[str, Any]) -> Options:
    """The options of a call, which the console follows from now on. `--sandbox` becomes the environment of that name.

    UsageError when two reports go to one file, or one to where none may go, and for `--api` where it has no meaning.
    """
    is_sandbox = {"environment": "sandbox"} if parameters.get("sandbox") else {}
    options = Options(**{name: value for name, value in parameters.items() if name != "sandbox"} | is_sandbox)
    files = [options.chdir / file for _, file in options.writes if is_replaced(options.chdir / file)]
    real = [os.path.realpath(file) for file in files]
    if len(set(real)) < len(real):
        twice = next(file for file, goal in zip(files, real, strict=True) if real.count(goal) > 1)
        raise click.UsageError(
            f"--write names {str(twice)!r} twice, and the second report would replace the first; give each its own file"
        )
    for form, file in options.writes:
        check_goal(options.chdir, file, f"--write {form}={file}")
    if options.dialect is not None:
        _check_sandbox(options)
    console.follow(options)
    return options


def _check_sandbox(options: Options) -> None:
    """UsageError when `--api` was given for an environment that is no sandbox."""
    from reconciler.manifests.project import read_project

    try:
        chosen = read_project(options.chdir).environment(options.environment)
    except ReconcilerError:  # the command itself reports it
        return
    if chosen.api is not Api.SANDBOX:
        raise click.UsageError(
            f"--api is for a sandbox, and the environment {chosen.name} has `api: {chosen.api}`; add --sandbox, or leave --api out"
        )


def check_goal(chdir: Path, file: Path, option: str) -> None:
    """UsageError, which begins with `option`, when no report may go into this file of the project or elsewhere."""
    from reconciler.manifests.desired import LOCK_FILE
    from reconciler.manifests.project import DEFAULT_MANIFESTS, PROJECT_FILE, read_project

    try:
        manifests = read_project(chdir).manifests
    except ReconcilerError:  # the command itself reports it
        manifests = DEFAULT_MANIFESTS
    inputs = (chdir / PROJECT_FILE, chdir / LOCK_FILE)
    if why := obstacle(chdir / file, manifests=chdir / manifests, inputs=inputs):
        raise click.UsageError(f"{option}: {why}")


def with_ending(
    *endings: str, why: str, or_stdout: bool = False
) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """A click callback for a file whose name has to have one of these endings, or to be "-" for stdout."""

    def checked(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
        is_stdout = or_stdout and value == Path("-")
        if value is not None and not is_stdout and value.suffix.lower() not in endings:
            raise click.BadParameter(f"{why}; end the name in {' or '.join(endings)}")
        return value

    return checked


def matching(
    is_right: Callable[[str], object], what: str
) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A click callback for a text that has to pass a test. `what` it is not follows the text in the message."""

    def checked(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
        if value is not None and not is_right(value):
            raise click.BadParameter(f"{value[:200]!r} is not {what}")
        return value

    return checked


def together(*decorators: Callable[[_F], _F]) -> Callable[[_F], _F]:
    """All of them as one decorator. Help lists their options in this order."""

    def decorated(function: _F) -> _F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorated


def _one_environment(ctx: click.Context, _param: click.Parameter, value: bool) -> bool:  # noqa: FBT001 - click's signature
    if value and ctx.params.get("environment"):
        raise click.BadParameter("--sandbox is short for -e sandbox; give one of the two")
    return value


def _writes(
    formats: tuple[str, ...], _ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    found = []
    for value in values:
        form, _, file = value.partition("=")
        if not file or form not in formats:
            raise click.BadParameter(f"{value!r} is not FORMAT=FILE with FORMAT one of {', '.join(formats)}")
        if file == "-":
            raise click.BadParameter(
                f"{value!r} would make a file called -; stdout gets what --format says, and {form}=/dev/stdout beside it"
            )
        found.append((form, Path(file)))
    return tuple(found)


def _directory(_ctx: click.Context, _param: click.Parameter, value: Path) -> Path:
    """Of a directory that is missing nothing would be said later on: it looks like an empty project."""
    if not value.is_dir():
        raise click.BadParameter(f"no such directory: {str(value)!r}")
    return value


def chdir_option(help: str = "Run as if started in this directory.") -> Callable[[_F], _F]:
    """`-C/--chdir`: a directory that exists."""
    return click.option(
        "-C",
        "--chdir",
        type=click.Path(path_type=Path),
        default=Path(),
        callback=_directory,
        shell_complete=completion.directories,
        help=help,
    )


def format_option(formats: tuple[str, ...] = FORMATS) -> Callable[[_F], _F]:
    """`-f/--format`."""
    formats_of_stdout = click.Choice(formats)
    return click.option(
        "-f", "--format", type=formats_of_stdout, default="text", show_default=True, help="What stdout gets."
    )


def _write_option(formats: tuple[str, ...]) -> Callable[[_F], _F]:
    return click.option(
        "--write",
        "writes",
        multiple=True,
        metavar="FORMAT=FILE",
        callback=partial(_writes, formats),
        help="Also write the result to a file; repeatable.",
    )


def _verbose(help: str) -> Callable[[_F], _F]:
    return click.option("-v", "--verbose", is_flag=True, help=help)


_QUIET = click.option("-q", "--quiet", is_flag=True, help="Only the result and errors.")
_EVERYTHING = _verbose("Everything: in-sync entries, all changes, all reasons.")


def common_options(*, verbose: str = "") -> Callable[[_F], _F]:
    """Where to run, what to print, where to write. Text and JSON only. `verbose` says what -v shows. Without it there is none."""
    more = (_verbose(verbose),) if verbose else ()
    return together(chdir_option(), format_option(), _write_option(FORMATS), _QUIET, *more)


place_options = together(chdir_option(), _QUIET)
"""Where to run, and whether to say little: for commands that print one thing of their own."""

target_options = together(
    click.option(
        "-e",
        "--environment",
        metavar="NAME",
        is_eager=True,
        shell_complete=completion.environments,
        help="An environment of reconciler.yaml.",
    ),
    click.option(
        "--sandbox",
        is_flag=True,
        callback=_one_environment,
        help="Short for -e sandbox: a local Airbyte, no account.",
    ),
    click.option(
        "--api",
        "dialect",
        type=click.Choice([each.value for each in Dialect]),
        callback=lambda _ctx, _param, value: value and Dialect(value),
        help="Which API a sandbox speaks: that of a self-managed Airbyte (public), or the Agent API.",
    ),
)
"""Which environment."""

_ONLY = click.option(
    "--only",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.manifests,
    help="Only manifests whose name matches this glob; repeatable.",
)
_CONCURRENCY = click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Templates read at the same time. The public API's server works on five requests at once.",
)
_DETAILED = {
    "plan": "Exit 2 when something is to be created, has drifted, is duplicate or was not compared.",
    "drift": "Taken for the sake of plan and apply: drift always exits 2 on any finding.",
}


def run_options(command: str, *, in_pipeline: bool = False) -> Callable[[_F], _F]:
    """What `validate`, `plan`, `drift` and `apply` have in common: which environment and manifests, how fast to read, what to print,
    where to write. In a pipeline every manifest is looked at, and the runner decides what stdout gets.
    """
    formats = FORMATS_OF[command]
    detailed = _DETAILED.get(command, _DETAILED["plan"])
    options = {
        "target": target_options,
        "only": _ONLY,
        "concurrency": _CONCURRENCY,
        "detailed": click.option("--detailed-exitcode", is_flag=True, help=detailed),
        "chdir": chdir_option(),
        "format": format_option(formats),
        "write": _write_option(formats),
        "quiet": _QUIET,
        "verbose": _EVERYTHING,
    }
    without = {"only", "format"} if in_pipeline else set[str]()
    without |= {"concurrency", "detailed"} if command == "validate" else set()
    without |= {"detailed"} if command == "drift" and in_pipeline else set()
    return together(*(option for name, option in options.items() if name not in without))


plan_argument = click.argument(
    "plan_file", required=False, metavar="[PLAN.json]", type=click.Path(path_type=Path)
)
limit_option = click.option(
    "--max-creates",
    type=click.IntRange(0),
    metavar="N",
    help="Refuse above N creates and updates; default: the environment's maxCreates.",
)
paths_argument = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
"""`[PATH...]`: files or directories of manifests."""
