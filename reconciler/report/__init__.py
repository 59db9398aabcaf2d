"""One result, many renderings: pure functions from a plan or an apply result to text, a JSON document and an
exit code.

Everything a user sees and everything CI decides on is computed here from the same value. Nothing here writes.
"""
