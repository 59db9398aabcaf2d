"""One `ci` command from start to exit code: where its result is shown, and the exit code when that fails.

Nothing that GitHub does or refuses changes what was planned or created. What the token may not write (a fork, Dependabot,
missing permissions, issues switched off) is a warning, and the summary has the result. Any other trouble is an error: a report
that was not delivered is never success, so 0 becomes 1, and every other code stays.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.cli.console import Console
from reconciler.cli.deliver import report_bug, report_error
from reconciler.cli.options import Options, options_from
from reconciler.cli.renderings import repository_prefix
from reconciler.errors import Interrupted, ReconcilerError, ReportNotWritten
from reconciler.github.actions import Actions, read_actions
from reconciler.github.comments import Marker
from reconciler.model.diagnostic import Severity
from reconciler.report.markdown.budget import MINIMUM_BUDGET

if TYPE_CHECKING:
    from reconciler.github.client import GitHub
    from reconciler.planning.entry import Plan

T = TypeVar("T")
Render = Callable[..., str]
"""A result as Markdown: a `*_markdown` function of `report` without its frame."""

MAX_BODY = 65_536
"""Characters that GitHub takes for a comment or an issue (observed: 422 "body is too long (maximum is 65536 characters)")."""
TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the name of a variable
OUTPUTS = ("creates", "drift", "not-compared", "unmanaged", "created", "plan-file", "plan-digest")


@dataclass
class Pipeline:
    """One `ci` command. `environ` is read, never changed. `code` is what trouble with reports made of a 0."""

    console: Console
    options: Options
    actions: Actions
    environ: Mapping[str, str]
    code: int = 0
    values: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> str:
        """The project's folder in the repository."""
        return repository_prefix(self.options.chdir, self.environ) or "."

    def marker(self, kind: str, environment: str, **facts: str) -> Marker:
        """The first line of what we write on GitHub about this project and environment."""
        return Marker(kind, environment, self.project, facts)

    def body(self, marker: Marker, render: Render, *, budget: int) -> str:
        """A comment's or an issue's text, as it may leave this process, below its marker, short enough for GitHub.

        The marker is not searched for secrets: it holds digests and names that are public, and a replacement in it would make
        the text unfindable. Of a marker that is too long for the budget GitHub says so itself.
        """
        line = marker.line
        least = len(line) + MINIMUM_BUDGET
        budget = max(budget, least)
        while True:
            text = render(first_line=line, budget=budget, run_url=self.actions.run_url or "")
            text = line + self.console.clean(text.removeprefix(line))
            if len(text) <= MAX_BODY or budget == least:
                return text
            budget = max(budget // 2, least)

    def say(self, text: str) -> None:
        """Say on stderr what this run shows on GitHub, or why it shows nothing."""
        self.console.words(f"{text}\n")

    def warn(self, text: str) -> None:
        """Something a person has to know: an annotation, or a line on stderr outside GitHub Actions."""
        self._annotate(text, Severity.WARNING)

    def lose(self, error: ReconcilerError) -> None:
        """A report that could not be delivered: an error annotation, and the run is no success."""
        self.code = self.code or error.exit_code or ReportNotWritten.exit_code
        self._annotate("; ".join(part for part in (error.message, error.help) if part), Severity.ERROR)

    def _annotate(self, text: str, severity: Severity) -> None:
        from reconciler.report.github_annotations import Annotation, annotation_lines
        from reconciler.report.safe_text import safe_text

        if self.console.format == "github":
            self.console.data(annotation_lines((Annotation(severity, "reconciler", text),)))
        else:
            self.console.error(f"{severity.capitalize()}: {safe_text(text)}\n")

    @contextlib.contextmanager
    def losing_only(self, what: str) -> Iterator[None]:
        """A fault in here costs this report, and the run its success: not what comes after it."""
        try:
            yield
        except ReportNotWritten as error:
            self.lose(error)
        except ReconcilerError:
            raise
        except Exception as error:  # noqa: BLE001 - a bug of this program
            self.console.report_bug()
            self.lose(ReportNotWritten(f"no {what}: internal error ({type(error).__name__})"))

    def summarize(self, render: Render) -> None:
        """Add a report to the step's summary, within what GitHub shows."""
        from reconciler.github.actions import append_summary, summary_budget

        summary = self.actions.summary
        if summary is None:
            return
        with self.losing_only("step summary"):
            room = budget = summary_budget(summary)
            while budget >= MINIMUM_BUDGET:
                text = self.console.clean(render(budget=budget, run_url=self.actions.run_url or ""))
                if len(text.encode("utf-8", "replace")) <= room:
                    append_summary(summary, text)
                    return
                budget = max(budget // 2, min(budget - 1, MINIMUM_BUDGET))
            raise ReportNotWritten("the step summary is full: earlier commands of this step filled it")

    def count(self, plan: Plan) -> None:
        """The outputs that every plan has."""
        from reconciler.planning.entry import DRIFT, Status

        summary = plan.summary
        self.values |= {
            "creates": str(summary[Status.CREATE]),
            "drift": str(len(plan.with_status(*DRIFT))),
            "not-compared": str(plan.not_compared),
            "unmanaged": str(summary[Status.UNMANAGED]),
            "plan-digest": plan.digest,
        }

    def write_plan_file(self, path: Path | None, plan: Plan) -> None:
        """Write the plan file, for `ci apply` in a later step or job. Without a path into the runner's temporary folder, and
        outside Actions not at all.
        """
        from hashlib import sha256

        from reconciler.report.document import document_text, plan_document

        if path is not None:
            chosen = self.options.chdir / path
        elif self.actions.temp is not None:
            key = self.marker("plan", plan.target.environment).line
            chosen = self.actions.temp / f"reconciler-plan-{sha256(key.encode()).hexdigest()[:12]}.json"
        else:
            return
        with self.losing_only("plan file"):
            self.console.write_report(Path(os.path.abspath(chosen)), document_text(plan_document(plan)))
            self.values["plan-file"] = os.path.abspath(chosen)

    def tell_github(self, what: str, work: Callable[[GitHub], Awaitable[T]]) -> T | None:
        """`ask_github` for when the result is out already: a signal loses the report on GitHub, and that is said."""
        try:
            return self.ask_github(what, work)
        except Interrupted as error:
            self._lose(what, error)
            return None

    def ask_github(self, what: str, work: Callable[[GitHub], Awaitable[T]]) -> T | None:
        """What `work` gives. None where GitHub could not be reached or refused, and that was said. `what` names it for people.

        Raises Interrupted: after a signal nothing may go on that depends on the answer.
        """
        from reconciler.cli.server import run_async
        from reconciler.github.refusals import NotAllowed

        token = self.environ.get(TOKEN, "").strip()
        repository, api_url = self.actions.repository or "", self.actions.api_url or ""
        known = {"GITHUB_REPOSITORY": repository, "GITHUB_API_URL": api_url, TOKEN: token}
        missing = [name for name, value in known.items() if not value]
        if missing:
            self.say(f"No {what}: {missing[0]} is not set, or cannot be used.")
            return None
        self.console.keep_secret(token)

        async def asked() -> T:
            from reconciler.github.client import open_github

            graphql_url = self.actions.graphql_url
            async with open_github(api_url, repository, token, graphql_url=graphql_url) as github:
                return await work(github)

        try:
            return run_async(self.console, lambda stop: stop.guard(asked()))
        except Interrupted:
            raise
        except NotAllowed as error:
            self.warn(f"no {what}: {error.message}; {error.help}")
        except ReconcilerError as error:
            self._lose(what, error)
        return None

    def _lose(self, what: str, error: ReconcilerError) -> None:
        error.message = f"no {what}: {error.message}"
        self.lose(error)

    def finish(self, code: int) -> int:
        """The exit code of the process, after everything printed went out and the step's outputs were written."""
        from reconciler.github.actions import write_outputs

        code = self.console.finish(code or self.code)
        if self.actions.output is None:
            return code
        outputs = {name: self.values.get(name, "") for name in OUTPUTS}
        with self.losing_only("outputs"):
            write_outputs(self.actions.output, {"exit-code": str(code), **outputs})
        return code or self.code


def run_pipeline(
    console: Console,
    parameters: dict[str, Any],
    work: Callable[[Pipeline], int],
    *,
    on_error: Callable[[Pipeline, ReconcilerError], None] = lambda _pipeline, _error: None,
) -> int:
    """Do `work`, which gives its exit code, with everything around it. An error that ends it is reported as a result would be.
    `on_error` reports it on GitHub. stdout gets annotations too where a runner reads them.
    """
    actions = read_actions(os.environ)
    form = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    pipeline = Pipeline(console, options_from(console, {**parameters, "format": form}), actions, os.environ)
    console.signals.install()
    console.signals.hold(str)  # a signal ends the next look at a network. What is known by then is reported
    for note in actions.notes:
        pipeline.warn(note)
    if not actions.is_running:
        pipeline.say("Not in GitHub Actions: the result is shown here only.")
    try:
        return pipeline.finish(work(pipeline))
    except ReconcilerError as error:
        from reconciler.report.markdown import error_markdown

        report_error(console, error)
        pipeline.summarize(partial(error_markdown, error))
        on_error(pipeline, error)
        return pipeline.finish(error.exit_code)
    except Exception as bug:  # noqa: BLE001 - the step's outputs are written whatever happens
        report_bug(console, bug)
        return pipeline.finish(ReconcilerError.exit_code)
