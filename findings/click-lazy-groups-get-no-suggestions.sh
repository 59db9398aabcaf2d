#!/usr/bin/env bash
# click 8.5.1 (PyPI) suggests "Did you mean 'plan'?" for `plna`, but never in a group that loads its commands lazily.
#
# The documented way to load commands lazily is to override `list_commands` and `get_command`. One would guess that suggestions come from
# `list_commands`, as the help page and shell completion do. They come from the dictionary `Group.commands`, which such a group leaves empty.
# Seen: a suggestion for the plain group, none for the lazy one, with the same two commands.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check click==8.5.1
"$work/venv/bin/python" - <<'PY'
import click
from click.testing import CliRunner

COMMANDS = {name: click.Command(name, callback=lambda: None) for name in ("apply", "plan")}


class Lazy(click.Group):
    def list_commands(self, ctx):
        return sorted(COMMANDS)

    def get_command(self, ctx, name):
        return COMMANDS.get(name)


plain = CliRunner().invoke(click.Group("tool", commands=COMMANDS), ["plna"]).output.splitlines()[-1]
lazy = CliRunner().invoke(Lazy("tool"), ["plna"]).output.splitlines()[-1]
print("plain:", plain, "| lazy:", lazy)
assert plain == "Error: No such command 'plna'. Did you mean 'plan'?"
assert lazy == "Error: No such command 'plna'."
PY
