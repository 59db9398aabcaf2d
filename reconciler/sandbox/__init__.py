"""A local Airbyte that answers like the real ones, traps included: platform v1.7 to v2.0 (public dialect), and the Agent API 0.9.0.

Belongs here: routes, rules of access, tokens, SQLite. Does not belong here: what a specification implies
(reconciler.connectors) and anything of the client. The names below are the sandbox's well-known values. They
cost no import of Starlette.
"""

from __future__ import annotations

DEFAULT_CLIENT_ID = "sandbox-client-id"
DEFAULT_CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 - opens nothing but a local sandbox
"""Credentials of the sandbox's one application. Not secret."""

DEFAULT_TEMPLATE_ID = "00000000-0000-4000-8000-0000000000d1"
"""The one template without an organization that every new state file holds (Stripe), as Airbyte's own
defaults are.
"""

GLOBAL_TEMPLATE_ID = "00000000-0000-4000-8000-0000000000d2"
"""The Agent API's one template without an organization (Stripe): one of Airbyte's own, which can be cloned."""
