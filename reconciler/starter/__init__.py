"""What `reconciler init` writes: the texts and what is filled into them. Decides no path and writes nothing.

`texts/` holds the files as they are, with `<<name>>` where something is filled in.
"""
