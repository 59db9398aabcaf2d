"""The values that rooms exchange: frozen, without input or output.

Belongs here: what two or more rooms exchange. Does not belong here: rules (planning), reading, writing,
rendering.
"""
