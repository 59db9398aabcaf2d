"""The secret guard, R6xx: secrets that are in git, and secrets that Airbyte would store in clear. Pure.

The server keeps presets and forms as plain JSON and returns them in clear to every reader of the organization, and git forgets nothing.
So a literal at a secret's position is an error before anything is sent. No value is ever shown, only its place.

Both the connector's specification and the form say where secrets are. A value that the connector's own specification holds at the same
position (a discriminator, a default, an example) is public, wherever it is marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.secret_texts import (
    has_credential_trace,
    has_password_in_address,
    is_one_character,
    is_placeholder,
    is_published,
    is_sample,
    looks_like_credential,
)
from reconciler.connectors.lint.subject import FORM, PRESETS, Subject
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.place import Place, entries, place_in
from reconciler.connectors.specification.schema import VALUE_KEYWORDS, constant, dotted
from reconciler.connectors.specification.secrets import form_secret_pointers, looks_secret, written_texts
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonValue, escape_segment, pointer_segments, same_json, value_at
from reconciler.model.kept import kept
from reconciler.model.template import Manifest

_VARIABLE = "!env RECONCILER_VAR_... without a default, which is a literal too"
_ROTATE = "change the secret where it was issued, because git keeps it"
_LOCK = (
    "take it out, or lock the connector's specification: what that shows at the same place is not reported"
)
_LISTS = ("examples", "enum")
TO_CUSTOMER = "leave it to the customer, or "
"""The first half of a way out. Nobody asks the customer for what a destination needs."""


class _Mark(Enum):
    """Whether a position is marked `airbyte_secret`: not at all, only something around it, or itself."""

    NONE = auto()
    AROUND = auto()
    HERE = auto()


@dataclass(frozen=True)
class _Written:
    """A value in a manifest. `pointer` starts at the document's root, `name` is that of the nearest member. `keyword` is the form's
    keyword that holds it, None for a preset.

    `places` describe its position, `connector` is the one whose constants, defaults and examples are public. `mark` and `public` are
    what is known from around it, or by other means.
    """

    pointer: str
    name: str
    value: JsonValue
    places: tuple[Place, ...] = ()
    connector: Place | None = None
    around: _Mark = _Mark.NONE
    public: tuple[JsonValue, ...] = ()
    keyword: str | None = None

    @kept
    def mark(self) -> _Mark:
        return _Mark.HERE if any(place.is_secret for place in self.places) else self.around

    @property
    def is_public(self) -> bool:
        """Whether the connector's own specification holds the value there, or it only tells options apart."""
        return any(same_json(self.value, known) for known in self._known)

    @kept
    def _known(self) -> tuple[JsonValue, ...]:
        nodes = self.connector.nodes if self.connector is not None else ()
        held = [(keyword, node[keyword]) for node in nodes for keyword in VALUE_KEYWORDS if keyword in node]
        singles = [value for keyword, value in held if keyword not in _LISTS]
        items = [
            item for keyword, value in held if keyword in _LISTS and isinstance(value, list) for item in value
        ]
        return (*self.public, *singles, *items)

    def scalars(self) -> Iterator[_Written]:
        """The texts, numbers, booleans and nulls in it."""
        if not isinstance(self.value, dict | list):
            yield self
        for key, item in entries(self.value):
            yield from self._below(key, item).scalars()

    def _below(self, key: str | int, value: JsonValue) -> _Written:
        # What a public object or list holds at this key. The order of a list's items does not matter.
        if isinstance(key, int):
            public = [part for known in self._known if isinstance(known, list) for part in known]
        else:
            public = [known[key] for known in self._known if isinstance(known, dict) and key in known]
        return _Written(
            f"{self.pointer}/{escape_segment(key)}",
            key if isinstance(key, str) else self.name,
            value,
            tuple(found for place in self.places if (found := place.at((key,))) is not None),
            None if self.connector is None else self.connector.at((key,)),
            _Mark.NONE if self.mark is _Mark.NONE else _Mark.AROUND,
            tuple(public),
            self.keyword,
        )

    @property
    def where(self) -> str:
        """Its place in words: `credentials.client_secret`, or "the `default` of client_secret"."""
        if self.keyword is None:
            return dotted(pointer_segments(self.pointer.removeprefix(PRESETS)))
        return f"the `{self.keyword}` of {dotted((self.name,))}" if self.name else f"a `{self.keyword}`"

    @property
    def could_be_secret(self) -> bool:
        """Whether the value could be one at all. Of numbers only those whose own position is marked."""
        if isinstance(self.value, str):
            return bool(self.value.strip())
        is_number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return self.mark is _Mark.HERE and is_number


def secret_guard(subject: Subject, *, warns_of_variables: bool = True) -> tuple[Diagnostic, ...]:
    """What the guard finds in one manifest, sorted by pointer and rule. Touches nothing, shows no value. Without `warns_of_variables`
    nothing is said about secrets from the environment.

    Empty and blank texts, null and booleans are no secrets. Numbers are, where the position itself is marked. Each value is judged
    once: a credential is certain by its form, so nothing is guessed about it.
    """
    credentials = {each.pointer: each for each in _credentials(subject)}
    found: dict[str, Diagnostic] = {}
    for written in _written(subject):
        is_variable = _is_variable(subject.manifest, written.pointer)
        judged = None if is_variable and not warns_of_variables else _judged(written, is_variable=is_variable)
        if judged is not None:
            is_guess = judged.severity is Severity.WARNING
            found.setdefault(
                written.pointer, credentials.get(written.pointer, judged) if is_guess else judged
            )
    return tuple(sorted((credentials | found).values(), key=lambda each: (each.pointer, each.rule)))


def _judged(written: _Written, *, is_variable: bool) -> Diagnostic | None:
    is_suspect = written.mark is not _Mark.NONE or looks_secret(written.name)
    # What a variable holds that is not set now is read as null.
    if not is_suspect or not (written.could_be_secret or (is_variable and written.value is None)):
        return None
    if is_variable:
        message = f"{written.where} is a secret: templates are stored and returned in clear by Airbyte"
        return diagnostic("R603", written.pointer, message, "leave the field to the customer if you can")
    if written.is_public:
        return None
    if isinstance(written.value, str) and written.keyword is not None:
        return _form_text(written, written.keyword, written.value)
    if isinstance(written.value, str) and is_placeholder(written.value):
        return _placeholder(written)
    return _literal(written)


def _form_text(written: _Written, keyword: str, text: str) -> Diagnostic | None:
    """A text that a form shows to everybody. Examples are no values, so more of them says by itself that it is none."""
    if is_published(text, written.name):
        return None
    if is_placeholder(text) or is_one_character(text):
        return None if keyword in _LISTS else _placeholder(written)
    if keyword == "examples" and written.mark is not _Mark.NONE and is_sample(text, written.name):
        message = f"{written.where} reads as a placeholder; a secret must not be there"
        return diagnostic("R602", written.pointer, message, _LOCK, severity=Severity.WARNING)
    return _literal(written)


def _placeholder(written: _Written) -> Diagnostic:
    message = f"{written.where} is a placeholder where a secret belongs: Airbyte takes it as the value"
    return diagnostic("R605", written.pointer, message, "leave it out, or write !env RECONCILER_VAR_...")


def _literal(written: _Written) -> Diagnostic:
    if written.mark is _Mark.NONE:
        message = f"{written.where} is a literal under a name that looks like a secret"
        return diagnostic("R604", written.pointer, message, "if it is one, write !env RECONCILER_VAR_...")
    message = f"{written.where} is a literal secret"
    if written.keyword is None:
        way_out = f"{TO_CUSTOMER}write {_VARIABLE}; {_ROTATE}"
        return diagnostic("R601", written.pointer, message, way_out)
    return diagnostic("R602", written.pointer, message, f"take it out; {_ROTATE}")


def _written(subject: Subject) -> Iterator[_Written]:
    """Every value in the presets, and all that the form's nodes hold under `default`, `const`, `examples` and `enum`."""
    has_marks = "airbyte_secret" in subject.written_json
    may_be_marked = has_marks or subject.place is not None
    form = place_in(subject.schema) if has_marks and subject.schema is not None else None
    places = tuple(place for place in (subject.place, form) if place is not None)
    yield from _Written(PRESETS, "", subject.manifest.presets, places, subject.place).scalars()
    for keyword in VALUE_KEYWORDS:
        for node in subject.nodes_with(keyword):
            if (may_be_marked and node.is_secret) or not _is_harmless(node, node.schema[keyword]):
                yield from _keyword_values(node, keyword, subject.specification)
    yield from _other_form_values(subject)


def _is_harmless(node: Node, value: JsonValue) -> bool:
    """Whether no value of a node without a mark could be suspect: most are not, and this is found out faster."""
    if isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(each, dict | list) for each in value)
    ):
        return False
    return not (node.has_alternatives or looks_secret(node.name))


def _keyword_values(node: Node, keyword: str, published: JsonValue) -> Iterator[_Written]:
    where, value = f"{node.pointer}/{keyword}", node.schema[keyword]
    around = _Mark.AROUND if node.parent is not None and node.parent.is_secret else _Mark.NONE
    places = tuple(place for place in (node.place, place_in(node.schema)) if place is not None)
    values = [(where, value)]
    if keyword in _LISTS and isinstance(value, list):
        values = [(f"{where}/{index}", item) for index, item in enumerate(value)]
    # The constant that tells options of a `oneOf` apart is no secret, unless the field itself is marked as one.
    is_discriminator = node.role is Role.FIELD and node.parent is not None and node.parent.role is Role.OPTION
    fixed = constant(node.schema) if is_discriminator else ABSENT
    for pointer, one in values:
        # What the connector's specification holds at the same pointer is public, also where it describes no position.
        public = (value_at(published, pointer.removeprefix(FORM)),)
        whole = _Written(pointer, node.name, one, places, node.place, around, public, keyword)
        for written in whole.scalars():
            is_fixed = fixed is not ABSENT and same_json(written.value, fixed)
            tells_apart = is_fixed and written.mark is not _Mark.HERE
            yield replace(written, public=(written.value,)) if tells_apart else written


def _other_form_values(subject: Subject) -> Iterator[_Written]:
    """Values in secret fields that are no part of the form's schema, such as those of `advanced_auth`."""
    form = subject.manifest.form
    if "airbyte_secret" not in subject.written_json:
        return
    seen = {f"{node.pointer}/" for node in subject.nodes}
    for pointer in form_secret_pointers(form):
        keyword, where = pointer_segments(pointer)[-1], f"{FORM}{pointer}"
        if where.removesuffix(keyword) not in seen:
            known = frozenset(text for _, text in written_texts(value_at(subject.specification, pointer), ""))
            for place, text in written_texts(value_at(form, pointer), where):
                public = tuple(known & {text})
                yield _Written(place, "", text, around=_Mark.HERE, public=public, keyword=keyword)


def _credentials(subject: Subject) -> Iterator[Diagnostic]:
    """R606: texts anywhere in presets and form that are credentials by their form. Passwords in addresses in the presets only."""
    if not has_credential_trace(subject.written_json):
        return
    texts = (*written_texts(subject.manifest.presets, PRESETS), *written_texts(subject.manifest.form, FORM))
    suspects = [
        (where, text)
        for where, text in texts
        if looks_like_credential(text) or (where.startswith(PRESETS) and has_password_in_address(text))
    ]
    # Every reader of the registry knows what is in the connector's specification.
    public = {text for _, text in written_texts(subject.specification, "")} if suspects else set()
    for where, text in suspects:
        if text not in public and not _is_variable(subject.manifest, where):
            way_out = f"take it out, or write {_VARIABLE}; {_ROTATE}"
            yield diagnostic("R606", where, "this text has the form of a credential", way_out)


def _is_variable(manifest: Manifest, pointer: str) -> bool:
    """Whether the value, or what it is part of, came from the environment."""
    variables = manifest.variable_pointers
    cuts = (index for index, char in enumerate(f"{pointer}/") if char == "/") if variables else ()
    return any(pointer[:cut] in variables for cut in cuts)
