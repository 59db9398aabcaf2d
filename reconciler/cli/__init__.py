"""The command line. A command parses its options and calls one function a stage: load, read, plan, apply, deliver.

Only code here prints, asks a person, handles signals or exits. Does not belong here: rules. What is valid, what is created and what
a report says is decided in the rooms below. Start-up imports click and nothing else (`group`). A command's
module is imported when it is called.
"""

from __future__ import annotations


def main() -> None:
    """The console script `reconciler`."""
    import gc
    import os
    import sys

    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # httpx's own command line, and rich with it
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looks through every installed package else
    gc.set_threshold(
        100_000, 50, 50
    )  # imports and manifests make no garbage. Looking for it costs half a second
    from reconciler.cli.group import run

    run()
