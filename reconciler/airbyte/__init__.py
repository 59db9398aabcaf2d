"""Airbyte's HTTP API behind one small interface: list, get one, create once.

Belongs here: requests, deadlines, tokens, retries of reads, the shape of answers, the classes of a create's
outcome. Does not belong here: what should exist, what to create, what to do after an unclear create
(`planning`, `applying`).

Start at `api.py` (the interface), then `public.py` (who does what for one call). Only `connection`,
`network`, `exchange` and `public` import httpx; everything else is pure or depends on the interface alone.
"""
