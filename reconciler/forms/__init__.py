"""The form that a customer sees, from a connection specification. Pure: values in, values and text out."""
