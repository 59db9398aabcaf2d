"""A manifest from a connector's specification, ready to fill in. Pure.

`draft.py` decides what is asked and what is preset, `form.py` makes the fields of the form, `samples.py` finds values, `scaffold.py`
writes it down with comments, `yaml_text.py` is the writing. Does not belong here: reading manifests, the Connector Registry, files.
"""
