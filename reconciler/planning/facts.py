"""What a manifest says as one object, with or without the values of variables, and digests of such facts. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, pointer_segments
from reconciler.model.template import CONNECTION_TEMPLATE, PRESETS_NAME, Manifest

PRESETS, FORM = "partialDefaultConfig", "partialUserConfigSpec"
"""What the API and the manifests call presets and form."""
_DESTINATION = PRESETS_NAME[CONNECTION_TEMPLATE]


def digest_of(value: JsonValue) -> str:
    """`sha256:` and the hex digest of the canonical text. Lone surrogates do not break it."""
    digest = hashlib.sha256()
    for piece in _pieces(value):
        digest.update(piece.encode("utf-8", "surrogatepass"))
    return f"sha256:{digest.hexdigest()}"


def _pieces(value: JsonValue) -> Iterator[str]:
    """The canonical text in pieces: a list that ends in a list or an object is never written out as a whole."""
    if isinstance(value, list) and value and isinstance(value[-1], list | dict):
        yield "["
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from _pieces(item)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for number, key in enumerate(sorted(value)):
            yield f"{',' if number else ''}{canonical_json(key)}:"
            yield from _pieces(value[key])
        yield "}"
    else:
        yield canonical_json(value)


def with_places(
    presets: JsonValue, form: JsonValue, pointers: Iterable[str], value: JsonValue = None
) -> dict[str, JsonValue]:
    """Presets and form under their names in a source template's `spec`, with `value` at these places (pointers from the document's
    root). The presets of a connection template count as a source template's.
    """
    filled: JsonValue = {PRESETS: presets, FORM: form}
    for place in sorted(pointers):
        path = pointer_segments(place.removeprefix("/spec"))
        filled = _put(filled, (PRESETS, *path[1:]) if path[:1] == (_DESTINATION,) else path, value)
    return filled if isinstance(filled, dict) else {}


def spec_of(manifest: Manifest, *, with_variables: bool) -> JsonObject:
    """Presets and settings under their names in the manifest's `spec`. Without variables with null in place of their values."""
    cut: JsonValue = manifest.settings | {PRESETS_NAME[manifest.kind]: manifest.presets}
    for place in () if with_variables else sorted(manifest.variable_pointers):
        cut = _put(cut, pointer_segments(place.removeprefix("/spec")), None)
    return cut if isinstance(cut, dict) else {}


def _put(holder: JsonValue, path: tuple[str, ...], value: JsonValue) -> JsonValue:
    """A copy of `holder` with `value` at `path`. Unchanged where the path leads nowhere."""
    if not path:
        return value
    if isinstance(holder, Mapping) and path[0] in holder:
        return {**holder, path[0]: _put(holder[path[0]], path[1:], value)}
    if isinstance(holder, list) and path[0].isdigit() and int(path[0]) < len(holder):
        index = int(path[0])
        return [*holder[:index], _put(holder[index], path[1:], value), *holder[index + 1 :]]
    return holder
