"""Verdict and questions as people and programs read them."""

from __future__ import annotations

import pytest

from reconciler.model.verdict import Ask, Asked, AskOption, Corruption, Verdict
from reconciler.planning.entry import Assessed
from reconciler.report.document import asks_document, verdict_document
from reconciler.report.text_problems import asks_lines, verdict_lines

COUNT = Ask("/count", "Count", "integer", required=True, secret=False)
KEY = Ask("/key", "API key", "string", required=True, secret=True)
TOKEN = Ask("/auth/token", "Token", "string", required=True, secret=True, by_login=True)
AUTH = Ask(
    "/auth",
    "Log-in",
    "oneOf",
    required=False,
    secret=False,
    options=(AskOption("OAuth", (TOKEN,)), AskOption("None")),
)
STORED = (
    Corruption("/credentials/client_id", "mock_string"),
    Corruption("/credentials/token", "hunter2", is_secret=True),
)
MESSAGES = tuple(f"$.field{number}: string found, integer expected" for number in range(5))


@pytest.mark.parametrize(
    ("verdict", "lines"),
    [
        (None, ["server not known: the connector's specification is not in connectors.lock.json"]),
        (Verdict(200), ["server accepts it and stores it as written"]),
        (
            Verdict(200, corrupted=STORED),
            [
                'server accepts it and stores other values: credentials.client_id as "mock_string", credentials.token as (sensitive)'
            ],
        ),
        (Verdict(500, ("No value\n present",)), ["server fails (500)", "       No value\\n present"]),
        (
            Verdict(422, MESSAGES),
            ["server refuses it (422)", *(f"       {m}" for m in MESSAGES[:3]), "       and 2 more messages"],
        ),
    ],
)
def test_a_verdict_is_a_line(verdict: Verdict | None, lines: list[str]) -> None:
    assert list(verdict_lines(Assessed(verdict))) == lines


def test_all_messages_are_shown_on_request() -> None:
    long = f"$: {'x' * 500}"
    lines = list(verdict_lines(Assessed(Verdict(422, (*MESSAGES, long))), verbose=True))
    assert lines == ["server refuses it (422)", *(f"       {m}" for m in (*MESSAGES, long))]
    assert "... (343 more characters)" in list(verdict_lines(Assessed(Verdict(422, (long,)))))[1]


def test_questions_are_a_line_each_kind() -> None:
    asked = Asked((COUNT, KEY, AUTH), preset=("/seed", "/a/b"), dropped=("/parallelism",))
    assert list(asks_lines(asked)) == [
        "asks   Count* (integer), API key* (secret), Log-in (one of OAuth | None)",
        "preset seed, a.b",
        "never asked (optional, dropped by inference): parallelism",
    ]


def test_options_are_opened_on_request() -> None:
    assert list(asks_lines(Asked((AUTH,)), verbose=True)) == [
        "asks   Log-in (one of OAuth [Token* (secret, by log-in)] | None)"
    ]


def test_no_question_is_said_and_an_unknown_form_is_not() -> None:
    assert list(asks_lines(Asked(()))) == ["asks   nothing"]
    assert list(asks_lines(None)) == []


def test_long_lists_end_in_a_number() -> None:
    asked = Asked(tuple(Ask(f"/f{n}", f"F{n}", None, required=False, secret=False) for n in range(23)))
    (line,) = asks_lines(asked)
    assert line.endswith("F18, F19 and 3 more")
    (line,) = asks_lines(asked, verbose=True)
    assert line.endswith("F21, F22")


def test_titles_cannot_move_the_cursor() -> None:
    asked = Asked((Ask("/a", "A\x1b[2J\n::error", None, required=False, secret=False),))
    assert list(asks_lines(asked)) == ["asks   A\\x1b[2J\\n::error"]


def test_documents_have_the_contracts_shape() -> None:
    assert verdict_document(None) is None
    assert verdict_document(Verdict(422, ("a",))) == {"status": 422, "messages": ["a"], "corrupted": []}
    assert verdict_document(Verdict(200, corrupted=STORED)) == {
        "status": 200,
        "messages": [],
        "corrupted": [
            {"path": "/credentials/client_id", "stored": "mock_string"},
            {"path": "/credentials/token", "stored": "(sensitive)"},
        ],
    }
    assert asks_document(Asked((COUNT,))) == [
        {"path": "/count", "title": "Count", "type": "integer", "required": True, "secret": False}
    ]


def test_a_choice_carries_its_options() -> None:
    token = {
        "path": "/auth/token",
        "title": "Token",
        "type": "string",
        "required": True,
        "secret": True,
        "byLogin": True,
    }
    assert asks_document(Asked((AUTH,))) == [
        {
            "path": "/auth",
            "title": "Log-in",
            "type": "oneOf",
            "required": False,
            "secret": False,
            "options": [{"title": "OAuth", "fields": [token]}, {"title": "None", "fields": []}],
        }
    ]


def test_a_form_that_asks_nothing_is_not_one_that_is_not_known() -> None:
    assert asks_document(Asked(())) == []
    assert asks_document(None) is None
