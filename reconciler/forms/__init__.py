"""The form that a customer sees, from a connection specification. Pure: values in, values and text out.

    template_form.py   what a template's form is, and what it fixes
    build.py           the tree of `connectors/specification/form.py` as `parts.py`: words and controls, secrets masked
    html_form.py       the parts as markup. `html_control.py` is one control

Does not belong here: plans, files, servers, and how a specification is read.
"""
