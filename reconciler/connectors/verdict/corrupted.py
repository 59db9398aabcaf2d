"""A create that would be accepted and stored differently (200) as advice. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.verdict.case import PRESETS, SCHEMA, Case
from reconciler.connectors.verdict.edits import value_at
from reconciler.connectors.verdict.remedies import followed_up
from reconciler.connectors.verdict.remedy import WRITE_FORM, Remedy
from reconciler.connectors.verdict.rules import OVERWRITTEN
from reconciler.connectors.verdict.words import as_json, choices, dotted, field
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import pointer, pointer_segments
from reconciler.model.verdict import Corruption

_MOST_NAMED = 8
_OAUTH_HOME = (
    "an OAuth application's client id and secret do not belong here but to the organization's OAuth credentials "
    "(PUT /organizations/{organizationId}/oauthCredentials)"
)


def corruption_advice(case: Case, corrupted: Sequence[Corruption]) -> Iterator[Diagnostic]:
    """One advice for each preset object that the server would write into, in the order of their names."""
    by_name: dict[str, list[Corruption]] = {}
    for each in corrupted:
        by_name.setdefault(pointer_segments(each.path)[0], []).append(each)
    for name, found in by_name.items():
        yield OVERWRITTEN.advice(
            PRESETS + pointer((name,)), _message(case, name, found), _help(case, name, found), on_key=True
        )


def _message(case: Case, name: str, found: Sequence[Corruption]) -> str:
    replaced = [each for each in found if value_at(case.presets, pointer_segments(each.path)) is not ABSENT]
    added = [each for each in found if each not in replaced]
    parts = [f"store {_listed(replaced)}"] if replaced else []
    if added:
        parts.append(f"add {_listed(added)}")
    return (
        f"Airbyte would answer 200 and destroy what is preset in {field((name,))}: it would {' and '.join(parts)}, because the "
        f"form asks for {field((name,))} too and its made-up answers are written into the preset"
    )


def _listed(found: Sequence[Corruption]) -> str:
    shown = [f'"{dotted(pointer_segments(each.path))}" as {_stored(each)}' for each in found[:_MOST_NAMED]]
    rest = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(shown) + rest


def _stored(corruption: Corruption) -> str:
    return "(sensitive)" if corruption.is_secret else as_json(corruption.stored, 40)


def _help(case: Case, name: str, found: Sequence[Corruption]) -> str:
    ways = [each.words for each in remedies_of_corruption(case, name)]
    way_out = (
        choices(ways) or "preset all of it and do not ask for it, or ask for all of it and do not preset it"
    )
    inner = {segment for each in found for segment in pointer_segments(each.path)[1:]}
    return f"{way_out}; {_OAUTH_HOME}" if inner & case.oauth_names else way_out


def remedies_of_corruption(case: Case, name: str) -> tuple[Remedy, ...]:
    """The changes after which the server accepts the create and stores it as it is, tried on its rules."""
    ways = (*_ask_for_all(case, name), *_ask_for_nothing(case, name))
    return tuple(way for way in ways if way.case.evaluation.status == 200 and not _touches(way.case, name))


def _touches(case: Case, name: str) -> bool:
    return any(pointer_segments(path)[0] == name for path in case.corrupted)


def _ask_for_all(case: Case, name: str) -> Iterator[Remedy]:
    after = case.without_preset((name,))
    if value_at(after.user_form, (SCHEMA, "properties", name)) is not ABSENT:
        way = Remedy(f"remove this preset, so that customers are asked for all of {field((name,))}", after)
        yield followed_up(way) or way


def _ask_for_nothing(case: Case, name: str) -> Iterator[Remedy]:
    optional = case.without_required((SCHEMA,), name)
    silent = optional.without_form((SCHEMA, "properties", name))
    if case.form is None:
        words = f"{WRITE_FORM}, without {field((name,))}"
        yield Remedy(words, silent)
        return
    yield Remedy(
        f"take {field((name,))} out of the form's `required`: customers can still change what is preset",
        optional,
    )
    yield Remedy(f"take {field((name,))} out of the form", silent)
