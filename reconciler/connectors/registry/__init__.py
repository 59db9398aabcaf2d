"""The Connector Registry and connectors.lock.json.

    entry.py                       one connector, as a registry lists it and a lock records it
    registry.py, lookup.py         a registry as a value, and looking connectors up in several
    source.py, download.py, cache.py, files.py    where a registry is, and how it is opened
    authored.py                    what the author of a connector has, as entries
    lock.py, lock_choice.py, lock_change.py       the lock: read and write, choose, say what changed
    spec_change.py                 what a change of a specification means, in words

Only `source`, `download`, `cache`, `files` and the last part of `lock` touch the network or the disk; the rest is pure. Does not
belong here: what a specification implies (`connectors.specification`, `server`).
"""
