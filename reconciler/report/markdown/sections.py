"""The parts of each report in reading order: what blocks first, then what customers get, then what differs. Pure.

Every entry of a plan is in one section at most: in-sync entries are a number of the summary line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from reconciler.applying.outcome import ApplyResult
from reconciler.applying.safety import RefusalCode
from reconciler.model.diagnostic import Severity
from reconciler.model.text import count
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.report.markdown import objects
from reconciler.report.markdown.budget import Item, Section
from reconciler.report.markdown.headline import stopped_by
from reconciler.report.markdown.inline import fold, joined
from reconciler.report.view import Group, Validation, group_of, refusals_of

_T = TypeVar("_T")
_LEGEND = "In each difference, `-` is what the server has and `+` is what the manifest says."
_FEW_TEMPLATES = 10
_WAY = (
    "To manage one, write a manifest with its `templateId`; to leave it alone, list its id under `unmanaged` in "
    "`reconciler.yaml`."
)


def of_plan(plan: Plan) -> tuple[Section, ...]:
    """Blocked, refused, creates, updates, drift, duplicates, forms that were not compared, unmanaged."""
    refused = set(map(id, _refused(plan)))
    accepted = [entry for entry in plan.with_status(Status.CREATE) if id(entry) not in refused]
    title = "To be created once nothing stops it" if stopped_by(plan) else "To be created"
    creating = _section(f"{title}: {count(len(accepted), 'template')}", accepted, objects.create_item)
    return (
        *_stopping(plan),
        *creating,
        *_updating(plan),
        *_differing(plan),
        *_uncompared(plan),
        *_alone(plan),
    )


def of_drift(plan: Plan) -> tuple[Section, ...]:
    """Blocked, updates, drift, duplicates, manifests without a template, forms that were not compared, unmanaged."""
    missing = plan.with_status(Status.CREATE)
    title = f"No live template: {count(len(missing), 'manifest')}"
    absent = _section(title, missing, objects.missing_item, one="manifest")
    differing = (*_updating(plan), *_differing(plan))
    return (*_blocked(plan), *differing, *absent, *_uncompared(plan), *_alone(plan))


def of_apply(result: ApplyResult) -> tuple[Section, ...]:
    """Why the plan was refused, else each create and update by what became of it. Then what was left as it is."""
    if result.refusal is not None:
        return (*_stopping(result.plan), *_differing(result.plan))
    return (*_created(result), *_differing(result.plan))


def of_validation(validation: Validation) -> tuple[Section, ...]:
    """Errors, warnings, and for each manifest whose form is known what the customer would be asked, in a fold."""
    forms = [(manifest, judged) for manifest, judged in validation.manifests if judged.asked is not None]
    summary = f"What customers would be asked, where it is known: {count(len(forms), 'manifest')}"
    return (
        *(section for severity in Severity for section in _problems(validation, severity)),
        *_section(
            fold(summary, is_open=False), forms, objects.form_item, one="manifest", closing="</details>"
        ),
    )


def _problems(validation: Validation, severity: Severity) -> Iterator[Section]:
    found = [problem for problem in validation.problems if problem.severity is severity]
    yield from _section(count(len(found), str(severity)), found, objects.problem_item, one=str(severity))


def _stopping(plan: Plan) -> Iterator[Section]:
    yield from _blocked(plan)
    refused = _refused(plan)
    title = f"Must not be created as it is: {count(len(refused), 'template')}"
    yield from _section(title, refused, objects.refused_item, is_urgent=True)


def _refused(plan: Plan) -> tuple[Entry, ...]:
    codes = {RefusalCode.SECOND, RefusalCode.ERRORS}
    found = {id(entry): entry for each in refusals_of(plan) if each.code in codes for entry in each.entries}
    return tuple(found.values())


def _blocked(plan: Plan) -> Iterator[Section]:
    blocked = (*plan.with_status(Status.UNKNOWN), *plan.with_status(Status.AMBIGUOUS))
    title = f"To be cleared up first: {count(len(blocked), 'entry', 'entries')}"
    yield from _section(title, blocked, objects.blocked_item, one="entry", many="entries", is_urgent=True)


def _updating(plan: Plan) -> Iterator[Section]:
    updates = plan.with_status(Status.UPDATE)
    title = f"Differs, and an apply changes it: {count(len(updates), 'template')}\n\n{_LEGEND}"
    yield from _section(title, updates, objects.drift_item, is_urgent=True)


def _differing(plan: Plan) -> Iterator[Section]:
    drifted, duplicates = plan.with_status(Status.DRIFTED), plan.with_status(Status.DUPLICATE)
    title = f"Drifted: {count(len(drifted), 'template')}\n\n{_LEGEND}"
    yield from _section(title, drifted, objects.drift_item, is_urgent=True)
    title = f"Duplicate: {count(len(duplicates), 'template')}"
    yield from _section(title, duplicates, objects.live_item, is_urgent=True)


def _uncompared(plan: Plan) -> Iterator[Section]:
    """What is equal as far as it was compared. A drifted or ambiguous entry says by itself that its form was not."""
    equal = [entry for entry in plan.with_status(Status.IN_SYNC) if entry.is_uncompared]
    title = f"Equal presets, form not compared: {count(len(equal), 'template')}"
    yield from _section(title, equal, objects.uncompared_item)


def _alone(plan: Plan) -> Iterator[Section]:
    unmanaged = plan.with_status(Status.UNMANAGED)
    summary = f"No manifest claims {count(len(unmanaged), 'live template')}"
    opening = joined(fold(summary, is_open=len(unmanaged) <= _FEW_TEMPLATES), _WAY)
    yield from _section(opening, unmanaged, objects.live_item, closing="</details>")


def _created(result: ApplyResult) -> Iterator[Section]:
    for group in Group:
        members = [creation for creation in result.creations if group_of(creation) is group]
        title = f"{count(len(members), 'template')} {group.value}"
        yield from _section(title, members, objects.creation_item, is_urgent=not group.is_settled)


def _section(
    opening: str,
    members: Sequence[_T],
    item: Callable[[_T], Item],
    *,
    one: str = "template",
    many: str | None = None,
    closing: str = "",
    is_urgent: bool = False,
) -> Iterable[Section]:
    """The section, or none where it would have no object. `opening` is a heading, or a fold that `closing` ends."""
    if not members:
        return ()
    opening = opening if closing else f"#### {opening}"
    items = tuple(map(item, members))
    return (Section(opening, items, one, many or f"{one}s", closing, is_urgent=is_urgent),)
