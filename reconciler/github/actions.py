"""What GitHub Actions says about this run, checked, as one value, and the files through which a step answers it.

Everything may be missing: outside Actions there is no event, no summary and no place for comments. A value that is not what
GitHub documents counts as missing and leaves a note. Nothing a pull request's author writes (title, branch, body) is read.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ReportNotWritten
from reconciler.github.refusals import member, text_of
from reconciler.model.credentials import url_mistake
from reconciler.model.json_value import JsonObject

DEFAULT_API_URL = "https://api.github.com"
MAX_EVENT_BYTES = 32 * 1024 * 1024
MAX_SUMMARY_BYTES = 1024 * 1024
"""GitHub: the summary of one step may hold 1 MiB. A larger one is dropped with an error."""

SUMMARY_BUDGET = 1_000_000

_REPOSITORY = re.compile(r"[A-Za-z0-9_-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NUMBER = re.compile(r"[0-9]{1,18}")
_DEPENDABOT = "dependabot[bot]"


@dataclass(frozen=True)
class PullRequest:
    """The pull request of a `pull_request` event. `head_sha` is the head of its branch: the checkout is a merge commit.

    `is_fork`: the branch is in another repository, or in one that is gone. The job's token can then only read.
    """

    number: int
    head_sha: str
    is_fork: bool


@dataclass(frozen=True)
class Actions:
    """One run of a workflow, or of anything else: then `is_running` is False and most of the rest is None.

    `repository` is `owner/name`. `sha` is the commit that was checked out. `branch` is its name, None for a tag. `default_branch` as
    the payload says it. `run` is `<run id>.<attempt>`. `notes` say which values could not be used and why.
    """

    is_running: bool = False
    event: str = ""
    repository: str | None = None
    api_url: str | None = DEFAULT_API_URL
    graphql_url: str | None = None
    sha: str | None = None
    branch: str | None = None
    default_branch: str | None = None
    run: str | None = None
    run_url: str | None = None
    pull_request: PullRequest | None = None
    is_dependabot: bool = False
    workspace: Path | None = None
    temp: Path | None = None
    output: Path | None = None
    summary: Path | None = None
    notes: tuple[str, ...] = ()


def read_actions(environ: Mapping[str, str]) -> Actions:
    """The run that this environment describes. Reads the payload file that GITHUB_EVENT_PATH names. Never raises."""
    reader = _Reader(environ)
    event = reader.text("GITHUB_EVENT_NAME")
    repository = reader.matching("GITHUB_REPOSITORY", _REPOSITORY, "owner/name")
    payload = reader.payload(is_needed=event == "pull_request")
    run_id = reader.matching("GITHUB_RUN_ID", _NUMBER, "a number")
    attempt = reader.matching("GITHUB_RUN_ATTEMPT", _NUMBER, "a number") or "1"
    server = reader.url("GITHUB_SERVER_URL", "https://github.com")
    can_link = server and repository and run_id
    branch = reader.text("GITHUB_REF_NAME")
    default_branch = text_of(member(payload, "repository"), "default_branch")
    return Actions(
        is_running=reader.text("GITHUB_ACTIONS") == "true",
        event=event,
        repository=repository,
        api_url=reader.url("GITHUB_API_URL", DEFAULT_API_URL),
        graphql_url=reader.url("GITHUB_GRAPHQL_URL", None),
        sha=reader.matching("GITHUB_SHA", _SHA, "a commit id"),
        branch=branch if branch and reader.text("GITHUB_REF_TYPE") in ("branch", "") else None,
        default_branch=default_branch or None,
        run=run_id and f"{run_id}.{attempt}",
        run_url=f"{server}/{repository}/actions/runs/{run_id}/attempts/{attempt}" if can_link else None,
        pull_request=_pull_request(reader, payload, repository) if event == "pull_request" else None,
        is_dependabot=_DEPENDABOT in (reader.text("GITHUB_ACTOR"), reader.text("GITHUB_TRIGGERING_ACTOR")),
        workspace=reader.path("GITHUB_WORKSPACE"),
        temp=reader.path("RUNNER_TEMP"),
        output=reader.path("GITHUB_OUTPUT"),
        summary=reader.path("GITHUB_STEP_SUMMARY"),
        notes=tuple(reader.notes),
    )


class _Reader:
    """Variables by their kind. An empty one counts as unset, a wrong one leaves a note."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.notes: list[str] = []

    def text(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def path(self, name: str) -> Path | None:
        text = self._environ.get(name, "")
        return Path(text) if text and "\0" not in text else None

    def matching(self, name: str, pattern: re.Pattern[str], what: str) -> str | None:
        text = self.text(name)
        if text and not pattern.fullmatch(text):
            self.notes.append(f"{name} is not {what}; it is left out")
            return None
        return text or None

    def url(self, name: str, default: str | None) -> str | None:
        text = self.text(name).rstrip("/")
        if text and url_mistake(text):
            self.notes.append(f"{name} is not an https URL; nothing is sent there")
            return None
        return text or default

    def payload(self, *, is_needed: bool) -> JsonObject:
        """The event's payload. Empty when it cannot be used, with a note where that matters."""
        path = self.path("GITHUB_EVENT_PATH")
        if path is None:
            if is_needed:
                self.notes.append("GITHUB_EVENT_PATH is not set: the pull request is not known")
            return {}
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_EVENT_BYTES + 1)
            value = json.loads(data) if len(data) <= MAX_EVENT_BYTES else None
        except (OSError, ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            self.notes.append("the event's payload (GITHUB_EVENT_PATH) cannot be read as a JSON object")
            return {}
        return value


def _pull_request(reader: _Reader, payload: JsonObject, repository: str | None) -> PullRequest | None:
    pull = member(payload, "pull_request")
    number, head = pull.get("number"), member(pull, "head")
    sha, home = text_of(head, "sha"), text_of(member(head, "repo"), "full_name")
    is_number = isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**53
    if is_number and _SHA.fullmatch(sha):
        return PullRequest(
            int(str(number)), sha, is_fork=home.lower() != (repository or "").lower() or not home
        )
    if payload:
        reader.notes.append("the event's payload names no pull request with a number and a head commit")
    return None


def summary_budget(path: Path) -> int:
    """How many bytes may still be added to the step's summary. What an earlier command wrote counts."""
    try:
        used = path.stat().st_size
    except OSError:
        used = 0
    return max(0, min(SUMMARY_BUDGET, MAX_SUMMARY_BYTES - used - 2))


def append_summary(path: Path, text: str) -> None:
    """Add Markdown to the step's summary. Raises ReportNotWritten."""
    _append(path, f"\n{text.rstrip()}\n", "the step summary")


def write_outputs(path: Path, outputs: Mapping[str, str]) -> None:
    """Set the step's outputs. A value of several lines is put between random delimiters, so that it cannot set another one.

    Raises ReportNotWritten.
    """
    lines = []
    for name, value in outputs.items():
        end = f"end-{secrets.token_hex(16)}"
        is_one_line = not {"\r", "\n"} & {*value}
        lines.append(f"{name}={value}\n" if is_one_line else f"{name}<<{end}\n{value}\n{end}\n")
    _append(path, "".join(lines), "the step's outputs")


def _append(path: Path, text: str, what: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportNotWritten(f"{path}: {what} could not be written: {reason}") from error
