"""Whatever is sent to the sandbox's Agent API: what the vendor's document allows is answered as it says, and what it forbids is a 422.

The caller holds every answer against the document. More of it on demand: see fuzz_settings.py.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from random import Random
from typing import Any

from agents.agent_contract import DOCUMENT
from fuzz.fuzz_settings import amount
from jsonschema import Draft202012Validator, FormatChecker
from sandbox.agent_client import DEV_NULL, AgentClient, made
from sandbox.conftest import FAKER_ID

from reconciler.sandbox import GLOBAL_TEMPLATE_ID
from reconciler.sandbox.store import open_store

CASES = amount(1500)
A_STATE = 50
"""So many requests go to one state, so that lists are short and ids are known."""
CONTRACT = json.loads(DOCUMENT.read_text())
PATHS = CONTRACT["paths"] | CONTRACT["x-older-paths"]
PREFIX = "/api/v1/integrations/templates/"
OPERATIONS = [(m, p) for p, methods in PATHS.items() if p.startswith(PREFIX) for m in methods]
NOBODY = "00000000-0000-4000-8000-0000000000ff"
SCHEDULES = ("0 0 * * * ?", "0 15 6 ? * MON-FRI", "hourly", "")
TEXTS = ("a", "Zürich", "x y", "'\"%;", "名", "a" * 300, "")
WRONG: tuple[Any, ...] = (None, -7, 1.5, "x", [], {}, [[]], [None], {"a": 1}, 10**30)
"""No text or number that pydantic would turn into a boolean or a UUID."""
WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"errors": "detail", "patch": "merge", "nulls": "clear", "secrets": "masked"},
    {"shape": "2026-05", "unique_names": True, "mixed_list": True, "secrets": "omitted"},
)


class Values:
    """Values that a schema of the document allows, and ids that are there."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.ids = [FAKER_ID, DEV_NULL, GLOBAL_TEMPLATE_ID, NOBODY]

    def of(self, schema: Any, name: str = "") -> Any:
        if "$ref" in schema:
            return self.of(CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name)
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self.of(self.rng.choice(options), name)
        if "const" in schema or "enum" in schema:
            return schema.get("const") or self.rng.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                return [self.of(schema["items"], name) for _ in range(self.rng.choice((0, 1, 1, 3)))]
            case "string":
                return self._text(schema, name)
            case "boolean":
                return self.rng.random() < 0.5
            case _:
                return None

    def _text(self, schema: Any, name: str) -> str:
        if schema.get("format") == "uuid":
            return self.rng.choice(self.ids)
        if name == "cron_expression":
            return self.rng.choice(SCHEDULES)
        least, most = schema.get("minLength", 0), schema.get("maxLength", 1000)
        return self.rng.choice([text for text in TEXTS if least <= len(text) <= most])

    def _object(self, schema: Any) -> Any:
        others = schema.get("additionalProperties")
        if "properties" not in schema:
            inner = (
                others if isinstance(others, dict) else {"anyOf": [{"type": "string"}, {"type": "boolean"}]}
            )
            return {
                name: self.of(inner)
                for name in self.rng.sample(("a", "b", "password"), self.rng.randrange(3))
            }
        wanted = schema.get("required", ())
        chosen = [n for n in schema["properties"] if n in wanted or self.rng.random() < 0.4]
        return {name: self.of(schema["properties"][name], name) for name in chosen}

    def broken(self, value: Any) -> Any:
        """The value with one place in it replaced, left out or added to."""
        holder: dict[str, Any] = {"": copy.deepcopy(value)}
        at: Any = holder
        key: Any = ""
        while at[key] and isinstance(at[key], dict | list) and self.rng.random() < 0.8:
            at = at[key]
            key = self.rng.choice(list(at)) if isinstance(at, dict) else self.rng.randrange(len(at))
        if at is not holder and isinstance(at, dict) and self.rng.random() < 0.3:
            del at[key]
        else:
            at[key] = self.rng.choice(WRONG)
        return holder[""]


def is_allowed(schema: Any, body: Any) -> bool:
    whole = {**schema, "components": CONTRACT["components"]}
    return bool(Draft202012Validator(whole, format_checker=FormatChecker(formats=["uuid"])).is_valid(body))


def one_request(agent: AgentClient, values: Values) -> str:
    """A request to any operation; returns how it ended."""
    method, template = values.rng.choice(OPERATIONS)
    operation = PATHS[template][method]
    path = (
        template.removeprefix(PREFIX)
        .replace("{id}", values.rng.choice(values.ids))
        .replace("{tag_name}", "a")
    )
    query = {p["name"]: values.of(p["schema"]) for p in operation["parameters"] if p["in"] == "query"}
    if "requestBody" not in operation:
        answer = agent(
            method.upper(),
            path,
            params={name: str(v) if v in (True, False) else v for name, v in query.items()},
        )
        assert answer.status_code in {200, 403, 404}, answer.text
        return f"{method} {answer.status_code}"
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    body = values.of(schema)
    if values.rng.random() < 0.4:
        body = values.broken(body)
    answer = agent(
        method.upper(), path, content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    expected = {200, 400, 403, 404} if is_allowed(schema, body) else {422}
    assert answer.status_code in expected, (method, path, body, answer.text)
    if answer.status_code == 200 and "id" in answer.json():
        values.ids.append(answer.json()["id"])
    return f"{method} {answer.status_code}"


def test_the_sandbox_takes_what_the_document_allows_and_nothing_that_it_forbids() -> None:
    outcomes: Counter[str] = Counter()
    for first in range(CASES.numbers.start, CASES.numbers.stop, A_STATE):
        rng = Random(f"{CASES.seed}:{first}:sandbox")
        with open_store(None) as store:
            agent = made(store, {**rng.choice(WAYS), "tags": True}, role="instance-admin")
            values = Values(rng)
            for _ in range(min(A_STATE, CASES.numbers.stop - first)):
                outcomes[one_request(agent, values)] += 1
    if len(CASES.numbers) > 1_000:
        assert {
            "get 200",
            "post 200",
            "patch 200",
            "delete 200",
            "post 422",
            "patch 422",
        } <= outcomes.keys(), outcomes
