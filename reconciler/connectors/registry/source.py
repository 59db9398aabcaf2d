"""Which registry, and how it is opened: an edition's public file, a URL, or a file on disk. An edge.

A registry at a URL is asked whether the kept copy still holds. When it cannot be reached, the copy serves, and the
result says so. What is not a sound registry is never kept.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from reconciler.connectors.registry.files import Copy, RegistryCache, Unreadable, read_bounded
from reconciler.connectors.registry.lookup import Collection, Held, in_words
from reconciler.connectors.registry.registry import SANDBOX, NoRegistry, Registry, parse_registry
from reconciler.errors import InvalidInput, RefusedByServer, Unreachable, UnusableAnswer
from reconciler.model.credentials import is_this_machine
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.strict_json import parse_json

CLOUD: Final = "cloud"
_PUBLIC: Final = "https://connectors.airbyte.com/files/registries/v0"
EDITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {CLOUD: f"{_PUBLIC}/cloud_registry.json", "oss": f"{_PUBLIC}/oss_registry.json"}
)
"""Where Airbyte publishes the registry of each edition. The platform itself picks its own from there."""

BAD_REGISTRY: Final = "R225"
_WAYS: Final = "write cloud, oss, the https address of a registry, or the path of a file"


@dataclass(frozen=True)
class RegistrySource:
    """A registry by the name that the lock records: an edition, a URL, or a path from the project's root.

    Exactly one of `url` and `path` is set.
    """

    name: str
    url: str | None = None
    path: Path | None = None

    @property
    def is_of_this_machine(self) -> bool:
        """Whether the name means nothing elsewhere: an absolute path."""
        return self.url is None and os.path.isabs(self.name)

    @property
    def words(self) -> str:
        """For sentences: `the cloud registry`, `the registry registry.json`."""
        return f"the {self.name} registry" if self.name in EDITIONS else f"the registry {self.name}"


@dataclass(frozen=True)
class RegistryReader:
    """What opening a registry needs from outside."""

    cache: RegistryCache
    now: Callable[[], float] = time.time

    def open(self, source: RegistrySource) -> Collection:
        """The registry as it is now. Raises InvalidInput for a file that is none, ServerError for a URL."""
        return _from_file(source) if source.url is None else self._from_url(source, source.url)

    def open_offline(self, source: RegistrySource) -> Collection | None:
        """The registry as far as this machine has it: a file, or the kept copy. None when there is neither."""
        if source.url is not None:
            return self._from_copy(source, self.cache.read(source.url))
        with contextlib.suppress(InvalidInput):
            return _from_file(source)
        return None

    def _from_url(self, source: RegistrySource, url: str) -> Collection:
        from reconciler.connectors.registry.download import download

        copy = self.cache.read(url)
        try:
            answer = download(url, etag=copy.etag if copy else None)
            if answer.body is None and (opened := self._from_copy(source, copy)) is not None:
                self.cache.confirm(url, now=self.now())
                return replace(opened, copy_age=None)
            if answer.body is None:  # the copy was made by a version that took more for sound
                answer = download(url)
        except (Unreachable, RefusedByServer) as error:
            return self._without_network(source, copy, error)
        body = answer.body or b""
        try:
            registry = _parsed(body)
        except NoRegistry as error:
            raise UnusableAnswer(
                f"the answer of {url} cannot be used: {error}",
                method="GET",
                path=urlsplit(url).path or "/",
                status=200,
                help=f"give another: {_WAYS}",
            ) from error
        warnings: tuple[str, ...] = ()
        try:
            self.cache.store(url, body, answer.etag, now=self.now())
        except OSError as error:
            warnings = (f"no copy was kept for later runs: {error.strerror or type(error).__name__}",)
        return replace(_collection(source, registry), warnings=warnings)

    def _without_network(
        self, source: RegistrySource, copy: Copy | None, error: Unreachable | RefusedByServer
    ) -> Collection:
        """The kept copy in place of an answer. Raises `error` when there is none, or when the server knows better."""
        is_passing = error.status is None or error.status >= 500 or error.status == 429
        opened = self._from_copy(source, copy) if is_passing else None
        if opened is None:
            raise error
        age = in_words(opened.copy_age or 0.0)
        warning = f"{error.message}; the copy that was read {age} is used instead, and may be out of date"
        return replace(opened, warnings=(warning,))

    def _from_copy(self, source: RegistrySource, copy: Copy | None) -> Collection | None:
        """What a copy holds, if it is one of a sound registry."""
        if copy is not None:
            with contextlib.suppress(NoRegistry):
                age = max(self.now() - copy.confirmed_at, 0.0)
                return replace(_collection(source, _parsed(copy.body)), copy_age=age)
        return None


def _collection(source: RegistrySource, registry: Registry) -> Collection:
    return Collection(Held.REGISTRY, source.words, registry, source.name)


def _from_file(source: RegistrySource) -> Collection:
    try:
        return _collection(source, _parsed(read_bounded(source.path or Path(source.name))))
    except (Unreadable, NoRegistry) as error:
        reason = f"the registry {error}" if isinstance(error, Unreadable) else str(error)
    problem = Diagnostic(Origin(source.name, 0, 0), BAD_REGISTRY, reason, f"give another: {_WAYS}")
    raise InvalidInput((problem,))


def _parsed(data: bytes) -> Registry:
    try:
        document = parse_json(data)
    except ValueError as error:
        raise NoRegistry(str(error)) from error
    return parse_registry(document)


def registry_source(text: str, root: Path, *, origin: Origin) -> RegistrySource:
    """The registry that `--registry` or a lock's `source` names. Raises InvalidInput at `origin`.

    A URL must be https (or http on this machine) and carry no login, query or fragment: it is committed with the lock.
    A path is relative to `root`.
    """
    if text in EDITIONS:
        return RegistrySource(text, url=EDITIONS[text])
    if text == SANDBOX:
        reason = "the sandbox's connectors are built in: there is no registry to lock them from"
    elif "://" in text:
        reason = _url_refusal(text)
    else:
        reason = "the registry has no name" if not text or "\0" in text else ""
    if reason:
        raise InvalidInput((Diagnostic(origin, BAD_REGISTRY, reason, _WAYS),))
    if "://" in text:
        return RegistrySource(text, url=text)
    return RegistrySource(_recorded(text, root), path=root / text)


def _url_refusal(text: str) -> str:
    """What is wrong with the address, never the address itself: it may hold a password."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "the registry is not a URL"
    if not text.isascii() or not text.isprintable() or " " in text or not host or port == 0:
        return "the registry is not a URL"
    if "@" in parts.netloc or "?" in text or "#" in text:
        return "the address of the registry holds a login, a query or a fragment, which would be committed"
    if parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host)):
        return ""
    return "the address of the registry is not https"


def _recorded(text: str, root: Path) -> str:
    """How the lock names a file: from the root where it is inside, so that no path of a machine is committed."""
    for absolute in (os.path.abspath, os.path.realpath):  # the project may have been reached by a link
        path, top = absolute(root / text), absolute(root)
        if os.path.commonpath((path, top)) == top:
            relative = Path(os.path.relpath(path, top)).as_posix()
            return f"./{relative}" if relative in (*EDITIONS, SANDBOX) else relative
    return text if os.path.isabs(text) else Path(os.path.relpath(root / text, root)).as_posix()
