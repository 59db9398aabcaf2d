"""No secret reaches any output, in any encoding, whatever the server says and whatever fails.

Longer, and other runs: RECONCILER_CANARY_RUNS=5000 RECONCILER_CANARY_SEED=7 pytest tests/security/test_canary_leaks.py -n 0 --timeout 0
One run alone, as a failure names it: RECONCILER_CANARY_RUN=7:1234
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from security.canaries import leaks
from security.leak_runs import LeakRun

if TYPE_CHECKING:
    from warm_program import WarmProgram

RUNS = int(os.environ.get("RECONCILER_CANARY_RUNS", "168"))
SEED = os.environ.get("RECONCILER_CANARY_SEED", "1")
ONE = os.environ.get("RECONCILER_CANARY_RUN")
SHARES = 8
# Which of the layers and of the ordinary circumstances are broken on purpose; every third run breaks none.
CIRCUMSTANCES = (
    (),
    (),
    (),
    ("log_everything",),
    ("warn_with_secrets",),
    ("log_everything", "warn_with_secrets"),
    ("fail_with_secrets",),
)


def seeds(share: int) -> list[str]:
    if ONE is not None:
        return [ONE] if share == 0 else []
    return [f"{SEED}:{number}" for number in range(share, RUNS, SHARES)]


@pytest.mark.timeout(0 if RUNS > 1000 else 300)
@pytest.mark.parametrize("share", range(SHARES))
def test_no_secret_reaches_any_output(share: int, forks: WarmProgram, tmp_path: Path) -> None:
    for seed in seeds(share):
        changes = CIRCUMSTANCES[int(seed.partition(":")[2]) % len(CIRCUMSTANCES)]
        check(LeakRun(seed, tmp_path / "run", changes), forks)


@pytest.mark.timeout(300)
def test_values_are_scrubbed_where_places_are_not_masked(forks: WarmProgram, tmp_path: Path) -> None:
    for number in range(max(30, RUNS // 10)):
        check(LeakRun(f"scrub {SEED}:{number}", tmp_path / "run", ("break_masking",)), forks)


@pytest.mark.timeout(300)
def test_places_are_masked_where_values_are_not_scrubbed(forks: WarmProgram, tmp_path: Path) -> None:
    """Only for what a plan says of manifests and templates: what a server says has no places."""
    for number in range(max(30, RUNS // 10)):
        check(LeakRun(f"mask {SEED}:{number}", tmp_path / "run", ("break_scrubbing",)), forks)


@pytest.mark.parametrize("broken", ["break_masking", "break_scrubbing"])
def test_without_both_layers_secrets_are_seen(broken: str, forks: WarmProgram, tmp_path: Path) -> None:
    """The oracle sees: with both layers gone, some run tells."""
    other = {"break_masking": "break_scrubbing", "break_scrubbing": "break_masking"}[broken]
    seen = 0
    for number in range(12):
        try:
            check(LeakRun(f"both {number}", tmp_path / "run", (broken, other)), forks)
        except AssertionError as failure:
            seen += "tells" in str(failure)
    assert seen >= 3


def test_what_somebody_prints_warns_and_logs_arrives_without_the_secret(
    forks: WarmProgram, tmp_path: Path
) -> None:
    """`warn_with_secrets` does what it says: its words are there, and the scrubber's mark where the token was."""
    out, err = b"", b""
    for number in range(12):
        run = LeakRun(f"warn {number}", tmp_path / "run", ("warn_with_secrets",))
        try:
            for arguments in run.arguments():
                ended = forks.run(
                    arguments, cwd=run.root, env=run.environment, seconds=100, changes=run.changes
                )
                out, err = out + ended.out, err + ended.err
        finally:
            run.close()
    assert b"token (sensitive)" in out
    for words in (
        b"token (sensitive)",
        b"deprecated: (sensitive)",
        b"(sensitive) and ",
        b"ValueError: (sensitive)",
    ):
        assert words in err, words


DEVELOPER = ("-X", "dev", "-X", "tracemalloc=5", "-W", "always")


@pytest.mark.parametrize("number", range(4))
def test_developer_switches_of_the_interpreter_show_no_secret(number: int, tmp_path: Path) -> None:
    run = LeakRun(f"dev {number}", tmp_path / "run")
    run.told.echoes, run.told.faults = True, dict.fromkeys(run.told.faults, number > 0)
    environment = run.environment | {
        "PYTHONFAULTHANDLER": "1",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONDEVMODE": "1",
        "HTTPX_LOG_LEVEL": "trace",
    }
    try:
        done = subprocess.run(
            [
                sys.executable,
                *DEVELOPER,
                "-P",
                "-c",
                "from reconciler.cli import main; main()",
                "doctor",
                "-v",
            ],
            cwd=run.root,
            env=environment,
            capture_output=True,
            check=False,
            timeout=200,
        )
        assert done.returncode in {0, 1, 3, 4}, done.stderr.decode()
        assert leaks(run.canaries, done.stdout + done.stderr) == set()
    finally:
        run.close()


def check(run: LeakRun, forks: WarmProgram) -> None:
    """Start it, and look at everything that it wrote."""
    try:
        for arguments in run.arguments():
            ended = forks.run(arguments, cwd=run.root, env=run.environment, seconds=100, changes=run.changes)
            outputs = {"stdout": ended.out, "stderr": ended.err} | written_files(run)
            told = f"seed {run.seed}: reconciler {' '.join(arguments)} with {run.changes}"
            assert ended.code in {0, 1, 2, 3, 4, 5, 64}, (
                f"{told}: exit {ended.code}\n{outputs['stderr'].decode()[-2000:]}"
            )
            if "fail_with_secrets" not in run.changes:
                assert b"Internal error" not in outputs["stderr"], (
                    f"{told}\n{outputs['stderr'].decode()[-2000:]}"
                )
            for name, data in outputs.items():
                found = leaks(run.canaries, data)
                assert not found, f"{told}: {name} tells\n" + "\n".join(sorted(found))
            is_json = "-f" in arguments and arguments[arguments.index("-f") + 1] == "json"
            if (
                is_json
                and outputs["stdout"]
                and not {"warn_with_secrets", "fail_with_secrets"} & {*run.changes}
            ):
                json.loads(outputs["stdout"])
    finally:
        run.close()


def written_files(run: LeakRun) -> dict[str, bytes]:
    """What the program wrote into the project and its home; the sandbox keeps a server's state and is none of them."""
    files = [path for path in run.root.rglob("*") if path.is_file() and path not in run.inputs]
    return {str(path.relative_to(run.root)): path.read_bytes() for path in files}
