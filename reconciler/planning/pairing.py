"""Pairs within one connector of one organization: the rules of `match.py` after `id`, and what is left.

`content` and `history` are certain. The other rules are weak: such a pair holds only while no other manifest has a better
claim to the template.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from reconciler.planning.claims import Claim, Marks, by_marks, likeness, rivals, some_of
from reconciler.planning.content import Content, Desired, Live
from reconciler.planning.entry import Rule
from reconciler.planning.matching import Ambiguity, Because, Match, Matching
from reconciler.planning.revisions import Revisions

_Key = Callable[[Content], str | None]

_WEAK_RULES: tuple[tuple[Rule, _Key, _Key], ...] = (
    # rule, key of a manifest, key of a live template; a key of None takes no part
    (Rule.TITLE, lambda wanted: wanted.title, lambda live: live.title),
    (
        Rule.CONTENT,
        lambda wanted: wanted.presets_key if wanted.form_key is None else None,
        lambda live: live.presets_key,
    ),
    (Rule.CONNECTOR, lambda _: "", lambda _: ""),
)
"""The weak rules in their order. Each pairs what has the same key, if the key occurs once on each side."""


def match_connector(manifests: list[Desired], templates: list[Live], past: Revisions) -> Matching:
    """The rules in their order, then what is left. `manifests` are those that name no id, by name; `templates` the live ones that
    no id took, by id. The past is asked for only where more than one pair is possible.
    """
    matches = _equal_pairs(manifests, templates)
    free, left = _unpaired(manifests, templates, matches)
    asks_the_past = bool(free and left) and len(free) + len(left) > 2
    claims = [Claim(d, past.of(d) if asks_the_past else ()) for d in free]
    matches += _pairs_by_history(claims, left)
    free, left = _unpaired(manifests, templates, matches)
    weak = _weak_pairs(free, left, matches)
    names = {desired.manifest.name for desired in free}
    claims = [claim for claim in claims if claim.name in names]
    is_whole = asks_the_past and past.is_whole
    matches += _held(weak, claims, is_whole=is_whole)
    return _concluded(manifests, templates, matches, is_whole=is_whole)


def _unpaired(
    manifests: Iterable[Desired], templates: Iterable[Live], matches: Sequence[Match]
) -> tuple[list[Desired], list[Live]]:
    names, ids = {m.name for m in matches}, {m.live.template.id for m in matches}
    free = [d for d in manifests if d.manifest.name not in names]
    return free, [t for t in templates if t.template.id not in ids]


def _equal_pairs(manifests: list[Desired], templates: list[Live]) -> list[Match]:
    """Rule `content`: equal presets and equal forms. Among several equal live templates the smallest id is taken; the rest
    are duplicates. A manifest that is a second one on purpose comes last.
    """
    waiting: dict[tuple[str, str | None], list[Live]] = {}
    for template in reversed(templates):
        waiting.setdefault(template.content.key, []).append(template)
    pairs = []
    for desired in sorted(manifests, key=lambda d: bool(d.manifest.allow_second)):
        equal = waiting.get(desired.content.key)
        if equal:
            pairs.append(Match(desired, equal.pop(), Rule.CONTENT))
    return pairs


def _pairs_by_history(claims: list[Claim], left: list[Live]) -> list[Match]:
    """Rule `history`: the template agrees with a revision of a manifest that has a past in at least two of three features, and
    neither has another partner as close; again without those, until nothing more is found. Of equal templates the smallest id
    is taken.
    """
    claims = [claim for claim in claims if claim.has_past]
    left = list({t.content.key: t for t in reversed(left)}.values())
    pairs: list[Match] = []
    while found := _closest_pairs(claims, left):
        pairs += found
        names, ids = {match.name for match in found}, {match.live.template.id for match in found}
        claims = [claim for claim in claims if claim.name not in names]
        left = [live for live in left if live.template.id not in ids]
    return pairs


def _closest_pairs(claims: list[Claim], left: list[Live]) -> list[Match]:
    """The pairs that are closer than all others of their manifest and of their template."""
    manifests = {claim.name: [likeness(content) for content in claim.revisions] for claim in claims}
    templates = {live.template.id: [likeness(live.content)] for live in left}
    holders, offers, by_id = _alike(manifests), _alike(templates), {live.template.id: live for live in left}
    closest = {claim.name: _closest(manifests[claim.name], offers) for claim in claims}
    return [
        Match(claim.desired, by_id[i], Rule.HISTORY)
        for claim in claims
        if (i := closest[claim.name]) is not None and _closest(templates[i], holders) == claim.name
    ]


def _alike(sides: Mapping[str, list[Marks]]) -> Mapping[Marks, set[str]]:
    """Which sides have two or three marks in one revision."""
    found: dict[Marks, set[str]] = {}
    for side, revisions in sides.items():
        for marks in revisions:
            for part in some_of(marks, (3, 2)):
                found.setdefault(part, set()).add(side)
    return found


def _closest(revisions: list[Marks], others: Mapping[Marks, set[str]]) -> str | None:
    """The other side that agrees with a revision in the most features, two at least; None when there is none, or several."""
    for features in (3, 2):
        found: set[str] = set()
        for marks in revisions:
            for part in some_of(marks, (features,)):
                found.update(islice(others.get(part, ()), 2))  # two are several: all of them would be many
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _weak_pairs(free: list[Desired], left: list[Live], certain: Sequence[Match]) -> list[Match]:
    """The pairs of the weak rules. Copies of a template that is paired already are nobody else's, and equal
    templates count once where forms are not known.
    """
    pairs: list[Match] = []
    for rule, wanted_key, live_key in _WEAK_RULES:
        manifests, templates = _unpaired(free, left, pairs)
        if rule is Rule.CONTENT:
            templates = list({t.content.key: t for t in reversed(templates)}.values())
        else:
            copied = {match.live.content.key for match in (*certain, *pairs)}
            templates = [t for t in templates if t.content.key not in copied]
        pairs += _unique_pairs(manifests, templates, rule, wanted_key, live_key)
    return pairs


def _unique_pairs(
    manifests: list[Desired], templates: list[Live], rule: Rule, wanted_key: _Key, live_key: _Key
) -> list[Match]:
    wanted = Counter(wanted_key(d.content) for d in manifests)
    offered = Counter(live_key(t.content) for t in templates)
    by_key = {live_key(t.content): t for t in templates}
    return [
        Match(d, by_key[key], rule)
        for d in manifests
        if (key := wanted_key(d.content)) is not None and wanted[key] == offered[key] == 1
    ]


def _held(weak: list[Match], claims: list[Claim], *, is_whole: bool) -> list[Match]:
    """The weak pairs that hold. If another manifest has the better claim to a template, neither has it. A claim does not count
    while its manifest has as much in common with its own pair. `is_whole` says that the whole past is known.
    """
    by_name, holders = {claim.name: claim for claim in claims}, by_marks(claims)
    own = {match.name: by_name[match.name].features(match.live) for match in weak}
    lost: set[str] = set()
    for match in weak:
        claim = by_name[match.name]
        if not is_whole and len(claims) > len(weak) and own[claim.name] == {"title"}:
            # The template may be what a manifest was that would now be created.
            lost.add(claim.name)
        for rival in rivals(claim, match.live, holders):
            offered, has = rival.features(match.live), own.get(rival.name, frozenset())
            is_served = offered < has or (offered == has and (claim.has_past or not rival.has_past))
            if not is_served:
                lost |= {claim.name, rival.name}
    return [match for match in weak if match.name not in lost]


def _concluded(
    manifests: list[Desired], templates: list[Live], matches: list[Match], *, is_whole: bool
) -> Matching:
    """What becomes of those without a pair: ambiguous while a template is left, else missing."""
    free, left = _unpaired(manifests, templates, matches)
    if left:
        copied = _copied(left, matches)
        because = Because.COPIES if copied else Because.SEVERAL
        other = copied.desired.manifest if copied else None
        candidates = tuple(left)
        torn = tuple(Ambiguity(d, candidates, because, other, lacks_past=not is_whole) for d in free)
        return Matching(matches=tuple(matches), ambiguities=torn, leftovers=tuple(left))
    claimed = {d.manifest.name: _claimed(d, matches) for d in free}
    missing = tuple(d for d in free if claimed[d.manifest.name] is None)
    return Matching(tuple(matches), missing, tuple(each for each in claimed.values() if each is not None))


def _copied(left: list[Live], matches: list[Match]) -> Match | None:
    """The pair whose template all of these equal; None when there is no such pair."""
    keys = {template.content.key for template in left}
    return next((match for match in matches if keys == {match.live.content.key}), None)


def _claimed(desired: Desired, matches: list[Match]) -> Ambiguity | None:
    """The doubt whether a template that another manifest has by a weak rule is this manifest's, whose form is not
    known; None when there is no such template.
    """
    if desired.content.form_key is not None:
        return None
    for match in matches:
        is_weak = match.rule in {Rule.TITLE, Rule.CONNECTOR}
        if is_weak and match.live.content.presets_key == desired.content.presets_key:
            return Ambiguity(desired, (match.live,), Because.CLAIMED, match.desired.manifest)
    return None
