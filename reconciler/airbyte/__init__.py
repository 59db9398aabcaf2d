"""Airbyte's HTTP API behind one small interface: list, get one, create once.

    api.py         `TemplateApi`, the interface of every dialect, and the values it speaks in
    public.py      the public dialect (`config_templates`): what a call becomes on the wire. `connect` is the way in
    session.py     what dialects share: lanes, the token, retries of reads
    calls.py, answers.py, whole_list.py, refusals.py
                   the public dialect's requests, answers, partial lists, errors and outcomes of a create: pure
    reading.py     the live state of an organization through the interface
    probe.py       the questions of `doctor`

Does not belong here: HTTP itself (`reconciler.http`), what should exist, what to create, what to do after an unclear create
(`planning`, `applying`).
"""
