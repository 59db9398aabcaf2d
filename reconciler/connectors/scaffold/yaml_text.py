"""JSON values as YAML that a strict reader takes for exactly these values, and foreign text made harmless for a
comment. Pure.

Two kinds of comment: `## ` explains, `# ` offers a member of the mapping around it, whole on this one line.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from reconciler.model.json_value import JsonValue

WIDTH = 100
MAX_KEY_LENGTH = 200
_NARROWEST = 40
_MAX_SAFE_INTEGER = 2**53 - 1
_MAX_DEPTH = 24

# Text that both YAML versions read as text without quotes; everything else is quoted.
_PLAIN = re.compile(r"[A-Za-z_$][\w./()'+,;<>=%@$-]*(?: [\w./()'+,;<>=%@$-]+)*", re.ASCII)
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z_$][\w./-]*", re.ASCII)
_WORDS_OF_YAML = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def is_writable(value: JsonValue, depth: int = 0) -> bool:
    """Whether a manifest can hold this value: no NUL, no half of a surrogate pair, no number beyond what every JSON
    reader keeps exactly, no key over 200 characters, not nested more than 24 deep.
    """
    if isinstance(value, dict | list):
        members = value.values() if isinstance(value, dict) else value
        keys = value if isinstance(value, dict) else ()
        is_shallow = depth < _MAX_DEPTH
        return is_shallow and all(map(is_key, keys)) and all(is_writable(item, depth + 1) for item in members)
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    return not isinstance(value, int | float) or abs(value) <= (
        _MAX_SAFE_INTEGER if isinstance(value, int) else sys.float_info.max
    )


def is_key(name: str) -> bool:
    """Whether a manifest can hold this name as a key."""
    return len(name) <= MAX_KEY_LENGTH and is_writable(name)


def member_lines(key: str, value: JsonValue, indent: int) -> list[str]:
    """`key: value` as block YAML, each line indented. `value` must be writable; its keys keep their order."""
    return _attached(f"{' ' * indent}{scalar(key)}:", value, indent)


def _attached(head: str, value: JsonValue, indent: int) -> list[str]:
    """A value behind `key:` or `-`."""
    if isinstance(value, dict) and value:
        return [head, *(line for key, item in value.items() for line in member_lines(key, item, indent + 2))]
    if isinstance(value, list) and value:
        return _list_lines(head, value, indent)
    if isinstance(value, str) and " " in value and len(head) + len(value) > WIDTH:
        return _text_lines(head, value, indent + 2)
    return [f"{head} {scalar(value)}"]


def _list_lines(head: str, values: list[JsonValue], indent: int) -> list[str]:
    if any(isinstance(value, dict | list) for value in values):
        return [head, *(line for value in values for line in _item_lines(value, indent + 2))]
    items = [flow(value) for value in values]
    whole = f"{head} [{', '.join(items)}]"
    if len(whole) <= WIDTH:
        return [whole]
    lines = wrapped([f"{item}," for item in items], WIDTH - indent - 3)
    lines[-1] = f"{lines[-1][:-1]}]"
    return [head, *(f"{' ' * (indent + 2)}{'[' if not at else ' '}{line}" for at, line in enumerate(lines))]


def _item_lines(value: JsonValue, indent: int) -> list[str]:
    if not isinstance(value, dict) or not value:
        return _attached(f"{' ' * indent}-", value, indent)
    lines = [line for key, item in value.items() for line in member_lines(key, item, indent + 2)]
    return [f"{' ' * indent}- {lines[0].lstrip(' ')}", *lines[1:]]


def _text_lines(head: str, text: str, indent: int) -> list[str]:
    """A long text over several lines, read back to the character: folded where that is exact, else in quotes."""
    blank, width = " " * indent, WIDTH - indent
    if text.isprintable() and text == text.strip(" ") and "  " not in text:
        return [f"{head} >-", *(blank + line for line in wrapped(text.split(" "), width))]
    # Inside double quotes a backslash at the end of a line takes the break away, and one in front of a blank keeps it.
    lines = [
        line
        for part in _broken(text)
        for line in wrapped(re.findall(r"^ +|[^ ]+ *", part), width - 2, glue="")
    ]
    kept = [f"\\{line}" if line.startswith(" ") else line for line in lines]
    return [f'{head} "\\', *(f"{blank}{line}\\" for line in kept[:-1]), f'{blank}{kept[-1]}"']


def _broken(text: str) -> list[str]:
    """The text as it stands inside double quotes, cut behind each line feed. At least one part."""
    *parts, last = text.split("\n")
    return [*(f"{_escaped(part)}\\n" for part in parts), *([_escaped(last)] if last else [])]


def scalar(value: JsonValue) -> str:
    """A scalar, an empty object or an empty list on one line."""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
            return value
        return _quoted(value)
    if isinstance(value, float):
        return _number(value)
    return (
        {None: "null", True: "true", False: "false"}[value]
        if value is None or isinstance(value, bool)
        else str(value)
    )


def flow(value: JsonValue) -> str:
    """A value on one line, as it may stand inside brackets and braces too."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{flow(key)}: {flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    is_bare = isinstance(value, str) and _PLAIN_IN_FLOW.fullmatch(value) is not None
    return scalar(value) if is_bare or not isinstance(value, str) else _quoted(value)


def offered(key: str, value: JsonValue, column: int, *, end: str = "") -> str:
    """A member as a comment that waits to be uncommented: one line, whatever the value is."""
    return f"{' ' * column}# {flow(key)}: {flow(value)}{end}"


def _number(value: float) -> str:
    """With a point always: `1e-07` is text in YAML 1.1."""
    mantissa, _, exponent = repr(value).partition("e")
    point = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{point}e{exponent}" if exponent else point


def _quoted(text: str) -> str:
    """In double quotes, or in single ones where that spares escapes (patterns)."""
    if text.isprintable() and "'" not in text and ("\\" in text or '"' in text):
        return f"'{text}'"
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(char) or (char if char.isprintable() else _code(char)) for char in text)


def _code(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def one_line(text: str) -> str:
    """Any text on one line that no reader can take for more: runs of white space become one blank, control, invisible
    and bidirectional characters become escapes.
    """
    return "".join(char if char.isprintable() else _code(char) for char in " ".join(text.split()))


def explained(text: str, indent: int, *, column: int, hanging: int = 0) -> list[str]:
    """`text` as comment lines that explain, wrapped. The mark stands at `column`, the text at `indent`, from the second
    line on `hanging` further.
    """
    head = f"{' ' * column}## {' ' * (indent - column)}"
    lines = wrapped(one_line(text).split(" "), WIDTH - len(head) - hanging)
    return [f"{head}{' ' * hanging if at else ''}{line}".rstrip(" ") for at, line in enumerate(lines)]


def wrapped(pieces: Sequence[str], width: int, *, glue: str = " ") -> list[str]:
    """The pieces joined to lines of about `width` characters (at least 40); a piece is never cut. At least one line."""
    width = max(width, _NARROWEST)
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) + len(glue) + len(piece) <= width:
            lines[-1] += glue + piece
        else:
            lines.append(piece)
    return lines or [""]
