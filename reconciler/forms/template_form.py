"""The form of a manifest, as written or as the server would infer it, and that of a live template. Pure.

Nothing is left in it of secrets (`build`), and of the values that came from `!env`: of those only what decides how the form is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconciler.connectors.lint.subject import FORM, PRESETS, Subject
from reconciler.connectors.specification.place import Place, place_of
from reconciler.connectors.specification.secrets import leaves, looks_secret, secret_pointers
from reconciler.connectors.verdict.verdict import questions_of
from reconciler.forms.build import build_form, shown_value
from reconciler.forms.parts import Form, NoForm, Preset
from reconciler.model.json_value import JsonObject, JsonValue, pointer, pointer_segments
from reconciler.model.template import CONNECTION_TEMPLATE, LiveTemplate, Manifest
from reconciler.model.text import SENSITIVE, clipped
from reconciler.model.verdict import Ask

_MAX_VALUE = 300
_SHOWN = frozenset({
    "title", "description", "default", "const", "enum", "examples", "pattern_descriptor", "minimum", "maximum",
})  # fmt: skip
_NOT_LOCKED = (
    "The form is left to Airbyte, and the specification of {connector} is not in connectors.lock.json."
)
_LOCK = "Run `reconciler connectors lock`."
_NOT_INFERABLE = "Airbyte cannot infer a form for {connector}: the create would fail."
_WRITE = "Write the form into the manifest as partialUserConfigSpec."

_Path = tuple[str, ...]


def form_of_manifest(manifest: Manifest, *, is_for_agents: bool = False) -> Form | NoForm:
    """The form that the customer gets when the manifest is what the server holds. `is_for_agents`: the server speaks the Agent API, or
    may. It takes no form, so a manifest that writes one is for the other.
    """
    if manifest.kind == CONNECTION_TEMPLATE:
        return NoForm("A connection template has no form: it asks customers nothing.", "")
    if (is_for_agents and manifest.form is None) or manifest.settings or manifest.clone_of is not None:
        return NoForm("The server of the Agent API makes the form from the connector's specification.", "")
    form, connector = Subject(manifest).effective_form, manifest.connector
    if form is None and connector.specification is None:
        return NoForm(_NOT_LOCKED.format(connector=connector.label), _LOCK)
    if form is None:
        return NoForm(_NOT_INFERABLE.format(connector=connector.label), _WRITE)
    asked = questions_of(manifest)
    shown = _form(manifest, form, manifest.presets, asked.fields if asked else ())
    never = asked.dropped if asked else ()
    return replace(shown, never_asked=tuple(".".join(pointer_segments(place)) for place in never))


def form_of_live(template: LiveTemplate, manifest: Manifest) -> Form:
    """The form that customers have now, with the secrets in it that the manifest's connector and variables mark."""
    asked = questions_of(replace(manifest, form=template.form, presets=template.presets))
    return _form(manifest, template.form, template.presets, asked.fields if asked else ())


def _form(manifest: Manifest, form: JsonObject, presets: JsonObject, asks: tuple[Ask, ...]) -> Form:
    shown = without_variables(form, manifest.variable_pointers, FORM)
    fixed = without_variables(presets, manifest.variable_pointers, PRESETS)
    rows = preset_rows(fixed, (form, manifest.connector.specification), [ask.path for ask in asks])
    return replace(build_form(shown), presets=rows)


def preset_rows(
    presets: JsonObject, specifications: Iterable[JsonObject | None], asked: Sequence[str]
) -> tuple[Preset, ...]:
    """One row for each value, in the order of the manifest. Empty objects count as values.

    `specifications` are those that say what is secret and what things are called: the connector's, the form. `asked` are the
    JSON pointers of the places that the form asks for. A name that looks like a secret is masked even where a specification calls it none.
    """
    places = [place for each in specifications if (place := place_of(each)) is not None]
    secret = secret_pointers(presets, [place.root for place in places])
    return tuple(_row(path, value, places, secret, asked) for path, value in leaves(presets, secret))


def _row(
    path: _Path, value: JsonValue, places: list[Place], secret: frozenset[str], asked: Sequence[str]
) -> Preset:
    where = pointer(path)
    # An array holds secrets when one of its items does.
    is_secret = any(each == where or each.startswith(f"{where}/") for each in secret)
    is_secret = is_secret or any(looks_secret(name) for name in path[-1:])
    known = [found for place in places if (found := place.at(path)) is not None]
    text = SENSITIVE if is_secret else clipped("null" if value is None else shown_value(value), _MAX_VALUE)
    return Preset(
        path=".".join(path),
        title=next((found.title for found in known if found.title), ""),
        value=text,
        is_secret=is_secret,
        is_asked=any(f"{where}/".startswith(f"{e}/") or f"{e}/".startswith(f"{where}/") for e in asked),
    )


def without_variables(value: JsonObject, pointers: Iterable[str], root: str) -> JsonObject:
    """A copy of a form or of presets in which nothing is left of the values of variables. Shares what it does not replace.

    `pointers` point from the manifest document's root, as `Manifest.variable_pointers` do. `root` is the place of `value` there.
    Array indexes are ignored, since two arrays are seldom aligned. In a form (`root` FORM), only what is shown is replaced.
    """
    for place in sorted(pointers):
        if place == root or place.startswith(f"{root}/"):
            path = pointer_segments(place.removeprefix(root))
            replaced = _replaced(value, path, is_shown=root == PRESETS)
            value = replaced if isinstance(replaced, dict) else {}
    return value


def _replaced(value: JsonValue, path: tuple[str, ...], *, is_shown: bool) -> JsonValue:
    if not path:
        return SENSITIVE if is_shown else value
    if isinstance(value, dict):
        if path[0] not in value:
            return value
        below = _replaced(value[path[0]], path[1:], is_shown=is_shown or path[0] in _SHOWN)
        return {**value, path[0]: below}
    if isinstance(value, list):
        return [_replaced(item, path[1:], is_shown=is_shown) for item in value]
    return value
