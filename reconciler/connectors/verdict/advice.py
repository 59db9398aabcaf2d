"""What to tell the author of a manifest about the server's verdict: rules R401 to R420. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.server.work import NotKnown, TooMuchWork
from reconciler.connectors.verdict.case import CONNECTOR, Case
from reconciler.connectors.verdict.corrupted import corruption_advice
from reconciler.connectors.verdict.failed import failure_advice
from reconciler.connectors.verdict.refused import refusal_advice
from reconciler.connectors.verdict.rules import NOT_KNOWN, WITHDRAWN
from reconciler.connectors.verdict.verdict import form_variable_texts
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.template import Manifest
from reconciler.model.verdict import Verdict


def verdict_advice(
    manifest: Manifest, verdict: Verdict | NotKnown | None, *, seeks_remedies: bool = True
) -> tuple[Diagnostic, ...]:
    """One error for each thing that keeps the server from storing what the manifest says; () when nothing does.

    `verdict` is what `judged` says of the manifest. Each names the place that causes it, quotes
    the server, and names ways out that were tried on the server's rules, with `seeks_remedies`.
    Everything here is an error: a create cannot be taken back.
    """
    if manifest.connector.tombstone:
        return (_withdrawn_advice(manifest),)
    specification = manifest.connector.specification
    if specification is None or verdict is None or (isinstance(verdict, Verdict) and verdict.is_safe):
        return ()
    if isinstance(verdict, NotKnown):
        return (unknown_advice(verdict),)
    case = Case(specification, manifest.presets, manifest.form, seeks_remedies)
    return tuple(_advice(case, manifest, verdict))


def _withdrawn_advice(manifest: Manifest) -> Diagnostic:
    """The error about a connector that the lock marks with a tombstone."""
    named = manifest.connector.repository or manifest.connector.id
    message = f"{named} was withdrawn: Airbyte would store the template, answer 404, and show it in no list"
    return WITHDRAWN.advice(CONNECTOR, message, "take the connector that replaces it")


def unknown_advice(reason: NotKnown) -> Diagnostic:
    """The error about a create whose answer is not known."""
    message = f"what Airbyte would answer to the create is not known: {reason}"
    if isinstance(reason, TooMuchWork):
        help_text = "make the presets smaller, or look at what the connector's schema in connectors.lock.json multiplies"
    else:
        help_text = "write the connector's schema without it, or use the connector's id without a lock: then nothing is checked"
    return NOT_KNOWN.advice(CONNECTOR, message, help_text)


def _advice(case: Case, manifest: Manifest, verdict: Verdict) -> Iterator[Diagnostic]:
    if verdict.status == 200:
        yield from corruption_advice(case, verdict.corrupted)
    elif verdict.status == 422:
        yield from refusal_advice(case, form_variable_texts(manifest))
    else:
        connector = manifest.connector
        yield failure_advice(case, connector.repository or connector.id, verdict.messages[0])
