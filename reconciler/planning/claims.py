"""What a manifest, or an earlier revision of it, has in common with a live template: rule `history`, and who has the better claim. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice

from reconciler.model.template import Manifest, Past
from reconciler.planning.content import Content, Contents, Desired, Live, Mark
from reconciler.planning.scope import Scope

Marks = frozenset[Mark]


class Revisions:
    """What the current manifests were before. `read` is called at most once. `organization_id` is the one of manifests that name none."""

    def __init__(
        self,
        read: Callable[[], Past],
        current: Iterable[Manifest] = (),
        *,
        organization_id: str = "",
        contents: Contents | None = None,
    ) -> None:
        self._read = read
        self._current = frozenset(manifest.name for manifest in current)
        self._organization_id = organization_id
        self._contents = contents or Contents()

    @cached_property
    def _past(self) -> Past:
        return self._read()

    @property
    def is_whole(self) -> bool:
        """Whether every earlier revision is known. Never where there is no git, or a shallow clone."""
        return self._past.is_whole

    def of(self, desired: Desired) -> tuple[Content, ...]:
        """The earlier contents of a manifest, each once: of the same name, or of a name that is gone from the same file, which
        may have been this manifest's. Other connectors and organizations do not count.
        """
        now, by_name = desired.manifest, self._by_name_or_file
        found = [*by_name.get(("name", now.name), ()), *by_name.get(("gone from", now.origin.file), ())]
        contents = [self._contents.desired(each).content for each in found if self._is_alike(each, now)]
        return tuple({content.key: content for content in contents}.values())

    def _is_alike(self, earlier: Manifest, now: Manifest) -> bool:
        owners = {each.organization_id or self._organization_id for each in (earlier, now)}
        return earlier.connector.id == now.connector.id and len(owners) == 1

    @cached_property
    def _by_name_or_file(self) -> dict[tuple[str, str], list[Manifest]]:
        found: dict[tuple[str, str], list[Manifest]] = {}
        for revision in self._past.revisions:
            found.setdefault(("name", revision.name), []).append(revision)
            if revision.name not in self._current:
                found.setdefault(("gone from", revision.origin.file), []).append(revision)
        return found


NO_PAST = Revisions(Past)
"""Nothing is known of the past."""


@dataclass(frozen=True)
class Claim:
    """A manifest with its earlier revisions of the same connector and organization. None for a new manifest, and without git."""

    desired: Desired
    earlier: tuple[Content, ...] = ()

    @property
    def name(self) -> str:
        """The manifest's name."""
        return self.desired.manifest.name

    @property
    def has_past(self) -> bool:
        """Whether a template can have been created for an earlier revision."""
        return bool(self.earlier)

    @property
    def revisions(self) -> tuple[Content, ...]:
        """Each revision, the current one first."""
        return self.desired.content, *self.earlier

    def shared_with(self, live: Live) -> frozenset[Marks]:
        """What each revision has in common with a live template. Revisions that have nothing are left out."""
        found = (content.marks & live.seen_by(content.scope).marks for content in self.revisions)
        return frozenset(shared for shared in found if shared)

    def features(self, live: Live) -> frozenset[str]:
        """The names of what any revision has in common with a live template."""
        return frozenset(name for shared in self.shared_with(live) for name, _ in shared)


def closest_pairs(claims: Iterable[Claim], left: Iterable[Live]) -> Iterator[tuple[Claim, Live]]:
    """Rule `history`: a template agrees with a revision of a manifest that has a past in at least two of three features, and
    neither has another partner as close. Again without those, until nothing more is found. Of equal templates the smallest id
    is taken.
    """
    manifests = {claim.name: claim for claim in claims if claim.has_past}
    scopes = scopes_of(manifests.values())
    unique = {t.content.key: t for t in sorted(left, key=lambda t: t.template.id, reverse=True)}
    templates = {live.template.id: live for live in unique.values()}
    while found := _closest_names(manifests, templates, scopes):
        for name, template_id in found:
            yield manifests.pop(name), templates.pop(template_id)


def scopes_of(claims: Iterable[Claim]) -> frozenset[Scope | None]:
    """The scopes of all revisions: only None on the public API."""
    return frozenset(content.scope for claim in claims for content in claim.revisions)


def _closest_names(
    claims: Mapping[str, Claim], left: Mapping[str, Live], scopes: frozenset[Scope | None]
) -> list[tuple[str, str]]:
    """The pairs that are closer than all others of their manifest and of their template."""
    manifests = {name: [_likeness(content) for content in claim.revisions] for name, claim in claims.items()}
    templates = {i: [_likeness(live.seen_by(scope)) for scope in scopes] for i, live in left.items()}
    holders, offers = with_marks(manifests, (3, 2)), with_marks(templates, (3, 2))
    closest = {name: _closest(revisions, offers) for name, revisions in manifests.items()}
    return [
        (name, template_id)
        for name, template_id in closest.items()
        if template_id is not None and _closest(templates[template_id], holders) == name
    ]


def _likeness(content: Content) -> Marks:
    """Three marks, two of which make two contents alike: that a form has no title is one. Fewer where the form is not known."""
    is_untitled = bool(content.form_key) and content.title is None
    return content.marks | {("title", "")} if is_untitled else content.marks


def _closest(revisions: list[Marks], others: Mapping[Marks, set[str]]) -> str | None:
    """The other side that agrees with a revision in the most features, two at least. None when there is none, or several."""
    for features in (3, 2):
        found: set[str] = set()
        for part in (part for marks in revisions for part in _parts(marks, (features,))):
            found.update(islice(others.get(part, ()), 2))  # two are several: all of them would be many
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def with_marks(sides: Mapping[str, Iterable[Marks]], sizes: Iterable[int]) -> Mapping[Marks, set[str]]:
    """Which sides have all of some marks in one revision, for every set of marks of one of these sizes."""
    found: dict[Marks, set[str]] = {}
    for side, revisions in sides.items():
        for part in (part for marks in revisions for part in _parts(marks, sizes)):
            found.setdefault(part, set()).add(side)
    return found


def _parts(marks: Marks, sizes: Iterable[int]) -> Iterator[Marks]:
    return (Marks(part) for size in sizes for part in combinations(marks, size))


def rivals(
    claim: Claim,
    live: Live,
    claims: Mapping[str, Claim],
    holders: Mapping[Marks, set[str]],
    scopes: Iterable[Scope | None],
) -> set[str]:
    """The manifests whose claim to a live template rules out that `claim` has it by a weak rule: a revision of theirs
    has something in common with it that no revision of `claim` has, or, with a past, the same.

    They are looked up by the marks that are enough for that: what all manifests of a connector have in common costs nothing.
    """
    own = {_names(shared) for shared in claim.shared_with(live)}
    views = (live.seen_by(scope).marks for scope in scopes)
    enough = {
        part
        for marks in views
        for part in _parts(marks, (1, 2, 3))
        if not any(_names(part) < more for more in own)
    }
    found = {
        name
        for part in enough
        for name in holders.get(part, ())
        if claims[name].has_past or _names(part) not in own
    }
    return found - {claim.name}


def _names(marks: Marks) -> frozenset[str]:
    return frozenset(name for name, _ in marks)
