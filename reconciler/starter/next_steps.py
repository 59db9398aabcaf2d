"""What a person does after `init`, in the order in which it is safe: the sandbox first, production last. Pure."""

from __future__ import annotations

from reconciler.starter.files import Ci
from reconciler.starter.layout import Layout
from reconciler.starter.tool import Tool

_TRY = (
    "Try it here, without an account:",
    "reconciler validate",
    "reconciler apply --sandbox",
)
_LOOK = (
    "reconciler connectors lock",
    "reconciler doctor -e production --probe",
    "reconciler plan -e production",
)
_SECRETS = ("AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_ORGANIZATION_ID")


def next_steps(layout: Layout, tool: Tool | None, ci: Ci, *, place: str, has_pipelines: bool) -> str:
    """The steps as text. `place` is the project's directory as the user names it, "." for the current one."""
    steps: list[tuple[str, ...]] = [_TRY]
    if ci is Ci.NONE:
        steps.append(("Set the credentials in the environment, and look at your organization:", *_LOOK))
    elif has_pipelines:
        steps += _steps_of(ci, layout)
    else:
        steps.append(_pipelines_left_out(ci))
    lines = [_heading(place)]
    for number, (words, *commands) in enumerate(steps, start=1):
        lines.append(f"  {number}. {words}")
        lines += [f"       {command}" for command in commands]
    if tool is not None and ci is not Ci.NONE:
        lines += ["", _tool_words(tool)]
    return "\n".join(lines) + "\n"


def _heading(place: str) -> str:
    return "\nNext:" if place == "." else f"\nNext, in {place}:"


def _pipelines_left_out(ci: Ci) -> tuple[str, ...]:
    option = "" if ci is Ci.GITHUB else f"--ci {ci} "
    return (
        "The pipelines are missing: this installation does not say which commit of which GitHub repository it is. Say it:",
        f"reconciler init {option}--tool-repository OWNER/NAME --tool-ref COMMIT",
    )


def _steps_of(ci: Ci, layout: Layout) -> list[tuple[str, ...]]:
    if ci is Ci.GITLAB:
        return [
            (
                "Commit, push, open a merge request that changes a manifest: its pipeline shows the plan, on the sandbox until step 4.",
            ),
            (
                "Add your organization, and look at it from here, with the same three in the environment:",
                *(f"glab variable set {name} --masked" for name in _SECRETS),
                *_LOOK,
            ),
            (
                "Replace the example. Then let the default branch create in production, where nothing can be taken back:",
                "glab variable set RECONCILER_ENVIRONMENT production",
            ),
        ]
    return [
        (
            "Commit, push, open a pull request that changes a manifest: a comment shows the plan, on the sandbox until step 4.",
        ),
        (
            "Add your organization, and look at it from here, with the same three in the environment:",
            *(f"gh secret set {name}" for name in _SECRETS),
            *_LOOK,
        ),
        (
            f"Replace the example. Then let {layout.branch} create in production, where nothing can be taken back:",
            "gh variable set RECONCILER_ENVIRONMENT --body production",
        ),
    ]


def _tool_words(tool: Tool) -> str:
    return (
        f"The pipelines run {tool.repository} at {tool.commit}. That commit has to be on GitHub; if the repository is private,\n"
        "its Settings > Actions > General > Access have to let this one in."
    )
