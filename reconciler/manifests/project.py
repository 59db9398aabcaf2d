"""`reconciler.yaml` as values, and the choice of one of its environments. Reading it is an edge. Choosing is pure.

The file is optional: without it there is one environment `default` on Airbyte's public API, set by environment variables,
and always one called `sandbox`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.model.credentials import url_mistake
from reconciler.model.diagnostic import Diagnostic, Origin, SeverityChoice
from reconciler.model.json_value import is_uuid
from reconciler.model.target import (
    CAPABILITIES,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_URLS,
    Api,
    Dialect,
    Policy,
    Target,
)
from reconciler.model.text import did_you_mean, listed, short_text

PROJECT_FILE: Final = "reconciler.yaml"
DEFAULT_MANIFESTS: Final = "manifests"
DEFAULT_URL: Final = "https://api.airbyte.com/v1"
AGENTS_URL: Final = "https://api.airbyte.ai/api/v1"
DEFAULT_MAX_CREATES: Final = 10
DEFAULT_SETTLE_SECONDS: Final = 60.0
SANDBOX: Final = "sandbox"
ORGANIZATION_VARIABLE: Final = "AIRBYTE_ORGANIZATION_ID"
URL_VARIABLE: Final = "AIRBYTE_API_URL"
URL_HELP: Final = f"write a URL such as {DEFAULT_URL}"

_ANYWHERE = Origin(PROJECT_FILE, 0, 0)


@dataclass(frozen=True)
class Environment:
    """One entry of `environments`, checked. `url` and `organization_id` are None where the file does not say. `sandbox_dialect` is
    what a sandbox speaks.
    """

    name: str
    api: Api = Api.PUBLIC
    sandbox_dialect: Dialect = Dialect.PUBLIC
    url: str | None = None
    organization_id: str | None = None
    max_creates: int = DEFAULT_MAX_CREATES
    settle_seconds: float = DEFAULT_SETTLE_SECONDS
    unmanaged: frozenset[str] = frozenset()
    apply_branches: tuple[str, ...] = ()
    policy: Policy = Policy.CREATE_ONLY
    origin: Origin = _ANYWHERE

    @property
    def dialect(self) -> Dialect:
        """What its server speaks."""
        return self.sandbox_dialect if self.api is Api.SANDBOX else Dialect(self.api)


@dataclass(frozen=True)
class Project:
    """What `reconciler.yaml` says. `manifests` is a directory relative to the file. `environments` are in its order.
    `rules` are the severities that it sets, by rule id, checked. `sandbox_dialect` is what every sandbox speaks in this run. None: what
    the file says.
    """

    manifests: str = DEFAULT_MANIFESTS
    default_environment: str | None = None
    environments: tuple[Environment, ...] = ()
    rules: Mapping[str, SeverityChoice] = field(default_factory=dict, hash=False)
    sandbox_dialect: Dialect | None = None

    def select(self, environment: str | None, environ: Mapping[str, str]) -> Target:
        """The target of one environment (None: the default one) with the environment variables applied.

        AIRBYTE_ORGANIZATION_ID and AIRBYTE_API_URL override the file. Empty counts as unset. The sandbox has no url to
        override. Raises InvalidInput.
        """
        chosen = self.environment(environment)
        is_sandbox = chosen.api is Api.SANDBOX
        return Target(
            environment=chosen.name,
            api=chosen.api,
            url=SANDBOX_URLS[chosen.dialect] if is_sandbox else _url(chosen, environ),
            organization_id=_organization(chosen, environ, SANDBOX_ORGANIZATION_ID if is_sandbox else None),
            max_creates=chosen.max_creates,
            settle_seconds=chosen.settle_seconds,
            unmanaged=chosen.unmanaged,
            apply_branches=chosen.apply_branches,
            dialect=chosen.dialect,
            policy=chosen.policy if "update" in CAPABILITIES[chosen.dialect] else Policy.CREATE_ONLY,
        )

    def api_of(self, environment: str | None) -> Api:
        """Which kind of server an environment has. None: a public one. Raises InvalidInput for an environment that there is not."""
        return Api.PUBLIC if environment is None else self.environment(environment).api

    @property
    def dialect(self) -> Dialect | None:
        """What every server of the project speaks. None where there are servers of both kinds, or none is named."""
        dialects = {each.dialect for each in self.environments if each.api is not Api.SANDBOX}
        return dialects.pop() if len(dialects) == 1 else None

    def has(self, environment: str) -> bool:
        """Whether there is an environment of this name."""
        return environment in self.environment_names

    @property
    def environment_names(self) -> tuple[str, ...]:
        """Every environment that can be chosen, `sandbox` included, in the file's order."""
        return tuple(self._known())

    def environment(self, name: str | None) -> Environment:
        """The environment of this name. None: the one that a run without a choice takes. Raises InvalidInput."""
        known = self._known()
        only = None if len(self.environments) > 1 else next(iter(known))
        wanted = name or self.default_environment or only
        if wanted is None:
            message = "there are several environments, and none is chosen"
            ways = (
                f"set defaultEnvironment, or use --environment with {listed(known).replace(' and ', ' or ')}"
            )
            raise _invalid(Origin(PROJECT_FILE), message, ways)
        if wanted not in known:
            near = did_you_mean(wanted, known)
            help_text = f"{near} Known: {listed(known)}" if near else f"known: {listed(known)}"
            message = f'there is no environment "{short_text(wanted)}"'
            raise _invalid(Origin("option --environment", 0, 0), message, help_text)
        return known[wanted]

    def _known(self) -> dict[str, Environment]:
        known = {each.name: each for each in self.environments or (Environment("default"),)}
        known = {**known, SANDBOX: known.get(SANDBOX, Environment(SANDBOX, Api.SANDBOX))}
        if (dialect := self.sandbox_dialect) is None:
            return known
        return {name: replace(each, sandbox_dialect=dialect) for name, each in known.items()}


def read_project(root: Path) -> Project:
    """The project file in `root`. The defaults when there is none. Raises InvalidInput with everything wrong in it."""
    from reconciler.manifests.files import read_file

    try:
        data = read_file(root / PROJECT_FILE)
    except rules.Refused as refusal:
        if isinstance(refusal.__cause__, FileNotFoundError):
            return Project()
        problem = Diagnostic(Origin(PROJECT_FILE), refusal.rule, refusal.message, refusal.help)
        raise InvalidInput((problem,)) from refusal
    # Only a project that has the file pays for yaml.
    from reconciler.manifests.project_file import parse_project

    return parse_project(data, PROJECT_FILE, root)


def _url(environment: Environment, environ: Mapping[str, str]) -> str:
    override = environ.get(URL_VARIABLE, "").strip()
    if wrong := url_mistake(override) if override else "":
        raise _invalid(_variable(URL_VARIABLE), f"the API url {wrong}", URL_HELP)
    usual = AGENTS_URL if environment.api is Api.AGENTS else DEFAULT_URL
    return override.rstrip("/") or environment.url or usual


def _organization(environment: Environment, environ: Mapping[str, str], fallback: str | None) -> str:
    override = environ.get(ORGANIZATION_VARIABLE, "").strip()
    if override and not is_uuid(override):
        help_text = "write it as 8-4-4-4-12 hexadecimal digits, or unset it"
        raise _invalid(_variable(ORGANIZATION_VARIABLE), "the organization id is not a UUID", help_text)
    organization = override.lower() or environment.organization_id or fallback
    if organization is None:
        message = f'the environment "{short_text(environment.name)}" has no organization id'
        help_text = f"set organizationId for it in {PROJECT_FILE}, or the variable {ORGANIZATION_VARIABLE}"
        if environment.origin is _ANYWHERE:
            help_text += f"; `reconciler init` writes a first {PROJECT_FILE}, and --sandbox needs neither"
        raise InvalidInput((Diagnostic(environment.origin, rules.ORGANIZATION, message, help_text),))
    return organization


def _variable(name: str) -> Origin:
    return Origin(f"environment variable {name}", 0, 0)


def _invalid(origin: Origin, message: str, help: str) -> InvalidInput:
    return InvalidInput((Diagnostic(origin, rules.ENVIRONMENT, message, help),))
