"""`!env`: text from the environment, never shown, never anything but what it is called for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from manifests.manifest_reading import FAKER, ProjectOnDisk, manifest_text, read_text

from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests.variables import VariableText
from reconciler.model.json_value import canonical_json

SECRET = "hush-hush-4711"


def test_variable_is_always_text() -> None:
    for text in ("1.10", "no", "null", "[a]", "${HOME}", "!env RECONCILER_VAR_B", " x \n\ty"):
        assert read_text("a: !env RECONCILER_VAR_A", RECONCILER_VAR_A=text).values == [{"a": text}]


def test_variable_can_stand_in_lists_and_be_quoted() -> None:
    read = read_text("[!env RECONCILER_VAR_A, {b/c: !env 'RECONCILER_VAR_A'}]", RECONCILER_VAR_A=SECRET)
    assert (read.values, read.problems) == ([[SECRET, {"b/c": SECRET}]], [])
    assert read.documents[0].variables == {"/0", "/1/b~1c"}


@pytest.mark.parametrize(
    ("default", "value"), [("3", 3), ("null", None), ("[a, {b: 1.5}]", ["a", {"b": 1.5}]), ("''", "")]
)
def test_default_may_be_any_json_value_and_is_a_literal_of_the_file(default: str, value: object) -> None:
    read = read_text(f"a: !env {{name: RECONCILER_VAR_A, default: {default}}}")
    assert (read.values, read.problems, read.documents[0].variables) == ([{"a": value}], [], frozenset())


def test_default_is_not_used_when_the_variable_is_set() -> None:
    text = "a: !env {default: 3, name: RECONCILER_VAR_A}"
    assert read_text(text, RECONCILER_VAR_A="4").values == [{"a": "4"}]
    assert read_text(text, RECONCILER_VAR_A="").values == [{"a": 3}]


CONVERTED = [
    ("string", "7", "7"), ("integer", "7", 7), ("integer", " -12\n", -12), ("number", "1.50", 1.5), ("number", "7", 7),
    ("number", "1e3", 1000.0), ("boolean", "true", True), ("boolean", "false", False), ("array", '["a", 1, [true]]', ["a", 1, [True]]),
    ("array", "a, b ,c", ["a", "b", "c"]), ("array", "one", ["one"]), ("array", "[]", []),
    ("object", '{"a": {"b": null}}', {"a": {"b": None}}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), CONVERTED)
def test_variable_with_a_type_is_a_value_of_that_type(kind: str, text: str, value: object) -> None:
    read = read_text(f"a: !env {{name: RECONCILER_VAR_A, type: {kind}}}", RECONCILER_VAR_A=text)
    assert (read.values, read.problems, read.documents[0].variables) == (
        [{"a": value}],
        [],
        frozenset({"/a"}),
    )
    assert type(read.values[0]["a"]) is type(value)  # type: ignore[index,call-overload]


UNCONVERTED = [
    ("integer", "seven", "not a whole number; set it to digits"), ("integer", "7.0", "not a whole number; set it to digits"),
    ("integer", "007", "not a whole number; set it to digits"), ("integer", "true", "not a whole number; set it to digits"),
    ("integer", "9007199254740992", "not a whole number; set it to digits"),
    ("number", "1e999", "not a number; set it to digits, as in JSON"),
    ("number", "NaN", "not a number; set it to digits, as in JSON"), ("boolean", "True", "not true or false; set it to true or false"),
    ("boolean", "1", "not true or false; set it to true or false"),
    ("array", "[a]", "not a list; set it to a JSON list, or values between commas"),
    ("array", '["\\u0000"]', "not a list; set it to a JSON list, or values between commas"),
    ("object", "[]", "not an object; set it to a JSON object"), ("object", '{"a": 1, "a": 2}', "not an object; set it to a JSON object"),
    ("object", '{"a":' * 70 + "1" + "}" * 70, "not an object; set it to a JSON object"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "problem"), UNCONVERTED)
def test_value_that_is_not_of_the_type_is_an_error_at_the_tag_and_is_not_shown(
    kind: str, text: str, problem: str
) -> None:
    read = read_text(f"b: 1\na: !env {{name: RECONCILER_VAR_A, type: {kind}}}", RECONCILER_VAR_A=text)
    assert read.problems == [f"2:4: R204 the value of RECONCILER_VAR_A is {problem}"]
    assert read.values == [{"b": 1, "a": None}]


def test_nothing_between_commas_is_an_error() -> None:
    read = read_text("a: !env {name: RECONCILER_VAR_A, type: array}", RECONCILER_VAR_A="a,,b")
    message = "the value of RECONCILER_VAR_A has nothing between two commas, or at an end"
    assert read.problems == [f"1:4: R204 {message}; write a JSON list if an empty text is meant"]


def test_default_has_the_declared_type() -> None:
    read = read_text("a: !env {name: RECONCILER_VAR_A, type: integer, default: 5}")
    assert (read.values, read.problems, read.documents[0].variables) == ([{"a": 5}], [], frozenset())
    wrong = read_text('a: !env {name: RECONCILER_VAR_A, type: integer, default: "5"}')
    assert wrong.problems == [
        "1:4: R205 the default in !env is not a whole number; write a whole number, or another type"
    ]


PLACES: dict[str, object] = {
    "type": "object",
    "properties": {
        "days": {"type": ["integer", "null"]},
        "share": {"type": "number"},
        "live": {"type": "boolean"},
        "name": {"type": "string"},
        "names": {"type": "array", "items": {"type": "string"}},
        "ids": {"type": "array", "items": {"type": "integer"}},
        "more": {"type": "object"},
        "either": {"type": ["string", "integer"]},
        "open": {},
        "login": {
            "oneOf": [
                {"properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}},
                {"properties": {"kind": {"const": "b"}, "x": {"type": "string"}}},
            ]
        },
        "deep": {"items": {"properties": {"count": {"type": "integer"}}}},
    },
}


@pytest.fixture
def typed(project: ProjectOnDisk) -> ProjectOnDisk:
    """A project whose connector's specification is locked."""
    known = replace(FAKER, specification={"connectionSpecification": PLACES})
    project.catalogue = Catalogue([known])
    return project


@pytest.mark.parametrize(
    ("presets", "text", "value"),
    [
        ("{days: !env RECONCILER_VAR_A}", "7", {"days": 7}),
        ("{share: !env RECONCILER_VAR_A}", "0.5", {"share": 0.5}),
        ("{live: !env RECONCILER_VAR_A}", "false", {"live": False}),
        ("{name: !env RECONCILER_VAR_A}", "7", {"name": "7"}),
        ("{names: !env RECONCILER_VAR_A}", "a,7", {"names": ["a", "7"]}),
        ("{ids: !env RECONCILER_VAR_A}", "4, 7", {"ids": [4, 7]}),
        ("{ids: !env RECONCILER_VAR_A}", "[4, 7]", {"ids": [4, 7]}),
        ("{ids: [1, !env RECONCILER_VAR_A]}", "7", {"ids": [1, 7]}),
        ("{ids: !env {name: RECONCILER_VAR_A, type: array}}", "4,7", {"ids": [4, 7]}),
        ("{more: !env RECONCILER_VAR_A}", '{"a": "7"}', {"more": {"a": "7"}}),
        ("{either: !env RECONCILER_VAR_A}", "7", {"either": "7"}),
        ("{open: !env RECONCILER_VAR_A}", "7", {"open": "7"}),
        ("{other: !env RECONCILER_VAR_A}", "7", {"other": "7"}),
        ("{days: !env {name: RECONCILER_VAR_A, type: string}}", "7", {"days": "7"}),
        ("{login: {kind: a, x: !env RECONCILER_VAR_A}}", "7", {"login": {"kind": "a", "x": 7}}),
        ("{login: {kind: b, x: !env RECONCILER_VAR_A}}", "7", {"login": {"kind": "b", "x": "7"}}),
        ("{login: {x: !env RECONCILER_VAR_A}}", "7", {"login": {"x": "7"}}),
        ("{deep: [{count: !env RECONCILER_VAR_A}]}", "7", {"deep": [{"count": 7}]}),
        ("{a: &v !env RECONCILER_VAR_A, days: *v}", "7", {"a": "7", "days": 7}),
    ],
)
def test_variable_without_a_type_is_what_its_place_takes(
    typed: ProjectOnDisk, presets: str, text: str, value: object
) -> None:
    typed.environ = {"RECONCILER_VAR_A": text}
    typed.write("m.yaml", manifest_text("m", presets))
    loaded = typed.load()
    assert loaded.problems == ()
    assert canonical_json(loaded.manifests[0].presets) == canonical_json(value)  # type: ignore[arg-type]
    assert all(type(each) is not VariableText for each in loaded.manifests[0].presets.values())


def test_value_that_its_place_does_not_take_is_an_error_at_the_tag(typed: ProjectOnDisk) -> None:
    typed.environ = {"RECONCILER_VAR_A": SECRET}
    typed.write("m.yaml", manifest_text("m", "{days: !env RECONCILER_VAR_A, ids: !env RECONCILER_VAR_A}"))
    words = "R204 manifests/m.yaml:6:{}: the value of RECONCILER_VAR_A is not a whole number, which this place takes; set it to digits"
    assert typed.problems() == [words.format(32), words.format(60)]


def test_default_and_choices_of_a_form_get_the_type_of_their_field(project: ProjectOnDisk) -> None:
    project.environ = {"RECONCILER_VAR_A": "7"}
    field = "{type: integer, title: !env RECONCILER_VAR_A, default: !env RECONCILER_VAR_A, enum: [!env RECONCILER_VAR_A]}"
    project.write(
        "m.yaml",
        manifest_text(
            "m", "{}", f"partialUserConfigSpec: {{connectionSpecification: {{properties: {{a: {field}}}}}}}"
        ),
    )
    (manifest,) = project.load().manifests
    assert manifest.form == {
        "connectionSpecification": {
            "properties": {"a": {"type": "integer", "title": "7", "default": 7, "enum": [7]}}
        }
    }


def test_every_text_in_a_list_from_a_variable_is_a_secret(typed: ProjectOnDisk) -> None:
    typed.environ = {"RECONCILER_VAR_A": '["first-hush", "other-hush"]'}
    typed.write("m.yaml", manifest_text("m", "{names: !env RECONCILER_VAR_A}"))
    loaded = typed.load()
    assert loaded.manifests[0].variable_pointers == {"/spec/partialDefaultConfig/names"}
    assert loaded.secrets == ('["first-hush", "other-hush"]', "first-hush", "other-hush")


def test_manifest_without_the_value_of_a_variable_is_read_in_part(project: ProjectOnDisk) -> None:
    project.write("part.yaml", "x: !env RECONCILER_VAR_B\n")
    project.write(
        "m.yaml", manifest_text("m", "{a: &v !env RECONCILER_VAR_A, b: [*v], c: !include part.yaml, d: 1}")
    )
    project.write("n.yaml", manifest_text("n2", "{}", "organizationId: !env RECONCILER_VAR_A"))
    project.write("o.yaml", manifest_text("o", "!env RECONCILER_VAR_A"))
    project.write("p.yaml", manifest_text("p", "{}").replace("source-faker", "!env RECONCILER_VAR_A"))
    loaded = project.load()
    assert loaded.manifests == ()
    assert [problem.rule for problem in loaded.problems] == ["R202"] * 5
    presets = "/spec/partialDefaultConfig"
    assert [(each.name, set(each.unset_pointers)) for each in loaded.partial] == [
        ("m", {f"{presets}/a", f"{presets}/b/0", f"{presets}/c/x"}),
        ("n2", {"/spec/organizationId"}),
        ("o", {presets}),
        ("p", {"/spec/connector"}),
    ]
    assert loaded.partial[0].presets == {"a": None, "b": [None], "c": {"x": None}, "d": 1}


def test_manifest_with_other_errors_is_not_read_in_part(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{a: !env RECONCILER_VAR_A}", "tempalteId: x"))
    project.write("n.yaml", manifest_text("!env RECONCILER_VAR_A", "{}"))
    loaded = project.load()
    assert (loaded.manifests, loaded.partial) == ((), ())
    assert [problem.rule for problem in loaded.problems] == ["R202", "R102", "R202", "R206"]


FORMS = "write !env NAME or !env {name: NAME, type: ..., default: ...}"
ONLY = "manifests can read RECONCILER_VAR_... only, so that none can read credentials; rename the variable"
REFUSED = {
    "unset": ("!env RECONCILER_VAR_B", ("R202 the variable RECONCILER_VAR_B is not set; "
              "set it, or give a default: !env {name: RECONCILER_VAR_B, default: ...}")),
    "empty": ("!env RECONCILER_VAR_EMPTY", ("R202 the variable RECONCILER_VAR_EMPTY is set but empty, which counts as unset; "
              "set it, or give a default: !env {name: RECONCILER_VAR_EMPTY, default: ...}")),
    "a credential": ("!env AIRBYTE_CLIENT_SECRET", f"R203 the variable AIRBYTE_CLIENT_SECRET does not start with RECONCILER_VAR_; {ONLY}"),
    "a credential with a default": ("!env {name: GITHUB_TOKEN, default: x}",
                                    f"R203 the variable GITHUB_TOKEN does not start with RECONCILER_VAR_; {ONLY}"),
    "lower case": ("!env reconciler_var_a", f"R203 the variable reconciler_var_a does not start with RECONCILER_VAR_; {ONLY}"),
    "prefix only": ("!env RECONCILER_VAR_", ("R203 RECONCILER_VAR_ is not a name of a variable; "
                    "use letters, digits and _ behind RECONCILER_VAR_")),
    "strange name": ("!env 'RECONCILER_VAR_A\\n$(x)'", ("R203 RECONCILER_VAR_A\\n$(x) is not a name of a variable; "
                     "use letters, digits and _ behind RECONCILER_VAR_")),
    "no name": ("!env", f"R205 !env has no name; {FORMS}"),
    "list": ("!env [RECONCILER_VAR_A]", f"R205 !env takes the name of a variable; {FORMS}"),
    "object without a name": ("!env {default: 1}", f"R205 !env has no name; {FORMS}"),
    "object with another field": ("!env {name: RECONCILER_VAR_A, defualt: 1}",
                                  'R205 unknown field "defualt" in !env; did you mean "default"?'),
    "unknown type": ("!env {name: RECONCILER_VAR_A, type: int}",
                     "R205 the type in !env is not known; write string or integer or number or boolean or array or object"),
    "name that is no text": ("!env {name: 1}", f"R205 the name in !env must be text, not a number; {FORMS}"),
    "variable in a default": ("!env {name: RECONCILER_VAR_B, default: !env RECONCILER_VAR_A}",
                              "R205 !env inside !env; write the default out"),
    "control character": ("!env RECONCILER_VAR_BELL", ("R204 the value of RECONCILER_VAR_BELL holds a control character; "
                          "only line feeds and tabs are allowed; set it again")),
    "carriage return": ("!env RECONCILER_VAR_CR", ("R204 the value of RECONCILER_VAR_CR holds a control character; "
                        "only line feeds and tabs are allowed; set it again")),
    "not UTF-8": ("!env RECONCILER_VAR_BYTES", "R204 the value of RECONCILER_VAR_BYTES is not UTF-8; set it again as text"),
}  # fmt: skip
ENVIRON: dict[str, Any] = {
    "RECONCILER_VAR_A": SECRET,
    "RECONCILER_VAR_EMPTY": "",
    "RECONCILER_VAR_BELL": f"{SECRET}\a",
    "RECONCILER_VAR_CR": f"{SECRET}\r\n",
    "RECONCILER_VAR_BYTES": f"{SECRET}\udcff",
    "AIRBYTE_CLIENT_SECRET": SECRET,
    "GITHUB_TOKEN": SECRET,
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_variable_is_named_and_its_value_never_shown(case: str) -> None:
    text, problem = REFUSED[case]
    read = read_text(f"a: {text}".replace("\\n", "\n\n"), **ENVIRON)
    assert read.problems == [f"1:4: {problem}"]
    assert SECRET not in repr(read.values)


def test_manifest_remembers_where_its_variables_are(project: ProjectOnDisk) -> None:
    project.environ = {"RECONCILER_VAR_A": SECRET, "RECONCILER_VAR_UNUSED": "other"}
    project.write("m.yaml", manifest_text("m", "{a: &v !env RECONCILER_VAR_A, b: [*v, {c: *v}]}"))
    loaded = project.load()
    assert loaded.manifests[0].variable_pointers == {
        "/spec/partialDefaultConfig/a",
        "/spec/partialDefaultConfig/b/0",
        "/spec/partialDefaultConfig/b/1/c",
    }
    assert loaded.secrets == (SECRET,)


def test_variables_inside_an_anchored_object_are_remembered_where_it_is_repeated() -> None:
    read = read_text("a: &v {x: !env RECONCILER_VAR_A, w: [1]}\nb: [*v]\n", RECONCILER_VAR_A=SECRET)
    assert read.documents[0].variables == {"/a/x", "/b/0/x"}


def test_values_used_in_manifests_with_problems_are_secrets_too(project: ProjectOnDisk) -> None:
    project.environ = {"RECONCILER_VAR_A": SECRET, "RECONCILER_VAR_B": "another secret"}
    project.write("m.yaml", manifest_text("m", "{a: !env RECONCILER_VAR_A, b: no}"))
    project.write("o.yaml", "a: !env RECONCILER_VAR_B\nb: c: d\n")
    assert project.load().secrets == (SECRET, "another secret")


def test_default_that_was_used_is_no_secret(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{a: !env {name: RECONCILER_VAR_A, default: plain}}"))
    assert project.load().secrets == ()


def test_identifier_from_a_variable_is_read_and_is_no_secret(project: ProjectOnDisk) -> None:
    project.environ = {
        "RECONCILER_VAR_ORG": "7c60d51f-b44e-4682-87d6-449835ea4de6",
        "RECONCILER_VAR_A": SECRET,
    }
    project.write(
        "m.yaml", manifest_text("m", "{a: !env RECONCILER_VAR_A}", "organizationId: !env RECONCILER_VAR_ORG")
    )
    loaded = project.load()
    assert loaded.manifests[0].organization_id == "7c60d51f-b44e-4682-87d6-449835ea4de6"
    assert loaded.secrets == (SECRET,)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("organizationId: !env RECONCILER_VAR_A", ("R105 manifests/m.yaml:7:19: spec.organizationId holds a variable whose value is not "
         "usable here; write it as 8-4-4-4-12 hexadecimal digits")),
        ("partialUserConfigSpec: !env RECONCILER_VAR_A", ("R104 manifests/m.yaml:7:26: spec.partialUserConfigSpec must be an object, "
         "not text; write an object")),
    ],
)  # fmt: skip
def test_wrong_value_of_a_variable_is_not_shown(line: str, problem: str, project: ProjectOnDisk) -> None:
    project.environ = {"RECONCILER_VAR_A": SECRET}
    project.write("m.yaml", manifest_text("m", "{}", line))
    assert project.problems() == [problem]


def test_unknown_connector_of_a_variable_is_not_shown(project: ProjectOnDisk) -> None:
    project.environ = {"RECONCILER_VAR_A": "source-fakr"}
    project.write("m.yaml", manifest_text().replace("source-faker", "!env RECONCILER_VAR_A"))
    assert project.problems() == [
        (
            "R201 manifests/m.yaml:5:14: the connector that a variable names is not known; "
            "run `reconciler connectors lock`, or write its actor definition id"
        )
    ]


def test_name_cannot_come_from_a_variable(project: ProjectOnDisk) -> None:
    project.environ = {"RECONCILER_VAR_A": "name"}
    project.write("m.yaml", manifest_text("!env RECONCILER_VAR_A"))
    assert project.problems() == [
        (
            "R206 manifests/m.yaml:3:18: a variable is not allowed here, because this is shown in every report; "
            "write the value out"
        )
    ]
