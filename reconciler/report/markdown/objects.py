"""Plan entries, creations and problems as Markdown objects: one line each, and the whole story where there is room. Pure.

Titles and values come from manifests and servers, so they are in code spans or fences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.applying.outcome import Creation
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.target import Dialect
from reconciler.model.template import Manifest
from reconciler.model.text import clipped, count
from reconciler.model.verdict import Ask, Asked, AskOption, Verdict
from reconciler.planning.entry import Assessed, Change, Entry, Operation, Status
from reconciler.report.changed_values import change_values
from reconciler.report.markdown.budget import Item
from reconciler.report.markdown.inline import bullets, code, codes, fence_for, fold, joined, prose
from reconciler.report.safe_text import safe_text
from reconciler.report.text_problems import dotted
from reconciler.report.view import why_not_known

MAX_CHANGES = 20
"""Changes shown of one template. The rest is a number."""
MAX_VALUE = 200
"""Characters of a changed value that are shown."""
MAX_MESSAGES = 10
"""Problems, server messages, notes or ways out shown of one object."""
MAX_QUESTIONS = 40
"""Questions listed for one form, those of options included. The rest is a number."""
_FEW_QUESTIONS = 10
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "array": "list",
    "object": "group",
}


def create_item(entry: Entry) -> Item:
    """A template that would be created: what the customer will be asked, and what to know before."""
    assessed = entry.assessed or Assessed()

    def full() -> str:
        lines = [*_form_lines(assessed.asked), *_problem_lines(assessed.problems), *_notes(entry)]
        if entry.assessed is not None and assessed.verdict is None:
            lines.append(f"The server's answer is not known: {prose(why_not_known(assessed))}")
        return joined(_head(entry), _questions(assessed.asked), bullets(lines))

    return Item(f"- {_head(entry)}{_asks(assessed.asked)}", full)


def form_item(judged: tuple[Manifest, Assessed]) -> Item:
    """What the customer would be asked for a manifest, before anything is compared."""
    manifest, asked = judged[0], judged[1].asked
    name = f"**{code(manifest.name)}**, {code(manifest.connector.label)}"
    return Item(
        f"- {name}{_asks(asked)}", lambda: joined(name, _questions(asked), bullets(_form_lines(asked)))
    )


def missing_item(entry: Entry) -> Item:
    """A manifest without a live template, for an operator: one line."""
    return Item(f"- {_head(entry)}: {prose(entry.reason)}")


def uncompared_item(entry: Entry) -> Item:
    """A manifest with a live template whose presets are equal: why no more is known, and the way out."""
    return Item(f"- {_head(entry)}", lambda: f"- {_head(entry)}: {'; '.join(map(prose, entry.notes))}")


def refused_item(entry: Entry) -> Item:
    """A create that must not be sent: the server's answer, and every problem with its place and its way out."""
    assessed = entry.assessed or Assessed()
    line = _head(entry, _SECOND if entry.is_second else _refusal_words(assessed.verdict))
    facts = [*_problem_lines(assessed.problems), *(_notes(entry) if entry.is_second else ())]
    return Item(f"- {line}", lambda: joined(line, bullets(facts)))


_SECOND = "would be a second template of its definition: apps that create connectors by definition or by type would fail"


def _refusal_words(verdict: Verdict | None) -> str:
    if verdict is None or verdict.is_safe:
        return "must not be created as it is"
    if verdict.status == 200:
        return "would be stored with other values"
    return (
        f"would be {'refused' if verdict.status == 422 else 'answered'} with {verdict.status} by the server"
    )


def blocked_item(entry: Entry) -> Item:
    """An ambiguous manifest, or something unknown: why, and every way out."""
    what = "is ambiguous" if entry.status is Status.AMBIGUOUS else "is unknown"
    line = _head(entry, what if entry.origin is not None else f"is unknown: {_template(entry.template_id)}")
    return Item(f"- {line}", lambda: joined(line, _why_and_ways(entry)))


def drift_item(entry: Entry) -> Item:
    """A template that differs: its changes as a diff, from the server's value to the manifest's."""
    line = _head(entry, f"differs from {_template(entry.template_id)}")
    return Item(
        f"- {line} in {count(len(entry.changes), 'place')}",
        lambda: joined(line, _diff_fence(entry.changes), _why_and_ways(entry)),
    )


def live_item(entry: Entry) -> Item:
    """A live template alone (duplicate or unmanaged): one line."""
    title = f"form {code(entry.form_title)}" if entry.form_title is not None else ""
    parts = (code(entry.name), _template(entry.template_id), title, _elsewhere(entry))
    return Item(f"- {', '.join(part for part in parts if part)}: {prose(entry.reason)}")


def creation_item(creation: Creation) -> Item:
    """What became of one create or update."""
    where = f": {_template(creation.template_id)}" if creation.template_id is not None else ""
    line = f"- {_head(creation.entry)}{where}"
    facts = [
        f"  - {words}: {text}"
        for words, text in (
            ("Equal to it, and new", codes(creation.candidates)),
            ("Why", prose(creation.detail)),
            ("Do", prose(creation.help)),
        )
        if text
    ]
    return Item(line, lambda: joined("\n".join((line, *facts)), _diff_fence(creation.changes)))


def problem_item(problem: Diagnostic) -> Item:
    """One problem of a file: one line, its message and its way out always with it."""
    return Item(f"- {_problem(problem)}")


def _problem(problem: Diagnostic) -> str:
    place = code(str(problem.origin))
    text = f"**{problem.severity}** {code(problem.rule)} {place}: {prose(problem.message)}"
    return f"{text}; {prose(problem.help)}" if problem.help else text


def _problem_lines(problems: Iterable[Diagnostic]) -> Iterator[str]:
    return _cut([_problem(problem) for problem in problems], "problem")


def _notes(entry: Entry) -> Iterator[str]:
    return _cut([f"Note: {prose(note)}" for note in entry.notes], "note")


def _why_and_ways(entry: Entry) -> str:
    ways = _cut([f"Do: {prose(way)}" for way in entry.ways_out], "way out", "ways out")
    notes = _notes(entry) if entry.dialect is Dialect.AGENTS else ()
    return bullets((f"Why: {prose(entry.reason)}", *notes, *ways))


def _cut(lines: list[str], one: str, many: str | None = None) -> Iterator[str]:
    yield from lines[:MAX_MESSAGES]
    if len(lines) > MAX_MESSAGES:
        yield f"... and {count(len(lines) - MAX_MESSAGES, f'more {one}', many and f'more {many}')}"


def _diff_fence(changes: Sequence[Change]) -> str:
    """Changes as a `diff` fence, `-` what the server has, `+` what the manifest says. "" for none."""
    shown = [line for change in changes[:MAX_CHANGES] for line in _change_lines(change)]
    if not shown:
        return ""
    if len(changes) > MAX_CHANGES:
        shown.append(f"# and {count(len(changes) - MAX_CHANGES, 'more change')}")
    fence = fence_for(shown)
    return "\n".join((f"{fence}diff", *shown, fence))


def _change_lines(change: Change) -> Iterator[str]:
    yield f"@@ {clipped(safe_text(change.path), MAX_VALUE)} @@"
    live, desired = change_values(change, MAX_VALUE)
    if change.operation is not Operation.ADD:
        yield f"- {live}"
    if change.operation is not Operation.REMOVE:
        yield f"+ {desired}"


def _head(entry: Entry, words: str = "") -> str:
    """Name, what is said of it, then connector and place: what every object begins with."""
    connector = entry.connector
    reference = "" if connector is None else code(connector.repository or connector.label)
    place = code(f"{entry.origin.file}:{entry.origin.line}") if entry.origin is not None else ""
    facts = ", ".join(part for part in (reference, place, _elsewhere(entry)) if part)
    said = " ".join(part for part in (f"**{code(entry.name)}**", words) if part)
    return f"{said} ({facts})" if facts else said


def _template(template_id: str | None) -> str:
    return f"template {code(template_id)}" if template_id is not None else ""


def _elsewhere(entry: Entry) -> str:
    return f"organization {code(entry.organization_id)}" if entry.is_elsewhere else ""


# What a new template means for customers: the questions of its form, what is preset, what cannot be set.


def _questions(asked: Asked | None) -> str:
    """The questions in a fold, open where they are few. "" for None: the form is not known."""
    if asked is None:
        return ""
    if not asked.fields:
        return "The customer is **asked nothing**."
    lines = [line for ask in asked.fields for line in _question(ask)]
    shown = lines[:MAX_QUESTIONS]
    if len(shown) < len(lines):
        shown.append(f"- ... and {len(lines) - len(shown)} more")
    begin = fold(f"The customer is asked {_question_count(asked)}", is_open=len(lines) <= _FEW_QUESTIONS)
    return joined(begin, "\n".join(shown), "</details>")


def _asks(asked: Asked | None) -> str:
    return "" if asked is None else f", asks {_question_count(asked)}"


def _question_count(asked: Asked) -> str:
    """`4 questions (2 required, 1 secret)`. Questions within options are not counted."""
    required, secret = sum(ask.required for ask in asked.fields), sum(ask.secret for ask in asked.fields)
    facts = ", ".join(
        f"{number} {word}" for number, word in ((required, "required"), (secret, "secret")) if number
    )
    return f"{count(len(asked.fields), 'question')}{f' ({facts})' if facts else ''}"


def _form_lines(asked: Asked | None) -> Iterator[str]:
    """What the customer never sees: presets, and fields that cannot be set."""
    if asked is not None and asked.preset:
        yield f"Preset, not asked: {codes(map(dotted, asked.preset))}"
    if asked is not None and asked.dropped:
        yield f"Nobody can set (optional, dropped by inference): {codes(map(dotted, asked.dropped))}"


def _question(ask: Ask) -> Iterator[str]:
    yield f"- **{code(ask.title)}**{_ask_facts(ask)}"
    for option in ask.options:
        yield f"  - {code(option.title)}{_option_fields(option)}"


def _ask_facts(ask: Ask) -> str:
    kind = "" if ask.type is None else _TYPES.get(ask.type) or code(ask.type)
    if ask.options or ask.secret:
        kind = f"choice of {len(ask.options)}" if ask.options else "secret"
    facts = (kind, "filled in by log-in" if ask.by_login else "", "required" if ask.required else "optional")
    return f" ({', '.join(fact for fact in facts if fact)})"


def _option_fields(option: AskOption) -> str:
    if not option.fields:
        return ""
    shown = [f"{code(ask.title)}{_ask_facts(ask)}" for ask in option.fields[:MAX_QUESTIONS]]
    rest = f" and {len(option.fields) - len(shown)} more" if len(shown) < len(option.fields) else ""
    return f" asks {', '.join(shown)}{rest}"
