"""The small catalogue of connectors that the sandbox knows without any lock.

Ids, field names, types, defaults and bounds are those of the real connectors; descriptions are our own
words, and long specifications are cut. One connector each of: optional fields only, nested OAuth
credentials, `oneOf` whose mock is refused, no `required` (inference fails), plain API keys.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from reconciler.connectors.catalogue import Catalogue
from reconciler.connectors.registry.lock import read_lock

_FILE = "builtin.lock.json"


def builtin_lock() -> str:
    """The text of the built-in lock."""
    return resources.files("reconciler.connectors").joinpath(_FILE).read_text(encoding="utf-8")


@cache
def builtin_catalogue() -> Catalogue:
    """The built-in connectors; read from the package once, on first use."""
    return Catalogue(read_lock(builtin_lock(), _FILE))
