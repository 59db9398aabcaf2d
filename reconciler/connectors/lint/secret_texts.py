"""Whether a text is a placeholder, a credential or neither, and which secrets are certain. Pure.

Placeholders are narrow on purpose: `changeme` and `password` are real passwords of real databases. Samples are wider: they are judged
only where a form shows an example.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

from reconciler.connectors.lint.rules import MAX_FINDINGS, bounded
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Manifest

_PLACEHOLDER = re.compile(
    r"[*xX.#_\u2022\u2026-]{3,}"  # a mask
    r"|<[\w .,'/-]{1,60}>|\{\{.{1,76}\}\}"  # <your key>, {{ secret }}
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
_SAMPLE = re.compile(r"(?i:example|sample|placeholder|dummy|your[-_ ])|[xX]{3}|\*{3}|\.\.\.|\u2026")
_RUN_LENGTH = 4
_ROWS = ("12345678901234", "abcdefghijklmnopqrstuvwxyz")
_RUN = re.compile(
    "|".join(row[at : at + _RUN_LENGTH] for row in _ROWS for at in range(len(row) - _RUN_LENGTH + 1))
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SAMPLE_WORDS = frozenset(
    ("airbyte", "api", "client", "field", "key", "my", "name", "password", "secret", "token")
)
_PUBLISHED: Final = frozenset((
    "c56991564191527c", "a1f4bee4fc318cf4", "9dac5a0acd483046", "d02274a0bea4c734", "58255e15f7485492", "64507f6a534b94a1",
    "7af8291d09b6a31a", "b69d4b1b4529c52d", "4f9fb8b3342454db", "ac41d6d19c90ef0d", "bef2ff4f7d6a7560",
))  # fmt: skip
"""What Airbyte's public Connector Registry holds as default or example of a secret field and looks like a secret: the beginning of
SHA-256 of `name=value`, so that no secret scanner reports it here. A lock makes this list needless for its connectors.
"""
_TRACES = (
    "PRIVATE KEY", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "glpat-", "xox", "k_live_", "AIza", "sk-", "SG.",
    "eyJ",
)  # fmt: skip
_ADDRESS = re.compile(r"://[^\s/]{1,900}@")
"""One of these is in the JSON text of everything that is a credential by its form, and in little else. To look for one text after the
other is many times faster than one expression for all of them."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)
_LONGEST_READ = 50_000
_LONGEST_SAMPLE = 1_000


def written_json(manifest: Manifest) -> str:
    """What a manifest writes, as one text to search in."""
    return _ENCODER.encode([manifest.presets, manifest.form])


def has_credential_trace(json_text: str) -> bool:
    """Whether a JSON text (not escaped to ASCII) may hold a credential. False is certain."""
    return any(trace in json_text for trace in _TRACES) or _ADDRESS.search(json_text) is not None


def is_placeholder(text: str) -> bool:
    """Whether a text is obviously a placeholder for a value that is still to be filled in."""
    return len(text) <= 80 and _PLACEHOLDER.fullmatch(text.strip()) is not None


def is_sample(text: str, name: str) -> bool:
    """Whether an example of a secret field says by itself that it is none: the words of the field's own `name`, a part that is masked,
    or digits and letters in their order (`key1234567890`).
    """
    if len(text) > _LONGEST_SAMPLE:
        return False
    words = {word.lower() for word in _WORD.findall(text)}
    is_named = bool(words) and words <= _SAMPLE_WORDS | {word.lower() for word in _WORD.findall(name)}
    return is_named or _SAMPLE.search(text) is not None or _is_in_order(text.lower())


def _is_in_order(text: str) -> bool:
    in_order = {at + step for at in range(len(text)) if _RUN.match(text, at) for step in range(_RUN_LENGTH)}
    return len(in_order) * 3 >= len(text) * 2


def is_one_character(text: str) -> bool:
    """Whether a text is one character, once or repeated. Such a text is no secret."""
    return len(set(text.strip())) == 1


def is_published(text: str, name: str) -> bool:
    """Whether the public registry shows this text as default or example of a field of this name."""
    return hashlib.sha256(f"{name}={text}".encode()).hexdigest()[:16] in _PUBLISHED


def looks_like_credential(text: str) -> bool:
    """Whether a text holds a private key or a token of a well-known maker, by its form alone."""
    return _CREDENTIAL.search(text[:_LONGEST_READ]) is not None


def has_password_in_address(text: str) -> bool:
    """Whether a text holds an address with user name and password: `postgres://user:...@host`."""
    return _PASSWORD_IN_ADDRESS.search(text[:_LONGEST_READ]) is not None


def certain_secrets(manifest: Manifest, most: int = MAX_FINDINGS) -> tuple[Diagnostic, ...]:
    """The errors of `secret_guard`, the same ones in the same order. Of more than `most` the rest as a number.

    Every run looks for them before it connects to anything, so the guard is imported only where it may find something: without a
    specification, only a mark in the form or the form of a text itself makes a secret certain, and a search of the JSON text finds both.
    """
    if manifest.connector.specification is None:
        written = written_json(manifest)
        if "airbyte_secret" not in written and not has_credential_trace(written):
            return ()
    from reconciler.connectors.lint.secret_guard import secret_guard
    from reconciler.connectors.lint.subject import Subject, as_source, in_place

    found = in_place(manifest, secret_guard(Subject(as_source(manifest))))
    return bounded(tuple(each for each in found if each.severity is Severity.ERROR), most)
