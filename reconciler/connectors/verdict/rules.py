"""The rules about what the server will answer: one record each. Values only."""

from __future__ import annotations

from typing import Final

from reconciler.connectors.lint.rule import RuleFacts
from reconciler.model.diagnostic import Severity

PRESET_REFUSED: Final = RuleFacts(
    "R401",
    "preset that the connector refuses",
    Severity.ERROR,
    "The server holds the presets against the connector's own schema and answers 422 to the create.",
    "Write a value that the connector takes, or remove the preset so that customers are asked.",
    "partialDefaultConfig:\n  count: 5000   # an integer of at least 1",
)
MISSING: Final = RuleFacts(
    "R402",
    "required value that nobody gives",
    Severity.ERROR,
    "A field that the connector requires is neither preset nor required of the customer, so the server answers 422.",
    "Preset it, or ask for it: under `properties` and under `required` of the form.",
    "connectionSpecification:\n  type: object\n  required: [api_key]\n"
    "  properties: {api_key: {type: string, title: API key, airbyte_secret: true}}",
)
TEST_VALUE: Final = RuleFacts(
    "R403",
    "the server refuses the value that it made up itself",
    Severity.ERROR,
    "To validate, the server answers the form with values of its own (`mock_string`, 42, a pattern_descriptor) and "
    "answers 422 when the connector does not take those; nothing that the manifest says is wrong.",
    "Give the form's field a `default`, or a first entry of `examples`, that the connector takes: a constant's own value, "
    "one of the allowed values, a text that matches the pattern. A field outside the OAuth names can be preset instead.",
    "properties:\n  region: {type: string, title: Region, enum: [eu, us], default: eu}",
)
UNKNOWN_NAME: Final = RuleFacts(
    "R404",
    "form that asks for what a closed connector does not know",
    Severity.ERROR,
    "This connector allows no additional properties, so the server answers 422 to a form that asks for another name.",
    "Take the field out of the form, or write the name that the connector knows.",
    "properties:\n  api_key: {type: string, title: API key}",
)
FIELD_TYPE: Final = RuleFacts(
    "R405",
    "form field of another type than the connector's",
    Severity.ERROR,
    "The server makes a value from the field's `type`; the connector wants another type and the create is answered with 422.",
    "Write the type that the connector has.",
    "properties:\n  count: {type: integer, title: Count}",
)
NOT_INFERABLE: Final = RuleFacts(
    "R410",
    "connector whose form Airbyte cannot infer",
    Severity.ERROR,
    "The server needs the connector's `required`, `properties` and complete OAuth objects to infer a form; this connector lacks "
    "one of them, so every create without a form is answered with 500.",
    "Write the form yourself; `reconciler new` prints one to start from.",
    "partialUserConfigSpec:\n  connectionSpecification:\n    type: object\n    required: [api_key]\n"
    "    properties: {api_key: {type: string, title: API key, airbyte_secret: true}}",
)
UNREADABLE_FORM: Final = RuleFacts(
    "R411",
    "form that the server cannot read",
    Severity.ERROR,
    "The server reads a form as a connector specification; an address that is no URI, an unknown sync mode or a wrong type "
    "makes it answer 500.",
    "Correct the member, or leave it out: only `connectionSpecification` is needed.",
    "partialUserConfigSpec:\n  documentationUrl: https://docs.example.com/\n  connectionSpecification: {type: object}",
)
NOT_MERGEABLE: Final = RuleFacts(
    "R412",
    "presets and form of different shape",
    Severity.ERROR,
    "The server merges the answers to the form over the presets; an object on one side and something else on the other makes "
    "it answer 500.",
    "Write an object on both sides, or leave the field to one of them.",
    "partialDefaultConfig:\n  credentials: {auth_type: Client}",
)
UNUSABLE_CONNECTOR: Final = RuleFacts(
    "R413",
    "connector whose schema the server cannot use",
    Severity.ERROR,
    "The server's validator fails on this connector's own schema, so every create for it is answered with 500.",
    "Nothing in a manifest helps: use another version of the connector, or report the schema to its maintainers.",
    "reconciler connectors show source-example",
)
NOT_KNOWN: Final = RuleFacts(
    "R414",
    "create whose answer is not known",
    Severity.ERROR,
    "The connector's schema uses something whose meaning on the server this tool cannot follow, or multiplies with the presets to "
    "more than can be checked in a moment; nothing is created on a guess.",
    "Make the presets smaller, write the lock again with `reconciler connectors lock`, or use the connector's id without a lock.",
    "reconciler connectors show source-example",
)
WITHDRAWN: Final = RuleFacts(
    "R415",
    "connector that was withdrawn",
    Severity.ERROR,
    "The server stores a template of a withdrawn connector, answers 404, and shows it in no list: nobody could ever find out "
    "whether it is there.",
    "Take the connector that replaces it. If it was withdrawn by mistake, write the lock again once the registry says so.",
    "connector: source-crm        # not one that connectors.lock.json marks with `tombstone`",
)
OVERWRITTEN: Final = RuleFacts(
    "R420",
    "preset that the server overwrites",
    Severity.ERROR,
    "Where the form asks for something inside an object that is preset as well, the server writes its made-up values into the "
    "preset before it stores it, and answers 200.",
    "Let one side have the whole object: preset all of it and do not ask, or ask for all of it. An OAuth application's client id and "
    "secret belong to the organization's OAuth credentials (PUT /organizations/{organizationId}/oauthCredentials).",
    "partialDefaultConfig:\n  folder_url: https://drive.google.com/drive/folders/example   # and nothing under `credentials`",
)

VERDICT_RULES: Final = (
    PRESET_REFUSED,
    MISSING,
    TEST_VALUE,
    UNKNOWN_NAME,
    FIELD_TYPE,
    NOT_INFERABLE,
    UNREADABLE_FORM,
    NOT_MERGEABLE,
    UNUSABLE_CONNECTOR,
    NOT_KNOWN,
    WITHDRAWN,
    OVERWRITTEN,
)
"""In the order of their ids."""
