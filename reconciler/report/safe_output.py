"""The net below all reports: a whole output in which nothing from outside drives a terminal or a CI runner. Pure.

Reports call `safe_text` on every text from outside; this is for the text that somebody forgot. Imports next to nothing: it stands
under `--help` too.
"""

from __future__ import annotations

import re

from reconciler.model.text import visible_text
from reconciler.report.style import AFTER_ESCAPE

_COMMAND_MARK = re.compile(r"##(?:\w*)\[|^(\s*)::", re.MULTILINE)
_UNSAFE = (
    "|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"  # line separators, reordering, what no encoding takes
)
_DRIVES_A_TERMINAL = re.compile(f"\x1b{_UNSAFE}")
_FOREIGN = re.compile(f"\x1b(?!{AFTER_ESCAPE}){_UNSAFE}")


def safe_output(text: str, *, colours: bool = False, may_command: bool = False) -> str:
    """The output with its lines, and whatever else would drive a terminal as escapes; our own colour codes stay if `colours`.

    Unless `may_command`, no line is a runner's command; in JSON none ever is. JSON stays JSON and means the same.
    """
    unsafe = _FOREIGN if colours else _DRIVES_A_TERMINAL
    harmless = unsafe.sub(lambda match: visible_text(match[0]), text)
    if harmless.startswith(("{", "[")):
        return harmless.replace("##", "#\\u0023")
    return harmless if may_command else without_commands(harmless)


def without_commands(text: str) -> str:
    """Runner commands (`::error` at the start of a line, `##[group]` anywhere) lose their meaning: a backslash is put into the mark."""
    return _COMMAND_MARK.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", text)
