"""What stands in a lease, and what is not taken for one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lease.record import LONGEST, LeaseRecord, holder_hint, lease_ref, parse_record, target_digest

TARGET = "ab" * 32
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RECORD = LeaseRecord(TARGET, "cd" * 16, "run 1", NOW, NOW, NOW + timedelta(minutes=3), 0)


def changed(**values: object) -> str:
    return json.dumps({**json.loads(RECORD.text), **values})


def test_what_was_written_is_read_back() -> None:
    assert parse_record(RECORD.text, TARGET) == RECORD
    assert json.loads(RECORD.text) == {
        "formatVersion": "1",
        "target": TARGET,
        "holder": "cd" * 16,
        "hint": "run 1",
        "acquired": "2026-11-23T10:00:00Z",
        "renewed": "2026-11-23T10:00:00Z",
        "expires": "2026-11-23T10:03:00Z",
        "number": 0,
        "carried": [],
        "released": False,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "null",
        "{}",
        "[" * 4000,
        "9" * 4000,
        " " * 5000,
        changed(formatVersion="2"),
        changed(formatVersion=1),
        changed(target="00" * 32),
        changed(holder=None),
        changed(hint=["x"]),
        changed(number="many"),
        changed(number=float("inf")),
        changed(expires="soon"),
        changed(expires="2026-11-23T10:03:00"),
        changed(expires="9999-12-31T23:59:59-23:59"),
        changed(expires="2026-11-23T10:00:00Z"),
        changed(expires=(NOW + LONGEST + timedelta(seconds=1)).isoformat()),
        changed(renewed="9999-12-31T23:00:00Z", expires="9999-12-31T23:59:50Z"),
    ],
)
def test_anything_else_is_no_lease(text: str) -> None:
    assert parse_record(text, TARGET) is None


def test_longest_lease_is_still_one() -> None:
    assert parse_record(changed(expires=(NOW + LONGEST).isoformat()), TARGET) is not None


@given(st.text(max_size=200) | st.recursive(st.none() | st.text(), st.lists, max_leaves=5).map(json.dumps))
def test_no_text_breaks_reading(text: str) -> None:
    assert parse_record(text, TARGET) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://api.airbyte.com/v1", "https://API.airbyte.com:443/api/public/v1"),
        ("http://127.0.0.1/v1", "http://127.0.0.1:80/v1"),
        ("https://api.airbyte.com/v1", "https://api.airbyte.com./v1/"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
        ("https://10.0.0.1/v1", "https://[::ffff:10.0.0.1]/v1"),
        ("https://[2001:db8::1]/v1", "https://[2001:DB8:0::1]/v1"),
        *(
            ("http://localhost:8000/v1", f"http://{host}:8000/api/public/v1/")
            for host in (
                "127.0.0.1",
                "LOCALHOST",
                "localhost.",
                "[::1]",
                "127.0.1.1",
                "127.1",
                "a.localhost",
                "0.0.0.0",
            )
        ),
    ],
)
def test_spellings_of_one_origin_share_a_lease(one: str, other: str) -> None:
    organization = "7C60D51F-b44e-4682-87d6-449835ea4de6"
    assert target_digest(one, organization) == target_digest(other, organization.lower())


def test_organizations_origins_and_ports_have_leases_of_their_own() -> None:
    pairs = [
        (url, organization)
        for url in (
            "https://a.example/v1",
            "https://b.example/v1",
            "https://a.example:8443/v1",
            "http://localhost/v1",
            "http://localhost:8000/v1",
            "http://10.0.0.1/v1",
        )
        for organization in ("1", "2")
    ]
    assert len({lease_ref(target_digest(*pair)) for pair in pairs}) == len(pairs)


def test_ref_is_neither_branch_nor_tag_and_tells_no_organization() -> None:
    assert lease_ref(TARGET) == "refs/reconciler/leases/" + "ab" * 16


def test_holder_is_named_by_the_address_of_the_ci_run() -> None:
    github = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/templates",
        "GITHUB_RUN_ID": "42",
        "USER": "runner",
    }
    assert holder_hint(github, 7) == "https://github.com/acme/templates/actions/runs/42"
    assert (
        holder_hint({"CI_JOB_URL": "https://gitlab.com/a/b/-/jobs/9"}, 7) == "https://gitlab.com/a/b/-/jobs/9"
    )


@pytest.mark.parametrize(
    ("environ", "hint"),
    [
        ({"USER": "ada"}, "ada, process 7"),
        ({"LOGNAME": "ada"}, "ada, process 7"),
        ({}, "somebody, process 7"),
        ({"USER": "a\x1b[31m\nb"}, "a31mb, process 7"),
        ({"CI_JOB_URL": "https://user:secret@gitlab.com/a", "USER": "ada"}, "ada, process 7"),
        ({"CI_JOB_URL": "https://gitlab.com/a?token=secret", "USER": "ada"}, "ada, process 7"),
        ({"CI_JOB_URL": "https://gitlab.com/" + "a" * 200, "USER": "ada"}, "ada, process 7"),
    ],
)
def test_holder_without_a_usable_address_is_a_user_and_a_process(environ: dict[str, str], hint: str) -> None:
    assert holder_hint(environ, 7) == hint
