"""The journal of creates, `.reconciler/journal.jsonl`: what is about to be sent is on the disk before it is sent. An edge.

    sent        before the POST: what the template is recognised by. On the disk before the POST goes out.
    answered    what came back, with the id if there was one
    closed      the list shows it, or the server refused it before the insert, or it never left, or a person decided

What was sent and not closed is an open intent: its manifest is unknown, and not created again (`planning/intents.py`). A lost
journal loses open creates, never pairs: every run matches manifests and templates anew.

A last line without its end is no line. A `sent` of which a part is missing was never on the disk as a whole, so its POST was
never sent. Any other such line leaves an intent open. Only `sent` waits for the disk: the other lines survive the process at
once, and a loss of power from the next `sent` on. A lost line leaves a create open, and never causes a second create.

The checkout may hold untrusted files, so links are not followed and only a regular file is opened.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from reconciler.errors import UnsafePlan
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.strict_json import StrictJsonError, parse_json
from reconciler.model.template import SOURCE_TEMPLATE, Intent
from reconciler.sandbox.state_file import FOLDER, SandboxStateError, project_folder

FORMAT: Final = "1"
FILE: Final = "journal.jsonl"
MAX_BYTES: Final = 64 * 1024 * 1024
NOT_STORED: Final = frozenset({"refused", "not sent", "not created"})
"""How an intent closes that stored nothing. The other ways: listed, found, created."""

_PLACE: Final = f"the journal {FOLDER}/{FILE}"
_HELP: Final = (
    "without it nothing may be created: make it a file of your own that can be read and written; to start a new one, move it"
    " away, run `reconciler plan`, and compare what it says was sent with the server before the next apply"
)
_FLAGS: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SENT, _ANSWERED, _CLOSED = "sent", "answered", "closed"
_LISTS: Final = frozenset({"presets_digests", "without", "before"})
_OPTIONAL: Final = frozenset({"form_digest", "template_id", "name_digest"})
_KEYS: Final = {
    "id": "id",
    "organization_id": "organizationId",
    "connector_id": "connectorId",
    "name": "name",
    "presets_digests": "presetsDigests",
    "form_digest": "formDigest",
    "without": "without",
    "before": "before",
    "url": "url",
    "sent_at": "at",
    "answer": "answer",
    "template_id": "templateId",
    "kind": "kind",
    "name_digest": "nameDigest",
}
"""What of an intent is written, and under which name. The keys are a contract: open intents outlive the version that wrote them."""
_SINCE_AGENTS: Final[dict[str, JsonValue]] = {"kind": SOURCE_TEMPLATE, "nameDigest": None}
"""Members that a line may lack, with what it means then. They are written only where they say something else."""


class Journal:
    """The journal of one checkout. Made by `open_journal`. `trouble` says why a line that may be lost is missing in it."""

    def __init__(self, root: Path) -> None:
        self._file = _LineFile(root)
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
        self._append(_SENT, intent_document(begun), durable=True, unless=is_same)
        self._planned |= {begun.id}
        return begun

    def adopt(self, intents: Iterable[Intent]) -> bool:
        """Take over open intents of another machine. True if any was new. UnsafePlan when they cannot be made durable."""
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
        record, said = (_ANSWERED, {"answer": intent.answer}) if how is None else (_CLOSED, {"how": how})
        document: JsonObject = {
            "id": intent.id,
            **said,
            "templateId": template_id,
            "at": _now(),
        }
        self._append(record, document, durable=True)

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
        self,
        record: str,
        document: JsonObject,
        *,
        durable: bool,
        unless: Callable[[Intent], bool] = lambda _: False,
    ) -> None:
        text = json.dumps({"formatVersion": FORMAT, "record": record} | document, separators=(",", ":"))
        line = text.encode("ascii")

        def check(new: list[bytes]) -> None:
            self._learn(new)
            since = (each for each in self._intents.values() if each.id not in self._planned)
            if any(unless(each) and self._closed.get(each.id) not in NOT_STORED for each in since):
                raise UnsafePlan(
                    f"another run in this directory sent a create of {document['name']!r} since the plan",
                    help="run `reconciler plan` again when that run has ended",
                )

        self._file.append(line, check, durable=durable)
        self._learn([line])

    def _learn(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self._lines += 1
            try:
                self._apply(parse_json(line))
            except (StrictJsonError, KeyError, TypeError, ValueError):
                raise _refusal(f"is damaged in line {self._lines}") from None

    def _apply(self, document: Any) -> None:
        """One record. KeyError, TypeError and ValueError for what this program never wrote."""
        if document["formatVersion"] != FORMAT:
            raise UnsafePlan(
                f"{_PLACE} was written by another version of this program (line {self._lines})",
                help=f"use that version or a newer one. {_HELP}",
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


def open_journal(root: Path) -> Journal:
    """The journal below this directory, read. UnsafePlan as `Journal.read`."""
    journal = Journal(root)
    journal.read()
    return journal


def refuse_foreign(journal: Journal, organizations: Collection[str]) -> None:
    """UnsafePlan when a create is open in an organization that is none of these: a journal that was copied, or a project that forgot
    an organization with a doubt in it.
    """
    for intent in journal.intents:
        if intent.organization_id not in organizations:
            raise UnsafePlan(
                f"the journal {FILE} holds an open create of {intent.name!r} in organization {intent.organization_id}, "
                "which no environment of this project names",
                help=f"decide it with AIRBYTE_ORGANIZATION_ID={intent.organization_id} and `reconciler resolve {intent.name}`; "
                "a journal of another project: move it away",
            )


def intent_document(intent: Intent) -> JsonObject:
    """An intent as it is written in the journal and in the lease."""
    values = {key: getattr(intent, name) for name, key in _KEYS.items()}
    said = {
        key: value for key, value in values.items() if key not in _SINCE_AGENTS or value != _SINCE_AGENTS[key]
    }
    return {key: [*value] if isinstance(value, tuple) else value for key, value in said.items()}


def intent_from(document: Any) -> Intent:
    """The intent of a document. KeyError and TypeError for one that is none."""
    whole = _SINCE_AGENTS | document
    return Intent(**{name: _member(name, whole[key]) for name, key in _KEYS.items()})


def _member(name: str, value: Any) -> Any:
    if name in _LISTS and isinstance(value, list):
        return tuple(map(_text, value))
    return None if value is None and name in _OPTIONAL else _text(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _LineFile:
    """Lines that are only ever appended, whole lines at a time, by any number of processes. Every method may raise UnsafePlan."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._end = 0
        self._identity: tuple[int, int] | None = None

    def new_lines(self) -> list[bytes]:
        """The whole lines that this object has not given yet. None where there is no file."""
        try:
            with self._opened(os.O_RDONLY) as descriptor:
                return self._taken(descriptor)
        except FileNotFoundError:
            return []
        except NotADirectoryError as error:
            raise _refusal(f"cannot be read: {FOLDER} is a link, or no folder") from error
        except OSError as error:
            raise _refusal(f"cannot be read: {error.strerror}") from error

    def append(self, line: bytes, check: Callable[[list[bytes]], None], *, durable: bool) -> None:
        """Add one line, under the lock of the file, which is made if it is not there. `check` gets the lines that are new. When it raises,
        nothing is written. With `durable` the line is on the disk when this returns.
        """
        try:
            project_folder(self._root)
            with self._opened(os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
                fcntl.flock(descriptor, fcntl.LOCK_EX)  # closing gives it back
                check(self._taken(descriptor))
                self._write(descriptor, line + b"\n", durable=durable)
        except OSError as error:
            raise _refusal(f"cannot be written: {error.strerror}") from error
        except SandboxStateError as error:
            raise UnsafePlan(error.message, help=error.help) from error

    def _write(self, descriptor: int, line: bytes, *, durable: bool) -> None:
        """Write it whole or not at all. What a dead process left of its last line is cut off first."""
        os.ftruncate(descriptor, self._end)
        try:
            _put(descriptor, line, durable=durable)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, self._end)
            raise
        self._end += len(line)

    def _taken(self, descriptor: int) -> list[bytes]:
        """The whole lines from where the last call stopped. `_end` is the end of the last one."""
        status = os.fstat(descriptor)
        if status.st_size > MAX_BYTES:
            raise _refusal("is larger than any that this program writes")
        if self._identity not in (None, (status.st_dev, status.st_ino)) or status.st_size < self._end:
            raise _refusal("was replaced while this run went on")
        self._identity = (status.st_dev, status.st_ino)
        data = os.pread(descriptor, status.st_size - self._end, self._end)
        whole = data[: data.rfind(b"\n") + 1]
        self._end += len(whole)
        return whole.splitlines()

    @contextlib.contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        """A descriptor of the file, for the owner's eyes only. A file that is made is in its folder for good."""
        folder = os.open(self._root / FOLDER, os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
        try:
            descriptor = os.open(FILE, flags | _FLAGS, 0o600, dir_fd=folder)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise _refusal("is not a regular file")
                if flags & os.O_CREAT and self._end == 0:
                    os.fsync(folder)
                yield descriptor
            finally:
                os.close(descriptor)
        finally:
            os.close(folder)


def _refusal(what: str) -> UnsafePlan:
    return UnsafePlan(f"{_PLACE} {what}", help=_HELP)


def _put(descriptor: int, line: bytes, *, durable: bool) -> None:
    if os.write(descriptor, line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if durable:
        os.fsync(descriptor)
