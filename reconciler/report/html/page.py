"""The frame of every page and the parts that pages are made of, from one file of templates (`parts.html`). Pure.

The policy names the hashes of the one style and the one script, so that nothing that got into the text by mistake could run, load or
be sent. A page works from a file, behind any server, and where scripts are off.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from reconciler.forms.html_form import FORM_SCRIPT, FORM_STYLE
from reconciler.forms.markup import Markup, joined, prose, text
from reconciler.model.text import clipped
from reconciler.report.safe_text import MAX_NAME

_PART = re.compile(r"^<!-- part: (\w+) -->\n(.*?)\n(?=<!-- part|\Z)", re.DOTALL | re.MULTILINE)
_DARK = re.compile(r":root\[data-theme=dark\] (\{.*?\})", re.DOTALL)


def part(template: str, /, **values: str) -> Markup:
    """A template with values in its braces. Those that are no Markup are escaped. Nothing where its `body` is empty."""
    if values.get("body") == "":
        return Markup()
    return Markup(_templates()[template].format_map({name: text(value) for name, value in values.items()}))


def filter_button(status: str, word: str, number: int, colour: str) -> Markup:
    """How many entries have a status. When pressed it shows only them. `colour` is the status whose colour it has."""
    return part("filter", status=status, word=word, number=f"{number:,}", colour=colour)


def page(
    title: str,
    lede: str,
    *main: Markup,
    facts: Iterable[tuple[str, Markup]] = (),
    filters: Iterable[Markup] | None = (),
) -> str:
    """A whole document, ending with a line break. `lede` is what came of it in one sentence, `facts` are named values below it.

    `filters` are beside the search. None: there is nothing to search.
    """
    buttons = part("filters", body=joined(filters or ()))
    whole = part(
        "page",
        title=clipped(title, MAX_NAME),
        lede=prose(lede),
        facts=part("facts", body=joined(part("fact", name=name, value=value) for name, value in facts)),
        tools=Markup() if filters is None else part("tools", filters=buttons),
        main=joined(main),
        style=_style(),
        script=_script(),
        style_hash=_hash(_style()),
        script_hash=_hash(_script()),
    )
    return f"{whole}\n"


def _packaged(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


@cache
def _templates() -> dict[str, str]:
    return dict(_PART.findall(_packaged("parts.html")))


@cache
def _style() -> Markup:
    """The dark colours count where they are chosen, and where the reader's system asks for them."""
    style = _packaged("style.css")
    dark = "".join(_DARK.findall(style))
    by_system = f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {dark} }}\n"
    return Markup(style + by_system + FORM_STYLE)


@cache
def _script() -> Markup:
    return Markup(f'"use strict";\n{FORM_SCRIPT}{_packaged("script.js")}')


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
