"""What a template fixes, as rows: path, title, value; secrets masked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.connectors.specification.place import Place
from reconciler.connectors.specification.secrets import looks_secret, secret_pointers
from reconciler.forms.control import shown_value, text_of
from reconciler.forms.masking import SENSITIVE
from reconciler.forms.parts import Preset
from reconciler.model.connector import connection_schema
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.text import clipped

_MAX_VALUE = 300
_Path = tuple[str, ...]


def preset_rows(
    presets: JsonObject, specifications: Iterable[JsonObject | None], asked: Sequence[str]
) -> tuple[Preset, ...]:
    """One row for each value, in the order of the manifest; empty objects count as values.

    `specifications` are those that say what is secret and what things are called: the connector's, the form. `asked` are the
    JSON pointers of the places that the form asks for. A name that looks like a secret is masked even where a specification calls it none.
    """
    schemas = [schema for each in specifications if (schema := connection_schema(each)) is not None]
    secret = secret_pointers(presets, schemas)
    places = [Place((schema,), schema) for schema in schemas]
    return tuple(_row(path, value, places, secret, asked) for path, value in _leaves(presets, (), secret))


def _leaves(value: JsonValue, path: _Path, secret: frozenset[str]) -> Iterator[tuple[_Path, JsonValue]]:
    if isinstance(value, dict) and (value or not path) and pointer(path) not in secret:
        for name, item in value.items():
            yield from _leaves(item, (*path, name), secret)
    else:
        yield path, value


def _row(
    path: _Path, value: JsonValue, places: list[Place], secret: frozenset[str], asked: Sequence[str]
) -> Preset:
    where = pointer(path)
    # An array holds secrets when one of its items does.
    is_secret = any(each == where or each.startswith(f"{where}/") for each in secret)
    is_secret = is_secret or any(looks_secret(name) for name in path[-1:])
    return Preset(
        path=".".join(path),
        title=next((title for place in places if (title := _title(place, path))), ""),
        value=SENSITIVE
        if is_secret
        else clipped(shown_value(value) if value is not None else "null", _MAX_VALUE),
        is_secret=is_secret,
        is_asked=any(
            f"{where}/".startswith(f"{each}/") or f"{each}/".startswith(f"{where}/") for each in asked
        ),
    )


def _title(place: Place, path: _Path) -> str:
    found: Place | None = place
    for name in path:
        found = found.member(name) if found is not None else None
    nodes = found.nodes if found is not None else ()
    return next((title for node in nodes if (title := text_of(node.get("title")))), "")
