"""Tags of the Agent API: absent from the contract of 2026-05, in the older one and on the vendor's page of tags."""

from __future__ import annotations

import uuid
from dataclasses import replace

from reconciler.model.json_value import JsonValue
from reconciler.sandbox.agents_answers import tag_answer, time
from reconciler.sandbox.agents_call import Call, Denied
from reconciler.sandbox.agents_requests import TaggedRequest, TagRequest
from reconciler.sandbox.agents_templates import members_of, replaced, shown, template
from reconciler.sandbox.store import KINDS, Kind, TagRow


def list_tags(call: Call) -> JsonValue:
    """`GET templates/tags`."""
    return {"data": [tag_answer(tag) for tag in call.store.tags(call.organization).values()]}


def create_tag(call: Call) -> JsonValue:
    """`POST templates/tags`. A tag that is there already is answered as it is."""
    return tag_answer(_made_tag(call, call.body(TagRequest.model_validate).name))


def rename_tag(call: Call) -> JsonValue:
    """`PUT templates/tags/{name}`: renames it everywhere."""
    name, tag = call.body(TagRequest.model_validate).name, _tag(call, "name")
    if name != tag.name and name in call.store.tags(call.organization):
        raise Denied(400, f"A tag named {name!r} already exists")
    renamed = replace(tag, name=name, updated_at=call.sandbox.clock())
    call.store.put_tag(renamed)
    _retag(call, tag.name, [name])
    return tag_answer(renamed)


def delete_tag(call: Call) -> JsonValue:
    """`DELETE templates/tags/{name}`: takes it from every template."""
    tag = _tag(call, "name")
    call.store.delete_tag(tag.id)
    _retag(call, tag.name, [])
    return {"id": tag.id, "deleted_at": time(call.sandbox.clock())}


def _made_tag(call: Call, name: str) -> TagRow:
    now = call.sandbox.clock()
    tag = call.store.tags(call.organization).get(name)
    if tag is None:
        tag = TagRow(str(uuid.uuid4()), call.organization, name, now, now)
        call.store.put_tag(tag)
    return tag


def _tag(call: Call, parameter: str) -> TagRow:
    tag = call.store.tags(call.organization).get(call.named(parameter))
    if tag is None:
        raise Denied(404, f"Tag {call.named(parameter)} not found")
    return tag


def _retag(call: Call, name: str, instead: list[str]) -> None:
    for kind in KINDS:
        for row in call.store.agent_templates(kind, call.organization):
            if name in (tags := members_of(row)["tags"]):
                kept = [each for each in tags if each not in (name, *instead)]
                replaced(call, row, {**members_of(row), "tags": sorted([*kept, *instead])})


def add_tag(kind: Kind, call: Call) -> JsonValue:
    """`POST templates/sources/{id}/tags` and `templates/connections/{id}/tags`. A tag that there is not is made: an assumption."""
    name, row = call.body(TaggedRequest.model_validate).tag, template(call, kind)
    tag = _made_tag(call, name)
    tags = sorted({*members_of(row)["tags"], tag.name})
    return shown(call, replaced(call, row, {**members_of(row), "tags": tags}))


def remove_tag(kind: Kind, call: Call) -> JsonValue:
    """`DELETE templates/sources/{id}/tags/{tag_name}` and `templates/connections/{id}/tags/{tag_name}`."""
    row, name = template(call, kind), call.named("tag_name")
    tags = members_of(row)["tags"]
    if name not in tags:
        raise Denied(404, f"Tag {name} not found on this template")
    replaced(call, row, {**members_of(row), "tags": [tag for tag in tags if tag != name]})
    return {"deleted_at": time(call.sandbox.clock())}
