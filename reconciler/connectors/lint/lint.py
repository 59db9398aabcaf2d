"""The lint rules, R5xx: what is wrong with a manifest's form and presets before the server is asked. Pure.

Each rule is a record and a small function, in the module of its subject; this module only knows the list. A rule that needs
the connector's specification says nothing without one. What the server will answer is the verdict's business (R4xx), secrets
that stand in git are the guard's (R6xx).
"""

from __future__ import annotations

from reconciler.connectors.lint.connector import CONNECTOR_RULES
from reconciler.connectors.lint.defaults import DEFAULT_RULES
from reconciler.connectors.lint.deprecated import DEPRECATED_RULES
from reconciler.connectors.lint.fields import FIELD_RULES
from reconciler.connectors.lint.form_build import FORM_BUILD_RULES
from reconciler.connectors.lint.ignored import IGNORED_RULES
from reconciler.connectors.lint.keywords import KEYWORD_RULES
from reconciler.connectors.lint.oauth import OAUTH_RULES
from reconciler.connectors.lint.presets import PRESET_RULES
from reconciler.connectors.lint.rule import LintRule
from reconciler.connectors.lint.subject import Subject
from reconciler.model.diagnostic import Diagnostic

LINT_RULES: tuple[LintRule, ...] = (
    *FORM_BUILD_RULES,
    *FIELD_RULES,
    *DEFAULT_RULES,
    *KEYWORD_RULES,
    *IGNORED_RULES,
    *CONNECTOR_RULES,
    *DEPRECATED_RULES,
    *PRESET_RULES,
    *OAUTH_RULES,
)


def lint(subject: Subject, rules: tuple[LintRule, ...] = LINT_RULES) -> tuple[Diagnostic, ...]:
    """What the rules find in one manifest, sorted by pointer and rule, equal findings once. Touches nothing.

    No value of the manifest is ever quoted, only names. Severities are the rules' own: `apply_severities` changes them.
    """
    found = {advice for rule in rules for advice in rule.check(subject)}
    return tuple(sorted(found, key=lambda advice: (advice.pointer, advice.rule, advice.message)))
