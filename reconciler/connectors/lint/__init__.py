"""What rules say about a manifest's form, presets and secrets, and the texts of every rule of the program. Pure.

    rules.json         every rule: id, title, severity, why, fix, example
    rules.py           how a finding is made of one, and what a project may change
    lint.py            the list of the lint checks (R5xx). Each `*_rules.py` has those of one subject
    subject.py         one manifest as the checks look at it
    secret_guard.py    secrets in git (R6xx). `secret_texts.py` judges a single text

Does not belong here: what the server would answer (`verdict`), and how a specification is read (`specification`).
"""
