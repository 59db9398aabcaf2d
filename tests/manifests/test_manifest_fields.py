"""The fields of a manifest: whole messages, at the key or at the value that is wrong."""

from __future__ import annotations

import pytest
from manifests.manifest_reading import FAKER, ProjectOnDisk, manifest_text

from reconciler.connectors.catalogue import Catalogue
from reconciler.model.diagnostic import Severity
from reconciler.model.template import Connector, Manifest

ORGANIZATION = "7C60D51F-B44E-4682-87d6-449835ea4de6"
HUBSPOT = Connector("36c891d9-4bd9-43ac-bad2-10e12756272c", "source-hubspot", "HubSpot")


def test_manifest_becomes_desired_state(project: ProjectOnDisk) -> None:
    project.write(
        "m.yaml",
        "# a comment\n"
        + manifest_text(
            "crm",
            "{seed: 1}",
            f"organizationId: {ORGANIZATION}",
            "templateId: 9B2C0000-0000-4000-8000-00000000000A",
            "partialUserConfigSpec: {connectionSpecification: {type: object}, advanced_auth: {}}",
        ),
    )
    (manifest,) = project.load().manifests
    assert manifest == Manifest(
        name="crm",
        origin=manifest.origin,
        connector=FAKER,
        presets={"seed": 1},
        form={"connectionSpecification": {"type": "object"}, "advanced_auth": {}},
        organization_id=ORGANIZATION.lower(),
        template_id="9b2c0000-0000-4000-8000-00000000000a",
    )
    assert (str(manifest.origin), manifest.variable_pointers) == ("manifests/m.yaml:2:1", frozenset())


def test_fields_that_are_left_out_stay_unknown(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text())
    (manifest,) = project.load().manifests
    assert (manifest.form, manifest.organization_id, manifest.template_id) == (None, None, None)


def test_form_in_another_key_order_or_number_spelling_is_kept_as_written(project: ProjectOnDisk) -> None:
    project.write("m.json", '{"apiVersion": "reconciler/v1", "kind": "SourceTemplate", "metadata": {"name": "j"}, '
                  '"spec": {"connector": "source-faker", "partialDefaultConfig": {"b": 1e3, "a": 1.0}}}')  # fmt: skip
    (manifest,) = project.load().manifests
    assert list(manifest.presets.items()) == [("b", 1000.0), ("a", 1.0)]


HEAD = "apiVersion: reconciler/v1\nkind: SourceTemplate\n"
SPEC = "spec:\n  connector: source-faker\n  partialDefaultConfig: {}\n"
WRONG = {
    "unknown field at the root": (
        HEAD + "metadata: {name: a}\n" + SPEC + "sepc: 1\n",
        ['R102 manifests/m.yaml:7:1: unknown field "sepc"; did you mean "spec"?'],
    ),
    "unknown field in metadata": (
        HEAD + "metadata: {name: a, labels: {}}\n" + SPEC,
        ['R102 manifests/m.yaml:3:21: unknown field "labels" in metadata; known here: name'],
    ),
    "unknown field in spec": (
        HEAD + "metadata: {name: a}\n" + SPEC + "  organisationId: x\n",
        ['R102 manifests/m.yaml:7:3: unknown field "organisationId" in spec; did you mean "organizationId"?'],
    ),
    "field of another kind": (
        HEAD + "metadata: {name: a}\n" + SPEC + "  schedule: x\n",
        [('R102 manifests/m.yaml:7:3: unknown field "schedule" in spec; known here: connector, partialDefaultConfig, '
         "partialUserConfigSpec, organizationId, templateId, allowSecond, name, mode, customization, tags, cloneOf and propagate")],
    ),
    "everything missing": (
        "apiVersion: reconciler/v1\n",
        ['R103 manifests/m.yaml:1:1: "kind" is missing; add `kind: SourceTemplate`',
         'R103 manifests/m.yaml:1:1: "metadata" is missing; add `metadata: {name: ...}`, the name in every report',
         'R103 manifests/m.yaml:1:1: "spec" is missing; add spec'],
    ),
    "name and connector missing": (
        HEAD + "metadata: {}\nspec:\n  partialDefaultConfig: {}\n",
        ['R103 manifests/m.yaml:3:1: "name" is missing in metadata; add `name: ...`, the name in every report',
         ('R103 manifests/m.yaml:4:1: "connector" is missing in spec; '
         "add `connector: ...`, a repository such as source-faker or an actor definition id")],
    ),
    "presets missing": (
        HEAD + "metadata: {name: a}\nspec: {connector: source-faker}\n",
        [('R103 manifests/m.yaml:4:1: "partialDefaultConfig" is missing in spec; '
         "add `partialDefaultConfig: {}` when nothing is preset")],
    ),
    "form without a schema": (
        HEAD + "metadata: {name: a}\n" + SPEC + "  partialUserConfigSpec: {type: object}\n",
        [('R103 manifests/m.yaml:7:3: "connectionSpecification" is missing in spec.partialUserConfigSpec; '
         "add `connectionSpecification: ...`, the JSON Schema of the form")],
    ),
    "explicit nulls": (
        HEAD + "metadata: {name: a}\n" + SPEC + "  partialUserConfigSpec: null\n  templateId: null\n",
        ["R104 manifests/m.yaml:7:26: spec.partialUserConfigSpec must be an object, not null; write an object, or leave the field out",
         "R104 manifests/m.yaml:8:15: spec.templateId must be text, not null; write text, or leave the field out"],
    ),
    "wrong types": (
        HEAD + "metadata: [a]\nspec:\n  connector: 1.10\n  partialDefaultConfig: text\n"
        "  partialUserConfigSpec: {connectionSpecification: []}\n",
        ["R104 manifests/m.yaml:3:11: metadata must be an object, not a list; write an object",
         'R104 manifests/m.yaml:5:14: spec.connector must be text, not a number; quote it: "1.10"',
         "R104 manifests/m.yaml:6:25: spec.partialDefaultConfig must be an object, not text; write an object",
         "R104 manifests/m.yaml:7:52: spec.partialUserConfigSpec.connectionSpecification must be an object, not a list; write an object"],
    ),
    "number for a name": (
        HEAD + "metadata: {name: 1.0}\n" + SPEC,
        ['R104 manifests/m.yaml:3:18: metadata.name must be text, not a number; quote it: "1.0"'],
    ),
    "empty name": (
        HEAD + 'metadata: {name: ""}\n' + SPEC,
        ["R105 manifests/m.yaml:3:18: metadata.name is empty; give the manifest a name"],
    ),
    "blank name": (
        HEAD + 'metadata: {name: "a "}\n' + SPEC,
        ['R105 manifests/m.yaml:3:18: metadata.name "a " has a blank at an end, or a control character; remove it'],
    ),
    "name with a line break": (
        HEAD + 'metadata: {name: "a\\nb"}\n' + SPEC,
        ['R105 manifests/m.yaml:3:18: metadata.name "a\\nb" has a blank at an end, or a control character; remove it'],
    ),
    "long name": (
        HEAD + f"metadata: {{name: {'a' * 201}}}\n" + SPEC,
        ["R105 manifests/m.yaml:3:18: metadata.name has 201 characters; shorten it to 200"],
    ),
    "bad ids": (
        HEAD + "metadata: {name: a}\n" + SPEC + "  organizationId: 7c60d51f\n  templateId: 9b2c0000-0000-4000-8000-00000000000g\n",
        ['R105 manifests/m.yaml:7:19: spec.organizationId "7c60d51f" is not a UUID; write it as 8-4-4-4-12 hexadecimal digits',
         ('R105 manifests/m.yaml:8:15: spec.templateId "9b2c0000-0000-4000-8000-00000000000g" is not a UUID; '
         "write it as 8-4-4-4-12 hexadecimal digits")],
    ),
    "id with a line feed": (
        HEAD + "metadata: {name: a}\n" + SPEC + '  templateId: "9b2c0000-0000-4000-8000-00000000000a\\n"\n',
        [('R105 manifests/m.yaml:7:15: spec.templateId "9b2c0000-0000-4000-8000-00000000000a\\n" is not a UUID; '
         "write it as 8-4-4-4-12 hexadecimal digits")],
    ),
    "empty connector": (
        HEAD + 'metadata: {name: a}\nspec: {connector: "", partialDefaultConfig: {}}\n',
        ["R105 manifests/m.yaml:4:19: spec.connector is empty; write the connector's repository or its actor definition id"],
    ),
    "another version": (
        "apiVersion: reconciler/v2\nkind: SourceTemplate\nmetadata: {title: a}\n",
        ['R105 manifests/m.yaml:1:13: apiVersion "reconciler/v2" is not known; this version reads reconciler/v1'],
    ),
    "connection template": (
        "apiVersion: reconciler/v1\nkind: ConnectionTemplate\nspec: {destinationName: a}\n",
        ['R103 manifests/m.yaml:1:1: "metadata" is missing; add `metadata: {name: ...}`, the name in every report',
         ('R103 manifests/m.yaml:3:1: "connector" is missing in spec; '
         "add `connector: ...`, a repository such as source-faker or an actor definition id"),
         ('R103 manifests/m.yaml:3:1: "destinationConfig" is missing in spec; '
         "add `destinationConfig: {...}`, the destination's configuration")],
    ),
    "kind with a typing error": (
        "apiVersion: reconciler/v1\nkind: sourcetemplates\n",
        ['R103 manifests/m.yaml:1:1: "metadata" is missing; add `metadata: {name: ...}`, the name in every report',
         'R103 manifests/m.yaml:1:1: "spec" is missing; add spec',
         'R105 manifests/m.yaml:2:7: kind "sourcetemplates" is not known; did you mean "SourceTemplate"?'],
    ),
    "kind with a typing error and more": (
        ("apiVersion: reconciler/v1\nkind: SourceTemplat\nmetadata: []\nspec:\n  connector: 5\n  templateId: x\n"
         "  partialDefaultConfig: {}\n"),
        ['R105 manifests/m.yaml:2:7: kind "SourceTemplat" is not known; did you mean "SourceTemplate"?',
         "R104 manifests/m.yaml:3:11: metadata must be an object, not a list; write an object",
         'R104 manifests/m.yaml:5:14: spec.connector must be text, not a number; quote it: "5"',
         'R105 manifests/m.yaml:6:15: spec.templateId "x" is not a UUID; write it as 8-4-4-4-12 hexadecimal digits'],
    ),
    "version that is none and more": (
        "apiVersion: v1\nkind: SourceTemplate\nmetadata: {name: a}\nspec: {connector: source-fakr, partialDefaultConfig: {}}\n",
        ['R105 manifests/m.yaml:1:13: apiVersion "v1" is not known; this version reads reconciler/v1',
         ('R201 manifests/m.yaml:4:19: the connector "source-fakr" is not known; did you mean source-faker? Otherwise '
         "run `reconciler connectors lock`, or write its actor definition id")],
    ),
    "version of a later program": (
        "apiVersion: reconciler/v1beta2\nkind: SourceTemplate\nmetadata: []\n",
        ['R105 manifests/m.yaml:1:13: apiVersion "reconciler/v1beta2" is not known; this version reads reconciler/v1'],
    ),
    "another kind": (
        "apiVersion: reconciler/v1\nkind: Deployment\n",
        ['R105 manifests/m.yaml:2:7: kind "Deployment" is not known; the kinds are SourceTemplate and ConnectionTemplate'],
    ),
    "no manifest at all": (
        "a: 1\n",
        [("R101 manifests/m.yaml:1:1: not a manifest (it has neither apiVersion nor kind), and no manifest includes this file; "
         "begin it with `apiVersion: reconciler/v1`, include it, or remove it")],
    ),
    "a list": (
        "- a\n",
        [("R101 manifests/m.yaml:1:1: not a manifest (it is not an object), and no manifest includes this file; "
         "begin it with `apiVersion: reconciler/v1`, include it, or remove it")],
    ),
    "unknown connector": (
        HEAD + "metadata: {name: a}\nspec: {connector: source-fakr, partialDefaultConfig: {}}\n",
        [('R201 manifests/m.yaml:4:19: the connector "source-fakr" is not known; did you mean source-faker? Otherwise '
         "run `reconciler connectors lock`, or write its actor definition id")],
    ),
    "connector like no other": (
        HEAD + "metadata: {name: a}\nspec: {connector: xyz, partialDefaultConfig: {}}\n",
        [('R201 manifests/m.yaml:4:19: the connector "xyz" is not known; '
         "run `reconciler connectors lock`, or write its actor definition id")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_manifest_is_explained_with_every_problem(case: str, project: ProjectOnDisk) -> None:
    text, problems = WRONG[case]
    project.write("m.yaml", text)
    loaded = project.load()
    assert [f"{problem.rule} {problem}" for problem in loaded.problems] == problems
    assert loaded.manifests == ()


@pytest.mark.parametrize("name", ["a", "é 日本", "a" * 200, "a  b", "x/y:z", '"quoted"'])
def test_names_may_be_any_text_on_one_line(name: str, project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text(f"'{name}'"))
    assert [manifest.name for manifest in project.load().manifests] == [name]


@pytest.mark.parametrize("reference", ["source-faker", "airbyte/source-faker", FAKER.id, FAKER.id.upper()])
def test_connector_is_found_by_repository_or_id(reference: str, project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text().replace("source-faker", reference))
    assert [manifest.connector for manifest in project.load().manifests] == [FAKER]


def test_unknown_id_is_a_connector_of_which_nothing_else_is_known(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text().replace("source-faker", "ABCDEF00-0000-4000-8000-000000000001"))
    (manifest,) = project.load().manifests
    assert manifest.connector == Connector("abcdef00-0000-4000-8000-000000000001")


def test_near_misses_are_searched_for_fifty_connectors_only(project: ProjectOnDisk) -> None:
    """A large project without its lock must not search the whole catalogue a thousand times."""
    project.catalogue = Catalogue([FAKER, HUBSPOT])
    project.write(
        "m.yaml", "---\n".join(manifest_text(f"m{n:02}").replace("faker", f"faker{n}") for n in range(60))
    )
    told = ["did you mean" in str(problem) for problem in project.load().problems]
    assert told == [True] * 50 + [False] * 10


IDENTITY = "dfd88b22-b603-4c3d-aad7-3701784586b1"


@pytest.mark.parametrize(
    "name",
    [
        "actorDefinitionId", "actor_definition_id", "actor-definition-id", "sourceDefinitionId", "source_definition_id", "definitionId",
        "definition_id", "connectorDefinitionId", "dockerRepository", "sourceType",
    ],
)  # fmt: skip
def test_every_spelling_of_the_definition_id_is_the_connector(name: str, project: ProjectOnDisk) -> None:
    spec = f"spec:\n  {name}: {IDENTITY}\n  partialDefaultConfig: {{}}\n"
    project.write("m.yaml", HEAD + "metadata: {name: a}\n" + spec)
    problem = f'R102 manifests/m.yaml:5:3: unknown field "{name}" in spec; write "connector" instead'
    assert project.problems() == [problem]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("definitionId: x", '7:3: unknown field "definitionId" in spec; remove it: spec.connector is there'),
        ("defaultConfig: {}", '7:3: unknown field "defaultConfig" in spec; remove it: spec.partialDefaultConfig is there'),
        ("configTemplateSpec: {}", '7:3: unknown field "configTemplateSpec" in spec; write "partialUserConfigSpec" instead'),
        ("connection_specification: {}", ('7:3: unknown field "connection_specification" in spec; '
         "write it as spec.partialUserConfigSpec.connectionSpecification")),
        ("partialUserConfigSpec: {connection_specification: {}}",
         '7:27: unknown field "connection_specification" in spec.partialUserConfigSpec; write connectionSpecification'),
        ("partialUserConfigSpec: {connectionSpecification: {}, documentation_url: x}",
         '7:56: unknown field "documentation_url" in spec.partialUserConfigSpec; write documentationUrl'),
    ],
)  # fmt: skip
def test_the_spelling_of_other_tools_is_told_what_it_is_here(
    line: str, problem: str, project: ProjectOnDisk
) -> None:
    project.write("m.yaml", HEAD + "metadata: {name: a}\n" + SPEC + f"  {line}\n")
    assert project.problems() == [f"R102 manifests/m.yaml:{problem}"]


def test_members_of_a_form_that_airbyte_knows_are_no_spelling_mistakes(project: ProjectOnDisk) -> None:
    form = "{connectionSpecification: {}, advanced_auth: {}, supported_destination_sync_modes: [], protocol_version: 1.0.0}"
    project.write("m.yaml", HEAD + "metadata: {name: a}\n" + SPEC + f"  partialUserConfigSpec: {form}\n")
    assert project.problems() == []


def test_fields_of_an_api_body_at_the_root_are_told_where_they_belong(project: ProjectOnDisk) -> None:
    fields = f"actorDefinitionId: {IDENTITY}\npartialDefaultConfig: {{}}\n"
    project.write("m.yaml", HEAD + "metadata: {name: a}\n" + fields)
    assert project.problems() == [
        'R102 manifests/m.yaml:4:1: unknown field "actorDefinitionId"; write it as spec.connector',
        'R102 manifests/m.yaml:5:1: unknown field "partialDefaultConfig"; write it as spec.partialDefaultConfig',
    ]


BEGIN = "begin it with `apiVersion: reconciler/v1`, `kind: SourceTemplate` and `metadata: {name: ...}`, and put its fields under `spec`"
UNDER = "spec.partialUserConfigSpec.connectionSpecification of a manifest"
OTHERS = {
    "a request": ('{"organizationId": "x", "actorDefinitionId": "x", "partialDefaultConfig": {}}',
                  "the body of an API request or answer", f"{BEGIN}, with actorDefinitionId as connector"),
    "an answer": ('{"id": "x", "partialDefaultConfig": {}, "configTemplateSpec": {"connectionSpecification": {}}}',
                  "the body of an API request or answer",
                  f"{BEGIN}, with configTemplateSpec as partialUserConfigSpec and id as templateId"),
    "a low-code manifest": ('{"type": "DeclarativeSource", "streams": [], "spec": {}}',
                            "a connector's own manifest", f"put its spec.connection_specification under {UNDER}"),
    "a specification": ('{"documentationUrl": "x", "connectionSpecification": {}}', "a connector's specification",
                        "put it under spec.partialUserConfigSpec of a manifest, or !include it there"),
    "a schema": ('{"type": "object", "properties": {}}', "a JSON Schema", f"put it under {UNDER}, or !include it there"),
    "a registry's entry": ('{"sourceDefinitionId": "x", "dockerRepository": "x", "dockerImageTag": "1", "spec": {}}',
                           "an entry of a Connector Registry", "`reconciler new` writes a manifest of a connector"),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_another_document_in_place_of_a_manifest_is_recognised(case: str, project: ProjectOnDisk) -> None:
    text, reads_as, cure = OTHERS[case]
    project.write("m.json", text)
    message = f"not a manifest (it reads as {reads_as}), and no manifest includes this file; {cure}"
    assert project.problems() == [f"R101 manifests/m.json:1:1: {message}"]


FORM = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: a}
spec:
  connector: source-faker
  partialDefaultConfig: {}
  partialUserConfigSpec:
    connectionSpecification:
      type: object
      properties:
        %s
"""


@pytest.mark.parametrize(
    ("node", "problems"),
    [
        ("v: {type: string, default: 1.10}", ['11:36: `1.10` is a number beside `type: string`; quote it: "1.10"']),
        ("v: {type: string, const: true}", ['11:34: `true` is true or false beside `type: string`; quote it: "true"']),
        ("v: {type: string, enum: [a, 1, 2.0]}", ['11:37: `1` is a number beside `type: string`; quote it: "1"',
                                                 '11:40: `2.0` is a number beside `type: string`; quote it: "2.0"']),
        ("v: {type: string, examples: [1.50]}", ['11:38: `1.50` is a number beside `type: string`; quote it: "1.50"']),
        ("v: {type: [string, 'null'], default: 3}", ['11:46: `3` is a number beside `type: string`; quote it: "3"']),
        ("v: {oneOf: [{properties: {w: {type: string, const: 7}}}]}", ['11:60: `7` is a number beside `type: string`; quote it: "7"']),
        ("v: {type: array, items: {type: string, default: 8}}", ['11:57: `8` is a number beside `type: string`; quote it: "8"']),
        ("default: {type: string, default: 9}", ['11:42: `9` is a number beside `type: string`; quote it: "9"']),
        ("a/b~c: {type: string, default: 9}", ['11:40: `9` is a number beside `type: string`; quote it: "9"']),
        ("v: {type: integer, default: 1}", []),
        ("v: {type: [string, integer], default: 1}", []),
        ("v: {type: [string, boolean], default: true}", []),
        ("v: {type: string, default: null, minLength: 1, airbyte_secret: true, order: 1}", []),
        ("v: {type: object, default: {type: string, default: 1}}", []),
        ("v: {const: 1}", []),
    ],
)  # fmt: skip
def test_number_beside_a_string_type_is_shown_as_it_is_written(
    node: str, problems: list[str], project: ProjectOnDisk
) -> None:
    project.write("m.yaml", FORM % node)
    assert project.problems() == [f"R108 manifests/m.yaml:{problem}" for problem in problems]


@pytest.mark.parametrize(
    ("node", "is_read"),
    [
        ("{type: string, default: 1, examples: [2], enum: [3]}", True),
        ("{type: string, const: 1}", False),
    ],
)
def test_only_a_constant_of_another_type_keeps_a_manifest_from_being_read(
    node: str, is_read: bool, project: ProjectOnDisk
) -> None:
    project.write("m.yaml", FORM % f"v: {node}")
    loaded = project.load()
    assert {problem.severity for problem in loaded.problems} == {
        Severity.WARNING if is_read else Severity.ERROR
    }
    assert len(loaded.manifests) == is_read


def test_presets_may_hold_numbers_whatever_their_names(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("m", "{type: string, default: 1.10}"))
    assert project.problems() == []


def test_value_that_the_reader_refused_is_not_judged_again(project: ProjectOnDisk) -> None:
    project.write("m.yaml", manifest_text("no", "{}", "templateId: 012", "organizationId: ~"))
    assert [problem.split(" ")[:2] for problem in project.problems()] == [
        ["R010", "manifests/m.yaml:3:18:"],
        ["R010", "manifests/m.yaml:7:15:"],
        ["R010", "manifests/m.yaml:8:19:"],
    ]


def test_syntax_and_field_problems_of_all_files_come_at_once(project: ProjectOnDisk) -> None:
    project.write("b.yaml", "a: b: c\n")
    project.write(
        "a.yaml", manifest_text().replace("spec:", "spce:") + "---\n" + manifest_text("x", "{a: no}")
    )
    assert [problem.split(": ")[0] for problem in project.problems()] == [
        "R103 manifests/a.yaml:1:1",
        "R102 manifests/a.yaml:4:1",
        "R010 manifests/a.yaml:13:29",
        "R006 manifests/b.yaml:1:5",
    ]
