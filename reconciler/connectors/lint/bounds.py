"""How many findings are told: a form of one mebibyte could have a hundred thousand, and so could all manifests of a file. Pure."""

from __future__ import annotations

from reconciler.model.advice import Advice
from reconciler.model.problem import Severity

MAX_FINDINGS = 100
"""As many as are told of one file when it is read."""
_MORE = "R999"


def bounded(advice: tuple[Advice, ...], most: int = MAX_FINDINGS) -> tuple[Advice, ...]:
    """The first `most` findings, errors before warnings, in their order; the rest as a number in a last one.

    At least one error is always told. That last one is an error when any that it stands for is one, so nothing is milder for
    being long.
    """
    if len(advice) <= most:
        return advice
    weighty = sorted(range(len(advice)), key=lambda at: (advice[at].severity is not Severity.ERROR, at))
    told = max(most, int(advice[weighty[0]].severity is Severity.ERROR))
    shown, others = sorted(weighty[:told]), weighty[told:]
    if not others:
        return advice
    # Sorted by weight: the first of them is an error if any is.
    severity = advice[others[0]].severity
    noun = "finding" if len(others) == 1 else "findings"
    message = f"and {len(others)} more {noun} in this manifest"
    pointer = advice[shown[-1]].pointer if shown else ""
    last = Advice(_MORE, pointer, message, "correct those above first", severity)
    return (*(advice[at] for at in shown), last)
