"""Which texts of a form must not be shown. Pure.

Secret are the values that stand in a secret field or under a name that looks like one (default, const, enum, examples), and every
text that came from `!env`. The words around them, and whatever decides how the form is built, stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.connectors.specification.schema import takes_secret
from reconciler.connectors.specification.secrets import looks_secret
from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments

SENSITIVE = "(sensitive)"
FORM = "/spec/partialUserConfigSpec"
PRESETS = "/spec/partialDefaultConfig"
_SHOWN = frozenset(
    {
        "title",
        "description",
        "default",
        "const",
        "enum",
        "examples",
        "pattern_descriptor",
        "minimum",
        "maximum",
    }
)


def has_secret_values(name: str, schema: JsonObject) -> bool:
    """Whether what a field is filled with must not be shown."""
    return takes_secret(schema) or looks_secret(name)


def without_variables(value: JsonValue, pointers: Iterable[str], root: str) -> JsonValue:
    """A copy of a form or of presets in which nothing is left of the values of variables. Shares what it does not replace.

    `pointers` point from the manifest document's root, as `Manifest.variable_pointers` do; `root` is the place of `value` there.
    Array indexes are ignored, since two arrays are seldom aligned. In a form (`root` FORM), only what is shown is replaced.
    """
    for place in sorted(pointers):
        if place == root or place.startswith(f"{root}/"):
            value = _replaced(value, pointer_segments(place.removeprefix(root)), is_shown=root == PRESETS)
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
