"""Which findings are shown: one error for one cause, and not more than anybody reads. Pure.

The server's verdict and the secret guard name some causes better than a lint rule does. A form of one mebibyte could have a hundred
thousand findings, and so could all manifests of a file.
"""

from __future__ import annotations

from reconciler.model.diagnostic import Diagnostic, Severity

MAX_FINDINGS = 100
"""As many as are told of one file when it is read."""
_MORE = "R999"

# A lint rule, and the rule of the verdict that quotes the server for the same cause, or of the guard that knows the place.
_SAME_CAUSE = {"R520": "R404", "R521": "R405", "R523": "R402", "R530": "R401", "R535": "R605"}
# The verdict names every missing field of an object at once, at the object.
_ONCE_FOR_ALL = "R523"


def without_repeats(lint: tuple[Diagnostic, ...], others: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The lint findings without those whose cause the others, of the verdict and the guard, name at the same place; order is kept."""
    told = {(advice.rule, advice.pointer) for advice in others}
    rules = {advice.rule for advice in others}
    return tuple(advice for advice in lint if not _is_told(advice, told, rules))


def _is_told(advice: Diagnostic, told: set[tuple[str, str]], rules: set[str]) -> bool:
    same = _SAME_CAUSE.get(advice.rule)
    if same is None or same not in rules:
        return False
    place = advice.pointer.removesuffix("/type")
    return advice.rule == _ONCE_FOR_ALL or (same, place) in told


def bounded(advice: tuple[Diagnostic, ...], most: int = MAX_FINDINGS) -> tuple[Diagnostic, ...]:
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
    last = Diagnostic(pointer, _MORE, message, "correct those above first", severity)
    return (*(advice[at] for at in shown), last)
