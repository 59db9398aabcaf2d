"""No form of a registered secret survives in text."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.report.scrub import Scrubber

SECRET = 'p@ss"w\\ord\n+/=<é'


def scrubbed(text: str, secret: str = SECRET) -> str:
    scrubber = Scrubber()
    scrubber.add(secret)
    return scrubber.scrub(text)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        repr(SECRET.encode()),
        quote(SECRET, safe=""),
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_every_encoding_of_a_secret_is_replaced(form: str) -> None:
    assert "(sensitive)" in scrubbed(f"before {form} after")
    assert "ord" not in scrubbed(f"before {form} after")


@given(st.text(min_size=6, max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_secret_inside_other_text_is_replaced(secret: str, before: str, after: str) -> None:
    assume(secret.strip() == secret)
    assert secret not in scrubbed(before + secret + after, secret).replace("(sensitive)", "\0")


@given(st.binary(max_size=5), st.binary(max_size=5))
def test_secret_inside_a_longer_base64_text_is_replaced(before: bytes, after: bytes) -> None:
    secret = "correct-horse-battery-staple"
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    assert base64.b64encode(secret.encode()).decode()[4:20] not in scrubbed(encoded, secret)
    assert "(sensitive)" in scrubbed(encoded, secret)


@pytest.mark.parametrize("secret", ["hunter2-correct-horse", 'p@ss"w\\ord & more of it'])
@pytest.mark.parametrize("mark", ["…", "<mark>", "</mark>"])
def test_what_is_left_of_a_secret_behind_a_cut_is_replaced(secret: str, mark: str) -> None:
    for spelling in (secret, json.dumps(secret)[1:-1], html.escape(secret)):
        for at in range(1, len(spelling) - 8):
            assert scrubbed(f"a {mark}{spelling[at:]} b", secret) == f"a {mark}(sensitive) b"
            assert scrubbed(f"a {mark}{spelling[at : at + 8]}... b", secret) == f"a {mark}(sensitive)... b"


def test_fifteen_characters_of_a_long_secret_behind_a_cut_are_enough() -> None:
    secret = "".join(f"{number:x}" for number in range(2_000))
    for at in range(1, 40):
        assert scrubbed(f"a …{secret[at : at + 15]} b", secret) in {
            f"a …(sensitive){secret[at + n : at + 15]} b" for n in range(8, 16)
        }
    assert scrubbed(f"a …{secret[1_000:]} b", secret) == "a …(sensitive) b"


def test_thousands_of_secrets_that_are_alike_cost_no_more_behind_a_cut() -> None:
    scrubber = Scrubber()
    for number in range(2_000):
        scrubber.add("x" * 40 + str(number))
    assert "xx" not in scrubber.scrub("…xxxxxxxxxxxxxxxxxxxx" * 5_000)


def test_text_behind_a_cut_that_is_no_part_of_a_secret_stays() -> None:
    assert scrubbed("a …hunter3-correkt b", "hunter2-correct-horse") == "a …hunter3-correkt b"


def test_a_line_that_ends_behind_a_backslash_of_a_secret_hides_none_of_it() -> None:
    secret = "Gv9CARKrYHe\\fca5yps5qKJd9ZxESySRb"
    assert (
        scrubbed("\n    ".join(secret[at : at + 12] for at in range(0, len(secret), 12)), secret)
        == "(sensitive)"
    )


def test_short_values_are_left_to_masking_by_place() -> None:
    assert scrubbed("true and 12345", "true") == "true and 12345"
