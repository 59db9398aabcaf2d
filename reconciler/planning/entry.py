"""What a plan is made of: statuses, changes, entries. All frozen. Reports and apply read these and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.target import Dialect, Policy, Target
from reconciler.model.template import Connector, LiveTemplate, Manifest
from reconciler.model.verdict import Asked, Verdict


class Status(StrEnum):
    """What the plan says about a manifest or a live template. The summary has the same order.

    `UPDATE` is what `DRIFTED` becomes where the environment's policy and the server let the tool change it.
    """

    CREATE = "create"
    UPDATE = "update"
    IN_SYNC = "in-sync"
    DRIFTED = "drifted"
    UNMANAGED = "unmanaged"
    DUPLICATE = "duplicate"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


DRIFT = frozenset({Status.DRIFTED, Status.DUPLICATE, Status.UPDATE})
"""What differs from the manifests and cannot be changed by creating. Unmanaged templates are findings of `drift` alone."""

SETTLED = frozenset({Status.IN_SYNC, Status.UNMANAGED})
"""Statuses that need no action. Unmanaged templates are no findings: Airbyte mixes its own defaults into every list."""

COMPARED = frozenset({Status.IN_SYNC, Status.DRIFTED, Status.UPDATE, Status.AMBIGUOUS})
"""Manifests that were held against a live template: only of these can a form be "not compared"."""


class Rule(StrEnum):
    """The rule that paired a manifest with a live template, strongest first."""

    ID = "id"
    CONTENT = "content"
    HISTORY = "history"
    TITLE = "title"
    CONNECTOR = "connector"


class Operation(StrEnum):
    """Seen from the manifest: `add` is in the manifest only, `remove` on the server only."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@dataclass(frozen=True)
class Change:
    """One difference, secrets masked already. `path` is a JSON pointer from `/partialDefaultConfig` or `/partialUserConfigSpec`.

    `desired` is None for `remove`, `live` is None for `add`. `operation` keeps that apart from a JSON null.
    """

    path: str
    operation: Operation
    desired: JsonValue = field(hash=False)
    live: JsonValue = field(hash=False)


@dataclass(frozen=True)
class Update:
    """What an apply changes of a live template, in clear: never shown.

    `members` are exactly those that differ, by their names in a manifest's `spec`, each with its whole new value. Tags are not
    among them: they are added and removed one by one. `propagate` is sent as it is. None for a connection template, which has none.
    """

    members: JsonObject = field(hash=False, repr=False)
    tags_to_add: tuple[str, ...] = ()
    tags_to_remove: tuple[str, ...] = ()
    propagate: bool | None = None


@dataclass(frozen=True)
class ScheduleFacts:
    """A schedule in words, and its next three starts as UTC texts (`2026-12-01T12:00:00Z`), fewer where it ends."""

    words: str
    next: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`at 12:00 every day, UTC; next: 2026-12-01 12:00, 2026-12-02 12:00`."""
        return (
            f"{self.words}; next: {', '.join(each[:16].replace('T', ' ') for each in self.next) or 'never'}"
        )


@dataclass(frozen=True)
class Assessed:
    """What is known about a manifest before anything is sent.

    `verdict` is None when the connector's specification, a value of the manifest or the server's answer is not known, or the
    connector was withdrawn. `asked` is None when the form is not known. `suppressed` counts findings that the project switched off.
    `is_server_known` is False where nobody knows what the server would answer: on the Agent API. `schedule` is that of a connection
    template.
    """

    verdict: Verdict | None = None
    asked: Asked | None = None
    problems: tuple[Diagnostic, ...] = ()
    suppressed: int = 0
    is_server_known: bool = True
    schedule: ScheduleFacts | None = None

    @property
    def untold_verdict(self) -> Verdict | None:
        """The verdict without the server's messages that a problem quotes already."""
        if self.verdict is None or not self.problems:
            return self.verdict
        quoted = "\n".join(problem.message for problem in self.problems)
        return replace(self.verdict, messages=tuple(m for m in self.verdict.messages if m not in quoted))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The problems that stop a create."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


@dataclass(frozen=True)
class Entry:
    """One manifest, or one live template that no manifest took.

    `template_id`, `form_title` and `live` describe the live template. They are None without one.
    `candidates` are the ids that an ambiguous manifest could be. `form_compared` is False where the manifest's form is not known.
    `manifest` and `origin` are None for a live template alone. `connector` is None for one that could not be read. `claimants` are
    the manifests that a live template alone belongs to: it equals the template of one, or is a candidate of one. `is_elsewhere` is True
    where `organization_id` is not the target's. `update` is what an apply sends, of an `update` only. `is_second` is True for a create
    that would make a second template of one source definition, where that breaks apps: it needs the manifest's `allow_second`.
    `uncompared_secrets` counts the places of secrets that one side has, or both, where secrets are not compared. `given_back` says in which
    ways the server gives them back. `dialect` says how the manifest is compared.
    """

    status: Status
    kind: str
    name: str
    organization_id: str
    connector: Connector | None
    reason: str
    origin: Origin | None = None
    template_id: str | None = None
    form_title: str | None = None
    matched_by: Rule | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    ways_out: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    form_compared: bool = True
    is_elsewhere: bool = False
    is_second: bool = False
    update: Update | None = None
    uncompared_secrets: int = 0
    given_back: tuple[str, ...] = ()
    dialect: Dialect = Dialect.PUBLIC
    assessed: Assessed | None = None
    manifest: Manifest | None = field(default=None, repr=False)
    live: LiveTemplate | None = field(default=None, repr=False)
    claimants: tuple[Manifest, ...] = field(default=(), repr=False)

    @property
    def is_uncompared(self) -> bool:
        """Whether it was compared by presets alone, because the manifest's form is not known: it has a note then."""
        return self.status in COMPARED and not self.form_compared

    @property
    def sort_key(self) -> tuple[str, str, str, str]:
        """The order of entries everywhere: kind, name, template id, organization."""
        return self.kind, self.name, self.template_id or "", self.organization_id


@dataclass(frozen=True)
class Selection:
    """What the user asked to see: name globs (`--only`) and paths. Both empty means everything."""

    only: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.only or self.paths)


@dataclass(frozen=True)
class Plan:
    """Everything one comparison found.

    `digest` covers format, target, manifests (values of variables included), live state and what matching decided.
    `manifests_digest` (without values of variables) and `live_digest` only say which of the two changed. `hidden` counts the
    entries that the selection left out, by status, and `hidden_unknown` names those of them that are unknown.
    `hidden_forms` counts those of them that were compared by presets alone.
    `uncompared_secrets` counts the secrets of all entries that were not compared, shown or not.
    The tuples are sorted. `other_organizations` were read besides the target's, because manifests name them. `left_out` are the ids of live
    templates that the target's `unmanaged` lists, neither read nor compared. `unread_organizations` are named by earlier revisions
    of manifests and by none of today. `decided` are the ids of earlier creates of which the outcome is known now, each with its
    template.
    """

    target: Target
    entries: tuple[Entry, ...]
    digest: str
    manifests_digest: str
    live_digest: str
    selection: Selection = Selection()
    hidden: Mapping[Status, int] = field(default_factory=dict, hash=False)
    hidden_unknown: tuple[str, ...] = ()
    hidden_forms: int = 0
    uncompared_secrets: int = 0
    manifest_count: int = 0
    live_count: int = 0
    other_organizations: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unread_organizations: tuple[str, ...] = ()
    decided: tuple[tuple[str, str], ...] = ()

    def with_status(self, *statuses: Status) -> tuple[Entry, ...]:
        """The shown entries with one of these statuses, in plan order."""
        return tuple(entry for entry in self.entries if entry.status in statuses)

    @property
    def to_send(self) -> tuple[Entry, ...]:
        """What an apply sends for, in its order. Updates come first: an update can be changed again, a create cannot, so a server that
        does not store what it is sent is found out before. An update also gives up the name that a create may ask for. Second templates
        come last: the first one of a definition needs no reason, also when the run ends between them.
        """
        creates = sorted(self.with_status(Status.CREATE), key=lambda entry: entry.is_second)
        return (*self.with_status(Status.UPDATE), *creates)

    @property
    def summary(self) -> dict[Status, int]:
        """How many shown entries have each status. Every status is named. `update` only where the policy is to update."""
        updates = self.target.policy is Policy.CREATE_UPDATE
        named = (status for status in Status if updates or status is not Status.UPDATE)
        return {status: len(self.with_status(status)) for status in named}

    @property
    def digests(self) -> dict[str, str]:
        """All three by the names that a plan comment's marker has for them."""
        return {"plan": self.digest, "manifests": self.manifests_digest, "live": self.live_digest}

    @property
    def create_errors(self) -> tuple[Diagnostic, ...]:
        """Why shown creates must not be sent, in plan order: the server would refuse them or store something else."""
        assessed = (entry.assessed for entry in self.with_status(Status.CREATE))
        return tuple(problem for each in assessed if each is not None for problem in each.errors)

    @property
    def uncompared_forms(self) -> int:
        """How many entries, shown or not, were compared by presets alone: as long as there are any, nothing is called in sync."""
        return self.hidden_forms + sum(entry.is_uncompared for entry in self.entries)

    @property
    def not_compared(self) -> int:
        """How many forms and organizations were not compared: as long as there are any, nothing is called in sync."""
        return self.uncompared_forms + len(self.unread_organizations)

    @property
    def given_back(self) -> tuple[str, ...]:
        """In which ways the server gives back the secrets of the shown entries, sorted."""
        return tuple(sorted({way for entry in self.entries for way in entry.given_back}))

    @property
    def ignored_findings(self) -> int:
        """How many findings about shown entries the project's `rules` switched off."""
        return sum(entry.assessed.suppressed for entry in self.entries if entry.assessed is not None)

    @property
    def not_listed(self) -> tuple[str, ...]:
        """The ids that the target's `unmanaged` names and no list of the server does. Sorted."""
        return tuple(sorted(self.target.unmanaged - frozenset(self.left_out)))

    @property
    def hidden_count(self) -> int:
        """How many entries the selection left out."""
        return sum(self.hidden.values())

    @property
    def hidden_findings(self) -> int:
        """How many entries the selection left out that are not in sync. They were matched and compared all the same."""
        return sum(number for status, number in self.hidden.items() if status not in SETTLED)
