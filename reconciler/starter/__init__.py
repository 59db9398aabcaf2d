"""The texts of `reconciler init`, and what is filled into them. `texts/` holds them, with `<<name>>` where something is filled in.

Does not belong here: choosing paths, writing files (`cli`).
"""
