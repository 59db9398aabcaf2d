"""No false alarm on real specifications: those of the built-in connectors, as inferred forms and as forms of their own."""

from __future__ import annotations

import factories
import pytest

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.lint.lint import lint
from reconciler.connectors.lint.secret_guard import secret_guard
from reconciler.connectors.lint.subject import Subject
from reconciler.model.diagnostic import Severity
from reconciler.model.template import Connector

CONNECTORS = builtin_catalogue().connectors


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda connector: connector.repository)
def test_an_inferred_form_without_presets_has_no_findings(connector: Connector) -> None:
    manifest = factories.manifest(connector=connector)
    assert (lint(Subject(manifest)), secret_guard(Subject(manifest))) == ((), ())


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda connector: connector.repository)
def test_a_connectors_own_specification_is_a_form_without_errors_and_secrets(connector: Connector) -> None:
    manifest = factories.manifest(connector=connector, spec=connector.specification)
    assert [advice for advice in lint(Subject(manifest)) if advice.severity is Severity.ERROR] == []
    assert secret_guard(Subject(manifest)) == ()


def test_a_manifest_without_a_specification_says_nothing_about_the_connector() -> None:
    manifest = factories.manifest(connector=factories.CRM, presets={"anything": 1}, spec=factories.form())
    assert (lint(Subject(manifest)), secret_guard(Subject(manifest))) == ((), ())
