"""How many findings of one manifest are told: a form of one mebibyte could have a hundred thousand. Pure."""

from __future__ import annotations

from reconciler.model.advice import Advice
from reconciler.model.problem import Severity

MAX_FINDINGS = 100
"""As many as are told of one file when it is read."""
_MORE = "R999"


def bounded(advice: tuple[Advice, ...]) -> tuple[Advice, ...]:
    """The first hundred findings, errors before warnings, in their order; the rest as a number in a last one.

    That last one is an error when any that it stands for is one, so nothing is milder for being long.
    """
    if len(advice) <= MAX_FINDINGS:
        return advice
    weighty = sorted(range(len(advice)), key=lambda at: (advice[at].severity is not Severity.ERROR, at))
    shown, others = sorted(weighty[:MAX_FINDINGS]), weighty[MAX_FINDINGS:]
    # Sorted by weight: the first of them is an error if any is.
    severity = advice[others[0]].severity
    noun = "finding" if len(others) == 1 else "findings"
    message = f"and {len(others)} more {noun} in this manifest"
    last = Advice(_MORE, advice[shown[-1]].pointer, message, "correct those above first", severity)
    return (*(advice[at] for at in shown), last)
