"""What a terminal and a CI runner would make of an output. Shares no code with the program."""

from __future__ import annotations

import re
import unicodedata

_COLOUR = re.compile(r"\x1b\[(?:0|1|2|3[1-6])m")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_STOP = re.compile(r"::stop-commands::(\S{16,})")


def what_drives_a_terminal(text: str, *, colours: bool = False) -> list[str]:
    """Every control, format and separator character but line feeds; with `colours`, less the plain colour codes."""
    bare = _COLOUR.sub("", text) if colours else text
    return [f"U+{ord(c):04X}" for c in bare if c != "\n" and unicodedata.category(c) in _INVISIBLE]


def runner_commands(text: str) -> list[str]:
    """The lines that GitHub's and Azure's runners would carry out, as they split and trim lines (actions/runner, ActionCommand).

    `##[name]` counts anywhere in a line, `::name::` at its start; nothing does between `stop-commands` and its word.
    """
    found = []
    silence = ""
    for line in re.split(r"\r\n|\r|\n", text):
        trimmed = line.lstrip()
        if silence:
            silence = "" if trimmed == f"::{silence}::" else silence
            continue
        stop = _STOP.fullmatch(trimmed)
        if stop:
            silence = stop[1]
        elif re.match(r"::.*::", trimmed) or re.search(r"##(?:vso|teamcity)?\[[^\]]*\]", line):
            found.append(line)
    return found
