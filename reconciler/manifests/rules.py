"""The stable rule ids of problems in the input, and the exception that carries one.

R0xx files and their syntax, R1xx the manifest's fields, R20x and R21x variables, includes and connectors, R3xx the project file.
"""

from __future__ import annotations

from typing import Final

NOTHING_FOUND: Final = "R001"
UNREADABLE: Final = "R002"
OUTSIDE: Final = "R003"
TOO_LARGE: Final = "R004"
ENCODING: Final = "R005"
SYNTAX: Final = "R006"
EMPTY: Final = "R007"
CHARACTER: Final = "R008"
DIRECTIVE: Final = "R009"
AMBIGUOUS_SCALAR: Final = "R010"
KEY: Final = "R011"
DUPLICATE_KEY: Final = "R012"
TAG: Final = "R013"
NUMBER: Final = "R014"
ALIAS: Final = "R015"
TOO_DEEP: Final = "R016"
HIDDEN: Final = "R017"

NOT_A_MANIFEST: Final = "R101"
UNKNOWN_FIELD: Final = "R102"
MISSING_FIELD: Final = "R103"
WRONG_TYPE: Final = "R104"
WRONG_VALUE: Final = "R105"
DUPLICATE_NAME: Final = "R106"
IDENTICAL: Final = "R107"
NUMBER_BESIDE_STRING: Final = "R108"
SAME_TEMPLATE: Final = "R109"
UNMANAGED: Final = "R111"
OTHER_API: Final = "R112"

UNKNOWN_CONNECTOR: Final = "R201"
VARIABLE_UNSET: Final = "R202"
VARIABLE_NAME: Final = "R203"
VARIABLE_VALUE: Final = "R204"
VARIABLE_FORM: Final = "R205"
VARIABLE_PLACE: Final = "R206"
INCLUDE: Final = "R210"
INCLUDED_MANIFEST: Final = "R211"

PROJECT_FIELD: Final = "R301"
PROJECT_MISSING: Final = "R302"
PROJECT_TYPE: Final = "R303"
PROJECT_VALUE: Final = "R304"
ENVIRONMENT: Final = "R305"
ORGANIZATION: Final = "R306"
PROJECT_AROUND: Final = "R307"

# The last of its place, because problems are shown in the order of place and rule.
MORE_PROBLEMS: Final = "R999"


class Refused(Exception):
    """Input that cannot be taken: a file, text from a 1-based place on, or an `!env` or `!include` that cannot be followed."""

    def __init__(self, rule: str, message: str, help: str = "", *, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.rule, self.message, self.help = rule, message, help
        self.line, self.column = line, column
