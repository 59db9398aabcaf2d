"""A lease that makes two applies exclusive, kept on a ref of the git remote.

`lease.py` has the argument why it holds and where it ends. Knows git and time; nothing of Airbyte, plans or output.
"""
