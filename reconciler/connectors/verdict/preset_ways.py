"""Ways out that change the presets: presetting a field, completing a preset, taking one away. Pure.

Each function takes a case and a finding and offers remedies that may help; nothing is proved here. No secret is ever
proposed as a preset.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.scaffold.samples import fitting_value
from reconciler.connectors.verdict.case import SCHEMA, Case
from reconciler.connectors.verdict.edits import Path, value_at
from reconciler.connectors.verdict.findings import Finding
from reconciler.connectors.verdict.form_ways import default_in_form
from reconciler.connectors.verdict.remedy import Remedy, described_by_connector, discriminators
from reconciler.connectors.verdict.words import as_json, field, named
from reconciler.model.json_value import JsonValue


def preset_instead(case: Case, finding: Finding) -> Iterator[Remedy]:
    """Inferred forms only: a preset at the root is not asked any more, unless it is an OAuth name."""
    name = finding.path[0] if finding.path else None
    if case.form is not None or not isinstance(name, str) or name in case.oauth_names | case.presets.keys():
        return
    for value in _top_values(case, finding):
        words = f"preset {_how(name, value)}; customers are then not asked)"
        yield Remedy(words, case.with_presets((name,), value))


def preset_beside(case: Case, finding: Finding) -> Iterator[Remedy]:
    """What the form does not require, the server does not answer itself: then the preset is what it looks at."""
    name = finding.path[0] if finding.path else None
    if case.form is None or not isinstance(name, str):
        return
    optional = case.without_required((SCHEMA,), name)
    words = f"take {field((name,))} out of the form's `required`"
    if name in case.presets:
        yield Remedy(f"{words}: then the preset counts, and customers can still change it", optional)
        return
    for value in _top_values(case, finding):
        after = optional.with_presets((name,), value)
        yield Remedy(f"{words} and preset {_how(name, value)}; customers can still change it)", after)


def _how(name: str, value: JsonValue) -> str:
    return f"it (for example `partialDefaultConfig: {as_json({name: value})}`"


def _top_values(case: Case, finding: Finding) -> Iterator[JsonValue]:
    """A value for the whole field at the root, when it has one that is no secret."""
    name = finding.path[0]
    if len(finding.path) == 1:
        found = fitting_value(finding.violations[0].schema)
    else:
        mended = next(default_in_form(case, finding), None)
        value = value_at(None if mended is None else mended.case.mock, (name,))
        found = (value,) if isinstance(value, list) else ()
    if found and not case.is_secret(finding.path):
        yield found[0]


def discriminator_in_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    """What tells the options apart, added to the preset."""
    if isinstance(value_at(case.presets, finding.path), dict):
        for name, values in discriminators(finding):
            for value in values:
                after = case.with_presets((*finding.path, name), value)
                yield Remedy(f"add {as_json({name: value})} to the preset", after)


def complete_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The missing members, where none of them is a secret."""
    after = case
    for name in finding.names:
        path = (*finding.path, name)
        found = fitting_value(described_by_connector(finding, name))
        if not found or case.is_secret(path):
            return
        after = after.with_presets(path, found[0])
    is_inside = finding.path and isinstance(value_at(case.presets, finding.path), dict)
    yield Remedy(
        f"add {named(finding.names)} to the preset" if is_inside else f"preset {named(finding.names)}", after
    )


def without_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    """Without the preset the customer is asked, where the form has the field; else the connector may do without it."""
    name = finding.path[0] if finding.path else None
    if not isinstance(name, str) or name not in case.presets:
        return
    after = case.without_preset((name,))
    is_asked = isinstance(value_at(after.user_form, (SCHEMA, "properties", name)), dict)
    asked = ", so that customers are asked for it" if is_asked else ""
    yield Remedy(f"remove the preset {field((name,))}{asked}", after)


def leave_out_preset(case: Case, finding: Finding) -> Iterator[Remedy]:
    """The preset loses what the connector does not know."""
    for path in _surplus_paths(finding):
        if not isinstance(value_at(case.presets, path[:-1]), dict):
            return
        case = case.without_preset(path)
    yield Remedy("remove it" if len(finding.names) < 2 else "remove them", case)


def _surplus_paths(finding: Finding) -> tuple[Path, ...]:
    return tuple((*finding.path, name) for name in finding.names) if finding.names else (finding.path,)
