"""The Connector Registry and connectors.lock.json: reading, keeping, writing, and what a change of a specification means.

`source`, `download`, `cache`, `files` and `lock_present` touch the network and the disk; the rest is pure.
"""
