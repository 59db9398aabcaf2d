"""Bytes of one file to JSON values, with every problem and its place. Pure.

YAML here means what a JSON reader would think it means (`scalars`), and it is bounded (`limits`). Values carry no positions,
which keeps reading fast; `places` finds them again in the one file that needs them. What `!env` and `!include` stand for is
asked of `Substitutions`, so nothing here touches the environment or another file.
"""

from __future__ import annotations

from yaml import YAMLError

from reconciler.manifests.builder import Builder
from reconciler.manifests.documents import Document, Substitutions
from reconciler.manifests.events import file_events, syntax_error
from reconciler.manifests.findings import UnreadableText
from reconciler.manifests.limits import Budget
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reading_state import ReadingState, StopReading
from reconciler.model.diagnostic import Origin


def read_documents(
    data: bytes,
    log: ProblemLog,
    substitutions: Substitutions,
    budget: Budget,
    *,
    is_json: bool,
    depth: int | None = None,
    when_empty: str = "write a manifest",
) -> tuple[Document, ...]:
    """The documents of one file, in order; whatever is wrong goes to `log`. Never raises for bad content.

    A document with problems is returned too (see `Document.spoiled`), unless reading had to end inside it. `depth` is how
    deep the content will be nested in the file that includes it, None for a file that is read for itself. `when_empty` is what
    to write into a file with nothing in it.
    """
    state = ReadingState(data, log, budget, depth)
    builder = Builder(state, substitutions, is_json=is_json, when_empty=when_empty)
    try:
        builder.take_all(file_events(data, is_json=is_json))
    except StopReading:
        pass
    except UnreadableText as error:
        _report(log, error)
    except YAMLError as error:
        _report(log, syntax_error(error, data))
    return tuple(builder.documents)


def _report(log: ProblemLog, error: UnreadableText) -> None:
    log.add(Origin(log.file, error.line, error.column), error.rule, error.message, error.help)
