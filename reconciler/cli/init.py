"""`reconciler init`: the files of a new project, and what comes next. Opens no connection and writes over nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler.cli.checkout import default_branch, origin_and_commit, top_directory
from reconciler.cli.console import Console
from reconciler.cli.init_files import account, make_directory, to_be_merged, write_files
from reconciler.manifests.project import read_project
from reconciler.report.safe_text import safe_text
from reconciler.starter.files import (
    EXAMPLE_CONNECTOR,
    Ci,
    StarterFile,
    example_manifest,
    hook_file,
    pipeline_files,
    pipeline_paths,
    project_files,
)
from reconciler.starter.layout import Layout
from reconciler.starter.next_steps import next_steps
from reconciler.starter.tool import COMMIT, REPOSITORY, Tool, installed_from, repository_of

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

_DISTRIBUTION = "airbyte-template-reconciler"


def _repository(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None or REPOSITORY.fullmatch(value):
        return value
    raise click.BadParameter(f"{value!r} is not OWNER/NAME, a repository on GitHub")


def _commit(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None or COMMIT.fullmatch(value):
        return value
    raise click.BadParameter(
        f"{value!r} is not a full commit id (40 hexadecimal digits); a tag or branch can be moved later, and the "
        "workflows run with your credentials"
    )


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
    "--tool-repository", metavar="OWNER/NAME", callback=_repository, help="Where this tool is on GitHub."
)
@click.option("--tool-ref", metavar="COMMIT", callback=_commit, help="The commit of it that workflows run.")
@click.option(
    "--branch", metavar="NAME", help="Pushes to it are applied. Default: the repository's default branch."
)
@click.option("-q", "--quiet", is_flag=True, help="Only the list of files and errors.")
@click.pass_obj
def command(
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
    tool = Tool(tool_repository, tool_ref) if tool_repository and tool_ref else installed_tool()
    return start_project(console, directory, Ci(ci), tool, branch=branch)


def start_project(
    console: Console, directory: Path, ci: Ci, tool: Tool | None, *, branch: str | None = None
) -> int:
    """Write what is missing, tell it, and return the exit code. Without a tool no pipelines are written."""
    ground = _ground(directory, branch)
    outcome = write_files(ground.root, tuple(_planned(ground, tool, ci)))
    console.data(account(ground.root, outcome))
    console.words(to_be_merged(ground.root, outcome.left))
    place, has_pipelines = safe_text(directory.as_posix()), ground.has_pipelines(ci)
    console.words(next_steps(ground.layout, tool, ci, place=place, has_pipelines=has_pipelines))
    return 0


def installed_tool() -> Tool | None:
    """The repository and commit that this program was installed from; None when the installation does not say."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = installed_from(distribution(_DISTRIBUTION).read_text("direct_url.json"))
    except PackageNotFoundError:
        return None
    if not isinstance(found, Path):
        return found
    clone = origin_and_commit(found)
    repository = repository_of(clone[0]) if clone else None
    return Tool(repository, clone[1]) if clone and repository else None


@dataclass(frozen=True)
class _Ground:
    """The repository's root (the project's own directory outside git), and where the project lies in it."""

    root: Path
    layout: Layout
    has_manifests: bool

    def has_pipelines(self, ci: Ci) -> bool:
        """Whether all of them are there by now, from this run or an earlier one."""
        return all((self.root / path).exists() for path in pipeline_paths(ci))

    @property
    def project(self) -> Path:
        """The project's directory."""
        return self.root / self.layout.directory


def _ground(directory: Path, branch: str | None) -> _Ground:
    """Where things go. Makes the directory. Raises InvalidInput for a project file that cannot be read."""
    make_directory(directory)
    here = Path(os.path.realpath(directory))
    top = top_directory(here)
    root = top if top is not None and here.is_relative_to(top) else here
    manifests = read_project(here).manifests
    layout = Layout(here.relative_to(root).as_posix(), manifests, branch or default_branch(root) or "main")
    return _Ground(root, layout, has_manifests=_has_files(here / manifests))


def _has_files(directory: Path) -> bool:
    """Also for a directory that cannot be read: then nothing is put into it."""
    try:
        return directory.is_dir() and any(directory.iterdir())
    except OSError:
        return True


def _planned(ground: _Ground, tool: Tool | None, ci: Ci) -> Iterator[StarterFile]:
    """Every file of a new project. A project that has manifests gets no example: it would be created for customers."""
    layout = ground.layout
    yield from project_files(layout)
    if not ground.has_manifests:
        yield example_manifest(layout)
        yield from _lock_file(ground)
    yield from _schema_files(layout)
    yield hook_file(layout, tool)
    if tool is not None:
        yield from pipeline_files(layout, tool, ci)


def _lock_file(ground: _Ground) -> Iterator[StarterFile]:
    """The lock of the example's connector: as this machine last read the registry, else as the sandbox knows it. Of the sandbox's
    specifications this one is whole; the lock says where it is from, and the next steps fetch the registry's.
    """
    from reconciler.cli.connectors_found import find_source
    from reconciler.cli.workspace import LOCK_FILE
    from reconciler.connectors.registry.lock_file import lock_text
    from reconciler.connectors.registry.lookup import Held
    from reconciler.connectors.registry.source import CLOUD, SANDBOX

    hit = find_source(EXAMPLE_CONNECTOR, ground.project)
    path = ground.layout.within(LOCK_FILE)
    if hit.collection.held is Held.REGISTRY:
        source, about = CLOUD, "the connector's specification, as last read here"
    else:
        source, about = SANDBOX, "the connector's specification, as the sandbox has it"
    yield StarterFile(path, lock_text(source, (hit.entry,)), about)


def _schema_files(layout: Layout) -> Iterator[StarterFile]:
    from reconciler.manifests.schema import manifest_schema, project_schema

    for name, schema in (("manifest", manifest_schema()), ("project", project_schema())):
        path = layout.within(f"schemas/{name}.schema.json")
        yield StarterFile(path, json.dumps(schema, indent=2) + "\n", "for editors")
