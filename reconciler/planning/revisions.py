"""Earlier revisions of the manifests, asked for at most once, and only when matching cannot decide without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from reconciler.model.template import Manifest, Past
from reconciler.planning.content import Content, Contents, Desired


class Revisions:
    """What the current manifests were before. `read` gives the past; `organization_id` is the one of manifests that name none."""

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
        """Whether every earlier revision is known; never where there is no git, or a shallow clone."""
        return self._past.is_whole

    def of(self, desired: Desired) -> tuple[Content, ...]:
        """The earlier contents of a manifest, each once: of the same name, or of a name that is gone from the same file, which
        may have been this manifest's. Other connectors and organizations do not count.
        """
        manifest = desired.manifest
        candidates = [*self._by_name.get(manifest.name, ()), *self._gone.get(manifest.origin.file, ())]
        contents = [self._contents.desired(m).content for m in candidates if self._is_alike(m, manifest)]
        return tuple({content.key: content for content in contents}.values())

    def _is_alike(self, earlier: Manifest, now: Manifest) -> bool:
        owners = {each.organization_id or self._organization_id for each in (earlier, now)}
        return earlier.connector.id == now.connector.id and len(owners) == 1

    @cached_property
    def _by_name(self) -> dict[str, list[Manifest]]:
        found: dict[str, list[Manifest]] = {}
        for revision in self._past.revisions:
            found.setdefault(revision.name, []).append(revision)
        return found

    @cached_property
    def _gone(self) -> dict[str, list[Manifest]]:
        found: dict[str, list[Manifest]] = {}
        for revision in self._past.revisions:
            if revision.name not in self._current:
                found.setdefault(revision.origin.file, []).append(revision)
        return found


NO_PAST = Revisions(Past)
"""Nothing is known of the past."""
