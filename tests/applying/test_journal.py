"""The journal: a doubt outlives the process, and only a read, a proved refusal or a person ends it."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import factories
import httpx
import pytest
from factories import form, manifest
from faulty_sandbox import World, answered, lost_after, passed_on

from reconciler.applying.journal import Journal, open_journal, refuse_foreign
from reconciler.applying.outcome import ApplyResult
from reconciler.errors import UnsafePlan
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Intent, Manifest
from reconciler.planning.content import desired_of
from reconciler.planning.entry import Selection, Status
from reconciler.planning.intents import intent_of
from reconciler.report.exit_code import apply_exit_code, plan_exit_code
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import TemplateRow

COUNT: JsonObject = {"title": "Count", "type": "integer", "minimum": 1, "default": 5, "order": 0}
AIRTABLE = "14c6e7ea-97ed-4f5e-a7b5-25e9a80b8212"
EMPTY = answered(200, {"data": []})


def faker(name: str = "alpha", title: str = "Alpha", **presets: Any) -> Manifest:
    return manifest(name, spec=form(title, count=COUNT), presets=presets)


def told(result: ApplyResult) -> list[str]:
    return [str(creation.outcome) for creation in result.creations]


def code(result: ApplyResult) -> int:
    return int(apply_exit_code(result, findings_count=False))


def records(root: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (root / ".reconciler/journal.jsonl").read_text().splitlines()]


def intent(name: str = "alpha", **presets: Any) -> Intent:
    wanted = desired_of(faker(name, **presets))
    return intent_of(wanted, factories.ORGANIZATION, (factories.template_id(9),), "https://h/v1")


def begun(root: Path, name: str = "alpha") -> Intent:
    return open_journal(root).begin(intent(name), lambda _: False)


# One run


def test_create_is_in_the_journal_before_it_reaches_the_server_and_closed_when_the_list_shows_it(
    world: World,
) -> None:
    seen: list[Any] = []

    async def looks(request: Any, inner: Any) -> Any:
        seen.extend(records(world.root))
        return await inner.handle_async_request(request)

    world.faults.on("POST", looks)
    result = world.apply(faker())
    (sent,) = seen
    assert (sent["record"], sent["name"], sent["organizationId"]) == ("sent", "alpha", factories.ORGANIZATION)
    rest = [(r["record"], r["id"], r["templateId"]) for r in records(world.root)[1:]]
    template_id = result.creations[0].template_id
    assert rest == [("answered", sent["id"], template_id), ("closed", sent["id"], template_id)]
    assert open_journal(world.root).intents == ()


def test_create_that_cannot_be_journalled_is_not_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = world.apply(faker())
    assert (told(result), code(result), world.posts()) == (["not-attempted"], 4, 0)
    assert "cannot be written: No space left on device" in result.creations[0].detail


@pytest.mark.parametrize("status", [400, 403])
def test_refusal_before_the_insert_leaves_nothing_open(world: World, status: int) -> None:
    world.faults.on("POST", answered(status, {"message": "no"}))
    assert told(world.apply(faker())) == ["rejected"]
    assert records(world.root)[-1]["how"] == "refused"
    assert told(world.apply(faker())) == ["created"]


@pytest.mark.parametrize("status", [401, 429])
def test_refused_create_is_in_no_doubt_because_something_else_appeared(world: World, status: int) -> None:
    """The plan is made again then, and the run's own create, which was refused and is sent again, is no earlier one."""

    async def meanwhile(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        text = json.dumps(form("CRM", count=COUNT))
        world.store.insert_template(
            TemplateRow(factories.template_id(77), factories.ORGANIZATION, AIRTABLE, "{}", text, text)
        )
        return await answered(status, {"message": "no"})(request, inner)

    world.faults.on("POST", meanwhile)
    assert told(world.apply(faker())) == ["created"]
    assert (world.posts(), open_journal(world.root).intents) == (1, ())


def test_validators_refusal_leaves_nothing_open(world: World) -> None:
    broken = manifest("a", spec=form("A", count={"type": "string"}))
    assert told(world.apply(broken)) == ["rejected"]
    assert open_journal(world.root).intents == ()


# Over runs


@pytest.mark.parametrize("status", [404, 409, 422, 500])
def test_create_in_doubt_is_not_sent_again_over_any_number_of_runs(world: World, status: int) -> None:
    world.faults.on("POST", answered(status, {"status": status, "title": "refused"}))
    first = world.apply(faker())
    assert (told(first), code(first)) == (["unknown"], 5)
    for _ in range(3):
        again = world.apply(faker())
        (entry,) = again.plan.with_status(Status.UNKNOWN)
        assert (told(again), code(again)) == ([], 4)
        assert "was sent at 20" in entry.reason
        assert f"(answered {status})" in entry.reason
        assert "`reconciler resolve alpha -e sandbox --not-created`" in entry.ways_out[2]
    assert world.faults.seen.count("POST") == 1


def test_withdrawn_connector_gets_one_row_from_three_runs(world: World) -> None:
    """The server stores the row, answers 404, and its list hides the templates of such connectors."""
    world.settings = SandboxSettings(
        organizations=(factories.ORGANIZATION,), tombstoned=frozenset({factories.FAKER.id})
    )
    codes = [code(world.apply(faker())) for _ in range(3)]
    assert (codes, world.templates()) == ([5, 4, 4], 1)


@pytest.mark.parametrize("lists", [1, 9])
def test_doubt_ends_when_the_list_shows_the_template(world: World, lists: int) -> None:
    world.faults.on("POST", answered(409, {"status": 409, "title": "conflict"}, after=True))
    world.faults.on("LIST", passed_on, passed_on, *[EMPTY] * (8 + lists))
    assert told(world.apply(faker())) == ["unknown"]
    while world.faults.waiting:
        again = world.apply(faker())
        assert told(again) == []
    again = world.apply(faker())
    assert [str(entry.status) for entry in again.plan.entries] == ["in-sync"]
    assert (code(again), world.templates(), open_journal(world.root).intents) == (0, 1, ())


def test_template_that_was_created_and_is_not_listed_yet_is_not_created_by_the_next_run(world: World) -> None:
    world.faults.on("LIST", passed_on, passed_on, *[EMPTY] * 30)
    (creation,) = world.apply(faker()).creations
    assert (str(creation.outcome), creation.is_listed) == ("created", False)
    (entry,) = world.apply(faker()).plan.entries
    assert (str(entry.status), entry.template_id) == ("unknown", creation.template_id)
    assert "which no list has shown yet" in entry.reason
    world.faults.waiting.clear()
    assert [str(e.status) for e in world.apply(faker()).plan.entries] == ["in-sync"]
    assert world.templates() == 1


def test_list_that_cannot_be_read_after_a_create_leaves_it_open_for_the_next_run(world: World) -> None:
    world.faults.on("LIST", passed_on, passed_on, *[answered(403)] * 8)
    assert told(world.apply(faker())) == ["created"]
    assert len(open_journal(world.root).intents) == 1
    world.faults.waiting[:] = []
    world.faults.on("LIST", EMPTY, EMPTY)
    assert told(world.apply(faker())) == []
    assert world.posts() == 1


def test_losing_the_journal_loses_doubts_and_no_pairs(world: World) -> None:
    world.apply(faker())
    (world.root / ".reconciler/journal.jsonl").unlink()
    assert [str(e.status) for e in world.apply(faker()).plan.entries] == ["in-sync"]


def test_manifest_that_was_renamed_while_in_doubt_is_not_created_under_its_new_name(world: World) -> None:
    world.faults.on("POST", lost_after)
    world.faults.on("LIST", passed_on, passed_on, *[EMPTY] * 10)
    assert told(world.apply(faker())) == ["unknown"]
    assert [str(e.status) for e in world.apply(faker("new-name")).plan.entries] == ["unknown"]
    world.faults.waiting.clear()
    assert [str(e.status) for e in world.apply(faker("new-name")).plan.entries] == ["in-sync"]
    assert world.posts() == 1


def test_manifest_that_was_edited_while_in_doubt_is_not_created_before_the_doubt_ends(world: World) -> None:
    world.faults.on("POST", lost_after)
    world.faults.on("LIST", passed_on, passed_on, *[EMPTY] * 10)
    assert told(world.apply(faker())) == ["unknown"]
    edited = faker("alpha", "Alpha", seed=4)
    assert [str(e.status) for e in world.apply(edited).plan.entries] == ["unknown"]
    world.faults.waiting.clear()
    assert [str(e.status) for e in world.apply(edited).plan.entries] == ["drifted"]
    assert world.posts() == 1


def test_doubt_whose_manifest_is_another_now_is_told_and_stops_the_apply(world: World) -> None:
    """Renamed and edited, of another connector, or removed: what it was for may be any of these, or none."""
    world.faults.on("POST", lost_after)
    world.faults.on("LIST", passed_on, passed_on, *[EMPTY] * 30)
    assert told(world.apply(faker())) == ["unknown"]
    crm = manifest("alpha", connector=factories.CRM, spec=form("Alpha", count=COUNT))
    for others in ((faker("new-name", "Else", seed=4),), (crm,), ()):
        result = world.apply(*others)
        (doubt,) = result.plan.with_status(Status.UNKNOWN)
        assert (doubt.name, doubt.manifest, code(result)) == ("alpha", None, 4)
        assert "no manifest of today is that one" in doubt.reason
        assert plan_exit_code(result.plan, findings_count=True, intends_creates=False) == 4
    alone = world.apply(faker("new-name", "Else", seed=4), selection=Selection(only=("new-name",)))
    assert [e.name for e in alone.plan.entries] == ["alpha", "new-name"]
    world.faults.waiting.clear()
    renamed = world.apply(faker("new-name", "Else", seed=4))
    assert [str(e.status) for e in renamed.plan.entries] == ["drifted"]
    assert world.posts() == 1


def test_template_that_a_list_named_is_not_created_again_because_a_later_list_lacks_it(world: World) -> None:
    """Lists of several servers may be behind one another, and this API deletes nothing."""
    (made,) = world.apply(faker()).creations
    assert open_journal(world.root).intents == ()
    for name in ("alpha", "new-name"):
        world.faults.on("LIST", EMPTY, EMPTY)
        (entry,) = world.apply(faker(name)).plan.entries
        assert (str(entry.status), entry.template_id) == ("unknown", made.template_id)
        assert "which a list named since" in entry.reason
        world.faults.waiting.clear()
    world.faults.on("LIST", EMPTY)
    assert [str(e.status) for e in world.apply(faker("other", "Other", seed=4)).plan.entries] == ["create"]
    world.faults.waiting.clear()
    (again,) = world.apply(faker()).plan.entries
    assert (str(again.status), again.template_id, world.posts()) == ("in-sync", made.template_id, 1)


def test_listed_template_that_was_removed_by_hand_is_created_again_after_a_person_says_so(
    world: World,
) -> None:
    world.apply(faker())
    journal = open_journal(world.root)
    (listed,) = journal.remembered
    journal.decide(listed, "not created")
    world.faults.on("LIST", EMPTY)
    assert [str(e.status) for e in world.apply(faker()).plan.entries] == ["create"]


def test_equal_template_that_was_there_before_ends_no_doubt(world: World) -> None:
    """It is in the list since before the create was sent: whatever it is, it is not what was sent."""
    world.apply(faker("copy"))
    (world.root / ".reconciler/journal.jsonl").unlink()  # somebody else made it
    (there,) = (row.id for row in world.store.templates_of(factories.ORGANIZATION))
    journal = open_journal(world.root)
    known = intent_of(desired_of(faker()), factories.ORGANIZATION, (there,), "https://h/v1")
    journal.begin(known, lambda _: False)
    assert [str(e.status) for e in world.apply(faker()).plan.entries] == ["unknown"]


# Two runs of one directory at once


def test_run_refuses_what_another_run_of_the_directory_sent_since_its_plan(world: World) -> None:
    """Also when the list does not show it yet."""
    other = World(world.store, world.settings, root=world.root)

    def somebody_else() -> None:
        thread = threading.Thread(target=lambda: other.apply(faker()))
        thread.start()
        thread.join()

    world.faults.on("LIST", passed_on, EMPTY)
    result = world.apply(faker(), between=somebody_else)
    assert (told(result), code(result), world.templates()) == (["not-attempted"], 4, 1)
    assert "another run in this directory sent a create of 'alpha' since the plan" in (
        result.creations[0].detail
    )


def test_lines_of_two_writers_are_never_torn(tmp_path: Path) -> None:
    def write(number: int) -> None:
        journal = open_journal(tmp_path)
        for index in range(20):
            each = journal.begin(intent(f"m{number}-{index}"), lambda _: False)
            journal.answered(each, "answered 200")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(records(tmp_path)) == 160
    assert len({i.id for i in open_journal(tmp_path).intents}) == 80


# The file


def test_journal_is_for_its_owner_and_outside_of_git(tmp_path: Path) -> None:
    begun(tmp_path)
    folder = tmp_path / ".reconciler"
    assert stat.S_IMODE((folder / "journal.jsonl").stat().st_mode) == 0o600
    assert (folder / ".gitignore").read_text() == "*\n"


def test_journal_holds_no_value_of_a_manifest_and_no_digest_of_a_variable(tmp_path: Path) -> None:
    def written(value: str) -> str:
        wanted = manifest(
            "a",
            spec=form("Secret title"),
            presets={"password": value, "plain": "visible"},
            variables=frozenset({"/spec/partialDefaultConfig/password"}),
        )
        (tmp_path / value).mkdir()
        open_journal(tmp_path / value).begin(
            intent_of(desired_of(wanted), factories.ORGANIZATION, (), "https://h/v1"), lambda _: False
        )
        (record,) = records(tmp_path / value)
        return json.dumps({**record, "id": "", "at": ""})

    text = written("hunter2")
    assert text == written("hunter3")  # nothing in it can be found by trying values
    assert "hunter" not in text
    assert "visible" not in text
    assert "Secret title" not in text


def test_last_line_without_its_end_was_never_sent_and_is_cut_off(tmp_path: Path) -> None:
    begun(tmp_path)
    file = tmp_path / ".reconciler/journal.jsonl"
    whole = file.read_bytes()
    for torn in (b'{"formatVersion": "1", "rec', b"\0\0\0", whole[:-1]):
        file.write_bytes(whole + torn)
        journal = open_journal(tmp_path)
        assert len(journal.intents) == 1
        second = journal.begin(intent("beta"), lambda _: False)
        assert [i.name for i in open_journal(tmp_path).intents] == ["alpha", "beta"]
        assert second.sent_at
        file.write_bytes(whole)


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"{}",
        b'{"formatVersion": "1", "record": "other", "id": "x", "templateId": null}',
        b'{"formatVersion": "1", "record": "closed", "id": "x", "how": "listed", "templateId": null}',
        b'{"formatVersion": "1", "record": "sent", "id": "x"}',
        b"",
        b"\xff\xfe",
        b"[1]",
    ],
)
def test_damaged_journal_is_refused_with_its_line_and_a_way_out(tmp_path: Path, line: bytes) -> None:
    begun(tmp_path)
    file = tmp_path / ".reconciler/journal.jsonl"
    file.write_bytes(file.read_bytes() + line + b"\n")
    with pytest.raises(UnsafePlan, match=r"\.reconciler/journal.jsonl is damaged in line 2") as caught:
        open_journal(tmp_path)
    assert "move it away" in caught.value.help


def test_journal_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    begun(tmp_path)
    file = tmp_path / ".reconciler/journal.jsonl"
    file.write_text(file.read_text().replace('"formatVersion":"1"', '"formatVersion":"2"'))
    with pytest.raises(UnsafePlan, match="was written by another version of this program"):
        open_journal(tmp_path)


def test_journal_with_a_doubt_in_an_organization_that_nobody_names_is_refused(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    each = journal.begin(intent(), lambda _: False)
    with pytest.raises(UnsafePlan, match="which no environment of this project names") as caught:
        refuse_foreign(journal, {"11111111-1111-4111-8111-111111111111"})
    assert "reconciler resolve alpha" in caught.value.help
    journal.close(each.id, "not created")
    refuse_foreign(open_journal(tmp_path), {"11111111-1111-4111-8111-111111111111"})


@pytest.mark.parametrize("what", ["file", "folder", "pipe"])
def test_no_link_and_no_pipe_is_followed(tmp_path: Path, what: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = tmp_path / ".reconciler"
    if what == "folder":
        folder.symlink_to(elsewhere)
    else:
        folder.mkdir()
    if what == "file":
        (elsewhere / "target").write_text("")
        (folder / "journal.jsonl").symlink_to(elsewhere / "target")
    if what == "pipe":
        os.mkfifo(folder / "journal.jsonl")
    with pytest.raises(UnsafePlan):
        open_journal(tmp_path).begin(intent(), lambda _: False)
    assert not [f for f in elsewhere.iterdir() if f.stat().st_size]


def test_line_that_does_not_fit_on_the_disk_is_not_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(tmp_path)
    journal = open_journal(tmp_path)
    real = os.write

    def half(descriptor: int, data: bytes) -> int:
        return real(descriptor, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(UnsafePlan, match="cannot be written: No space left on device"):
        journal.begin(intent("beta"), lambda _: False)
    journal.answered(journal.intents[0], "answered 200")
    assert "cannot be written" in journal.trouble
    monkeypatch.undo()
    assert [i.name for i in open_journal(tmp_path).intents] == ["alpha"]


def test_create_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File and, when it is new, its folder: else a loss of power could take the line and leave the template."""
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(stat.S_ISDIR(os.fstat(fd).st_mode)))
    begun(tmp_path)
    assert synced == [True, False]


def test_journal_that_was_replaced_during_a_run_is_refused(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    journal.begin(intent(), lambda _: False)
    (tmp_path / ".reconciler/journal.jsonl").unlink()
    with pytest.raises(UnsafePlan, match="was replaced while this run went on"):
        journal.begin(intent("beta"), lambda _: False)


def test_ids_of_other_connectors_are_not_written_down(world: World) -> None:
    world.apply(faker("a", "A"), faker("b", "B"))
    first, second = (r["before"] for r in records(world.root) if r["record"] == "sent")
    assert (len(first), len(second)) == (0, 1)


def test_journal_class_needs_no_file_to_say_that_nothing_is_open(tmp_path: Path) -> None:
    assert Journal(tmp_path).intents == ()
    assert list(tmp_path.iterdir()) == []
