"""What is known about a manifest of the Agent API, whose server's rules are not: schedule, values that do not fit, secrets. Pure.

Its answer to a create is not computed. The schedule is held against the two parsers that Airbyte's platform has (see `cron`), and a
destination's configuration against the specification in the lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from reconciler.connectors.lint.lint import AGENTS_RULES, lint
from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.subject import Subject, preset_pointer
from reconciler.connectors.server.cron import (
    interval_words,
    next_times,
    objection,
    read_schedule,
    shortest_interval,
)
from reconciler.connectors.server.quartz import RefusedSchedule
from reconciler.connectors.server.schema_check import violations_of
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.verdict.findings import Finding, allowed, complaint, field, findings_of, named
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import CONNECTION_TEMPLATE, Manifest, connection_schema

_SCHEDULE: Final = "/spec/cronExpression"
_EXAMPLE: Final = "such as `0 0 12 * * ?` for every day at 12:00 UTC"
_ANOTHER: Final = f"write a schedule that Quartz takes, {_EXAMPLE}"
_AN_HOUR: Final = timedelta(hours=1)


def agent_findings(subject: Subject, now: datetime) -> tuple[Diagnostic, ...]:
    """What is wrong with a manifest, beside its secrets. Nothing about forms, which that API makes by itself."""
    found = lint(subject, AGENTS_RULES)
    if subject.manifest.kind == CONNECTION_TEMPLATE:
        found = (*found, *_destination(subject), *schedule_findings(subject.manifest, now))
    return found


def schedule_findings(manifest: Manifest, now: datetime) -> Iterator[Diagnostic]:
    """R540, R541, R542: a schedule that the create refuses, one that never starts a sync, one with less than an hour between two."""
    text = manifest.settings.get("cronExpression")
    if not isinstance(text, str):
        return
    is_hidden = _SCHEDULE in manifest.variable_pointers
    try:
        kept = read_schedule(text)
    except RefusedSchedule as refusal:
        why = "" if is_hidden else f": {refusal}"
        help_text = _ANOTHER if is_hidden else f"{refusal.help}, {_EXAMPLE}"
        yield diagnostic("R540", _SCHEDULE, f"the create does not take this schedule{why}", help_text)
        return
    if objection(text) and not objection(kept):
        message = "Quartz refuses a schedule with `UTC`, and whether the Agent API cuts that off is not known"
        help_text = "leave it out: every schedule is in UTC"
        yield diagnostic("R541", _SCHEDULE, message, help_text, severity=Severity.WARNING)
    if never := objection(kept):
        why = "" if is_hidden else f": {never}"
        yield diagnostic("R541", _SCHEDULE, f"this schedule never starts a sync{why}", _ANOTHER)
    elif not next_times(kept, now, 1):
        message = "this schedule never starts a sync: it names no moment that is still to come"
        yield diagnostic("R541", _SCHEDULE, message, "write one that does, or leave the schedule out")
    elif (interval := shortest_interval(kept, now)) is not None and interval < _AN_HOUR:
        apart = "less than an hour" if is_hidden else f"only {interval_words(interval)}"
        message = f"syncs may start {apart} apart, for every customer"
        yield diagnostic(
            "R542", _SCHEDULE, message, "write a schedule with an hour or more between two syncs"
        )


def _destination(subject: Subject) -> Iterator[Diagnostic]:
    """R543: values of a destination's configuration that its specification does not take."""
    schema = connection_schema(subject.specification)
    if schema is None:
        return
    try:
        found = findings_of(violations_of(subject.manifest.presets, schema))
    except (UncheckableSchema, NotKnown):
        message = "the configuration was not checked: this destination's specification cannot be evaluated"
        yield diagnostic("R543", preset_pointer(()), message, "look at it twice", severity=Severity.WARNING)
        return
    for each in found:
        where, message, way_out = _told(each)
        yield diagnostic("R543", preset_pointer(where), message, way_out, on_key=each.kind == "surplus")


def _told(finding: Finding) -> tuple[tuple[str | int, ...], str, str]:
    """The place, what is wrong with it, and what to do. Without any value of the manifest."""
    path, where = finding.path, f" in {field(finding.path)}" if finding.path else ""
    if finding.option:
        where += f' of the option "{finding.option}"'
    if finding.kind == "missing":
        return path, f"the destination requires {named(finding.names)}{where}", f"add {named(finding.names)}"
    if finding.kind == "surplus":
        name = finding.names[0]
        return (*path, name), f"the destination does not know {named(finding.names)}{where}", "remove it"
    if finding.kind == "ambiguous":
        message = f"{field(path)} fits more than one of the destination's options"
        return path, message, "add what tells the options apart"
    return path, f"{field(path)} {complaint(finding.violations)}", f"write {allowed(finding.violations)}"
