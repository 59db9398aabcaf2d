"""The verdict and the customer's questions as text and as members of the JSON documents. Pure.

Few lines, readable in seconds; every text from outside goes through safe_text. Values that may be secrets are masked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments
from reconciler.model.text import clipped
from reconciler.model.verdict import Ask, Asked, Corruption, Verdict
from reconciler.planning.entry import Assessed
from reconciler.report.safe_text import safe_name, safe_path, safe_sentence, safe_text, short_json
from reconciler.report.wording import count

SENSITIVE = "(sensitive)"
_MOST = 20
_MOST_MESSAGES = 3
_SHORT_MESSAGE = 160
# Errors that say by themselves why there is no verdict.
_NO_VERDICT = frozenset({"R414", "R415"})


def is_told(assessed: Assessed) -> bool:
    """Whether an error of its own (R414, R415) says already why there is no verdict."""
    return bool(_telling(assessed))


def _telling(assessed: Assessed) -> list[str]:
    return [problem.rule for problem in assessed.problems if problem.rule in _NO_VERDICT]


def why_not_known(assessed: Assessed) -> str:
    """Why there is no verdict."""
    if rules := _telling(assessed):
        return f"see {rules[0]}"
    return "the connector's specification is not in connectors.lock.json"


def verdict_lines(assessed: Assessed, *, verbose: bool = False) -> Iterator[str]:
    """What the server would do, in a line; messages of a refusal that no problem quotes below it, all of them only when `verbose`."""
    verdict = assessed.untold_verdict
    if verdict is None:
        yield f"server not known: {why_not_known(assessed)}"
    elif verdict.is_safe:
        yield "server accepts it and stores it as written"
    elif verdict.status == 200:
        shown = _cut([_stored(each) for each in verdict.corrupted], verbose=verbose)
        yield f"server accepts it and stores other values: {shown}"
    else:
        yield from _refusal(verdict, verbose=verbose)


def _refusal(verdict: Verdict, *, verbose: bool) -> Iterator[str]:
    what = "refuses it" if verdict.status == 422 else "fails"
    yield f"server {what} ({verdict.status})"
    shown = verdict.messages if verbose else verdict.messages[:_MOST_MESSAGES]
    for message in shown:
        yield f"       {safe_sentence(message) if verbose else clipped(safe_text(message), _SHORT_MESSAGE)}"
    if len(shown) < len(verdict.messages):
        yield f"       and {count(len(verdict.messages) - len(shown), 'more message')}"


def _stored(corruption: Corruption) -> str:
    value = SENSITIVE if corruption.is_secret else short_json(corruption.stored, 40)
    return f"{_dotted(corruption.path)} as {value}"


def asks_lines(asked: Asked | None, *, verbose: bool = False) -> Iterator[str]:
    """What the customer is asked, what is preset, what nobody can set; a `*` marks what must be answered.

    Nothing for None: the form is not known.
    """
    if asked is None:
        return
    fields = [_field(field, verbose=verbose) for field in asked.fields]
    yield f"asks   {_cut(fields, verbose=verbose) if fields else 'nothing'}"
    if asked.preset:
        yield f"preset {_cut([_dotted(path) for path in asked.preset], verbose=verbose)}"
    if asked.dropped:
        names = _cut([_dotted(path) for path in asked.dropped], verbose=verbose)
        yield f"never asked (optional, dropped by inference): {names}"


def _field(ask: Ask, *, verbose: bool) -> str:
    facts = [] if ask.type is None else [ask.type]
    if ask.secret:
        facts = ["secret"]
    if ask.by_login:
        facts.append("by log-in")
    if ask.options:
        facts = [
            "one of " + " | ".join(_option(title, fields, verbose=verbose) for title, fields in _options(ask))
        ]
    told = f" ({', '.join(facts)})" if facts else ""
    return f"{safe_name(ask.title)}{'*' if ask.required else ''}{told}"


def _options(ask: Ask) -> Iterator[tuple[str, Sequence[Ask]]]:
    return ((option.title, option.fields) for option in ask.options)


def _option(title: str, fields: Sequence[Ask], *, verbose: bool) -> str:
    if not verbose or not fields:
        return safe_name(title)
    return f"{safe_name(title)} [{', '.join(_field(field, verbose=True) for field in fields)}]"


def _dotted(path: str) -> str:
    return safe_path(".".join(pointer_segments(path)) or "configuration")


def _cut(items: Sequence[str], *, verbose: bool) -> str:
    shown = items if verbose else items[:_MOST]
    rest = f" and {len(items) - len(shown)} more" if len(shown) < len(items) else ""
    return ", ".join(shown) + rest


def verdict_document(verdict: Verdict | None) -> JsonObject | None:
    """`{status, messages, corrupted: [{path, stored}]}`; None when the verdict is not known."""
    if verdict is None:
        return None
    corrupted: list[JsonValue] = [
        {"path": each.path, "stored": SENSITIVE if each.is_secret else each.stored}
        for each in verdict.corrupted
    ]
    return {"status": verdict.status, "messages": list(verdict.messages), "corrupted": corrupted}


def asks_document(asked: Asked | None) -> list[JsonValue] | None:
    """`[{path, title, type, required, secret}]` in the order of the form; [] asks nothing, None means that the form is not known.

    A choice has `options`, each `{title, fields}`; `byLogin` marks what an OAuth log-in fills in.
    """
    return None if asked is None else [_ask(field) for field in asked.fields]


def _ask(ask: Ask) -> JsonObject:
    document: JsonObject = {
        "path": ask.path,
        "title": ask.title,
        "type": ask.type,
        "required": ask.required,
        "secret": ask.secret,
    }
    if ask.options:
        document["options"] = [
            {"title": option.title, "fields": [_ask(field) for field in option.fields]}
            for option in ask.options
        ]
    if ask.by_login:
        document["byLogin"] = True
    return document
