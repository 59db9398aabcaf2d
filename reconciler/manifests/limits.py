"""How much input is read before it is refused. Each limit is tested at the limit and one past it.

They exist so that no manifest can cost more than a moment: the worst input within them takes well under two seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_FILE_BYTES = 1024 * 1024
MAX_FILES = 2_000
# As many as a project may hold files: a document costs more than its bytes, and its problems are reported one by one.
MAX_DOCUMENTS = 2_000
MAX_DEPTH = 64
MAX_ALIAS_NODES = 10_000
# As much text as a file can hold: 10,000 repetitions of a long text would be ten gigabytes of one request.
MAX_REPEATED_TEXT = MAX_FILE_BYTES
# Twenty of the largest form in Airbyte's registry (1,960 values). Rules, verdict and questions cost about 25 microseconds a
# value, whatever the values are spread over: `benchmarks/hostile_yaml.py` has the dearest ways.
MAX_VALUES = 40_000
# Enough for that many values in any shape. Bounds the time that input without values (bad keys, empty documents) can take.
MAX_EVENTS = 250_000
MAX_INCLUDES = 200
MAX_VARIABLES = 1_000
MAX_VARIABLE_TEXT = MAX_FILE_BYTES
MAX_KEY_LENGTH = 1_024
MAX_PROBLEMS_PER_FILE = 100
MAX_NAME_LENGTH = 200
MAX_TAG_LENGTH = 255
LONGEST_SETTLE = 3600

# libyaml compares each %TAG directive with all before it: 50,000 of them take seconds, so they are counted before parsing.
MAX_TAG_DIRECTIVES = 64

# Beyond these, JSON readers disagree about the last digits (RFC 8259, section 6).
MAX_SAFE_INTEGER = 2**53 - 1


@dataclass
class Budget:
    """What one file and all that it includes may still use. Shared by nested readers, so that parts cannot multiply."""

    values: int = MAX_VALUES
    alias_nodes: int = MAX_ALIAS_NODES
    repeated_text: int = MAX_REPEATED_TEXT
    variables: int = MAX_VARIABLES
    variable_text: int = MAX_VARIABLE_TEXT
    includes: int = MAX_INCLUDES
    included_bytes: int = MAX_FILE_BYTES
