"""Sentences, lines and folds that several pages share. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.forms.markup import Markup, element, prose
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.text import clipped
from reconciler.model.verdict import Asked
from reconciler.planning.entry import Assessed
from reconciler.report.safe_text import MAX_PATH, MAX_SENTENCE
from reconciler.report.text_verdict import verdict_lines
from reconciler.report.wording import count


def sentence(words: str) -> str:
    """Words that begin with a capital and end with a full stop, as a sentence does."""
    told = words.strip()
    return told and f"{told[0].upper()}{told[1:]}{'' if told[-1] in '.!?:`' else '.'}"


def lines_markup(lines: list[tuple[str, str, str]]) -> Markup:
    """Lines of a word, what it says, and where."""
    if not lines:
        return Markup()
    before = ("", *(sort for sort, _, _ in lines))
    shown = (_line(*line, is_first=line[0] != last) for line, last in zip(lines, before, strict=False))
    return element("ul", *shown, class_="lines")


def _line(sort: str, told: str, place: str, *, is_first: bool) -> Markup:
    """A line; of several of one sort only the first shows the word, to those who see."""
    where = element("code", clipped(place, MAX_PATH), class_="at") if place else Markup()
    word = element("span", sort.capitalize(), class_=None if is_first else "hidden-words")
    kind = sort.partition(" ")[0]
    return element(
        "li",
        element("span", word, class_=f"sort sort-{kind}"),
        element("span", prose(sentence(clipped(told, MAX_SENTENCE))), where),
    )


def asks_words(asked: Asked) -> str:
    """How much the customer has to answer, in words."""
    fields = [ask for ask in asked.fields if not ask.by_login]
    required = sum(ask.required for ask in fields)
    if not fields:
        return (
            "the customer logs in, and is asked nothing else"
            if asked.fields
            else "the customer is asked nothing"
        )
    if required in {0, len(fields)}:
        return f"the customer is asked {count(len(fields), 'required question' if required else 'optional question')}"
    return f"the customer is asked {count(len(fields), 'question')}, {required} of them required"


def verdict_words(assessed: Assessed) -> Iterator[tuple[str, str, str]]:
    """What the server would answer to the create; its messages below."""
    verdict = assessed.verdict
    first, *rest = verdict_lines(assessed, verbose=True)
    sort = "server" if verdict is None or verdict.is_safe else "error"
    yield sort, first.removeprefix("server ") if sort == "server" else first, ""
    yield from (("", line.strip(), "") for line in rest)


def problem_line(problem: Diagnostic) -> tuple[str, str, str]:
    """A finding of a rule with its help, and its place."""
    told = f"{problem.message}; {problem.help}" if problem.help else problem.message
    return str(problem.severity), f"{problem.rule}: {told}", str(problem.origin)


def fold(title: str, body: Markup, *, is_open: bool) -> Markup:
    """Something that opens below its title."""
    return element("details", element("summary", title), body, class_="fold", open=is_open)
