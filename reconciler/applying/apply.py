"""The updates and creates of one plan, one after the other, and what became of each.

`one_create.py` and `one_update.py` say what happens for each of them, `settle.py` how an unclear create is looked for,
`last_look.py` what is asked once all are done. One is followed by the next only if the template is on the server as the manifest
says, or the server refused it and stored nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reconciler.airbyte.api import TemplateApi
from reconciler.applying.attempt import Applying, BeforeCreate
from reconciler.applying.journal import Journal
from reconciler.applying.last_look import last_look
from reconciler.applying.live_view import LiveView
from reconciler.applying.one_create import create_one
from reconciler.applying.one_update import update_one
from reconciler.applying.outcome import ApplyResult, Creation, Outcome, not_attempted, not_begun, refused
from reconciler.applying.safety import refusal_of
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.model.template import LiveState, Manifest, Past
from reconciler.planning.entry import Plan, Status


async def apply_plan(
    plan: Plan,
    manifests: Iterable[Manifest],
    live_states: Iterable[LiveState],
    api: TemplateApi,
    journal: Journal,
    *,
    stop: StopRequest,
    max_creates: int,
    clock: Clock | None = None,
    on_creation: Callable[[Creation], None] = lambda _: None,
    before_create: BeforeCreate | None = None,
    past: Callable[[], Past] = Past,
) -> ApplyResult:
    """Change what differs and create what is missing. Never raises for what a server or a signal does: the result says it.

    `live_states` and `past` are those that the plan was made from. `journal` was read before them. `on_creation` is called after
    each account, `before_create` with the organization right before each request that changes something: what it raises stops it.
    """
    refusal = refusal_of(plan, max_creates=max_creates)
    if refusal is not None:
        return refused(plan, refusal)
    views = {state.organization_id: LiveView(api, state, plan.target) for state in live_states}
    run = Applying(plan, tuple(manifests), api, journal, views, stop, clock or Clock(), before_create, past)
    for intent_id, template_id in plan.decided:
        journal.close(intent_id, "listed", template_id)
    creations: list[Creation] = []
    pending = list(plan.to_send)
    while pending and not stop.is_requested:
        entry = pending.pop(0)
        creation = await (update_one if entry.status is Status.UPDATE else create_one)(run, entry)
        creations.append(creation)
        on_creation(creation)
        halt = _reason_to_halt(creation)
        if halt:
            creations.extend(not_attempted(pending, halt))
            pending.clear()
    creations.extend(not_begun(pending, "the run was interrupted"))
    return ApplyResult(plan, await last_look(run, tuple(creations)), interrupted=stop.is_requested)


def _reason_to_halt(creation: Creation) -> str:
    """Why nothing more may be sent after this. "" when the run may go on."""
    name = creation.entry.name
    if creation.lacks_tags:
        return ""
    if creation.outcome is Outcome.UNKNOWN:
        return f"the outcome of {name!r} is unknown"
    if creation.is_on_server:
        if creation.equals_manifest is False:
            return f"the server stored {name!r} differently from its manifest"
        return "" if creation.equals_manifest else f"{name!r} could not be read back"
    if creation.outcome is Outcome.NOT_ATTEMPTED or creation.stops_the_run:
        return f"{name!r}: {creation.detail}"
    return ""
