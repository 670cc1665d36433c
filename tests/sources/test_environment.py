"""Which Python environment is meant, told from files and variables alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sitepackages import environment as make

from clonescan.errors import SourceError
from clonescan.sources.environment import environment


@pytest.fixture
def python(tmp_path: Path) -> str:
    """A PATH with the python of an environment, which nobody may start."""
    make(tmp_path / "onpath")
    (tmp_path / "onpath" / "bin").mkdir()
    started = tmp_path / "started"
    (tmp_path / "onpath" / "bin" / "python").write_text(f"#!/bin/sh\ntouch {started}\n")
    (tmp_path / "onpath" / "bin" / "python").chmod(0o755)
    return str(tmp_path / "onpath" / "bin")


def test_the_active_environment_comes_before_that_of_the_project_and_that_on_the_path(
    tmp_path: Path, python: str
) -> None:
    for name in ("active", "conda", "project/.venv"):
        make(tmp_path / name)
    project = tmp_path / "project"
    virtual, conda = {"VIRTUAL_ENV": str(tmp_path / "active")}, {"CONDA_PREFIX": str(tmp_path / "conda")}
    found = environment("", {**virtual, **conda, "PATH": python}, project)
    assert (found.folder, found.found) == (tmp_path / "active", "the active environment (VIRTUAL_ENV)")
    assert found.sites == (tmp_path / "active/lib/python3.11/site-packages",)
    assert environment("", {**conda, "PATH": python}, project).folder == tmp_path / "conda"
    assert environment("", {"PATH": python}, project).folder == project / ".venv"
    found = environment("", {"PATH": python}, tmp_path)
    assert (found.folder, found.found) == (tmp_path / "onpath", "the environment of the python on the PATH")
    assert not (tmp_path / "started").exists()


def test_an_environment_that_is_gone_or_empty_of_packages_is_passed_over(tmp_path: Path, python: str) -> None:
    found = environment("", {"VIRTUAL_ENV": str(tmp_path / "gone"), "PATH": python}, None)
    assert found.folder == tmp_path / "onpath"


def test_without_any_it_is_the_one_that_clonescan_is_installed_in() -> None:
    assert environment("", {"PATH": ""}, None).folder == Path(sys.prefix)


@pytest.mark.parametrize("form", ["", "bin/python", "lib/python3.11/site-packages"])
def test_one_is_given_by_its_folder_its_python_or_its_packages(form: str, tmp_path: Path, python: str) -> None:
    found = environment(str(tmp_path / "onpath" / form), {"VIRTUAL_ENV": "/nowhere"}, None)
    assert found.sites == (tmp_path / "onpath/lib/python3.11/site-packages",)
    with pytest.raises(SourceError, match="no packages are installed there"):
        environment(str(tmp_path), {}, None)


def test_an_environment_that_lets_the_one_below_through_has_its_packages_too(tmp_path: Path) -> None:
    site, below = make(tmp_path / "above"), make(tmp_path / "below")
    config = f"home = {tmp_path / 'below' / 'bin'}\ninclude-system-site-packages = true\n"
    (tmp_path / "above" / "pyvenv.cfg").write_text(config)
    assert environment(str(tmp_path / "above"), {}, None).sites == (site, below)
