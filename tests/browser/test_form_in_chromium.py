"""A form on the page as the customer meets it in the widget (platform v2.0.0): what is seen, in which order, under which headings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from browser.sample_pages import assessed
from factories import manifest

from reconciler.report.html import render_preview_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]
READ = """
(form) => {
  form.querySelectorAll("details").forEach((fold) => { fold.open = true; });
  const words = ".card-title, .name label, legend, button.login, summary, .option-name";
  return [...form.querySelectorAll(words)].filter((each) => each.checkVisibility()).map((each) => each.innerText.trim());
}
"""


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def read(
    open_page: Open, properties: dict[str, Any], *, advanced_auth: Any = None, **schema: Any
) -> list[str]:
    """Every heading, label, fold and button of the form, from top to bottom, with the folds open."""
    form: dict[str, Any] = {"connectionSpecification": {"type": "object", "properties": properties, **schema}}
    if advanced_auth:
        form["advanced_auth"] = advanced_auth
    wanted = manifest("form", spec=form)
    page = open_page(render_preview_page(((wanted, assessed(wanted)),)))
    return [str(words) for words in page.locator(".form").first.evaluate(READ)]


def test_groups_are_cards_in_the_order_of_the_widget(open_page: Open) -> None:
    properties = {
        "mode": text(title="Mode", group="advanced"),
        "z": text(title="Z", group="z"),
        "host": text(title="Host"),
        "token": text(title="Token", group="auth"),
    }
    groups = [{"id": "advanced", "title": "Advanced"}, {"id": "auth", "title": "Log in"}]
    required = ["host", "token", "z"]
    assert read(open_page, properties, required=required) == [
        "Host",
        "Token",
        "Z",
        "Optional fields1",
        "Mode",
    ]
    listed = read(open_page, properties, required=required, groups=groups)
    assert listed == ["Log in", "Token", "Host", "Z", "Advanced1", "Mode"]


def test_fields_of_one_order_and_fields_without_one_are_sorted_as_in_the_widget(open_page: Open) -> None:
    names = ("name", "id", "zip", "a10", "a9", "a_b", "B")
    numbered = {name: text(order=1) for name in names}
    assert read(open_page, numbered, required=list(names)) == [
        "B", "a9", "id", "a10", "a_b", "zip", "name",
    ]  # fmt: skip
    assert read(open_page, {name: text() for name in names}, required=list(names)) == [
        "a_b", "a9", "a10", "B", "id", "name", "zip",
    ]  # fmt: skip


def test_an_object_has_no_heading_and_a_hidden_field_and_a_constant_no_place(open_page: Open) -> None:
    server = {
        "type": "object",
        "title": "Server",
        "description": "Where it runs.",
        "required": ["host"],
        "properties": {"host": text(title="Host"), "kind": {"const": False}, "port": text(title="Port")},
    }
    hidden = text(title="Hidden", airbyte_hidden=True)
    assert read(open_page, {"server": server, "hidden": hidden}) == ["Host", "Optional fields1", "Port"]


def test_a_choice_opens_with_the_option_that_the_shortest_constant_names(open_page: Open) -> None:
    options = [
        {
            "title": name,
            "properties": {
                "version": text(const="v1"),
                "kind": text(const=name),
                name: text(title=f"Field {name}"),
            },
        }
        for name in ("one", "two")
    ]
    choice = {"type": "object", "title": "Choice", "oneOf": options, "default": "two"}
    assert read(open_page, {"choice": choice}) == ["Choice", "Optional fields1", "Field two"]


def test_the_log_in_stands_before_the_fields_that_name_no_group(open_page: Open) -> None:
    output = {"properties": {"token": {"path_in_connector_config": ["token"]}}}
    auth = {
        "auth_flow_type": "oauth2.0",
        "oauth_config_specification": {"complete_oauth_output_specification": output},
    }
    properties = {
        "first": text(title="First", group="first"),
        "token": text(title="Token"),
        "host": text(title="Host"),
    }
    seen = read(
        open_page,
        properties,
        advanced_auth=auth,
        required=list(properties),
        groups=[{"id": "first", "title": "Top"}],
    )
    assert seen == ["Top", "First", "Authenticate your account", "Host", "Filled in by the log-in1", "Token"]


def test_a_form_that_stops_the_widget_says_what_the_customer_sees(open_page: Open) -> None:
    wanted = manifest(
        "form",
        spec={"connectionSpecification": {"type": "object", "properties": {"a": text(pattern="^[a-z")}}},
    )
    page = open_page(render_preview_page(((wanted, assessed(wanted)),)))
    notice = page.locator(".form .notice-bad")
    assert notice.inner_text() == "The customer sees an error instead of this form: a: a [ is not closed"
