"""`reconciler init`: the files of a new project, and what comes next. Opens no connection and writes over nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click

from reconciler import starter
from reconciler.cli.checkout import default_branch, origin_and_commit, top_directory
from reconciler.cli.console import Console
from reconciler.cli.options import matching
from reconciler.cli.report_files import make_folder, write_new
from reconciler.manifests.project import read_project
from reconciler.model.text import count
from reconciler.report.safe_text import safe_text
from reconciler.starter import Ci, Layout, StarterFile, Tool

EPILOG = """\b
Examples:
  reconciler init                      here
  reconciler init templates            in a folder; workflows go to the root of its repository
  reconciler init --ci gitlab
  reconciler init --tool-repository OWNER/NAME --tool-ref COMMIT

\b
Files that exist are left as they are, so it can be run again. Opens no connection.
The workflows run this tool from its GitHub repository, at one commit. An installation from git knows
both; otherwise give them, or the workflows are left out."""

_AGAIN = "what was written before it stays; run this again"
_FULL_COMMIT = "a full commit id (40 hexadecimal digits); a tag or branch can be moved later, and the workflows run with your credentials"


@click.command(epilog=EPILOG)
@click.argument("directory", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--ci",
    type=click.Choice([ci.value for ci in Ci]),
    default=Ci.GITHUB.value,
    show_default=True,
    help="Which pipelines to write.",
)
@click.option(
    "--tool-repository",
    metavar="OWNER/NAME",
    callback=matching(starter.REPOSITORY.fullmatch, "OWNER/NAME, a repository on GitHub"),
    help="Where this tool is on GitHub.",
)
@click.option(
    "--tool-ref",
    metavar="COMMIT",
    callback=matching(starter.COMMIT.fullmatch, _FULL_COMMIT),
    help="The commit of it that workflows run.",
)
@click.option(
    "--branch", metavar="NAME", help="Pushes to it are applied. Default: the repository's default branch."
)
@click.option("-q", "--quiet", is_flag=True, help="Only the list of files and errors.")
@click.pass_obj
def init(
    console: Console,
    /,
    *,
    directory: Path,
    ci: str,
    tool_repository: str | None,
    tool_ref: str | None,
    branch: str | None,
    quiet: bool,
) -> int:
    """Start a project: project file, an example manifest, editor schemas, workflows and a pre-commit hook.

    DIRECTORY: where; default is here.
    """
    if (tool_repository is None) != (tool_ref is None):
        raise click.UsageError("--tool-repository and --tool-ref go together")
    console.quiet = quiet
    tool = Tool(tool_repository, tool_ref) if tool_repository and tool_ref else _installed_tool()
    return start_project(console, directory, Ci(ci), tool, branch=branch)


def start_project(
    console: Console, directory: Path, ci: Ci, tool: Tool | None, *, branch: str | None = None
) -> int:
    """Write what is missing, say so, and return the exit code. Without a tool no pipelines are written.

    Raises InvalidInput for a project file that cannot be read, before anything is written. Raises ReportNotWritten: what was
    written before stays, and a second run goes on.
    """
    make_folder(directory, help=_AGAIN)
    here = Path(os.path.realpath(directory))
    top = top_directory(here)
    root = top if top is not None and here.is_relative_to(top) else here
    manifests = read_project(here).manifests
    layout = Layout(here.relative_to(root).as_posix(), manifests, branch or default_branch(root) or "main")
    written, left = list[StarterFile](), list[StarterFile]()
    for file in tuple(_planned(root, layout, tool, ci)):
        (written if write_new(root / file.path, file.text, help=_AGAIN) else left).append(file)
    console.data(_account(root, written, left))
    console.words("".join(_to_be_merged(root, left)))
    has_pipelines = all((root / path).exists() for path in starter.PIPELINES[ci])
    place = safe_text(directory.as_posix())
    console.words(starter.next_steps(layout, tool, ci, place=place, has_pipelines=has_pipelines))
    return 0


def _installed_tool() -> Tool | None:
    """The repository and commit that this program was installed from. None when the installation does not say."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = starter.installed_from(
            distribution("airbyte-template-reconciler").read_text("direct_url.json")
        )
    except PackageNotFoundError:
        return None
    if not isinstance(found, Path):
        return found
    clone = origin_and_commit(found)
    return starter.tool_at(*clone) if clone else None


def _planned(root: Path, layout: Layout, tool: Tool | None, ci: Ci) -> Iterator[StarterFile]:
    """Every file of a new project. A project that has manifests gets no example: it would be created for customers."""
    from reconciler.manifests.schema import manifest_schema, project_schema

    yield from starter.project_files(layout)
    try:
        has_files = any((root / layout.within(layout.manifests)).iterdir())
    except OSError as error:  # of a directory that cannot be read nothing is known: nothing is put into it
        has_files = not isinstance(error, FileNotFoundError | NotADirectoryError)
    if not has_files:
        yield starter.example_manifest(layout)
        yield _lock_file(root, layout)
    for name, schema in (("manifest", manifest_schema()), ("project", project_schema())):
        path = layout.within(f"schemas/{name}.schema.json")
        yield StarterFile(path, json.dumps(schema, indent=2) + "\n", "for editors")
    yield starter.hook_file(layout, tool)
    if tool is not None:
        yield from starter.pipeline_files(layout, tool, ci)


def _lock_file(root: Path, layout: Layout) -> StarterFile:
    """The lock of the example's connector: as this machine last read the registry, else as the sandbox knows it.

    Of the sandbox's specifications this one is whole. The lock names its source, and the next steps fetch the registry's.
    """
    from reconciler.cli.connectors_lock import find_connector
    from reconciler.connectors.registry.lock import lock_text
    from reconciler.connectors.registry.lookup import Held
    from reconciler.manifests.desired import LOCK_FILE

    hit = find_connector(starter.EXAMPLE_CONNECTOR, root / layout.directory)
    is_read = hit.collection.held is Held.REGISTRY
    about = f"the connector's specification, as {'last read here' if is_read else 'the sandbox has it'}"
    text = lock_text("cloud" if is_read else "sandbox", (hit.entry,))
    return StarterFile(layout.within(LOCK_FILE), text, about)


def _account(root: Path, written: list[StarterFile], left: list[StarterFile]) -> str:
    """What was written and what was left, one line each."""
    width = max((len(safe_text(file.path)) for file in written), default=0)
    lines = [f"{count(len(written), 'file')} written in {safe_text(str(root))}"]
    lines += [f"  {safe_text(file.path):<{width}}  {safe_text(file.about)}" for file in written]
    if left:
        lines.append(f"{count(len(left), 'file')} left as {'they are' if len(left) > 1 else 'it is'}")
        lines += [f"  {safe_text(file.path)}" for file in left]
    return "\n".join(lines) + "\n"


def _to_be_merged(root: Path, left: list[StarterFile]) -> Iterator[str]:
    """The texts for files that other tools have too, and that do not mention this one yet."""
    for file in left:
        try:
            content = (root / file.path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            content = ""
        if file.is_shared and "reconciler" not in content:
            lines = "\n".join(f"  {line}".rstrip() for line in file.text.splitlines())
            yield f"\n{safe_text(file.path)} was there already. Add to it:\n{lines}\n"
