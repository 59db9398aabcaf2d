"""What Airbyte's server does with a specification: infer, mock, merge, validate, store, serve. Pure.

`create` and `forms` are the server's steps, `schema_*` its validator, `java_*` the Java that both rest on. The sandbox answers by
these rules and the plan explains by them. Nothing here knows manifests, lint or locks.
"""
