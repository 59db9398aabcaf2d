"""The first sentence of each report: what this run means for customers, in an alert box where somebody has to act. Pure.

Nothing here is taken from manifests or servers but the environment's name and an error's words, which are escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.applying.outcome import ApplyResult
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.text import clipped
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.report.markdown.inline import code, codes, prose
from reconciler.report.outcome_words import SETTLED, Group, displaced_words, group_of
from reconciler.report.text_validate import was_not_read
from reconciler.report.wording import count

MAX_HEADLINE = 300
"""Characters of an error's words in a headline; MAX_HEADLINE_NAME those of a template's name."""
MAX_HEADLINE_NAME = 60


def alert(kind: str, text: str) -> str:
    """GitHub's coloured box (`NOTE`, `TIP`, `IMPORTANT`, `WARNING`, `CAUTION`); elsewhere a quotation."""
    return f"> [!{kind}]\n> {text}"


def is_refused(entry: Entry) -> bool:
    """Whether this is a create that must not be sent as it is."""
    return entry.status is Status.CREATE and entry.assessed is not None and bool(entry.assessed.errors)


def plan_headline(plan: Plan) -> str:
    """What merging would do."""
    creates = plan.summary[Status.CREATE]
    them = "it" if creates == 1 else "them"
    rest = "".join(f" {told}." for told in _not_compared(plan))
    stop = stopped_by(plan)
    if stop:
        return alert("CAUTION", f"**Nothing would be created:** {stop}.")
    if creates:
        return alert(
            "IMPORTANT",
            f"**{count(creates, 'template')} would be created:** {_names(plan)}. Customers could choose {them} from then on, "
            f"and this tool can never change or delete {them} afterwards.{rest}",
        )
    differing = _differing(plan)
    changes = f" {differing}; this tool does not change templates." if differing else ""
    nothing = f"**Nothing would be created.**{changes}{rest}"
    return alert("WARNING", nothing) if changes or rest else nothing


def _names(plan: Plan) -> str:
    return codes(
        (clipped(entry.name, MAX_HEADLINE_NAME) for entry in plan.with_status(Status.CREATE)), most=5
    )


def stopped_by(plan: Plan) -> str:
    """Why no create would be sent, in the order in which `apply` asks; "" when nothing stops it."""
    blocked = _blocked(plan)
    if blocked:
        return blocked
    creates, refused = plan.summary[Status.CREATE], sum(map(is_refused, plan.entries))
    if refused:
        which = "the one planned template" if creates == 1 else f"{refused} of {creates} planned templates"
        return f"there are errors in {which}"
    if creates > plan.target.max_creates:
        return (
            f"{count(creates, 'create')} planned, and {code(plan.target.environment)} allows "
            f"at most {plan.target.max_creates} in one run"
        )
    return ""


def _blocked(plan: Plan) -> str:
    ambiguous = plan.summary[Status.AMBIGUOUS]
    unknown = plan.summary[Status.UNKNOWN] + plan.hidden.get(Status.UNKNOWN, 0)
    told = []
    if ambiguous:
        told.append(f"{count(ambiguous, 'manifest')} could be several live templates")
    if unknown:
        told.append(f"{count(unknown, 'entry', 'entries')} could not be read, matched or decided")
    return " and ".join(told)


def _differing(plan: Plan) -> str:
    drifted, duplicates = plan.summary[Status.DRIFTED], plan.summary[Status.DUPLICATE]
    told = []
    if drifted:
        differ = (
            "template differs from its manifest" if drifted == 1 else "templates differ from their manifests"
        )
        told.append(f"{drifted} {differ}")
    if duplicates:
        told.append(f"{count(duplicates, 'template')} {'is' if duplicates == 1 else 'are'} there twice")
    return ", ".join(told)


def _not_compared(plan: Plan) -> Iterator[str]:
    forms = plan.uncompared_forms
    if forms:
        yield f"{count(forms, 'form')} {'was' if forms == 1 else 'were'} not compared"
    number = len(plan.unread_organizations)
    if number:
        yield f"{count(number, 'organization')} that only earlier manifests name {'was' if number == 1 else 'were'} not read"


def drift_headline(plan: Plan) -> str:
    """What an operator has to know: an incomplete comparison before its findings."""
    blocked, missing = _blocked(plan), plan.summary[Status.CREATE]
    absent = (
        f"{count(missing, 'manifest')} {'has' if missing == 1 else 'have'} no live template"
        if missing
        else ""
    )
    elsewhere = plan.hidden_findings
    unseen = (
        f"{count(elsewhere, 'entry', 'entries')} outside the selection {'is' if elsewhere == 1 else 'are'} not in sync"
        if elsewhere
        else ""
    )
    found = ", ".join(told for told in (_differing(plan), absent, unseen, *_not_compared(plan)) if told)
    if blocked:
        rest = f" Found so far: {found}." if found else ""
        return alert("CAUTION", f"**The comparison is not complete:** {blocked}.{rest}")
    if found:
        return alert("WARNING", f"**{found}.**")
    return "**No drift.**"


def apply_headline(result: ApplyResult) -> str:
    """What was done; what is open stands first."""
    if result.refusal is not None:
        way = f" {prose(result.refusal.help, MAX_HEADLINE)}." if result.refusal.help else ""
        return alert(
            "CAUTION", f"**Nothing was created:** {prose(result.refusal.message, MAX_HEADLINE)}.{way}"
        )
    groups = Counter(map(group_of, result.creations))
    told = [_group_words(group, groups[group]) for group in Group if groups[group] and group not in SETTLED]
    done = [_group_words(group, groups[group]) for group in Group if groups[group] and group in SETTLED]
    if told or result.interrupted:
        first = f"**{'Interrupted: ' if result.interrupted else ''}{', '.join(told) or 'nothing is open'}.**"
        return alert("CAUTION", f"{first} {', '.join(done)}{'.' if done else ''}".rstrip())
    hidden = displaced_words(result)
    rest = "".join(f" {each}." for each in (*_not_compared(result.plan), *([hidden] if hidden else [])))
    if hidden:
        return alert("WARNING", f"**{', '.join(done)}.**{rest}")
    return alert("TIP", f"**{', '.join(done)}.**{rest}") if done else f"**Nothing to create.**{rest}"


def _group_words(group: Group, number: int) -> str:
    return f"{count(number, 'template')} {group.value}"


def validation_headline(problems: tuple[Diagnostic, ...]) -> str:
    """Whether a push could go on."""
    if any(problem.severity is Severity.ERROR for problem in problems):
        return alert(
            "CAUTION",
            "**The manifests are not valid:** nothing is planned or created while there is an error.",
        )
    if was_not_read(problems):
        return alert(
            "WARNING",
            "**The manifests were checked in part:** what depends on variables that are not set is not known.",
        )
    return "**The manifests are valid.**"
