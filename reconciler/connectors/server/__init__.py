"""What Airbyte's server does with a specification: infer, mock, merge, validate, store, serve. Pure.

The sandbox answers by these rules and the plan explains by them; they know nothing of manifests, lint or locks.
"""
