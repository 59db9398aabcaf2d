"""The frame of every page: head, policy, style, script. Pure.

The policy names the hashes of the one style and the one script, so that nothing that got into the text by mistake could run, load or
be sent. A page works from a file, behind any server, and where scripts are off.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from reconciler.forms.appearance import FORM_SCRIPT, FORM_STYLE
from reconciler.forms.markup import Markup, element
from reconciler.model.text import clipped
from reconciler.report.html.script import PAGE_SCRIPT
from reconciler.report.html.style import PAGE_STYLE
from reconciler.report.safe_text import MAX_NAME

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4'"
    " fill='%232557c7'/%3E%3Cpath d='M4 6h8M4 10h5' stroke='white' stroke-width='2' stroke-linecap='round'/%3E%3C/svg%3E"
)


def page(title: str, *body: Markup) -> str:
    """A whole document, ending with a line break. `body` is what stands between the skip link and the script."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="generator", content="reconciler"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", clipped(title, MAX_NAME)),
        element("link", rel="icon", href=_ICON),
        element("style", Markup(_style())),
    )
    skip = element("a", "Skip to the content", class_="skip", href="#content")
    content = element("body", skip, *body, element("script", Markup(_script())))
    return f"<!doctype html>\n{element('html', head, content, lang='en')}\n"


@cache
def _style() -> str:
    return PAGE_STYLE + FORM_STYLE


@cache
def _script() -> str:
    return f'"use strict";\n{FORM_SCRIPT}{PAGE_SCRIPT}'


@cache
def _policy() -> str:
    return (
        f"default-src 'none'; style-src '{_hash(_style())}'; script-src '{_hash(_script())}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
