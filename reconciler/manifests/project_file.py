"""The text of `reconciler.yaml` to a `Project`: the same strict YAML and the same positioned problems as manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.document import Document, NoSubstitutions
from reconciler.manifests.fields import Fields
from reconciler.manifests.limits import LONGEST_SETTLE, MAX_PROBLEMS_PER_FILE, Budget
from reconciler.manifests.manifest_fields import uuid_words
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.project import (
    DEFAULT_MANIFESTS,
    SANDBOX,
    URL_HELP,
    Environment,
    Project,
)
from reconciler.manifests.reader import read_documents
from reconciler.manifests.schema import project_schema
from reconciler.model.credentials import url_mistake
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment
from reconciler.model.target import Api, Dialect, Policy
from reconciler.model.text import did_you_mean, listed, short_text

# The project file says where credentials go, so nothing in it comes from elsewhere.
_NO_SUBSTITUTIONS: Final = NoSubstitutions(
    rules.TAG,
    ("!env is for manifests only", "write the value out"),
    ("!include is for manifests only", "write the value out"),
)


def parse_project(data: bytes, name: str, root: Path) -> Project:
    """The project of a file with this content. Raises InvalidInput with everything wrong in it."""
    log = ProblemLog(name)
    words = "begin it with `version: 1`"
    documents = read_documents(data, log, _NO_SUBSTITUTIONS, Budget(), is_json=False, when_empty=words)
    for second in documents[1:2]:
        message = "a second document in the project file"
        log.add(second.origin, rules.PROJECT_VALUE, message, "write one document only")
    for document in documents[:1]:
        for finding in _findings(document.value, root):
            if not document.has_reported(finding.pointer):
                log.keep(document.locate(finding))
    if log:
        raise InvalidInput(in_reading_order(log.problems()))
    return _project(documents[0])


def _findings(value: JsonValue, root: Path) -> Iterator[Diagnostic]:
    if not isinstance(value, dict):
        message = "the project file is not an object"
        yield Diagnostic("", rules.PROJECT_TYPE, message, "begin it with `version: 1`")
        return
    yield from _FIELDS.diagnostics(value, limit=MAX_PROBLEMS_PER_FILE)[0]
    directory, environments = value.get("manifests"), _object(value.get("environments"))
    if isinstance(directory, str) and directory and not _is_inside(directory, root):
        message = f'the manifest directory "{short_text(directory)}" is not inside the project'
        yield _wrong("/manifests", message, "write a path relative to this file, without ..")
    yield from _severity_findings(_object(value.get("rules")))
    yield from _default_findings(value.get("defaultEnvironment"), environments)
    if isinstance(environments.get(SANDBOX), dict):
        yield from _sandbox_findings(_object(environments[SANDBOX]))
    for name, environment in environments.items():
        where = _pointer(name)
        yield from _url_findings(f"{where}/url", _object(environment))
        yield from _dialect_findings(f"{where}/dialect", _object(environment))
        yield from _unmanaged_findings(f"{where}/unmanaged", _object(environment).get("unmanaged"))
        yield from _policy_findings(f"{where}/policy", _object(environment))


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _pointer(environment: str) -> str:
    return f"/environments/{escape_segment(environment)}"


def _wrong(where: str, message: str, help_text: str, *, on_key: bool = False) -> Diagnostic:
    return Diagnostic(where, rules.PROJECT_VALUE, message, help_text, on_key=on_key)


def _is_inside(directory: str, root: Path) -> bool:
    if directory.startswith("/") or "\0" in directory:
        return False
    # realpath, because Path.resolve raises on a loop of links.
    return Path(os.path.realpath(root / directory)).is_relative_to(os.path.realpath(root))


def _severity_findings(severities: JsonObject) -> Iterator[Diagnostic]:
    if not severities:
        return
    # Knows every rule of the program: imported only for a project that sets severities.
    from reconciler.connectors.lint.rules import severity_refusal

    for rule, choice in severities.items():
        refusal = severity_refusal(rule, choice) if isinstance(choice, str) else None
        if refusal is not None:
            yield _wrong(f"/rules/{escape_segment(rule)}", refusal.message, refusal.help, on_key=True)


def _default_findings(default: JsonValue, environments: JsonObject) -> Iterator[Diagnostic]:
    known = [*environments, *({SANDBOX} - environments.keys())]
    if isinstance(default, str) and default and default not in known:
        help_text = did_you_mean(default, known) or f"known: {listed(known)}"
        message = f'defaultEnvironment "{short_text(default)}" is not one of the environments'
        yield Diagnostic("/defaultEnvironment", rules.ENVIRONMENT, message, help_text)


def _sandbox_findings(environment: JsonObject) -> Iterator[Diagnostic]:
    """`--sandbox` promises a local Airbyte: a create that went to a server under that name could never be undone."""
    is_open = "api" not in environment
    if not is_open and environment["api"] not in (Api.PUBLIC, Api.AGENTS):
        return  # the sandbox itself, or a value that is reported already
    has = "no api, which means public" if is_open else f"the api {environment['api']}"
    where = _pointer(SANDBOX) + ("" if is_open else "/api")
    message = f"the environment {SANDBOX} has {has}, so `--sandbox` would reach a real server"
    help_text = f"write `api: {Api.SANDBOX}`, or give the environment another name"
    yield _wrong(where, message, help_text, on_key=is_open)


def _url_findings(where: str, environment: JsonObject) -> Iterator[Diagnostic]:
    url = environment.get("url")
    if not isinstance(url, str) or not url:
        return
    if environment.get("api") == Api.SANDBOX:
        message = "a url has no meaning for the sandbox, which runs in this process"
        yield _wrong(where, message, "remove it, or use `api: public` for a served sandbox", on_key=True)
    elif wrong := url_mistake(url):
        yield _wrong(where, f"the url {wrong}", URL_HELP)


def _policy_findings(where: str, environment: JsonObject) -> Iterator[Diagnostic]:
    if environment.get("policy") == Policy.CREATE_UPDATE and Dialect.AGENTS not in (
        environment.get("api"),
        environment.get("dialect"),
    ):
        message = "the policy create-update needs a server that can update, and only the Agent API can"
        way_out = "add `dialect: agents`, " if environment.get("api") == Api.SANDBOX else ""
        yield _wrong(where, message, f"{way_out}write `policy: create-only`, or remove the line")


def _dialect_findings(where: str, environment: JsonObject) -> Iterator[Diagnostic]:
    if environment.get("dialect") in tuple(Dialect) and environment.get("api") != Api.SANDBOX:
        message = f"a dialect has no meaning without `api: {Api.SANDBOX}`: elsewhere the api says it"
        yield _wrong(where, message, f"remove it, or write `api: {Api.SANDBOX}`", on_key=True)


def _unmanaged_findings(where: str, identifiers: JsonValue) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, identifier in enumerate(identifiers if isinstance(identifiers, list) else ()):
        if isinstance(identifier, str) and first.setdefault(identifier.lower(), index) != index:
            message = f'the id "{short_text(identifier)}" is listed twice under unmanaged'
            yield _wrong(f"{where}/{index}", message, "remove one of the two")


def _project(document: Document) -> Project:
    # `fields` has checked all of these types.
    value = cast(dict[str, Any], document.value)
    return Project(
        manifests=value.get("manifests", DEFAULT_MANIFESTS),
        default_environment=value.get("defaultEnvironment"),
        rules=value.get("rules", {}),
        environments=tuple(
            _environment(name, members, document.places.origin(_pointer(name), on_key=True))
            for name, members in value.get("environments", {}).items()
        ),
    )


def _environment(name: str, members: dict[str, Any], origin: Origin) -> Environment:
    organization, plain = members.get("organizationId"), Environment(name)
    return Environment(
        name=name,
        api=Api(members.get("api", plain.api)),
        sandbox_dialect=Dialect(members.get("dialect", plain.sandbox_dialect)),
        url=members["url"].rstrip("/") if "url" in members else None,
        organization_id=organization.lower() if organization is not None else None,
        max_creates=members.get("maxCreates", plain.max_creates),
        settle_seconds=float(members.get("settleSeconds", plain.settle_seconds)),
        unmanaged=frozenset(identifier.lower() for identifier in members.get("unmanaged", ())),
        apply_branches=tuple(members.get("applyBranches", ())),
        policy=Policy(members.get("policy", plain.policy)),
        origin=origin,
    )


_FIELDS: Final = Fields(
    project_schema(),
    {
        "unknown": rules.PROJECT_FIELD,
        "missing": rules.PROJECT_MISSING,
        "type": rules.PROJECT_TYPE,
        "value": rules.PROJECT_VALUE,
    },
    {
        "version": lambda value: (
            f"`{short_text(str(value))}` is not known",
            "this version reads `version: 1`",
        ),
        "organizationId": uuid_words,
        "unmanaged": uuid_words,
        "maxCreates": lambda value: (f"{value} is out of range", "write 0 or more"),
        "settleSeconds": lambda value: (f"{value} is out of range", f"write 0 to {LONGEST_SETTLE} seconds"),
    },
    {"version": "`version: 1`"},
)
