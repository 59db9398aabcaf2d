"""Text on disk to typed desired state: strict YAML with positions, manifest and project models, variables, editor schemas.

Belongs here: reading files under the manifest directory, and every rule that can be judged without a server. Does not belong
here: what a connector's specification implies (`connectors`), matching and comparing (`planning`), HTTP.
Importing this package loads nothing heavy. Its modules bring in yaml when they are used.
"""
