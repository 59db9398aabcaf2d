"""The one reading of a connector's specification, and of a form, which is a specification too. Pure.

    schema.py     what one node of a schema says: its fields, options, constants, marks
    place.py      what a specification says about one position of the configuration, over all options
    nodes.py      every node of a schema with its pointer
    form.py       the form that the customer sees, as a tree, in the order of the widget
    oauth.py      what `advanced_auth` says
    outline.py    the fields as a flat list for people
    secrets.py    where secrets are

Does not belong here: what the server does with a specification (`server`), and any opinion about it (`lint`).
"""
