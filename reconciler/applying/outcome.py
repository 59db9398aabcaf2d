"""What became of each create, and of the run. Exit code, summary and every report are computed from these values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.errors import ReconcilerError
from reconciler.model.target import Policy
from reconciler.planning.entry import Change, Entry, Plan, Status


class Outcome(StrEnum):
    """created, updated: the server said so, and nothing it shows says otherwise. recovered: no usable answer, found by
    reading back. rejected: refused, nothing stored.

    unknown: it was sent and may or may not be stored. The journal holds such a create open. not-attempted: nothing was sent.
    """

    CREATED = "created"
    UPDATED = "updated"
    RECOVERED = "recovered"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_ATTEMPTED = "not-attempted"


@dataclass(frozen=True)
class Creation:
    """The account of one planned create or update.

    `equals_manifest` is what reading the template back showed: True, False (`changes` say what the server
    stored otherwise), or None when it could not be read or nothing was sent. `lacks_tags`: it differs by its tags alone, because the
    server has no requests for them. `is_listed` False: the list did not show it
    by the end of the run. `candidates` are the ids of new templates that equal the manifest and are not
    `template_id`: more than one create reached the server. `displaced` are ids of live templates that left the list because of
    it: defaults of Airbyte's, which customers see no more. `detail` says why, in words, for every outcome but a
    verified create or update. `stops_the_run` marks a refusal that every later request would meet too, `unsafe` a stop by a
    safety rule.
    """

    entry: Entry
    outcome: Outcome
    template_id: str | None = None
    equals_manifest: bool | None = None
    is_listed: bool | None = None
    candidates: tuple[str, ...] = ()
    displaced: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    lacks_tags: bool = False
    detail: str = ""
    help: str = ""
    stops_the_run: bool = False
    unsafe: bool = False

    @property
    def is_update(self) -> bool:
        """Whether it is the account of an update."""
        return self.entry.status is Status.UPDATE

    @property
    def was_done(self) -> bool:
        """Whether this run created or changed the template for certain."""
        return self.outcome in {Outcome.CREATED, Outcome.UPDATED, Outcome.RECOVERED}

    @property
    def differs_by_tags_alone(self) -> bool:
        """Whether the template holds all that the manifest says but its tags."""
        members = {change.path.split("/")[1] for change in self.changes}
        return self.equals_manifest is False and members == {"tags"}

    @property
    def is_on_server(self) -> bool:
        """Whether the server is known to hold now what this manifest asks for, or what it made of it."""
        return self.was_done or (self.outcome is Outcome.NOT_ATTEMPTED and self.equals_manifest is True)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more has to be done or found out about this manifest."""
        equal_and_alone = self.equals_manifest is True and not self.candidates
        return self.is_on_server and equal_and_alone and self.is_listed is not False


@dataclass(frozen=True)
class ApplyResult:
    """One apply: its plan, one `Creation` for each planned update and create in the order of `to_send`, and why it stopped early, if
    it did.

    `refusal` is set when a safety rule stopped the run before anything was sent. `interrupted` is set when a
    signal stopped it at any time.
    """

    plan: Plan
    creations: tuple[Creation, ...] = ()
    refusal: ReconcilerError | None = None
    interrupted: bool = False

    def with_outcome(self, *outcomes: Outcome) -> tuple[Creation, ...]:
        """The creations with one of these outcomes, in order."""
        return tuple(c for c in self.creations if c.outcome in outcomes)

    @property
    def reported(self) -> tuple[Creation, ...]:
        """The creations as reports for people show them. The refusal of the whole run is said once, not at each of them."""
        why = None if self.refusal is None else self.refusal.message
        return tuple(replace(each, detail="") if each.detail == why else each for each in self.creations)

    @property
    def created(self) -> tuple[Creation, ...]:
        """What this run put on the server. Not what was found there because somebody else had created it meanwhile."""
        return tuple(each for each in self.creations if each.was_done and not each.is_update)

    @property
    def displaced(self) -> tuple[str, ...]:
        """The ids of live templates that left the list because of what this run created. Sorted."""
        return tuple(
            sorted({template_id for creation in self.creations for template_id in creation.displaced})
        )

    @property
    def summary(self) -> dict[Outcome, int]:
        """How many creations have each outcome. Every outcome is named, `updated` only where the policy is to update."""
        updates = self.plan.target.policy is Policy.CREATE_UPDATE
        named = (outcome for outcome in Outcome if updates or outcome is not Outcome.UPDATED)
        return {outcome: len(self.with_outcome(outcome)) for outcome in named}


def refused(plan: Plan, refusal: ReconcilerError) -> ApplyResult:
    """The result of an apply that sent nothing: nothing that was planned was attempted."""
    return ApplyResult(plan, not_attempted(plan.to_send, refusal.message), refusal=refusal)


def not_attempted(entries: Iterable[Entry], why: str) -> tuple[Creation, ...]:
    """A `NOT_ATTEMPTED` account for each entry, all with the same reason."""
    return tuple(Creation(entry, Outcome.NOT_ATTEMPTED, detail=why) for entry in entries)


def not_begun(entries: Iterable[Entry], why: str, detail: str = "") -> tuple[Creation, ...]:
    """One account for each entry that the run did not come to: `why`, before this create or update, and a `detail`."""
    verbs = ((entry, "update" if entry.status is Status.UPDATE else "create") for entry in entries)
    return tuple(
        each for entry, verb in verbs for each in not_attempted([entry], f"{why} before this {verb}{detail}")
    )
