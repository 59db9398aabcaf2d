"""The journal of creates, `.reconciler/journal.jsonl`: what is about to be sent is on the disk before it is sent. An edge.

    sent        before the POST: what tells the template again. On the disk before the POST goes out.
    answered    what came back, with the id if there was one
    closed      the list shows it, or the server refused it before the insert, or it never left, or a person decided

What was sent and not closed is an open intent: its manifest is unknown, and not created again (`planning/intents.py`). Losing
the journal loses doubts, never pairs: which template is whose is found anew by every run.

A last line without its end is no line. A `sent` of which a part is missing was never on the disk as a whole, so its POST was
never sent; any other such line leaves an intent open. Only `sent` waits for the disk: the other lines survive the process at
once, and a loss of power from the next `sent` on. A lost one is a doubt too many, never a create too many.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from reconciler.applying.journal_file import HELP, LineFile
from reconciler.errors import UnsafePlan
from reconciler.model.intent import Intent
from reconciler.model.json_value import JsonObject
from reconciler.model.strict_json import StrictJsonError, parse_json

FORMAT: Final = "1"
FILE: Final = "journal.jsonl"
NOT_STORED: Final = frozenset({"refused", "not sent", "not created"})
"""How an intent closes that stored nothing. The other ways: listed, found, created."""

_SENT, _ANSWERED, _CLOSED = "sent", "answered", "closed"
_TEXTS: Final = {
    "organizationId": "organization_id",
    "connectorId": "connector_id",
    "name": "name",
    "url": "url",
    "at": "sent_at",
    "answer": "answer",
}
_LISTS: Final = {"presetsDigests": "presets_digests", "without": "without", "before": "before"}
_OPTIONAL: Final = {"formDigest": "form_digest", "templateId": "template_id"}


class Journal:
    """The journal of one checkout; made by `open_journal`. `trouble` says why a line that may be lost is missing in it."""

    def __init__(self, root: Path) -> None:
        self._file = LineFile(root, FILE)
        self._lines = 0
        self._intents: dict[str, Intent] = {}
        self._closed: dict[str, str] = {}
        self._planned: frozenset[str] = frozenset()
        self.trouble = ""

    @property
    def intents(self) -> tuple[Intent, ...]:
        """What is open, in the order in which it was announced."""
        return tuple(intent for intent in self._intents.values() if intent.id not in self._closed)

    @property
    def remembered(self) -> tuple[Intent, ...]:
        """What is open, and what is closed because it has a template: a list that does not name that any more is no proof."""
        stored = (i for i in self._intents.values() if self._closed.get(i.id, "") not in NOT_STORED)
        return tuple(replace(i, was_listed=i.id in self._closed) for i in stored)

    def read(self) -> None:
        """Learn what was written since. A plan is made after this, and `begin` refuses what others announce later.

        UnsafePlan for a file that cannot be read, is damaged, or was written by a newer version.
        """
        self._learn(self._file.new_lines())
        self._planned = frozenset(self._intents)

    def begin(self, intent: Intent, is_same: Callable[[Intent], bool]) -> Intent:
        """Announce a create, which may be sent afterwards. Gives the intent its id and time.

        UnsafePlan when it cannot be made durable, and when another process announced the same since `read`.
        """
        begun = replace(intent, id=secrets.token_hex(8), sent_at=_now())

        def refuse_rivals() -> None:
            since = (other for other in self._intents.values() if other.id not in self._planned)
            if any(is_same(each) and self._closed.get(each.id) not in NOT_STORED for each in since):
                raise UnsafePlan(
                    f"another run in this directory sent a create of {intent.name!r} since the plan",
                    help="run `reconciler plan` again when that run has ended",
                )

        self._append(_SENT, intent_document(begun), check=refuse_rivals, durable=True)
        self._planned |= {begun.id}
        return begun

    def adopt(self, intents: Iterable[Intent]) -> bool:
        """Take over open intents of another machine; whether any was new. UnsafePlan when they cannot be made durable."""
        new = [intent for intent in intents if intent.id not in self._intents]
        for intent in new:
            self._append(_SENT, intent_document(intent), durable=True)
        return bool(new)

    def answered(self, intent: Intent, answer: str, template_id: str | None = None) -> None:
        """Note what came back. `answer` holds no words of the server."""
        self._note(_ANSWERED, {"id": intent.id, "answer": answer, "templateId": template_id})

    def close(self, intent_id: str, how: str, template_id: str | None = None) -> None:
        """Nothing is open about it any more."""
        self._note(_CLOSED, {"id": intent_id, "how": how, "templateId": template_id})

    def decide(self, intent: Intent, how: str | None, template_id: str | None = None) -> None:
        """A person's word: how it closes, or (None) which template it is. UnsafePlan when it cannot be made durable."""
        if how is None:
            document: JsonObject = {"id": intent.id, "answer": intent.answer, "templateId": template_id}
            self._append(_ANSWERED, document | {"at": _now()}, durable=True)
            return
        document = {"id": intent.id, "how": how, "templateId": template_id}
        self._append(_CLOSED, document | {"at": _now()}, durable=True)

    def listed(self, ids: Collection[str]) -> None:
        """Close what these ids, as a list named them, show to be there."""
        for intent in self.intents:
            if intent.template_id is not None and intent.template_id in ids:
                self.close(intent.id, "listed", intent.template_id)

    def _note(self, record: str, document: JsonObject) -> None:
        """A line that may be lost: a create that was sent must not fail by it."""
        try:
            self._append(record, document | {"at": _now()}, durable=False)
        except UnsafePlan as error:
            self.trouble = error.message

    def _append(
        self, record: str, document: JsonObject, *, durable: bool, check: Callable[[], None] = lambda: None
    ) -> None:
        text = json.dumps({"formatVersion": FORMAT, "record": record} | document, separators=(",", ":"))
        line = text.encode("ascii")

        def line_after(new: list[bytes]) -> bytes:
            self._learn(new)
            check()
            return line

        self._file.append(line_after, durable=durable)
        self._learn([line])

    def _learn(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self._lines += 1
            try:
                self._apply(parse_json(line))
            except (StrictJsonError, KeyError, TypeError, ValueError):
                raise UnsafePlan(
                    f"the journal {self._file.place} is damaged in line {self._lines}", help=HELP
                ) from None

    def _apply(self, document: Any) -> None:
        """One record. KeyError, TypeError and ValueError for what this program never wrote."""
        if document["formatVersion"] != FORMAT:
            raise UnsafePlan(
                f"the journal {self._file.place} was written by another version of this program (line {self._lines})",
                help=f"use that version or a newer one. {HELP}",
            )
        record, identity = document["record"], _text(document["id"])
        if record == _SENT:
            self._intents[identity] = intent_from(document)
            return
        intent, template_id = self._intents[identity], document["templateId"]
        if record == _ANSWERED:
            found = None if template_id in (None, *intent.before) else _text(template_id)
            self._intents[identity] = replace(intent, answer=_text(document["answer"]), template_id=found)
        elif record == _CLOSED:
            self._closed[identity] = _text(document["how"])
            self._intents[identity] = replace(intent, template_id=template_id)
        else:
            raise ValueError(record)


def open_journal(root: Path, organizations: Collection[str] | None = None) -> Journal:
    """The journal below this directory, read. UnsafePlan as `Journal.read`, and when a create is open in an organization that is
    none of these (None: any will do): a journal that was copied, or a project that forgot an organization with a doubt in it.
    """
    journal = Journal(root)
    journal.read()
    for intent in journal.intents:
        if organizations is not None and intent.organization_id not in organizations:
            raise UnsafePlan(
                f"the journal {FILE} holds an open create of {intent.name!r} in organization {intent.organization_id}, "
                "which no environment of this project names",
                help=f"decide it with AIRBYTE_ORGANIZATION_ID={intent.organization_id} and `reconciler resolve {intent.name}`; "
                "a journal of another project: move it away",
            )
    return journal


def intent_document(intent: Intent) -> JsonObject:
    """An intent as it is written in the journal and in the lease."""
    document: JsonObject = {"id": intent.id}
    document |= {key: getattr(intent, name) for key, name in (_TEXTS | _OPTIONAL).items()}
    return document | {key: list(getattr(intent, name)) for key, name in _LISTS.items()}


def intent_from(document: Any) -> Intent:
    """The intent of a document. KeyError and TypeError for one that is none."""
    texts: dict[str, Any] = {name: _text(document[key]) for key, name in _TEXTS.items()}
    optional: dict[str, Any] = {
        name: None if document[key] is None else _text(document[key]) for key, name in _OPTIONAL.items()
    }
    lists: dict[str, Any] = {name: tuple(map(_text, _list(document[key]))) for key, name in _LISTS.items()}
    return Intent(id=_text(document["id"]), **texts, **optional, **lists)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
