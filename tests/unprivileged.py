"""clonescan as a user who may not read everything: the tests may run as root, to whom no folder is closed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import clonescan

ORDINARY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def run_unprivileged(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """What the command line says and returns to a user to whom modes of files apply."""
    root = os.geteuid() == 0
    if root and shutil.which(ORDINARY[0]) is None:
        pytest.skip("setpriv is not installed, and root may read everything")
    command = [*(ORDINARY if root else []), sys.executable, "-m", "clonescan", *arguments]
    environ = os.environ | {"PYTHONPATH": str(Path(clonescan.__file__).parents[1])}
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
