"""Texts, addresses, patterns and formats as Java reads and writes them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.connectors.server.formats import format_failure, meets_format
from reconciler.connectors.server.java_pattern import java_search
from reconciler.connectors.server.java_values import as_text, parsed_uri


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (12345678901234567890, "12345678901234567890"),
        (1.0, "1.0"),
        (0.001, "0.001"),
        (-0.5, "-0.5"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (-1.25e-5, "-1.25E-5"),
        (123456789.5, "1.234567895E8"),
        (1e300, "1.0E300"),
        (float("inf"), "Infinity"),
        ([], ""),
        ({"a": 1}, ""),
    ],
)
def test_text_of_a_json_value(value: Any, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("text", "reference", "absolute"),
    [
        ("https://a.example.test/b?c=[d]#e", True, True),
        ("mailto:a@b", True, True),
        ("urn:a:b", True, True),
        ("file:///a", True, True),
        ("a/b", True, False),
        ("/a:b", True, False),
        ("?a:b", True, False),
        ("", True, False),
        ("#a", True, False),
        ("http://[::1]/", True, True),
        ("a:", False, False),
        ("a:#b", False, False),
        ("1a:b", False, False),
        ("http://", False, False),
        ("//", False, False),
        ("//host", True, False),
        ("a b", False, False),
        ("a%zz", False, False),
        ("a%20b", True, False),
        ("a|b", False, False),
        ("a\\b", False, False),
        ("a#b#c", False, False),
        ("/a[b]", False, False),
        ("\u00e4", True, False),
        ("a\u00a0b", False, False),
    ],
)
def test_addresses_that_java_takes(text: str, *, reference: bool, absolute: bool) -> None:
    uri = parsed_uri(text)
    assert (uri is not None, uri is not None and uri["scheme"] is not None) == (reference, absolute)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        (r"^\d+$", "12", True),
        (r"^\d+$", "\u0661", False),
        (r"^\w$", "\u00e4", False),
        (r"^(?<year>\d{4})$", "2024", True),
        (r"^a\z", "a\n", False),
        (r"^a\Z", "a\n", True),
        (r"^\p{Alpha}+$", "abC", True),
        (r"^\p{Alpha}+$", "ab1", False),
        (r"^\P{Digit}$", "a", True),
        (r"^[\p{Upper}_]+$", "A_B", True),
        (r"^[\p{IsAlpha}]$", "a", True),
        (r"^\Qa.b\E$", "a.b", True),
        (r"^\Qa.b\E$", "axb", False),
        (r"^a\h*b$", "a \tb", True),
        (r"^[+--]$", ",", True),
        (r"^[]a]$", "]", True),
        (r"^[^]a]$", "b", True),
        (r"^a++", "aa", True),
        (r"^a++b$", "cab", False),
        (r"(?i)^É$", "é", False),
        (r"^(?!cohort_|RESERVED_).*$", "RESERVED_x", False),
        (r"^a$", "a\r\n", True),
        (r"^\v$", "\x85", True),
        (r"^[\w.-]+/(([\w.-]*\*)|[\w.-]+(?<!\.git))$", "acme/site", True),
        (r"^[\w.-]+/(([\w.-]*\*)|[\w.-]+(?<!\.git))$", "acme/site.git", False),
        (r"^[a-z\[\]]+$", "a[]", True),
        ("(?m)^b$", "a\r\nb\x85c", True),
        ("(?m)^$", "\r\n", True),  # in front of it, and neither within nor behind
        ("(?m)a^", "a", False),
        ("(?m)^", "", False),
        ("(?iu)^stra\xdfe$", "STRA\xdfE", True),
        ("(?iu)^\xc9k$", "\xe9\u212a", True),
        ("(?iu)^[j-l]$", "\u212a", True),
        ("(?iu)^\u212a$", "k", True),
        ("(?iU-U)^\xc9$", "\xe9", False),
        (r"^(?U)\w\d\s$", "\xe9\u0661\u2003", True),
        (r"(?U)e\b", "e\u0301", False),
        (r"^\X\X$", "\r\na", True),
        (r"^\X$", "\r\n", True),
        (r"(?<=a*)b", "b", True),
    ],
)
def test_patterns_mean_what_they_mean_in_java(pattern: str, text: str, *, found: bool) -> None:
    assert java_search(pattern, text) is found


@pytest.mark.parametrize(
    "pattern",
    [
        r"\p{IsGreek}",
        r"(?<=(a|b)*)b",
        "(",
        "(?x)[a b]",
        r"\y",
        "*",
        r"(a)\1",
        r"^a++b",
        r"(?>a)b",
        "(?dx)a",
        "(?md)a$",
        "(?x: a )b",
    ],
)
def test_patterns_without_a_counterpart_are_unknown_and_never_raise(pattern: str) -> None:
    assert java_search(pattern, "abc") is None


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", ["2024-02-29"], ["2023-02-29", "2024-2-9", "20240229", "2024-02-29T00:00:00Z", ""]),
        (
            "date-time",
            [
                "2024-01-01T10:00:00Z\n",
                "2024-01-01T10:00:00Z[UTC]",
                "2024-01-01t10:00:00.123456z",
                "2024-01-01 10:00:00+18:00",
                "2016-12-31T23:59:60Z",
            ],
            [
                "2024-01-01",
                "2024-01-01T10:00Z",
                "2024-01-01T10:00:00",
                "2024-01-01T25:00:00Z",
                "2024-01-01T24:00:00Z",
                "2020-12-31T23:59:60Z",
                "2024-01-01T10:00:00+18:01",
                "2024-01-01T10:00:00-00:00",
                "YYYY-MM-DDTHH:mm:ssZ",
            ],
        ),
        ("time", ["10:00:00Z", "10:00:00.5+23:59"], ["10:00:00", "24:00:00Z", "10:00:00+01:60"]),
        ("duration", ["P1D", "PT1S", "p1y2m"], ["P", "PT", "1D", "P1H", "PT1.5S", "-P1Y", "P1Y1W"]),
        ("email", ["a@b", "a.b+c@example.com"], ["a", "@b", "a b@c", "a@b@c", "a@example.test"]),
        ("hostname", ["a", "a-b.example"], ["-a", "a..b", "a_b"]),
        ("ipv4", ["127.0.0.1"], ["127.0.0.256", "127.0.0", "::1"]),
        ("ipv6", ["::1", "fe80::1"], ["::1%eth0", "127.0.0.1", " ::1"]),
        ("uri", ["https://a.test/b", "a:", "//"], ["a/b", "http://\u00e4", "http://a?[b]", "a b"]),
        ("uri-reference", ["a/b", ""], ["a b", "\u00e4"]),
        ("uuid", ["dfd88b22-b603-4c3d-aad7-3701784586b1"], ["dfd88b22b6034c3daad73701784586b1", "x"]),
        ("json-pointer", ["", "/a~1b"], ["a", "/a~2"]),
        ("relative-json-pointer", ["0#", "1/a"], ["/a", "01"]),
        ("alpha", ["ab"], ["a1"]),
        ("alphanumeric", ["a1"], ["a-1"]),
        ("phone", ["+49 30 1234567"], ["030 1234567"]),
        ("utc-millisec", ["1700000000.5"], ["x"]),
        ("regex", ["a"], ["("]),
        ("iri", ["http://ü/"], ["a", "http://2001:db8::1/"]),
        ("idn-hostname", ["a.b"], ["a_b"]),
        ("invented", ["anything"], []),
    ],
)
def test_formats(name: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not meets_format(name, text)] == []
    assert [text for text in bad if meets_format(name, text)] == []


def test_a_format_without_description_is_named_only() -> None:
    assert format_failure("alpha") == "does not match the alpha pattern"
