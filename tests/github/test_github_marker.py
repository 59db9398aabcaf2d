"""The first line by which our texts are found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.github.comments import Marker, parse_marker

TEXT = st.text(max_size=40)


def test_marker_reads_as_documented() -> None:
    marker = Marker("plan", "production", ".", {"plan": "sha256:ab", "sha": "c" * 40})
    assert marker.line == (
        f"<!-- reconciler:v1 kind=plan env=production project=. plan=sha256:ab sha={'c' * 40} -->"
    )


@given(TEXT, TEXT, st.dictionaries(st.sampled_from(["plan", "sha", "run"]), TEXT))
def test_any_names_survive_and_stay_one_comment(
    environment: str, project: str, facts: dict[str, str]
) -> None:
    marker = Marker("plan", environment, project, facts)
    line = marker.line
    assert parse_marker(f"{line}\n### Plan") == marker
    assert line.isascii()
    assert line.isprintable()
    assert line.count("-->") == 1
    assert "--" not in line.removeprefix("<!--").removesuffix("-->")
    assert parse_marker(f"{line}\r\nrest") == marker


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "x <!-- reconciler:v1 kind=plan env=a project=. -->",
        "\n<!-- reconciler:v1 kind=plan env=a project=. -->",
        "<!-- reconciler:v2 kind=plan env=a project=. -->",
        "<!-- reconciler:v1 kind=plan env=a -->",
        "<!-- reconciler:v1 kind=plan kind=drift env=a project=. -->",
        "<!-- reconciler:v1 kind=plan env=a project=. --> more",
        "<!-- reconciler:v1 kind=plan env=<b> project=. -->",
    ],
)
def test_anything_else_is_no_marker(text: str) -> None:
    assert parse_marker(text) is None


def test_same_thing_has_the_same_key_in_any_state() -> None:
    assert Marker("plan", "a", ".", {"sha": "1"}).key == Marker("plan", "a", ".", {"sha": "2"}).key
    assert len({Marker("plan", "a").key, Marker("plan", "b").key, Marker("plan", "a", "crm").key}) == 3
