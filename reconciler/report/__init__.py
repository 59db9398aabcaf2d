"""One result, many reports: text, JSON, Markdown, pages, annotations, JUnit, and the exit code of the run. Pure.

`view` computes once what every report says of a result. Each format only puts it into its form. All output goes through `safe_text`
and `scrub`. What is decided does not belong here (`planning`, `applying`), nor does writing (`cli`, `github`).
"""
