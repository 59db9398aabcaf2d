"""JSON that two readers could understand differently is refused."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.strict_json import MAX_DEPTH, MAX_DIGITS, StrictJsonError, parse_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_ordinary_json_comes_back_as_it_was_written(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]",:0123456789.eE+-ntfu\\d8', max_size=60).map(str.encode)
)
def test_any_bytes_are_either_a_value_or_one_kind_of_error(data: bytes) -> None:
    with contextlib.suppress(StrictJsonError):
        json.dumps(parse_json(data), ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is not JSON (from character 1 on)"),
        (b'{"a": 1} x', "it is not JSON (from character 10 on)"),
        (b"\xef\xbb\xbf{}", "it is not JSON (from character 1 on)"),
        (b"<html></html>", "it is not JSON (from character 1 on)"),
        (b'"\xff"', "it is not UTF-8"),
        (b'{"a": 1, "a": 1}', "an object has the same key twice"),
        (b'[{"x": {"a": 1, "a": 2}}]', "an object has the same key twice"),
        (b"[NaN]", "it holds NaN or Infinity"),
        (b"[-Infinity]", "it holds NaN or Infinity"),
        (b"[1e999]", "a number is out of range"),
        (b'["\\ud800"]', "a text holds half of a surrogate pair"),
        (b'{"\\uDFFF": 1}', "a text holds half of a surrogate pair"),
        (b"9" * (MAX_DIGITS + 1), "an integer has more than 400 digits"),
        (b"[" * 100_000, "it is nested deeper than 100 levels"),
        (b"[" * 5_000_000, "it is nested deeper than 100 levels"),
    ],
)
def test_doubtful_json_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(StrictJsonError) as caught:
        parse_json(data)
    assert str(caught.value) == reason
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse_json(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


def test_an_integer_of_the_longest_length_is_read_exactly() -> None:
    assert parse_json(b"9" * MAX_DIGITS) == 10**MAX_DIGITS - 1


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_the_deepest_nesting_is_read_and_one_more_level_is_not(opening: str, closing: str) -> None:
    def nested(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    parse_json(nested(MAX_DEPTH))
    with pytest.raises(StrictJsonError, match="deeper than 100"):
        parse_json(nested(MAX_DEPTH + 1))


def test_many_shallow_containers_are_not_taken_for_deep_ones() -> None:
    assert parse_json(json.dumps([[]] * 500).encode()) == [[]] * 500
