"""The secrets that are certain, quickly: every run asks for them before it connects to anything. Pure.

The guard itself is imported only when a manifest may have something for it.
"""

from __future__ import annotations

import json

from reconciler.connectors.lint.secret_guard_text import has_trace
from reconciler.connectors.lint.selection import MAX_FINDINGS, bounded
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonValue
from reconciler.model.template import Manifest


def certain_secrets(manifest: Manifest, most: int = MAX_FINDINGS) -> tuple[Diagnostic, ...]:
    """The errors of `secret_guard`, the same ones in the same order; of more than `most` the rest as a number.

    Without a specification only a field that the form marks, or the form of a text itself, makes a secret certain; neither
    can hide from a search of the JSON text.
    """
    if manifest.connector.specification is None:
        written: list[JsonValue] = [manifest.presets, manifest.form]
        if not has_trace(json.dumps(written, ensure_ascii=False)):
            return ()
    from reconciler.connectors.lint.secret_guard import secret_guard
    from reconciler.connectors.lint.subject import Subject

    found = secret_guard(Subject(manifest))
    return bounded(tuple(advice for advice in found if advice.severity is Severity.ERROR), most)
