"""GitHub: comments, the drift issue, step summaries, outputs. Takes finished text.

    actions.py      what the runner says about this run
    client.py       the REST and GraphQL API of one repository, and the account behind the token
    refusals.py     GitHub's refusals as errors, members of its objects: pure
    marker.py       the first line by which a text of ours is found again: pure
    comments.py, drift_issue.py, reviewed.py    one thing each, over the client
    files.py        the runner's files: summary and outputs

Does not belong here: rendering, deciding what to create, HTTP itself (`reconciler.http`).
"""
