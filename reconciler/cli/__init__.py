"""The command line: one module a command, each of them parse, call, render, exit.

Only this room prints and exits. Start-up imports click and nothing else; a command's module is imported when
it is called.
"""

from __future__ import annotations


def main() -> None:
    """The console script `reconciler`."""
    from reconciler.cli.group import run

    run()
