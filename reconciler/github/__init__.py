"""GitHub: comments, the drift issue, step summaries, outputs. Takes finished text.

    actions.py      what the runner says about this run. Its summary and outputs
    client.py       the REST and GraphQL API of one repository
    refusals.py     GitHub's refusals as errors, members of its objects, the account behind the token: pure
    comments.py     our comments, found by their first line. The pull request of a commit, and who wrote a comment last
    drift_issue.py  the one issue of an environment's drift

Does not belong here: rendering, deciding what to create, HTTP itself (`reconciler.http`).
"""
