"""The forms of manifests on one page, as customers will see them, before anything is compared. Pure."""

from __future__ import annotations

from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.forms.html_form import form_markup
from reconciler.forms.markup import Markup, element, joined, prose
from reconciler.forms.parts import NoForm
from reconciler.forms.template_form import form_of_manifest
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.template import Manifest
from reconciler.model.text import clipped
from reconciler.planning.entry import Assessed
from reconciler.report.html.chrome import masthead, tool_bar
from reconciler.report.html.entries import assessed_lines, origin_markup
from reconciler.report.html.page import page
from reconciler.report.html.words import lines_markup, problem_line, sentence
from reconciler.report.safe_text import MAX_NAME, MAX_PATH, MAX_SENTENCE
from reconciler.report.wording import count

_LEDE = "What a customer is asked when a source is made from each of these templates. Nothing was compared with a server."
_NO_FORM = "No form can be shown"


def render_preview_page(
    manifests: tuple[tuple[Manifest, Assessed], ...],
    *,
    problems: tuple[Diagnostic, ...] = (),
    notice: str = "",
) -> str:
    """The whole page; the manifests in the order given. `problems` are those that belong to none of them; `notice` stands in place
    of the sentence below the heading.
    """
    heading = f"Preview of {count(len(manifests), 'form')}"
    found = element("div", lines_markup([problem_line(each) for each in problems]), class_="entry")
    cards = (_card(manifest, assessed, number) for number, (manifest, assessed) in enumerate(manifests, 1))
    section = element("section", *cards, aria_label="Forms")
    return page(
        heading,
        masthead(heading, notice or _LEDE),
        tool_bar(),
        element("main", found if problems else Markup(), section, class_="wrap", id="content"),
    )


def render_error_page(error: ReconcilerError) -> str:
    """What stands in place of a result when there is none."""
    problems = error.problems if isinstance(error, InvalidInput) else ()
    lines = lines_markup([problem_line(problem) for problem in problems])
    told = (
        element("div", lines, class_="entry")
        if problems
        else element("p", prose(clipped(error.help, MAX_SENTENCE)))
    )
    return page(
        "No result",
        masthead("No result", sentence(clipped(error.message, MAX_SENTENCE))),
        element("main", told, class_="wrap", id="content"),
    )


def _card(manifest: Manifest, assessed: Assessed, number: int) -> Markup:
    heading = f"e{number}"
    connector = manifest.connector
    named = (manifest.name, connector.name, connector.repository, connector.id, manifest.origin.file)
    return element(
        "article",
        element(
            "div",
            element("h2", clipped(manifest.name, MAX_NAME), id=heading, class_="entry-name"),
            element("span", clipped(connector.label, MAX_NAME), class_="connector"),
            class_="entry-head",
        ),
        element("div", origin_markup(manifest.origin), class_="where"),
        lines_markup(list(assessed_lines(assessed, is_create=True))),
        element("div", _form(manifest, heading), class_="preview"),
        class_="entry",
        aria_labelledby=heading,
        data_search=" ".join(word[:MAX_PATH] for word in named if word).lower(),
    )


def _form(manifest: Manifest, prefix: str) -> Markup:
    form = form_of_manifest(manifest)
    lead = element("p", element("strong", _NO_FORM), class_="quiet") if isinstance(form, NoForm) else Markup()
    return joined((lead, form_markup(form, prefix=prefix)))
