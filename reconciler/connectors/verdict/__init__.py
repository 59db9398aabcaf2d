"""What the server would answer to a manifest's create, why, how to mend it, and what the customer would be asked. Pure."""
