"""Match, compare, explain: pure functions from desired and live state to a plan.

Which manifest is created is decided in `match.py`. `plan.py` puts the plan together. Here belongs what follows from values alone.
Nothing here opens a file, reads a clock or the environment, speaks to a network or logs. Arguments are never changed. The same
inputs give the same plan.
"""
