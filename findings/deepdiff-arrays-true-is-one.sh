#!/usr/bin/env bash
# deepdiff 8.6.1 (PyPI) tells `1` from `true` in objects, and calls them equal inside arrays.
#
# One would guess that a type change is reported wherever it is: `{"a": 1}` against `{"a": true}` is a `type_changes`, and so is the first
# item of `[1, 2]` against `[true, 2]` with `ignore_order=True`. Without that option the same two arrays are "no difference".
# Seen: {} for the arrays, a type change for the objects.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check deepdiff==8.6.1
"$work/venv/bin/python" - <<'PY'
from deepdiff import DeepDiff

in_arrays = DeepDiff([1, 2], [True, 2])
in_objects = DeepDiff({"a": 1}, {"a": True})
unordered = DeepDiff([1, 2], [True, 2], ignore_order=True)
print("arrays:", in_arrays, "| objects:", sorted(in_objects), "| arrays with ignore_order:", sorted(unordered))
assert in_arrays == {}
assert sorted(in_objects) == sorted(unordered) == ["type_changes"]
PY
