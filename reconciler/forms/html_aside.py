"""What stands beside a form and no customer sees: the values that the template fixes, and what nobody can set. Pure."""

from __future__ import annotations

from reconciler.forms.markup import Markup, element, joined, short
from reconciler.forms.parts import Form, Preset


def aside_markup(form: Form) -> Markup:
    """Nothing when the template fixes nothing and leaves nothing out."""
    return joined((_presets(form.presets), _never_asked(form.never_asked)))


def _presets(presets: tuple[Preset, ...]) -> Markup:
    if not presets:
        return Markup()
    return element(
        "div",
        element("p", "Fixed by this template", class_="card-title"),
        element("dl", *(_preset(preset) for preset in presets)),
        class_="presets",
    )


def _preset(preset: Preset) -> Markup:
    path = element("code", short(preset.path))
    name = (element("span", short(preset.title)), path) if preset.title else (path,)
    notes = []
    if preset.is_asked:
        notes.append(element("span", "asked for in the form too", class_="preset-note"))
    value = (
        element("span", preset.value, class_="masked") if preset.is_secret else element("code", preset.value)
    )
    return element("div", element("dt", *name), element("dd", value, *notes))


def _never_asked(places: tuple[str, ...]) -> Markup:
    if not places:
        return Markup()
    return element(
        "div",
        element("p", "Nobody can set", class_="card-title"),
        element("p", "Optional fields of the connector that an inferred form leaves out.", class_="quiet"),
        element("p", *(element("code", place) for place in places), class_="codes"),
        class_="presets never",
    )
