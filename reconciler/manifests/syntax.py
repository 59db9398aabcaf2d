"""Bytes of a file to parser events, YAML or JSON, and what a syntax error means. Pure.

Advice about quotes goes by the characters around a place, never by a parser's words, and shows no more than one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias, cast

import yaml
from yaml.events import Event

from reconciler.manifests import rules
from reconciler.manifests.json_text import json_events
from reconciler.manifests.limits import MAX_DEPTH, MAX_TAG_DIRECTIVES
from reconciler.manifests.rules import Refused

NextEvent: TypeAlias = Callable[[], Event | None]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
# libyaml looks up to a thousand brackets ahead and then gives up, before any event says how deep they are. Its words choose
# only which of our rules is named: with other words the file stays a syntax error.
_TOO_DEEP = "exceeded maximum nesting depth"
_TAG_DIRECTIVE = re.compile(rb"(?:^|[\r\n])%TAG")
_VERSION_BREAKS = re.compile("[\x85\u2028\u2029]")
_LINE_BREAK = re.compile("\r\n|\n|\r")
_NOT_PRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


TOO_DEEP = (f"nested more than {MAX_DEPTH} deep", "flatten it")
"""Message and help of that rule."""


def file_events(data: bytes, *, is_json: bool) -> NextEvent:
    """A function that returns the next event, and None (or StreamEndEvent) at the end.

    Raises Refused, at once for a wrong encoding. For YAML the function itself raises what `syntax_error` translates.
    """
    text = _decoded(data)
    if is_json:
        events = json_events(text)
        return lambda: next(events, None)
    _check_before_parsing(data, text)
    parser = _parser(text.encode() if data.startswith(_BYTE_ORDER_MARK) else data)
    return cast(NextEvent, parser.get_event)


def _parser(data: bytes) -> yaml.parser.Parser:
    """libyaml's event parser, else PyYAML's own (ten times slower, same rules)."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _PureParser(data)
    return cast(yaml.parser.Parser, CParser(data))


class _PureParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    def __init__(self, data: bytes) -> None:
        yaml.reader.Reader.__init__(self, data)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


def _decoded(data: bytes) -> str:
    """The text without a leading byte order mark."""
    if data.startswith(_UTF_16 + _UTF_32):
        width = 32 if data.startswith(_UTF_32) else 16
        raise Refused(rules.ENCODING, f"the file is UTF-{width}", "save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        before = data[: error.start].decode("utf-8", "replace")
        # Not chained: that error carries the whole file.
        raise _behind(before, rules.ENCODING, message, "save the file as UTF-8") from None
    before, nul, _ = text.partition("\0")
    if nul:
        raise _behind(before, rules.CHARACTER, "a NUL character", "save the file as UTF-8 text")
    return text.removeprefix("\ufeff")


def _behind(before: str, rule: str, message: str, help: str) -> Refused:
    line, column = _place(before)
    return Refused(rule, message, help, line=line, column=column)


def _place(before: str) -> tuple[int, int]:
    """The 1-based place behind a text."""
    lines = _LINE_BREAK.split(before)
    return len(lines), len(lines[-1]) + 1


def _check_before_parsing(data: bytes, text: str) -> None:
    if b"%TAG" in data and len(_TAG_DIRECTIVE.findall(data)) > MAX_TAG_DIRECTIVES:
        help_text = "remove them; no tags but !env and !include are known"
        raise Refused(rules.DIRECTIVE, "too many %TAG directives", help_text)
    found = None if text.isascii() else _VERSION_BREAKS.search(text)
    if found is not None:
        code = f"{ord(found[0]):04X}"
        message = f"U+{code} ends a line in YAML 1.1 and is an ordinary character in YAML 1.2"
        help_text = f'write "\\u{code}" inside double quotes'
        raise _behind(text[: found.start()], rules.CHARACTER, message, help_text)


def syntax_error(error: yaml.YAMLError, data: bytes) -> Refused:
    """A parser's complaint with its place. Its text is libyaml's. It names at most one character of the file."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        if error.problem == _TOO_DEEP:
            return _at(error.problem_mark, *TOO_DEEP, rule=rules.TOO_DEEP)
        message = f"not valid YAML: {error.problem}{_context(error)}"
        return _yaml_error(data, error.problem_mark, error.context_mark, message)
    return _unprintable(data)


def _yaml_error(data: bytes, mark: yaml.Mark, began: yaml.Mark | None, message: str) -> Refused:
    lines = text_lines(data)
    opened = lines[began.line][began.column :] if began is not None and began.line < len(lines) else ""
    if mark.line < len(lines):
        return _at(mark, message, advice(lines[mark.line], mark.column, opened))
    line, column = end_place(data)
    return Refused(rules.SYNTAX, message, advice("", 0, opened), line=line, column=column)


def text_lines(data: bytes) -> list[str]:
    """The lines of a file that could be decoded, without their ends."""
    return _LINE_BREAK.split(_decoded(data))


def end_place(data: bytes) -> tuple[int, int]:
    """The 1-based place behind the last character. Where no line break is there, libyaml names the line after it instead."""
    return _place(_decoded(data))


def _context(error: yaml.MarkedYAMLError) -> str:
    """What was being read, with its line when it began on another one, which is where the mistake often is."""
    if not error.context:
        return ""
    began, ended = error.context_mark, error.problem_mark
    is_elsewhere = began is not None and ended is not None and began.line != ended.line
    return f" {error.context}" + (f" that began at line {began.line + 1}" if began and is_elsewhere else "")


def _at(mark: yaml.Mark, message: str, help: str, *, rule: str = rules.SYNTAX) -> Refused:
    return Refused(rule, message, help, line=mark.line + 1, column=mark.column + 1)


def _unprintable(data: bytes) -> Refused:
    """The YAML reader refused a character that YAML does not allow. It names no line, so look for it."""
    text = _decoded(data)
    found = _NOT_PRINTABLE.search(text)
    if found is None:
        return Refused(rules.SYNTAX, "not valid YAML")
    message = f"the character U+{ord(found[0]):04X} is not allowed in YAML"
    help_text = "remove it, or write it as an escape in double quotes"
    return _behind(text[: found.start()], rules.CHARACTER, message, help_text)


VARIABLE_IN_BRACES: Final = (
    "quote it; if it means a variable, write !env RECONCILER_VAR_..., the only substitution there is"
)
"""For `{{ name }}`, which YAML reads as a mapping in place of a key, and its like."""

_TABS = "indent with spaces, not tabs"
_ESCAPE = (
    "write the value in single quotes, or each backslash twice: in double quotes a backslash begins an escape"
)
_COLON = "quote values that hold a colon followed by a blank"
_HASH = "quote values that hold a # behind a blank: it begins a comment"
_QUOTES = "put the whole value into one pair of quotes; inside single quotes, write each ' twice"
_COLLECTION = (
    "a value that starts with [ is a list, and one that starts with { an object: quote it if it is text"
)
_BLOCK = "a value that starts with > or | goes on below: quote it if it is text"
_FLOW = "inside { } and [ ], quote values that hold one of { } [ ] or a comma"

_COMMENT = re.compile(r"\s#")


def advice(line: str, column: int, opened: str = "") -> str:
    """What usually helps against a syntax error at a 0-based column. "" for no idea. `opened` is the text of what the parser was in,
    from its first character to the end of its line.
    """
    char = line[column : column + 1]
    return next(_by_beginning(line, column, opened[:1]), "") or next(
        _by_characters(line, column, char, opened), ""
    )


def _by_beginning(line: str, column: int, opener: str) -> Iterator[str]:
    """By what was begun: an alias, a text in quotes, a block."""
    if opener and opener in "*&":
        yield _start(opener)
    if opener == '"' and "\\" in line[max(column - 2, 0) : column + 1]:
        yield _ESCAPE
    if opener and opener in ">|":
        yield _BLOCK


def _by_characters(line: str, column: int, char: str, opened: str) -> Iterator[str]:
    """By the characters at the place and in front of it."""
    behind = line[:column].rstrip()[-1:]
    if char == "\t":
        yield _TABS
    if (char and char in "@`!") or (char == "%" and column):
        yield _start(char)
    if char and char in "-?":
        yield _start(f"{char} and a blank")
    if opened[:1] in ("[", "{") and _COMMENT.search(opened):
        yield _HASH
    if char == ":":
        yield _COLON
    if line[max(column - 1, 0) : column + 1] in ("${", "%{", "{{"):
        yield VARIABLE_IN_BRACES
    if char and behind and behind in "'\"]}":
        yield _QUOTES if behind in "'\"" else _COLLECTION
    if char and char in "[]{},":
        yield _FLOW


def start_advice(rest: str) -> str:
    """What helps where a value was expected and none is, by the rest of the line. "" for no idea."""
    first = rest.lstrip()[:1]
    return _start(first) if first and first in "#&" else ""


def _start(char: str) -> str:
    return f"quote values that start with {char}"
