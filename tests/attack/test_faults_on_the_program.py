"""The real program as a process before the faulty server: the same promises through its command line."""

from __future__ import annotations

from pathlib import Path

import factories
import pytest
from attack.attack_faults import CREATE, GET, LIST, TOKEN, Fault
from attack.attack_process import place
from attack.attack_world import check_run

EMPTY = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"data": []}'


@pytest.mark.parametrize(
    ("fault", "code", "outcomes"),
    [
        (Fault(1, CREATE, 0, "reset-after"), 0, ["recovered", "created"]),
        (Fault(1, CREATE, 1, "502-after"), 0, ["created", "recovered"]),
        (Fault(1, CREATE, 0, "cut-in-body", 7), 0, ["recovered", "created"]),
        (Fault(1, CREATE, 0, "lag", 2), 0, ["created", "created"]),
        (Fault(1, CREATE, 0, "401"), 0, ["created", "created"]),
        (Fault(1, CREATE, 0, "close"), 5, ["unknown", "not-attempted"]),
        (Fault(1, CREATE, 0, "403"), 1, ["rejected", "not-attempted"]),
        (Fault(1, LIST, 1, "html-200"), 1, ["not-attempted", "not-attempted"]),
        (Fault(1, GET, 0, "reset"), 0, ["created", "created"]),
        (Fault(1, TOKEN, 0, "html-200"), 1, None),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_run_that_meets_a_fault_tells_the_truth_and_the_next_completes_it(
    tmp_path: Path, fault: Fault, code: int, outcomes: list[str] | None
) -> None:
    with place(tmp_path, "alpha", "beta") as at:
        at.proxy.faults = [fault]
        told = at.apply()
        entries = told.document.get("entries")
        assert (told.code, entries and [e.get("outcome") for e in entries]) == (code, outcomes)
        if outcomes and "unknown" in outcomes:
            assert at.apply().code == 4
            assert at.project.run("resolve", "alpha", "--not-created").code == 0
        assert at.apply().code == 0
        assert at.rows() == [1, 1]


def test_list_that_shrank_to_nothing_is_refused_while_a_manifest_names_its_template(tmp_path: Path) -> None:
    with place(tmp_path, "alpha", "beta") as at:
        file = tmp_path / "manifests" / "alpha.yaml"
        file.write_text(
            file.read_text().replace("spec:\n", f"spec:\n  templateId: {factories.template_id(1)}\n", 1)
        )
        at.proxy.every_list = EMPTY
        for command in (("apply", "--yes"), ("plan",), ("drift",), ("apply", "--yes", "--only", "beta")):
            told = at.project.run(*command, "-f", "json")
            assert told.code == 4
            assert "create" not in {e.get("outcome") for e in told.document["entries"]}
        assert not [seen for seen in at.proxy.seen if seen.route == CREATE]
        check_run(at.world, None, 0)
