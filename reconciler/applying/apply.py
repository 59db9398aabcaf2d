"""The creates of one plan, one after the other, and a true account of each.

For each planned create, in plan order:
  1. list again; read what is new; plan again if anything is. Only a manifest that is still `create` goes on.
  2. POST once, on a fresh connection. Sent again only where the first one is proved unsent, or refused before
  processing
     (401 once with a new token, 429 once after its wait), and then from step 1.
  3. A definite answer: read the new template back and compare.
     Anything else: `settle.py` looks for a template that was not there before. Never a second POST.
  4. Go on only if the template is on the server as the manifest says, or the server refused it and stored
  nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from reconciler.airbyte import api as answers
from reconciler.airbyte.api import NewTemplate, TemplateApi
from reconciler.applying.live_view import LiveView
from reconciler.applying.outcome import ApplyResult, Creation, Outcome, not_attempted, refused
from reconciler.applying.safety import refusal_of
from reconciler.applying.settle import look_once, settle, verified
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.errors import EndpointMoved, Interrupted, ReconcilerError, ServerError, UnsafePlan
from reconciler.model.template import LiveState, Manifest
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.planning.plan import build_plan

MAX_UNSENT = 3
"""How often a create that never left this machine is tried in all."""

SAME_FOR_ALL = frozenset({301, 401, 403})
"""Refusals that every later create of the run would meet too."""


@dataclass
class Applying:
    """What one apply works with. `manifests` are all of the run, also those that are not created: planning
    again needs them.
    """

    plan: Plan
    manifests: tuple[Manifest, ...]
    api: TemplateApi
    views: dict[str, LiveView]
    stop: StopRequest
    clock: Clock = field(default_factory=Clock)


async def apply_plan(
    plan: Plan,
    manifests: Iterable[Manifest],
    live_states: Iterable[LiveState],
    api: TemplateApi,
    *,
    stop: StopRequest,
    max_creates: int,
    clock: Clock | None = None,
    on_creation: Callable[[Creation], None] = lambda _: None,
) -> ApplyResult:
    """Create what the plan says is missing. Never raises for what a server or a signal does: the result
    tells.

    `live_states` are those that the plan was made from. `on_creation` is called after each create is
    accounted for.
    """
    refusal = refusal_of(plan, max_creates=max_creates)
    if refusal is not None:
        return refused(plan, refusal)
    views = {s.organization_id: LiveView(api, s, unmanaged=plan.target.unmanaged) for s in live_states}
    run = Applying(plan, tuple(manifests), api, views, stop, clock or Clock())
    creations: list[Creation] = []
    pending = list(plan.with_status(Status.CREATE))
    while pending and not stop.is_requested:
        creation = await _create(run, pending.pop(0))
        creations.append(creation)
        on_creation(creation)
        halt = _reason_to_halt(creation)
        if halt:
            creations.extend(not_attempted(tuple(pending), halt))
            pending.clear()
    creations.extend(not_attempted(tuple(pending), "the run was interrupted before this create"))
    return ApplyResult(plan, tuple(creations), interrupted=stop.is_requested)


def _reason_to_halt(creation: Creation) -> str:
    """Why nothing more may be created after this; "" when the run may go on."""
    name = creation.entry.name
    if creation.outcome is Outcome.UNKNOWN:
        return f"the outcome of {name!r} is unknown"
    if creation.is_on_server:
        if creation.equals_manifest is False:
            return f"the server stored {name!r} differently from its manifest"
        return "" if creation.equals_manifest else f"{name!r} could not be read back"
    if creation.outcome is Outcome.NOT_ATTEMPTED or creation.stops_the_run:
        return f"{name!r}: {creation.detail}"
    return ""


async def _create(run: Applying, entry: Entry) -> Creation:
    try:
        return await _create_or_raise(run, entry)
    except Interrupted:
        return Creation(entry, Outcome.NOT_ATTEMPTED, detail="the run was interrupted before this create")
    except ReconcilerError as error:
        unsafe = isinstance(error, UnsafePlan)
        return Creation(entry, Outcome.NOT_ATTEMPTED, detail=error.message, help=error.help, unsafe=unsafe)


async def _create_or_raise(run: Applying, entry: Entry) -> Creation:
    """One create with its permitted repeats. Whatever is raised here was raised while no POST of this entry
    could be stored.
    """
    manifest = _manifest_of(entry)
    unsent = 0
    spent: set[type] = set()
    while True:
        stale = await _overtaken(run, entry)
        if stale is not None:
            return stale
        answer = await _post(run, entry, manifest)
        match answer:
            case answers.Unsent() if unsent + 1 < MAX_UNSENT:
                unsent += 1
                await run.stop.guard(run.clock.pause(2.0**unsent))
            case answers.Unauthorized() if answers.Unauthorized not in spent:
                spent.add(answers.Unauthorized)
                await run.stop.guard(run.api.renew_token())
            case answers.Throttled(wait_seconds=wait) if answers.Throttled not in spent:
                spent.add(answers.Throttled)
                await run.stop.guard(run.clock.pause(wait))
            case _:
                return await _conclude(run, entry, answer)


async def _overtaken(run: Applying, entry: Entry) -> Creation | None:
    """A fresh list; None when the manifest is still to be created, else the account of why it is not."""
    view = run.views[entry.organization_id]
    if not await run.stop.guard(view.refresh()):
        return None
    again = build_plan(run.manifests, [v.state for v in run.views.values()], run.plan.target)
    now = next(e for e in again.entries if e.manifest is entry.manifest)
    if now.status is Status.CREATE:
        return None
    found = now.template_id if now.status is Status.IN_SYNC else None
    return Creation(
        entry,
        Outcome.NOT_ATTEMPTED,
        template_id=found,
        equals_manifest=True if found else None,
        unsafe=found is None,
        detail=f"the server changed since the plan, the manifest is now {now.status}: {now.reason}",
    )


async def _post(run: Applying, entry: Entry, manifest: Manifest) -> answers.CreateAnswer:
    """The one irreversible request. A stop signal lets it answer for a moment; then its outcome is
    unclear.
    """
    new = NewTemplate(manifest.connector.id, manifest.presets, manifest.form)
    request = run.api.create_template(entry.organization_id, new)
    if run.stop.is_requested:
        request.close()
        raise Interrupted("stopped by a signal")
    try:
        return await run.stop.guard(request, grace_seconds=run.stop.grace_seconds)
    except Interrupted:
        return _unclear("interrupted while the create was under way")
    except ReconcilerError:
        raise  # raised before anything is sent: no token, no usable id
    except Exception as error:  # noqa: BLE001 - a fault of our own must not lose a create that may be stored
        return _unclear(f"internal error ({type(error).__name__}) while the create was under way")


def _unclear(what: str) -> answers.Unclear:
    return answers.Unclear(ServerError(what, method="POST", path="config_templates/sources"))


async def _conclude(run: Applying, entry: Entry, answer: answers.CreateAnswer) -> Creation:
    view, seconds = run.views[entry.organization_id], run.plan.target.settle_seconds
    match answer:
        case answers.Created(template_id=template_id):
            return await verified(view, run.stop, run.clock, entry, template_id, seconds=seconds)
        case answers.Unclear(error=error):
            return await settle(view, run.stop, run.clock, entry, error, seconds=seconds)
        case answers.Doubtful(error=error):
            return await look_once(view, run.stop, entry, error)
        case answers.Unsent(error=error):
            return Creation(entry, Outcome.NOT_ATTEMPTED, detail=error.message, help=error.help)
        case (
            answers.Unauthorized(error=error) | answers.Throttled(error=error) | answers.Rejected(error=error)
        ):
            everyone = error.status in SAME_FOR_ALL or isinstance(error, EndpointMoved)
            return Creation(
                entry, Outcome.REJECTED, detail=error.message, help=error.help, stops_the_run=everyone
            )


def _manifest_of(entry: Entry) -> Manifest:
    if entry.manifest is None:
        raise ValueError(f"entry {entry.name!r} has no manifest to create")
    return entry.manifest
