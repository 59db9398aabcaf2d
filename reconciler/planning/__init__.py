"""Match, compare, plan: pure functions from desired and live state to a plan.

The decision "create or not" is `plan.py:build_plan` over `match.py:match_templates`. Nothing here opens a
file, reads a clock or the environment, speaks to a network or logs; arguments are never changed; the same
inputs give the same plan.
"""
