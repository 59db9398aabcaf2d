"""JSON values as YAML that a strict reader takes for exactly these values, and foreign text made harmless for a comment. Pure.

Two kinds of comment: `## ` explains, `# ` offers a member of the mapping around it, whole on this one line.
"""

from __future__ import annotations

import math
import re
import sys
import textwrap

import yaml

from reconciler.model.json_value import JsonValue

WIDTH = 100
MAX_KEY_LENGTH = 200
_BREAK_AFTER = 80
"""PyYAML breaks a line after the word that passes this column."""

_NARROWEST = 40
_LONG_TEXT = 60
_MAX_SAFE_INTEGER = 2**53 - 1
_MAX_DEPTH = 24

# Text that both YAML versions read as text without quotes. Everything else is quoted.
_PLAIN = re.compile(r"[A-Za-z_$][\w./()'+,;<>=%@$-]*(?: [\w./()'+,;<>=%@$-]+)*", re.ASCII)
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z_$][\w./-]*", re.ASCII)
_WORDS_OF_YAML = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})


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
    """Whether a manifest can hold this name as a key. Escapes count with their length: YAML ends a key after 1,024 characters."""
    written = name if name.isprintable() else ascii(name)[1:-1]
    return len(written) <= MAX_KEY_LENGTH and is_writable(name)


class _Dumper(yaml.SafeDumper):
    """PyYAML's writer with our rules for quotes. Lists of scalars are in brackets."""

    is_flow = False

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002 - PyYAML's
        del indentless
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True

    def process_scalar(self) -> None:
        # Control, invisible and bidirectional characters become escapes.
        self.allow_unicode = "".join(getattr(self.event, "value", "").split()).isprintable()
        super().process_scalar()


class _FlowDumper(_Dumper):
    """The writer of one line. Every key is before a colon alone. PyYAML writes `? key : value` for an empty or a long one, which is a
    mapping as a key once it is no longer in braces.
    """

    is_flow = True

    def check_simple_key(self) -> bool:
        super().check_simple_key()  # analyzes the key
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    plain = _PLAIN_IN_FLOW if dumper.is_flow else _PLAIN
    is_plain = plain.fullmatch(value) is not None and value.lower() not in _WORDS_OF_YAML
    is_long = not dumper.is_flow and len(value) > _LONG_TEXT and " " in value
    style = None if is_plain else '"'
    if is_long and value.isprintable() and value == value.strip(" ") and "  " not in value:
        style = ">"
    elif not is_plain and value.isprintable() and "'" not in value and ("\\" in value or '"' in value):
        style = "'"  # spares escapes, in patterns mostly
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _list(dumper: _Dumper, values: list[JsonValue]) -> yaml.SequenceNode:
    is_flow, has_scalars = dumper.is_flow, not any(isinstance(each, dict | list) for each in values)
    dumper.is_flow = is_flow or has_scalars
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=dumper.is_flow)
    dumper.is_flow = is_flow
    return node


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def member_lines(key: str, value: JsonValue, indent: int) -> list[str]:
    """`key: value` as block YAML, each line indented. `value` must be writable. Its keys keep their order."""
    return [f"{' ' * indent}{line}" for line in _written(key, value, _Dumper, _BREAK_AFTER - indent)]


def offered(key: str, value: JsonValue, column: int, *, end: str = "") -> str:
    """A member as a comment that waits to be uncommented: one line, whatever the value is."""
    [line] = _written(key, value, _FlowDumper, math.inf)
    return f"{' ' * column}# {line[1:-1]}{end}"


def _written(key: str, value: JsonValue, dumper: type[_Dumper], width: float) -> list[str]:
    # The float is for PyYAML's arithmetic only, which takes one.
    text: str = yaml.dump(
        {key: value}, Dumper=dumper, width=width, sort_keys=False, default_flow_style=dumper.is_flow
    )
    return text.rstrip("\n").split("\n")


def one_line(text: str) -> str:
    """Any text on one line that no reader can take for more: runs of white space become one blank, control, invisible
    and bidirectional characters become escapes.
    """
    codes = [ord(char) for char in text if not char.isprintable()]
    escapes = {code: f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}" for code in codes}
    return " ".join(text.split()).translate(escapes)


def explained(text: str, column: int, *, further: int = 0, hanging: int = 0) -> list[str]:
    """`text` as comment lines that explain, wrapped. The mark is at `column`, the text `further` to the right, from the second line
    on `hanging` more.
    """
    head = f"{' ' * column}## {' ' * further}"
    width = max(WIDTH, len(head) + hanging + _NARROWEST)
    lines = textwrap.wrap(
        one_line(text),
        width,
        initial_indent=head,
        subsequent_indent=head + " " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [head.rstrip(" ")]
