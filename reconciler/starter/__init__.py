"""What `reconciler init` writes and says: the texts, and what is filled into them. Decides no path and writes nothing.

`texts/` holds the texts as they are, with `<<name>>` where something is filled in.
"""
