"""Foreign text in messages."""

from __future__ import annotations

from reconciler.model.text import one_line


def test_a_servers_text_is_one_line_of_at_most_so_many_characters() -> None:
    assert one_line("x" * 500, 500) == "x" * 500
    assert one_line("x" * 501, 500) == "x" * 497 + "..."
    assert one_line(" a \r\n\t b\ud800 ", 500) == "a b\\ud800"
