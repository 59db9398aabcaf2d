"""A plan file is applied exactly as it was written, for exactly what it was made from, or refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from factories import form, live, manifest, state, target
from hypothesis import given
from hypothesis import strategies as st
from program import Project

from reconciler.applying.plan_file import MAX_CONTAINERS, MAX_PLAN_BYTES, parse_plan_file, staleness
from reconciler.errors import ReconcilerError, UnsafePlan
from reconciler.model.diagnostic import Origin
from reconciler.model.template import LiveState, Manifest
from reconciler.planning.entry import Plan, Selection
from reconciler.planning.plan import build_plan
from reconciler.report.document import document_text, error_document, plan_document

WANTED = manifest("a", spec=form("A")), manifest("b", spec=form("B"), presets={"x": 1})
HELD = state(live(1, spec=form("A")))
PLAN = build_plan(WANTED, [HELD], target())


def text_of(plan: Plan) -> str:
    return document_text(plan_document(plan))


TEXT = text_of(PLAN)
BYTES = TEXT.encode()


def refusal(data: bytes, plan: Plan = PLAN) -> UnsafePlan | None:
    """Why this file may not be applied when `plan` is what there is now."""
    try:
        return staleness(parse_plan_file("plan.json", data), plan, text_of(plan))
    except UnsafePlan as refused:
        return refused


def said(data: bytes, plan: Plan = PLAN) -> str:
    found = refusal(data, plan)
    assert found is not None
    assert found.exit_code == 4
    assert found.help
    return found.message


def test_file_as_it_was_written_is_applied() -> None:
    assert refusal(BYTES) is None


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(at: int, change: int) -> None:
    changed = BYTES[:at] + bytes([BYTES[at] ^ change]) + BYTES[at + 1 :]
    assert said(changed)


@given(st.integers(0, len(BYTES)), st.binary(min_size=1, max_size=4))
def test_any_inserted_bytes_are_refused(at: int, extra: bytes) -> None:
    assert said(BYTES[:at] + extra + BYTES[at:])


@given(st.integers(0, len(BYTES) - 1))
def test_file_cut_anywhere_is_refused(at: int) -> None:
    assert said(BYTES[:at])


def moved(wanted: tuple[Manifest, ...] = WANTED, held: LiveState = HELD, **options: Any) -> Plan:
    selection = options.pop("selection", Selection())
    return build_plan(
        wanted,
        [replace(held, organization_id=options.get("organization_id", held.organization_id))],
        replace(target(), **options),
        selection=selection,
    )


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (
            moved(organization_id="7c60d51f-b44e-4682-87d6-449835ea4de7"),
            "the target is another one (organization)",
        ),
        (moved(url="https://other.example/v1"), "the target is another one (url)"),
        (moved(url="http://api.example.com/v1"), "the target is another one (url)"),
        (moved(environment="staging"), "the target is another one (environment)"),
        (moved(api="sandbox"), "the target is another one (API)"),
        (moved((WANTED[0],)), "manifests changed"),
        (moved((WANTED[0], replace(WANTED[1], presets={"x": 2}))), "manifests changed"),
        (moved((WANTED[0], replace(WANTED[1], presets={"x": True}))), "manifests changed"),
        (
            moved(held=state(live(1, spec=form("A")), live(2, spec=form("C")))),
            "templates on the server changed",
        ),
        (moved(held=state(live(1, spec=form("A"), presets={"y": 0}))), "templates on the server changed"),
        (moved(held=state()), "templates on the server changed"),
        (moved(selection=Selection(only=("a",))), "the selection (--only, PATH) is another one"),
        (
            moved((WANTED[0], replace(WANTED[1], origin=Origin("manifests/b.yaml", 7)))),
            "is not the plan made now: the same manifests are at other lines or in other files than the file says",
        ),
        (moved(max_creates=3), "a variable, a limit or the list of unmanaged templates changed"),
        (moved(unmanaged=frozenset({"x"})), "a variable, a limit or the list of unmanaged templates changed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_moved_since_is_named(now: Plan, reason: str) -> None:
    assert reason in said(BYTES, now)


def edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = json.loads(TEXT)
    change(document)
    return document_text(document).encode()


def failed(message: str | None) -> bytes:
    """What `plan --format json` prints when there is no plan."""
    document = error_document(ReconcilerError("", help="")) | {"error": {"message": message}}
    return document_text(document).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (edited(lambda d: d.update(formatVersion="2")), "reads plan format 1, the file has another"),
        (edited(lambda d: d.update(formatVersion=1)), "reads plan format 1, the file has another"),
        (edited(lambda d: d.pop("formatVersion")), "no formatVersion"),
        (edited(lambda d: d.pop("target")), "target or selection is missing"),
        (edited(lambda d: d.update(target=[])), "target or selection is missing"),
        (edited(lambda d: d.update(selection=None)), "target or selection is missing"),
        (
            failed("no\n\x1b[31mserver"),
            "is the report of a run that failed, not a plan: no \\x1b[31mserver",
        ),
        (failed("x" * 500), "x..."),
        (failed(None), "is the report of a run that failed, not a plan"),
        (
            edited(lambda d: d["selection"].update(only=["a"])),
            "the file was changed after it was written (in `selection`)",
        ),
        (
            edited(lambda d: d["selection"].update(only=[["a"]])),
            "the file was changed after it was written (in `selection`)",
        ),
        (
            edited(lambda d: d["entries"].pop()),
            "the file was changed after it was written, or connectors.lock.json, `rules` or this program was (in `entries`)",
        ),
        (
            edited(lambda d: d.update(suppressed=7)),
            "the file was changed after it was written, or connectors.lock.json, `rules` or this program was (in `suppressed`)",
        ),
        (
            edited(lambda d: d["summary"].update(create=0)),
            "the file was changed after it was written (in `summary`)",
        ),
        (
            edited(lambda d: d["digests"].update(live="sha256:0")),
            "the file was changed after it was written (in `digests`)",
        ),
        (
            edited(lambda d: d["target"].update(url="https://evil.example/v1")),
            "the file was changed after it was written (in `target`)",
        ),
        (edited(lambda d: d.update(digest="sha256:0")), "or the digest in the file"),
        (edited(lambda d: d.update(more=1)), "a member was added"),
        (edited(lambda d: d.update(Digest=d.pop("digest"))), "or the digest in the file"),
        (BYTES + b" ", "white space, line ends or spelling"),
        (TEXT.replace("\n", "\r\n").encode(), "white space, line ends or spelling"),
        (json.dumps(json.loads(TEXT)).encode(), "white space, line ends or spelling"),
        (
            TEXT.replace('"digest"', '"digest": "sha256:0",\n  "digest"', 1).encode(),
            "an object has the same key twice",
        ),
        (
            TEXT.replace('"create": 1', '"create": ' + "1" * 5000).encode(),
            "an integer has more than 400 digits",
        ),
        (TEXT.replace('"create": 1', '"create": NaN').encode(), "NaN or Infinity"),
        (TEXT.replace('"create": 1', '"create": 1e999').encode(), "out of range"),
        (TEXT.replace('"create": 1', '"create": 1.0').encode(), "white space, line ends or spelling"),
        (TEXT.replace('"create": 1', '"create": ' + "[" * 5000 + "]" * 5000).encode(), "nested deeper"),
        (b"[" * 200_000, "not a plan file"),
        (b"[" * (MAX_CONTAINERS + 1), "larger than any plan"),
        (TEXT.encode("utf-16"), "it is not UTF-8"),
        (b"\xef\xbb\xbf" + BYTES, "it is not JSON"),
        (BYTES.replace(b"production", b"prod\xffction"), "it is not UTF-8"),
        (BYTES.replace(b"production", b"prod\\ud800ction"), "half of a surrogate pair"),
        (b"", "it is not JSON"),
        (b"null", "no formatVersion"),
        (b"[]", "no formatVersion"),
        (b'"' + b"x" * MAX_PLAN_BYTES + b'"', "larger than any plan"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_edited_file_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    assert reason in said(data)


def test_plan_that_had_to_be_scrubbed_can_still_be_applied(project: Project) -> None:
    project.add(presets="{seed: 1, note: !env RECONCILER_VAR_NOTE}")
    project.environment = {"RECONCILER_VAR_NOTE": "Sample Data"}
    assert project.run("plan", "--sandbox", "--write", "json=plan.json").code == 0
    assert "Sample Data" not in (project.root / "plan.json").read_text()
    applied = project.run("apply", "plan.json", "--yes")
    assert applied.code == 0, applied.out


def test_variable_that_holds_the_name_of_the_environment_does_not_blot_it_out(project: Project) -> None:
    project.add(presets="{seed: 1, note: !env RECONCILER_VAR_NOTE}")
    project.write("reconciler.yaml", "version: 1\nenvironments:\n  playground: {api: sandbox}\n")
    project.environment = {"RECONCILER_VAR_NOTE": "playground"}
    assert project.run("plan", "--write", "json=plan.json").code == 0
    assert json.loads((project.root / "plan.json").read_text())["target"]["environment"] == "playground"
    assert project.run("apply", "plan.json", "--yes").code == 0


def test_plan_for_an_environment_that_is_gone_is_refused(project: Project) -> None:
    project.add()
    project.write("reconciler.yaml", "version: 1\nenvironments:\n  playground: {api: sandbox}\n")
    assert project.run("plan", "--write", "json=plan.json").code == 0
    project.write("reconciler.yaml", "version: 1\nenvironments:\n  elsewhere: {api: sandbox}\n")
    told = project.run("apply", "plan.json", "--yes")
    assert told.code == 4
    assert "a plan for an environment that reconciler.yaml does not have" in told.err
