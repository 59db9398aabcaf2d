"""Carry out a plan: safe creation and a true account of it.

Gets a plan, a client and the journal of creates; knows nothing of terminals or exit, and of no file but the journal's. A create
is the one act that cannot be undone, so every rule about it is in this room and nowhere else.
"""
