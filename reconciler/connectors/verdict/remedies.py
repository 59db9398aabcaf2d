"""Ways out, each tried on the server's rules before anybody reads of it. Pure.

A remedy counts only when the finding is gone, nothing new is wrong and no preset would be overwritten because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from reconciler.connectors.server.java_values import ABSENT, found_at
from reconciler.connectors.verdict.case import SCHEMA, Case
from reconciler.connectors.verdict.findings import Finding, field, findings_of
from reconciler.connectors.verdict.ways import WAYS, WRITE_FORM, Remedy, Way, require_in_form, without_preset
from reconciler.model.json_value import pointer_segments

_MOST: Final = 3
_MOST_STEPS: Final = 4


def remedies(case: Case, finding: Finding) -> tuple[Remedy, ...]:
    """The remedies that are proved to remove this finding, the simplest first, at most three. () when the case seeks none."""
    if not case.seeks_remedies:
        return ()
    proved = tuple(islice(_proved(case, finding, (*WAYS[finding.kind], without_preset)), _MOST))
    return proved or tuple(_in_steps(case, finding))


def _proved(case: Case, finding: Finding, ways: Iterable[Way]) -> Iterator[Remedy]:
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
    for way in (require_in_form, without_preset):
        repaired = (_followed_up(first, known) for first in way(case, finding))
        yield from islice((each for each in repaired if each is not None), 1)


def _followed_up(remedy: Remedy, known: frozenset[str] = frozenset()) -> Remedy | None:
    """The remedy and what else is needed until the server accepts, but for `known` messages. None when there is no such way."""
    words, case = [remedy.words], remedy.case
    for _ in range(_MOST_STEPS):
        if case.evaluation.status == 500 or case.corrupted:
            return None
        findings = findings_of(case.evaluation.violations)
        new = [each for each in findings if not known.issuperset(each.messages)]
        if not new:
            return Remedy(", and ".join(words), case)
        step = next(_proved(case, new[0], WAYS[new[0].kind]), None)
        if step is None:
            return None
        words.append(step.words)
        case = step.case
    return None


def remedies_of_corruption(case: Case, name: str) -> tuple[Remedy, ...]:
    """The changes after which the server accepts the create and stores the preset of this name as it is."""
    return tuple(
        way
        for way in _ways_to_keep(case, name)
        if way.case.evaluation.status == 200
        and not any(pointer_segments(path)[0] == name for path in way.case.corrupted)
    )


def _ways_to_keep(case: Case, name: str) -> Iterator[Remedy]:
    what, after = field((name,)), case.without_preset((name,))
    if found_at(after.user_form, (SCHEMA, "properties", name)) is not ABSENT:
        way = Remedy(f"remove this preset, so that customers are asked for all of {what}", after)
        yield _followed_up(way) or way
    optional = case.without_required(name)
    silent = optional.without_form((SCHEMA, "properties", name))
    if case.form is None:
        yield Remedy(f"{WRITE_FORM}, without {what}", silent)
        return
    words = f"take {what} out of the form's `required`: customers can still change what is preset"
    yield Remedy(words, optional)
    yield Remedy(f"take {what} out of the form", silent)
