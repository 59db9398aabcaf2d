"""One way to say what was probably meant."""

from __future__ import annotations

import pytest

from reconciler.model.text import did_you_mean


@pytest.mark.parametrize(
    ("word", "choices", "words"),
    [
        ("scedule", ["schedule", "name"], 'did you mean "schedule"?'),
        ("NAME", ["name"], 'did you mean "name"?'),
        ("prod", ["production", "sandbox"], 'did you mean "production"?'),
        ("pr", ["production"], ""),
        ("x", [], ""),
        ("k" * 81, ["k" * 80], ""),
        ("a" * 70, ["a" * 71], f'did you mean "...{"a" * 57}"?'),
        ("zzzz", (f"name{number}" for number in range(10**9)), ""),
    ],
)
def test_the_nearest_choice_is_suggested(word: str, choices: list[str], words: str) -> None:
    assert did_you_mean(word, choices) == words
