"""The frame of every page, from one skeleton (`page.html`): head, policy, style, script, masthead, search. Pure.

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

_TOOLS = """\
<div class="tools" role="search"><div class="wrap"><label for="search" class="hidden-words">Search</label>
<input id="search" type="search" placeholder="Search name, connector, file, id or field" autocomplete="off">
{filters}<p id="found" class="found" role="status"></p></div></div>"""
_FILTER = """\
<li><button type="button" class="filter status-{colour}" aria-pressed="false" data-status="{status}">\
<strong>{number}</strong> {word}</button></li>"""
_FACT = "<div><dt>{name}</dt><dd>{value}</dd></div>"
_DARK = re.compile(r":root\[data-theme=dark\] (\{.*?\})", re.DOTALL)


def filled(template: str, **values: str) -> Markup:
    """HTML of this program with values in its braces; those that are no Markup are escaped."""
    return Markup(template.format_map({name: text(value) for name, value in values.items()}))


def filter_button(status: str, word: str, number: int, colour: str) -> Markup:
    """How many entries have a status; pressed, it shows only them. `colour` is the status whose colour it has."""
    return filled(_FILTER, status=status, word=word, number=f"{number:,}", colour=colour)


def page(
    title: str,
    lede: str,
    *main: Markup,
    facts: Iterable[tuple[str, Markup]] = (),
    filters: Iterable[Markup] | None = (),
) -> str:
    """A whole document, ending with a line break. `lede` is what came of it in one sentence, `facts` are named values below it.

    `filters` are beside the search; None: there is nothing to search.
    """
    named = joined(filled(_FACT, name=name, value=value) for name, value in facts)
    buttons = joined(filters or ())
    listed = filled('<ul class="filters">{buttons}</ul>', buttons=buttons) if buttons else Markup()
    return filled(
        _skeleton(),
        title=clipped(title, MAX_NAME),
        lede=prose(lede),
        facts=filled('<dl class="target">{named}</dl>', named=named) if named else Markup(),
        tools=Markup() if filters is None else filled(_TOOLS, filters=listed),
        main=joined(main),
        style=_style(),
        script=_script(),
        style_hash=_hash(_style()),
        script_hash=_hash(_script()),
    )


def _packaged(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


@cache
def _skeleton() -> str:
    return _packaged("page.html")


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
