"""What stands around the entries of every page: the head with its one sentence, the search, the filters. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.forms.markup import Markup, element, prose
from reconciler.model.target import ALL_CAPABILITIES
from reconciler.model.text import clipped
from reconciler.planning.entry import Plan
from reconciler.report.left_out import plan_notes
from reconciler.report.organizations import organizations_read
from reconciler.report.safe_text import MAX_NAME, MAX_PATH
from reconciler.report.wording import address_words, count

_SEARCH = "Search name, connector, file, id or field"


def masthead(heading: str, lede: str, facts: Iterable[tuple[str, Markup]] = ()) -> Markup:
    """What the page is about, what came of it in one sentence, and facts with their names."""
    theme = element("button", "Colours", type="button", class_="plain-button", id="theme")
    told = [element("div", element("dt", name), element("dd", value)) for name, value in facts]
    return element(
        "header",
        element(
            "div",
            element("div", element("h1", clipped(heading, MAX_NAME)), theme, class_="masthead-top"),
            element("p", prose(lede), class_="lede"),
            element("dl", *told, class_="target") if told else Markup(),
            class_="wrap",
        ),
        class_="masthead",
    )


def target_facts(plan: Plan) -> tuple[tuple[str, Markup], ...]:
    """Which server, which organization, what it can do and cannot, how much was compared."""
    target = plan.target
    cannot = ", ".join(each for each in ALL_CAPABILITIES if each not in target.capabilities)
    can = ", ".join(target.capabilities)
    compared = f"{count(plan.manifest_count, 'manifest')} with {count(plan.live_count, 'live template')}"
    return (
        ("Server", element("span", address_words(target, clipped(target.url, MAX_PATH)))),
        ("Organization", element("code", organizations_read(plan))),
        ("Can", element("span", f"{can}; cannot {cannot}" if cannot else can)),
        ("Compared", element("span", compared)),
        *(("Note", element("span", prose(note))) for note in plan_notes(plan)),
    )


def tool_bar(filters: Iterable[Markup] = ()) -> Markup:
    """The search, and filters beside it."""
    buttons = [element("li", each) for each in filters]
    field = element("input", id="search", type="search", placeholder=_SEARCH, autocomplete="off")
    return element(
        "div",
        element(
            "div",
            element("label", "Search", for_="search", class_="hidden-words"),
            field,
            element("ul", *buttons, class_="filters") if buttons else Markup(),
            element("p", id="found", class_="found", role="status"),
            class_="wrap",
        ),
        class_="tools",
        role="search",
    )


def filter_button(status: str, word: str, number: int, colour: str) -> Markup:
    """How many entries have a status; pressed, it shows only them. `colour` is the status whose colour it has."""
    return element(
        "button",
        element("strong", f"{number:,}"),
        f" {word}",
        type="button",
        class_=f"filter status-{colour}",
        aria_pressed="false",
        data_status=status,
    )
