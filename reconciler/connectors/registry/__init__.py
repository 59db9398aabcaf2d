"""The Connector Registry and connectors.lock.json.

    registry.py, lookup.py     a connector and a registry as values, and looking connectors up in several
    source.py, download.py     where a registry is, and how it is opened
    files.py                   files within limits, and the copies of downloaded registries
    authored.py                what the author of a connector has, as entries
    lock.py                    the lock as a text
    lock_change.py, spec_change.py    what goes into it, and what changed, in words

Only `source`, `download`, `files` and `lock_change` touch the network or the disk. The rest is pure. Does not
belong here: what a specification implies (`connectors.specification`, `server`).
"""
