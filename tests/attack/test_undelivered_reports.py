"""A report that did not arrive is never success, never a part of a report, and never stops an apply in the middle."""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path

from attack.attack_process import APPLY, is_whole, place


def files(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()} - {"manifests", "reconciler.yaml", ".reconciler"}


def test_report_that_cannot_be_written_fails_a_run_that_created_everything(tmp_path: Path) -> None:
    with place(tmp_path, "alpha") as at:
        told = at.project.run("apply", "--yes", "-f", "json", "--write", "json=/dev/full")
        assert (told.code, at.rows()) == (1, [1])
        assert "the report could not be written" in told.err
        assert told.document["entries"][0]["outcome"] == "created"
        assert files(tmp_path) == set()


def test_disk_that_is_full_in_the_middle_leaves_the_old_report_and_no_part_of_the_new(tmp_path: Path) -> None:
    def almost_full() -> None:  # the journal still fits
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    with place(tmp_path, "alpha") as at:
        at.report.write_text('{"formatVersion": "1", "target": "old"}')
        process = at.project.start(*APPLY, preexec_fn=almost_full)
        _, err = process.communicate(timeout=40)
        assert (process.returncode, at.rows()) == (1, [1])
        assert "report.json: the report could not be written: File too large" in err
        assert at.report.read_text() == '{"formatVersion": "1", "target": "old"}'
        assert files(tmp_path) == {"report.json"}


def test_stdout_that_nobody_reads_does_not_stop_the_creates(tmp_path: Path) -> None:
    with place(tmp_path, "alpha", "beta") as at:
        process = at.project.start(*APPLY)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        process.stderr.close()
        assert (process.wait(40), at.rows()) == (1, [1, 1])
        assert "Traceback" not in err
        assert is_whole(at.report)


def test_full_stdout_is_never_success(tmp_path: Path) -> None:
    with place(tmp_path, "alpha") as at, Path("/dev/full").open("w") as full:
        environment = {**os.environ, **at.project.environment}
        process = at.project.start("validate")  # the program's own start, for its command line
        process.communicate(timeout=40)
        code = subprocess.run(
            [str(process.args[0]), *APPLY],  # type: ignore[index]
            cwd=tmp_path,
            env=environment,
            stdout=full,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=40,
        ).returncode
        assert (code, at.rows()) == (1, [1])
        assert is_whole(at.report)
