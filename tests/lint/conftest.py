"""Manifests for the tests of lint and guard: a form, presets, and a connector's specification, each as its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import factories
import pytest

from reconciler.connectors.lint.keyword_rules import fields_of_no_type, ignored_keywords
from reconciler.connectors.lint.lint import LINT_RULES, lint
from reconciler.connectors.lint.secret_guard import secret_guard
from reconciler.connectors.lint.secret_texts import certain_secrets
from reconciler.connectors.lint.subject import Subject
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Connector, Manifest

Make = Callable[..., Manifest]
Check = Callable[..., tuple[Diagnostic, ...]]


@pytest.fixture
def make() -> Make:
    """A manifest. `form` and `spec` are connection specifications, None for none; `more` and `known` are what stands beside them in
    the form and in the connector's specification; `variables` are pointers that `!env` filled in.
    """

    def build(
        form: dict[str, Any] | None = None,
        *,
        spec: dict[str, Any] | None = None,
        presets: dict[str, Any] | None = None,
        more: dict[str, Any] | None = None,
        known: dict[str, Any] | None = None,
        name: str | None = "Crm",
        variables: tuple[str, ...] = (),
    ) -> Manifest:
        specification = None if spec is None else {"connectionSpecification": spec, **(known or {})}
        connector = Connector(factories.CRM.id, "source-crm", name, specification=specification)
        whole = None if form is None else {"connectionSpecification": form, **(more or {})}
        return factories.manifest(
            connector=connector, presets=presets, spec=whole, variables=frozenset(variables)
        )

    return build


@pytest.fixture
def linted(make: Make) -> Check:
    """What lint says about such a manifest, but for what the form ignores: that has tests of its own (`test_lint_ignored.py`)."""
    rules = tuple(rule for rule in LINT_RULES if rule not in (ignored_keywords, fields_of_no_type))
    return lambda *form, **rest: lint(Subject(make(*form, **rest)), rules)


@pytest.fixture
def guarded(make: Make) -> Check:
    """What the guard says about such a manifest; its quick form for errors alone has to say the same ones, each time."""

    def check(*form: Any, **rest: Any) -> tuple[Diagnostic, ...]:
        manifest = make(*form, **rest)
        advice = secret_guard(Subject(manifest))
        assert certain_secrets(manifest) == tuple(a for a in advice if a.severity is Severity.ERROR)
        return advice

    return check
