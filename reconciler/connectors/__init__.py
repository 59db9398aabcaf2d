"""What a connector's specification implies, and where specifications come from.

    server/          what Airbyte's server does with one: infer, mock, merge, validate, store, serve
    specification/   the one reading of a specification: nodes, places, the customer's form, OAuth, secrets
    verdict/         what the server would answer to a manifest, what helps, what the customer would be asked
    lint/            rules about forms, presets and secrets. The texts of every rule
    scaffold/        a manifest from a specification
    registry/        the Connector Registry and connectors.lock.json (the only part that touches network and disk)
    catalogue.py     the connectors that a run knows, and those that come with the package

Does not belong here: reading manifests, Airbyte's API, any decision about what to create. Nothing here changes an
argument. Results may share nested values with the arguments, so treat all of them as frozen.
"""
