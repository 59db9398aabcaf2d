"""The second layer by itself: which spellings of a value it takes out, what it leaves, and what it does to JSON."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from security.canaries import HEADER_SHAPES, SHAPES, canary, leaks

from reconciler.cli.process import CleanStream, clean_log_records
from reconciler.report.scrub import MIN_LENGTH, Scrubber

SECRETS = st.builds(
    lambda seed, shapes: canary(Random(seed), "it", shapes),
    st.integers(),
    st.sampled_from([SHAPES, HEADER_SHAPES]),
)
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    json.dumps,
    lambda s: json.dumps(s, ensure_ascii=False),
    lambda s: json.dumps(json.dumps(json.dumps(s))),
    repr,
    lambda s: repr(s.encode()),
    lambda s: repr(repr(s)),
    quote,
    quote_plus,
    lambda s: quote(quote(s, safe=""), safe=""),
    html.escape,
    lambda s: html.escape(json.dumps(s)),
    lambda s: json.dumps(html.escape(s)),
    lambda s: quote(json.dumps(s)),
    str.upper,
    str.lower,
    lambda s: s.encode().hex(),
    lambda s: s.encode().hex(":"),
    lambda s: base64.b64encode(s.encode()).decode(),
    lambda s: base64.b64encode(b"a" + s.encode() + b"b").decode(),
    lambda s: base64.urlsafe_b64encode(b"id:" + s.encode()).decode(),
    lambda s: base64.b64encode(s.encode("utf-16-le")).decode(),
    lambda s: "".join(f"\\u{ord(c):04x}" for c in s if ord(c) < 0x10000),
    lambda s: "".join(f"%{b:02x}" for b in s.encode()),
    lambda s: "".join(f"&#{ord(c)};" for c in s),
    "\0".join,
    lambda s: "\n    ".join(s[at : at + 12] for at in range(0, len(s), 12)),
    lambda s: s.encode("unicode_escape").decode(),
    lambda s: "".join(f"\\{c}" if not c.isalnum() and c.isascii() else c for c in s),
    lambda s: s[: 2 * len(s) // 3] + "...",
    lambda s: s[:20],
)


def scrubbed(text: str, *secrets: str) -> str:
    scrubber = Scrubber()
    for secret in secrets:
        scrubber.add(secret)
    return scrubber.scrub_output(text)


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(
    secret=SECRETS,
    before=st.sampled_from(["", "x", '"', "\\", "%", "key=", "://u:", " "]),
    after=st.sampled_from(["", "!", '"', "@h", " "]),
)
def test_no_spelling_leaves_anything_readable(
    spelling: Callable[[str], str], secret: Any, before: str, after: str
) -> None:
    assert (
        leaks(
            [secret],
            scrubbed(f"{before}{spelling(secret.value)}{after}", secret.value).encode(
                "utf-8", "surrogatepass"
            ),
        )
        == set()
    )


@given(st.text(min_size=MIN_LENGTH, max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_value_itself_never_stays(secret: str, before: str, after: str) -> None:
    assert secret not in scrubbed(f"x{before}{secret}{after}", secret).replace("(sensitive)", "\0" * 11)


@given(
    st.recursive(
        st.sampled_from(["secret-one", 'quo"te\\d', "123456", "12.345678", "status", "ok"])
        | st.integers()
        | st.floats(allow_nan=False)
        | st.booleans()
        | st.none(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["secret-one", "status", "a", "123456"]), inner, max_size=3)
        ),
    ),
    st.lists(
        st.sampled_from(
            [
                "secret-one",
                'quo"te\\d',
                "123456",
                "12.345678",
                "345678",
                '": "',
                '",\n  "a',
                "null,\n",
                "false, true",
            ]
        ),
        min_size=1,
    ),
)
def test_json_stays_json_with_the_same_members(value: Any, secrets: list[str]) -> None:
    text = json.dumps({"value": value}, indent=2) + "\n"
    clean = json.loads(scrubbed(text, *secrets))
    assert _shape(clean) == _shape({"value": value})


def _shape(value: Any) -> Any:
    """What a document is made of, without its texts and numbers."""
    if isinstance(value, dict):
        return [_shape(item) for item in value.values()]
    if isinstance(value, list):
        return [_shape(item) for item in value]
    return value if value is None or isinstance(value, bool) else "scalar"


def test_number_in_json_that_is_a_secret_becomes_text() -> None:
    assert json.loads(scrubbed('{"pin": 123456, "line": 7}', "123456")) == {"pin": "(sensitive)", "line": 7}


def test_names_in_json_that_become_equal_stay_apart() -> None:
    assert json.loads(scrubbed('{"secret-one": 1, "secret-two": 2}', "secret-one", "secret-two")) == {
        "(sensitive)": 1,
        "(sensitive) 2": 2,
    }


@pytest.mark.parametrize("value", ["", "a", "yes", "eu-1", "12345"])
def test_values_under_six_characters_stay_since_their_absence_would_tell_them(value: str) -> None:
    assert scrubbed("yes, 12345 in eu-1", value) == "yes, 12345 in eu-1"


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("https://hooks.example.com/services/T0/B0/x1y2z3", "see https://docs.example.com/guide"),
        ("production-2024", "the environment production is in sync"),
        ("-----BEGIN KEY-----\nabcdefghijk\n", "a report that begins well"),
    ],
)
def test_text_that_only_begins_like_a_secret_stays(secret: str, text: str) -> None:
    assert scrubbed(text, secret) == text


def test_many_values_and_a_long_text_take_no_long_time() -> None:
    """Not measured in seconds: a search that grew with values times text would not end before the suite's limit."""
    text = json.dumps(
        [{"line": n, "message": f"https://host.example/{n}?a=%20b"} for n in range(4_000)], indent=1
    )
    assert scrubbed(text, *(f"value-{n}-{n * 7919}" for n in range(2_000))) == text


@pytest.mark.parametrize("form", ["{:05}", "-{}", "aaaaaaaaaaaaaaaa{:05}"])
def test_values_that_begin_alike_are_found_in_one_pass(form: str) -> None:
    """A server can answer with thousands of them: a search for each at each place would not end before the suite's limit."""
    secrets = [f"aaaa{form.format(n)}" for n in range(4_000)]
    text = json.dumps([f"aaaa-{n}" for n in range(60_000)] + [f"see {secret}!" for secret in secrets])
    clean = scrubbed(text, *secrets)
    assert not any(secret in clean for secret in secrets)
    assert json.loads(clean)[-4_000:] == ["see (sensitive)!"] * 4_000


@given(
    st.lists(st.text("ab1", min_size=MIN_LENGTH, max_size=24), min_size=33, max_size=60, unique=True),
    st.text("ab1. ", max_size=80),
)
def test_many_values_that_begin_alike_hide_what_each_alone_would(secrets: list[str], text: str) -> None:
    alike = [f"aaaaaa{secret}" for secret in secrets]
    text = f"{text} aaaaaa{text} {alike[0]} {alike[-1][:9]}... {alike[1][:20]}"
    hidden = scrubbed(text, *alike)
    for secret in alike:
        assert len(scrubbed(hidden, secret)) == len(hidden)


@pytest.mark.parametrize("piece", ["abcd", "\\", "%25", "&amp;", "\\u0061", "abcdefgh...", "%", "\n"])
def test_text_made_to_be_slow_is_searched_in_a_straight_line(piece: str) -> None:
    """A search that grew with the square would not end before the suite's limit."""
    text = piece * (400_000 // len(piece))
    scrubbed(text, "abcdefgh-ijklmnop", "abcd%efgh\\ijkl", "\\\\%%%%\\\\")


@pytest.fixture
def stream() -> tuple[CleanStream, io.StringIO, list[str]]:
    """A filtered stream, what came out of it, and whether anything was lost."""
    out, lost = io.StringIO(), list[str]()
    return (
        CleanStream(out, lambda text: scrubbed(text, "hush-hush-hush"), lambda: lost.append("lost")),
        out,
        lost,
    )


def test_stream_filters_whole_lines_however_they_are_written(
    stream: tuple[CleanStream, io.StringIO, list[str]],
) -> None:
    filtered, out, _ = stream
    for part in ("a hush-", "hush", "-hush b\nc", " hush-hush-hush"):
        filtered.write(part)
    filtered.flush()
    assert out.getvalue() == "a (sensitive) b\nc (sensitive)"


def test_stream_has_no_way_around_the_filter(stream: tuple[CleanStream, io.StringIO, list[str]]) -> None:
    assert not hasattr(stream[0], "buffer")
    assert stream[0].writable()
    assert not stream[0].isatty()


def test_stream_that_cannot_be_written_is_told_and_raises_nothing() -> None:
    lost: list[str] = []
    with open("/dev/full", "w") as full:
        filtered = CleanStream(full, str, lambda: lost.append("lost"))
        print("x", file=filtered, flush=True)
        assert lost
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())  # so that closing it succeeds
    nowhere = CleanStream(None, str, lambda: lost.append("nowhere"))
    print("x", file=nowhere)
    assert lost[-1] == "nowhere"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """A handler at DEBUG that was there before us; everything global is put back."""
    out, factory = io.StringIO(), logging.getLogRecordFactory()
    handler = logging.StreamHandler(out)
    levels = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "asyncio", "h11")}
    logging.getLogger("somebody").addHandler(handler)
    yield out
    logging.getLogger("somebody").removeHandler(handler)
    logging.setLogRecordFactory(factory)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_log_records_are_clean_before_any_handler_gets_them(log: io.StringIO) -> None:
    clean_log_records(lambda text: scrubbed(text, "hush-hush-hush"))
    logger = logging.getLogger("somebody")
    logger.error("%s and %r", "hush-hush-hush", b"hush-hush-hush", stack_info=True)
    logger.error("wrong %d", "hush-hush-hush")
    try:
        raise ValueError("hush-hush-hush")  # noqa: TRY301 - for its traceback
    except ValueError:
        logger.exception("failed with %s", sys.exc_info()[1])
    told = log.getvalue()
    assert "hush-hush" not in told
    assert told.count("(sensitive)") >= 3
    assert "ValueError" in told
