"""The account of an apply as text: one line per planned create, details where something is not as it should
be, one summary line.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.planning.entry import Status
from reconciler.report.left_out import left_out_sentence
from reconciler.report.organizations import elsewhere
from reconciler.report.outcome_words import displaced_words
from reconciler.report.safe_text import safe_name, safe_sentence
from reconciler.report.style import Style
from reconciler.report.text_plan import change_lines

_SIGNS = {
    Outcome.CREATED: ("+", "green"),
    Outcome.RECOVERED: ("+", "green"),
    Outcome.REJECTED: ("x", "red"),
    Outcome.UNKNOWN: ("?", "red"),
    Outcome.NOT_ATTEMPTED: ("-", "yellow"),
}
_INDENT = " " * 14


def render_apply(
    result: ApplyResult,
    *,
    style: Style = Style(),  # noqa: B008 - frozen
    verbose: bool = False,
    shown: frozenset[str] = frozenset(),
) -> str:
    """The whole account, ending with a line break. The plan itself is rendered by `text_plan`. A create of which every line is
    among those `shown` is left out.
    """
    lines: list[str] = []
    for creation in result.told:
        account = list(creation_lines(creation, style, verbose=verbose))
        lines.extend([] if shown.issuperset(account) else account)
    if result.refusal is not None:
        lines.append(style.paint(f"Refused: {safe_sentence(result.refusal.message)}", "red"))
        if result.refusal.help:
            lines.append(f"  {safe_sentence(result.refusal.help)}")
    lines.append(style.paint(apply_summary_line(result), "bold"))
    return "\n".join(lines) + "\n"


def creation_lines(creation: Creation, style: Style, *, verbose: bool = False) -> Iterator[str]:
    """What became of one create."""
    sign, colour = _SIGNS[creation.outcome]
    head = style.paint(f"{sign} {creation.outcome:<13}", colour)
    where = f"  template {creation.template_id}" if creation.template_id else ""
    if creation.entry.is_elsewhere:
        where += f", {elsewhere(creation.entry)}"
    yield f"{head} {safe_name(creation.entry.name)}{where}{_read_back(creation)}"
    yield from change_lines(creation.changes, style, verbose=verbose)
    if creation.detail:
        yield f"{_INDENT}why  {safe_sentence(creation.detail)}"
    if creation.help:
        yield f"{_INDENT}do   {safe_sentence(creation.help)}"


def _read_back(creation: Creation) -> str:
    if creation.outcome not in {Outcome.CREATED, Outcome.RECOVERED}:
        return ""
    if creation.equals_manifest and not creation.entry.form_compared:
        return ", read back: presets equal, form not compared"
    return {True: ", read back equal", False: ", read back DIFFERENT", None: ", NOT read back"}[
        creation.equals_manifest
    ]


def apply_summary_line(result: ApplyResult) -> str:
    """One sentence: what was done, what was not, what is open. Never claims more than was read back."""
    if not result.creations and result.refusal is None:
        text = "Nothing to create."
    else:
        done = [f"{number} {outcome}" for outcome, number in result.summary.items() if number]
        verb = "Applied" if result.refusal is None else "Nothing was sent"
        text = f"{verb}: {', '.join(done)}." if done else "Nothing was created."
    rest = [
        f"{result.plan.summary[status]} {word}"
        for status, word in (
            (Status.DRIFTED, "drifted"),
            (Status.DUPLICATE, "duplicate"),
            (Status.UNMANAGED, "unmanaged"),
        )
        if result.plan.summary[status]
    ]
    if rest:
        text += f" Left as they are: {', '.join(rest)}."
    suppressed = left_out_sentence(result.plan, by_status=False)
    if suppressed:
        text += f" {suppressed}"
    if hidden := displaced_words(result):
        text += f" {hidden}."
    if result.interrupted:
        text += " Interrupted."
    return text
