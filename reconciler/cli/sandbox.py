"""`reconciler sandbox serve`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.console import Console

if TYPE_CHECKING:
    from reconciler.sandbox.settings import Role

EPILOG = """\b
Examples:
  reconciler sandbox serve
  reconciler sandbox serve --port 0 --database :memory:    a free port, state gone at the end
  reconciler sandbox serve --role reader                   every create answers 403
  reconciler sandbox serve --moved                         every call answers 301, as after a migration"""


@click.group()
def command() -> None:
    """A local Airbyte that answers as the real one does, its traps included."""


@command.command(epilog=EPILOG)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8089, show_default=True, help="0 takes a free one."
)
@click.option(
    "--database",
    default=".reconciler/sandbox.db",
    show_default=True,
    help="SQLite file with the state; `plan --sandbox` in the same folder sees the same one. :memory: keeps nothing.",
)
@click.option(
    "--organization",
    "organizations",
    multiple=True,
    metavar="UUID",
    help="Organizations that exist; repeatable.",
)
@click.option(
    "--role", type=click.Choice(("admin", "editor", "reader", "none")), default="admin", show_default=True
)
@click.option(
    "--token-seconds", type=click.IntRange(1), default=900, show_default=True, help="Lifetime of a token."
)
@click.option("--unentitled", is_flag=True, help="The organizations lack the Embedded entitlement (403).")
@click.option("--moved", is_flag=True, help="The organizations were moved to the Agent API (301).")
@click.pass_obj
def serve(
    console: Console,
    /,
    *,
    host: str,
    port: int,
    database: str,
    organizations: tuple[str, ...],
    role: Role,
    token_seconds: int,
    unentitled: bool,
    moved: bool,
) -> int:
    """Serve the sandbox on a port until it is interrupted. Its connectors: a small catalogue, and
    connectors.lock.json.
    """
    from reconciler.cli.workspace import read_catalogue
    from reconciler.model.target import Api
    from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_ORGANIZATION_ID
    from reconciler.sandbox.serve import serve as serve_app
    from reconciler.sandbox.settings import SandboxSettings
    from reconciler.sandbox.state_file import DATABASE, project_database
    from reconciler.sandbox.store import open_store

    settings = SandboxSettings(
        organizations=tuple(o.lower() for o in organizations) or (DEFAULT_ORGANIZATION_ID,),
        connectors=read_catalogue(Path(), Api.SANDBOX),
        role=role,
        entitled=not unentitled,
        moved=moved,
        token_lifetime_seconds=token_seconds,
    )

    def tell(url: str) -> None:
        console.data(f"{url}\n")
        console.words(
            "The sandbox answers at the address above until Ctrl-C. In another shell:\n"
            f"  export AIRBYTE_API_URL={url}\n"
            f"  export AIRBYTE_ORGANIZATION_ID={settings.organizations[0]}\n"
            f"  export AIRBYTE_CLIENT_ID={DEFAULT_CLIENT_ID} AIRBYTE_CLIENT_SECRET={DEFAULT_CLIENT_SECRET}\n"
            "  reconciler plan -e production\n"
        )

    if Path(database) == DATABASE:
        project_database(Path())
    with contextlib.closing(open_store(None if database == ":memory:" else Path(database))) as store:
        serve_app(host, port, store, settings, on_ready=tell)
    return 0
