"""The look after the last create: does the list show what was created, and nothing else that equals it. Sends no POST.

Every later run finds templates by the list. So a run does not end well before the list shows them: else a run that
starts at once would take them for missing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from reconciler.applying.attempt import Applying
from reconciler.applying.live_view import Listed, LiveView
from reconciler.applying.outcome import Creation
from reconciler.applying.read_back import is_named, untagged
from reconciler.applying.settle import is_ours, manifest_of
from reconciler.applying.stopping import Window
from reconciler.errors import ReconcilerError
from reconciler.model.template import NAME_SETTING, LiveTemplate

_NOT_LISTED_HELP = (
    "a run without this journal (.reconciler) that starts before the list shows it would create it again: wait, and see that"
    " `reconciler plan` says in-sync before the next apply"
)
_RIVALS = "{what} appeared beside it ({ids}): another run or something on the way sent the create too"
_RIVALS_HELP = (
    "customers see each of them, and none can be deleted here: ask Airbyte's support to remove all but one,"
    " and see that only one run applies at a time"
)
_RIVAL_FORMS = (
    "templates with equal presets appeared beside it ({ids}), forms not compared: somebody else made them, or another"
    " run or something on the way sent the create too"
)
_RIVAL_FORMS_HELP = (
    "lock the connector's specification (`reconciler connectors lock`): then `reconciler plan` compares the forms too;"
    " only what it calls a duplicate is one"
)


async def last_look(run: Applying, creations: tuple[Creation, ...]) -> tuple[Creation, ...]:
    """The accounts, with what the list says about those templates that this run put on the server.

    Waits up to `settle_seconds` for templates that the list does not show yet. Raises nothing. After a signal
    it looks within the grace, and when nothing was created not at all.
    """
    for organization, view in run.views.items():
        if any(_was_stored(c, organization) for c in creations) and not run.stop.is_over:
            try:
                creations = await _looked_at(run, view, organization, creations)
            except Exception:  # noqa: BLE001 - a fault of our own must not lose the accounts; they are true without this
                return creations
    return creations


def _was_stored(creation: Creation, organization: str) -> bool:
    is_stored = creation.was_done and not creation.is_update and creation.template_id is not None
    return is_stored and creation.entry.organization_id == organization


async def _looked_at(
    run: Applying, view: LiveView, organization: str, creations: tuple[Creation, ...]
) -> tuple[Creation, ...]:
    window = run.window()
    wanted = {creation.template_id for creation in creations if _was_stored(creation, organization)}
    lines = await _listed_by(window, view, wanted)
    if lines is None:
        return creations
    run.journal.listed(lines)
    claimed = Counter(creation.template_id for creation in creations)
    others = [t for t in await _all_known(window, view, lines) if t.id not in claimed]
    displaced = await _displaced(window, view, lines)
    seen: list[Creation] = []
    for creation in creations:
        if not _was_stored(creation, organization):
            seen.append(creation)
            continue
        # Matching cannot know which of two equal creates made which template. The other one belongs to them too.
        rivals = _rivals(view, creation, others)[claimed[creation.template_id] - 1 :]
        looked = replace(creation, is_listed=creation.template_id in lines, candidates=rivals)
        seen.append(_displacing(_explained(looked, window), displaced, run))
    return tuple(seen)


async def _listed_by(window: Window, view: LiveView, wanted: set[str | None]) -> Listed | None:
    """The newest list, waited for until it names everything wanted. None when none could be read. One that cannot be read authorises no
    later create either.
    """
    lines: Listed | None = None
    async for _ in window.turns():
        try:
            lines = await window.guard(view.listed_now(within=window.allowance))
        except ReconcilerError:
            continue
        if wanted <= lines.keys():
            break
    return lines


async def _all_known(window: Window, view: LiveView, lines: Listed) -> list[LiveTemplate]:
    """What was read before, and what is new in the list as far as it can be read in time."""
    known = list(view.state.templates)
    try:
        for template_id in sorted(i for i in lines if not view.is_known(i)):
            if window.allowance <= 0:
                break
            read = await window.guard(view.read(lines[template_id], within=window.allowance))
            known += [read] if isinstance(read, LiveTemplate) else []
    except ReconcilerError:
        return known  # the next plan reads it, or says that it cannot
    return known


async def _displaced(window: Window, view: LiveView, lines: Listed) -> list[LiveTemplate]:
    """What the creates of this run displaced from the list. Nothing when that cannot be found out any more."""
    try:
        ids = await window.guard(view.displaced(lines, within=window.allowance))
        unmanaged = await window.guard(view.displaced_unmanaged(within=window.allowance))
    except ReconcilerError:
        return []
    return [template for template in view.state.templates if template.id in ids] + unmanaged


def _rivals(view: LiveView, creation: Creation, others: list[LiveTemplate]) -> tuple[str, ...]:
    """Templates of equal content, or of the same definition and name, that came after the create was sent and that no account of this
    run claims.

    The plan's entries do not say which those are: a selection hides templates from them that are in sync.
    """
    own = creation.template_id or ""
    desired = untagged(manifest_of(creation.entry), view.dialect)
    equal = [t.id for t in others if is_ours(t, desired) or is_named(t, desired.manifest)]
    return tuple(i for i in equal if not view.was_before(own, i))


def _explained(creation: Creation, window: Window) -> Creation:
    """The account with what the list showed, in words."""
    if creation.candidates:
        ids = ", ".join(creation.candidates)
        if not creation.entry.form_compared:
            return _with(creation, _RIVAL_FORMS.format(ids=ids), _RIVAL_FORMS_HELP)
        says_name = NAME_SETTING[creation.entry.kind] in manifest_of(creation.entry).settings
        what = "templates of its definition and name" if says_name else "equal templates"
        return _with(creation, _RIVALS.format(what=what, ids=ids), _RIVALS_HELP)
    if creation.is_listed is False:
        interrupted = "the list did not show it before the run was interrupted"
        late = f"the list does not show it after {window.seconds:g} seconds"
        return _with(creation, interrupted if window.stop.is_requested else late, _NOT_LISTED_HELP)
    return creation


def _displacing(creation: Creation, displaced: list[LiveTemplate], run: Applying) -> Creation:
    """The account with what the create did to defaults of Airbyte's, and to the manifests that were paired with them."""
    connector = creation.entry.connector
    for template in displaced:
        if connector is None or connector.id != template.connector_id:
            continue
        creation = replace(creation, displaced=(*creation.displaced, template.id))
        paired = [e.name for e in run.plan.entries if e.template_id == template.id and e.manifest is not None]
        why = f"template {template.id} left the list for it, as Airbyte's default of a connector does"
        way = ""
        if paired:
            why = f"{why}: manifest {paired[0]!r} was paired with that one and has no template in the list any more"
            way = f"look at the next plan before the next apply: it may create {paired[0]!r}"
        creation = _with(creation, why, way)
    return creation


def _with(creation: Creation, why: str, help: str) -> Creation:
    detail = f"{creation.detail}; {why}" if creation.detail else why
    return replace(creation, detail=detail, help=creation.help or help)
