#!/usr/bin/env bash
# run.sh PROGRAM: becomes `PROGRAM ci COMMAND` with what the INPUT_ variables say. `exec`, so that a signal of the runner
# reaches the program and not a shell. Values of variables are never printed: they may be secrets.
set -euo pipefail

program=$1

case ${INPUT_COMMAND:-} in
  plan | apply | drift) ;;
  *)
    echo "command has to be plan, apply or drift" >&2
    exit 64
    ;;
esac

arguments=(ci "$INPUT_COMMAND" --chdir "${INPUT_DIRECTORY:-.}")
if [ -n "${INPUT_ENVIRONMENT:-}" ]; then
  arguments+=(--environment "$INPUT_ENVIRONMENT")
fi
read -r -a digests <<< "${INPUT_EXPECT_DIGEST:-}"
for digest in ${digests[@]+"${digests[@]}"}; do
  arguments+=(--expect-digest "$digest")
done
if [ -n "${INPUT_HTML:-}" ]; then
  arguments+=(--write "html=$INPUT_HTML")
fi

number=0
while IFS= read -r line; do
  number=$((number + 1))
  line=${line%$'\r'}
  if [[ -z ${line//[[:space:]]/} ]]; then
    continue
  fi
  if [[ ! $line =~ ^(RECONCILER_VAR_[A-Za-z0-9_]+)=(.*)$ ]]; then
    echo "variables, line $number: write RECONCILER_VAR_NAME=value" >&2
    exit 64
  fi
  export "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}"
done <<< "${INPUT_VARIABLES:-}"
unset INPUT_VARIABLES

exec "$program" "${arguments[@]}"
