"""Ways out of a refusal, each tried on the server's rules before it is told. Pure.

A remedy counts only when the finding is gone, nothing new is wrong and no preset would be overwritten because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from reconciler.connectors.verdict import form_ways, preset_ways
from reconciler.connectors.verdict.case import Case
from reconciler.connectors.verdict.findings import Finding, Kind, findings_of
from reconciler.connectors.verdict.remedy import Remedy

_Way = Callable[[Case, Finding], Iterator[Remedy]]
_WAYS: Final[dict[Kind, tuple[_Way, ...]]] = {
    Kind.VALUE: (
        preset_ways.preset_instead,
        form_ways.type_in_form,
        form_ways.default_in_form,
        preset_ways.preset_beside,
    ),
    Kind.MISSING: (form_ways.require_in_form, preset_ways.complete_preset),
    Kind.SURPLUS: (preset_ways.leave_out_preset, form_ways.leave_out_field),
    Kind.AMBIGUOUS: (preset_ways.discriminator_in_preset, form_ways.discriminator_in_form),
}
_MOST: Final = 3
_MOST_STEPS: Final = 4


def remedies(case: Case, finding: Finding) -> tuple[Remedy, ...]:
    """The remedies that are proved to remove this finding, one of each kind, the simplest first, at most three; () when
    the case seeks none.
    """
    if not case.seeks_remedies:
        return ()
    ways: tuple[_Way, ...] = (*_WAYS[finding.kind], preset_ways.without_preset)
    proved = tuple(islice(_proved(case, finding, ways), _MOST))
    return proved or tuple(_in_steps(case, finding))


def _proved(case: Case, finding: Finding, ways: tuple[_Way, ...]) -> Iterator[Remedy]:
    for way in ways:
        yield from islice((each for each in way(case, finding) if _removes(case, each.case, finding)), 1)


def _removes(before: Case, after: Case, finding: Finding) -> bool:
    """Whether the change takes the finding away and leaves everything else at least as good."""
    answer = after.evaluation
    is_better = set(answer.messages) < set(before.evaluation.messages)
    is_gone = not set(finding.messages).intersection(answer.messages)
    spares = after.corrupted.keys() <= before.corrupted.keys()
    return answer.status != 500 and is_better and is_gone and spares


def _in_steps(case: Case, finding: Finding) -> Iterator[Remedy]:
    """A field that is asked for anew may meet a refusal of the server's own value, which has a remedy of its own."""
    others = (each for each in findings_of(case.evaluation.violations) if each != finding)
    known = frozenset(message for each in others for message in each.messages)
    for way in (form_ways.require_in_form, preset_ways.without_preset):
        mended = (followed_up(first, known) for first in way(case, finding))
        yield from islice((each for each in mended if each is not None), 1)


def followed_up(remedy: Remedy, known: frozenset[str] = frozenset()) -> Remedy | None:
    """The remedy and whatever else is needed until the server accepts, but for the messages that are `known`; None when
    there is no such way.
    """
    words, case = [remedy.words], remedy.case
    for _ in range(_MOST_STEPS):
        if case.evaluation.status == 500 or case.corrupted:
            return None
        new = [
            each for each in findings_of(case.evaluation.violations) if not known.issuperset(each.messages)
        ]
        if not new:
            return Remedy(", and ".join(words), case)
        step = next(_proved(case, new[0], _WAYS[new[0].kind]), None)
        if step is None:
            return None
        words.append(step.words)
        case = step.case
    return None
