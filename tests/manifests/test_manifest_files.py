"""Which files are read: all manifests under the directory, and nothing outside it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from manifests.manifest_reading import ProjectOnDisk, manifest_text

from reconciler.manifests.files import find_files, read_file
from reconciler.manifests.rules import Refused
from reconciler.model.diagnostic import Severity

LEAVES = "links are not followed out of the manifest directory"


def names(project: ProjectOnDisk) -> list[str]:
    return [source.name for source in find_files((project.directory,), root=project.root).files]


def test_manifests_are_found_at_any_depth_in_the_order_of_their_names(project: ProjectOnDisk) -> None:
    for name in ("b.yaml", "a/z.yml", "a/b/c/d.json", "B.YAML", "c.yaml/inner.yaml"):
        project.write(name, "")
    assert names(project) == [
        "manifests/B.YAML",
        "manifests/a/b/c/d.json",
        "manifests/a/z.yml",
        "manifests/b.yaml",
        "manifests/c.yaml/inner.yaml",
    ]


def test_hidden_files_and_other_suffixes_are_passed_over(project: ProjectOnDisk) -> None:
    for name in (".hidden.yaml", ".git/x.yaml", "a/.b/c.yaml", "README.md", "yaml", "x.yaml.bak", "m.yaml"):
        project.write(name, "")
    assert names(project) == ["manifests/m.yaml"]


def test_hidden_manifests_that_nothing_leads_to_are_one_warning(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{a: !include .parts/read.yaml}"))
    for name in (".parts/read.yaml", ".git/x.yaml", ".s.json", "a/.d/e/f.yml", ".notes.md"):
        project.write(name, "1\n")
    (project.directory / ".link.yaml").symlink_to("nowhere.yaml")
    (problem,) = project.load().problems
    assert (problem.rule, str(problem), problem.severity) == (
        "R017",
        (
            "manifests/.s.json: a hidden file (and 1 more), which is not read; "
            "rename it without the dot, or move it out of the manifest directory"
        ),
        Severity.WARNING,
    )


def test_names_are_relative_to_the_root_however_the_path_is_written(
    project: ProjectOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("a/m.yaml", "")
    monkeypatch.chdir(project.directory)
    for path in (Path(), Path("../manifests/a"), project.directory / "a" / "m.yaml", Path("a/../a/m.yaml")):
        found = find_files((path,), root=Path(".."))
        assert [source.name for source in found.files] == ["manifests/a/m.yaml"]


def test_path_outside_the_root_is_called_as_it_was_typed(
    project: ProjectOnDisk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "m.yaml").write_text(manifest_text())
    (manifest,) = project.load(elsewhere).manifests
    assert manifest.origin.file == f"{elsewhere}/m.yaml"


def test_file_given_twice_is_read_once(project: ProjectOnDisk) -> None:
    path = project.write("m.yaml", manifest_text())
    loaded = project.load(project.directory, path, path)
    assert (loaded.files, loaded.problems) == (1, ())


def test_missing_directory_is_a_problem(project: ProjectOnDisk) -> None:
    assert project.problems(project.root / "nowhere") == [
        "R001 nowhere: there is no such file or directory; check the path"
    ]


def test_directory_without_manifests_is_a_problem_and_no_empty_desired_state(project: ProjectOnDisk) -> None:
    project.write("README.md", "")
    expected = (
        "R001 manifests: no manifests found here; write one (a .yaml, .yml, .json file), or check the path"
    )
    assert project.problems() == [expected]


def test_link_that_leaves_the_directory_is_an_error_and_never_read(project: ProjectOnDisk) -> None:
    outside = project.root / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text("hush: 1\n")
    project.write("m.yaml", manifest_text())
    (project.directory / "file.yaml").symlink_to(outside / "secret.yaml")
    (project.directory / "folder").symlink_to(outside)
    (project.directory / "passwd.yaml").symlink_to("/etc/passwd")
    (project.directory / "README").symlink_to(outside / "secret.yaml")
    assert project.problems() == [
        f"R003 manifests/{name}: a link that leaves the manifest directory; put the files here; {LEAVES}"
        for name in ("file.yaml", "folder", "passwd.yaml")
    ]
    assert project.load().files == 1


def test_link_inside_the_directory_is_the_file_it_leads_to(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text())
    project.write(".data/n.yaml", manifest_text("o", "{seed: 1}"))
    (project.directory / "same.yaml").symlink_to("m.yaml")
    (project.directory / "n.yaml").symlink_to(".data/n.yaml")
    (project.directory / "folder").symlink_to(".")
    loaded = project.load()
    assert [(manifest.name, manifest.origin.file) for manifest in loaded.manifests] == [
        ("o", "manifests/n.yaml"),
        ("sample-data", "manifests/m.yaml"),
    ]
    assert loaded.problems == ()


def test_links_that_lead_nowhere_are_errors(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text())
    (project.directory / "broken.yaml").symlink_to("nothing.yaml")
    (project.directory / "loop.yaml").symlink_to("loop.yaml")
    (project.directory / "broken").symlink_to("nothing")
    assert project.problems() == [
        f"R002 manifests/{name}.yaml: a link that leads nowhere; correct or remove it"
        for name in ("broken", "loop")
    ]


def test_manifest_directory_that_is_a_link_out_of_the_project_is_refused(
    project: ProjectOnDisk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "m.yaml").write_text(manifest_text())
    project.directory.rmdir()
    project.directory.symlink_to(elsewhere)
    assert project.problems() == [
        "R003 manifests: a link that leaves the project; put the manifests into the project"
    ]


def test_project_behind_a_link_is_read(
    project: ProjectOnDisk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project.write("m.yaml", manifest_text())
    link = tmp_path_factory.mktemp("links") / "project"
    link.symlink_to(project.root)
    through = ProjectOnDisk(link)
    assert [manifest.origin.file for manifest in through.load().manifests] == ["manifests/m.yaml"]


def test_pipes_sockets_and_devices_are_errors_and_nothing_hangs(
    project: ProjectOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(project.directory / "pipe.yaml")
    monkeypatch.chdir(project.directory)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.yaml")
        assert project.problems() == [
            f"R002 manifests/{name}.yaml:1:1: not a regular file; remove it, or name it otherwise"
            for name in ("pipe", "socket")
        ]
    with pytest.raises(Refused, match="not a regular file"):
        read_file(Path("/dev/zero"))


def test_file_that_became_a_link_is_not_followed(project: ProjectOnDisk) -> None:
    target = project.write("m.yaml", "a: 1")
    link = project.directory / "n.yaml"
    link.symlink_to(target)
    with pytest.raises(Refused, match="a symbolic link, which is not followed here"):
        read_file(link)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_and_folder_are_errors(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text()).chmod(0)
    project.write("closed/n.yaml", "")
    (project.directory / "closed").chmod(0)
    problems = project.problems()
    (project.directory / "closed").chmod(0o700)
    assert problems == [
        "R002 manifests/closed: cannot be read: Permission denied; check the permissions",
        "R002 manifests/m.yaml:1:1: cannot be read: Permission denied; check the path and its permissions",
    ]


def test_file_name_that_is_not_utf_8_is_shown_with_escapes(project: ProjectOnDisk) -> None:
    (project.directory / os.fsdecode(b"caf\xe9.yaml")).write_text("a: b: c")
    (problem,) = project.problems()
    assert problem.startswith("R006 manifests/caf\\xe9.yaml:1:5: not valid YAML")
