"""What Airbyte's server does with a specification: infer, generate test values, merge, validate, store, serve. Pure.

`create` and `forms` are the server's steps, `schema_*` its validator, `java_*` the rules of Java that both use. The sandbox answers by
these rules and the plan explains by them. Does not belong here: manifests, lint, locks.
"""
