"""`reconciler.yaml` to a `Project`, and the choice of one of its environments. Reading it is an edge; choosing is pure.

The file is optional: without it there is one environment `default` on Airbyte's public API, set by environment variables,
and always one called `sandbox`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reconciler.errors import InvalidInput
from reconciler.manifests import rules
from reconciler.manifests.urls import UrlRefused, base_url
from reconciler.model.diagnostic import Diagnostic, Origin, SeverityChoice
from reconciler.model.json_value import is_uuid
from reconciler.model.target import SANDBOX_URL, Api, Target
from reconciler.model.text import did_you_mean, listed, short_text

PROJECT_FILE: Final = "reconciler.yaml"
DEFAULT_MANIFESTS: Final = "manifests"
DEFAULT_URL: Final = "https://api.airbyte.com/v1"
DEFAULT_MAX_CREATES: Final = 10
DEFAULT_SETTLE_SECONDS: Final = 60.0
SANDBOX: Final = "sandbox"
ORGANIZATION_VARIABLE: Final = "AIRBYTE_ORGANIZATION_ID"
URL_VARIABLE: Final = "AIRBYTE_API_URL"

_ANYWHERE = Origin(PROJECT_FILE, 0, 0)
_CHOICE = Origin("option --environment", 0, 0)


@dataclass(frozen=True)
class Environment:
    """One entry of `environments`, checked. `url` and `organization_id` are None where the file does not say."""

    name: str
    api: Api = Api.PUBLIC
    url: str | None = None
    organization_id: str | None = None
    max_creates: int = DEFAULT_MAX_CREATES
    settle_seconds: float = DEFAULT_SETTLE_SECONDS
    unmanaged: frozenset[str] = frozenset()
    apply_branches: tuple[str, ...] = ()
    origin: Origin = _ANYWHERE


@dataclass(frozen=True)
class Project:
    """What `reconciler.yaml` says. `manifests` is a directory relative to the file; `environments` are in its order.
    `rules` are the severities that it sets, by rule id, checked.
    """

    manifests: str = DEFAULT_MANIFESTS
    default_environment: str | None = None
    environments: tuple[Environment, ...] = ()
    rules: Mapping[str, SeverityChoice] = field(default_factory=dict, hash=False)

    def select(
        self, environment: str | None, environ: Mapping[str, str], *, sandbox_organization_id: str
    ) -> Target:
        """The target of one environment (None: the default one) with the environment variables applied.

        AIRBYTE_ORGANIZATION_ID and AIRBYTE_API_URL override the file; empty counts as unset; the sandbox has no url to
        override. Raises InvalidInput.
        """
        chosen = self.environment(environment)
        if chosen.api is Api.SANDBOX:
            url, fallback = SANDBOX_URL, sandbox_organization_id
        else:
            url, fallback = _url(chosen, environ), None
        return Target(
            environment=chosen.name,
            api=chosen.api,
            url=url,
            organization_id=_organization(chosen, environ, fallback),
            max_creates=chosen.max_creates,
            settle_seconds=chosen.settle_seconds,
            unmanaged=chosen.unmanaged,
            apply_branches=chosen.apply_branches,
        )

    def api_of(self, environment: str | None) -> Api:
        """Which kind of server an environment has: what an offline check has to know. None: a public one.

        Raises InvalidInput for an environment that there is not.
        """
        return Api.PUBLIC if environment is None else self.environment(environment).api

    def has(self, environment: str) -> bool:
        """Whether there is an environment of this name."""
        return environment in self._known()

    @property
    def environment_names(self) -> tuple[str, ...]:
        """Every environment that can be chosen, `sandbox` included, in the file's order."""
        return tuple(self._known())

    def environment(self, name: str | None) -> Environment:
        """The environment of this name; None: the one that a run without a choice takes. Raises InvalidInput."""
        known = self._known()
        wanted = name or self.default_environment or self._only()
        if wanted is None:
            message = "there are several environments, and none is chosen"
            raise _invalid(
                Origin(PROJECT_FILE),
                message,
                f"set defaultEnvironment, or use --environment with {_either(known)}",
            )
        if wanted not in known:
            near = did_you_mean(wanted, known)
            help_text = f"{near} Known: {listed(known)}" if near else f"known: {listed(known)}"
            raise _invalid(_CHOICE, f'there is no environment "{short_text(wanted)}"', help_text)
        return known[wanted]

    def _known(self) -> dict[str, Environment]:
        declared = self.environments or (Environment("default"),)
        known = {environment.name: environment for environment in declared}
        return {**known, SANDBOX: known.get(SANDBOX, Environment(SANDBOX, Api.SANDBOX))}

    def _only(self) -> str | None:
        """The one environment there is, when the file declares one or none."""
        if len(self.environments) > 1:
            return None
        return next(iter(self._known()))


def read_project(root: Path) -> Project:
    """The project file in `root`; the defaults when there is none. Raises InvalidInput with everything wrong in it."""
    from reconciler.manifests.files import SourceFile, read_file
    from reconciler.manifests.rules import Refused

    path = root / PROJECT_FILE
    try:
        data = read_file(path)
    except Refused as refusal:
        if isinstance(refusal.__cause__, FileNotFoundError):
            return Project()
        problem = Diagnostic(Origin(PROJECT_FILE), refusal.rule, refusal.message, refusal.help)
        raise InvalidInput((problem,)) from refusal
    # Only a project that has the file pays for yaml.
    from reconciler.manifests.project_file import parse_project

    return parse_project(data, SourceFile(path, PROJECT_FILE, root), root)


def _url(environment: Environment, environ: Mapping[str, str]) -> str:
    override = environ.get(URL_VARIABLE, "").strip()
    if not override:
        return environment.url or DEFAULT_URL
    try:
        return base_url(override)
    except UrlRefused as refusal:
        origin = _variable(URL_VARIABLE)
        raise _invalid(origin, f"the API url {refusal}", f"write a URL such as {DEFAULT_URL}") from refusal


def _organization(environment: Environment, environ: Mapping[str, str], fallback: str | None) -> str:
    override = environ.get(ORGANIZATION_VARIABLE, "").strip()
    if override:
        if not is_uuid(override):
            help_text = "write it as 8-4-4-4-12 hexadecimal digits, or unset it"
            raise _invalid(_variable(ORGANIZATION_VARIABLE), "the organization id is not a UUID", help_text)
        return override.lower()
    organization = environment.organization_id or fallback
    if organization is None:
        message = f'the environment "{short_text(environment.name)}" has no organization id'
        help_text = f"set organizationId for it in {PROJECT_FILE}, or the variable {ORGANIZATION_VARIABLE}"
        if environment.origin is _ANYWHERE:
            help_text += f"; `reconciler init` writes a first {PROJECT_FILE}, and --sandbox needs neither"
        raise InvalidInput((Diagnostic(environment.origin, rules.ORGANIZATION, message, help_text),))
    return organization


def _either(names: Mapping[str, Environment]) -> str:
    return listed(names).replace(" and ", " or ")


def _variable(name: str) -> Origin:
    return Origin(f"environment variable {name}", 0, 0)


def _invalid(origin: Origin, message: str, help: str) -> InvalidInput:
    return InvalidInput((Diagnostic(origin, rules.ENVIRONMENT, message, help),))
