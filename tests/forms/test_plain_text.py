"""Descriptions without their HTML."""

from __future__ import annotations

import time

import pytest

from reconciler.forms.markup import plain_text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("A <b>bold</b> word", "A bold word"),
        (
            'See <a href="https://example.com/a?b=1&amp;c=2">the docs</a>.',
            "See the docs (https://example.com/a?b=1&c=2).",
        ),
        ("<a href='https://example.com/'>https://example.com</a>", "https://example.com"),
        ("One<br/>two</p><p>three", "One\ntwo\nthree"),
        ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
        ("https://<tenant>.example.com", "https://<tenant>.example.com"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        ("Fish &amp; chips &lt;here&gt;", "Fish & chips <here>"),
        ("  a \t b\r\n\n\n c ", "a b\nc"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("</a></a><a>lost", "lost"),
        ("", ""),
    ],
)
def test_markup_goes_and_words_stay(written: str, shown: str) -> None:
    assert plain_text(written) == shown


@pytest.mark.parametrize("piece", ["<a href=", "<", "<a ", "&", "<a href='x'>", "</a>", "\n "])
def test_hostile_descriptions_take_no_long_time(piece: str) -> None:
    before = time.process_time()
    plain_text(piece * 30_000)
    assert time.process_time() - before < 20
