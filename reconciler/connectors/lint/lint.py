"""The lint rules, R5xx: what is wrong with a manifest's form and presets before the server is asked. Pure.

Each rule is a small function in the module of its subject. This module only knows the list, and `rules.json` the texts. A rule that
needs the connector's specification says nothing without one. What the server will answer is the verdict's business (R4xx), secrets in
git are the guard's (R6xx).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from reconciler.connectors.lint import connector_rules, field_rules, form_rules, keyword_rules, preset_rules
from reconciler.connectors.lint.subject import Subject
from reconciler.model.diagnostic import Diagnostic

Check: TypeAlias = Callable[[Subject], Iterator[Diagnostic]]
"""Finds the cases of a rule in one manifest. Stays silent about what the subject does not know."""

LINT_RULES: tuple[Check, ...] = (
    form_rules.root_is_no_object,
    form_rules.unbuildable_forms,
    form_rules.options_alike,
    form_rules.untitled_options,
    form_rules.letters_for_java,
    field_rules.untitled_fields,
    field_rules.repeated_orders,
    field_rules.choices_of_one,
    field_rules.required_without_field,
    field_rules.hidden_required_fields,
    field_rules.unfit_defaults,
    keyword_rules.misspelt_keywords,
    keyword_rules.useless_keywords,
    keyword_rules.unknown_types,
    keyword_rules.ignored_keywords,
    keyword_rules.fields_of_no_type,
    connector_rules.unknown_fields,
    connector_rules.other_types,
    connector_rules.shown_secrets,
    connector_rules.missing_required_fields,
    connector_rules.deprecated_connector,
    connector_rules.deprecated_fields,
    preset_rules.unknown_presets,
    preset_rules.presets_that_are_asked,
    preset_rules.presets_against_oauth,
    preset_rules.oauth_without_fields,
    preset_rules.tokens_without_oauth,
    preset_rules.foreign_variables,
)

AGENTS_RULES: tuple[Check, ...] = (
    connector_rules.deprecated_connector,
    connector_rules.deprecated_fields,
    preset_rules.unknown_presets,
    preset_rules.foreign_variables,
)
"""Those that hold where nobody writes a form, and nobody knows the one that the server makes."""


def lint(subject: Subject, rules: tuple[Check, ...] = LINT_RULES) -> tuple[Diagnostic, ...]:
    """What the rules find in one manifest, sorted by pointer and rule, equal findings once. Touches nothing.

    No value of the manifest is ever quoted, only names. Severities are the rules' own: `apply_severities` changes them.
    """
    found = {each for check in rules for each in check(subject)}
    return tuple(sorted(found, key=lambda each: (each.pointer, each.rule, each.message)))
