"""Tags, which a template gets and loses by requests of their own once it holds everything else that its manifest says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from reconciler.airbyte.api import Unclear, UpdateAnswer, Updated
from reconciler.applying.attempt import TOKEN_SECONDS, Applying, Repeats
from reconciler.applying.live_view import line_of
from reconciler.applying.outcome import Creation, Outcome
from reconciler.applying.read_back import TAGS, differences, read_until, tags_of
from reconciler.applying.settle import manifest_of
from reconciler.errors import Interrupted, ReconcilerError
from reconciler.model.template import LiveTemplate
from reconciler.planning.content import desired_of
from reconciler.planning.entry import Change

_NO_REQUESTS = "this server has no requests that add or remove tags: its tags are not as the manifest says"
_NO_REQUESTS_HELP = "remove `tags` from the manifest, or set them where your organization can; every plan shows the difference"
_TROUBLE_HELP = "run `reconciler plan`: it shows which tags the template has; the next apply changes the rest"


async def tagged(run: Applying, account: Creation) -> Creation:
    """The account once the template's tags are those of the manifest too. Each tag is one request with its permitted repeats.

    Only of a template that holds everything else. Raises nothing but cancellation.
    """
    template = run.views[account.entry.organization_id].known(account.template_id or "")
    if account.equals_manifest is not True or template is None or not any(_tags_to_change(account, template)):
        return account
    tagging = _Tagging(run, account, template)
    try:
        return await tagging.done()
    except ReconcilerError as error:
        return await tagging.ended(error.message)
    except Exception as error:  # noqa: BLE001 - a fault of our own must not lose the account of what was sent
        return await tagging.ended(f"internal error ({type(error).__name__})")


def _tags_to_change(account: Creation, template: LiveTemplate) -> Iterator[tuple[str, bool]]:
    """Each tag with whether it is added, those to add first. Nothing where the manifest says nothing of tags."""
    manifest, there = manifest_of(account.entry), tags_of(template)
    wanted = frozenset(cast(list[str], manifest.settings.get(TAGS, list(there))))
    yield from ((tag, True) for tag in sorted(wanted - there))
    yield from ((tag, False) for tag in sorted(there - wanted))


class _Tagging:
    """`_was_sent`: a request for a tag went out. `_was_refused`: the last one was answered, and not processed."""

    def __init__(self, run: Applying, account: Creation, template: LiveTemplate) -> None:
        self._run, self._account, self._before = run, account, template
        self._view = run.views[account.entry.organization_id]
        self._was_sent = self._was_refused = False

    async def done(self) -> Creation:
        """The account after every tag, or after the first trouble with one."""
        run, stop, organization = self._run, self._run.stop, self._account.entry.organization_id
        if not await stop.guard(run.can_tag(organization)):
            lacking = self._account_of(self._before, _NO_REQUESTS)
            return replace(lacking, lacks_tags=True, help=_NO_REQUESTS_HELP)
        await stop.guard(run.api.ensure_token(TOKEN_SECONDS))
        for tag, is_added in _tags_to_change(self._account, self._before):
            repeats, answer = Repeats(run), await self._exchange(tag, is_added=is_added)
            while repeats.permit(answer):
                await repeats.wait(answer)
                if run.before_create is not None:
                    await stop.guard(run.before_create(organization))
                answer = await self._exchange(tag, is_added=is_added)
            if not isinstance(answer, Updated):
                self._was_refused = not isinstance(answer, Unclear)
                raise answer.error
        return await self.ended("the server confirmed each change of a tag")

    async def _exchange(self, tag: str, *, is_added: bool) -> UpdateAnswer:
        """One request. After a signal it may answer within the grace."""
        run, organization = self._run, self._account.entry.organization_id
        if run.stop.is_requested:
            raise Interrupted("stopped by a signal")
        request = run.api.change_tag(organization, line_of(self._before), tag, add=is_added)
        self._was_sent = True
        return await run.stop.guard(request, graceful=True)

    async def ended(self, how: str) -> Creation:
        """The account by what the template has now."""
        if not self._was_sent:
            return self._account_of(self._before, f"its tags were not changed: {how}")
        window, line = self._run.window(), line_of(self._before)
        read = await read_until(window, self._view, line, lambda now: not self._differences(now) or None)
        if isinstance(read, LiveTemplate):
            return self._account_of(read, f"its tags are not as the manifest says: {how}")
        unread = f"{how}; it could not be read back after its tags were changed: {read}"
        return self._with(Outcome.UNKNOWN, unread, equals_manifest=None)

    def _account_of(self, now: LiveTemplate, why: str) -> Creation:
        self._view.note_changed(now)
        changes, outcome = self._differences(now), Outcome.UPDATED
        if tags_of(now) == tags_of(self._before):
            outcome = Outcome.REJECTED if self._was_refused else Outcome.UNKNOWN
        if not changes:
            return self._with(outcome, "")
        return self._with(outcome, why, equals_manifest=False, changes=changes)

    def _differences(self, now: LiveTemplate) -> tuple[Change, ...]:
        desired = desired_of(manifest_of(self._account.entry), self._view.dialect)
        return differences(desired, self._before, now, {})

    def _with(self, outcome: Outcome, why: str, **members: Any) -> Creation:
        """The account with these members. An update of tags alone has only now sent anything: this is its `outcome`."""
        account = self._account
        if self._was_sent and account.outcome is Outcome.NOT_ATTEMPTED:
            account = replace(account, outcome=outcome, detail="")
        if not why:
            return account
        detail = f"{account.detail}; {why}" if account.detail else why
        return replace(account, **members, detail=detail, help=_TROUBLE_HELP)
