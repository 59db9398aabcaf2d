"""Airbyte's HTTP API behind one small interface, in the dialect that a server speaks.

    api.py         `TemplateApi`, the interface, and the values it speaks in
    client.py      `connect`, the way in, and the `TemplateApi` of every dialect
    dialect.py     `DialectRules`: what a dialect has to know
    public.py      the public dialect (`config_templates`): requests, answers, what a refusal proves. Pure
    agents.py, agents_members.py, agents_refusals.py
                   the agents dialect (the Agent API): requests and answers, names of members, what a refusal proves. Pure
    session.py     lanes, the token, retries of reads
    calls.py, answers.py, whole_list.py, refusals.py
                   what the requests, answers, lists and refusals of every dialect have in common. Pure
    reading.py     the live state of an organization through the interface

Does not belong here: HTTP itself (`reconciler.http`), what should exist, what to create, what to do after an unclear create
(`planning`, `applying`).
"""
