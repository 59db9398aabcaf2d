"""What the tests of this room read with: one file without a disk, or a project on a real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests.document import Document
from reconciler.manifests.limits import Budget
from reconciler.manifests.load import LoadedManifests, load_manifests
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reader import read_documents
from reconciler.manifests.repetitions import TargetFacts
from reconciler.manifests.rules import Refused
from reconciler.manifests.variables import Variables, VariableValue
from reconciler.model.json_value import JsonValue
from reconciler.model.template import Connector

FAKER = Connector("dfd88b22-b603-4c3d-aad7-3701784586b1", "source-faker", "Sample Data")


@dataclass(frozen=True)
class Read:
    """What one file gave."""

    documents: tuple[Document, ...]
    problems: list[str]

    @property
    def values(self) -> list[JsonValue]:
        return [document.value for document in self.documents]


class OneFile:
    """Substitutions of a file that stands alone."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._variables = Variables(environ)

    def variable(self, form: JsonValue, *, depth: int) -> VariableValue:
        return self._variables.value(form, depth=depth)

    def fragment(self, path: str, *, depth: int) -> Document:
        raise Refused("R210", f"{path} is not read in this test")


def read_text(text: str | bytes, *, is_json: bool = False, **environ: str) -> Read:
    """One file called `m.yaml`; each problem as `line:column: rule message; help`."""
    data = text if isinstance(text, bytes) else text.encode()
    log = ProblemLog("m.yaml")
    documents = read_documents(data, log, OneFile(environ), Budget(), is_json=is_json)
    told = [str(problem).replace("m.yaml:", "", 1) for problem in log.problems()]
    ruled = [
        text.replace(": ", f": {problem.rule} ", 1)
        for text, problem in zip(told, log.problems(), strict=True)
    ]
    return Read(documents, ruled)


def locate(
    data: bytes, document: int, pointer: str, *, key: bool = False, is_json: bool = False
) -> tuple[int, int]:
    """1-based line and column of a value of one file, or of its key."""
    origin = read_text(data, is_json=is_json).documents[document].places.origin(pointer, on_key=key)
    return origin.line, origin.column


@dataclass
class ProjectOnDisk:
    """A project directory with a manifest directory in it."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue([FAKER]))
    target_facts: TargetFacts = field(default_factory=TargetFacts)

    @property
    def directory(self) -> Path:
        return self.root / "manifests"

    def write(self, name: str, text: str | bytes) -> Path:
        """A file under the manifest directory."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def load(self, *paths: Path) -> LoadedManifests:
        return load_manifests(
            paths or (self.directory,),
            root=self.root,
            catalogue=self.catalogue,
            environ=self.environ,
            target_facts=self.target_facts,
        )

    def problems(self, *paths: Path) -> list[str]:
        """Each problem as `rule place: message; help`."""
        return [f"{problem.rule} {problem}" for problem in self.load(*paths).problems]


def manifest_text(name: str = "sample-data", presets: str = "{}", *more: str) -> str:
    """A sound manifest of source-faker; `more` are further lines of its spec."""
    lines = [
        "apiVersion: reconciler/v1",
        "kind: SourceTemplate",
        f"metadata: {{name: {name}}}",
        "spec:",
        "  connector: source-faker",
        f"  partialDefaultConfig: {presets}",
        *(f"  {line}" for line in more),
    ]
    return "\n".join(lines) + "\n"


BLOW_UP_SECONDS = 10.0
"""No file may cost two seconds on an ordinary machine, and the worst one known costs one. A test on a busy machine can only tell
a blow-up, which takes minutes.
"""
