"""One cause, one error: lint findings that the server's verdict or the secret guard states as well, and better. Pure."""

from __future__ import annotations

from reconciler.model.advice import Advice

# A lint rule, and the rule of the verdict that quotes the server for the same cause, or of the guard that knows the place.
_SAME_CAUSE = {"R520": "R404", "R521": "R405", "R523": "R402", "R530": "R401", "R535": "R605"}
# The verdict names every missing field of an object at once, at the object.
_ONCE_FOR_ALL = "R523"


def without_repeats(lint: tuple[Advice, ...], others: tuple[Advice, ...]) -> tuple[Advice, ...]:
    """The lint findings without those whose cause the others, of the verdict and the guard, name at the same place; order is kept."""
    told = {(advice.rule, advice.pointer) for advice in others}
    rules = {advice.rule for advice in others}
    return tuple(advice for advice in lint if not _is_told(advice, told, rules))


def _is_told(advice: Advice, told: set[tuple[str, str]], rules: set[str]) -> bool:
    same = _SAME_CAUSE.get(advice.rule)
    if same is None or same not in rules:
        return False
    place = advice.pointer.removesuffix("/type")
    return advice.rule == _ONCE_FOR_ALL or (same, place) in told
