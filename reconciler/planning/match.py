"""Where "create or not" is decided: what becomes of each manifest, given the live templates of its organization. Pure.

First the pairs. Each manifest takes at most one live template of its kind and connector, each template is taken at most once, by the first
of these rules that finds one (`BY_ID`, `by_content`, `claims.py` for history, `WEAK`):

    rule        pairs a manifest with                                   what it says
    id          the template that its `spec.templateId` names           the user said so
    content     an equal one                                            in sync, whatever its id
    history     the one that an earlier revision of it resembles most   it was edited in git
    title       the one with the same form title (Agent API: name)      it was edited on one side
    content     the one with the same presets, if the form is unknown   nothing that is known differs
    connector   the only one                                            nothing else it could be

On the Agent API equal means equal in all that the manifest says, and manifests that say more choose first. The first three rules are
certain. The others are weak: their key must occur once on each side, a copy of a paired template is not theirs, and the pair holds
only while no other manifest has a better claim to the template (`_held`). Else both are ambiguous.

Then the first line that holds for a manifest says what becomes of it (`_Organization.conclusion`):

    it names an id, and has no pair                                     unknown: a binding never falls through to a create
    it has a pair, and no unread template could be a better one         in sync or drifted
    it has a pair                                                       unknown
    a template of its connector is left                                 ambiguous: SEVERAL or COPIES
    its form is unknown, and a weak pair has its presets                ambiguous: CLAIMED
    another manifest has an equal template                              ambiguous: TAKEN
    a template left under another definition id is equal or alike       ambiguous: ELSEWHERE
    an unread template could be it                                      unknown
    it clones a template that is not there, or of another connector     unknown
    a manifest that says less has a template that may be its own        unknown
    nothing of the above                                                create

One veto comes later: `intents.py` makes unknown what an earlier create left in doubt. The result depends on values only: manifests
are taken by name, templates by id.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from reconciler.model.template import Connector, Manifest, UnreadTemplate
from reconciler.planning.claims import NO_PAST, Claim, Revisions, closest_pairs, rivals, scopes_of, with_marks
from reconciler.planning.content import Desired, Key, Live
from reconciler.planning.entry import Rule
from reconciler.planning.scope import Scope


@dataclass(frozen=True)
class Pair:
    """A manifest and the live template that is its own, and by which rule."""

    desired: Desired
    live: Live
    rule: Rule

    @property
    def name(self) -> str:
        """The manifest's name."""
        return self.desired.manifest.name

    @property
    def is_certain(self) -> bool:
        """Whether no other template could be meant: named by id, or equal in everything."""
        is_equal = self.rule is Rule.CONTENT and self.desired.content.form_key is not None
        return is_equal or self.rule is Rule.ID


@dataclass(frozen=True)
class Create:
    """A manifest whose template is missing."""

    desired: Desired


class Because(Enum):
    """Why a manifest is ambiguous. All but SEVERAL and ELSEWHERE are about another manifest."""

    SEVERAL = auto()
    """The candidates are left for the connector, and nothing decides between them or between manifests."""
    CLAIMED = auto()
    """The candidate has this manifest's presets, and the other manifest has it by a weak rule."""
    COPIES = auto()
    """All candidates equal the template of the other manifest."""
    TAKEN = auto()
    """The candidate equals this manifest, and the other manifest has it."""
    ELSEWHERE = auto()
    """The candidates are of another definition id, and look like what this manifest was before its connector moved."""


@dataclass(frozen=True)
class Ambiguity:
    """A manifest that could be any of its candidates (at least one). `other` is the other manifest, if `because` is about one.
    `lacks_past` says that earlier revisions might decide, and are not all known.
    """

    desired: Desired
    candidates: tuple[Live, ...]
    because: Because
    other: Manifest | None = None
    lacks_past: bool = False


@dataclass(frozen=True)
class Doubt:
    """A manifest about which nothing may be concluded. `template_id` is the unread template that it is bound to, if any."""

    desired: Desired
    reason: str
    template_id: str | None = None


Conclusion = Pair | Create | Ambiguity | Doubt


@dataclass(frozen=True)
class Matching:
    """One conclusion for each manifest, in the order of names, and the live templates without a pair, in the order of ids."""

    conclusions: tuple[Conclusion, ...]
    unpaired: tuple[Live, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The conclusions that are pairs."""
        return tuple(each for each in self.conclusions if isinstance(each, Pair))

    @property
    def creates(self) -> tuple[Create, ...]:
        """The conclusions that nothing but a create is left for."""
        return tuple(each for each in self.conclusions if isinstance(each, Create))

    @property
    def ambiguities(self) -> tuple[Ambiguity, ...]:
        """The conclusions that a person has to decide."""
        return tuple(each for each in self.conclusions if isinstance(each, Ambiguity))


@dataclass(frozen=True)
class KeyRule:
    """A rule that pairs what has the same key. What has no key (None) takes no part."""

    rule: Rule
    wanted: Callable[[Desired], Hashable]
    offered: Callable[[Live], Hashable]


BY_ID = KeyRule(Rule.ID, lambda d: d.manifest.template_id, lambda t: t.template.id)


def by_content(scope: Scope | None) -> KeyRule:
    """For manifests of this scope. Of equal templates the smallest id is taken. The rest are duplicates."""
    return KeyRule(Rule.CONTENT, lambda d: d.content.key, lambda t: t.seen_by(scope).key)


WEAK = (
    KeyRule(Rule.TITLE, lambda d: d.content.title, lambda t: t.content.title),
    KeyRule(
        Rule.CONTENT,
        lambda d: d.content.presets_key if d.content.form_key is None else None,
        lambda t: t.content.presets_key,
    ),
    KeyRule(Rule.CONNECTOR, lambda _: "", lambda _: ""),
)
"""Rules whose pairs are guesses, in order. A key pairs only if exactly one manifest and one template have it."""


def match_templates(
    desired: Iterable[Desired],
    live: Iterable[Live],
    unread: Iterable[UnreadTemplate] = (),
    *,
    unmanaged: frozenset[str] = frozenset(),
    past: Revisions = NO_PAST,
    originals: tuple[tuple[str, str], ...] | None = None,
) -> Matching:
    """What becomes of the manifests and the live templates of one organization.

    `past` is asked only where more than one pair is possible. `unmanaged` are the ids that the user declared not ours: they must
    not be among `live` and `unread`, and are given only for the reason of a manifest that is bound to one of them. `originals` are
    as in `Target`.
    """
    manifests = sorted(desired, key=lambda d: d.manifest.name)
    templates = sorted(live, key=lambda t: t.template.id)
    owners = {d.manifest.template_id: d.manifest.name for d in reversed(manifests)}
    first = [d for d in manifests if owners[d.manifest.template_id] == d.manifest.name]
    bound = _each(BY_ID, first, templates)
    wanted, offered = defaultdict[Place, list[Desired]](list), defaultdict[Place, list[Live]](list)
    for each in manifests:
        if each.manifest.template_id is None:
            wanted[place_of(each)].append(each)
    for template in _unpaired(manifests, templates, bound)[1]:
        offered[place_of(template)].append(template)
    connectors = {i: _pair_up(wanted[i], offered[i], past) for i in sorted(wanted.keys() | offered.keys())}
    lost = sorted(unread, key=lambda u: u.id)
    found = _Organization(
        templates, lost, unmanaged, owners=owners, bound=bound, connectors=connectors, originals=originals
    )
    conclusions = tuple(found.conclusion(each) for each in manifests)
    paired = {each.live.template.id for each in conclusions if isinstance(each, Pair)}
    return Matching(conclusions, tuple(t for t in templates if t.template.id not in paired))


Place = tuple[str, str]
"""A kind and a connector: pairs are looked for within one."""


def place_of(side: Desired | Live) -> Place:
    """Where a manifest or a template belongs."""
    if isinstance(side, Desired):
        return side.manifest.kind, side.manifest.connector.id
    return side.template.kind, side.template.connector_id


@dataclass(frozen=True)
class _Connector:
    """The pairs among the manifests of one place that name no id, the templates that are left, and whether the whole past of the
    manifests was looked at.
    """

    pairs: list[Pair]
    left: tuple[Live, ...]
    is_past_whole: bool

    @cached_property
    def copied(self) -> Pair | None:
        """The pair whose template all that are left equal. None when there is no such pair."""
        keys = {template.content.key for template in self.left}
        return next((pair for pair in self.pairs if keys == {pair.live.content.key}), None)


def _pair_up(manifests: list[Desired], templates: list[Live], past: Revisions) -> _Connector:
    """The rules after `id`. The past is asked for only where more than one pair is possible."""
    pairs = _equal(sorted(manifests, key=lambda d: bool(d.manifest.allow_second)), templates)
    free, left = _unpaired(manifests, templates, pairs)
    asks_the_past = bool(free and left) and len(free) + len(left) > 2
    claims = [Claim(d, past.of(d) if asks_the_past else ()) for d in free]
    pairs += [Pair(claim.desired, live, Rule.HISTORY) for claim, live in closest_pairs(claims, left)]
    free, left = _unpaired(free, left, pairs)
    names = {desired.manifest.name for desired in free}
    is_whole = asks_the_past and past.is_whole
    weak = _weak_pairs(free, left, pairs)
    pairs += _held(weak, [claim for claim in claims if claim.name in names], is_whole=is_whole)
    return _Connector(pairs, tuple(_unpaired(manifests, templates, pairs)[1]), is_whole)


def _unpaired(
    manifests: Iterable[Desired], templates: Iterable[Live], pairs: Sequence[Pair]
) -> tuple[list[Desired], list[Live]]:
    names, ids = {m.name for m in pairs}, {m.live.template.id for m in pairs}
    free = [d for d in manifests if d.manifest.name not in names]
    return free, [t for t in templates if t.template.id not in ids]


def _equal(manifests: Iterable[Desired], templates: list[Live]) -> list[Pair]:
    """The pairs of rule `content`. Manifests that say more choose first."""
    of_scope: dict[Scope | None, list[Desired]] = {}
    for each in manifests:
        of_scope.setdefault(each.content.scope, []).append(each)
    pairs: list[Pair] = []
    for scope in sorted(of_scope, key=lambda scope: () if scope is None else scope.rank):
        taken = {pair.live.template.id for pair in pairs}
        left = [each for each in templates if each.template.id not in taken] if taken else templates
        pairs += _each(by_content(scope), of_scope[scope], left)
    return pairs


def _each(by: KeyRule, manifests: Iterable[Desired], templates: list[Live]) -> list[Pair]:
    """Each manifest with the first template of its connector that has its key and no other manifest."""
    waiting: dict[Hashable, list[Live]] = {}
    for template in reversed(templates):
        waiting.setdefault(by.offered(template), []).append(template)
    pairs = []
    for desired in manifests:
        same = waiting.get(by.wanted(desired))
        if same and place_of(same[-1]) == place_of(desired):
            pairs.append(Pair(desired, same.pop(), by.rule))
    return pairs


def _weak_pairs(free: list[Desired], left: list[Live], certain: Sequence[Pair]) -> list[Pair]:
    """The pairs of the weak rules. Copies of a paired template are not candidates. Equal templates count once where forms are not
    known.
    """
    pairs: list[Pair] = []
    for by in WEAK:
        manifests, templates = _unpaired(free, left, pairs)
        if by.rule is Rule.CONTENT:
            templates = list({t.content.key: t for t in reversed(templates)}.values())
        else:
            copied = {pair.live.content.key for pair in (*certain, *pairs)}
            templates = [t for t in templates if t.content.key not in copied]
        pairs += _only(by, manifests, templates)
    return pairs


def _only(by: KeyRule, manifests: list[Desired], templates: list[Live]) -> list[Pair]:
    """The pairs whose key occurs once on each side."""
    wanted = Counter(by.wanted(d) for d in manifests)
    offered = Counter(by.offered(t) for t in templates)
    by_key = {by.offered(t): t for t in templates}
    return [
        Pair(d, by_key[key], by.rule)
        for d in manifests
        if (key := by.wanted(d)) is not None and wanted[key] == offered[key] == 1
    ]


def _held(weak: list[Pair], claims: list[Claim], *, is_whole: bool) -> list[Pair]:
    """The weak pairs that hold. If another manifest has the better claim to a template, neither has it. A claim does not count
    while its manifest has as much in common with its own pair. `is_whole` says that the whole past is known: without it, a title alone
    takes nothing while another manifest would be created. The name of a template on the Agent API is no such title.
    """
    by_name = {claim.name: claim for claim in claims}
    holders = with_marks({c.name: [content.marks for content in c.revisions] for c in claims}, (1, 2, 3))
    own = {pair.name: by_name[pair.name].features(pair.live) for pair in weak}
    scopes = scopes_of(claims)
    lost: set[str] = set()
    for pair in weak:
        claim = by_name[pair.name]
        is_form = claim.desired.content.scope is None
        if not is_whole and len(claims) > len(weak) and own[claim.name] == {"title"} and is_form:
            lost.add(claim.name)  # the template may be what the other manifest was
        for rival in map(by_name.__getitem__, rivals(claim, pair.live, by_name, holders, scopes)):
            offered, has = rival.features(pair.live), own.get(rival.name, frozenset())
            is_served = offered < has or (offered == has and (claim.has_past or not rival.has_past))
            if not is_served:
                lost |= {claim.name, rival.name}
    return [pair for pair in weak if pair.name not in lost]


def _slug(connector: Connector) -> str:
    """What the Agent API calls a connector in its answers: `hubspot` for `source-hubspot`."""
    return (connector.repository or "").partition("-")[2]


class _Organization:
    """All pairs of one organization, and what else there is. Says what becomes of a manifest."""

    def __init__(
        self,
        templates: Sequence[Live],
        unread: Sequence[UnreadTemplate],
        unmanaged: frozenset[str],
        *,
        owners: Mapping[str | None, str],
        bound: Sequence[Pair],
        connectors: Mapping[Place, _Connector],
        originals: tuple[tuple[str, str], ...] | None,
    ) -> None:
        pairs = [*bound, *(pair for each in connectors.values() for pair in each.pairs)]
        self._originals = None if originals is None else dict(originals)
        self._by_id = {t.template.id: t for t in templates}
        self._names = {(t.template.name, t.template.connector_id) for t in templates} if unread else set()
        self._unread, self._unmanaged, self._owners, self._connectors = unread, unmanaged, owners, connectors
        self._pairs = {pair.name: pair for pair in pairs}
        self._taken: dict[tuple[Place, Scope | None], dict[Key, Pair]] = {}
        self._taken_at = defaultdict[Place, list[Pair]](list)
        for pair in pairs:
            self._taken_at[place_of(pair.live)].append(pair)
        self._loose: dict[str | Key, list[Live]] = {}
        for live in (live for each in connectors.values() for live in each.left):
            self._loose.setdefault(live.template.name, []).append(live)
            if live.content.says_something and live.content.scope is None:
                self._loose.setdefault(live.content.key, []).append(live)

    def conclusion(self, desired: Desired) -> Conclusion:
        """What becomes of a manifest: the first line of the second table above that holds."""
        pair = self._pairs.get(desired.manifest.name)
        if desired.manifest.template_id is not None:
            return self._bound(desired, desired.manifest.template_id, pair)
        if pair is not None:
            return (
                pair
                if pair.is_certain
                else self._unread_doubt(desired) or self._vague_doubt(desired, pair) or pair
            )
        return (
            self._left(desired)
            or self._claimed(desired)
            or self._taken_by_another(desired)
            or self._elsewhere(desired)
            or self._unread_doubt(desired)
            or self._original_doubt(desired)
            or self._vague_doubt(desired, None)
            or Create(desired)
        )

    def _vague_doubt(self, desired: Desired, pair: Pair | None) -> Doubt | None:
        """Agent API: another manifest, which says less, has a template by content that may as well be this one's: it has this name, or
        the other manifest equals the template left for this one too.
        """
        if desired.content.scope is None or (pair is not None and pair.rule is not Rule.CONNECTOR):
            return None
        for other in self._connectors[place_of(desired)].pairs:
            content = other.desired.content
            says = content.settings.keys() - {"tags"}
            if other.rule is not Rule.CONTENT or says >= other.live.content.settings.keys() - {"tags"}:
                continue
            fits_both = pair is not None and pair.live.seen_by(content.scope).key == content.key
            is_nameless = not desired.manifest.connector.id  # Airbyte names the templates that it hosts
            if fits_both or is_nameless or other.live.content.title == desired.content.title:
                why = f"template {other.live.template.id} may be this one, and manifest {other.name!r}, which says less, has it"
                return Doubt(desired, f"{why}; write the spec.templateId of one of them")
        return None

    def _original_doubt(self, desired: Desired) -> Doubt | None:
        """A clone is of its original's connector, whatever the manifest says: with another one no later run would find it again."""
        manifest = desired.manifest
        if manifest.clone_of is None or self._originals is None:
            return None
        connector = self._originals.get(manifest.clone_of)
        if connector == manifest.connector.id:
            return None
        why = (
            "cannot be found: see `reconciler doctor --global` for what can be cloned"
            if connector is None
            else f"is a template of connector {connector}, not of the manifest's: write that one as spec.connector"
        )
        return Doubt(desired, f"spec.cloneOf {manifest.clone_of} {why}")

    def _bound(self, desired: Desired, wanted: str, pair: Pair | None) -> Conclusion:
        if pair is not None:
            return pair
        live = self._by_id.get(wanted)
        unread = next((u for u in self._unread if u.id == wanted), None)
        if self._owners[wanted] != desired.manifest.name:
            why = f"is named by manifest {self._owners[wanted]!r} already"
        elif live is not None:
            why = (
                f"belongs to connector {live.template.name!r} ({live.template.connector_id}), "
                "not to the manifest's"
            )
        elif unread is not None:
            return Doubt(desired, f"spec.templateId {wanted} could not be read: {unread.reason}", wanted)
        elif wanted in self._unmanaged:
            why = "is listed under `unmanaged` in the project file"
        else:
            why = "is not on the server; a bound manifest is never created again under another id"
        return Doubt(desired, f"spec.templateId {wanted} {why}")

    def _left(self, desired: Desired) -> Ambiguity | None:
        connector = self._connectors[place_of(desired)]
        if not connector.left:
            return None
        copied, lacks_past = connector.copied, not connector.is_past_whole
        if copied is None:
            return Ambiguity(desired, connector.left, Because.SEVERAL, lacks_past=lacks_past)
        return Ambiguity(desired, connector.left, Because.COPIES, copied.desired.manifest, lacks_past)

    def _claimed(self, desired: Desired) -> Ambiguity | None:
        """An ambiguity when this manifest's form is unknown and another manifest has, by a weak rule, a template with the same presets."""
        if desired.content.form_key is not None:
            return None
        for pair in self._connectors[place_of(desired)].pairs:
            is_weak = pair.rule in {Rule.TITLE, Rule.CONNECTOR}
            if is_weak and pair.live.content.presets_key == desired.content.presets_key:
                return Ambiguity(desired, (pair.live,), Because.CLAIMED, pair.desired.manifest)
        return None

    def _taken_by_another(self, desired: Desired) -> Ambiguity | None:
        """Whether the create would repeat what another manifest has, and neither says that a second one is meant."""
        pair = self._taken_in(place_of(desired), desired.content.scope).get(desired.content.key)
        if pair is None or desired.manifest.allow_second or pair.desired.manifest.allow_second:
            return None
        return Ambiguity(desired, (pair.live,), Because.TAKEN, pair.desired.manifest)

    def _taken_in(self, place: Place, scope: Scope | None) -> dict[Key, Pair]:
        """The pairs of one place by what manifests of this scope see of their templates."""
        if (place, scope) not in self._taken:
            keys = {pair.live.seen_by(scope).key: pair for pair in self._taken_at[place]}
            self._taken[place, scope] = keys
        return self._taken[place, scope]

    def _elsewhere(self, desired: Desired) -> Ambiguity | None:
        """A connector's repository can get another definition id in the registry, and so in the lock. Its name can change too. The Agent
        API has a form of no manifest's own: equal content is no sign of an equal connector there.
        """
        connector, claim = desired.manifest.connector, Claim(desired)
        names = [connector.name] if desired.content.scope is None else [connector.name, _slug(connector)]
        named = [
            each for name in names for each in self._loose.get(name or "", ()) if claim.shared_with(each)
        ]
        alike = {live.template.id: live for live in (*self._loose.get(desired.content.key, ()), *named)}
        others = tuple(
            live
            for _, live in sorted(alike.items())
            if live.template.kind == desired.manifest.kind and live.template.connector_id != connector.id
        )
        return Ambiguity(desired, others, Because.ELSEWHERE) if others else None

    def _unread_doubt(self, desired: Desired) -> Doubt | None:
        """The doubt about the first unread template that may be of the manifest's kind and connector. None when all are shown to be of
        others: the list says so, or read templates of other connectors have their names, and none of this one does.

        A name that no read template has says nothing: the connector may have been renamed between two answers.
        """
        place = kind, connector_id = place_of(desired)
        own = {name for name, each in self._names if each == connector_id}
        others = {name for name, _ in self._names} - own

        def may_be(unread: UnreadTemplate) -> bool:
            if unread.connector_id is not None:
                return (unread.kind, unread.connector_id) == place
            return unread.kind == kind and (not own or unread.name not in others)

        unread = next(filter(may_be, self._unread), None)
        if unread is None:
            return None
        why = f"template {unread.id} ({unread.name}) could not be read and may be this one: {unread.reason}"
        return Doubt(desired, why)
