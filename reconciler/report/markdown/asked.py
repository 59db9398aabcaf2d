"""What a new template means for customers, as Markdown: the questions of its form, what is preset, what nobody can set.

Pure. Titles come from manifests, so they stand in code spans.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.json_value import pointer_segments
from reconciler.model.verdict import Ask, Asked, AskOption
from reconciler.report.markdown.inline import code, codes, fold
from reconciler.report.wording import count

MAX_QUESTIONS = 40
"""Questions listed for one form, those of options included; the rest is a number."""
_FEW = 10
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "array": "list",
    "object": "group",
}


def questions(asked: Asked | None) -> str:
    """The questions in a fold, open where they are few; "" for None: the form is not known."""
    if asked is None:
        return ""
    if not asked.fields:
        return "The customer is **asked nothing**."
    lines = [line for ask in asked.fields for line in _question(ask)]
    shown = lines[:MAX_QUESTIONS]
    if len(shown) < len(lines):
        shown.append(f"- ... and {len(lines) - len(shown)} more")
    begin = fold(f"The customer is asked {question_count(asked)}", is_open=len(lines) <= _FEW)
    return "\n\n".join((begin, "\n".join(shown), "</details>"))


def form_lines(asked: Asked | None) -> Iterator[str]:
    """What the customer never sees: presets, and fields that nobody can set."""
    if asked is not None and asked.preset:
        yield f"Preset, not asked: {codes(map(_dotted, asked.preset))}"
    if asked is not None and asked.dropped:
        yield f"Nobody can set (optional, dropped by inference): {codes(map(_dotted, asked.dropped))}"


def question_count(asked: Asked) -> str:
    """`4 questions (2 required, 1 secret)`; questions within options are not counted."""
    required, secret = sum(ask.required for ask in asked.fields), sum(ask.secret for ask in asked.fields)
    told = [f"{number} {word}" for number, word in ((required, "required"), (secret, "secret")) if number]
    facts = f" ({', '.join(told)})" if told else ""
    return f"{count(len(asked.fields), 'question')}{facts}"


def _question(ask: Ask) -> Iterator[str]:
    yield f"- **{code(ask.title)}**{_facts(ask)}"
    for option in ask.options:
        yield f"  - {code(option.title)}{_option_fields(option)}"


def _kinds(ask: Ask) -> Iterator[str]:
    if ask.options:
        yield f"choice of {len(ask.options)}"
    elif ask.secret:
        yield "secret"
    elif ask.type is not None:
        yield _TYPES.get(ask.type) or code(ask.type)
    if ask.by_login:
        yield "filled in by log-in"
    yield "required" if ask.required else "optional"


def _option_fields(option: AskOption) -> str:
    if not option.fields:
        return ""
    shown = [f"{code(ask.title)}{_facts(ask)}" for ask in option.fields[:MAX_QUESTIONS]]
    rest = f" and {len(option.fields) - len(shown)} more" if len(shown) < len(option.fields) else ""
    return f" asks {', '.join(shown)}{rest}"


def _facts(ask: Ask) -> str:
    return f" ({', '.join(_kinds(ask))})"


def _dotted(path: str) -> str:
    return ".".join(pointer_segments(path)) or "configuration"
