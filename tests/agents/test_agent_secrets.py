"""A secret of a connection template reaches the server, and no output of any command."""

from __future__ import annotations

from pathlib import Path

import pytest
from agents.agent_project import SECRET, Env, agent_project
from agents.agent_ways import CONNECTIONS
from attack.attack_faults import UPDATE, Fault

CONFIG = {"host": "db.internal", "port": 5432, "password": Env("RECONCILER_VAR_PASSWORD")}
COMMANDS = (
    ("validate",),
    ("plan",),
    ("plan", "-v"),
    ("apply", "--yes", "-v"),
    ("drift",),
    ("render",),
    ("doctor",),
    ("doctor", "--global"),
)


@pytest.mark.parametrize("secrets", ["clear", "masked", "absent"])
@pytest.mark.parametrize("errors", ["errors", "detail"])
def test_secret_of_a_connection_template_reaches_the_server_and_no_output(
    tmp_path: Path, secrets: str, errors: str
) -> None:
    """`run` looks for it in stdout, stderr and every file of the project after each run."""
    with agent_project(tmp_path, policy="create-update", secrets=secrets, errors=errors) as at:
        at.connection(destinationConfig=CONFIG)
        assert at.apply().code == 0
        assert at.row(CONNECTIONS).members["destination_config"]["password"] == SECRET
        for command in COMMANDS:
            for report in ("text", "json", "markdown", "html", "github"):
                at.run(*command, *(("-f", report) if "plan" in command or "drift" in command else ()))
        at.row(CONNECTIONS).members["destination_config"]["host"] = "elsewhere"
        for kind, code in (("403", 1), ("close", 5), ("500-after", 0)):
            at.proxy.faults = [Fault(at.proxy.run + 1, UPDATE, 0, kind)]
            assert at.apply().code == code, kind
        assert at.row(CONNECTIONS).members["destination_config"]["host"] == "db.internal"
        assert at.row(CONNECTIONS).members["destination_config"]["password"] == SECRET
