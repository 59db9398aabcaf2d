"""What the author of a connector has at hand, as entries of a lock: a specification in the shapes of Airbyte's tools, or entries of
a registry. Pure. What cannot be used raises InvalidInput, its places as JSON pointers into the document.

A `ConnectorSpecification` (Airbyte protocol 0.19) has `connectionSpecification`. A low-code manifest (Airbyte CDK 6) has the same
under `spec`, spelled `connection_specification`. The `version` of such a manifest is the CDK's and not the connector's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from reconciler.connectors.catalogue import names_destination, short_repository
from reconciler.connectors.registry.registry import ConnectorEntry, ConnectorType, entry_of, is_registry
from reconciler.connectors.registry.source import BAD_REGISTRY
from reconciler.connectors.server.work import MOST_SPECIFICATION, specification_size
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json
from reconciler.model.strict_json import StrictJsonError, parse_json_text

FORM = "connectionSpecification"
LOW_CODE_FORM = "connection_specification"
UNKNOWN_VERSION = "dev"
"""What Airbyte's tools tag an image with that was never released."""

_SPELLINGS = {
    LOW_CODE_FORM: FORM,
    "documentation_url": "documentationUrl",
    "changelog_url": "changelogUrl",
    "supports_incremental": "supportsIncremental",
}
_OF_LOW_CODE = frozenset({"type", "$parameters", "parameters", "config_normalization_rules"})
_OF_ENTRIES = frozenset({"dockerRepository", *(kind.id_member for kind in ConnectorType)})
_WAYS = (
    "give the line that the connector's `spec` command prints, its spec.json or spec.yaml, a low-code manifest.yaml, or an entry of a"
    " registry"
)


@dataclass(frozen=True)
class Identity:
    """What a specification does not say about its connector, "" where it is not given either."""

    repository: str = ""
    id: str = ""
    name: str = ""
    version: str = ""

    def __bool__(self) -> bool:
        return any(astuple(self))

    def completed(self, locked: Iterable[ConnectorEntry]) -> Identity:
        """With what the lock says of the connector of this repository or id."""
        for entry in locked:
            if entry.id == self.id or (not self.id and entry.label == short_repository(self.repository)):
                known = (entry.repository, entry.id, entry.name, entry.version)
                return Identity(*(given or said for given, said in zip(astuple(self), known, strict=True)))
        return self


@dataclass(frozen=True)
class Authored:
    """The connectors of a file. `words` say what kind of file it was taken for, `skipped` what could not be used and why."""

    words: str
    entries: tuple[ConnectorEntry, ...]
    skipped: tuple[str, ...] = ()


def unusable(pointer: str, message: str, help: str = _WAYS) -> InvalidInput:
    """The error for a document that no entry can be made of."""
    return InvalidInput((Diagnostic(pointer, BAD_REGISTRY, message, help),))


def authored(
    document: JsonValue, identity: Identity, locked: Iterable[ConnectorEntry] = ()
) -> Authored | None:
    """What is in a document. None for a whole registry. A specification alone is of the connector of `identity`, completed from
    what is `locked`.
    """
    if is_registry(document):
        refuse_names("a whole registry", identity)
        return None
    if isinstance(document, list):
        return _listed(document, identity)
    if not isinstance(document, dict) or "apiVersion" in document:
        raise _unknown(document)
    known = identity.completed(locked)
    if document.get("type") == "SPEC":
        return _specified("the message that a connector's `spec` command prints", document, "/spec", known)
    if "spec" in document and not _OF_ENTRIES.isdisjoint(document):
        return Authored("an entry of a registry", (_entry(document, "", identity),))
    if "spec" in document:
        return _specified("a low-code manifest", document, "/spec", known)
    if FORM in document or LOW_CODE_FORM in document:
        return _specified("a connector's specification", {"spec": document}, "", known)
    raise _unknown(document)


def _unknown(document: JsonValue) -> InvalidInput:
    """What a document is that gives no connector, as far as that is clear."""
    members = document if isinstance(document, dict) else {}
    if "apiVersion" in members:
        return unusable("", "it is a manifest, not a connector's specification")
    if members.get("type") == "DeclarativeSource" or {"definitions", "streams"} <= members.keys():
        way = "give the spec.yaml or spec.json beside it"
        return unusable("", "it is a low-code manifest without a `spec`", way)
    if isinstance(members.get("properties"), dict):
        return unusable("", f"it is a bare JSON schema: a specification has it under `{FORM}`")
    return unusable("", f"it is no connector's specification: it has neither `{FORM}` nor `spec`")


def spec_message(text: str) -> tuple[int, JsonObject] | None:
    """The one SPEC message among the lines that a connector's `spec` command prints, and its 1-based line. None when there is no
    message at all. Lines that are no messages are passed over: containers print banners.
    """
    messages = list(_messages(text))
    found = [(number, message) for number, message in messages if message["type"] == "SPEC"]
    if len({canonical_json(message) for _, message in found}) > 1:
        said = f"it has {len(found)} SPEC messages, which say different things"
        raise unusable("", said, "keep one of them")
    if messages and not found:
        raise unusable("", f"it has {len(messages)} messages of the Airbyte protocol, and no SPEC among them")
    return found[0] if found else None


def _messages(text: str) -> Iterator[tuple[int, JsonObject]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("{"):
            try:
                value = parse_json_text(line)
            except StrictJsonError:
                continue
            kind = value.get("type") if isinstance(value, dict) else None
            if isinstance(value, dict) and isinstance(kind, str) and kind.isupper():
                yield number, value


def refuse_names(words: str, identity: Identity) -> None:
    """Options that name one connector are refused for what has several."""
    if identity:
        message = f"it is {words}, whose connectors have names and ids of their own"
        raise unusable("", message, "leave out --as, --id, --name and --tag")


def _listed(definitions: list[JsonValue], identity: Identity) -> Authored:
    refuse_names("a list of registry entries", identity)
    entries: dict[str, ConnectorEntry] = {}
    skipped: list[str] = []
    for index, definition in enumerate(definitions):
        try:
            entry = _entry(definition, f"/{index}", identity)
        except InvalidInput as error:
            skipped += (f"{each.place}: {each.message}" for each in error.problems)
            continue
        if entry.id in entries:
            skipped.append(f"/{index}: its id occurs twice")
        entries.setdefault(entry.id, entry)
    if not entries:
        reasons = "; ".join(skipped[:3]) or "it is empty"
        raise unusable("", f"it is a list without an entry that can be locked: {reasons}")
    return Authored("a list of registry entries", tuple(entries.values()), tuple(skipped))


def _entry(definition: JsonValue, pointer: str, identity: Identity) -> ConnectorEntry:
    """An entry of a registry, with what it lacks from the command line."""
    if not isinstance(definition, dict):
        raise unusable(pointer, "it is not an object")
    specification = _specification(definition.get("spec"), f"{pointer}/spec")
    repository = str(definition.get("dockerRepository") or identity.repository)
    kind = next((kind for kind in ConnectorType if kind.id_member in definition), _kind_of(repository))
    given = {
        kind.id_member: identity.id,
        "dockerRepository": identity.repository,
        "dockerImageTag": identity.version,
        "name": identity.name,
    }
    for member, option in given.items():
        said = definition.get(member)
        if option and isinstance(said, str) and said and said != option:
            message = f"it says `{member}` itself, and something else"
            raise unusable(f"{pointer}/{member}", message, "leave that option out")
    whole = {member: definition.get(member) or option for member, option in given.items()}
    entry = entry_of(kind, {**definition, **whole, "spec": specification})
    if isinstance(entry, str):
        raise unusable(pointer, entry, "complete the entry, or say it with --as, --id, --name and --tag")
    return entry


def _kind_of(repository: str) -> ConnectorType:
    return ConnectorType.DESTINATION if names_destination(repository) else ConnectorType.SOURCE


def _specified(words: str, holder: JsonObject, pointer: str, identity: Identity) -> Authored:
    """A specification alone: which connector it is of has to be said."""
    specification = _specification(holder.get("spec"), pointer)
    options = (("--as source-NAME", identity.repository), ("--id UUID", identity.id))
    missing = " and ".join(option for option, given in options if not given)
    if missing:
        way = f"lock it with `reconciler connectors lock --registry FILE` and {missing} (the actor definition id in Airbyte)"
        raise unusable("", f"{words} does not say which connector it is of", way)
    bare = short_repository(identity.repository).rpartition("/")[2]
    entry = ConnectorEntry(
        identity.id.lower(),
        _kind_of(identity.repository),
        identity.repository,
        identity.name or bare.removeprefix("source-").replace("-", " ").title(),
        identity.version or UNKNOWN_VERSION,
        specification,
    )
    return Authored(words, (entry,))


def _specification(value: JsonValue, pointer: str) -> JsonObject:
    """A specification in the protocol's spelling, without what a low-code manifest adds to it."""
    if not isinstance(value, dict):
        raise unusable(pointer, "there is no specification: `spec` must be an object")
    written = LOW_CODE_FORM if LOW_CODE_FORM in value else FORM
    if written == LOW_CODE_FORM:
        value = {_SPELLINGS.get(key, key): each for key, each in value.items() if key not in _OF_LOW_CODE}
    if FORM not in value:
        raise unusable(pointer, f"the specification has neither `{FORM}` nor `{LOW_CODE_FORM}`")
    if not isinstance(value[FORM], dict):
        raise unusable(f"{pointer}/{written}", "it must be an object")
    if specification_size(value) is None:
        message = f"the specification is larger than that of any connector ({MOST_SPECIFICATION:,} values)"
        raise unusable(pointer, message)
    return value
