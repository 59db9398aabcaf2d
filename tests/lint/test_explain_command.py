"""`reconciler explain`."""

from __future__ import annotations

import json
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from reconciler.cli.console import Console
from reconciler.cli.reference import explain
from reconciler.connectors.lint.rules import all_rules


def explained(*arguments: str) -> Result:
    """The command behind a console of its own, errors as they leave it."""

    @click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
    @click.argument("rest", nargs=-1)
    def program(rest: tuple[str, ...]) -> Any:
        return explain.main(args=list(rest), standalone_mode=False, obj=Console())

    return CliRunner().invoke(program, list(arguments), standalone_mode=False)


def test_a_rule_is_explained_in_full() -> None:
    result = explained("R505")
    assert result.return_value == 0
    assert result.stdout == (
        "R505 warning: field without a title\n"
        "\n"
        "Why:      The customer reads the field's bare name, such as `dflt_wh_id`, instead of\n"
        "          words.\n"
        "\n"
        "Fix:      Add `title` to the field.\n"
        "\n"
        "Example:  count: {type: integer, title: Count}\n"
    )


def test_an_example_of_several_lines_keeps_its_shape() -> None:
    assert explained("r508").stdout.endswith(
        "Example:  required: [count]\n          properties: {count: {type: integer, title: Count}}\n"
    )


def test_without_a_rule_all_of_them_are_listed_one_a_line() -> None:
    lines = explained().stdout.splitlines()
    assert [line.split()[0] for line in lines] == [facts.id for facts in all_rules()]
    assert "R505  warning  field without a title" in lines
    assert "R601  error    literal secret in the presets" in lines


def test_json_holds_everything() -> None:
    document = json.loads(explained("R505", "-f", "json").stdout)
    assert document["formatVersion"] == "1"
    (rule,) = document["rules"]
    assert rule == {
        "id": "R505",
        "title": "field without a title",
        "severity": "warning",
        "why": "The customer reads the field's bare name, such as `dflt_wh_id`, instead of words.",
        "mend": "Add `title` to the field.",
        "example": "count: {type: integer, title: Count}",
    }
    assert len(json.loads(explained("--format", "json").stdout)["rules"]) == len(all_rules())


@pytest.mark.parametrize(
    ("rule", "mend"),
    [("R5055", "did you mean R505?"), ("title", "`reconciler explain` lists all rules.")],
)
def test_an_unknown_rule_is_a_usage_error_with_near_misses(rule: str, mend: str) -> None:
    result = explained(rule)
    assert isinstance(result.exception, click.UsageError)
    assert f"there is no rule '{rule}'; {mend}" in result.exception.format_message()
    assert result.stdout == ""
