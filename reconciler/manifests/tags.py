"""The two tags a manifest may use, and the refusal of all others. Pure: what the tags stand for is asked of `Substitutions`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from yaml.events import CollectionStartEvent, Event, MappingStartEvent, ScalarEvent

from reconciler.manifests import rules
from reconciler.manifests.documents import Substitutions, UnsetVariable
from reconciler.manifests.findings import SubstitutionRefused
from reconciler.manifests.reading_state import Frame, ReadingState
from reconciler.manifests.variables import ENV_FORMS
from reconciler.model.json_value import JsonValue
from reconciler.model.text import short_text

ENV_TAG: Final = "!env"
INCLUDE_TAG: Final = "!include"

Followed = TypeVar("Followed")

_CORE_TAGS = "tag:yaml.org,2002:"


class Tags:
    """Replaces tagged values of one file."""

    def __init__(self, state: ReadingState, substitutions: Substitutions) -> None:
        self._state = state
        self._substitutions = substitutions

    def scalar(self, event: ScalarEvent, tag: str) -> JsonValue:
        """What a tagged scalar stands for; its own text after a problem with the tag, None when it has no value."""
        if tag == ENV_TAG:
            return self._variable(event.value, event)
        if tag == INCLUDE_TAG:
            return self._followed(event, lambda: self._fragment(event))
        self.refuse(event, tag)
        return event.value

    def object(self, frame: Frame, start: CollectionStartEvent) -> JsonValue:
        """What an `!env` with a name and a default stands for."""
        if len(self._state.variables) > frame.variables_before:
            self._state.problem(start, rules.VARIABLE_FORM, "!env inside !env", "write the default out")
            return None
        return self._variable(frame.items, start)

    def check_collection(self, event: CollectionStartEvent, tag: str) -> None:
        """Whether a mapping or sequence may carry this tag."""
        if tag == INCLUDE_TAG:
            self._state.problem(event, rules.TAG, "!include takes a path", "write it as !include path.yaml")
        elif tag != ENV_TAG:
            self.refuse(event, tag)
        elif not isinstance(event, MappingStartEvent):
            message = "!env takes the name of a variable"
            self._state.problem(event, rules.VARIABLE_FORM, message, ENV_FORMS)

    def refuse(self, event: Event, tag: str) -> None:
        """A tag that has no meaning here."""
        written = short_text(tag.replace(_CORE_TAGS, "!!"))
        help_text = "remove it, or quote the value if it is text; the only tags are !env and !include, and only values take them"
        self._state.problem(event, rules.TAG, f"the tag `{written}` is not known here", help_text)

    def _variable(self, form: JsonValue, event: Event) -> JsonValue:
        state = self._state
        try:
            found = self._substitutions.variable(form, depth=state.depth)
        except SubstitutionRefused as refusal:
            # What is left open is no guess: the rest of the document can be judged around it.
            is_unset = refusal.rule == rules.VARIABLE_UNSET
            (state.note if is_unset else state.problem)(event, refusal.rule, refusal.message, refusal.help)
            state.note_variables([""], event)
            return UnsetVariable() if is_unset else None
        if not found.is_default:
            state.note_variables([""], event)
        state.spend_variable_text(found.length, event)
        state.spend_values(found.values - 1, event)
        return found.value

    def _fragment(self, event: ScalarEvent) -> JsonValue:
        state = self._state
        before = state.budget.values
        fragment = self._substitutions.fragment(event.value, depth=state.depth)
        # Its root is counted where it is put; the rest counts as if it were written here.
        state.values += before - state.budget.values - 1
        state.budget.values += 1
        if fragment.is_spoiled:
            state.spoil()
        state.note_variables(sorted(fragment.variables), event)
        return fragment.value

    def _followed(self, event: Event, follow: Callable[[], Followed]) -> Followed | None:
        try:
            return follow()
        except SubstitutionRefused as refusal:
            self._state.problem(event, refusal.rule, refusal.message, refusal.help)
            return None
