"""What the server would answer to a manifest's create, why, how to repair it, and what the customer would be asked. Pure.

`verdict` gives the answer, `advice` and `refused` its causes, `remedies` and `ways` what helps. The server's own rules do not belong
here but to `connectors.server`, those about a good form to `connectors.lint`.
"""
