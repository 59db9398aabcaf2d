"""A GitHub of our own for the tests: the documented answers of the few endpoints that the program uses, on Starlette.

Its rules follow GitHub's REST documentation: pages of 30 unless asked, Link headers, labels that appear by being set and vanish
when the account may not set them, 65,536 characters, 403 for a job's token that lacks a permission, 410 for issues that are off.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

JOB_TOKEN = "ghs_jobtoken000000000000000000000000"
REPOSITORY = "acme/templates"
MAX_BODY = 65_536
HEAD = "a" * 40
READ = frozenset({"contents: read"})
WRITE = READ | {"pull-requests: write", "issues: write"}

Answerer = Callable[[], Response]


@dataclass
class Account:
    """Who a token is. `user_endpoint`: whether `GET /user` answers it; a job's token is refused."""

    login: str = "github-actions[bot]"
    type: str = "Bot"
    permissions: frozenset[str] = WRITE
    association: str = "NONE"
    may_label: bool = True
    user_endpoint: bool = False
    graphql: bool = True

    @property
    def user(self) -> dict[str, str]:
        return {"login": self.login, "type": self.type}


@dataclass
class Comment:
    id: int
    number: int
    user: dict[str, str] | None
    body: str
    created_at: datetime
    edits: int = 0
    edited_at: datetime | None = None
    editor: dict[str, str] | None = None

    @property
    def node_id(self) -> str:
        return f"IC_{self.id}"

    def edit(self, body: str, user: dict[str, str], now: datetime) -> None:
        """Somebody who may write changes the text: its author stays the same."""
        self.body, self.editor, self.edited_at = body, user, now
        self.edits += 1


@dataclass
class Issue:
    number: int
    user: dict[str, str]
    title: str
    body: str
    labels: list[str]
    created_at: datetime
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    updated_at: datetime | None = None
    association: str = "NONE"
    is_pull: bool = False


@dataclass
class Pull:
    number: int
    head: str = HEAD
    base: str = "main"
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    locked: bool = False
    commits: tuple[str, ...] = ()


@dataclass
class Fault:
    """One scheduled misfortune; `after` lets the server do its work first and loses the answer."""

    method: str
    path: re.Pattern[str]
    answer: Answerer
    after: bool


@dataclass
class State:
    """Everything this GitHub holds, and every request it answered."""

    accounts: dict[str, Account] = field(default_factory=lambda: {JOB_TOKEN: Account()})
    comments: list[Comment] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    issues_enabled: bool = True
    renamed_from: str | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    requests: list[str] = field(default_factory=list)
    tokens_seen: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    next_id: int = 1000

    def number(self) -> int:
        self.next_id += 1
        return self.next_id

    def pull(self, number: int = 7, **facts: Any) -> Pull:
        """Open a pull request; it is an issue too."""
        self.pulls[number] = Pull(number, **facts)
        user = {"login": "dev", "type": "User"}
        self.issues[number] = Issue(number, user, "A change", "", [], self.now, is_pull=True)
        return self.pulls[number]

    def comment(self, number: int, body: str, user: dict[str, str] | None = None) -> Comment:
        """Somebody comments; by default our own job."""
        made = Comment(self.number(), number, user or Account().user, body, self.now)
        self.comments.append(made)
        return made

    def bodies(self, number: int = 7) -> list[str]:
        return [comment.body for comment in self.comments if comment.number == number]

    def drift_issues(self, state: str = "open") -> list[Issue]:
        return [issue for issue in self.issues.values() if not issue.is_pull and issue.state == state]

    def writes(self) -> list[str]:
        """Every request that could change something; the GraphQL query is none."""
        return [r for r in self.requests if not r.startswith("GET") and "graphql" not in r]

    def on(self, method: str, path: str, *answers: Answerer, after: bool = False) -> None:
        """Each of these answers takes one request of this method to a path that holds this pattern."""
        self.faults += [Fault(method, re.compile(path), answer, after) for answer in answers]


def answered(status: int, message: str = "", **headers: str) -> Answerer:
    """An error as GitHub writes it; header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: JSONResponse(
        {"message": message, "documentation_url": "https://docs.example"}, status, named
    )


def create_github(state: State, prefix: str = "") -> Starlette:
    """The application. `prefix` is "/api/v3" for a GitHub Enterprise Server; GraphQL is then at `/api/graphql`."""
    repo = prefix + "/repos/{owner}/{name}"
    graphql = "/api/graphql" if prefix else "/graphql"
    routes = [
        ("GET", f"{repo}/issues/{{number:int}}/comments", _list_comments),
        ("POST", f"{repo}/issues/{{number:int}}/comments", _add_comment),
        ("PATCH", f"{repo}/issues/comments/{{id:int}}", _edit_comment),
        ("GET", f"{repo}/issues", _list_issues),
        ("POST", f"{repo}/issues", _open_issue),
        ("PATCH", f"{repo}/issues/{{number:int}}", _edit_issue),
        ("GET", f"{repo}/labels/{{label}}", _get_label),
        ("POST", f"{repo}/labels", _make_label),
        ("GET", f"{repo}/pulls/{{number:int}}", _get_pull),
        ("GET", f"{repo}/commits/{{sha}}/pulls", _pulls_of_commit),
        ("GET", f"{prefix}/user", _user),
        ("POST", graphql, _graphql),
    ]
    return Starlette(routes=[Route(path, _endpoint(state, h), methods=[m]) for m, path, h in routes])


class Refused(Exception):
    def __init__(self, status: int, message: str, *errors: Any) -> None:
        super().__init__(message)
        self.response = JSONResponse({"message": message, "errors": list(errors)}, status)


@dataclass
class Call:
    state: State
    request: Request
    account: Account
    body: Any

    def needs(self, *permissions: str) -> None:
        if not self.account.permissions & set(permissions):
            raise Refused(403, "Resource not accessible by integration")

    def number(self) -> int:
        return int(self.request.path_params["number"])


Handler = Callable[[Call], Response]


def _endpoint(state: State, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        data = await request.body()
        state.requests.append(f"{request.method} {request.url.path}")
        fault = _due(state, request)
        if fault is not None and not fault.after:
            return fault.answer()
        try:
            response = handler(_call(state, request, data))
        except Refused as refused:
            response = refused.response
        return response if fault is None else fault.answer()

    return answer


def _due(state: State, request: Request) -> Fault | None:
    for index, fault in enumerate(state.faults):
        if fault.method == request.method and fault.path.search(request.url.path):
            return state.faults.pop(index)
    return None


def _call(state: State, request: Request, data: bytes) -> Call:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    state.tokens_seen.add(token)
    if kind != "Bearer" or token not in state.accounts:
        raise Refused(401, "Bad credentials")
    if not request.headers.get("user-agent") or "x-github-api-version" not in request.headers:
        raise Refused(403, "Request forbidden by administrative rules.")
    named = "/".join((request.path_params.get("owner", "acme"), request.path_params.get("name", "templates")))
    if named == state.renamed_from and request.method == "GET":
        raise _Moved(request)
    if named != REPOSITORY:
        raise Refused(404, "Not Found")
    return Call(state, request, state.accounts[token], json.loads(data) if data else None)


class _Moved(Refused):
    def __init__(self, request: Request) -> None:
        super().__init__(301, "Moved Permanently")
        path = re.sub(r"/repos/[^/]+/[^/]+", f"/repos/{REPOSITORY}", str(request.url))
        self.response.headers["location"] = path


def _page(call: Call, items: list[Any]) -> Response:
    query = dict(call.request.query_params)
    size, page = min(int(query.get("per_page", 30)), 100), int(query.get("page", 1))
    headers = {}
    if page * size < len(items):
        base = str(call.request.url).partition("?")[0]
        links = [
            f'<{base}?{urlencode(query | {"page": n})}>; rel="{rel}"'
            for n, rel in ((page + 1, "next"), (-(-len(items) // size), "last"))
        ]
        headers["link"] = ", ".join(links)
    return JSONResponse(items[(page - 1) * size : page * size], headers=headers)


def _check_body(body: Any, resource: str) -> str:
    text = body.get("body")
    if not isinstance(text, str) or not text:
        raise Refused(422, "Validation Failed", {"resource": resource, "field": "body", "code": "missing"})
    if len(text) > MAX_BODY:
        message = f"body is too long (maximum is {MAX_BODY} characters)"
        raise Refused(422, "Validation Failed", {"resource": resource, "field": "body", "message": message})
    return text


def _shown_comment(comment: Comment) -> dict[str, Any]:
    url = f"https://github.example/{REPOSITORY}/pull/{comment.number}#issuecomment-{comment.id}"
    return {
        "id": comment.id,
        "node_id": comment.node_id,
        "user": comment.user,
        "body": comment.body,
        "html_url": url,
        "created_at": _text(comment.created_at),
        "updated_at": _text(comment.edited_at or comment.created_at),
    }


def _shown_issue(issue: Issue) -> dict[str, Any]:
    pull = {"pull_request": {"url": "..."}} if issue.is_pull else {}
    return {
        "number": issue.number,
        "user": issue.user,
        "author_association": issue.association,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "labels": [{"name": label} for label in issue.labels],
        "created_at": _text(issue.created_at),
        "closed_at": _text(issue.closed_at),
        "html_url": f"https://github.example/{REPOSITORY}/issues/{issue.number}",
    } | pull


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _issue(call: Call) -> Issue:
    issue = call.state.issues.get(call.number())
    if issue is None:
        raise Refused(404, "Not Found")
    return issue


def _write_to(call: Call, issue: Issue) -> None:
    call.needs("issues: write", *(("pull-requests: write",) if issue.is_pull else ()))


def _list_comments(call: Call) -> Response:
    issue = _issue(call)
    return _page(call, [_shown_comment(c) for c in call.state.comments if c.number == issue.number])


def _add_comment(call: Call) -> Response:
    issue = _issue(call)
    _write_to(call, issue)
    if issue.is_pull and call.state.pulls[issue.number].locked:
        raise Refused(403, "Unable to create comment because issue is locked.")
    body = _check_body(call.body, "IssueComment")
    return JSONResponse(_shown_comment(call.state.comment(issue.number, body, call.account.user)), 201)


def _edit_comment(call: Call) -> Response:
    found = [c for c in call.state.comments if c.id == call.request.path_params["id"]]
    if not found:
        raise Refused(404, "Not Found")
    _write_to(call, call.state.issues[found[0].number])
    found[0].edit(_check_body(call.body, "IssueComment"), call.account.user, call.state.now)
    return JSONResponse(_shown_comment(found[0]))


def _list_issues(call: Call) -> Response:
    if not call.state.issues_enabled:
        raise Refused(410, "Issues has been disabled in this repository.")
    query = call.request.query_params
    wanted = set(query["labels"].split(",")) if "labels" in query else set()
    state, since = query.get("state", "open"), query.get("since", "")
    found = [
        _shown_issue(issue)
        for issue in call.state.issues.values()
        if wanted <= set(issue.labels)
        and state in (issue.state, "all")
        and (_text(issue.updated_at or issue.created_at) or "") >= since
    ]
    return _page(call, sorted(found, key=lambda issue: -issue["number"]))


def _open_issue(call: Call) -> Response:
    if not call.state.issues_enabled:
        raise Refused(410, "Issues has been disabled in this repository.")
    call.needs("issues: write")
    body = _check_body(call.body, "Issue")
    labels = list(call.body.get("labels", [])) if call.account.may_label else []
    for label in labels:
        call.state.labels.setdefault(label, "ededed")
    issue = Issue(call.state.number(), call.account.user, call.body["title"], body, labels, call.state.now)
    issue.association = call.account.association
    call.state.issues[issue.number] = issue
    return JSONResponse(_shown_issue(issue), 201)


def _edit_issue(call: Call) -> Response:
    issue = _issue(call)
    call.needs("issues: write")
    issue.updated_at = call.state.now
    if "body" in call.body:
        issue.body = _check_body(call.body, "Issue")
    if "state" in call.body:
        issue.state = call.body["state"]
        issue.state_reason = call.body.get("state_reason")
        issue.closed_at = call.state.now if issue.state == "closed" else None
    return JSONResponse(_shown_issue(issue))


def _get_label(call: Call) -> Response:
    label = call.request.path_params["label"]
    if label not in call.state.labels:
        raise Refused(404, "Not Found")
    return JSONResponse({"name": label, "color": call.state.labels[label]})


def _make_label(call: Call) -> Response:
    call.needs("issues: write")
    if call.body["name"] in call.state.labels:
        raise Refused(
            422, "Validation Failed", {"resource": "Label", "code": "already_exists", "field": "name"}
        )
    call.state.labels[call.body["name"]] = call.body["color"]
    return JSONResponse(call.body, 201)


def _shown_pull(pull: Pull) -> dict[str, Any]:
    return {
        "number": pull.number,
        "head": {"sha": pull.head},
        "base": {"ref": pull.base},
        "merged_at": _text(pull.merged_at),
        "merge_commit_sha": pull.merge_commit_sha,
        "html_url": f"https://github.example/{REPOSITORY}/pull/{pull.number}",
    }


def _get_pull(call: Call) -> Response:
    pull = call.state.pulls.get(call.number())
    if pull is None:
        raise Refused(404, "Not Found")
    return JSONResponse(_shown_pull(pull))


def _pulls_of_commit(call: Call) -> Response:
    sha = call.request.path_params["sha"]
    found = [p for p in call.state.pulls.values() if sha in (p.merge_commit_sha, p.head, *p.commits)]
    return _page(call, [_shown_pull(pull) for pull in found])


def _user(call: Call) -> Response:
    if not call.account.user_endpoint:
        raise Refused(403, "Resource not accessible by integration")
    return JSONResponse(call.account.user)


def _graphql(call: Call) -> Response:
    if not call.account.graphql or "viewer" not in call.body["query"]:
        return JSONResponse({"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}]})
    data: dict[str, Any] = {"viewer": {"login": call.account.login}}
    asked = re.search(r'node\(id: "([^"]+)"\)', call.body["query"])
    if asked is not None:
        (found,) = [comment for comment in call.state.comments if comment.node_id == asked[1]]
        data["node"] = {"lastEditedAt": _text(found.edited_at), "editor": _actor(found.editor)}
    return JSONResponse({"data": data})


def _actor(user: dict[str, str] | None) -> dict[str, str] | None:
    """As GraphQL shows an account: a bot without the suffix that REST and `viewer` have (observed in cli/cli#6384)."""
    return (
        None if user is None else {"__typename": user["type"], "login": user["login"].removesuffix("[bot]")}
    )


@dataclass
class Served:
    """A GitHub on a port."""

    url: str
    state: State
    stop: Callable[[], None]


def serve_github(state: State, prefix: str = "") -> Served:
    """Start it in a thread; `stop` ends it."""
    config = uvicorn.Config(create_github(state, prefix), port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)

    def stop() -> None:
        server.should_exit = server.force_exit = True
        thread.join()

    port = server.servers[0].sockets[0].getsockname()[1]
    return Served(f"http://127.0.0.1:{port}{prefix}", state, stop)


def days_ago(state: State, days: int) -> datetime:
    return state.now - timedelta(days=days)
