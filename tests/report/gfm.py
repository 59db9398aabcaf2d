"""Markdown as GitHub reads it: rendered by GitHub's own parser, raw HTML let through, and taken apart.

What GitHub does after the parser (mentions, references, commits, emoji, formulas) it does in text outside of `code` and `pre`;
`Rendered.prose` is that text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

_OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_GITHUB_PRE_LANG
_BOX = re.compile(r"\[!(?:CAUTION|IMPORTANT|WARNING|TIP|NOTE)\]\n")
_VOID = frozenset({"br", "hr", "img", "input"})

OUR_TAGS = frozenset(
    ["h3", "h4", "p", "ul", "li", "strong", "code", "pre", "details", "summary", "blockquote", "a"]
)
TAKES_EFFECT = re.compile(
    r"@[\w-]|#[0-9]|\bGH-[0-9]|\b[0-9a-fA-F]{7,}\b|://|www\.|:[\w+-]+:|[$<>|\\~*_\[\]`&]|[A-Za-z0-9]/[A-Za-z0-9]|\w@\w"
)
"""Anything that a platform might turn into a link, a notice, a picture or a formula, and any mark-up left over."""


@dataclass
class Rendered(HTMLParser):
    """The rendered document: every tag in order, prose outside of code, and whether tags are balanced."""

    text: str
    tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    is_balanced: bool = True

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(cmarkgfm.github_flavored_markdown_to_html(self.text, _OPTIONS))
        self.close()
        self.is_balanced = self.is_balanced and not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "code" and "pre" not in self.open:
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.is_balanced = False

    def handle_data(self, data: str) -> None:
        if "pre" in self.open:
            return
        if "code" in self.open:
            self.code[-1] += data
        elif "summary" in self.open:
            self.summaries.append(data)
        elif data.strip():
            self.prose.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_decl(self, decl: str) -> None:
        self.is_balanced = False

    def handle_pi(self, data: str) -> None:
        self.is_balanced = False

    def unknown_decl(self, data: str) -> None:
        self.is_balanced = False


def assert_harmless(text: str, *, run_url: str | None = None, first_line: str = "") -> Rendered:
    """Nothing but our own mark-up has an effect; everything that opens closes."""
    page = Rendered(text)
    assert page.is_balanced
    assert {tag for tag, _ in page.tags} <= OUR_TAGS
    attributes = {(tag, name, value) for tag, attrs in page.tags for name, value in attrs}
    assert attributes <= {("a", "href", run_url), ("pre", "lang", "diff"), ("details", "open", None)}
    assert page.comments == ([first_line.removeprefix("<!--").removesuffix("-->")] if first_line else [])
    assert text.startswith(first_line)
    effects = [told for told in page.prose if TAKES_EFFECT.search(_BOX.sub("", told, count=1))]
    assert not effects
    assert all(re.fullmatch(r"[A-Za-z0-9 ,:'()]+", summary) for summary in page.summaries)
    assert "\r" not in text
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", text
    )
    return page
