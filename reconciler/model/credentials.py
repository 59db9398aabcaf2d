"""What a run logs in with. Values only: reading the environment and sending tokens happen elsewhere.

The secret parts never appear in `repr`, so that a value in a traceback or a log line gives nothing away.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ClientCredentials:
    """An Airbyte application: exchanged for an access token. Both are non-empty and fit a JSON body and a
    header.
    """

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never reach an output."""
        return (self.client_secret,)


@dataclass(frozen=True)
class BearerToken:
    """A ready access token, sent as it is. Non-empty, fit for the Authorization header."""

    value: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never reach an output."""
        return (self.value,)
