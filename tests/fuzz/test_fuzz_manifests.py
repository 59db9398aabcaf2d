"""No manifest, lock or project file, however broken, gives a traceback, a hang, a wrong place, or text that drives a terminal.

More of it on demand: see fuzz_settings.py.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from fuzz.fuzz_settings import amount
from fuzz.manifest_mutations import Project, mutated_project
from fuzz.offline_run import Fault, Fuzzed
from fuzz.shrinking import shrunk

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.registry.registry import spec_digest
from reconciler.connectors.scaffold.scaffold import scaffold_manifest

AMOUNT = amount(1_500)
PARTS = 5
REPOSITORY = Path(__file__).parents[2]


@functools.cache
def sound_manifests() -> list[Any]:
    """The repository's own manifests, a scaffold of every connector of the sandbox, and one form with every keyword."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "manifests").rglob("*.yaml"))]
    texts += [scaffold_manifest(c, name=f"new-{n}") for n, c in enumerate(builtin_catalogue().connectors)]
    values = [yaml.safe_load(text) for text in texts]
    own = [
        {
            **value,
            "metadata": {"name": f"own-{n}"},
            "spec": {**value["spec"], "partialUserConfigSpec": c.specification},
        }
        for n, (value, c) in enumerate(zip(values[4:], builtin_catalogue().connectors, strict=False))
    ]
    return values + own


@functools.cache
def sound_lock() -> Any:
    """Some connectors, as `connectors lock` writes them."""
    entries = [
        {"id": c.id, "type": "source", "repository": f"airbyte/{c.repository}", "name": c.name, "version": "1.0.0",
         "digest": spec_digest(c.specification), "spec": c.specification}
        for c in builtin_catalogue().connectors[:4]
    ]  # fmt: skip
    return {"formatVersion": "1", "source": "sandbox", "connectors": entries}


SETTINGS = {
    "version": 1,
    "manifests": "manifests",
    "defaultEnvironment": "sandbox",
    "environments": {
        "sandbox": {"api": "sandbox", "unmanaged": ["00000000-0000-4000-8000-0000000000d1"], "maxCreates": 3},
        "production": {
            "api": "public",
            "organizationId": "7c60d51f-b44e-4682-87d6-449835ea4de6",
            "settleSeconds": 5,
        },
    },
    "rules": {"R501": "warning"},
}


def project_of(number: int) -> Project:
    """The case of this number: the same for the same seed, whatever ran before."""
    rng = Random(f"{AMOUNT.seed}:{number}")
    return mutated_project(rng, sound_manifests(), sound_lock(), SETTINGS)


def fault_of(fuzzed: Fuzzed, number: int, project: Project) -> Fault | None:
    try:
        fuzzed.check(number, project, live_seed=f"{AMOUNT.seed}:{number}:live", twice=number % 25 == 0)
    except Fault as fault:
        return fault
    return None


def fails_alike(fuzzed: Fuzzed, number: int, fault: Fault, project: Project) -> bool:
    """Whether a smaller project fails in the same way."""
    other = fault_of(fuzzed, number, project)
    return other is not None and other.kind == fault.kind


def told(number: int, fault: Fault, small: Project) -> str:
    again = f"RECONCILER_FUZZ_SEED={AMOUNT.seed} RECONCILER_FUZZ_CASE={number} pytest tests/fuzz/test_fuzz_manifests.py"
    return f"{fault}\n\nagain: {again}\n\nshrunk to:\n{small}"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_broken_project_breaks_the_program(
    part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    fuzzed = Fuzzed(tmp_path / "project")
    for name, value in fuzzed.environ.items():
        monkeypatch.setenv(name, value)
    for number in AMOUNT.shares(PARTS)[part]:
        project = project_of(number)
        fault = fault_of(fuzzed, number, project)
        if fault is not None:
            pytest.fail(
                told(number, fault, shrunk(project, functools.partial(fails_alike, fuzzed, number, fault)))
            )
    record_property("slowest", json.dumps(fuzzed.slowest))
    print(
        f"slowest case {fuzzed.slowest[1]}: {fuzzed.slowest[0]:.2f} s; exit codes {fuzzed.codes}; planned {fuzzed.plans}"
    )


def test_sound_projects_are_valid(tmp_path: Path) -> None:
    """Else the fuzzer would only ever see the first check."""
    import yaml as writer

    texts = [writer.safe_dump(value) for value in sound_manifests()[:4]]
    files = {f"manifests/{n}.yaml": text.encode() for n, text in enumerate(texts)}
    files |= {
        "connectors.lock.json": json.dumps(sound_lock()).encode(),
        "reconciler.yaml": json.dumps(SETTINGS).encode(),
    }
    fuzzed = Fuzzed(tmp_path / "project")
    fuzzed.check(0, Project(files), live_seed="1", twice=True)
    assert fuzzed.codes == {0: 1}
    assert fuzzed.plans == 2
