"""The program in forks of one warm process: a run in a hundredth of the time that a start takes. Run as a script.

Reads one JSON object a line from stdin: `{cwd, argv, env, out, err, changes}`, and answers `{code}`. Each run has its own process,
environment, directory, streams and clock; `changes` names what is broken on purpose in that run.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
import traceback
from typing import Any

HANG_SECONDS = 100


def preload() -> None:
    """Import what runs need, once."""
    import reconciler.cli.apply
    import reconciler.cli.comparing
    import reconciler.cli.connectors
    import reconciler.cli.doctor
    import reconciler.cli.new
    import reconciler.cli.reference
    import reconciler.cli.server
    import reconciler.cli.validate
    import reconciler.planning.plan
    import reconciler.report.document
    import reconciler.report.text  # noqa: F401


def no_waiting() -> None:
    """Waits between tries take no time; deadlines stay."""
    from reconciler.applying import stopping
    from reconciler.http.exchange import Timing

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    for kind in (Timing, stopping.Clock):
        defaults = tuple(at_once if d is asyncio.sleep else d for d in kind.__init__.__defaults__ or ())
        kind.__init__.__defaults__ = defaults  # type: ignore[attr-defined]


def break_masking() -> None:
    """The first layer is gone: whatever would be masked is shown."""
    from reconciler.planning.compare import Mask

    Mask._masked = lambda _self, value, *_rest: value  # type: ignore[method-assign]


def break_scrubbing() -> None:
    """The second layer is gone."""
    from reconciler.report.scrub import Scrubber

    Scrubber.scrub = lambda _self, text: text  # type: ignore[method-assign]


def fail_with_secrets() -> None:
    """A bug of ours: an exception whose words and values are secrets."""
    import reconciler.manifests.load
    import reconciler.planning.plan

    def build_plan(manifests: Any, states: Any, *_rest: Any, **_more: Any) -> Any:
        presets = [m.presets for m in manifests] + [t.presets for s in states for t in s.templates]
        try:
            raise KeyError(repr(presets))  # noqa: TRY301 - a cause that tells too
        except KeyError as error:
            raise ValueError(f"cannot handle {presets!r}") from error

    import reconciler.cli.apply_run

    reconciler.planning.plan.build_plan = build_plan
    reconciler.cli.apply_run.build_plan = build_plan


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

    from reconciler.airbyte.api import TemplateApi

    ensure = TemplateApi.list_templates

    async def list_templates(self: TemplateApi, organization_id: str) -> Any:
        listed = await ensure(self, organization_id)
        token = getattr(self._tokens.current, "value", "")
        warnings.warn(f"deprecated: {token}", UserWarning, stacklevel=1)
        print(f"token {token}")
        print("token", token, file=sys.stderr)
        logging.getLogger("somebody").error("%s and %r", token, token.encode())
        try:
            raise ValueError(token)  # noqa: TRY301 - for its traceback
        except ValueError:
            logging.getLogger("somebody").exception("failed")
        return listed

    TemplateApi.list_templates = list_templates  # type: ignore[method-assign]


CHANGES = {
    change.__name__: change
    for change in (break_masking, break_scrubbing, fail_with_secrets, log_everything, warn_with_secrets)
}


def run(order: dict[str, Any]) -> None:
    """One run; does not return."""
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(path, flags, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    sys.argv = ["reconciler", *order["argv"]]
    time.tzset()
    no_waiting()
    for change in order["changes"]:
        CHANGES[change]()
    signal.alarm(HANG_SECONDS)
    from reconciler.cli import main

    main()


def serve() -> None:
    """Take orders until stdin ends."""
    preload()
    orders, answers = sys.stdin, os.fdopen(os.dup(1), "w")
    for line in orders:
        child = os.fork()
        if child == 0:
            try:
                run(json.loads(line))
            except BaseException:  # noqa: BLE001 - told to whoever ordered the run
                sys.stderr.write(traceback.format_exc())
                sys.stderr.flush()
            finally:
                os._exit(99)
        _, status = os.waitpid(child, 0)
        answers.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
