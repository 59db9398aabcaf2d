"""Completion in a shell: names of environments, manifests, connectors and rules. Reads files of the project only: no credential, no
connection. Says nothing about a project that is broken: it offers what can be read.

What is imported for one kind of name is imported in its function: a shell waits for every press of the tab key.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from reconciler.manifests.project import Project

VARIABLE = "_RECONCILER_COMPLETE"
"""Set by the shell's function. Click reads its value, such as `bash_source` and `bash_complete`."""

_SAFE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.@/+-]*")
"""bash puts an offer into the command line as it is: a name such as `$(...)`, from somebody's repository, would be run."""


def complete(cli: click.Command) -> int:
    """Print the script or the offers that the variable asks for. The exit code. Silent when it fails: it runs amid typing."""
    try:
        cli.main(args=[], prog_name="reconciler", complete_var=VARIABLE)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    except Exception:  # noqa: BLE001 - a traceback would land in the line that a person is typing
        return 1


def directories(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The shell's own: directories."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def environments(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Environments of the project file, and the sandbox."""
    return _offers(_project(ctx).environment_names, incomplete)


def manifests(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of the project's manifests, half-written ones included."""
    from reconciler.manifests.files import find_files
    from reconciler.manifests.includes import new_reader
    from reconciler.manifests.judging import document_name

    root, reader = _root(ctx), new_reader({})
    files = find_files((root / _project(ctx).manifests,), root=root).files
    names = (document_name(document.value) for file in files for document in reader.file(file)[0])
    return _offers(filter(None, names), incomplete)


def connectors(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Connectors of the lock and of the built-in catalogue."""
    from reconciler.connectors.catalogue import builtin_lock
    from reconciler.connectors.registry.files import Unreadable, read_bounded
    from reconciler.manifests.desired import LOCK_FILE, MAX_LOCK_BYTES

    lock = b""
    with contextlib.suppress(Unreadable):
        lock = read_bounded(_root(ctx) / LOCK_FILE, limit=MAX_LOCK_BYTES)
    return _offers((*_repositories(lock), *_repositories(builtin_lock())), incomplete)


def rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Rules with their titles, in any letter case."""
    from reconciler.connectors.lint.rules import all_rules

    titles = {facts.id: facts.title for facts in all_rules()}
    return _offers(titles, incomplete.upper(), titles)


def _root(ctx: click.Context) -> Path:
    return Path(ctx.params.get("chdir") or "")


def _project(ctx: click.Context) -> Project:
    from reconciler.errors import InvalidInput
    from reconciler.manifests.project import Project, read_project

    try:
        return read_project(_root(ctx))
    except InvalidInput:
        return Project()


def _offers(
    names: Iterable[str], incomplete: str, titles: Mapping[str, str] | None = None
) -> list[CompletionItem]:
    """Names with what is said about them, each once, sorted."""
    from click.shell_completion import CompletionItem

    wanted = {name for name in names if name.startswith(incomplete) and _SAFE.fullmatch(name)}
    return [CompletionItem(name, help=(titles or {}).get(name)) for name in sorted(wanted)]


def _repositories(lock: str | bytes) -> Iterator[str]:
    """What a lock names, as far as it can be read."""
    import json

    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError):
        yield from [entry["repository"].rpartition("/")[2] for entry in json.loads(lock)["connectors"]]
