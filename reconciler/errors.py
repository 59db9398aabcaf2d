"""One family of errors. One class for each thing that a caller does differently.

    ReconcilerError                exit code
    ├── InvalidInput                   3      manifests, project file, variables: carries every problem found
    ├── CredentialsError               1      no credentials, or the server refused them
    ├── ServerError                    1      names method, path, status and the next step
    │   ├── Unreachable                       no answer: refused, DNS, TLS, reset, too late
    │   ├── RefusedByServer                   a complete answer with an error status
    │   │   └── EndpointMoved                 the organization lives on the Agent API now
    │   └── UnusableAnswer                    an answer that cannot be trusted: shape, size, encoding
    ├── UnsafePlan                     4      refused by a safety rule. Says what to look at and the flag, if
    there is one
    ├── ReportNotWritten               1      a report that was asked for could not be delivered
    └── Interrupted                  130      stopped by a signal

Messages say what is wrong, where, and what to do next. They never hold a secret or a whole answer body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.diagnostic import Diagnostic


class ReconcilerError(Exception):
    """Base of every error that a user or a server can cause.

    `message` says what is wrong and where, `help` what to do next ("" where the message says it already). `exit_code` is that of
    a run that ends by it.
    """

    exit_code: int = 1

    def __init__(self, message: str, *, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class InvalidInput(ReconcilerError):
    """Manifests, project file or variables are wrong. `problems` holds all of them, sorted by place. `message` names the first."""

    exit_code = 3

    def __init__(self, problems: tuple[Diagnostic, ...]) -> None:
        number = f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the input"
        first = f"{', the first' if len(problems) > 1 else ''}: {problems[0]}" if problems else ""
        super().__init__(number + first)
        self.problems = problems


class CredentialsError(ReconcilerError):
    """No usable credentials, or the token endpoint refused them."""


class ServerError(ReconcilerError):
    """The server could not be used. `status` is None when no complete answer came."""

    def __init__(
        self, message: str, *, method: str, path: str, status: int | None = None, help: str = ""
    ) -> None:
        super().__init__(message, help=help)
        self.method = method
        self.path = path
        self.status = status


class Unreachable(ServerError):
    """No complete answer. `sent` is False only when it is proved that no byte of the request left this
    machine.
    """

    def __init__(self, message: str, *, method: str, path: str, sent: bool, help: str = "") -> None:
        super().__init__(message, method=method, path=path, help=help)
        self.sent = sent


class RefusedByServer(ServerError):
    """A complete answer with a status other than the documented success.

    `retry_after` is the server's own wait in seconds, None when it named none.
    """

    def __init__(
        self,
        message: str,
        *,
        method: str,
        path: str,
        status: int,
        help: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, method=method, path=path, status=status, help=help)
        self.retry_after = retry_after


class EndpointMoved(RefusedByServer):
    """301 `error:embedded/endpoint-moved`: this organization was moved to api.airbyte.ai."""


class UnusableAnswer(ServerError):
    """The answer came but cannot be trusted: not JSON, wrong shape, too large, compressed, another id."""


class UnsafePlan(ReconcilerError):
    """A safety rule refused to go on. Nothing was sent after the refusal."""

    exit_code = 4


class ReportNotWritten(ReconcilerError):
    """A report that was asked for could not be written whole."""


class Interrupted(ReconcilerError):
    """SIGINT or SIGTERM. Whatever was sent before is in the result that the caller holds."""

    exit_code = 130
