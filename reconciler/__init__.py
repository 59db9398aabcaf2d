"""Declarative reconciler for Airbyte Embedded configuration templates.

The folders are the stages of a run: `manifests` (text to desired state), `airbyte` (HTTP to live state), `planning` (match, compare,
plan), `applying` (safe creation), `report` (one result, many formats), `connectors` (what a connector's specification implies),
`sandbox` (a local Airbyte), `cli` (one module a command). Code does not belong here, but in one of them.
"""

__version__ = "0.1.0"
