"""What a scalar without quotes means: only what YAML 1.1 and YAML 1.2 agree on and JSON can say. Pure.

Readers of one manifest (this tool, a reviewer, another parser) must not take it for different things, so a plain scalar is
legal only if both versions read it as text, or if it is a JSON literal that both read as the same type.
Sources: yaml.org/type (1.1, with PyYAML's narrower floats, for which `1.2.3` is text), YAML 1.2.2 chapter 10.3 (core schema).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.limits import MAX_SAFE_INTEGER
from reconciler.model.json_value import JsonValue
from reconciler.model.text import short_text


class _Refusal(Enum):
    REFUSED = "refused"


REFUSED: Final = _Refusal.REFUSED
"""Stands for "not legal without quotes". `explain_plain` says why."""

_BOOLEANS_1_1 = dict.fromkeys(("y", "yes", "on", "true"), "true") | dict.fromkeys(
    ("n", "no", "off", "false"), "false"
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_WORDS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}
_MERGE = "<<"
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
)
_NOT_FINITE = (
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)"), "infinity"),
    (re.compile(r"\.(?:nan|NaN|NAN)"), "not-a-number"),
)


def _base_60(text: str) -> int | float:
    sign = -1 if text.startswith("-") else 1
    value: int | float = 0
    for part in text.lstrip("+-").split(":"):
        value = value * 60 + (float(part) if "." in part else int(part))
    return sign * value


_Numbers = tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...]
_NUMBERS_1_1: Final[_Numbers] = (
    (re.compile(r"[-+]?0b[01_]+"), lambda digits: int(digits.replace("0b", ""), 2)),
    (re.compile(r"[-+]?0[0-7_]+"), lambda digits: int(digits, 8)),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), lambda digits: int(digits, 16)),
    (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)"), int),
    (re.compile(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?"), float),
    (
        re.compile(r"[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)"),
        _base_60,
    ),
)
_NUMBERS_1_2: Final[_Numbers] = (
    (re.compile(r"[-+]?[0-9]+"), int),
    (re.compile(r"0o[0-7]+"), lambda digits: int(digits, 8)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda digits: int(digits, 16)),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), float),
)

_JSON_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# The JSON fractions that YAML 1.1 takes for numbers too: a point, and a sign in front of the exponent.
_AGREED_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?")

SPECIAL_START = frozenset(("", *"+-.0123456789~=<yYnNtTfFoO"))
"""Beginnings of plain scalars that may be no text. Nothing that starts otherwise is special in either version."""
JSON_START = frozenset(("", *"-0123456789tfn"))
"""Beginnings of all literals of JSON."""
_LONGEST_EXACT = 40


@dataclass(frozen=True)
class Reading:
    """What one YAML version makes of a plain scalar. `json` is how JSON writes that value, None where it cannot or it is text."""

    words: str
    json: str | None = None


_TEXT = Reading("text")


def plain_value(text: str) -> JsonValue | _Refusal:
    """The value of a plain YAML scalar, or REFUSED where the versions or JSON disagree."""
    if text[:1] not in SPECIAL_START:
        return text
    return _remembered(text) if len(text) <= _LONGEST_EXACT else _judged(text)


def json_literal(text: str) -> JsonValue | _Refusal:
    """The value of a JSON literal or number, or REFUSED for a number that not every reader keeps exactly."""
    if text in _WORDS:
        return _WORDS[text]
    return _integer(text) if _JSON_INTEGER.fullmatch(text) else _float(text)


def _judged(text: str) -> JsonValue | _Refusal:
    if text in _WORDS:
        return _WORDS[text]
    if _JSON_INTEGER.fullmatch(text):
        return _integer(text)
    if _AGREED_FLOAT.fullmatch(text):
        return _float(text)
    return text if reading_1_1(text) is _TEXT and reading_1_2(text) is _TEXT else REFUSED


_remembered = lru_cache(maxsize=4096)(_judged)


def _integer(text: str) -> JsonValue | _Refusal:
    if len(text) > len(str(-MAX_SAFE_INTEGER)):
        return REFUSED
    value = int(text)
    return value if abs(value) <= MAX_SAFE_INTEGER else REFUSED


def _float(text: str) -> JsonValue | _Refusal:
    value = float(text)
    return value if math.isfinite(value) else REFUSED


def reading_1_1(text: str) -> Reading:
    """What YAML 1.1 takes a plain scalar for."""
    boolean = _BOOLEANS_1_1.get(text.lower())
    if boolean is not None:
        is_standard = _is_standard_case(text)
        return Reading(boolean if is_standard else f"{boolean} (to readers that ignore case)", boolean)
    if text == _MERGE:
        return Reading("a merge of another mapping")
    if text == "=":
        return Reading("a default-value mark")
    return Reading("a date") if _TIMESTAMP.fullmatch(text) else _other_reading(text, _NUMBERS_1_1)


def reading_1_2(text: str) -> Reading:
    """What the core schema of YAML 1.2 takes a plain scalar for."""
    if text.lower() in ("true", "false") and _is_standard_case(text):
        return Reading(text.lower(), text.lower())
    return _other_reading(text, _NUMBERS_1_2)


def _is_standard_case(word: str) -> bool:
    """Both versions know `no`, `No` and `NO` only. Some readers also take `nO`."""
    return word in (word.lower(), word.upper(), word.capitalize())


def _other_reading(text: str, numbers: _Numbers) -> Reading:
    if text in _NULLS:
        return Reading("null", "null")
    for pattern, words in _NOT_FINITE:
        if pattern.fullmatch(text):
            return Reading(words)
    convert = next((convert for pattern, convert in numbers if pattern.fullmatch(text)), None)
    return _TEXT if convert is None else _number(text, convert)


def _number(text: str, convert: Callable[[str], int | float]) -> Reading:
    """The number in words. Only its kind when it is too long, has no digits or is too large to be written out."""
    try:
        value = convert(text.replace("_", "")) if len(text) <= _LONGEST_EXACT else math.inf
    except ValueError:
        value = math.inf
    if not math.isfinite(value) or abs(value) > MAX_SAFE_INTEGER:
        return Reading("a number")
    written = str(int(value)) if value == int(value) else repr(value)
    if "e" in written and "." not in written:
        written = written.replace("e", ".0e")  # without the point YAML 1.1 takes it for text
    return Reading(f"the number {written}", written)


def explain_plain(text: str) -> tuple[str, str, str]:
    """Rule, message and help for a plain scalar that `plain_value` or `json_literal` refused as a value."""
    if not text:
        return (
            rules.AMBIGUOUS_SCALAR,
            "there is no value here, which YAML reads as null",
            'write null, "" or a value',
        )
    if _JSON_INTEGER.fullmatch(text):
        message = f"`{short_text(text)}` is beyond ±{MAX_SAFE_INTEGER}, the whole numbers that every JSON reader keeps exactly"
        return rules.NUMBER, message, "quote it if it is an identifier, or write a smaller number"
    if _JSON_NUMBER.fullmatch(text) and not math.isfinite(float(text)):
        return (
            rules.NUMBER,
            f"`{short_text(text)}` is too large for a number",
            "quote it, or write a smaller number",
        )
    first, second = reading_1_1(text), reading_1_2(text)
    known = ", which JSON cannot write like this" if first == second else ""
    return (
        rules.AMBIGUOUS_SCALAR,
        f"`{short_text(text)}` is {_meaning(first, second)}{known}",
        _fix(text, first, second),
    )


def explain_key(text: str) -> tuple[str, str, str]:
    """Rule, message and help for a plain scalar that is a key and is not text."""
    if not text:
        return rules.KEY, "there is no key in front of this colon", 'write a key, or "" for the empty one'
    meaning = _meaning(reading_1_1(text), reading_1_2(text))
    help_text = "write the keys of that mapping out" if text == _MERGE else _quote(text)
    return rules.KEY, f"the key `{short_text(text)}` is {meaning}, and keys must be text", help_text


def _meaning(first: Reading, second: Reading) -> str:
    if first == second:
        return first.words
    return f"{first.words} in YAML 1.1 and {second.words} in YAML 1.2"


def _fix(text: str, first: Reading, second: Reading) -> str:
    ways = dict.fromkeys(reading.json for reading in (first, second) if reading.json is not None)
    return " or ".join([_quote(text), *(f"write {way}" for way in ways)])


def _quote(text: str) -> str:
    return f'quote it ("{text}")' if len(text) <= _LONGEST_EXACT and text.isprintable() else "quote it"
