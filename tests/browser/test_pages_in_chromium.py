"""The pages in a real browser: they show, switch, search, ask for nothing, and everybody can use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from browser.sample_pages import huge_page, plan_page, preview_page, unread_page

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PAGES = {"plan": plan_page, "unread": unread_page, "preview": preview_page}
EVERY_PAGE = pytest.mark.parametrize("page_of", PAGES.values(), ids=PAGES)
BOTH_MODES = pytest.mark.parametrize("scheme", ["light", "dark"])
Make = Callable[[], str]
Open = Callable[..., "Page"]


def open_folds(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")


def found(page: Page, words: str) -> None:
    """Wait until the search says so. Not by a function in the page: its policy lets nobody evaluate one there."""
    from playwright.sync_api import expect

    expect(page.locator("#found")).to_have_text(words, timeout=30_000)


def panels_of(choice: Locator) -> list[bool]:
    """Which of a choice's own options can be seen."""
    return list(
        choice.evaluate(
            "(each) => [...each.children].filter((c) => c.matches('.option')).map((c) => c.checkVisibility())"
        )
    )


@EVERY_PAGE
@BOTH_MODES
def test_a_page_shows_without_a_message_on_the_console_or_a_request(
    open_page: Open, page_of: Make, scheme: str
) -> None:
    page = open_page(page_of(), color_scheme=scheme)
    assert page.locator("h1").inner_text()
    assert page.locator(".entry").count()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(245, 246, 248)" if scheme == "light" else "rgb(17, 21, 26)")


@EVERY_PAGE
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_no_serious_barrier_is_on_a_page(open_page: Open, page_of: Make, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(page_of(), color_scheme=scheme, width=width)
    open_folds(page)
    # What is out of sight has an estimated height only, and would be measured as lying over what follows.
    page.evaluate(
        "document.querySelectorAll('.entry').forEach((e) => { e.style.contentVisibility = 'visible'; })"
    )
    told: Any = Axe().run(page).response
    assert told["passes"]
    barriers = [
        f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary']}"
        for each in told["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    assert barriers == []


@pytest.mark.parametrize("page_of", [plan_page, preview_page], ids=["plan", "preview"])
def test_every_choice_shows_the_option_that_is_chosen_and_no_other(open_page: Open, page_of: Make) -> None:
    page = open_page(page_of())
    open_folds(page)
    choices = [each for each in page.locator("fieldset.choice").all() if each.is_visible()]
    assert len(choices) >= 4
    for choice in choices:
        number = len(panels_of(choice))
        select = choice.locator("> select")
        for index in reversed(range(number)):
            if select.count():
                select.select_option(str(index))
            else:
                choice.locator("> .tiles > .tile").nth(index).locator("input").check()
            assert panels_of(choice) == [each == index for each in range(number)]


def test_a_choice_inside_an_option_switches_by_itself(open_page: Open) -> None:
    page = open_page(preview_page())
    outer = page.locator("fieldset.choice", has_text="How to log in.").first
    outer.locator("> select").select_option(label="Deep")
    inner = outer.locator("fieldset.choice")
    inner.get_by_role("radio", name="Right").check()
    assert panels_of(inner) == [False, True]
    assert panels_of(outer) == [False, False, True]


def test_a_choice_can_be_made_with_the_keyboard(open_page: Open) -> None:
    page = open_page(preview_page())
    tiles = page.locator("fieldset.choice", has=page.get_by_text("Tiles", exact=True)).last
    tiles.get_by_role("radio", name="One").focus()
    page.keyboard.press("ArrowDown")
    assert panels_of(tiles) == [False, True]


def test_search_shows_what_has_all_its_words_and_says_how_many(open_page: Open) -> None:
    page = open_page(plan_page())
    page.get_by_label("Search").fill("source-NEW miss")
    found(page, "1 of 10 shown")
    assert [each.text_content() for each in page.locator("h3").all() if each.is_visible()] == ["missing"]
    assert [each.inner_text() for each in page.locator("h2").all() if each.is_visible()] == ["To create\n3"]
    page.get_by_label("Search").fill("")
    found(page, "")
    assert page.locator("[data-search][hidden]").count() == 0


def test_search_opens_the_fold_that_holds_what_it_finds(open_page: Open) -> None:
    page = open_page(plan_page())
    row = page.locator("li[data-status=in-sync]")
    assert not row.is_visible()
    page.get_by_label("Search").fill("same manifests/same.yaml")
    row.wait_for(state="visible")


def test_a_status_filters_the_page_until_it_is_released(open_page: Open) -> None:
    page = open_page(plan_page())
    drifted = page.locator("button.filter", has_text="drifted")
    drifted.click()
    assert drifted.get_attribute("aria-pressed") == "true"
    # Not `inner_text`: an entry that was out of sight has none before it is drawn.
    assert [each.text_content() for each in page.locator("h3").all() if each.is_visible()] == ["drifted"]
    drifted.click()
    assert page.locator("[data-search][hidden]").count() == 0


def test_thousands_of_entries_can_be_searched(open_page: Open) -> None:
    page = open_page(huge_page())
    page.get_by_label("Search").fill("many-1999")
    found(page, "1 of 2000 shown")
    assert [each.text_content() for each in page.locator("article:not([hidden]) h3").all()] == ["many-1999"]


def test_colours_change_at_the_press_of_a_button(open_page: Open) -> None:
    page = open_page(plan_page(), color_scheme="light")
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 26)"
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(245, 246, 248)"


def test_without_scripts_every_option_is_shown_under_its_name(open_page: Open) -> None:
    page = open_page(preview_page(), java_script_enabled=False)
    hidden = [
        each
        for each in page.locator(".preview > .shown > .form > .form-card > .choice > .option").all()
        if not each.is_visible()
    ]
    assert hidden == []
    assert page.locator(".option-name", has_text="Token").first.is_visible()
    assert not page.get_by_label("Search").is_visible()


@EVERY_PAGE
def test_a_page_fits_a_phone(open_page: Open, page_of: Make) -> None:
    page = open_page(page_of(), width=360)
    open_folds(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_policy_stops_what_got_into_a_page_by_mistake(open_page: Open) -> None:
    planted = (
        "<script>document.title = 'owned'</script><img src='https://example.com/x.png'>"
        "<p id='p' style='color: red' onclick='x()'>p</p>"
    )
    page = open_page(plan_page().replace("</main>", f"{planted}</main>"), quiet=False)
    assert page.title() == "Plan for production"
    assert page.evaluate("getComputedStyle(document.getElementById('p')).color") != "rgb(255, 0, 0)"
