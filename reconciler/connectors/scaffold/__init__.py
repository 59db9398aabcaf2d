"""A manifest from a connector's specification, ready to fill in. Pure."""
