"""Settings of the whole suite: a clean environment for every test, its long parts, and property tests that do not depend on
the machine's speed.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

for _profile, _examples in (("quick", 20), ("ci", 100), ("long", 5_000)):
    settings.register_profile(
        _profile,
        deadline=None,
        max_examples=_examples,
        suppress_health_check=[HealthCheck.too_slow],
        print_blob=True,
    )

# What starts tests in the background (`nohup`, a shell's `&`) ignores these signals, and so would every program that they start.
if threading.current_thread() is threading.main_thread():
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials, targets, variables or CI markers of the machine that runs the tests."""
    for name in list(os.environ):
        if name.startswith(("AIRBYTE_", "RECONCILER_", "GITHUB_", "GITLAB_", "CI_")) or name in {
            "CI",
            "NO_COLOR",
            "FORCE_COLOR",
        }:
            monkeypatch.delenv(name)


PARTS = {
    "attack": ("attack", "agents/test_agent_program.py", "agents/test_updates_are_judged.py"),
    "browser": ("browser",),
    "canary": ("security/test_canary_leaks.py", "agents/test_agent_secrets.py"),
    "fuzz": ("fuzz",),
    "lease": ("lease", "cli/test_lock_option.py"),
    "hostile": ("security/test_hostile_text.py", "security/test_scrubber.py"),
    "limits": (
        "connectors/test_work.py",
        "lint/test_lint_bounds.py",
        "manifests/test_yaml_limits.py",
        "planning/test_plan_bounds.py",
        "verdict/test_too_much_to_check.py",
    ),
}
"""The long parts of the suite and their places in this folder. A run without names leaves them out."""
SAMPLED = {
    "properties": (
        "airbyte/test_agents_refusals.py",
        "airbyte/test_agents_shapes.py",
        "applying/test_agents_schedules.py",
        "applying/test_update_properties.py",
        "applying/test_agents_schedules.py",
        "applying/test_agents_schedules.py",
        "applying/test_update_properties.py",
        "connectors/test_connectors_properties.py",
        "connectors/test_java_regex.py",
        "connectors_registry/test_spec_change.py",
        "forms/test_form_hostile.py",
        "github/test_github_marker.py",
        "init/test_starter.py",
        "lint/test_browser_regex.py",
        "lint/test_lint_properties.py",
        "manifests/test_json_reading.py",
        "manifests/test_yaml_properties.py",
        "manifests/test_yaml_traps.py",
        "model/test_strict_json.py",
        "planning/test_plan_properties.py",
        "planning/test_small_agents_worlds.py",
        "planning/test_small_worlds.py",
        "report/test_changed_values.py",
        "report/test_github_annotations.py",
        "report/test_junit.py",
        "report/test_markdown_safety.py",
        "report/test_scrub.py",
        "sandbox/test_sandbox_numbers.py",
        "scaffold/test_connector_schema.py",
        "scaffold/test_scaffold_manifest.py",
        "scaffold/test_scaffold_samples.py",
        "scaffold/test_scaffold_yaml.py",
        "security/test_one_result.py",
        "security/test_plan_file_binding.py",
        "verdict/test_schedule_times.py",
        "verdict/test_verdict_properties.py",
    ),
}
"""What a run without names does too, with a fifth of the examples of every property."""
HERE = Path(__file__).parent
PART_OF = {HERE / place: part for part, places in (PARTS | SAMPLED).items() for place in places}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--part NAME` runs that long part alone, `--part all` every test there is."""
    choices = [*PARTS, *SAMPLED, "all"]
    parser.addoption("--part", action="append", default=[], choices=choices, help="run this long part")


def pytest_configure(config: pytest.Config) -> None:
    """Property tests try few examples only in a run that names neither a part nor a path."""
    is_quick = not config.getoption("part") and not _named_paths(config)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick" if is_quick else "ci"))


def _named_paths(config: pytest.Config) -> list[Path]:
    arguments = (argument.split("::")[0] for argument in config.invocation_params.args)
    return [Path(argument).resolve() for argument in arguments if argument and Path(argument).exists()]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves out the long parts that are named neither by `--part` nor by a path."""
    wanted = config.getoption("part")
    if "all" in wanted or (part := PART_OF.get(collection_path)) not in PARTS or part in wanted:
        return None
    return None if any(path.is_relative_to(collection_path) for path in _named_paths(config)) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--part`, what is in no wanted part is left out."""
    wanted = set(config.getoption("part"))
    if not wanted or "all" in wanted:
        return
    folders = [place for place, part in PART_OF.items() if part in wanted]
    kept = [item for item in items if any(item.path.is_relative_to(folder) for folder in folders)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_report_header(config: pytest.Config) -> str:
    """Says which parts a run leaves out."""
    wanted = config.getoption("part")
    return "parts: " + (
        ", ".join(wanted)
        if wanted
        else f"all but {', '.join(PARTS)}, and few examples of {', '.join(SAMPLED)} (see --part)"
    )
