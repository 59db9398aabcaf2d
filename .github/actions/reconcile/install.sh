#!/usr/bin/env bash
# install.sh DIRECTORY: installs the checkout that this file lies in, and nothing else of that name, into a new virtual
# environment. Dependencies are the pinned wheels of requirements.txt: credentials follow in the same job, so no package
# may change under this commit, and no package's build code runs.
# -I everywhere: nothing is imported from the directory this starts in, which holds a contributor's files.
set -euo pipefail

target=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Python 3.11 or later is needed, and python3 is $(python3 -I --version 2>&1). Set python-version, or install one." >&2
  exit 1
fi
python3 -I -m venv --clear "$target"
pip=("$target/bin/python" -I -m pip --isolated --disable-pip-version-check --no-input install --quiet)
"${pip[@]}" --require-hashes --only-binary :all: -r "$here/requirements.txt"
"${pip[@]}" --no-index --no-deps --no-build-isolation "$here/../../.."
