"""The values that travel between the rooms: frozen, without behaviour that touches the outside.

Belongs here: what two or more rooms exchange. Does not belong here: rules (planning), reading, writing,
rendering.
"""
