"""The form that a customer sees, from a connection specification. Pure: values in, values and text out.

`of_template` -> `parts.Form` -> `html_form`: what a template's form is, then as markup. Knows no plan, no file, no server.
"""
