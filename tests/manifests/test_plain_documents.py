"""The quick answer for ordinary documents never accepts what the models refuse."""

import copy
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from reconciler.manifests.model import ManifestModel
from reconciler.manifests.plain import is_plain_manifest, is_plain_project
from reconciler.manifests.project_model import ProjectModel

UUID = "7c60d51f-b44e-4682-87d6-449835ea4de6"
MANIFEST = {
    "apiVersion": "reconciler/v1",
    "kind": "SourceTemplate",
    "metadata": {"name": "sample data"},
    "spec": {
        "connector": "source-faker",
        "partialDefaultConfig": {"seed": 1, "more": {"deep": [None]}},
        "partialUserConfigSpec": {"connectionSpecification": {"type": "object"}, "other": 1},
        "organizationId": UUID,
        "templateId": UUID.upper(),
        "allowSecond": "another tile",
    },
}
PROJECT = {
    "version": 1,
    "manifests": "manifests",
    "defaultEnvironment": "production",
    "environments": {
        "production": {
            "api": "public",
            "url": "https://api.airbyte.com/v1",
            "organizationId": UUID,
            "maxCreates": 0,
            "settleSeconds": 1.5,
            "unmanaged": [UUID],
            "applyBranches": ["main", "release/*"],
        },
        "local": {"api": "sandbox"},
    },
    "rules": {"R503": "ignore"},
}

ODD_TEXTS = [
    "",
    " ",
    "a ",
    "a\n",
    "\x85",
    "\u2028a",
    "ä",
    "\ud800",
    UUID,
    UUID + "\n",
    "x" * 200,
    "x" * 201,
    "reconciler/v1",
    "public",
]
ODD_NUMBERS = [True, False, 0, 1, -1, 2, 1.0, 3600, 3601, float("inf"), float("nan")]
ODD_OBJECTS = [
    {},
    {"\ud800": 1},
    {"name": "x"},
    {"connectionSpecification": {}},
    {"connectionSpecification": None},
    {"a": {}},
]
REMOVED = object()
ODD_VALUES = [REMOVED, None, *ODD_NUMBERS, *ODD_TEXTS, [], [UUID, 1], *ODD_OBJECTS]
ODD_KEYS = ["name", "connector", "api_version", "extra", "", "\ud800"]


def places(value, keys=()):
    """Every place in the document, itself excepted, and the places where a member of an odd name could stand."""
    members = (
        [*value.items(), *((key, None) for key in ODD_KEYS)] if isinstance(value, dict) else enumerate(value)
    )
    for key, member in members:
        yield (*keys, key)
        if isinstance(member, dict | list):
            yield from places(member, (*keys, key))


def changed(document, place, value):
    """A copy with another value at the place; REMOVED takes the member away."""
    document = copy.deepcopy(document)
    holder = document
    for key in place[:-1]:
        if not holds(holder, key):
            return document
        holder = holder[key]
    if value is REMOVED:
        if holds(holder, place[-1]):
            del holder[place[-1]]
    elif isinstance(holder, dict) or holds(holder, place[-1]):
        holder[place[-1]] = copy.deepcopy(value)
    return document


def holds(holder, key):
    if isinstance(holder, list):
        return isinstance(key, int) and key < len(holder)
    return isinstance(holder, dict) and key in holder


def accepts(model: type[BaseModel], document: object) -> bool:
    try:
        model.model_validate(document)
    except ValidationError:
        return False
    return True


CASES = [(is_plain_manifest, ManifestModel, MANIFEST), (is_plain_project, ProjectModel, PROJECT)]


@pytest.mark.parametrize(("is_plain", "model", "sound"), CASES)
def test_no_single_change_makes_a_document_plain_that_the_model_refuses(is_plain, model, sound):
    for place in places(sound):
        for value in ODD_VALUES:
            document = changed(sound, place, value)
            assert not is_plain(document) or accepts(model, document), (place, value)


@pytest.mark.parametrize(("is_plain", "model", "sound"), CASES)
@given(data=st.data())
def test_no_pair_of_changes_makes_a_document_plain_that_the_model_refuses(is_plain, model, sound, data):
    document = sound
    for place in data.draw(st.lists(st.sampled_from(list(places(sound))), min_size=2, max_size=2)):
        document = changed(document, place, data.draw(st.sampled_from(ODD_VALUES)))
    assert not is_plain(document) or accepts(model, document)


@pytest.mark.parametrize("name", ["x", "ab", "x" * 200])
def test_ordinary_documents_are_plain(name):
    assert is_plain_manifest({**MANIFEST, "metadata": {"name": name}})
    assert is_plain_project(PROJECT)


def test_ordinary_documents_are_judged_without_loading_pydantic(tmp_path):
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "a.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: SourceTemplate\nmetadata: {name: a}\n"
        "spec: {connector: source-faker, partialDefaultConfig: {}}\n",
        encoding="utf-8",
    )
    (tmp_path / "reconciler.yaml").write_text("version: 1\n", encoding="utf-8")
    script = (
        "import sys; from pathlib import Path\n"
        "from reconciler.connectors.builtin import builtin_catalogue\n"
        "from reconciler.manifests.load import load_manifests\n"
        "from reconciler.manifests.project import read_project\n"
        "root = Path('.'); read_project(root)\n"
        "loaded = load_manifests((root / 'manifests',), root=root, catalogue=builtin_catalogue(), environ={})\n"
        "assert [m.name for m in loaded.manifests] == ['a'], loaded\n"
        "print('pydantic' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "False\n", done.stderr
