"""The parts of each report in reading order: what blocks first, then what customers get, then what differs. Pure.

Every entry of a plan stands in one section at most: in-sync entries are a number of the summary line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from reconciler.applying.outcome import ApplyResult, Creation
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed, Plan, Status
from reconciler.report.markdown.asked import form_lines, question_count, questions
from reconciler.report.markdown.budget import Item, Section
from reconciler.report.markdown.headline import is_refused, stopped_by
from reconciler.report.markdown.inline import code, codes, fold, prose
from reconciler.report.markdown.objects import (
    blocked_item,
    bullets,
    create_item,
    diff_fence,
    drift_item,
    head,
    joined,
    live_item,
    missing_item,
    problem_item,
    refused_item,
    uncompared_item,
)
from reconciler.report.outcome_words import SETTLED, Group, group_of
from reconciler.report.wording import count

_T = TypeVar("_T")
_LEGEND = "In each difference, `-` is what the server has and `+` is what the manifest says."


def plan_sections(plan: Plan) -> tuple[Section, ...]:
    """Blocked, refused, creates, drift, duplicates, forms that were not compared, unmanaged."""
    return (*_stopping(plan), *_creating(plan), *_differing(plan), *_uncompared(plan), *_alone(plan))


def drift_sections(plan: Plan) -> tuple[Section, ...]:
    """Blocked, drift, duplicates, manifests without a template, forms that were not compared, unmanaged."""
    missing = plan.with_status(Status.CREATE)
    title = f"#### No live template: {count(len(missing), 'manifest')}"
    absent = _section(title, missing, missing_item, "manifest")
    return (*_blocked(plan), *_differing(plan), *absent, *_uncompared(plan), *_alone(plan))


def apply_sections(result: ApplyResult) -> tuple[Section, ...]:
    """Why the plan was refused, else each create by what became of it; then what was left as it is."""
    if result.refusal is not None:
        return (*_stopping(result.plan), *_differing(result.plan))
    return (*_created(result.creations), *_differing(result.plan))


def validation_sections(
    problems: tuple[Diagnostic, ...], manifests: Iterable[tuple[Manifest, Assessed]]
) -> tuple[Section, ...]:
    """Errors, warnings, and for each manifest whose form is known what the customer would be asked, in a fold."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    warnings = [problem for problem in problems if problem.severity is not Severity.ERROR]
    forms = [_form_item(manifest, assessed) for manifest, assessed in manifests if assessed.asked is not None]
    return (
        *_section(f"#### {count(len(errors), 'error')}", errors, problem_item, "error"),
        *_section(f"#### {count(len(warnings), 'warning')}", warnings, problem_item, "warning"),
        *_folded(
            f"What customers would be asked, where it is known: {count(len(forms), 'manifest')}",
            "",
            forms,
            "manifest",
            is_open=False,
        ),
    )


def _stopping(plan: Plan) -> Iterator[Section]:
    yield from _blocked(plan)
    refused = tuple(filter(is_refused, plan.entries))
    title = f"#### Must not be created as it is: {count(len(refused), 'template')}"
    yield from _section(title, refused, refused_item, "template", is_urgent=True)


def _blocked(plan: Plan) -> Iterator[Section]:
    blocked = (*plan.with_status(Status.AMBIGUOUS), *plan.with_status(Status.UNKNOWN))
    title = f"#### To be cleared up first: {count(len(blocked), 'entry', 'entries')}"
    yield from _section(title, blocked, blocked_item, "entry", "entries", is_urgent=True)


def _creating(plan: Plan) -> Iterator[Section]:
    accepted = tuple(entry for entry in plan.with_status(Status.CREATE) if not is_refused(entry))
    when = "To be created once nothing stops it" if stopped_by(plan) else "To be created"
    yield from _section(f"#### {when}: {count(len(accepted), 'template')}", accepted, create_item, "template")


def _differing(plan: Plan) -> Iterator[Section]:
    drifted = plan.with_status(Status.DRIFTED)
    title = f"#### Drifted: {count(len(drifted), 'template')}\n\n{_LEGEND}"
    yield from _section(title, drifted, drift_item, "template", is_urgent=True)
    duplicates = plan.with_status(Status.DUPLICATE)
    title = f"#### Duplicate: {count(len(duplicates), 'template')}"
    yield from _section(title, duplicates, live_item, "template", is_urgent=True)


def _uncompared(plan: Plan) -> Iterator[Section]:
    """What is equal as far as it was compared; a drifted or ambiguous entry says by itself that its form was not."""
    equal = tuple(entry for entry in plan.with_status(Status.IN_SYNC) if entry.is_uncompared)
    title = f"#### Equal presets, form not compared: {count(len(equal), 'template')}"
    yield from _section(title, equal, uncompared_item, "template")


def _alone(plan: Plan) -> Iterator[Section]:
    unmanaged = plan.with_status(Status.UNMANAGED)
    way = (
        "To manage one, write a manifest with its `templateId`; to leave it alone, list its id under `unmanaged` in "
        "`reconciler.yaml`."
    )
    title = f"No manifest claims {count(len(unmanaged), 'live template')}"
    yield from _folded(
        title, way, [live_item(entry) for entry in unmanaged], "template", is_open=len(unmanaged) <= 10
    )


def _created(creations: tuple[Creation, ...]) -> Iterator[Section]:
    for group in Group:
        members = [creation for creation in creations if group_of(creation) is group]
        title = f"#### {count(len(members), 'template')} {group.value}"
        yield from _section(title, members, _creation_item, "template", is_urgent=group not in SETTLED)


def _creation_item(creation: Creation) -> Item:
    where = f": template {code(creation.template_id)}" if creation.template_id is not None else ""
    line = f"- {head(creation.entry)}{where}"
    told = []
    if creation.candidates:
        told.append(f"  - Equal to it, and new: {codes(creation.candidates)}")
    if creation.detail:
        told.append(f"  - Why: {prose(creation.detail)}")
    if creation.help:
        told.append(f"  - Do: {prose(creation.help)}")
    return Item(line, lambda: joined("\n".join((line, *told)), diff_fence(creation.changes)))


def _form_item(manifest: Manifest, assessed: Assessed) -> Item:
    name = f"**{code(manifest.name)}**, {code(manifest.connector.label)}"
    asked = assessed.asked
    told = "" if asked is None else f", asks {question_count(asked)}"
    return Item(f"- {name}{told}", lambda: joined(name, questions(asked), bullets(form_lines(asked))))


def _section(
    opening: str,
    members: Iterable[_T],
    item: Callable[[_T], Item],
    one: str,
    many: str | None = None,
    *,
    is_urgent: bool = False,
) -> Iterator[Section]:
    """The section, or none where it would have no object."""
    items = tuple(item(member) for member in members)
    if items:
        yield Section(opening, items, one, many or f"{one}s", is_urgent=is_urgent)


def _folded(summary: str, intro: str, items: list[Item], one: str, *, is_open: bool) -> Iterator[Section]:
    if items:
        opening = joined(fold(summary, is_open=is_open), intro)
        yield Section(opening, tuple(items), one, f"{one}s", "</details>")
