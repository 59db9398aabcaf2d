"""The secret guard, R6xx: secrets that stand in git, and secrets that Airbyte would store in clear. Pure.

The server keeps presets and forms as plain JSON and returns them in clear to every reader of the organization; git keeps them for
ever. So a literal at a secret's position is an error before anything is sent. No value is ever shown, only its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.rule import RuleFacts
from reconciler.connectors.lint.secret_guard_text import (
    has_password_in_address,
    is_one_character,
    is_placeholder,
    is_published,
    is_sample,
    looks_like_credential,
)
from reconciler.connectors.lint.secret_guard_values import (
    Mark,
    WrittenValue,
    form_values,
    preset_values,
    published_texts,
    written_texts,
)
from reconciler.connectors.lint.subject import FORM, PRESETS, Subject
from reconciler.connectors.specification.secrets import form_secret_pointers, looks_secret
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import pointer_segments, value_at
from reconciler.model.template import Manifest

_ROTATE = "change the secret where it was issued, because git keeps it"
_LOCK = (
    "take it out, or lock the connector's specification: what that shows at the same place is not reported"
)

PRESET_SECRET = RuleFacts(
    "R601",
    "literal secret in the presets",
    Severity.ERROR,
    "All who can read the repository, or any template of the organization, has the secret: git keeps it, and Airbyte stores and returns "
    "presets in clear.",
    "Leave the field to the customer, or take the value from the environment; then change the secret where it was issued.",
    "api_key: !env RECONCILER_VAR_CRM_KEY     # not the key itself",
)
FORM_SECRET = RuleFacts(
    "R602",
    "literal secret in the form",
    Severity.ERROR,
    "A default, constant or example of a secret field is shown to every customer, and git keeps it.",
    "Take the value out of the form: nobody needs an example of a secret.",
    "api_key: {type: string, title: API key, airbyte_secret: true}   # no default, no examples",
)
STORED_IN_CLEAR = RuleFacts(
    "R603",
    "secret that Airbyte stores in clear",
    Severity.WARNING,
    "The value is not in git, but templates are stored and returned in clear by Airbyte: every reader of the organization can read it.",
    "Leave the field to the customer, or keep OAuth applications at Airbyte's endpoint for OAuth credentials.",
    "api_key: !env RECONCILER_VAR_CRM_KEY     # hidden in git and in every report, not on the server",
)
LOOKS_SECRET = RuleFacts(
    "R604",
    "literal under a name that looks like a secret",
    Severity.WARNING,
    "No specification marks the field, either because none is locked or because its makers forgot to, and its name says that it is a "
    "secret.",
    "Take it from the environment if it is one; lock the connector's specification so that this need not be guessed.",
    "service_token: !env RECONCILER_VAR_TOKEN",
)
PLACEHOLDER = RuleFacts(
    "R605",
    "placeholder where a secret belongs",
    Severity.WARNING,
    "Airbyte takes the text as the value itself, so the connector logs in with it and fails.",
    "Leave the field out of the presets; `!env` is the only substitution there is.",
    "api_key: !env RECONCILER_VAR_CRM_KEY     # not ${CRM_KEY}, not <your key>",
)
CREDENTIAL = RuleFacts(
    "R606",
    "text that is a credential",
    Severity.ERROR,
    "A private key or a token is known by its form, wherever it is; in a manifest it is in git, and on the server in clear.",
    "Take it out, or take it from the environment; then change the secret where it was issued.",
    "database_url: !env RECONCILER_VAR_DATABASE_URL    # not postgres://user:password@host/db",
)
SECRET_RULES: tuple[RuleFacts, ...] = (
    PRESET_SECRET,
    FORM_SECRET,
    STORED_IN_CLEAR,
    LOOKS_SECRET,
    PLACEHOLDER,
    CREDENTIAL,
)


def secret_guard(subject: Subject) -> tuple[Diagnostic, ...]:
    """What the guard finds in one manifest, sorted by pointer and rule. Touches nothing, shows no value.

    Empty and blank texts, null and booleans are no secrets; numbers are, where the position itself is marked.
    """
    found: dict[str, Diagnostic] = {}
    for written in (*preset_values(subject), *form_values(subject), *_other_form_values(subject)):
        advice = _judged(written, is_variable=_is_variable(subject.manifest, written.pointer))
        if advice is not None:
            found.setdefault(written.pointer, advice)
    for advice in _credentials(subject):
        # A guess gives way to the certainty that its form is that of a credential.
        if advice.pointer not in found or found[advice.pointer].severity is Severity.WARNING:
            found[advice.pointer] = advice
    return tuple(sorted(found.values(), key=lambda advice: (advice.pointer, advice.rule)))


def _judged(written: WrittenValue, *, is_variable: bool) -> Diagnostic | None:
    is_suspect = written.mark is not Mark.NONE or looks_secret(written.name)
    # What a variable holds that is not set now is read as null.
    if not is_suspect or not (_could_be_secret(written) or (is_variable and written.value is None)):
        return None
    if is_variable:
        message = f"{written.where} is a secret: templates are stored and returned in clear by Airbyte"
        return STORED_IN_CLEAR.advice(written.pointer, message, "leave the field to the customer if you can")
    if written.is_public:
        return None
    if isinstance(written.value, str) and written.keyword is not None:
        return _form_text(written, written.keyword, written.value)
    if isinstance(written.value, str) and is_placeholder(written.value):
        return _placeholder(written)
    return _literal(written)


def _form_text(written: WrittenValue, keyword: str, text: str) -> Diagnostic | None:
    """A text that a form shows to everybody. Examples are no values, so more of them says by itself that it is none."""
    if is_published(text, written.name):
        return None
    if is_placeholder(text) or is_one_character(text):
        return _placeholder(written)
    if keyword == "examples" and written.mark is not Mark.NONE and is_sample(text, written.name):
        message = f"{written.where} reads as a placeholder; a secret must not be there"
        return FORM_SECRET.advice(written.pointer, message, _LOCK, severity=Severity.WARNING)
    return _literal(written)


def _literal(written: WrittenValue) -> Diagnostic:
    if written.mark is Mark.NONE:
        message = f"{written.where} is a literal under a name that looks like a secret"
        return LOOKS_SECRET.advice(written.pointer, message, "if it is one, write !env RECONCILER_VAR_...")
    if written.keyword is None:
        mend = f"leave it to the customer, or write !env RECONCILER_VAR_...; {_ROTATE}"
        return PRESET_SECRET.advice(written.pointer, f"{written.where} is a literal secret", mend)
    return FORM_SECRET.advice(
        written.pointer, f"{written.where} is a literal secret", f"take it out; {_ROTATE}"
    )


def _could_be_secret(written: WrittenValue) -> bool:
    """Whether the value could be one at all; of numbers only those whose own position is marked."""
    value = written.value
    if isinstance(value, str):
        return bool(value.strip())
    return written.mark is Mark.HERE and isinstance(value, int | float) and not isinstance(value, bool)


def _placeholder(written: WrittenValue) -> Diagnostic | None:
    if written.keyword in ("examples", "enum"):
        return None
    message = f"{written.where} is a placeholder where a secret belongs: Airbyte takes it as the value"
    return PLACEHOLDER.advice(written.pointer, message, "leave it out, or write !env RECONCILER_VAR_...")


def _other_form_values(subject: Subject) -> Iterator[WrittenValue]:
    """Values in secret fields that are no part of the form's schema, such as those of `advanced_auth`."""
    form = subject.manifest.form
    if form is None:
        return
    seen = {f"{node.pointer}/" for node in subject.nodes}
    for pointer in form_secret_pointers(form):
        keyword = pointer_segments(pointer)[-1]
        where = f"{FORM}{pointer}"
        if where.removesuffix(keyword) not in seen:
            published = frozenset(
                text for _, text in written_texts(value_at(subject.specification, pointer), "")
            )
            for place, text in written_texts(value_at(form, pointer), where):
                yield WrittenValue(
                    place, "", text, Mark.HERE, public=tuple(published & {text}), keyword=keyword
                )


def _credentials(subject: Subject) -> Iterator[Diagnostic]:
    """Texts anywhere in presets and form that are credentials by their form; passwords in addresses in the presets only."""
    suspects = [
        (where, text)
        for where, text in written_texts(subject.presets, PRESETS)
        if looks_like_credential(text) or has_password_in_address(text)
    ]
    form_texts = written_texts(subject.manifest.form, FORM)
    suspects.extend((where, text) for where, text in form_texts if looks_like_credential(text))
    public = published_texts(subject.specification) if suspects else frozenset[str]()
    for where, text in suspects:
        if text not in public and not _is_variable(subject.manifest, where):
            message = "this text has the form of a credential"
            yield CREDENTIAL.advice(
                where, message, f"take it out, or write !env RECONCILER_VAR_...; {_ROTATE}"
            )


def _is_variable(manifest: Manifest, pointer: str) -> bool:
    """Whether the value, or what it is part of, came from the environment."""
    if not manifest.variable_pointers:
        return False
    cuts = (index for index, char in enumerate(pointer) if char == "/")
    return pointer in manifest.variable_pointers or any(
        pointer[:cut] in manifest.variable_pointers for cut in cuts
    )
