#!/usr/bin/env bash
# Installs clonescan beside the job's own Python packages, so that neither changes the other. Used by action.yml.
set -euo pipefail

tools="${RUNNER_TEMP:?}/clonescan"
python3 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH"
echo "CLONESCAN=$tools/bin/clonescan" >> "$GITHUB_ENV"
