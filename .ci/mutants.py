"""Breaks the safety rules on purpose, one at a time, and shows which test notices.

    python .ci/mutants.py              every mutant of mutants.toml
    python .ci/mutants.py LINE...      only those whose sentence holds one of these texts

Each mutant is one replacement in a copy of the package; its tests then run against the copy. A mutant that no test notices, one whose
text is not in the file exactly once, and one that merely breaks the import all end in exit 1.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("mutants.toml")
TESTS_FAILED = 1
"""pytest's exit code when tests ran and some failed; everything else proves nothing."""
WORKERS = os.cpu_count() or 1
MINUTES = 5


@dataclass(frozen=True)
class Mutant:
    """One way to break a promise: `find` becomes `put` in `file`, and one of `tests` (arguments of pytest) must fail."""

    breaks: str
    file: str
    find: str
    put: str
    tests: list[str]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant; `how` names the test that killed it, or says why nothing did."""

    mutant: Mutant
    killed: bool
    how: str

    def __str__(self) -> str:
        return f"{'killed' if self.killed else 'ALIVE '}  {self.mutant.breaks}\n        {self.how}"


def attacked(mutant: Mutant) -> Verdict:
    """Run the mutant's tests against a broken copy of the package."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "reconciler"
        shutil.copytree(ROOT / "reconciler", copy, ignore=shutil.ignore_patterns("__pycache__"))
        broken = Path(folder) / mutant.file
        text = broken.read_text(encoding="utf-8")
        if text.count(mutant.find) != 1:
            return Verdict(
                mutant, killed=False, how=f"its text is in {mutant.file} {text.count(mutant.find)} times"
            )
        broken.write_text(text.replace(mutant.find, mutant.put), encoding="utf-8")
        return judged(mutant, folder)


def judged(mutant: Mutant, folder: str) -> Verdict:
    """The verdict of pytest, run with the broken package before the installed one."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *mutant.tests]
    env = {**os.environ, "PYTHONPATH": folder, "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=MINUTES * 60, check=False
        )
    except subprocess.TimeoutExpired:
        return Verdict(mutant, killed=False, how=f"its tests did not end within {MINUTES} minutes")
    failed = re.search(r"^FAILED (\S+)", done.stdout, re.MULTILINE)
    if done.returncode == TESTS_FAILED and failed:
        return Verdict(mutant, killed=True, how=failed[1])
    return Verdict(mutant, killed=False, how=f"pytest ended with {done.returncode}: {last_line(done.stdout)}")


def last_line(text: str) -> str:
    """The last line that says something."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no output")


def main() -> int:
    """Print every verdict; 1 when a mutant is alive."""
    mutants = [Mutant(**each) for each in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]]
    if wanted := sys.argv[1:]:
        mutants = [each for each in mutants if any(text in each.breaks for text in wanted)]
    alive = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for verdict in pool.map(attacked, mutants):
            alive += not verdict.killed
            print(verdict, flush=True)
    print(f"{len(mutants)} ways to break a promise, {len(mutants) - alive} noticed by a test, {alive} not")
    return int(alive > 0 or not mutants)


if __name__ == "__main__":
    sys.exit(main())
