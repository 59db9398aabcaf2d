"""What a template fixes, as rows: path, title, value; secrets masked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.connectors.lint.place import Place
from reconciler.connectors.server.secret_paths import looks_secret, secret_pointers
from reconciler.forms.control import shown_value, text_of
from reconciler.forms.masking import SENSITIVE
from reconciler.forms.parts import Preset
from reconciler.model.json_value import JsonObject, JsonValue, pointer

_MAX_VALUE = 300
_Path = tuple[str, ...]


def preset_rows(
    presets: JsonObject, specifications: Iterable[JsonObject | None], asked: Iterable[_Path]
) -> tuple[Preset, ...]:
    """One row for each value, in the order of the manifest; empty objects count as values.

    `specifications` are those that say what is secret and what things are called: the connector's, the form. `asked` are the
    places that the form asks for. A name that looks like a secret is masked even where a specification calls it none.
    """
    schemas = [schema for each in specifications if (schema := _schema(each)) is not None]
    secret = secret_pointers(presets, schemas)
    places = [Place((schema,), schema) for schema in schemas]
    taken = tuple(pointer(path) for path in asked)
    return tuple(_row(path, value, places, secret, taken) for path, value in _leaves(presets, (), secret))


def _schema(specification: JsonObject | None) -> JsonObject | None:
    schema = specification.get("connectionSpecification") if specification else None
    return schema if isinstance(schema, dict) else None


def _leaves(value: JsonValue, path: _Path, secret: frozenset[str]) -> Iterator[tuple[_Path, JsonValue]]:
    if isinstance(value, dict) and (value or not path) and pointer(path) not in secret:
        for name, item in value.items():
            yield from _leaves(item, (*path, name), secret)
    else:
        yield path, value


def _row(
    path: _Path, value: JsonValue, places: list[Place], secret: frozenset[str], taken: tuple[str, ...]
) -> Preset:
    where = pointer(path)
    # An array holds secrets when one of its items does.
    is_secret = any(each == where or each.startswith(f"{where}/") for each in secret)
    is_secret = is_secret or any(looks_secret(name) for name in path[-1:])
    return Preset(
        path=".".join(path),
        title=next((title for place in places if (title := _title(place, path))), ""),
        value=SENSITIVE if is_secret else _cut(shown_value(value) if value is not None else "null"),
        is_secret=is_secret,
        is_asked=any(
            f"{where}/".startswith(f"{each}/") or f"{each}/".startswith(f"{where}/") for each in taken
        ),
    )


def _title(place: Place, path: _Path) -> str:
    found: Place | None = place
    for name in path:
        found = found.member(name) if found is not None else None
    nodes = found.nodes if found is not None else ()
    return next((title for node in nodes if (title := text_of(node.get("title")))), "")


def _cut(text: str) -> str:
    return (
        text
        if len(text) <= _MAX_VALUE
        else f"{text[:_MAX_VALUE]}... ({len(text) - _MAX_VALUE} more characters)"
    )
