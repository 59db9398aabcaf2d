"""What is known about the rules of connectors, variables, includes, the lock and the project file, R2xx and R3xx. Values only."""

from __future__ import annotations

from reconciler.connectors.lint.rule import RuleFacts
from reconciler.model.diagnostic import Severity

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING
_REWRITE = "Write the file again with `reconciler connectors lock`."

REFERENCE_RULES: tuple[RuleFacts, ...] = (
    RuleFacts(
        "R201",
        "unknown connector",
        _ERROR,
        "Without the connector's id there is nothing to create a template of.",
        "Write the repository as the registry has it, or the actor definition id, and run `reconciler connectors lock`.",
        "connector: source-faker",
    ),
    RuleFacts(
        "R202",
        "variable that is not set",
        _ERROR,
        "An empty value would be stored in the template, and nothing could remove it.",
        "Set the variable where the command runs, or give a default.",
        "region: !env {name: RECONCILER_VAR_REGION, default: eu}",
    ),
    RuleFacts(
        "R203",
        "name that a variable cannot have",
        _ERROR,
        "Manifests may read variables that begin with RECONCILER_VAR_ only, so that no pull request can send credentials away.",
        "Rename the variable.",
        "region: !env RECONCILER_VAR_REGION",
    ),
    RuleFacts(
        "R204",
        "value that a variable cannot have",
        _ERROR,
        "The value is not UTF-8 or holds control characters, and would not reach Airbyte as it is.",
        "Set the variable again as text.",
        "export RECONCILER_VAR_REGION=eu",
    ),
    RuleFacts(
        "R205",
        "`!env` without a usable name",
        _ERROR,
        "`!env` takes the name of a variable, or an object with `name` and `default`.",
        "Write one of the two forms.",
        "region: !env {name: RECONCILER_VAR_REGION, default: eu}",
    ),
    RuleFacts(
        "R206",
        "variable where none may be",
        _ERROR,
        "The name of a manifest is shown in every report, and values of variables are shown in none.",
        "Write the value out.",
        "metadata: {name: crm-eu}",
    ),
    RuleFacts(
        "R210",
        "include that cannot be read",
        _ERROR,
        "The template would be created without the part that is missing.",
        "Write the path relative to the file, inside the manifest directory.",
        "partialUserConfigSpec: !include forms/crm.yaml",
    ),
    RuleFacts(
        "R211",
        "include of a manifest",
        _ERROR,
        "A manifest inside another one would be sent as a value.",
        "Include fragments, without `apiVersion` and `kind`.",
        "partialUserConfigSpec: !include forms/crm.yaml",
    ),
    RuleFacts(
        "R212",
        "name of several connectors",
        _ERROR,
        "Display names are not unique in the registry, and the wrong connector would stay in front of customers.",
        "Write the repository or the actor definition id.",
        "connector: source-customer-io",
    ),
    RuleFacts(
        "R213",
        "connector that the registry does not have",
        _WARNING,
        "Its specification stays unknown, so neither the server's verdict nor its secrets can be told.",
        "Lock a custom connector from what its author has (`--registry FILE --as NAME --id ID`); otherwise correct the id.",
        "connector: dfd88b22-b603-4c3d-aad7-3701784586b1",
    ),
    RuleFacts(
        "R214",
        "connector by its display name",
        _WARNING,
        "The registry may give the same name to another connector, and other commands look up repositories and ids only.",
        "Write the repository.",
        "connector: source-faker     # not Sample Data",
    ),
    RuleFacts(
        "R215",
        "destination",
        _WARNING,
        "A source template of a destination is answered with 404.",
        "Name a source.",
        "connector: source-postgres  # not destination-postgres",
    ),
    RuleFacts(
        "R216",
        "retired connector",
        _WARNING,
        "Airbyte drops the templates of a withdrawn connector from every list, and nobody repairs it.",
        "Choose the connector that replaces it.",
        "reconciler connectors search crm",
    ),
)

LOCK_RULES: tuple[RuleFacts, ...] = (
    RuleFacts(
        "R220",
        "connector lock that cannot be read",
        _ERROR,
        "Without the lock nothing is known about connectors that manifests name by their repository.",
        _REWRITE,
        "reconciler connectors lock",
    ),
    RuleFacts(
        "R221",
        "connector lock of the wrong shape",
        _ERROR,
        "A lock that was edited by hand may say something else than the registry does.",
        _REWRITE,
        "reconciler connectors lock",
    ),
    RuleFacts(
        "R222",
        "connector lock of another format",
        _ERROR,
        "The lock was written by another version of this program.",
        "Use that version, or write the lock again with `reconciler connectors lock`.",
        "reconciler connectors lock",
    ),
    RuleFacts(
        "R223",
        "connector that is locked twice",
        _ERROR,
        "Two specifications of one connector leave open which of them counts.",
        _REWRITE,
        "reconciler connectors lock",
    ),
    RuleFacts(
        "R224",
        "locked connector that was altered",
        _ERROR,
        "The digest does not fit the specification, so what is checked is not what the registry has.",
        _REWRITE,
        "reconciler connectors lock",
    ),
    RuleFacts(
        "R225",
        "registry that cannot be used",
        _ERROR,
        "What came back is neither a connector registry nor a connector's specification, so no connector can be looked up in it.",
        "Name cloud, oss, the https address of a registry, or a file: a registry, or what a connector's author has.",
        "reconciler connectors lock --registry oss",
    ),
    RuleFacts(
        "R226",
        "manifest of something that is no source",
        _ERROR,
        "Templates of this kind are made of sources.",
        "Name a source.",
        "reconciler new source-faker",
    ),
)

PROJECT_RULES: tuple[RuleFacts, ...] = (
    RuleFacts(
        "R301",
        "unknown field in the project file",
        _ERROR,
        "A setting that nobody knows would be dropped, and the run go on without it.",
        "Correct the name.",
        "environments:\n  production: {maxCreates: 10}     # not max_creates",
    ),
    RuleFacts(
        "R302",
        "missing field in the project file",
        _ERROR,
        "Without it the file's other fields have no agreed meaning.",
        "Add the field that the message names.",
        "version: 1",
    ),
    RuleFacts(
        "R303",
        "value of the wrong type in the project file",
        _ERROR,
        "A setting of the wrong type is no setting.",
        "Write the type that the message names.",
        'environments:\n  production: {maxCreates: 10}     # not "10"',
    ),
    RuleFacts(
        "R304",
        "value that is not possible in the project file",
        _ERROR,
        "A limit, address or severity that cannot be meant would make the run do something else.",
        "Write what the message names.",
        "environments:\n  production: {url: https://your-host/api/public/v1}",
    ),
    RuleFacts(
        "R305",
        "environment that is not chosen or not known",
        _ERROR,
        "Templates created in the wrong organization can never be removed.",
        "Name one of the project file's environments, or set `defaultEnvironment`.",
        "reconciler plan -e production",
    ),
    RuleFacts(
        "R306",
        "organization that is missing or wrong",
        _ERROR,
        "Every request names the organization, and nothing may be created in another one.",
        "Set `organizationId` in the environment, or AIRBYTE_ORGANIZATION_ID.",
        "environments:\n  production: {organizationId: 7c60d51f-b44e-4682-87d6-449835ea4de6}",
    ),
    RuleFacts(
        "R307",
        "folder inside of a project",
        _ERROR,
        "Read from here, the project's environments, lock and `unmanaged` lists would not count, and a plan would go elsewhere. The folder "
        "around is not taken by itself: what a run may create must not depend on which folder somebody happens to be in.",
        "Add `-C` with the folder that has the project file, or give this folder a project file of its own.",
        "reconciler -C .. plan",
    ),
)
