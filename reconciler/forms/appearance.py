"""Style and script of the forms: constants, so that their hashes can be in a page's policy. No data ever gets in here.

The colours are variables that the page defines (`report/html/style.py`).
"""

from __future__ import annotations

import pkgutil
from typing import Final


def _constant(name: str) -> str:
    """A text that is a part of this program."""
    return "\n" + (pkgutil.get_data(__package__, name) or b"").decode()


FORM_STYLE: Final = _constant("form.css")
FORM_SCRIPT: Final = _constant("form.js")
