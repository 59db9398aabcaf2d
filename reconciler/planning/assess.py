"""What can be known about one manifest before anything is sent: the server's answer, the customer's form, what rules say.

Used for every manifest by `validate`, and by the plan for those that would be created or have drifted. Pure; imported only where
it is needed, because the rules read whole specifications.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.connectors.lint.lint import lint
from reconciler.connectors.lint.secret_guard import secret_guard
from reconciler.connectors.lint.selection import MAX_FINDINGS, bounded, without_repeats
from reconciler.connectors.lint.severity import apply_severities
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.verdict.advice import verdict_advice
from reconciler.connectors.verdict.asks import asks_of
from reconciler.connectors.verdict.verdict import judged
from reconciler.model.diagnostic import Diagnostic, SeverityChoice
from reconciler.model.template import Manifest
from reconciler.model.verdict import Asked, Verdict
from reconciler.planning.partial import advice_on_part, is_form_known


@dataclass(frozen=True)
class Assessment:
    """`verdict` is None when the connector's specification, a value of the manifest or the server's answer is not known, or the connector
    was withdrawn; `asked` when the form is not.

    `advice` is what rules found, with the project's severities, as much of it as was asked for and the number of the rest;
    `suppressed` counts what the severities switched off.
    """

    verdict: Verdict | None
    asked: Asked | None
    advice: tuple[Diagnostic, ...]
    suppressed: int


def assess(
    manifest: Manifest,
    severities: Mapping[str, SeverityChoice],
    *,
    with_form: bool = True,
    most: int = MAX_FINDINGS,
) -> Assessment:
    """Everything that is known about a manifest. `severities` are the project's, already checked; without
    `with_form` nobody asks what the customer will see, and `asked` stays None. `most` findings are told in full.
    """
    judgement, seeks_remedies = judged(manifest), most > 0
    secrets = secret_guard(Subject(manifest))
    if manifest.unset_pointers:
        told = advice_on_part(
            manifest, lambda each: _rules(each, judged(each), secrets, seeks_remedies=False)
        )
    else:
        told = _rules(manifest, judgement, secrets, seeks_remedies=seeks_remedies)
    advice, suppressed = apply_severities((*secrets, *told), severities)
    asked = asks_of(manifest) if with_form and is_form_known(manifest) else None
    verdict = judgement if isinstance(judgement, Verdict) else None
    return Assessment(verdict, asked, bounded(advice, most), suppressed)


def _rules(
    manifest: Manifest,
    judgement: Verdict | NotKnown | None,
    secrets: tuple[Diagnostic, ...],
    *,
    seeks_remedies: bool,
) -> tuple[Diagnostic, ...]:
    """What the server would answer and what lint finds beside `secrets`; a remedy could name a stand-in for a value that is not set."""
    expected = verdict_advice(manifest, judgement, seeks_remedies=seeks_remedies)
    return (*expected, *without_repeats(lint(Subject(manifest)), (*secrets, *expected)))
