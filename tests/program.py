"""The real program: its console script as a subprocess, and its account of what a served sandbox was asked."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warm_program import PROGRAM, is_read_at_start, run_warm

from reconciler.sandbox.store import Store

MANIFEST = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata:
  name: {name}
spec:
  connector: source-faker
  partialDefaultConfig: {presets}
  partialUserConfigSpec:
    connectionSpecification:
      title: {title}
      type: object
      required: [count]
      properties:
        count: {{title: Count, type: integer, minimum: 1, default: 5, order: 0}}
"""


@dataclass
class Project:
    """A directory with manifests, and the program started in it."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, file: str, text: str) -> Path:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def add(self, name: str = "sample-data", *, title: str = "Sample data", presets: str = "{}") -> Path:
        """A valid manifest of this name."""
        return self.write(f"manifests/{name}.yaml", MANIFEST.format(name=name, title=title, presets=presets))

    def _environment(self) -> dict[str, str]:
        outer = {k: v for k, v in os.environ.items() if not k.startswith(("AIRBYTE_", "RECONCILER_"))}
        return outer | self.environment

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """The console script, running."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.root,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments: str) -> Run:
        """A run to its end."""
        if not any(is_read_at_start(name) for name in self.environment):
            ended = run_warm(list(arguments), cwd=self.root, env=self._environment(), seconds=50)
            return Run(ended.code, ended.out.decode(), ended.err.decode())
        process = self.start(*arguments)
        out, err = process.communicate(timeout=50)
        return Run(process.returncode, out, err)


@dataclass(frozen=True)
class Run:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """stdout as JSON."""
        return json.loads(self.out)


@dataclass
class Server:
    """A sandbox on a port, and its own account of what it was asked."""

    url: str
    store: Store

    def posts(self) -> int:
        """Creates that it received."""
        return sum(
            e.method == "POST" and e.path.endswith("/config_templates/sources") for e in self.store.ledger()
        )

    def requests(self) -> list[str]:
        """Every request, as `METHOD path` without ids."""
        return [f"{e.method} {e.path}" for e in self.store.ledger()]
