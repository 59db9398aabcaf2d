"""`!env`: text from the environment, never shown, never anything but what it is called for."""

from __future__ import annotations

import pytest
from manifest_reading import ProjectOnDisk, manifest_text, read_text

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
    assert (read.values, read.problems, read.documents[0].variables) == ([{"a": value}], [], set())


def test_default_is_not_used_when_the_variable_is_set() -> None:
    text = "a: !env {default: 3, name: RECONCILER_VAR_A}"
    assert read_text(text, RECONCILER_VAR_A="4").values == [{"a": "4"}]
    assert read_text(text, RECONCILER_VAR_A="").values == [{"a": 3}]


FORMS = "write !env NAME or !env {name: NAME, default: ...}"
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
    "name that is no text": ("!env {name: 1}", f"R205 the name in !env must be text, not a number; {FORMS}"),
    "variable in a default": ("!env {name: RECONCILER_VAR_B, default: !env RECONCILER_VAR_A}",
                              "R205 !env inside !env; write the default out"),
    "control character": ("!env RECONCILER_VAR_BELL", ("R204 the value of RECONCILER_VAR_BELL holds a control character; "
                          "only line feeds and tabs are allowed; set it again")),
    "carriage return": ("!env RECONCILER_VAR_CR", ("R204 the value of RECONCILER_VAR_CR holds a control character; "
                        "only line feeds and tabs are allowed; set it again")),
    "not UTF-8": ("!env RECONCILER_VAR_BYTES", "R204 the value of RECONCILER_VAR_BYTES is not UTF-8; set it again as text"),
}  # fmt: skip
ENVIRON = {
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
            "R206 manifests/m.yaml:3:18: a variable cannot stand here, because this is shown in every report; "
            "write the value out"
        )
    ]
