"""A server that answers token, list and GET one after a set latency, for the benchmarks; it must never be the
bottleneck. It speaks both dialects: the Agent API is below `/api/v1`.

Speaks just enough HTTP/1.1 on an asyncio protocol: no framework, answers prepared once, its own process. It
prints its port on the first line of stdout and serves until it is ended. Every template is the one of
`template_document`: `run.py` writes the manifests from the same function, so a plan finds every pair equal.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

ORGANIZATION = "7c60d51f-b44e-4682-87d6-449835ea4de6"
CONNECTOR = "dfd88b22-b603-4c3d-aad7-3701784586b1"
MEDIAN_FIELDS = 8
"""Fields in a form of about the size of the median connector specification (0.8 KB)."""


def template_id(number: int) -> str:
    """The id of the template with this number; ids sort like the numbers."""
    return f"{number:08x}-0000-4000-8000-000000000000"


def form_of(number: int, fields: int) -> dict[str, object]:
    """What the customer fills in, unique by its title."""
    properties = {
        f"field_{index}": {
            "title": f"Field {index}",
            "type": "string",
            "default": f"value {index}",
            "order": index,
        }
        for index in range(fields)
    }
    return {
        "connectionSpecification": {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": f"Template {number}",
            "type": "object",
            "required": ["field_0"],
            "properties": properties,
        }
    }


def template_document(number: int, fields: int) -> dict[str, object]:
    """One template as GET answers it; the form carries the three keys that the server adds by itself."""
    added = {"supportsNormalization": False, "supportsDBT": False, "supported_destination_sync_modes": []}
    return {
        "id": template_id(number),
        "name": "Sample Data",
        "icon": "https://example.com/faker.svg",
        "sourceDefinitionId": CONNECTOR,
        "configTemplateSpec": {**form_of(number, fields), **added},
        "partialDefaultConfig": {"seed": number},
    }


def agents_document(number: int, fields: int) -> dict[str, object]:
    """The same template as the Agent API's GET answers it. The document of July 2026 has these members."""
    return {
        "id": template_id(number),
        "name": f"Template {number}",
        "icon": "https://example.com/faker.svg",
        "source_definition_id": CONNECTOR,
        "user_config_spec": form_of(number, fields),
        "partial_default_config": {"seed": number},
        "customization": None,
        "tags": [],
        "mode": "REPLICATION",
        "is_experimental": False,
        "created_at": "2026-05-01T10:00:00Z",
        "updated_at": "2026-05-01T10:00:00Z",
        "auth_tooltip": None,
        "connector_name": "Sample Data",
        "runtime_mode": "direct_only",
        "supports_context_store": True,
    }


def agents_item(number: int) -> dict[str, object]:
    """The template's line in the Agent API's list."""
    named = {"id": template_id(number), "name": f"Template {number}", "icon": "", "tags": []}
    return {**named, "actor_definition_id": CONNECTOR, "organization_id": ORGANIZATION, "mode": "REPLICATION"}


def answer(document: object) -> bytes:
    """A whole 200 answer, head and body."""
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def prepared_answers(count: int, fields: int) -> dict[str, bytes]:
    """Request target -> answer."""
    token = {"access_token": "benchmark", "token_type": "Bearer", "expires_in": 900}
    agents = "/api/v1/integrations/templates"
    items = [{"id": template_id(n), "name": "Sample Data", "icon": ""} for n in range(count)]
    answers = {
        "/applications/token": answer(token),
        "/api/v1/account/applications/token": answer({**token, "organization_id": ORGANIZATION}),
        f"/config_templates/sources?organizationId={ORGANIZATION}": answer({"data": items}),
        f"{agents}/sources?use_global=false": answer({"data": [agents_item(n) for n in range(count)]}),
        f"{agents}/connections": answer({"data": []}),
    }
    for number in range(count):
        answers[f"/config_templates/sources/{template_id(number)}"] = answer(
            template_document(number, fields)
        )
        answers[f"{agents}/sources/{template_id(number)}"] = answer(agents_document(number, fields))
    return answers


NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}"


class LatencyProtocol(asyncio.Protocol):
    """One connection: takes a request, waits, answers; then the next."""

    def __init__(self, answers: dict[str, bytes], latency: float) -> None:
        self._answers = answers
        self._latency = latency
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(rest) < content_length(head):
            return
        self._buffer = b""
        target = head.split(b" ", 2)[1].decode("ascii")
        asyncio.get_running_loop().call_later(self._latency, self._send, self._answers.get(target, NOT_FOUND))

    def _send(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


def content_length(head: bytes) -> int:
    """The length of the request's body, 0 when it has none."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def serve(count: int, latency: float, fields: int) -> None:
    """Serve on a free port of the loopback interface until the process is ended."""
    answers = prepared_answers(count, fields)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: LatencyProtocol(answers, latency), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """`latency_server.py --templates 1000 --latency 0.05`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--templates", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds before each answer")
    parser.add_argument("--fields", type=int, default=MEDIAN_FIELDS, help="fields in each form")
    options = parser.parse_args()
    asyncio.run(serve(options.templates, options.latency, options.fields))


if __name__ == "__main__":
    main()
