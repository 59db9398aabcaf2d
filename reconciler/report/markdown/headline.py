"""The first sentence of each report: what this run means for customers, in an alert box where somebody has to act. Pure.

Nothing here is taken from manifests or servers but names and an error's words, which are escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from reconciler.applying.outcome import ApplyResult
from reconciler.applying.safety import Refusal, RefusalCode, planned_words
from reconciler.model.target import Policy
from reconciler.model.text import clipped, count
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.report.markdown.inline import code, codes, prose
from reconciler.report.view import Group, Validation, displaced_words, group_of, or_updated, refusals_of

MAX_WORDS = 300
"""Characters of an error's words in a headline. MAX_NAME those of a template's name."""
MAX_NAME = 60


def alert(kind: str, text: str) -> str:
    """GitHub's coloured box (`NOTE`, `TIP`, `IMPORTANT`, `WARNING`, `CAUTION`). Elsewhere a quotation."""
    return f"> [!{kind}]\n> {text}"


def of_plan(plan: Plan) -> str:
    """What merging would do."""
    stop = stopped_by(plan)
    if stop:
        return alert("CAUTION", f"**Nothing would be created:** {stop}.")
    rest = "".join(f" {gap}." for gap in _not_compared(plan))
    doing = " ".join(_doing(plan))
    if doing:
        return alert("IMPORTANT", f"{doing}{rest}")
    differing = ", ".join(_differing(plan))
    changes = f" {differing}; {_never(plan)}." if differing else ""
    nothing = f"**Nothing would be created.**{changes}{rest}"
    return alert("WARNING", nothing) if changes or rest else nothing


def _doing(plan: Plan) -> Iterator[str]:
    """What would be created and what would be changed, a sentence or two each."""
    creates, updates = plan.with_status(Status.CREATE), plan.with_status(Status.UPDATE)
    if creates:
        them = "it" if len(creates) == 1 else "them"
        never = "change or delete" if plan.target.policy is Policy.CREATE_ONLY else "delete"
        yield (
            f"**{count(len(creates), 'template')} would be created:** {_names(creates)}. Customers could choose {them} from then on, "
            f"and this tool can never {never} {them} afterwards."
        )
    if updates:
        propagating = sum(entry.update is not None and bool(entry.update.propagate) for entry in updates)
        also = f" {propagating} of them with `propagate`: existing sources change too." if propagating else ""
        yield f"**{count(len(updates), 'template')} would be updated:** {_names(updates)}.{also}"


def _never(plan: Plan) -> str:
    is_update = plan.target.policy is Policy.CREATE_UPDATE
    return "what this API cannot change stays" if is_update else "this tool does not change templates"


def _names(entries: Iterable[Entry]) -> str:
    return codes((clipped(entry.name, MAX_NAME) for entry in entries), most=5)


def stopped_by(plan: Plan) -> str:
    """Why no create would be sent, in the order in which `apply` asks. "" when nothing stops it."""
    refusals = refusals_of(plan)
    blocked, creates = _blocked(refusals), plan.summary[Status.CREATE]
    if blocked or not refusals:
        return blocked
    if refusals[0].code is RefusalCode.SECOND:
        return count(
            refusals[0].number,
            "create would make a second template of one definition, which breaks apps",
            "creates would make second templates of their definitions, which breaks apps",
        )
    if refusals[0].code is RefusalCode.ERRORS:
        some = f"{refusals[0].number} of {creates} planned templates"
        return f"there are errors in {'the one planned template' if creates == 1 else some}"
    return (
        f"{planned_words(plan)} planned, and {code(plan.target.environment)} allows "
        f"at most {plan.target.max_creates} in one run"
    )


_BLOCKED = {
    RefusalCode.UNKNOWN: (
        "entry could not be read, matched or decided",
        "entries could not be read, matched or decided",
    ),
    RefusalCode.AMBIGUOUS: (
        "manifest could be several live templates",
        "manifests could be several live templates",
    ),
}


def _blocked(refusals: Iterable[Refusal]) -> str:
    return " and ".join(
        count(each.number, *_BLOCKED[each.code]) for each in refusals if each.code in _BLOCKED
    )


def _differing(plan: Plan) -> Iterator[str]:
    drifted, duplicates = plan.summary[Status.DRIFTED], plan.summary[Status.DUPLICATE]
    updates = plan.summary.get(Status.UPDATE, 0)
    if updates:
        yield count(updates, "template would be updated", "templates would be updated")
    if drifted:
        yield count(drifted, "template differs from its manifest", "templates differ from their manifests")
    if duplicates:
        yield count(duplicates, "template is there twice", "templates are there twice")


def _not_compared(plan: Plan) -> Iterator[str]:
    if plan.uncompared_forms:
        yield count(plan.uncompared_forms, "form was not compared", "forms were not compared")
    if plan.unread_organizations:
        which = "that only earlier manifests name"
        one, many = f"organization {which} was not read", f"organizations {which} were not read"
        yield count(len(plan.unread_organizations), one, many)


def of_drift(plan: Plan) -> str:
    """What an operator has to know: an incomplete comparison before its findings."""
    blocked, missing, unseen = _blocked(refusals_of(plan)), plan.summary[Status.CREATE], plan.hidden_findings
    differences = [*_differing(plan)]
    if missing:
        differences.append(count(missing, "manifest has no live template", "manifests have no live template"))
    if unseen:
        which = "outside the selection"
        differences.append(count(unseen, f"entry {which} is not in sync", f"entries {which} are not in sync"))
    found = ", ".join((*differences, *_not_compared(plan)))
    if blocked:
        rest = f" Found so far: {found}." if found else ""
        return alert("CAUTION", f"**The comparison is not complete:** {blocked}.{rest}")
    clean = "No drift in what was compared" if plan.uncompared_secrets else "No drift"
    return alert("WARNING", f"**{found}.**") if found else f"**{clean}.**"


def of_apply(result: ApplyResult) -> str:
    """What was done. What is open comes first."""
    if result.refusal is not None:
        way = f" {prose(result.refusal.help, MAX_WORDS)}." if result.refusal.help else ""
        why = prose(result.refusal.message, MAX_WORDS)
        return alert(
            "CAUTION", f"**Nothing was created{or_updated(result.plan, ' or updated')}:** {why}.{way}"
        )
    numbers = Counter(map(group_of, result.creations))
    counts = {
        group: f"{count(numbers[group], 'template')} {group.value}" for group in Group if numbers[group]
    }
    open_, done = (
        ", ".join(counts[group] for group in counts if group.is_settled is settled)
        for settled in (False, True)
    )
    if open_ or result.interrupted:
        first = f"**{'Interrupted: ' if result.interrupted else ''}{open_ or 'nothing is open'}.**"
        return alert("CAUTION", f"{first} {done}." if done else first)
    hidden = displaced_words(result)
    rest = "".join(f" {each}." for each in (*_not_compared(result.plan), hidden) if each)
    if hidden:
        return alert("WARNING", f"**{done}.**{rest}")
    return (
        alert("TIP", f"**{done}.**{rest}")
        if done
        else f"**Nothing to create{or_updated(result.plan, ' or to update')}.**{rest}"
    )


def of_validation(validation: Validation) -> str:
    """Whether a push could go on."""
    if validation.outcome == "Invalid":
        words = "**The manifests are not valid:** nothing is planned or created while there is an error."
        return alert("CAUTION", words)
    if validation.outcome == "Incomplete":
        words = (
            "**The manifests were checked in part:** what depends on variables that are not set is not known."
        )
        return alert("WARNING", words)
    return "**The manifests are valid.**"
