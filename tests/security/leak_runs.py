"""One run of the program among secrets, made from a seed: a project, an environment full of canaries, a server that gives them back.

Everything the server was told or has told, it may say again, in any words, place and encoding.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from security.canaries import HEADER_SHAPES, Canary, canary
from security.crm_connector import CRM, FORM, ORGANIZATION, SECRET, SPECIFICATION, UNKNOWN
from security.echoing_server import PLACES, EchoingServer
from security.hostile_server import HostileServer

READS = ("plan", "drift")
COMMANDS = (
    *(READS * 4),
    "apply",
    "apply",
    "apply",
    "apply-plan",
    "doctor",
    "doctor-probe",
    "validate",
    "validate",
    "explain",
    "schema",
    "new",
    "show",
    "search",
    "lock",
)
FORMATS = ("text", "text", "json", "markdown", "html", "github")


@dataclass
class LeakRun:
    """What one seed means. `changes` are broken on purpose (`forking_program.CHANGES`)."""

    seed: str
    root: Path
    changes: tuple[str, ...] = ()
    canaries: list[Canary] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.inputs: set[Path] = set()
        echoes = (
            self.rng.random() < 0.75 and "break_scrubbing" not in self.changes
        )  # words of a server have no places
        faults = {place: self.rng.random() < 0.25 for place in PLACES}
        if self.changes in (("break_masking",), ("break_scrubbing",), ("fail_with_secrets",)):
            faults = dict.fromkeys(PLACES, False)
        self.told = EchoingServer(self.rng, self._canary, self.environment, self._change, echoes, faults)
        self.server = HostileServer(self.told.answer)
        self._write_project()
        self._set_environment()
        self.command = self._chosen_command()

    def close(self) -> None:
        self.server.close()
        shutil.rmtree(self.root)

    def _canary(self, what: str, **options: Any) -> Canary:
        new = canary(self.rng, what, **options)
        self.canaries.append(new)
        return new

    # The project

    def _write_project(self) -> None:
        (self.root / "out").mkdir(parents=True)  # reports make no folders
        url = self.server.url
        if self.rng.random() < 0.03:
            url = f"https://me:{self._canary('url in the project file', shapes=('{0}{1}',)).value}@host.example/v1"
        self._write(
            "reconciler.yaml",
            f"version: 1\nenvironments:\n  production:\n    api: public\n    url: {url}\n    organizationId: {ORGANIZATION}\n"
            f"    settleSeconds: {self.rng.choice((0, 1))}\n",
        )
        if self.rng.random() < 0.7:
            entry = {
                "id": CRM,
                "type": "source",
                "repository": "acme/source-crm",
                "name": "Crm",
                "version": "1.0.0",
                "digest": "sha256:" + "0" * 64,
                "spec": SPECIFICATION,
            }
            self._write(
                "connectors.lock.json",
                json.dumps({"formatVersion": "1", "source": "cloud", "connectors": [entry]}),
            )
        # A value that another manifest takes from the environment has no secret place here: that is the second layer's part.
        most = 1 if "break_scrubbing" in self.changes else 4
        for number in range(self.rng.randint(1, most)):
            self._write_manifest(number)

    def _write_manifest(self, number: int) -> None:
        name = f"m{number}"
        connector = self.rng.choice((CRM, CRM, UNKNOWN))
        presets = {"region": self.rng.choice(("eu", self._variable("region"))), "limit": number}
        for place in ("api_key", "auth", "keys", "extra", "password", "note"):
            if self.rng.random() < 0.4:
                presets[place] = self._placed(place)
        spec: dict[str, Any] = {"connector": connector, "partialDefaultConfig": presets}
        if connector == UNKNOWN or self.rng.random() < 0.6:
            form = json.loads(json.dumps(FORM).replace("{name}", name))
            if self.rng.random() < 0.2:
                form["connectionSpecification"]["properties"]["pin"] = {
                    **SECRET,
                    "title": "Pin",
                    "default": self._variable("pin"),
                }
            spec["partialUserConfigSpec"] = form
        if self.rng.random() < 0.05 and "break_scrubbing" not in self.changes:
            spec[self.rng.choice(("connector", "organizationId", "templateId"))] = self._variable("misplaced")
        manifest = {
            "apiVersion": "reconciler/v1",
            "kind": "SourceTemplate",
            "metadata": {"name": name},
            "spec": spec,
        }
        text = json.dumps(manifest, indent=1)
        for variable in self.environment:
            text = text.replace(f'"!env {variable}"', f"!env {variable}")
        self._write(f"manifests/{name}.yaml", text)
        self._write_live(connector, presets, name)

    def _placed(self, place: str) -> Any:
        if place == "auth":
            return {"kind": "key", "value": self._variable(place)}
        if place == "keys":
            return [self._variable(place), self._variable(place)]
        return {"inner": self._variable(place)} if place == "extra" else self._variable(place)

    def _variable(self, what: str) -> str:
        name = f"RECONCILER_VAR_{len(self.environment)}"
        self.environment[name] = self._canary(f"!env {what}").value
        return f"!env {name}"

    def _write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.inputs.add(path)

    # The live state

    def _write_live(self, connector: str, presets: dict[str, Any], name: str) -> None:
        for _ in range(self.rng.choice((0, 1, 1, 1, 2, 3))):
            held = json.loads(json.dumps(presets))
            if self.rng.random() < 0.8:
                self._change(held, is_specified=connector == CRM)
            form = json.loads(json.dumps(FORM).replace("{name}", name))
            if self.rng.random() < 0.3:
                value = self._canary("default in a live form").value
                form["connectionSpecification"]["properties"]["live_token"] = {
                    **SECRET,
                    "default": value,
                    "examples": [value],
                }
            number = len(self.told.templates) + 1
            identifier = f"10000000-0000-4000-8000-{number:012d}"
            resolved = _resolved(held, self.environment)
            told = self.told.said() if self.told.echoes and self.rng.random() < 0.1 else "Crm"
            self.told.templates[identifier] = {
                "id": identifier,
                "name": told,
                "sourceDefinitionId": connector,
                "partialDefaultConfig": resolved,
                "configTemplateSpec": form,
            }

    def _change(self, held: dict[str, Any], *, is_specified: bool) -> None:
        def secret() -> str:
            return self._canary("airbyte_secret in a live template").value

        held["limit"] = self.rng.choice((1, 77, "x"))
        held["password"] = secret()
        if is_specified and (self.root / "connectors.lock.json").exists():
            held["api_key"] = secret()
            held["auth"] = {"kind": "key", "value": secret()}
            held["keys"] = [secret() for _ in range(self.rng.randint(1, 3))]
            held["extra"] = {secret(): {"deep": [secret()]}} if self.rng.random() < 0.5 else secret()

    # The environment

    def _set_environment(self) -> None:
        environment = self.environment
        environment |= {
            "PATH": "/usr/bin:/bin",
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "HOME": str(self.root / "home"),
        }
        if self.rng.random() < 0.7:
            shape = self.rng.choice((None, HEADER_SHAPES))
            secret = (
                self._canary("client secret")
                if shape is None
                else self._canary("client secret", shapes=shape)
            )
            environment |= {"AIRBYTE_CLIENT_ID": "client", "AIRBYTE_CLIENT_SECRET": secret.value}
        else:
            environment["AIRBYTE_BEARER_TOKEN"] = self._canary("bearer token", shapes=HEADER_SHAPES).value
        for name in ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL"):
            environment[name] = self._canary(name).value
        kind = self.rng.random()
        password = self._canary("proxy password", shapes=("{0}{1}",)).value
        if kind < 0.03:
            environment["HTTP_PROXY"] = self.server.url.replace("//", f"//me:{password}@").removesuffix("/v1")
        elif kind < 0.06:
            environment["HTTP_PROXY"] = self.rng.choice(
                ("http://me:{}@127.0.0.1:1", "socks5://me:{}@h:1", "http://me:{}@[", "me:{}@127.0.0.1:1")
            ).format(password)
        elif kind < 0.09:
            environment["AIRBYTE_API_URL"] = self.rng.choice(
                ("https://me:{}@host.example/v1", "http://me:{}@[", "http://host.example/{}")
            ).format(password)
        if self.rng.random() < 0.1:
            environment["PYTHONASYNCIODEBUG"] = "1"
        if self.rng.random() < 0.3:
            environment |= self.rng.choice(
                (
                    {"CI": "true"},
                    {"FORCE_COLOR": "1"},
                    {"GITHUB_ACTIONS": "true"},
                    {"LANG": "C", "LC_ALL": "C"},
                )
            )

    # The command line

    def _chosen_command(self) -> tuple[str, ...]:
        return (self.rng.choice(READS if "break_masking" in self.changes else COMMANDS),)

    def arguments(self) -> list[list[str]]:
        """The calls of this run, one after the other."""
        (name,) = self.command
        form = self.rng.choice(FORMATS)
        common = ["-f", form, *(["-v"] if self.rng.random() < 0.6 else [])]
        for other in ("text", "json", "markdown", "html"):
            if self.rng.random() < 0.25:
                common += ["--write", f"{other}=out/report.{other}"]
        few = ["-f", self.rng.choice(("text", "json")), *(["-v"] if self.rng.random() < 0.6 else [])]
        match name:
            case "plan" | "drift":
                return [[name, *common]]
            case "validate":
                return [[name, *common]]
            case "apply":
                return [["apply", "--yes", *common], ["drift", *common]]
            case "apply-plan":
                return [
                    ["plan", "--write", "json=out/plan.json", "-v"],
                    ["apply", "out/plan.json", "--yes", *common],
                ]
            case "doctor":
                return [["doctor", *few]]
            case "doctor-probe":
                return [["doctor", "--probe", *few]]
            case "explain":
                return [["explain", "R102"]]
            case "schema":
                return [["schema", self.rng.choice(("manifest", "project", "plan"))]]
            case "new":
                return [["new", "source-faker", "-o", "out/new.yaml"]]
            case "show":
                return [["connectors", "show", "source-faker", *few[:2]]]
            case "search":
                return [["connectors", "search", "crm", *few[:2]]]
            case _:
                password = self._canary("registry url", shapes=("{0}{1}",)).value
                where = self.rng.choice(
                    (f"http://me:{password}@127.0.0.1:1/x.json", f"https://me:{password}@[/x", "nothing.json")
                )
                return [["connectors", "lock", "--registry", where, *few]]


def _resolved(value: Any, environment: dict[str, str]) -> Any:
    """The value with `!env NAME` replaced as the manifest's reader does."""
    if isinstance(value, dict):
        return {key: _resolved(item, environment) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, environment) for item in value]
    return (
        environment[value.removeprefix("!env ")]
        if isinstance(value, str) and value.startswith("!env ")
        else value
    )
