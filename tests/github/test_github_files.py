"""The step's summary and outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import ReportNotWritten
from reconciler.github.actions import append_summary, summary_budget, write_outputs


def parsed(path: Path) -> dict[str, str]:
    """The outputs as the runner reads them."""
    found, lines = {}, path.read_text(encoding="utf-8").split("\n")
    while lines:
        line = lines.pop(0)
        if "<<" in line.partition("=")[0]:
            name, _, end = line.partition("<<")
            found[name] = "\n".join(lines[: lines.index(end)])
            del lines[: lines.index(end) + 1]
        elif line:
            name, _, found[name] = line.partition("=")
    return found


def test_outputs_stand_one_a_line_behind_earlier_ones(tmp_path: Path) -> None:
    path = tmp_path / "output"
    path.write_text("before=1\n", encoding="utf-8")
    write_outputs(path, {"exit-code": "2", "plan-file": ""})
    assert path.read_text(encoding="utf-8") == "before=1\nexit-code=2\nplan-file=\n"


@pytest.mark.parametrize("value", ["a\nexit-code=0", "a\r\nexit-code=0", "a\rb", "EOF\nexit-code=0\nEOF"])
def test_value_of_several_lines_sets_no_other_output(tmp_path: Path, value: str) -> None:
    path = tmp_path / "output"
    write_outputs(path, {"plan-file": value, "exit-code": "2"})
    assert parsed(path)["exit-code"] == "2"
    assert set(parsed(path)) == {"plan-file", "exit-code"}


def test_summary_is_added_to_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    append_summary(path, "one\n")
    append_summary(path, "two\n")
    assert path.read_text(encoding="utf-8") == "\none\n\ntwo\n"


def test_budget_counts_what_the_step_wrote_before(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    assert summary_budget(path) == 1_000_000
    path.write_bytes(b"x" * 500_000)
    assert summary_budget(path) == 1024 * 1024 - 500_000 - 2
    path.write_bytes(b"x" * 2_000_000)
    assert summary_budget(path) == 0


def test_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReportNotWritten, match="step summary could not be written: Is a directory"):
        append_summary(tmp_path, "x")
    with pytest.raises(ReportNotWritten, match="outputs could not be written: No such file"):
        write_outputs(tmp_path / "no" / "file", {"a": "b"})
