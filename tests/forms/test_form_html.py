"""A form as markup: what stands there, what it is called, what is hidden."""

from __future__ import annotations

from typing import Any

from forms.page_reading import Element, Reading, faults, read

from reconciler.forms.build import build_form
from reconciler.forms.html_form import compared_markup, form_markup
from reconciler.forms.parts import Mark, compare_forms
from reconciler.model.json_value import JsonObject


def specification(required: tuple[str, ...] = (), /, **properties: Any) -> JsonObject:
    return {
        "connectionSpecification": {
            "type": "object",
            "required": list(required),
            "properties": dict(properties),
        }
    }


def page_of(required: tuple[str, ...] = (), /, **properties: Any) -> Reading:
    markup = form_markup(build_form(specification(required, **properties)), prefix="f")
    assert faults(markup) == []
    return read(markup)


def control_of(page: Reading, label: str) -> Element:
    """The control that a label of this text is for."""
    (target,) = [each.attributes["for"] for each in page.named("label") if each.text == label]
    (found,) = [each for each in page.elements if each.attributes.get("id") == target]
    return found


LOGIN: JsonObject = {
    "type": "object",
    "title": "Login",
    "description": "How we log in.",
    "oneOf": [
        {"title": "Token", "properties": {"kind": {"const": "token"}, "token": {"type": "string"}}},
        {"title": "Key", "description": "For robots.", "properties": {"kind": {"const": "key"}}},
    ],
}


def test_every_control_is_labelled_described_and_required_as_the_specification_says() -> None:
    page = page_of(
        ("count",),
        count={
            "type": "integer",
            "title": "Count",
            "description": "How many.",
            "minimum": 1,
            "default": 5,
            "examples": [7],
        },
    )
    control = control_of(page, "Count")
    assert control.attributes["type"] == "number"
    assert control.attributes["value"] == "5"
    assert control.attributes["min"] == "1"
    assert "required" in control.attributes
    told = {e.attributes["id"]: e.text for e in page.elements if "id" in e.attributes}
    assert [told[each] for each in control.attributes["aria-describedby"].split()] == [
        "How many.",
        "Example: 7At least 1",
    ]


def test_secrets_are_password_controls_that_hold_nothing() -> None:
    page = page_of(
        token={"type": "string", "airbyte_secret": True},
        key={"type": "string", "airbyte_secret": True, "multiline": True},
    )
    assert control_of(page, "token").attributes["type"] == "password"
    assert control_of(page, "key").attributes["class"] == "secret"
    assert control_of(page, "key").name == "textarea"


def test_optional_fields_are_behind_a_fold_that_counts_them() -> None:
    page = page_of(("a",), a={"type": "string"}, b={"type": "string"}, c={"type": "string"})
    (fold,) = page.named("details")
    assert "open" not in fold.attributes
    assert [each.text for each in page.named("summary")] == ["Optional fields2"]
    assert page.named("summary")[0] is page.elements[page.elements.index(fold) + 1]


def test_a_choice_is_a_selector_whose_unchosen_options_are_hidden() -> None:
    page = page_of(login=LOGIN)
    (select,) = [each for each in page.named("select") if "data-choice" in each.attributes]
    assert select.text == "TokenKey"
    panels = page.with_class("option")
    assert [
        (p.attributes["data-option"], p.attributes["aria-label"], "hidden" in p.attributes) for p in panels
    ] == [
        ("0", "Token", False),
        ("1", "Key", True),
    ]


def test_a_choice_may_be_radio_buttons_described_by_their_options() -> None:
    page = page_of(login={**LOGIN, "display_type": "radio"})
    radios = [each for each in page.named("input") if each.attributes["type"] == "radio"]
    assert [("checked" in each.attributes, "aria-describedby" in each.attributes) for each in radios] == [
        (True, False),
        (False, True),
    ]
    assert len({each.attributes["name"] for each in radios}) == 1


def test_an_enumeration_is_a_select_and_a_list_of_texts_one_value_a_line() -> None:
    page = page_of(
        size={"type": "string", "enum": ["S", "M"], "default": "M"},
        tags={"type": "array", "items": {"type": "string"}, "default": ["\nfirst", "second"]},
    )
    chosen = [each.text for each in page.named("option") if "selected" in each.attributes]
    assert chosen == ["M"]
    assert control_of(page, "tags").text == "\n\nfirst\nsecond"  # a browser drops the first line break


def test_data_never_becomes_markup() -> None:
    hostile = "</textarea></select><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    page = page_of(
        (hostile,),
        **{
            hostile: {
                "type": "string", "title": hostile, "description": f"&lt;script&gt;{hostile}", "default": hostile,
                "examples": [hostile], "pattern_descriptor": hostile, "enum": [hostile, "b"],
            },
            "lines": {"type": "string", "multiline": True, "default": hostile},
        },
    )  # fmt: skip
    assert not page.named("script")
    assert not page.named("img")
    assert control_of(page, hostile).text == f"{hostile}b"
    assert control_of(page, "lines").text.strip() == hostile


def test_invisible_and_reordering_characters_are_shown_as_escapes() -> None:
    assert "\\u202e" in control_page_text("\u202ereversed")
    assert "\\x00" in control_page_text("nul\x00")
    assert "\\ud800" in control_page_text("\ud800")


def control_page_text(title: str) -> str:
    return form_markup(build_form(specification(a={"type": "string", "title": title})), prefix="f")


def test_a_form_that_the_widget_cannot_build_says_what_the_customer_sees_instead() -> None:
    form = build_form({"connectionSpecification": {"properties": {}}})
    assert (
        "The customer sees an error instead of this form: the form is not type: object"
        in read(form_markup(form, prefix="f")).with_class("notice-bad")[0].text
    )


def test_what_differs_between_two_forms_is_marked_on_both_sides() -> None:
    now = build_form(
        specification(("a",), a={"type": "string", "title": "A"}, gone={"type": "string"}, login=LOGIN)
    )
    then = build_form(
        specification(("a",), a={"type": "string", "title": "Alpha"}, new={"type": "string"}, login=LOGIN)
    )
    ours, theirs = compare_forms(now, then)
    assert ours == {"/a": Mark.DIFFERS, "/gone": Mark.ONLY_HERE}
    assert theirs == {"/a": Mark.DIFFERS, "/new": Mark.ONLY_HERE}
    markup = compared_markup(now, then, prefix="f", titles=("Now", "Then"))
    assert faults(markup) == []
    assert [each.text for each in read(markup).with_class("mark")] == [
        "differs",
        "only here",
        "differs",
        "only here",
    ]


def test_an_option_is_compared_with_the_option_of_the_same_constant() -> None:
    turned: JsonObject = {**LOGIN, "oneOf": list(reversed(LOGIN["oneOf"]))}  # type: ignore[arg-type]
    one, other = build_form(specification(login=LOGIN)), build_form(specification(login=turned))
    assert compare_forms(one, other) == ({}, {})


def test_becoming_optional_is_a_difference() -> None:
    one = build_form(specification(("a",), a={"type": "string"}))
    other = build_form(specification((), a={"type": "string"}))
    assert compare_forms(one, other)[0] == {"/a": Mark.DIFFERS}
