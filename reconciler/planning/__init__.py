"""Match, compare, explain: pure functions from desired and live state to a plan.

`match.py` decides which manifest is created. `plan.py` puts the plan together. Here belongs what follows from values alone: the
same inputs give the same plan, and arguments are never changed. Does not belong here: files, clocks, the environment, network, logs.
"""
