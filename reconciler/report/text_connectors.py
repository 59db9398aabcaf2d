"""What `connectors lock` and `connectors search` found, as text and as documents. Pure.

Everything that a registry says goes through `safe_text`: anybody may publish a connector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.connectors.registry.lock_change import ChangeKind, LockChange, LockUpdate
from reconciler.connectors.registry.lookup import Hit
from reconciler.connectors.registry.source import EDITIONS
from reconciler.model.json_value import JsonObject
from reconciler.model.text import short_text
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.document import problems_document
from reconciler.report.safe_text import safe_text
from reconciler.report.style import Style
from reconciler.report.wording import count

MAX_ADDED = 20
"""New connectors shown without `verbose`; the rest is a number. What changed or goes is always shown."""

_SIGNS = {
    ChangeKind.ADDED: ("+", "green"),
    ChangeKind.CHANGED: ("~", "yellow"),
    ChangeKind.REMOVED: ("-", "red"),
}
CELL = 60
"""Characters of a value in a cell; the rest is cut."""
_WIDEST = 200


def render_lock(update: LockUpdate, *, style: Style = Style(), verbose: bool = False) -> str:  # noqa: B008 - frozen
    """One line for each connector that the lock gains, loses or says something else about, then a summary."""
    added = [change for change in update.changes if change.kind is ChangeKind.ADDED]
    unshown = set() if verbose else {id(change) for change in added[MAX_ADDED:]}
    lines = [_change_line(change, style) for change in update.changes if id(change) not in unshown]
    if unshown:
        lines.append(f"  and {len(unshown)} more added (-v shows them)")
    lines += [
        safe_text(
            f"= {short_text(entry.label)} {short_text(entry.version)}: kept, {_registry_words(update.source)} does not know it"
        )
        for entry in update.kept
    ]
    if update.old_source not in (None, update.source):
        lines.append(safe_text(f"the registry is now {update.source}, was {update.old_source}"))
    return "\n".join([*lines, _lock_summary(update, style)]) + "\n"


def _change_line(change: LockChange, style: Style) -> str:
    sign, colour = _SIGNS[change.kind]
    versions = " -> ".join(
        dict.fromkeys(short_text(v) for v in (change.old_version, change.new_version) if v)
    )
    words = "no manifest names it" if change.kind is ChangeKind.REMOVED else "; ".join(change.words)
    text = f"{short_text(change.entry.label)} {versions}" + (f": {words}" if words else "")
    return f"{style.paint(sign, colour)} {safe_text(text)}"


def _lock_summary(update: LockUpdate, style: Style) -> str:
    kinds = [(sum(c.kind is kind for c in update.changes), str(kind)) for kind in ChangeKind]
    told = ", ".join(f"{number} {kind}" for number, kind in kinds if number)
    counted = f"{count(update.connectors, 'connector')} from {_registry_words(update.source)}"
    if update.taken not in (None, update.connectors):
        counted = f"{count(update.connectors, 'connector')}, {update.taken} of them from {_registry_words(update.source)}"
    if not update.differs:
        state = "up to date"
    elif not told and update.old_source in (None, update.source):
        state = "would be written anew" if update.is_check else "written anew"
        state += ", no connector changed"
    else:
        state = (
            f"would change: {told or 'its source'}" if update.is_check else f"written: {told or 'its source'}"
        )
    way_out = "; run `reconciler connectors lock`" if update.differs and update.is_check else ""
    return safe_text(f"{update.file}: {counted}") + f"; {style.paint(state, 'bold')}{way_out}."


def _registry_words(source: str) -> str:
    return f"the {source} registry" if source in EDITIONS else source


def lock_document(update: LockUpdate) -> JsonObject:
    """The same for programs. `changed`: the file's bytes are not those of the new lock."""
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "file": update.file,
        "source": update.source,
        "connectors": update.connectors,
        "changed": update.differs,
        "written": update.is_written,
        "skippedDefinitions": update.skipped,
        "changes": [_change_document(change) for change in update.changes],
        "kept": [entry.id for entry in update.kept],
        "notes": list(update.notes),
        "problems": problems_document(update.problems),
    }


def _change_document(change: LockChange) -> JsonObject:
    return {
        "change": str(change.kind),
        "id": change.entry.id,
        "type": str(change.entry.type),
        "repository": change.entry.repository,
        "name": change.entry.name,
        "oldVersion": change.old_version,
        "newVersion": change.new_version,
        "words": list(change.words),
    }


def render_notes(notes: Iterable[str], style: Style = Style()) -> str:  # noqa: B008 - frozen
    """Warnings that stand in no file, one a line."""
    return "".join(f"{style.paint('Warning', 'yellow')}: {safe_text(note)}\n" for note in notes)


def render_search(hits: Sequence[Hit], style: Style = Style()) -> str:  # noqa: B008 - frozen
    """A table, one connector a line; "" for none."""
    rows = [
        (e.name, e.label, e.version, str(e.type), e.id, str(hit.collection.held))
        for hit in hits
        for e in (hit.entry,)
    ]
    return render_table(("NAME", "CONNECTOR", "VERSION", "TYPE", "ID", "FROM"), rows, style) if rows else ""


def search_document(hits: Sequence[Hit]) -> JsonObject:
    """The connectors found, in the order of the table."""
    return {"formatVersion": PLAN_FORMAT_VERSION, "connectors": [hit_document(hit) for hit in hits]}


def hit_document(hit: Hit) -> JsonObject:
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


def render_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]], style: Style) -> str:
    """A table, its header dim: columns as wide as their widest cell; cells on one line, cut and harmless."""
    cells = [header, *(tuple(short_text(safe_text(cell), _WIDEST) for cell in row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return "\n".join([style.paint(lines[0], "dim"), *lines[1:]]) + "\n"
