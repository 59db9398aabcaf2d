"""One result as GitHub-flavoured Markdown within a byte budget: pull-request comment, issue, step summary. Pure.

`budget` counts UTF-8 bytes of the whole text. Text is never cut: what does not fit is left out object by object, the counts stay
those of the result, and "N more" is in its place. What other formats show does not belong here: words are in `report.view`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

from reconciler.applying.outcome import ApplyResult
from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.target import Api
from reconciler.planning.entry import Plan
from reconciler.report import view
from reconciler.report.markdown import headline, sections
from reconciler.report.markdown.budget import COMMENT_BUDGET, MINIMUM_BUDGET, Section, fitted
from reconciler.report.markdown.inline import code, codes, joined, link, prose
from reconciler.report.safe_text import MAX_NAME
from reconciler.report.text import validation_summary

__all__ = [
    "COMMENT_BUDGET",
    "MINIMUM_BUDGET",
    "apply_markdown",
    "drift_markdown",
    "error_markdown",
    "plan_markdown",
    "validation_markdown",
]

MAX_NOTICE = 500
"""Characters of a caller's notice that are shown."""


class Frame(TypedDict, total=False):
    """What surrounds every report, and how many bytes it all may take: at least `MINIMUM_BUDGET`, else ValueError.

    `first_line` is the caller's own Markdown, one line that comes first as it is (a marker). `heading` (default: what the run
    was, and the environment) and `notice` are plain words. They are escaped. `run_url` is linked where something was left out and
    at the end. No link where it is "" or no plain http(s) address.
    """

    budget: Required[int]
    first_line: str
    heading: str
    notice: str
    run_url: str | None


def plan_markdown(plan: Plan, **frame: Unpack[Frame]) -> str:
    """The plan as a reviewer reads it: what merging would do to customers."""
    summary = (headline.of_plan(plan), view.summary_line(plan))
    return _page(f"Plan for {_environment(plan)}", summary, sections.of_plan(plan), plan, **frame)


def drift_markdown(plan: Plan, **frame: Unpack[Frame]) -> str:
    """The same comparison as an operator reads it: what differs from the manifests."""
    summary = (headline.of_drift(plan), view.summary_line(plan))
    return _page(f"Drift in {_environment(plan)}", summary, sections.of_drift(plan), plan, **frame)


def apply_markdown(result: ApplyResult, **frame: Unpack[Frame]) -> str:
    """What became of each create, with the new ids, or why nothing was sent."""
    summary, plan = (headline.of_apply(result), view.apply_summary_line(result)), result.plan
    return _page(f"Apply to {_environment(plan)}", summary, sections.of_apply(result), plan, **frame)


def validation_markdown(validation: view.Validation, **frame: Unpack[Frame]) -> str:
    """What `validate` found, offline: each problem at its line, then what customers would be asked."""
    summary = (headline.of_validation(validation), validation_summary(validation))
    return _page("Manifests, checked offline", summary, sections.of_validation(validation), None, **frame)


def error_markdown(error: ReconcilerError, **frame: Unpack[Frame]) -> str:
    """An error that ended a run before there was a result. All problems of an invalid input."""
    if isinstance(error, InvalidInput):
        found = view.Validation(error.problems)
        summary = (headline.of_validation(found), f"Invalid: {view.problem_counts(error.problems)}.")
        return _page("Manifests", summary, sections.of_validation(found), None, **frame)
    why, way = (prose(words, headline.MAX_WORDS) for words in (error.message, error.help))
    summary = (headline.alert("CAUTION", f"**There is no result:** {why}"), way)
    return _page("Failed", summary, (), None, **frame)


def _page(
    title: str, summary: Sequence[str], parts: Sequence[Section], plan: Plan | None, **frame: Unpack[Frame]
) -> str:
    """The whole text, ended by a line break. `title` is used where the caller gave no heading. `summary` is finished Markdown."""
    first_line, run_url = frame.get("first_line", ""), frame.get("run_url")
    if "\n" in first_line or "\r" in first_line:
        raise ValueError("the first line has more than one line")
    notice = prose(frame.get("notice", ""), MAX_NOTICE)
    heading = f"### {prose(frame.get('heading', ''), MAX_NAME) or title}"
    header = joined(first_line, heading, headline.alert("NOTE", notice) if notice else "", *summary)
    run = f"{link('See the run', run_url)}." if run_url else ""
    footer = " ".join(part for part in ("" if plan is None else _facts(plan), run) if part)
    return fitted(header, parts, footer, budget=frame["budget"], run_url=run_url)


def _environment(plan: Plan) -> str:
    return code(plan.target.environment)


def _facts(plan: Plan) -> str:
    """What was compared with what, for those who ask later."""
    target, others = plan.target, plan.other_organizations
    place = "the sandbox" if target.api is Api.SANDBOX else code(target.url)
    organizations = code(target.organization_id) + (f" (and {codes(others, most=5)})" if others else "")
    notes = "".join(f" {prose(note)}." for note in view.plan_notes(plan))
    policy = view.policy_words(target)
    can = f" It can {', '.join(target.capabilities)}. Policy {policy}." if policy else ""
    compared = f"Compared {view.compared_words(plan)} of organization {organizations} at {place}."
    return f"{compared}{can} Digest {code(plan.digest)}.{notes}"
