"""The second layer against leaks: replaces known secret values in any text that leaves the program, in the
encodings text takes.
"""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

REPLACEMENT = "(sensitive)"
MIN_LENGTH = 6
"""Shorter values are not searched for: they would cut ordinary words. They are masked by their place
(`planning.masking`).
"""


class Scrubber:
    """Knows secret values and takes them out of text. Adding is cheap; the pattern is built when text
    comes.
    """

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: str) -> None:
        """Register a value, and each long line of it. Values under six characters are ignored."""
        for part in {secret, secret.strip(), *secret.splitlines()}:
            if len(part) >= MIN_LENGTH:
                self._forms.update(_forms(part))
                self._pattern = None

    def scrub(self, text: str) -> str:
        """The text without any registered value."""
        if not self._forms:
            return text
        if self._pattern is None:
            longest_first = sorted(self._forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return self._pattern.sub(REPLACEMENT, text)


def _forms(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        repr(raw)[2:-1],
        quote(raw, safe=""),
        quote_plus(raw),
        html.escape(secret),
    }
    for shift in range(3):  # base64 of a text that holds the secret at any offset
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * shift + raw).decode("ascii").rstrip("=")
            forms.add(whole[(0, 2, 3)[shift] : len(whole) - (1 if (len(raw) + shift) % 3 else 0)])
    return {form for form in forms if len(form) >= MIN_LENGTH}
