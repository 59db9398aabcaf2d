"""One manifest as the lint rules look at it: its form's nodes, the connector's specification, and what follows from both. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace

from reconciler.connectors.lint.rules import MAX_FINDINGS
from reconciler.connectors.lint.secret_texts import written_json
from reconciler.connectors.server.forms import inferred_form
from reconciler.connectors.server.java_values import Absent, found_at
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.oauth import OAuth, oauth_of
from reconciler.connectors.specification.place import Place, place_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.kept import kept
from reconciler.model.template import PRESETS_NAME, Manifest, connection_schema
from reconciler.model.text import did_you_mean

PRESETS = "/spec/partialDefaultConfig"
FORM = "/spec/partialUserConfigSpec"
SCHEMA = f"{FORM}/connectionSpecification"


def as_source(manifest: Manifest) -> Manifest:
    """The manifest with its presets where a source template has them, so that one set of rules looks at both kinds."""
    own = f"/spec/{PRESETS_NAME[manifest.kind]}"
    if own == PRESETS:
        return manifest
    variables, unset = (
        frozenset(_moved(place, own, PRESETS) for place in places)
        for places in (manifest.variable_pointers, manifest.unset_pointers)
    )
    return replace(manifest, variable_pointers=variables, unset_pointers=unset)


def in_place(manifest: Manifest, found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """Findings about `as_source` of a manifest at its own places."""
    own = f"/spec/{PRESETS_NAME[manifest.kind]}"
    return (
        found if own == PRESETS else tuple(replace(f, place=_moved(f.pointer, PRESETS, own)) for f in found)
    )


def _moved(where: str, old: str, new: str) -> str:
    return new + where[len(old) :] if f"{where}/".startswith(f"{old}/") else where


def preset_pointer(path: tuple[str | int, ...]) -> str:
    """The pointer of a place in the presets, from the manifest document's root."""
    return PRESETS + pointer(path)


@dataclass(frozen=True, eq=False)
class Subject:
    """A manifest and what can be concluded about it. Nothing is concluded from a specification that is not known.

    `named` is what the server's verdict and the secret guard say of it: they name some causes better than a lint rule does.
    """

    manifest: Manifest
    named: tuple[Diagnostic, ...] = ()

    def beside(self, named: tuple[Diagnostic, ...]) -> Subject:
        """The same beside what others say of it. What was concluded already is kept."""
        same = copy(self)
        object.__setattr__(same, "named", named)
        return same

    def forget(self) -> None:
        """Let the nodes go, once nothing more is asked. They hold each other, and the rings of thousands of forms would keep the
        cyclic collector busy.
        """
        for node in self.nodes:
            node.__dict__.pop("children", None)

    def is_named(self, rule: str, pointer: str = "") -> bool:
        """Whether another finding names the cause: of this rule, at this pointer, or anywhere without one."""
        return (rule, pointer) in self._named

    @kept
    def _named(self) -> frozenset[tuple[str, str]]:
        return frozenset((each.rule, where) for each in self.named for where in ("", each.pointer))

    @kept
    def _suggestions_left(self) -> Iterator[int]:
        return iter(range(MAX_FINDINGS))

    def suggestion(self, word: str, choices: Iterable[str]) -> str:
        """`did you mean "x"?`, or "" when nothing is near. For as many words of a manifest as there are findings shown.

        Comparing a word with thousands of others takes milliseconds, and a form of one mebibyte can misspell 100,000.
        """
        return "" if next(self._suggestions_left, None) is None else did_you_mean(word, choices)

    def preset_at(self, path: tuple[str, ...]) -> JsonValue | Absent:
        """The preset value at a position of the configuration, ABSENT where there is none."""
        return found_at(self.manifest.presets, path)

    @property
    def specification(self) -> JsonObject | None:
        """The connector's whole specification."""
        return self.manifest.connector.specification

    @kept
    def written_json(self) -> str:
        """What the manifest writes, as one text to search in."""
        return written_json(self.manifest)

    @kept
    def place(self) -> Place | None:
        """The root of what the connector knows. None when its specification is not known."""
        return place_of(self.specification)

    @kept
    def schema(self) -> JsonObject | None:
        """The form's JSON Schema as the manifest writes it. None when the form is left to Airbyte."""
        return connection_schema(self.manifest.form)

    @kept
    def oauth(self) -> OAuth:
        """What the manifest's form says about OAuth. Nothing where it says nothing, or is left to Airbyte."""
        return oauth_of(self.manifest.form) or OAuth()

    @kept
    def nodes(self) -> tuple[Node, ...]:
        """Every node of the form that the manifest writes. () when it is left to Airbyte."""
        return () if self.schema is None else tuple(Node(self.schema, SCHEMA, place=self.place).walk())

    def nodes_with(self, keyword: str) -> Sequence[Node]:
        """The nodes that hold a keyword, outer before inner. Most rules are about one that most forms do not hold."""
        return self.by_keyword.get(keyword, ())

    @kept
    def by_keyword(self) -> dict[str, list[Node]]:
        """The nodes by the keys of their schemas."""
        found: defaultdict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for keyword in node.schema:
                found[keyword].append(node)
        return found

    @kept
    def fields(self) -> tuple[Node, ...]:
        """The named fields of the form, at positions of the configuration."""
        role = Role.FIELD
        return tuple(node for node in self.nodes if node.role is role and node.path is not None)

    @kept
    def shown_fields(self) -> tuple[Node, ...]:
        """The fields that the customer sees."""
        return tuple(node for node in self.fields if node.is_shown)

    @kept
    def effective_form(self) -> JsonObject | None:
        """The form that the customer gets: the manifest's, else the one Airbyte would infer. None when that is not known."""
        if self.manifest.form is not None or self.specification is None:
            return self.manifest.form
        return inferred_form(self.specification, self.manifest.presets)

    @kept
    def effective_schema(self) -> JsonObject | None:
        """The JSON Schema of `effective_form`."""
        return connection_schema(self.effective_form)
