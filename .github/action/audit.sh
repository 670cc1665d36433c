#!/usr/bin/env bash
# Audits the project and leaves the report as SARIF and JSON, and in the job's summary. Used by action.yml.
# Inputs come as environment variables and are passed on as arguments: nothing of them is read as a command.
set -euo pipefail

out="${RUNNER_TEMP:?}/clonescan-report"
arguments=(--quiet --out "$out" --format sarif --format json --format markdown)
[[ -z "${SINCE:-}" ]] || arguments+=("--since=$SINCE")
[[ -z "${ENVIRONMENT:-}" ]] || arguments+=("--environment=$ENVIRONMENT")
[[ -z "${BASELINE:-}" ]] || arguments+=("--baseline=$BASELINE")
[[ -z "${FAIL_AT:-}" ]] || arguments+=("--fail-at=$FAIL_AT")
while IFS= read -r source; do
  [[ -z "$source" ]] || arguments+=("--against=$source")
done <<< "${AGAINST:-}"

code=0
"${CLONESCAN:-clonescan}" audit "${arguments[@]}" -- "${PROJECT:-.}" || code=$?
if [[ -f "$out/report.sarif" && $code -le 1 ]]; then
  {
    echo "sarif=$out/report.sarif"
    echo "json=$out/report.json"
  } >> "$GITHUB_OUTPUT"
  cat "$out/report.md" >> "$GITHUB_STEP_SUMMARY"
fi
exit "$code"
