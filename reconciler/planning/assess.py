"""What can be known about one manifest before anything is sent: the server's answer, the customer's form, what rules say.

Used for every manifest by `validate`, and by the plan for those that would be created or have drifted. Pure. Imported only where
it is needed, because the rules read whole specifications.

Of a manifest with values that are not set, a finding counts when it comes with several values in their place. It must not depend on
the value itself: what is at its place is not judged, and of the server's answers nothing that has to do with the same field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from reconciler.connectors.lint.lint import lint
from reconciler.connectors.lint.rules import MAX_FINDINGS, apply_severities, bounded
from reconciler.connectors.lint.secret_guard import TO_CUSTOMER, secret_guard
from reconciler.connectors.lint.subject import Subject, as_source, in_place
from reconciler.connectors.server.cron import describe, next_times, read_schedule
from reconciler.connectors.server.quartz import RefusedSchedule
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.verdict.advice import verdict_advice
from reconciler.connectors.verdict.agents import agent_findings
from reconciler.connectors.verdict.verdict import judged, questions_of
from reconciler.model.diagnostic import Diagnostic, SeverityChoice
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.target import Dialect
from reconciler.model.template import CONNECTION_TEMPLATE, Manifest, speaks_of_agents
from reconciler.model.verdict import Verdict
from reconciler.planning.entry import Assessed, ScheduleFacts
from reconciler.planning.facts import FORM, PRESETS, with_places

_PRESETS, _FORM = f"/spec/{PRESETS}", f"/spec/{FORM}"
_SCHEMA = f"{_FORM}/connectionSpecification"
_VERDICT = "R4"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_STAND_INS: tuple[JsonValue, ...] = (None, "x", 1)


def assess(
    manifest: Manifest,
    severities: Mapping[str, SeverityChoice],
    *,
    with_form: bool = True,
    most: int = MAX_FINDINGS,
    dialect: Dialect | None = None,
    now: datetime | None = None,
) -> Assessed:
    """Everything that is known about a manifest. The problems are not located yet. `severities` are the project's, already checked.
    Without `with_form` `asked` stays None. `most` findings are given in full, of the rest the number. A `dialect` of None is not known.
    `now` is the moment after which a schedule starts next. None: it is not known, and no next times are given.

    On the Agent API neither the server's answer nor the customer's form is known: its server is not published. It takes no form, so a
    manifest that writes one is for the public API.
    """
    if (dialect is Dialect.AGENTS and manifest.form is None) or speaks_of_agents(manifest):
        return _assess_for_agents(manifest, severities, most, now)
    judgement, subject = judged(manifest), Subject(manifest)
    secrets = secret_guard(subject)
    if manifest.unset_pointers:
        found = findings_on_part(
            manifest, lambda each: _rules(Subject(each), judged(each), secrets, seeks_remedies=False)
        )
    else:
        found = _rules(subject, judgement, secrets, seeks_remedies=most > 0)
    subject.forget()
    problems, suppressed = apply_severities((*secrets, *found), severities)
    asked = questions_of(manifest) if with_form and _is_form_known(manifest) else None
    verdict = judgement if isinstance(judgement, Verdict) else None
    return Assessed(verdict, asked, bounded(problems, most), suppressed)


def _assess_for_agents(
    manifest: Manifest, severities: Mapping[str, SeverityChoice], most: int, now: datetime | None
) -> Assessed:
    """What is known without the server's rules. That API makes the form by itself, so `asked` is None."""
    whole, after = as_source(manifest), now or _LONG_AGO
    secrets = secret_guard(Subject(whole), warns_of_variables=False)
    if whole.unset_pointers:
        found = findings_on_part(whole, lambda each: agent_findings(Subject(each), after))
    else:
        found = agent_findings(Subject(whole).beside(secrets), after)
    if manifest.kind == CONNECTION_TEMPLATE:
        secrets = tuple(replace(each, help=each.help.replace(TO_CUSTOMER, "")) for each in secrets)
    located = in_place(manifest, (*secrets, *found))
    problems, suppressed = apply_severities(located, severities)
    is_known = manifest.connector.specification is not None or not manifest.connector.id
    return Assessed(None, None, bounded(problems, most), suppressed, not is_known, _schedule(manifest, now))


def _schedule(manifest: Manifest, now: datetime | None) -> ScheduleFacts | None:
    """When syncs start. None without a schedule, for one that starts none, and for one that a variable holds."""
    text, is_hidden = (
        manifest.settings.get("cronExpression"),
        "/spec/cronExpression" in manifest.variable_pointers,
    )
    if not isinstance(text, str) or is_hidden:
        return None
    try:
        kept = read_schedule(text)
        times = tuple(f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in (next_times(kept, now, 3) if now else ()))
        return ScheduleFacts(describe(kept), times)
    except RefusedSchedule:
        return None


def _rules(
    subject: Subject,
    judgement: Verdict | NotKnown | None,
    secrets: tuple[Diagnostic, ...],
    *,
    seeks_remedies: bool,
) -> tuple[Diagnostic, ...]:
    """What the server would answer and what lint finds beside `secrets`. A remedy could name a placeholder for a value that is not set."""
    expected = verdict_advice(subject.manifest, judgement, seeks_remedies=seeks_remedies)
    return (*expected, *lint(subject.beside((*secrets, *expected))))


def _is_form_known(manifest: Manifest) -> bool:
    """Whether the customer's form is certain: written out, and without a value that is not set."""
    is_whole = not any(pointer.startswith(_FORM) for pointer in manifest.unset_pointers)
    return not manifest.unset_pointers or (is_whole and manifest.form is not None)


def findings_on_part(
    manifest: Manifest, rules: Callable[[Manifest], tuple[Diagnostic, ...]]
) -> tuple[Diagnostic, ...]:
    """What `rules` find whatever the values that are not set. () where the whole presets or the whole form is not."""
    if manifest.unset_pointers & {_PRESETS, _FORM, _SCHEMA}:
        return ()
    first, *others = (rules(_filled(manifest, value)) for value in _STAND_INS)
    always = [each for each in first if all(each in found for found in others)]
    return tuple(each for each in always if not _depends(each, manifest.unset_pointers))


def _filled(manifest: Manifest, value: JsonValue) -> Manifest:
    whole = with_places(manifest.presets, manifest.form, manifest.unset_pointers, value)
    presets, form = cast(JsonObject, whole[PRESETS]), cast("JsonObject | None", whole[FORM])
    return replace(manifest, presets=presets, form=form, unset_pointers=frozenset())


def _depends(finding: Diagnostic, unset: frozenset[str]) -> bool:
    is_inside = any(f"{finding.pointer}/".startswith(f"{place}/") for place in unset)
    if is_inside or not finding.rule.startswith(_VERDICT):
        return is_inside
    fields = {_field(place) for place in unset}
    return None in fields or _field(finding.pointer) in fields


def _field(pointer: str) -> str | None:
    """The field at the first level that a place belongs to. None for a place that belongs to none."""
    for root in (f"{_PRESETS}/", f"{_SCHEMA}/properties/"):
        if pointer.startswith(root):
            return pointer.removeprefix(root).partition("/")[0]
    return None
