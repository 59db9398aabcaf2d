"""Declarative reconciler for Airbyte Embedded configuration templates.

The folders are the stages of a run: `manifests` (text to desired state), `airbyte` (HTTP to live state),
`planning` (match, compare, plan; pure), `applying` (safe creation), `report` (one result, many renderings; pure),
`connectors` (what a connector's specification implies), `sandbox` (a local Airbyte), `cli` (one module a command).
"""

__version__ = "0.1.0"
