"""What `connectors lock`, `search` and `show` found, as text and as documents. Pure.

Everything that a registry says goes through `safe_text`: anybody may publish a connector. Values that a specification
holds for a secret field are not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.connectors.registry.lock_change import ChangeKind, LockChange, LockUpdate
from reconciler.connectors.registry.lookup import Held, Hit
from reconciler.connectors.registry.source import EDITIONS
from reconciler.connectors.specification.nodes import Role
from reconciler.connectors.specification.oauth import OAuth, oauth_of
from reconciler.connectors.specification.outline import Part, form_parts
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import SENSITIVE, count, short_text
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.document import problems_document
from reconciler.report.safe_text import PLAIN, Style, safe_text, short_json

MAX_ADDED = 20
"""New connectors shown without `verbose`. The rest is a number. What changed or goes is always shown."""
CELL = 60
"""Characters of a value in a cell. The rest is cut."""
_WIDEST = 200
_SIGNS = {
    ChangeKind.ADDED: ("+", "green"),
    ChangeKind.CHANGED: ("~", "yellow"),
    ChangeKind.REMOVED: ("-", "red"),
}
_SECRET_KEYWORDS = ("default", "const", "enum")
# Keyword and how its value reads in a cell. `{}` is the value.
_CONSTRAINTS = {
    "const": "always {}",
    "enum": "one of {}",
    "format": "format {}",
    "pattern": "pattern {}",
    "pattern_descriptor": "written as {}",
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "in steps of {}",
    "minLength": "{} characters or more",
    "maxLength": "{} characters or less",
    "minItems": "{} items or more",
    "maxItems": "{} items or less",
    "uniqueItems": "items differ: {}",
}


def render_lock(update: LockUpdate, style: Style = PLAIN, *, verbose: bool = False) -> str:
    """One line for each connector that the lock gains, loses or says something else about, then a summary."""
    added = [change for change in update.changes if change.kind is ChangeKind.ADDED]
    unshown = set() if verbose else {id(change) for change in added[MAX_ADDED:]}
    lines = [_change_line(change, style) for change in update.changes if id(change) not in unshown]
    if unshown:
        lines.append(f"  and {len(unshown)} more added (-v shows them)")
    who = _registry_words(update.source)
    for entry in update.kept:
        kept = f"= {short_text(entry.label)} {short_text(entry.version)}: kept, {who} does not know it"
        lines.append(safe_text(kept))
    if update.old_source not in (None, update.source):
        lines.append(safe_text(f"the registry is now {update.source}, was {update.old_source}"))
    return "\n".join([*lines, _lock_summary(update, style)]) + "\n"


def _change_line(change: LockChange, style: Style) -> str:
    sign, colour = _SIGNS[change.kind]
    versions = dict.fromkeys(short_text(each) for each in (change.old_version, change.new_version) if each)
    words = "no manifest names it" if change.kind is ChangeKind.REMOVED else "; ".join(change.words)
    text = f"{short_text(change.entry.label)} {' -> '.join(versions)}{f': {words}' if words else ''}"
    return f"{style.paint(sign, colour)} {safe_text(text)}"


def _lock_summary(update: LockUpdate, style: Style) -> str:
    kinds = Counter(change.kind for change in update.changes)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in ChangeKind if kinds[kind])
    some = "" if update.taken in (None, update.connectors) else f", {update.taken} of them"
    counted = f"{count(update.connectors, 'connector')}{some} from {_registry_words(update.source)}"
    state = (
        f"would change: {counts or 'its source'}" if update.is_check else f"written: {counts or 'its source'}"
    )
    if not update.differs:
        state = "up to date"
    elif not counts and update.old_source in (None, update.source):
        state = f"{'would be written' if update.is_check else 'written'} anew, no connector changed"
    way_out = "; run `reconciler connectors lock`" if update.differs and update.is_check else ""
    return safe_text(f"{update.file}: {counted}") + f"; {style.paint(state, 'bold')}{way_out}."


def _registry_words(source: str) -> str:
    return f"the {source} registry" if source in EDITIONS else source


def lock_document(update: LockUpdate) -> JsonObject:
    """The same for programs. `changed`: the file's bytes are not those of the new lock."""
    changes: list[JsonValue] = [
        {
            "change": str(change.kind),
            "id": change.entry.id,
            "type": str(change.entry.type),
            "repository": change.entry.repository,
            "name": change.entry.name,
            "oldVersion": change.old_version,
            "newVersion": change.new_version,
            "words": list(change.words),
        }
        for change in update.changes
    ]
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "file": update.file,
        "source": update.source,
        "connectors": update.connectors,
        "changed": update.differs,
        "written": update.is_written,
        "skippedDefinitions": update.skipped,
        "changes": changes,
        "kept": [entry.id for entry in update.kept],
        "notes": list(update.notes),
        "problems": problems_document(update.problems),
    }


def render_notes(notes: Iterable[str], style: Style = PLAIN) -> str:
    """Warnings that are about no file, one a line."""
    return "".join(f"{style.paint('Warning', 'yellow')}: {safe_text(note)}\n" for note in notes)


def render_search(hits: Sequence[Hit], style: Style = PLAIN) -> str:
    """A table, one connector a line. "" for none."""
    header = ("NAME", "CONNECTOR", "VERSION", "TYPE", "ID", "FROM")
    rows = [
        (
            hit.entry.name,
            hit.entry.label,
            hit.entry.version,
            hit.entry.type,
            hit.entry.id,
            hit.collection.held,
        )
        for hit in hits
    ]
    return _table(header, rows, style) if rows else ""


def search_document(hits: Sequence[Hit]) -> JsonObject:
    """The connectors found, in the order of the table."""
    return {"formatVersion": PLAN_FORMAT_VERSION, "connectors": [_hit_document(hit) for hit in hits]}


def _hit_document(hit: Hit) -> JsonObject:
    """Which connector, and who says so."""
    entry = hit.entry
    return {
        "id": entry.id,
        "type": str(entry.type),
        "repository": entry.repository,
        "name": entry.name,
        "version": entry.version,
        "from": str(hit.collection.held),
    }


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]], style: Style) -> str:
    """A table, its header dim: columns as wide as their widest cell. Cells on one line, cut and harmless."""
    cells = [header, *(tuple(short_text(safe_text(cell), _WIDEST) for cell in row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return "\n".join([style.paint(lines[0], "dim"), *lines[1:]]) + "\n"


def render_connector(hit: Hit, style: Style = PLAIN) -> str:
    """What a connector is, whether OAuth fills a part of it, and its fields as a table."""
    entry = hit.entry
    facts = [
        ("connector", f"{entry.label} ({entry.type})"),
        ("id", entry.id),
        ("version", entry.version),
        ("from", hit.collection.words),
        *_oauth_facts(oauth_of(entry.specification)),
    ]
    lines = "".join(f"{key:<12}{safe_text(short_text(text, 400))}\n" for key, text in facts)
    rows = [_row(part) for part in _parts(hit)]
    header = ("FIELD", "TYPE", "REQUIRED", "SECRET", "DEFAULT", "CONSTRAINTS")
    fields = _table(header, rows, style) if rows else "No fields.\n"
    return f"{style.paint(safe_text(entry.name), 'bold')}\n{lines}\n{fields}"


def _parts(hit: Hit) -> list[Part]:
    return [part for part in form_parts(hit.entry.specification) if part.role is not Role.FORM]


def _oauth_facts(oauth: OAuth | None) -> Iterator[tuple[str, str]]:
    if oauth is None:
        yield "OAuth", "no"
        return
    yield "OAuth", f"{oauth.flow}, {f'when {oauth.condition}' if oauth.condition else 'always'}"
    if oauth.fills:
        yield "  fills", ", ".join(oauth.filled)
    if oauth.app_needs:
        yield "  its app", f"has to bring {', '.join(oauth.app_needs)}"


def _row(part: Part) -> tuple[str, ...]:
    facts = _facts(part)
    required = ("yes" if part.required else "no") if part.role is Role.FIELD else ""
    default = _cell(facts["default"]) if "default" in facts else ""
    said = [key for key in _CONSTRAINTS if key in facts and not (key == "enum" and "const" in facts)]
    constraints = [
        *(["hidden"] if part.is_hidden else []),
        *(_CONSTRAINTS[key].format(_cell(facts[key])) for key in said),
    ]
    return (
        part.path,
        _type(part),
        required,
        "yes" if part.is_secret else "",
        default,
        ", ".join(constraints),
    )


def _facts(part: Part) -> JsonObject:
    """Default and constraints, in one order. What belongs to a secret is masked."""
    keywords = [key for key in ("default", *_CONSTRAINTS) if key in part.schema]
    hidden = _SECRET_KEYWORDS if part.is_secret else ()
    return {key: SENSITIVE if key in hidden else part.schema[key] for key in keywords}


def _cell(value: JsonValue) -> str:
    if isinstance(value, list):
        return " | ".join(map(_cell, value[:6])) + (f" | {len(value) - 6} more" if len(value) > 6 else "")
    return short_text(value, CELL) if isinstance(value, str) and value else short_json(value, CELL)


def _type(part: Part) -> str:
    if part.role is Role.OPTION:
        return "option"
    kind, options = part.schema.get("type"), part.schema.get("oneOf")
    if isinstance(options, list) and options:
        return f"one of {len(options)}"
    if isinstance(kind, list):
        return " or ".join(str(each) for each in kind)
    return kind if isinstance(kind, str) else "any"


def connector_document(hit: Hit) -> JsonObject:
    """The same for programs. `fields` hold the options of choices and the items of lists too, each by its path."""
    oauth = oauth_of(hit.entry.specification)
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "connector": _hit_document(hit),
        "specificationIsCut": hit.collection.held is Held.BUILTIN,
        "oauth": None if oauth is None else _oauth_document(oauth),
        "fields": [_field_document(part) for part in _parts(hit)],
    }


def _oauth_document(oauth: OAuth) -> JsonObject:
    return {
        "flow": oauth.flow,
        "condition": oauth.condition,
        "fills": list(oauth.filled),
        "appNeeds": list(oauth.app_needs),
    }


def _field_document(part: Part) -> JsonObject:
    facts = _facts(part)
    default: JsonObject = {"default": facts.pop("default")} if "default" in facts else {}
    return {
        "path": part.path,
        "role": part.role.name.lower(),
        "type": part.schema.get("type"),
        "required": part.required,
        "secret": part.is_secret,
        "hidden": part.is_hidden,
        "title": part.schema.get("title"),
        "description": part.schema.get("description"),
        **default,
        "constraints": facts,
    }
