"""What every report says of a plan, an apply or a validation, computed once: counts, summary, notes, refusal, groups. Pure.

Text, Markdown, pages, annotations and JUnit format what is computed here. Text from outside is complete here: each format escapes
and cuts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.applying.safety import Refusal, RefusalCode, refusals
from reconciler.manifests.rules import VARIABLE_UNSET
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.target import Api, Dialect, Policy, Target
from reconciler.model.template import Manifest
from reconciler.model.text import clipped, count
from reconciler.planning.entry import SETTLED, Assessed, Entry, Plan, Rule, Status
from reconciler.report.safe_text import MAX_NAME, safe_name

LEAVE_OR_MANAGE = (
    "to manage one, write a manifest with its `templateId`; to leave it alone, list its id under `unmanaged` in reconciler.yaml "
    "(Airbyte's defaults belong there)"
)
"""What to do about live templates that no manifest claims, said once for all of them."""

_FEW = 5
"""Ids or names in a sentence. The rest is a number."""

COUNTED = {
    Status.CREATE: "to create",
    Status.UPDATE: "to update",
    Status.DRIFTED: "drifted",
    Status.DUPLICATE: "duplicate",
    Status.AMBIGUOUS: "ambiguous",
    Status.UNKNOWN: "unknown",
    Status.UNMANAGED: "unmanaged",
    Status.IN_SYNC: "in sync",
}
"""The word after the number of entries of each status, in the order of the summary."""


def few(names: Sequence[str], number: int | None = None) -> str:
    """The first names, and how many more there are of `number` (None: of these)."""
    more = (number or len(names)) - len(names[:_FEW])
    return ", ".join(names[:_FEW]) + (f" and {more} more" if more else "")


# Where it points.


_APIS = {Dialect.PUBLIC: "public API", Dialect.AGENTS: "Agent API"}


def address_words(target: Target, url: str) -> str:
    """Where the target is. `url` is its address as this report shows it."""
    if target.api is not Api.SANDBOX:
        return f"{_APIS[target.dialect]} at {url}"
    return (
        f"sandbox in this process{f', {_APIS[target.dialect]}' if target.dialect is Dialect.AGENTS else ''}"
    )


def match_words(entry: Entry) -> str:
    """What a manifest and its template were matched by. "" where nothing was. A template of the Agent API has a name, and no title."""
    is_name = entry.matched_by is Rule.TITLE and entry.dialect is Dialect.AGENTS
    return "name" if is_name else entry.matched_by or ""


_POLICIES = {
    Policy.CREATE_ONLY: "create-only: nothing that exists is changed",
    Policy.CREATE_UPDATE: "create-update: what differs is updated where the API lets it, and nothing is deleted",
}


def policy_words(target: Target) -> str:
    """What a run may do to what exists. "" where the API leaves no choice."""
    return _POLICIES[target.policy] if "update" in target.capabilities else ""


def compared_words(plan: Plan) -> str:
    """How much was compared."""
    return f"{count(plan.manifest_count, 'manifest')} with {count(plan.live_count, 'live template')}"


def organization_words(own: str, others: Sequence[str]) -> str:
    """`A`, or `A (and B, C)`: the target's first."""
    return f"{own} (and {few(others)})" if others else own


def numbers_by_organization(plan: Plan, entries: Iterable[Entry]) -> str:
    """`organization A` where all of them are in one, else `2 in organization A, 1 in organization B`: the target's first."""
    numbers = Counter(entry.organization_id for entry in entries)
    own = plan.target.organization_id
    ordered = sorted(numbers, key=lambda organization: (organization != own, organization))
    if len(ordered) == 1:
        return f"organization {ordered[0]}"
    return few([f"{numbers[each]} in organization {each}" for each in ordered])


# An entry.


def elsewhere(entry: Entry) -> str:
    """`organization B` for an entry outside of the target's organization. "" for all others."""
    return f"organization {entry.organization_id}" if entry.is_elsewhere else ""


def form_words(entry: Entry) -> str:
    """The form title of a live template without a manifest. It tells apart templates of one connector, which share its name. "" for
    all other entries, and without a title.
    """
    is_alone = entry.manifest is None and entry.form_title is not None
    return f'form "{safe_name(entry.form_title or "")}"' if is_alone else ""


# A plan.


def summary_line(plan: Plan) -> str:
    """One sentence: what would be created, what differs, what was not looked at. "Up to date" only if nothing at all was left out."""
    summary = plan.summary
    counts = [f"{summary[status]} {word}" for status, word in COUNTED.items() if summary.get(status)]
    left_out = left_out_sentence(plan)
    if counts == [f"{summary[Status.IN_SYNC]} in sync"] and not left_out:
        return f"Up to date: {counts[0]}."
    is_settled = not any(number for status, number in summary.items() if status not in SETTLED)
    parts = (
        f"Plan: {', '.join(counts) or 'nothing to show'}.",
        left_out,
        "" if is_settled else "Not up to date.",
    )
    return " ".join(part for part in parts if part)


def _left_out(plan: Plan, *, by_status: bool) -> Iterator[str]:
    """A number and a reason for each kind. Nothing where everything was compared and is shown."""
    if plan.hidden_count:
        parts = ", ".join(f"{number} {status}" for status, number in plan.hidden.items())
        unselected = f"{count(plan.hidden_count, 'entry', 'entries')} outside the selection"
        yield f"{unselected} ({parts})" if by_status else unselected
    if plan.uncompared_forms:
        yield f"{count(plan.uncompared_forms, 'form')} not compared"
    if plan.uncompared_secrets:
        yield f"{count(plan.uncompared_secrets, 'secret')} not compared"
    if plan.unread_organizations:
        yield f"{count(len(plan.unread_organizations), 'organization')} that only earlier manifests name"
    if plan.left_out:
        yield f"{count(len(plan.left_out), 'template')} listed under `unmanaged` in reconciler.yaml"
    if plan.ignored_findings:
        yield _ignored(plan.ignored_findings)


def _ignored(number: int) -> str:
    return f"{count(number, 'finding')} ignored by `rules` in reconciler.yaml"


def left_out_sentence(plan: Plan, *, by_status: bool = True) -> str:
    """What was not compared or is not shown. "" for nothing. Without `by_status` no word in it can be taken for an outcome."""
    gaps = ", ".join(_left_out(plan, by_status=by_status))
    return f"Not shown or not compared: {gaps}." if gaps else ""


def plan_notes(plan: Plan) -> Iterator[str]:
    """What a reader of any report has to know about the comparison itself, a sentence each without its full stop."""
    ids = plan.not_listed
    if ids:
        # Airbyte's defaults leave its lists by themselves.
        them = "is" if len(ids) == 1 else "are"
        yield f"{count(len(ids), 'id')} under `unmanaged` in reconciler.yaml {them} not listed by the server: {few(ids)}"
    yield from uncompared_notes(plan)


def uncompared_notes(plan: Plan) -> Iterator[str]:
    """What was not compared, and what to do about it, a sentence for each kind."""
    if plan.uncompared_forms:
        names = [clipped(entry.name, MAX_NAME) for entry in plan.entries if entry.is_uncompared]
        examples = f": {few(names, plan.uncompared_forms)}" if names else ""
        yield (
            f"{count(plan.uncompared_forms, 'form')} not compared{examples}; `reconciler connectors lock` fetches the specifications "
            "that they are inferred from; a form written into the manifest needs none"
        )
    if plan.given_back:
        them = "it" if plan.uncompared_secrets == 1 else "them"
        ways = " and ".join(way.format(them=them) for way in plan.given_back)
        yield f"{count(plan.uncompared_secrets, 'secret')} not compared; the server {ways}"
    if plan.unread_organizations:
        number = len(plan.unread_organizations)
        yield (
            f"{count(number, 'organization')} not compared: {few(plan.unread_organizations)}; only earlier manifests in git name "
            f"{'it' if number == 1 else 'them'}, and templates that were created there are still live. Keep a manifest for "
            "each of them, or list the organization's id under `unmanaged` in reconciler.yaml"
        )


def refusals_of(plan: Plan) -> tuple[Refusal, ...]:
    """Why `apply` would refuse the plan, in the order of its checks. () when it would not.

    The limit on the number of creates is the environment's.
    """
    return refusals(plan, max_creates=plan.target.max_creates)


def refusal_words(plan: Plan) -> str:
    """`apply would refuse this plan (exit 4): why; what to do`. "" for a plan that it would carry out."""
    first = next(iter(refusals_of(plan)), None)
    if first is None:
        return ""
    why, way = first.error.message, first.error.help
    if first.code is RefusalCode.ERRORS:
        creates = count(plan.summary[Status.CREATE], "planned template")
        why, way = f"there are errors in {first.number} of {creates}", "correct them at the entries"
    return f"apply would refuse this plan (exit {first.error.exit_code}): {why}; {way}"


# An apply.


class Group(Enum):
    """What became of a create, what needs a person first. Each makes a sentence: `2 templates refused by the server`."""

    TWICE = "created more than once"
    BESIDE = "created beside others with equal presets (form not compared)"
    UNKNOWN = "unknown (on the server or not: the next run looks, nothing is sent twice)"
    UNKNOWN_UPDATE = "updated or not (the next plan compares anew)"
    DIFFERENT = "stored differently from the manifest"
    UNTAGGED = "without the tags of the manifest (the server has no requests for tags)"
    NOT_READ_BACK = "created but not read back"
    UPDATE_NOT_READ_BACK = "updated but not read back"
    NOT_LISTED = "created but not in the server's list"
    REJECTED = "refused by the server"
    NOT_SENT = "not sent"
    CREATED = "created and read back equal to the manifest"
    UPDATED = "updated and read back equal to the manifest"
    PRESETS = "on the server with equal presets (form not compared)"
    FOUND = "created by somebody else meanwhile, equal to the manifest"
    FOUND_UPDATED = "changed by somebody else meanwhile, equal to the manifest"

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do or to find out."""
        return self in {Group.CREATED, Group.UPDATED, Group.PRESETS, Group.FOUND, Group.FOUND_UPDATED}


_OPEN = {
    Outcome.UNKNOWN: Group.UNKNOWN,
    Outcome.REJECTED: Group.REJECTED,
    Outcome.NOT_ATTEMPTED: Group.NOT_SENT,
}


_OF_UPDATES = {
    Group.UNKNOWN: Group.UNKNOWN_UPDATE,
    Group.NOT_READ_BACK: Group.UPDATE_NOT_READ_BACK,
    Group.CREATED: Group.UPDATED,
    Group.FOUND: Group.FOUND_UPDATED,
}
"""Groups that have other words for an update."""


def group_of(creation: Creation) -> Group:
    """The group of a create or an update. It is a settled one exactly when the account is settled."""
    group = Group.UNTAGGED if creation.lacks_tags else _group_of(creation)
    return _OF_UPDATES.get(group, group) if creation.is_update else group


def _group_of(creation: Creation) -> Group:
    if creation.is_settled:
        if not creation.entry.form_compared:
            return Group.PRESETS
        return Group.FOUND if creation.outcome is Outcome.NOT_ATTEMPTED else Group.CREATED
    if not creation.is_on_server:
        return _OPEN[creation.outcome]
    if creation.candidates:
        return Group.TWICE if creation.entry.form_compared else Group.BESIDE
    if creation.equals_manifest is None:
        return Group.NOT_READ_BACK
    return Group.NOT_LISTED if creation.equals_manifest else Group.DIFFERENT


def read_back_words(creation: Creation) -> str:
    """What reading the template back showed. "" where this run made nothing of it."""
    if not creation.was_done:
        return ""
    if creation.equals_manifest is None:
        return "NOT read back"
    if not creation.equals_manifest:
        return "read back equal but for its tags" if creation.differs_by_tags_alone else "read back DIFFERENT"
    return (
        "read back equal" if creation.entry.form_compared else "read back: presets equal, form not compared"
    )


def displaced_words(result: ApplyResult) -> str:
    """How many of Airbyte's defaults customers see no more because of what was created. "" when none."""
    number = len(result.displaced)
    is_or_are = "template is" if number == 1 else "templates are"
    return f"{number} default {is_or_are} hidden from customers by what was created" if number else ""


def or_updated(plan: Plan, words: str) -> str:
    """These words where the environment's policy is to update too. "" elsewhere."""
    return words if plan.target.policy is Policy.CREATE_UPDATE else ""


def _differing(result: ApplyResult) -> int:
    """How many templates of the Agent API this run left other than their manifests say."""
    if result.plan.target.dialect is Dialect.PUBLIC:
        return 0
    return sum(each.was_done and each.equals_manifest is False for each in result.creations)


def apply_summary_line(result: ApplyResult) -> str:
    """One sentence: what was done, what was not, what is open. Never claims more than was read back."""
    done = ", ".join(f"{number} {outcome}" for outcome, number in result.summary.items() if number)
    if not result.creations and result.refusal is None:
        text = f"Nothing to create{or_updated(result.plan, ' or to update')}."
    else:
        verb = "Applied" if result.refusal is None else "Nothing was sent"
        text = f"{verb}: {done}." if done else f"Nothing was created{or_updated(result.plan, ' or updated')}."
    summary = result.plan.summary
    left = (Status.DRIFTED, Status.DUPLICATE, Status.UNMANAGED)
    rest = ", ".join(f"{summary[status]} {status}" for status in left if summary[status])
    hidden, other = displaced_words(result), _differing(result)
    parts = (
        text,
        f"Not as the manifest says: {other}." if other else "",
        f"Left as they are: {rest}." if rest else "",
        left_out_sentence(result.plan, by_status=False),
        f"{hidden}." if hidden else "",
        "Interrupted." if result.interrupted else "",
    )
    return " ".join(part for part in parts if part)


# A validation, and what is known of a manifest before anything is sent.


@dataclass(frozen=True)
class Validation:
    """What `validate` found.

    `problems` are all problems of the run in reading order. `manifests` are those that could be read, with what rules say. Unset
    variables do not exclude a manifest. `suppressed` counts the findings that the project switched off.
    """

    problems: tuple[Diagnostic, ...]
    manifests: tuple[tuple[Manifest, Assessed], ...] = ()
    suppressed: int = 0

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The problems that make the input invalid."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def literal_secrets(self) -> tuple[Diagnostic, ...]:
        """The errors about secrets that are written into manifests: pages that show presets must not be made then."""
        return tuple(problem for problem in self.errors if problem.rule.startswith("R6"))

    @property
    def outcome(self) -> str:
        """Valid or not. Not known where variables are not set."""
        if self.errors:
            return "Invalid"
        return "Incomplete" if was_not_read(self.problems) else "Valid"

    @property
    def facts(self) -> str:
        """How much was read and found, and what was not looked at, in our own words and numbers."""
        parts = [f"{count(len(self.manifests), 'manifest')} read", problem_counts(self.problems)]
        values = [len(manifest.unset_pointers) for manifest, _ in self.manifests if manifest.unset_pointers]
        if values:
            parts.append(
                f"{len(values)} only in part ({count(sum(values), 'value')} of variables that are not set, "
                f"{count(len(values), 'verdict')} not known)"
            )
        unknown = sum(
            assessed.verdict is None
            and assessed.is_server_known
            and not manifest.unset_pointers
            and not _telling(assessed)
            for manifest, assessed in self.manifests
        )
        if unknown:
            parts.append(f"{count(unknown, 'verdict')} not known (no specification in connectors.lock.json)")
        foreign = sum(
            not (assessed.is_server_known or manifest.unset_pointers) for manifest, assessed in self.manifests
        )
        if foreign:
            parts.append(f"{count(foreign, 'verdict')} not known ({_NOT_PUBLISHED})")
        if self.suppressed:
            parts.append(_ignored(self.suppressed))
        return ", ".join(parts)


def was_not_read(problems: Iterable[Diagnostic]) -> bool:
    """Whether variables are not set. Then it is not known whether the manifests are valid."""
    return any(problem.rule == VARIABLE_UNSET for problem in problems)


def problem_counts(problems: Sequence[Diagnostic]) -> str:
    """`2 errors, 1 warning`, or `no problems`."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    numbers = ((errors, "error"), (len(problems) - errors, "warning"))
    return ", ".join(count(number, word) for number, word in numbers if number) or "no problems"


_NOT_PUBLISHED = "the rules of the Agent API's server are not published"
_NO_VERDICT = frozenset({"R414", "R415"})
"""Errors that explain a missing verdict."""


def _telling(assessed: Assessed) -> list[str]:
    return [problem.rule for problem in assessed.problems if problem.rule in _NO_VERDICT]


def why_not_known(assessed: Assessed) -> str:
    """Why there is no verdict."""
    if not assessed.is_server_known:
        return _NOT_PUBLISHED
    rules = _telling(assessed)
    return f"see {rules[0]}" if rules else "the connector's specification is not in connectors.lock.json"
