"""Pages that show everything a page can show."""

from __future__ import annotations

from functools import cache

from factories import live, manifest, state, target, unread

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector, Manifest
from reconciler.planning.assess import assess
from reconciler.planning.entry import Assessed
from reconciler.planning.plan import build_plan
from reconciler.report.html import render_plan_page, render_preview_page


def option(name: str, **fields: JsonObject) -> JsonObject:
    return {
        "title": name.title(),
        "description": f"What {name} is for.",
        "required": list(fields)[:1],
        "properties": {"kind": {"type": "string", "const": name}, **fields},
    }


TEXT: JsonObject = {
    "type": "string",
    "title": "Text",
    "description": 'Read <a href="https://example.com">this</a>.',
}
NESTED: JsonObject = {
    "type": "object",
    "title": "Inner choice",
    "display_type": "radio",
    "oneOf": [option("left", text=TEXT), option("right")],
}
EVERYTHING: JsonObject = {
    "text": {**TEXT, "examples": ["a", "b"], "pattern_descriptor": "letters"},
    "lines": {"type": "string", "title": "Lines", "multiline": True},
    "password": {"type": "string", "title": "Password", "airbyte_secret": True},
    "key": {"type": "string", "title": "Key", "airbyte_secret": True, "multiline": True},
    "number": {"type": "number", "title": "Number", "minimum": 0, "maximum": 9.5},
    "count": {"type": "integer", "title": "Count", "default": 3},
    "switch": {"type": "boolean", "title": "Switch", "default": True, "description": "On or off."},
    "size": {"type": "string", "title": "Size", "enum": ["S", "M"]},
    "sizes": {"type": "array", "title": "Sizes", "items": {"type": "string", "enum": ["S", "M"]}},
    "tags": {"type": "array", "title": "Tags", "items": {"type": "string"}, "default": ["x"]},
    "day": {"type": "string", "title": "Day", "format": "date", "default": "2024-02-29"},
    "moment": {"type": "string", "title": "Moment", "format": "date-time", "default": "2024-02-29T12:00:00Z"},
    "group": {"type": "object", "title": "Group", "properties": {"port": {"type": "integer", "title": "Port"}}},
    "reports": {"type": "array", "title": "Reports", "items": {"type": "object", "properties": {"name": TEXT}}},
    "login": {
        "type": "object",
        "title": "Login",
        "description": "How to log in.",
        "oneOf": [option("token", token=TEXT), option("none"), option("deep", inner=NESTED)],
    },
    "tiles": {"type": "object", "title": "Tiles", "display_type": "radio", "oneOf": [option("one", text=TEXT), option("two", more=TEXT)]},
}  # fmt: skip


def everything(**changed: JsonObject) -> JsonObject:
    """A form with every kind of part."""
    return {
        "connectionSpecification": {
            "type": "object",
            "title": "Everything",
            "required": [name for name in EVERYTHING if name not in {"lines", "size", "day"}],
            "properties": {**EVERYTHING, **changed},
        }
    }


FORM: JsonObject = {
    "connectionSpecification": {
        "type": "object",
        "title": "Same",
        "required": ["text"],
        "properties": {"text": TEXT},
    }
}


def connector(number: int, name: str) -> Connector:
    return Connector(f"00000000-0000-4000-8000-{number:012d}", f"source-{name.lower()}", name)


@cache
def plan_page() -> str:
    """Entries of every status but unknown; forms of creates, of one that the widget cannot build, of drift."""
    drifted, torn, same = connector(1, "Crm"), connector(2, "Torn"), connector(3, "Same")
    held = state(
        live(
            1,
            connector=drifted,
            presets={"seed": 1, "password": "x"},
            spec=everything(text={"type": "string"}),
        ),
        live(2, connector=torn, spec=everything()),
        live(3, connector=torn),
        live(4, connector=same, spec=FORM),
        live(5, connector=same, spec=FORM),
        live(6, connector=connector(4, "Lone")),
    )
    wanted = [
        manifest("drifted", connector=drifted, presets={"seed": 2, "password": "y"}, spec=everything()),
        manifest("missing", connector=connector(5, "New"), presets={"zone": "eu"}, spec=everything()),
        manifest("broken", connector=connector(6, "Broken"), spec={"connectionSpecification": {"properties": {"text": TEXT}}}),
        manifest("unlocked", connector=connector(7, "Unlocked")),
        manifest("torn", connector=torn, spec=FORM),
        manifest("same", connector=same, spec=FORM),
    ]  # fmt: skip
    return render_plan_page(build_plan(wanted, [held], target(), assess=assessed))


@cache
def unread_page() -> str:
    """A plan that nothing can be concluded from."""
    return render_plan_page(
        build_plan([manifest("missing", spec=FORM)], [state(unread=(unread(9),))], target())
    )


@cache
def preview_page() -> str:
    """The form with every part, and those of all connectors that the sandbox knows."""
    known = (
        manifest(each.repository or each.id, connector=each, spec=each.specification)
        for each in builtin_catalogue()
    )
    wanted = (manifest("everything", spec=everything(), presets={"api_key": "k"}), *known)
    return render_preview_page(tuple((each, assessed(each)) for each in wanted))


@cache
def huge_page() -> str:
    """Two thousand entries: half to create, half drifted."""
    connectors = [connector(number, "Many") for number in range(2_000)]
    wanted = [
        manifest(f"many-{number:04}", connector=each, spec=FORM) for number, each in enumerate(connectors)
    ]
    held = [
        live(number, connector=each, presets={"a": number}, spec=FORM)
        for number, each in enumerate(connectors[1_000:])
    ]
    return render_plan_page(build_plan(wanted, [state(*held)], target()))


def assessed(wanted: Manifest) -> Assessed:
    """What rules say, with a warning so that one is on the page."""
    found = assess(wanted, {})
    warning = Diagnostic(
        wanted.origin, "R514", "`max` is no keyword", "did you mean `maximum`?", Severity.WARNING
    )
    return Assessed(found.verdict, found.asked, (warning,))
