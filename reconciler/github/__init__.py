"""GitHub: comments, issues, step summaries, outputs. Takes finished text; renders nothing of its own."""
