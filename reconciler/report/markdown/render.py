"""The reports put together: first line, heading, headline, counts, sections, footer. Pure; see the package for the shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Required, TypedDict, Unpack

from reconciler.applying.outcome import ApplyResult
from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.target import Api
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed, Plan
from reconciler.report.left_out import plan_notes
from reconciler.report.markdown.budget import Section, fitted
from reconciler.report.markdown.headline import (
    MAX_HEADLINE,
    alert,
    apply_headline,
    drift_headline,
    plan_headline,
    validation_headline,
)
from reconciler.report.markdown.inline import code, codes, link, prose
from reconciler.report.markdown.objects import joined
from reconciler.report.markdown.sections import (
    apply_sections,
    drift_sections,
    plan_sections,
    validation_sections,
)
from reconciler.report.safe_text import MAX_NAME
from reconciler.report.text_apply import apply_summary_line
from reconciler.report.text_plan import summary_line
from reconciler.report.text_problems import problem_counts
from reconciler.report.text_validate import validation_summary
from reconciler.report.wording import count

MAX_NOTICE = 500
"""Characters of a caller's notice that are shown."""


class Surroundings(TypedDict, total=False):
    """What surrounds every report, and how many bytes it all may take. See `plan_markdown`."""

    budget: Required[int]
    first_line: str
    heading: str
    notice: str
    run_url: str | None


@dataclass(frozen=True)
class _Page:
    budget: int
    first_line: str = ""
    heading: str = ""
    notice: str = ""
    run_url: str | None = None

    def report(self, title: str, told: str, counts: str, sections: Sequence[Section], facts: str = "") -> str:
        """The whole text. `title` is used where the caller gave no heading; the other parts are finished Markdown."""
        if "\n" in self.first_line or "\r" in self.first_line:
            raise ValueError("the first line has more than one line")
        heading = f"### {prose(self.heading, MAX_NAME) or title}"
        notice = prose(self.notice, MAX_NOTICE)
        box = alert("NOTE", notice) if notice else ""
        header = joined(self.first_line, heading, box, told, counts)
        run = link("See the run", self.run_url) + "." if self.run_url else ""
        footer = " ".join(part for part in (facts, run) if part)
        return fitted(header, sections, footer, budget=self.budget, run_url=self.run_url)


def plan_markdown(plan: Plan, **surroundings: Unpack[Surroundings]) -> str:
    """The plan as a reviewer reads it: what merging would do to customers.

    At most `budget` UTF-8 bytes, ended by a line break; ValueError where the budget is under `MINIMUM_BUDGET` and the
    header does not fit. `first_line` is the caller's own Markdown and stands first as it is (a marker), one line.
    `heading` (default: `Plan for` and the environment) and `notice` are plain words; they are escaped. `run_url` is linked
    where something was left out and at the end; no link where it is "" or no plain http(s) address.
    """
    page = _Page(**surroundings)
    title = f"Plan for {code(plan.target.environment)}"
    return page.report(title, plan_headline(plan), summary_line(plan), plan_sections(plan), _facts(plan))


def drift_markdown(plan: Plan, **surroundings: Unpack[Surroundings]) -> str:
    """The same comparison as an operator reads it: what differs from the manifests. Arguments as for a plan."""
    page = _Page(**surroundings)
    title = f"Drift in {code(plan.target.environment)}"
    return page.report(title, drift_headline(plan), summary_line(plan), drift_sections(plan), _facts(plan))


def apply_markdown(result: ApplyResult, **surroundings: Unpack[Surroundings]) -> str:
    """What became of each create, with the new ids; or why nothing was sent. Arguments as for a plan."""
    page, plan = _Page(**surroundings), result.plan
    title = f"Apply to {code(plan.target.environment)}"
    counts = apply_summary_line(result)
    return page.report(title, apply_headline(result), counts, apply_sections(result), _facts(plan))


def validation_markdown(
    problems: tuple[Diagnostic, ...],
    manifests: tuple[tuple[Manifest, Assessed], ...],
    suppressed: int,
    **surroundings: Unpack[Surroundings],
) -> str:
    """What `validate` found, offline: each problem at its line, then what customers would be asked. Arguments as for a plan."""
    page = _Page(**surroundings)
    counts = validation_summary(problems, manifests, suppressed)
    sections = validation_sections(problems, manifests)
    return page.report("Manifests, checked offline", validation_headline(problems), counts, sections)


def error_markdown(error: ReconcilerError, **surroundings: Unpack[Surroundings]) -> str:
    """An error that ended a run before there was a result; all problems of an invalid input. Arguments as for a plan."""
    page = _Page(**surroundings)
    if isinstance(error, InvalidInput):
        counts = f"Invalid: {problem_counts(error.problems)}."
        return page.report(
            "Manifests", validation_headline(error.problems), counts, validation_sections(error.problems, ())
        )
    told = alert("CAUTION", f"**There is no result:** {prose(error.message, MAX_HEADLINE)}")
    return page.report("Failed", told, prose(error.help, MAX_HEADLINE), ())


def _facts(plan: Plan) -> str:
    """What was compared with what, for whoever asks later."""
    target = plan.target
    place = "the sandbox" if target.api is Api.SANDBOX else f"{code(target.url)}"
    return (
        f"Compared {count(plan.manifest_count, 'manifest')} with {count(plan.live_count, 'live template')} of organization "
        f"{_organizations(plan)} at {place}. Digest {code(plan.digest)}."
        + "".join(f" {prose(note)}." for note in plan_notes(plan))
    )


def _organizations(plan: Plan) -> str:
    """The target's organization, and those that manifests name besides."""
    others = plan.other_organizations
    return code(plan.target.organization_id) + (f" (and {codes(others, most=5)})" if others else "")
