"""Carry out a plan: create safely, and say what became of each create.

Here belongs every rule about sending a create, which cannot be undone, and the journal of what was sent. Does not belong here:
terminals, exit codes, other files.
"""
