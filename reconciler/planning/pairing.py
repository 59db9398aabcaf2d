"""Pairs within one connector of one organization: rules `content`, `title` and `connector` of `match.py`, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from reconciler.model.template import Manifest
from reconciler.planning.content import Desired, Live
from reconciler.planning.entry import Rule
from reconciler.planning.matching import Ambiguity, Match, Matching


def match_connector(manifests: list[Desired], templates: list[Live]) -> Matching:
    """The rules in their order, then what is left. `manifests` are those that name no id, by name; `templates` the live ones that
    no id took, by id.
    """
    matches = _pairs_by_content(manifests, templates)
    for pairs_of in (_pairs_by_title, _pairs_by_presets, _pairs_by_connector):
        free, left = _unpaired(manifests, templates, matches)
        if pairs_of is not _pairs_by_presets:
            taken = {_content_key(match.live) for match in matches}
            left = [t for t in left if _content_key(t) not in taken]
        matches += pairs_of(free, left)
    free, left = _unpaired(manifests, templates, matches)
    if left:
        copied = _copied(left, matches)
        unpaired = tuple(Ambiguity(desired, tuple(left), copied=copied) for desired in free)
        return Matching(matches=tuple(matches), ambiguities=unpaired, leftovers=tuple(left))
    claims = [_weaker_claim(desired, matches) for desired in free]
    missing = (desired for desired, claim in zip(free, claims, strict=True) if claim is None)
    return Matching(tuple(matches), tuple(missing), tuple(claim for claim in claims if claim is not None))


def _unpaired(
    manifests: list[Desired], templates: list[Live], matches: list[Match]
) -> tuple[list[Desired], list[Live]]:
    paired = {id(side) for match in matches for side in (match.desired, match.live)}
    return [d for d in manifests if id(d) not in paired], [t for t in templates if id(t) not in paired]


def _copied(templates: list[Live], matches: list[Match]) -> Manifest | None:
    """The manifest whose template all of these equal; None when there is no such manifest."""
    keys = {_content_key(template) for template in templates}
    owners = (match.desired.manifest for match in matches if keys == {_content_key(match.live)})
    return next(owners, None)


def _weaker_claim(desired: Desired, matches: list[Match]) -> Ambiguity | None:
    """The doubt whether a template that another manifest has by title or connector is this manifest's, whose form is not
    known; None when there is no such template.
    """
    if desired.content.form_key is not None:
        return None
    for match in matches:
        is_weak = match.rule in {Rule.TITLE, Rule.CONNECTOR}
        if is_weak and match.live.content.presets_key == desired.content.presets_key:
            return Ambiguity(desired, (match.live,), match.desired.manifest)
    return None


def _content_key(live: Live) -> tuple[str, str | None]:
    return live.content.presets_key, live.content.form_key


def _pairs_by_content(manifests: list[Desired], templates: list[Live]) -> list[Match]:
    """Equal presets and equal forms. Among several equal live templates the smallest id is taken; the rest
    are duplicates.
    """
    waiting: dict[tuple[str, str | None], list[Live]] = {}
    for template in reversed(templates):
        waiting.setdefault((template.content.presets_key, template.content.form_key), []).append(template)
    pairs = []
    for desired in manifests:
        equal = waiting.get((desired.content.presets_key, desired.content.form_key))
        if equal:
            pairs.append(Match(desired, equal.pop(), Rule.CONTENT))
    return pairs


def _pairs_by_presets(manifests: list[Desired], templates: list[Live]) -> list[Match]:
    """Rule `content` where the manifest's form is not known: equal presets, if they stand once on each side. Equal
    templates count once: the smallest id is taken, the others are its copies.
    """
    unknown = [d for d in manifests if d.content.form_key is None]
    different = list({_content_key(t): t for t in reversed(templates)}.values())
    return _unique_pairs(
        {id(d): d.content.presets_key for d in unknown},
        unknown,
        {id(t): t.content.presets_key for t in different},
        different,
        Rule.CONTENT,
    )


def _pairs_by_title(manifests: list[Desired], templates: list[Live]) -> list[Match]:
    return _unique_pairs(
        {id(d): d.content.title for d in manifests},
        manifests,
        {id(t): t.content.title for t in templates},
        templates,
        Rule.TITLE,
    )


def _pairs_by_connector(manifests: list[Desired], templates: list[Live]) -> list[Match]:
    if len(manifests) == 1 and len(templates) == 1:
        return [Match(manifests[0], templates[0], Rule.CONNECTOR)]
    return []


def _unique_pairs(
    manifest_keys: Mapping[int, str | None],
    manifests: list[Desired],
    template_keys: Mapping[int, str | None],
    templates: list[Live],
    rule: Rule,
) -> list[Match]:
    """Pairs whose key is given (not None) and stands exactly once on each side."""
    wanted = Counter(manifest_keys.values())
    offered = Counter(template_keys.values())
    by_key = {template_keys[id(t)]: t for t in templates}
    return [
        Match(d, by_key[key], rule)
        for d in manifests
        if (key := manifest_keys[id(d)]) is not None and wanted[key] == 1 and offered[key] == 1
    ]
