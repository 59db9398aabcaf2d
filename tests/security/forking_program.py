"""The script of a `WarmProgram` whose runs do not wait between tries. `changes` in a request name what is broken on purpose in that run."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

HANG_SECONDS = 100


def no_waiting() -> None:
    """Waits between tries take no time; deadlines stay."""
    from reconciler.applying import stopping
    from reconciler.http.exchange import Timing

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    for kind in (Timing, stopping.Clock):
        defaults = tuple(at_once if d is asyncio.sleep else d for d in kind.__init__.__defaults__ or ())
        kind.__init__.__defaults__ = defaults


def break_masking() -> None:
    """The first layer is gone: whatever would be masked is shown."""
    from reconciler.planning.compare import Mask

    Mask._masked = lambda _self, value, *_rest: value  # type: ignore[method-assign]


def break_scrubbing() -> None:
    """The second layer is gone."""
    from reconciler.report.scrub import Scrubber

    Scrubber.scrub = lambda self, text: text  # type: ignore[method-assign]


def fail_with_secrets() -> None:
    """A bug of ours: an exception whose words and values are secrets."""
    import reconciler.planning.plan

    def build_plan(manifests: Any, states: Any, *_rest: Any, **_more: Any) -> Any:
        presets = [m.presets for m in manifests] + [t.presets for s in states for t in s.templates]
        try:
            raise KeyError(repr(presets))  # noqa: TRY301 - a cause that tells too
        except KeyError as error:
            raise ValueError(f"cannot handle {presets!r}") from error

    reconciler.planning.plan.build_plan = build_plan  # type: ignore[assignment]


def log_everything() -> None:
    """Somebody logs at DEBUG, as an operator who looks for a fault might."""
    import logging

    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    for name in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)


def warn_with_secrets() -> None:
    """A library warns and logs with a value in its words, after the program has learned its secrets."""
    import logging
    import warnings

    from reconciler.airbyte.client import Client

    ensure = Client.list_templates

    async def list_templates(self: Client, organization_id: str, **more: Any) -> Any:
        listed = await ensure(self, organization_id, **more)
        token = getattr(self._session.token, "value", "")
        warnings.warn(f"deprecated: {token}", UserWarning, stacklevel=1)
        print(f"token {token}")
        print("token", token, file=sys.stderr)
        logging.getLogger("somebody").error("%s and %r", token, token.encode())
        try:
            raise ValueError(token)  # noqa: TRY301 - for its traceback
        except ValueError:
            logging.getLogger("somebody").exception("failed")
        return listed

    Client.list_templates = list_templates  # type: ignore[method-assign]


CHANGES = {
    change.__name__: change
    for change in (break_masking, break_scrubbing, fail_with_secrets, log_everything, warn_with_secrets)
}


def prepare(request: dict[str, Any]) -> None:
    """What is done in a child before the program starts."""
    no_waiting()
    for change in request["changes"]:
        CHANGES[change]()
    signal.alarm(HANG_SECONDS)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from warm_program import serve

    serve(prepare)
