"""What a connector's specification implies: the served form, inference, mock values, the merge, the server's
verdict, secrets.

Belongs here: what Airbyte's public-dialect server concludes from a specification, as pure functions over
JSON values, and the catalogue in which a manifest's connector is looked up. Does not belong here: manifests,
HTTP, storage, any decision about what to create. Nothing here mutates an argument; results may share nested
values with the arguments, so treat all of them as frozen.
"""
