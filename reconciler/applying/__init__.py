"""Carry out a plan: safe creation and a true account of it.

Here belongs every rule about sending a create, the one act that cannot be undone, and the journal of what was sent. Terminals, exit
codes and other files do not.
"""
