"""What a text gives away about itself: a placeholder, a credential, neither. Pure; never shows the text.

Placeholders are narrow on purpose: `changeme` and `password` are real passwords of real databases.
"""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"[*xX.#_\u2022\u2026-]{3,}"  # a mask
    r"|<[\w .,'/-]{1,60}>|\{\{[\s\w.'\"\[\]-]{1,60}\}\}"  # <your key>, {{ secret }}
    r"|\$\{[A-Za-z_][\w.]{0,60}\}|\$[A-Z][A-Z_]{2,60}|%[A-Z][A-Z_]{2,60}%"  # a variable of some other program
    r"|(?i:your|enter|insert|paste)[-_ ][A-Za-z][A-Za-z_ -]{0,60}"
    r"|mock_string"  # what Airbyte itself stores in place of a value that it lost
)
_CREDENTIAL = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:\s|\\n){0,4}[A-Za-z0-9+/=\s\\]{40}"
    r"|\b(?:"
    r"(?:AKIA|ASIA)(?![0-9A-Z]{9}EXAMPLE)[0-9A-Z]{16}\b"
    r"|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22}|glpat-[\w-]{20}"
    r"|xox[abprs]-[0-9A-Za-z-]{20}"
    r"|[sr]k_live_[0-9A-Za-z]{16}"
    r"|AIza[\w-]{35}\b"
    r"|sk-(?:proj-|ant-)[\w-]{32}"
    r"|SG\.[\w-]{22}\.[\w-]{43}\b"
    r"|eyJ[\w-]{10,2000}+\.eyJ[\w-]{10,4000}+\.[\w-]{20}"
    r")"
)
_PASSWORD_IN_ADDRESS = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@<{$*]{1,200}:[^\s/@<{$*]{3,200}@")
_TRACE = re.compile(
    r"airbyte_secret|PRIVATE KEY|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|[sr]k_live_|AIza|sk-|SG\.|eyJ"
    r"|://[^\s/]{1,900}@"
)
"""Found in the JSON text of everything that any of the above finds something in, and in little else."""

_LONGEST_READ = 50_000


def has_trace(json_text: str) -> bool:
    """Whether a JSON text (not escaped to ASCII) may hold a credential or a field marked as a secret; False is certain."""
    return _TRACE.search(json_text) is not None


def is_placeholder(text: str) -> bool:
    """Whether a text obviously stands for a value that somebody still has to fill in."""
    return len(text) <= 80 and _PLACEHOLDER.fullmatch(text.strip()) is not None


def looks_like_credential(text: str) -> bool:
    """Whether a text holds a private key or a token of a well-known maker, by its form alone."""
    return _CREDENTIAL.search(text[:_LONGEST_READ]) is not None


def has_password_in_address(text: str) -> bool:
    """Whether a text holds an address with user name and password: `postgres://user:...@host`."""
    return _PASSWORD_IN_ADDRESS.search(text[:_LONGEST_READ]) is not None
