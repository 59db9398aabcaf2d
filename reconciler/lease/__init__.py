"""A lease that makes two applies exclusive, kept on a ref of a git remote.

`lease.py` has the rules and why they hold, `record.py` what a lease says, `remote.py` compare-and-swap on a remote, `git.py`
one git command. Belongs here: git and time. Does not belong here: Airbyte, plans, output.
"""
