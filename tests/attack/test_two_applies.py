"""Two applies at once without a lease: the second sees what the first created, and what came about twice is told by
everybody who looks.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from attack.attack_faults import CREATE, LIST, REPLAYED, Fault
from attack.attack_process import APPLY, Place, place
from attack.attack_server import PublicServer
from attack.fault_proxy import Seen


def two(stack: ExitStack, folder: Path) -> tuple[Place, Place]:
    """Two checkouts of the same manifests before the same server, each with its own way to it."""
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    first = stack.enter_context(place(folder / "one", "alpha", "beta"))
    server = first.world.server
    assert isinstance(server, PublicServer)
    return first, stack.enter_context(place(folder / "two", "alpha", "beta", server=server))


def test_second_apply_sees_what_the_first_created_since_its_plan(tmp_path: Path) -> None:
    """Also for its second create: everything that is new counts for all of them."""
    with ExitStack() as stack:
        first, second = two(stack, tmp_path)

        def meanwhile(seen: Seen) -> None:
            if (seen.route, seen.nth) == (LIST, 1):
                assert first.project.run(*APPLY).code == 0

        second.proxy.watch = meanwhile
        told = second.project.run(*APPLY)
        accounts = [(e["outcome"], e["equalsManifest"]) for e in told.document["entries"]]
        assert accounts == [("not-attempted", True)] * 2
        assert (told.code, first.rows()) == (0, [1, 1])
        assert not [seen for seen in second.proxy.seen if seen.route == CREATE]


def test_duplicate_that_came_about_is_told_by_every_later_run_with_all_ids(tmp_path: Path) -> None:
    """Both looked before either created: without a lease nothing can prevent that."""
    with ExitStack() as stack:
        first, second = two(stack, tmp_path)
        both_looked = threading.Barrier(2)

        def meet(seen: Seen) -> None:
            if (seen.route, seen.nth) == (CREATE, 0):
                both_looked.wait(30)

        first.proxy.watch = second.proxy.watch = meet
        processes = [at.project.start(*APPLY) for at in (first, second)]
        for process in processes:
            process.communicate(timeout=50)
        assert max(first.rows()) == 2
        ids = set(first.world.rows_of(first.world.manifests[0]))
        assert 5 in {process.returncode for process in processes}
        first.proxy.watch = None
        for command in (("plan",), ("drift",), ("apply", "--yes")):
            told = first.project.run(*command, "-f", "json")
            entries = told.document["entries"]
            assert {e["templateId"] for e in entries if e["status"] in ("in-sync", "duplicate")} >= ids
            assert told.document["summary"]["duplicate"] >= 1
            assert told.code == 4  # beta might be the copy: refused until a person decides


def test_create_that_something_on_the_way_sent_twice_is_told_with_both_ids(tmp_path: Path) -> None:
    with place(tmp_path, "alpha") as at:
        at.proxy.faults = [Fault(0, CREATE, 0, REPLAYED)]
        told = at.project.run(*APPLY)
        (entry,) = told.document["entries"]
        assert {entry["templateId"], *entry["candidates"]} == set(at.world.rows_of(at.world.manifests[0]))
        assert (told.code, entry["outcome"], len(entry["candidates"])) == (5, "created", 1)
        assert entry["candidates"][0] in entry["detail"]


@pytest.mark.parametrize("lists", [1, 5])
def test_applies_at_once_in_one_directory_create_each_manifest_once_although_the_list_lags(
    tmp_path: Path, lists: int
) -> None:
    """Each announces in the journal what it is about to send, and looks there for what the other has announced."""
    with place(tmp_path, "alpha", "beta") as at:
        at.proxy.faults = [Fault(0, CREATE, nth, "lag", lists) for nth in range(6)]
        processes = [at.project.start("apply", "--yes", "-f", "json") for _ in range(3)]
        for process in processes:
            process.communicate(timeout=50)
        assert {process.returncode for process in processes} <= {0, 4, 5}
        assert max(at.rows()) == 1
        at.proxy.faults = []
        codes = [at.project.run("apply", "--yes").code for _ in range(lists + 2)]
        assert (codes[-1], at.rows()) == (0, [1, 1])
