"""Forms that the widget cannot show, and choices that nobody can make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.lint.browser_regex import refusal_of_browsers
from reconciler.model.diagnostic import Diagnostic, Severity

Check = Callable[..., tuple[Diagnostic, ...]]
TEXT = {"type": "string", "title": "Text"}
SCHEMA = "/spec/partialUserConfigSpec/connectionSpecification"


def option(value: Any, title: str | None = "Choice", **fields: Any) -> dict[str, Any]:
    built: dict[str, Any] = {"properties": {"kind": {"type": "string", "const": value}, **fields}}
    return built if title is None else {"title": title, **built}


def choice(*options: Any, **rest: Any) -> dict[str, Any]:
    field = {"title": "Login", "type": "object", "oneOf": list(options), **rest}
    return {"type": "object", "properties": {"login": field}}


def field(**schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"login": {"title": "Login", "type": "string", **schema}}}


def test_a_form_without_type_object_is_an_error(linted: Check) -> None:
    assert linted({"properties": {}}) == (
        Diagnostic(
            SCHEMA,
            "R501",
            "connectionSpecification has no `type: object`: the server answers 500 to the create",
            "write `type: object`",
        ),
    )


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf", "allOf"])
def test_an_object_in_place_of_a_list_of_options_is_no_option(linted: Check, keyword: str) -> None:
    found = linted({"type": "object", "properties": {"login": {"title": "Login", keyword: {"email": TEXT}}}})
    assert {each.rule for each in found}.isdisjoint({"R504", "R514"})


def test_a_form_of_another_type_is_named_at_its_type(linted: Check) -> None:
    (found,) = linted({"type": ["object"]})
    assert (found.rule, found.pointer) == ("R501", f"{SCHEMA}/type")
    assert "has another type than `object`" in found.message


def test_a_form_of_type_object_is_fine(linted: Check) -> None:
    assert linted({"type": "object"}) == ()


def test_options_that_share_no_constant_keep_the_form_from_being_built(linted: Check) -> None:
    other = {"title": "Other", "properties": {"sort": {"type": "string", "const": "b"}}}
    assert linted(choice(option("a"), other)) == (
        Diagnostic(
            f"{SCHEMA}/properties/login/oneOf",
            "R502",
            "the widget cannot build login: the options of its oneOf share no property with a `const`",
            "give every option the same property with a `const` of its own",
        ),
    )


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (choice(True, option("b")), "an option of its oneOf is not an object"),
        (choice(option("a"), option("b"), type="string"), "it has a oneOf but not `type: object`"),
        (choice(option("a"), {**option("b"), "oneOf": [{}]}), "an option of its oneOf is itself a oneOf"),
        (choice(option(""), option("b")), "`kind` is false, 0, null or empty in an option"),
        (choice(option(True), option(False)), "`kind` is false, 0, null or empty in an option"),
        (choice(option(0), option(1)), "`kind` is false, 0, null or empty in an option"),
        (field(oneOf={"a": 1}), "its `oneOf` is no list"),
        (field(enum="eu"), "its `enum` is no list"),
        (field(pattern=5), "its `pattern` is no text"),
        (field(type="array", items=None), "its `items` is no schema"),
        (field(type="array", items={"type": "array", "items": {"type": "string"}}), "it is a list of lists"),
        (field(type="array", items={"oneOf": [option("a")]}), "it is a list of choices"),
        (
            field(type="array", items={"type": "object", "oneOf": [option("a")]}),
            "it is a list of choices, to which no entry can be added",
        ),
        ({"type": "object", "properties": {"login": None}}, "it is described by null"),
        ({"type": "object", "groups": [None]}, "one of its `groups` is null"),
    ],
)
def test_everything_else_that_the_widget_gives_up_on(linted: Check, form: Any, words: str) -> None:
    found = [advice for advice in linted(form) if advice.rule == "R502"]
    assert [words in advice.message for advice in found] == [True]


def test_options_with_a_shared_constant_are_fine(linted: Check) -> None:
    assert linted(choice(option("a"), option("b"))) == ()


def test_an_enum_of_one_with_a_default_counts_as_a_constant(linted: Check) -> None:
    one = {"title": "One", "properties": {"kind": {"type": "string", "enum": ["a"], "default": "a"}}}
    assert linted(choice(one, option("b"))) == ()


def test_a_choice_inside_of_a_list_is_looked_at_too(linted: Check) -> None:
    inner = {"type": "object", "title": "Step", "properties": choice({}, {})["properties"]}
    form = {"type": "object", "properties": {"steps": {"type": "array", "title": "Steps", "items": inner}}}
    assert ("R502", f"{SCHEMA}/properties/steps/items/properties/login/oneOf") in [
        (advice.rule, advice.pointer) for advice in linted(form)
    ]


def test_an_inferred_form_that_cannot_be_built_is_named_at_the_form_that_is_missing(linted: Check) -> None:
    spec = {**choice({"title": "One"}, {"title": "Two"}), "required": ["login"]}
    assert linted(spec=spec) == (
        Diagnostic(
            "/spec/partialUserConfigSpec",
            "R502",
            "in the form that Airbyte infers, the widget cannot build login: the options of its oneOf share no property with a "
            "`const`",
            "write the form out in partialUserConfigSpec: give every option the same property with a `const` of its own",
        ),
    )


def test_an_option_that_can_never_be_chosen_is_an_error(linted: Check) -> None:
    assert linted(choice(option("a"), option("b"), option("a"))) == (
        Diagnostic(
            f"{SCHEMA}/properties/login/oneOf/2/properties/kind",
            "R503",
            "an option of login has the same constant in `kind` as another: it can never be chosen",
            "give it a `const` of its own",
        ),
    )


@pytest.mark.parametrize("at", [0, 2])
def test_a_hidden_option_may_repeat_a_constant(linted: Check, at: int) -> None:
    options = [option("a"), option("b")]
    options.insert(at, {**option("a"), "airbyte_hidden": True})
    assert linted(choice(*options)) == ()


def test_the_shortest_of_several_shared_constants_tells_options_apart(linted: Check) -> None:
    """The server returns keys by length, then by their bytes, whatever their order in the manifest is."""
    version = {"version": {"type": "string", "const": "v1"}}
    assert (
        linted(
            choice(
                *({**option(name), "properties": {**version, **option(name)["properties"]}} for name in "ab")
            )
        )
        == ()
    )
    (found,) = linted(choice(*(option(name, ver={"const": "v1"}) for name in "ab")))
    assert (found.rule, found.pointer) == ("R503", f"{SCHEMA}/properties/login/oneOf/1/properties/ver")
    assert "the widget takes the one with the shortest name" in found.help


def test_an_object_as_constant_is_never_recognised(linted: Check) -> None:
    found = linted(choice(option({"a": 1}), option("b")))
    assert [(advice.rule, "an object or a list" in advice.message) for advice in found] == [("R503", True)]


@pytest.mark.parametrize("pattern", ["^[a-z", "^(eu|us$", "*.example.com", "(?i)^eu$", "^a++$", "(?P<y>a)"])
def test_a_pattern_that_no_browser_compiles_is_an_error(linted: Check, pattern: str) -> None:
    (found,) = linted(field(pattern=pattern))
    assert (found.rule, found.severity) == ("R513", Severity.ERROR)
    assert found.pointer == f"{SCHEMA}/properties/login/pattern"
    assert found.message == f"the pattern of login does not work in a browser: {refusal_of_browsers(pattern)}"


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("\\A[a-z]+\\z", "`\\A` and `\\z`"),
        ("a\\Z", "`\\Z`"),
        ("\\Qa.b\\E", "`\\Q` and `\\E`"),
        ("^\\p{L}$", "`\\p`"),
    ],
)
def test_a_pattern_that_browsers_read_as_letters_is_an_error(
    linted: Check, pattern: str, letters: str
) -> None:
    (found,) = linted(field(pattern=pattern))
    assert found.message == (
        f"the pattern of login does not work in a browser: JavaScript reads {letters} as letters"
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"airbyte_hidden": True, "pattern": "("},
        {"type": "array", "items": {"type": "string", "pattern": "("}},
        {"type": "object", "properties": {"inner": {"type": "string", "pattern": "("}}},
        {
            "type": "object",
            "oneOf": [option("a", inner={"type": "string", "title": "Inner", "pattern": "("})],
        },
    ],
)
def test_a_refused_pattern_stops_the_form_wherever_the_widget_compiles_it(linted: Check, schema: Any) -> None:
    assert "R513" in [advice.rule for advice in linted(field(**schema))]


@pytest.mark.parametrize(
    "schema", [{"type": ["string", "null"], "pattern": "("}, {"type": "integer", "pattern": "("}]
)
def test_a_pattern_that_the_widget_does_not_compile_stops_nothing(linted: Check, schema: Any) -> None:
    assert "R513" not in [advice.rule for advice in linted(field(**schema))]


@pytest.mark.parametrize(
    "pattern", ["^[a-z]+$", "(?=a)(?!b)c", "(?<=a)b", "(?<year>\\d+)", "\\\\Zurich", "a{2,}b"]
)
def test_a_pattern_that_browsers_have_is_fine(linted: Check, pattern: str) -> None:
    assert linted(field(pattern=pattern)) == ()


def test_an_option_without_a_title_is_a_blank_line(linted: Check) -> None:
    assert linted(choice(option("a"), option("b", title=None))) == (
        Diagnostic(
            f"{SCHEMA}/properties/login/oneOf/1",
            "R504",
            "an option of login has no title: the customer sees a blank line in the list",
            "add `title` to the option",
            Severity.WARNING,
        ),
    )


def test_a_hidden_option_needs_no_title(linted: Check) -> None:
    assert linted(choice(option("a"), {**option("b", title=None), "airbyte_hidden": True})) == ()
