"""`reconciler sandbox serve`."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from reconciler.cli.console import Console
from reconciler.cli.group import CommandGroup
from reconciler.cli.options import together

EPILOG = """\b
Examples:
  reconciler sandbox serve
  reconciler sandbox serve --port 0 --database :memory:    a free port, state gone at the end
  reconciler sandbox serve --role admin                    ordinary users: a GET must name the organization in a header
  reconciler sandbox serve --role reader                   every create answers 403
  reconciler sandbox serve --moved                         every call answers 301, as after a migration
  reconciler sandbox serve --patch merge --secrets masked  an Agent API that merges objects and hides secrets

\b
By hand, with the exports that it prints:
  TOKEN=$(curl -s "$AIRBYTE_API_URL/applications/token" -H 'Content-Type: application/json' \\
    -d "{\\"client_id\\": \\"$AIRBYTE_CLIENT_ID\\", \\"client_secret\\": \\"$AIRBYTE_CLIENT_SECRET\\"}" \\
    | sed 's/.*"access_token": "\\([^"]*\\)".*/\\1/')
  curl -s "$AIRBYTE_API_URL/config_templates/sources?organizationId=$AIRBYTE_ORGANIZATION_ID" \\
    -H "Authorization: Bearer $TOKEN" -H "X-Airbyte-Organization-Id: $AIRBYTE_ORGANIZATION_ID"

The real server looks for the organization of a GET in that last header. An instance admin, the
default here, needs none, so the vendor's own examples work; with any other --role it is 403 without.

\b
The Agent API by hand, with its address in AIRBYTE_API_URL and a TOKEN from /account/applications/token there:
  curl -s -H "Authorization: Bearer $TOKEN" "$AIRBYTE_API_URL/integrations/templates/sources?use_global=true"
"""

_READY = """\
The sandbox answers at the addresses above until Ctrl-C: the public API, and the Agent API. In another shell:
  export AIRBYTE_API_URL={url}
  export AIRBYTE_ORGANIZATION_ID={organization}
  export AIRBYTE_CLIENT_ID={client_id} AIRBYTE_CLIENT_SECRET={client_secret}
  reconciler plan -e production
For an environment with `api: agents`: export AIRBYTE_API_URL={agents}
`reconciler sandbox serve --help` has a curl line.
"""


_CHOICES = {
    "shape": (
        ("2026-07", "2026-05", "older"),
        "which contract; the older one has tags and /templates/sources/global",
    ),
    "errors": (
        ("message", "detail"),
        "{message, errors} as in the contract, or {detail} as on the vendor's pages",
    ),
    "patch": (("replace", "merge"), "what an object in a PATCH does to the stored one"),
    "nulls": (("ignore", "clear"), "what a null in a PATCH does"),
    "secrets": (("clear", "masked", "omitted"), "how the secrets of a destination come back"),
}
_FLAGS = {
    "tags": "the endpoints of tags are there",
    "unique-names": "a taken name is refused with `already exists`",
    "mixed-list": "the list holds Airbyte's own templates too",
}
_agents_options = together(
    *(
        click.option(
            f"--{name}",
            type=click.Choice(choices),
            default=choices[0],
            show_default=True,
            help=f"Agent API: {what}.",
        )
        for name, (choices, what) in _CHOICES.items()
    ),
    *(click.option(f"--{name}", is_flag=True, help=f"Agent API: {what}.") for name, what in _FLAGS.items()),
    click.option(
        "--throttle-every",
        type=click.IntRange(2),
        metavar="N",
        help="Agent API: every Nth request is answered 429 with Retry-After.",
    ),
)
"""What nobody outside knows of the Agent API, or what changed. `AgentSettings` says what each means."""


@click.group(cls=CommandGroup)
def sandbox() -> None:
    """A local Airbyte that answers as the real one does, its traps included."""


@sandbox.command(epilog=EPILOG)
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
    type=click.UUID,
    help="Organizations that exist; repeatable.",
)
@click.option(
    "--role",
    type=click.Choice(("instance-admin", "admin", "editor", "reader", "none")),
    default="instance-admin",
    show_default=True,
    help="What the caller may do in the organizations.",
)
@click.option(
    "--token-seconds",
    "token_lifetime_seconds",
    type=click.IntRange(1),
    default=900,
    show_default=True,
    help="Lifetime of a token.",
)
@click.option("--unentitled", is_flag=True, help="The organizations lack the Embedded entitlement (403).")
@click.option("--moved", is_flag=True, help="The organizations were moved to the Agent API (301).")
@_agents_options
@click.pass_obj
def serve(
    console: Console,
    /,
    *,
    host: str,
    port: int,
    database: str,
    organizations: tuple[UUID, ...],
    unentitled: bool,
    **settings: Any,
) -> int:
    """Serve the sandbox on a port until it is interrupted, both APIs. Its connectors: a small catalogue,
    and connectors.lock.json.
    """
    from dataclasses import fields

    from reconciler.manifests.desired import read_catalogue
    from reconciler.model.target import SANDBOX_ORGANIZATION_ID, Api
    from reconciler.sandbox.app import AGENTS, CLOUD
    from reconciler.sandbox.serve import serve as serve_app
    from reconciler.sandbox.settings import AgentSettings, SandboxSettings
    from reconciler.sandbox.state_file import DATABASE, project_database
    from reconciler.sandbox.store import open_store

    agents = AgentSettings(**{each.name: settings.pop(each.name) for each in fields(AgentSettings)})
    served = SandboxSettings(
        organizations=tuple(map(str, organizations)) or (SANDBOX_ORGANIZATION_ID,),
        connectors=read_catalogue(Path(), Api.SANDBOX),
        entitled=not unentitled,
        agents=agents,
        **settings,
    )

    def say_ready(url: str) -> None:
        agents_url = url.removesuffix(CLOUD) + AGENTS
        console.data(f"{url}\n{agents_url}\n")
        logins = {"client_id": served.client_id, "client_secret": served.client_secret}
        console.words(
            _READY.format(url=url, agents=agents_url, organization=served.organizations[0], **logins)
        )

    if Path(database) == DATABASE:
        project_database(Path())
    with contextlib.closing(open_store(None if database == ":memory:" else Path(database))) as store:
        serve_app(host, port, store, served, on_ready=say_ready)
    return 0
