"""Carry out a plan: safe creation and a true account of it.

Gets a plan and a client; knows nothing of files, terminals or exit. A create is the one act that cannot be
undone, so every rule about it stands in this room and nowhere else.
"""
