"""What a run is known to have put on the server, kept apart from whatever may fail between a create and its report."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.applying.outcome import ApplyResult, Creation, Outcome, not_attempted
from reconciler.planning.entry import Plan, Status
from reconciler.report.safe_text import safe_name


@dataclass
class Account:
    """The creates of one run as they come, then the whole result. `has_failed`: something else went wrong after that.
    `is_out`: every report that is ours to write was written, or said to be missing.
    """

    creations: list[Creation] = field(default_factory=list)
    result: ApplyResult | None = None
    has_failed: bool = False
    is_out: bool = False

    def lines(self) -> str:
        """Each create in one line: name, outcome, id. "" when nothing was sent. Needs little memory and no rendering."""
        known = self.creations if self.result is None else self.result.creations
        sent = [creation for creation in known if creation.outcome is not Outcome.NOT_ATTEMPTED]
        return "".join(f"{_short(creation)}\n" for creation in sent)

    def told(self) -> str:
        """The lines under a heading; "" when nothing was sent."""
        lines = self.lines()
        return f"What was created, or may have been:\n{lines}" if lines else ""

    def at_stake(self) -> str:
        """One line for a person who wants to leave before the account was told; "" when nothing is to be told any more."""
        if self.is_out:
            return ""
        sent = ", ".join(self.lines().splitlines())
        return (
            f"Noted. Not reported yet: {sent}. A second signal ends the program without its reports.\n"
            if sent
            else ""
        )

    def closed_by(self, plan: Plan, error: Exception) -> ApplyResult | None:
        """The result when something failed around the creates; None when nothing had been sent by then."""
        self.has_failed = bool(self.creations) or self.result is not None
        if not self.has_failed or self.result is not None:
            return self.result
        told = {id(creation.entry) for creation in self.creations}
        rest = tuple(entry for entry in plan.with_status(Status.CREATE) if id(entry) not in told)
        why = f"the run failed before this create: internal error ({type(error).__name__})"
        self.result = ApplyResult(plan, (*self.creations, *not_attempted(rest, why)))
        return self.result


def _short(creation: Creation) -> str:
    identifier = f" {creation.template_id}" if creation.template_id else ""
    return f"{safe_name(creation.entry.name)} {creation.outcome}{identifier}"
