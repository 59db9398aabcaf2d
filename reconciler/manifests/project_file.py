"""The text of `reconciler.yaml` to a `Project`: the same strict YAML and the same positioned problems as manifests. Edge:
places are looked up in the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.fields import Fields
from reconciler.manifests.files import SourceFile
from reconciler.manifests.limits import LONGEST_SETTLE, MAX_PROBLEMS_PER_FILE, Budget
from reconciler.manifests.manifest_fields import uuid_words
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.project import (
    DEFAULT_MANIFESTS,
    DEFAULT_MAX_CREATES,
    DEFAULT_SETTLE_SECONDS,
    DEFAULT_URL,
    SANDBOX,
    Environment,
    Project,
)
from reconciler.manifests.reader import Document, NoSubstitutions, read_documents
from reconciler.manifests.schema import project_schema
from reconciler.manifests.urls import UrlRefused, base_url
from reconciler.model.diagnostic import Diagnostic, Origin, in_reading_order
from reconciler.model.json_value import JsonValue, escape_segment
from reconciler.model.target import Api
from reconciler.model.text import did_you_mean, listed, short_text

_AGENTS: Final = "agents"
_ENVIRONMENTS: Final = "/environments"


# The project file says where credentials go, so nothing in it comes from elsewhere.
_NO_SUBSTITUTIONS: Final = NoSubstitutions(
    rules.TAG,
    ("!env is for manifests only", "write the value out"),
    ("!include is for manifests only", "write the value out"),
)


def parse_project(data: bytes, source: SourceFile, root: Path) -> Project:
    """The project of a file with this content. Raises InvalidInput with everything wrong in it."""
    log = ProblemLog(source.name)
    documents = read_documents(
        data, log, _NO_SUBSTITUTIONS, Budget(), is_json=False, when_empty="begin it with `version: 1`"
    )
    for second in documents[1:2]:
        log.add(
            second.origin,
            rules.PROJECT_VALUE,
            "a second document in the project file",
            "write one document only",
        )
    for document in documents[:1]:
        for finding in _findings(document.value, root):
            if not document.has_reported(finding.pointer):
                log.keep(document.locate(finding))
    if log:
        raise InvalidInput(in_reading_order(log.problems()))
    return _project(documents[0])


def _findings(value: JsonValue, root: Path) -> Iterator[Diagnostic]:
    if not isinstance(value, dict):
        yield Diagnostic(
            "", rules.PROJECT_TYPE, "the project file is not an object", "begin it with `version: 1`"
        )
        return
    yield from _FIELDS.diagnostics(value, limit=MAX_PROBLEMS_PER_FILE)[0]
    yield from _manifests_findings(value.get("manifests"), root)
    environments = value.get("environments")
    if not isinstance(environments, dict):
        environments = {}
    yield from _severity_findings(value.get("rules"))
    yield from _default_findings(value.get("defaultEnvironment"), environments)
    yield from _sandbox_findings(environments.get(SANDBOX))
    for name, environment in environments.items():
        if isinstance(environment, dict):
            where = f"{_ENVIRONMENTS}/{escape_segment(name)}"
            yield from _url_findings(f"{where}/url", environment)
            yield from _unmanaged_findings(f"{where}/unmanaged", environment.get("unmanaged"))


def _manifests_findings(directory: JsonValue, root: Path) -> Iterator[Diagnostic]:
    if isinstance(directory, str) and directory:
        # realpath, because Path.resolve raises on a loop of links.
        inside = "\0" not in directory and Path(os.path.realpath(root / directory)).is_relative_to(
            os.path.realpath(root)
        )
        if directory.startswith("/") or not inside:
            message = f'the manifest directory "{short_text(directory)}" is not inside the project'
            yield Diagnostic(
                "/manifests", rules.PROJECT_VALUE, message, "write a path relative to this file, without .."
            )


def _severity_findings(severities: JsonValue) -> Iterator[Diagnostic]:
    if not isinstance(severities, dict) or not severities:
        return
    # Knows every rule of the program: imported only for a project that sets severities.
    from reconciler.connectors.lint.rules import severity_refusal

    for rule, choice in severities.items():
        refusal = severity_refusal(rule, choice) if isinstance(choice, str) else None
        if refusal is not None:
            yield refusal


def _default_findings(default: JsonValue, environments: dict[str, JsonValue]) -> Iterator[Diagnostic]:
    known = [*environments, *({SANDBOX} - environments.keys())]
    if isinstance(default, str) and default and default not in known:
        help_text = did_you_mean(default, known) or f"known: {listed(known)}"
        message = f'defaultEnvironment "{short_text(default)}" is not one of the environments'
        yield Diagnostic("/defaultEnvironment", rules.ENVIRONMENT, message, help_text)


def _sandbox_findings(environment: JsonValue) -> Iterator[Diagnostic]:
    """`--sandbox` promises a local Airbyte: a create that went to a server under that name could never be undone."""
    if not isinstance(environment, dict):
        return
    api = environment.get("api")
    where = f"{_ENVIRONMENTS}/{SANDBOX}"
    if api is None and "api" not in environment:
        has = "no api, which means public"
    elif api == Api.PUBLIC:
        has, where = f"the api {Api.PUBLIC}", f"{where}/api"
    else:
        return  # the sandbox itself, or a value that is told already
    message = f"the environment {SANDBOX} has {has}, so `--sandbox` would reach a real server"
    help_text = f"write `api: {Api.SANDBOX}`, or give the environment another name"
    yield Diagnostic(where, rules.PROJECT_VALUE, message, help_text, on_key="api" not in environment)


def _url_findings(where: str, environment: dict[str, JsonValue]) -> Iterator[Diagnostic]:
    url = environment.get("url")
    if not isinstance(url, str) or not url:
        return
    if environment.get("api") == Api.SANDBOX:
        message = "a url has no meaning for the sandbox, which runs in this process"
        yield Diagnostic(
            where,
            rules.PROJECT_VALUE,
            message,
            "remove it, or use `api: public` for a served sandbox",
            on_key=True,
        )
        return
    try:
        base_url(url)
    except UrlRefused as refusal:
        yield Diagnostic(
            where, rules.PROJECT_VALUE, f"the url {refusal}", f"write a URL such as {DEFAULT_URL}"
        )


def _unmanaged_findings(where: str, identifiers: JsonValue) -> Iterator[Diagnostic]:
    first: dict[str, int] = {}
    for index, identifier in enumerate(identifiers if isinstance(identifiers, list) else ()):
        if isinstance(identifier, str) and first.setdefault(identifier.lower(), index) != index:
            message = f'the id "{short_text(identifier)}" is listed twice under unmanaged'
            yield Diagnostic(f"{where}/{index}", rules.PROJECT_VALUE, message, "remove one of the two")


def _project(document: Document) -> Project:
    # The model has checked all of these types.
    value = cast(dict[str, Any], document.value)
    return Project(
        manifests=value.get("manifests", DEFAULT_MANIFESTS),
        default_environment=value.get("defaultEnvironment"),
        rules=value.get("rules", {}),
        environments=tuple(
            _environment(
                name, members, document.places.origin(f"{_ENVIRONMENTS}/{escape_segment(name)}", on_key=True)
            )
            for name, members in value.get("environments", {}).items()
        ),
    )


def _environment(name: str, members: dict[str, Any], origin: Origin) -> Environment:
    organization = members.get("organizationId")
    return Environment(
        name=name,
        api=Api(members.get("api", Api.PUBLIC)),
        url=base_url(members["url"]) if "url" in members else None,
        organization_id=organization.lower() if organization is not None else None,
        max_creates=members.get("maxCreates", DEFAULT_MAX_CREATES),
        settle_seconds=float(members.get("settleSeconds", DEFAULT_SETTLE_SECONDS)),
        unmanaged=frozenset(identifier.lower() for identifier in members.get("unmanaged", ())),
        apply_branches=tuple(members.get("applyBranches", ())),
        origin=origin,
    )


def _api_words(value: JsonValue) -> tuple[str, str]:
    choices = tuple(Api)
    if value == _AGENTS:
        return f"{_AGENTS} is not supported by this version", f"use {' or '.join(choices)}"
    near = did_you_mean(value, choices) if isinstance(value, str) else ""
    return f'"{short_text(str(value))}" is not known', near or f"use {' or '.join(choices)}"


def _empty_words(_: JsonValue) -> tuple[str, str]:
    return "is empty", "write a value, or leave the field out"


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
        "api": _api_words,
        "organizationId": uuid_words,
        "unmanaged": uuid_words,
        "maxCreates": lambda value: (f"{value} is out of range", "write 0 or more"),
        "settleSeconds": lambda value: (f"{value} is out of range", f"write 0 to {LONGEST_SETTLE} seconds"),
        **dict.fromkeys(("url", "manifests", "defaultEnvironment", "applyBranches"), _empty_words),
    },
    {"version": "`version: 1`"},
)
