"""The fields of the Agent API: what a manifest may say, what it cannot, and what another API lacks."""

from __future__ import annotations

from typing import Any

import pytest
from manifests.manifest_reading import ProjectOnDisk, manifest_text

from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests.repetitions import TargetFacts
from reconciler.model.target import Dialect
from reconciler.model.template import Connector

S3 = Connector(
    "4816b78f-1489-44c1-9060-4b19d5fa9362",
    "destination-s3",
    "S3",
    specification={
        "connectionSpecification": {
            "type": "object",
            "required": ["bucket"],
            "properties": {
                "bucket": {"type": "string"},
                "port": {"type": "integer"},
                "key": {"type": "string", "airbyte_secret": True},
            },
        }
    },
)
CLONED = "9B2C0000-0000-4000-8000-00000000000A"

SOURCE = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: crm}
spec:
  connector: source-faker
  partialDefaultConfig: {seed: 1}
  name: CRM
  mode: MULTI
  tags: [eu, "for: all"]
  propagate: true
  customization:
    streamSelectionMode: whitelist
    streamWhitelist: [users, orders]
    streamCustomizations:
      users: {primaryKeyFields: [[id], [tenant, id]], cursorField: [updated_at]}
    streamMappers:
      users:
        - {type: hashing, mapperConfiguration: {targetField: email, method: SHA256, fieldNameSuffix: _hashed}}
        - {type: field-renaming, mapperConfiguration: {originalFieldName: mail, newFieldName: email}}
        - {type: field-filtering, mapperConfiguration: {targetField: ssn}}
        - {type: row-filtering, mapperConfiguration: {conditions: {type: equal, fieldName: plan, comparisonValue: paid}}}
        - {type: encryption, mapperConfiguration: {targetField: phone, publicKey: PEM, outputEncoding: hex}}
"""
CONNECTION = """\
apiVersion: reconciler/v1
kind: ConnectionTemplate
metadata: {name: warehouse}
spec:
  destinationName: Warehouse
  connector: destination-s3
  destinationConfig: {bucket: data, port: !env RECONCILER_VAR_PORT, key: !env RECONCILER_VAR_KEY}
  cronExpression: 0 0 12 * * ?
  nonBreakingChangesPreference: propagate_columns
  syncOnCreate: false
  tags: [eu]
"""
HOSTED = """\
apiVersion: reconciler/v1
kind: ConnectionTemplate
metadata: {name: hosted}
spec: {dataHostingType: airbyte_hosted, cronExpression: 0 0 12 * * ?, tags: [eu]}
"""


@pytest.fixture
def agents(project: ProjectOnDisk) -> ProjectOnDisk:
    project.catalogue = Catalogue([*project.catalogue, S3])
    project.target_facts = TargetFacts("cloud", dialect=Dialect.AGENTS)
    project.environ = {"RECONCILER_VAR_PORT": "5432", "RECONCILER_VAR_KEY": "hush"}
    return project


def test_source_template_keeps_everything_that_the_agent_api_stores(agents: ProjectOnDisk) -> None:
    agents.write("m.yaml", SOURCE)
    (manifest,) = agents.load().manifests
    assert (manifest.presets, manifest.propagate, manifest.clone_of) == ({"seed": 1}, True, None)
    settings: Any = manifest.settings
    assert list(settings) == ["name", "mode", "customization", "tags"]
    assert (settings["name"], settings["mode"], settings["tags"]) == ("CRM", "MULTI", ["eu", "for: all"])
    customization = settings["customization"]
    assert customization["streamCustomizations"]["users"]["primaryKeyFields"] == [["id"], ["tenant", "id"]]
    assert [mapper["type"] for mapper in customization["streamMappers"]["users"]] == [
        *("hashing", "field-renaming", "field-filtering", "row-filtering", "encryption")
    ]


def test_connection_template_has_a_destination_and_typed_variables(agents: ProjectOnDisk) -> None:
    agents.write("m.yaml", CONNECTION)
    (manifest,) = agents.load().manifests
    assert (manifest.kind, manifest.connector, manifest.form) == ("ConnectionTemplate", S3, None)
    assert manifest.presets == {"bucket": "data", "port": 5432, "key": "hush"}
    assert manifest.variable_pointers == {"/spec/destinationConfig/port", "/spec/destinationConfig/key"}
    assert manifest.settings == {
        "tags": ["eu"],
        "destinationName": "Warehouse",
        "cronExpression": "0 0 12 * * ?",
        "nonBreakingChangesPreference": "propagate_columns",
        "syncOnCreate": False,
    }


def test_connection_template_that_airbyte_hosts_has_no_connector(agents: ProjectOnDisk) -> None:
    agents.write("m.yaml", HOSTED)
    (manifest,) = agents.load().manifests
    assert (manifest.connector.id, manifest.presets) == ("", {})
    assert manifest.settings["dataHostingType"] == "airbyte_hosted"


def test_clone_takes_its_presets_from_the_original(agents: ProjectOnDisk) -> None:
    agents.write(
        "m.yaml", manifest_text("c", "{}", f"cloneOf: {CLONED}").replace("  partialDefaultConfig: {}\n", "")
    )
    (manifest,) = agents.load().manifests
    assert (manifest.clone_of, manifest.presets, manifest.settings) == (CLONED.lower(), {}, {})


def _mapper(mapper: str) -> str:
    return manifest_text("m", "{}", f"customization: {{streamMappers: {{s: [{mapper}]}}}}")


WRONG = {
    "mode": (
        manifest_text("m", "{}", "mode: REPLICATE"),
        ['R105 manifests/m.yaml:7:9: spec.mode "REPLICATE" is not known; did you mean "REPLICATION"?'],
    ),
    "stream selection": (
        manifest_text("m", "{}", "customization: {streamSelectionMode: some, streamWhitelst: []}"),
        ['R105 manifests/m.yaml:7:40: spec.customization.streamSelectionMode "some" is not known; use all or suggested or whitelist',
         'R102 manifests/m.yaml:7:46: unknown field "streamWhitelst" in spec.customization; did you mean "streamWhitelist"?'],
    ),
    "key that is no list of paths": (
        manifest_text("m", "{}", "customization: {streamCustomizations: {u: {primaryKeyFields: [id], cursor: [x]}}}"),
        ["R104 manifests/m.yaml:7:65: spec.customization.streamCustomizations.u.primaryKeyFields.0 must be a list, not text; write a list",
         ('R102 manifests/m.yaml:7:70: unknown field "cursor" in spec.customization.streamCustomizations.u; '
         'did you mean "cursorField"?')],
    ),
    "mapper without a type": (
        _mapper("{mapperConfiguration: {targetField: x}}"),
        ['R103 manifests/m.yaml:7:39: "type" is missing in spec.customization.streamMappers.s.0; add `type: ...`, what the mapper does'],
    ),
    "mapper of no type": (
        _mapper("{type: mask, mapperConfiguration: {targetField: x}}"),
        [('R105 manifests/m.yaml:7:46: spec.customization.streamMappers.s.0.type "mask" is not known; '
         "use encryption or field-filtering or field-renaming or hashing or row-filtering")],
    ),
    "mapper with a typing error": (
        _mapper("{type: field-renamig, mapperConfiguration: {originalFieldName: a, newFieldName: b}}"),
        [('R105 manifests/m.yaml:7:46: spec.customization.streamMappers.s.0.type "field-renamig" is not known; '
         'did you mean "field-renaming"?')],
    ),
    "mapper with another one's members": (
        _mapper("{type: hashing, mapperConfiguration: {targetField: '', method: SHA1, newFieldName: b}}"),
        [("R105 manifests/m.yaml:7:90: spec.customization.streamMappers.s.0.mapperConfiguration.targetField is empty; "
         "write a value, or leave the field out"),
         ('R105 manifests/m.yaml:7:102: spec.customization.streamMappers.s.0.mapperConfiguration.method "SHA1" is not known; '
         'did you mean "SHA512"?'),
         ('R102 manifests/m.yaml:7:108: unknown field "newFieldName" in spec.customization.streamMappers.s.0.mapperConfiguration; '
         'did you mean "fieldNameSuffix"?')],
    ),
    "mapper that is no object": (
        _mapper("hashing"),
        ["R104 manifests/m.yaml:7:39: spec.customization.streamMappers.s.0 must be an object, not text; write an object"],
    ),
    "clone with presets": (
        manifest_text("m", "{}", f"cloneOf: {CLONED}"),
        ['R105 manifests/m.yaml:6:3: "partialDefaultConfig" cannot be beside `cloneOf` in spec; remove one of the two'],
    ),
    "clone with a customization": (
        manifest_text("m", "{}", f"cloneOf: {CLONED}", "customization: {}").replace("  partialDefaultConfig: {}\n", ""),
        ['R105 manifests/m.yaml:7:3: "customization" cannot be beside `cloneOf` in spec; remove one of the two'],
    ),
    "clone of nothing": (
        manifest_text("m", "{}", "cloneOf: gone").replace("  partialDefaultConfig: {}\n", ""),
        ['R105 manifests/m.yaml:6:12: spec.cloneOf "gone" is not a UUID; write it as 8-4-4-4-12 hexadecimal digits'],
    ),
    "neither clone nor presets": (
        manifest_text("m").replace("  partialDefaultConfig: {}\n", "  mode: MULTI\n"),
        [('R103 manifests/m.yaml:4:1: "partialDefaultConfig" is missing in spec; '
         "add `partialDefaultConfig: {}` when nothing is preset")],
    ),
    "airbyte's destination": (
        HOSTED.replace("airbyte_hosted", "airbyte_hosted, connector: destination-s3, syncOnCreate: true"),
        ['R105 manifests/m.yaml:4:41: "connector" cannot be beside `dataHostingType: airbyte_hosted` in spec; remove one of the two',
         'R105 manifests/m.yaml:4:68: "syncOnCreate" cannot be beside `dataHostingType: airbyte_hosted` in spec; remove one of the two'],
    ),
    "presets of a connection": (
        HOSTED.replace("tags: [eu]", "partialDefaultConfig: {}, tags: ['']"),
        [('R102 manifests/m.yaml:4:71: unknown field "partialDefaultConfig" in spec; known here: destinationName, connector, '
         "destinationConfig, cronExpression, nonBreakingChangesPreference, syncOnCreate, dataHostingType, tags, propagate, "
         "organizationId, templateId and allowSecond"),
         "R105 manifests/m.yaml:4:104: spec.tags.0 is empty; remove it"],
    ),
    "kind with a typing error": (
        HOSTED.replace("ConnectionTemplate", "ConnectionTemplates"),
        ['R105 manifests/m.yaml:2:7: kind "ConnectionTemplates" is not known; did you mean "ConnectionTemplate"?'],
    ),
    "fields of a kind that is only guessed": (
        HOSTED.replace("ConnectionTemplate", "ConnectionTempalte").replace("airbyte_hosted", "user_hosted, connector: destination-s3"),
        ['R105 manifests/m.yaml:2:7: kind "ConnectionTempalte" is not known; did you mean "ConnectionTemplate"?'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_field_of_the_agent_api_is_explained_at_its_line(case: str, agents: ProjectOnDisk) -> None:
    text, problems = WRONG[case]
    agents.write("m.yaml", text)
    assert agents.problems() == problems


@pytest.mark.parametrize(
    ("kind", "connector", "problem"),
    [
        ("SourceTemplate", "destination-s3", '"destination-s3" is a destination, and a SourceTemplate has a source; name a source'),
        ("ConnectionTemplate", "source-faker",
         '"source-faker" is a source, and a ConnectionTemplate has a destination; name a destination'),
    ],
)  # fmt: skip
def test_connector_of_the_other_type_is_refused(
    kind: str, connector: str, problem: str, agents: ProjectOnDisk
) -> None:
    config = (
        "partialDefaultConfig: {}"
        if kind == "SourceTemplate"
        else "destinationConfig: {}, destinationName: d"
    )
    agents.write(
        "m.yaml",
        f"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: m}}\nspec: {{connector: {connector}, {config}}}\n",
    )
    assert agents.problems() == [f"R201 manifests/m.yaml:4:19: {problem}"]


CHOOSE = "choose an environment with `api: agents` (of the sandbox: `--api agents`)"
FORM = "partialUserConfigSpec: {connectionSpecification: {type: object}}"


@pytest.mark.parametrize(
    ("dialect", "text", "problems"),
    [
        (Dialect.AGENTS, manifest_text("m", "{}", FORM),
         [("7:3: the Agent API, which this environment speaks, takes no partialUserConfigSpec: it makes the form itself; "
          "remove it, and preset what the customer must not be asked for")]),
        (Dialect.PUBLIC, manifest_text("m", "{}", "mode: MULTI", "tags: []"),
         [f"7:3: the public API, which this environment speaks, has no mode; remove it, or {CHOOSE}",
          f"8:3: the public API, which this environment speaks, has no tags; remove it, or {CHOOSE}"]),
        (Dialect.PUBLIC, HOSTED,
         [("2:7: the public API, which this environment speaks, has no ConnectionTemplate that can be read back; "
          f"take the manifest out, or {CHOOSE}")]),
        (Dialect.PUBLIC, HOSTED.replace(
            "dataHostingType: airbyte_hosted", "connector: destination-unknown, destinationName: d, destinationConfig: {}"),
         [("2:7: the public API, which this environment speaks, has no ConnectionTemplate that can be read back; "
          f"take the manifest out, or {CHOOSE}")]),
        (Dialect.PUBLIC, manifest_text("m", "{}", FORM), []),
        (None, manifest_text("m", "{}", FORM) + "---\n" + HOSTED + "---\n" + manifest_text("o", "{}", "mode: MULTI"), []),
    ],
)  # fmt: skip
def test_what_the_environment_cannot_express_is_an_error_only_where_that_is_known(
    dialect: Dialect | None, text: str, problems: list[str], agents: ProjectOnDisk
) -> None:
    agents.target_facts = TargetFacts("e", dialect=dialect)
    agents.write("m.yaml", text)
    assert agents.problems() == [f"R112 manifests/m.yaml:{problem}" for problem in problems]


def test_templates_that_differ_in_a_setting_are_not_the_same(agents: ProjectOnDisk) -> None:
    agents.write(
        "m.yaml", manifest_text("a", "{}", "name: A") + "---\n" + manifest_text("b", "{}", "name: B")
    )
    assert agents.problems() == []


def test_tag_cannot_come_from_a_variable(agents: ProjectOnDisk) -> None:
    """Tags are shown, and compared one by one: one that is hidden would hide what becomes of the others."""
    agents.write(
        "m.yaml",
        "apiVersion: reconciler/v1\nkind: SourceTemplate\nmetadata: {name: m}\n"
        "spec: {connector: source-faker, partialDefaultConfig: {}, tags: [a, !env RECONCILER_VAR_KEY]}\n",
    )
    assert [each.split(": ")[0] for each in agents.problems()] == ["R206 manifests/m.yaml:4:69"]
