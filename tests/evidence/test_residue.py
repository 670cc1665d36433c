"""Residue: names that only the other repository defines are found with their places, and hardly anything else."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from clonescan.background import open_background
from clonescan.entities import Residue
from clonescan.evidence.vocabulary import Vocabulary
from clonescan.scan import scan
from clonescan.settings import Settings

FIXTURES = Path(__file__).parents[2] / "fixtures"
SETTINGS = Settings(use_cache=False, jobs=1)

ORIGINAL = {
    "quillon/__init__.py": "",
    "quillon/modeling_quillon.py": 'class QuillonPerceiverAdapter:\n    model_type = "quillonx"\n\n    def f(self):\n'
    "        return self.layers(17)\n",
    "quillon/warbler.py": "def gather_slanted_windows(x):\n    return x.unfold(3, 7)\n",
    "quillon/slanted_canopy.py": "class SlantedCanopyMixer:\n    def g(self):\n        return 1\n",
    "quillon/utils.py": "class Model:\n    def test(self):\n        return self.config\n",
}


def write(folder: Path, files: Mapping[str, str]) -> str:
    """The path of a folder with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return str(folder)


def found(tmp_path: Path, copy: Mapping[str, str]) -> list[tuple[str, str, str, int, str]]:
    """What is reported of a copy of `ORIGINAL`: what, name, path, line, and where it is defined."""
    sources = [write(tmp_path / "copy", copy), write(tmp_path / "first", ORIGINAL)]
    rows = scan(sources, SETTINGS).residue
    assert all((row.repository, row.other) == ("copy", "first") for row in rows)
    return [(row.what, row.name, row.path, row.line, row.defined_path) for row in rows]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("x = 1\n# see QuillonPerceiverAdapter\n", ("class", "QuillonPerceiverAdapter", "quillon/modeling_quillon.py")),
        ("x = 1\n#SlantedCanopyMixer\n", ("class", "SlantedCanopyMixer", "quillon/slanted_canopy.py")),
        ("x = 1\ny = 'a/b--c.SlantedCanopyMixer'\n", ("class", "SlantedCanopyMixer", "quillon/slanted_canopy.py")),
        ('"""As\nthe gather_slanted_windows()."""\n', ("function", "gather_slanted_windows", "quillon/warbler.py")),
        ("x = 1\nfrom quillon.warbler import f\n", ("import", "quillon.warbler", "quillon/warbler.py")),
        ("x = 1\nimport quillon\n", ("import", "quillon", "quillon/__init__.py")),
        ("x = 1\ntry:\n  from .warbler import f\nexcept E: pass\n", ("import", ".warbler", "quillon/warbler.py")),
        ("x = 1\ny = 'quillon/warbler.py'\n", ("path", "quillon/warbler.py", "quillon/warbler.py")),
        ("x = 1\ny = 'quillon_cache.bin'\n", ("repository", "quillon_cache.bin", "quillon/__init__.py")),
        ("x = 1\n# adapted from Quillon\n", ("repository", "Quillon", "quillon/__init__.py")),
        ("x = 1\ncheck(model_type='quillonx')\n", ("model type", "quillonx", "quillon/modeling_quillon.py")),
        ("x = 1\nmap = {'A': 'modeling_quillon.B'}\n", ("module", "modeling_quillon", "quillon/modeling_quillon.py")),
    ],
)  # fmt: skip
def test_each_kind_of_name_is_found_at_its_place(tmp_path: Path, text: str, row: tuple[str, str, str]) -> None:
    what, name, defined = row
    line = 3 if ".warbler" in name and what == "import" and name.startswith(".") else 2
    path = "kit/part.py"
    if what == "model type":
        path, text = "kit/part.ipynb", _notebook(text)
    assert (what, name, f"{path}#cell-1" if path.endswith("ipynb") else path, line, defined) in found(
        tmp_path, {path: text}
    )


def test_a_definition_in_a_notebook_is_placed_in_its_cell_as_matches_are(tmp_path: Path) -> None:
    defined = "x = 1\ndef gather_slanted_windows(x):\n    return x.unfold(3, 7)\n"
    sources = [
        write(tmp_path / "copy", {"kit/part.py": "x = 1\n# see gather_slanted_windows\n"}),
        write(tmp_path / "first", {"own.ipynb": _notebook(defined)}),
    ]
    [row] = scan(sources, SETTINGS).residue
    assert (row.defined_path, row.defined_line) == ("own.ipynb#cell-1", 2)


@pytest.mark.parametrize(
    ("path", "text", "row"),
    [
        ("README.md", "# Kit\n\npip install -U quillon\n", ("repository", "quillon", 3)),
        ("README.md", "# Quillon\n\nWords.\n", ("repository", "Quillon", 1)),
        ("docs/use.rst", "Load it\n``load('quillon/quillon-7b')``.\n", ("repository", "quillon/quillon-7b", 2)),
        ("kit/README", "See\nQuillonPerceiverAdapter.\n", ("class", "QuillonPerceiverAdapter", 2)),
        ("README.md", "```\nfrom quillon.warbler import f\n```\n", ("path", "quillon.warbler", 2)),
        ("pyproject.toml", "[project]\nname = 'quillon'\n", ("repository", "quillon", 2)),
        ("setup.cfg", "[metadata]\nname = quillon\n", ("repository", "quillon", 2)),
        ("kit-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: quillon\n", ("repository", "quillon", 2)),
        ("CITATION.cff", "cff-version: 1.2.0\ntitle: Quillon\n", ("repository", "Quillon", 2)),
    ],
)
def test_documents_are_read_for_what_they_mention(
    tmp_path: Path, path: str, text: str, row: tuple[str, str, int]
) -> None:
    rows = found(tmp_path, {"kit/part.py": "x = 1\n", path: text})
    assert row in [(what, name, line) for what, name, at, line, _ in rows if at == path]
    assert all(at == path for _, _, at, *_ in rows)


DEPENDENTS = {
    "pyproject.toml": '[project]\nname = "kit"\ndependencies = [\n  "numpy",\n  "quillon[extra]>=1",\n]\n',
    "setup.cfg": "[options]\ninstall_requires =\n    numpy\n    quillon>=1\n",
    "setup.py": "from setuptools import setup\nsetup(name='kit', install_requires=['numpy', 'quillon>=1'])\n",
    "requirements-dev.txt": "numpy\nquillon==1.0\n",
    "kit-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: kit\nRequires-Dist: quillon (>=1)\n",
}


@pytest.mark.parametrize("path", DEPENDENTS)
def test_what_a_package_says_that_it_needs_is_meant_and_not_left_over(tmp_path: Path, path: str) -> None:
    used = {"kit/part.py": "import quillon\n# see QuillonPerceiverAdapter\n", "README.md": "pip install quillon\n"}
    assert len(found(tmp_path / "without", used)) == 3
    assert found(tmp_path / "with", used | {path: DEPENDENTS[path]}) == []


def test_a_name_that_holds_several_names_of_the_repository_stands_for_the_one_that_is_a_word_of_it(
    tmp_path: Path,
) -> None:
    inside = {f"{name}/__init__.py": "" for name in ("quillo", "uillon", "illon", "quil", "uillo", "illo")}
    sources = [
        write(tmp_path / "copy", {"kit/part.py": "x = 1\ny = 'quillon_cache.bin'\n"}),
        write(tmp_path / "first", ORIGINAL | inside),
    ]
    rows = scan(sources, SETTINGS).residue
    assert [(row.name, row.defined_path) for row in rows] == [("quillon_cache.bin", "quillon/__init__.py")]


def _notebook(text: str) -> str:
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": text}]})


@pytest.mark.parametrize(
    "text",
    [
        "# the Model of utils, see test and config\nfrom .network import f\n",
        "class QuillonPerceiverAdapter:\n    '''QuillonPerceiverAdapter is ours.'''\n",
        "import torch, numpy\nfrom transformers.models.bert import BertModel\nfrom torch.nn import Linear\n",
        "# torch.nn.gather_slanted_windows is torch's\n",
        "# GATHER SLANTED WINDOWS, gather-slanted-windows, warbler\n",
        "# https://birds.org/page.html#SlantedCanopyMixer and [it](#SlantedCanopyMixer)\n",
        "load('somebody/SlantedCanopyMixer')\n",
        "load('slanted_canopy.json')\n",
        "# as in SlantedCanopyMixer\nclass BestSlantedCanopyMixerOutput:\n    pass\n",
        "# as in SlantedCanopyMixer\ndef slanted_canopy_mixer_loss(x):\n    return x\n",
    ],
)
def test_what_is_everyones_or_ones_own_is_nothing(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, {"kit/part.py": text, "kit/network.py": "x = 1\n"}) == []


def test_a_package_of_the_ecosystem_that_is_imported_is_used_and_not_left_over(tmp_path: Path) -> None:
    """Its own name is told by its packages, of which "recipes" is no name."""
    original = {"timm/__init__.py": "", "recipes/__init__.py": "", **ORIGINAL}
    first = write(tmp_path / "first", {path: text for path, text in original.items() if "quillon/__init__" not in path})
    for line, left in (("import timm", 0), ("from . import timm", 1), ("import quillon_extras", 1)):
        text = f"{line}\n# see QuillonPerceiverAdapter and the timm-recipes\n"
        rows = scan([write(tmp_path / "copy", {"kit/part.py": text}), first], SETTINGS).residue
        assert [row.name for row in rows] == ["QuillonPerceiverAdapter"] * left


def test_who_needs_a_package_has_its_names_from_there_whoever_else_holds_them() -> None:
    background = open_background("default")
    timm = next(number for number, package in enumerate(background.packages) if package.name == "timm")
    hidden = Vocabulary(background, frozenset({timm}))
    own = next(name for name in sorted(Vocabulary(background, frozenset()).names) if not hidden.knows(name))
    assert hidden.beside({"timm"}).knows(own)
    assert not hidden.beside({"torchvision"}).knows(own)


def test_vendored_files_mention_what_they_like(tmp_path: Path) -> None:
    assert found(tmp_path, {"third_party/part.py": "# see QuillonPerceiverAdapter\n", "kit/part.py": "x = 1\n"}) == []


def test_nothing_is_said_without_a_background(tmp_path: Path) -> None:
    sources = [write(tmp_path / "copy", {"a.py": "import quillon\n"}), write(tmp_path / "first", ORIGINAL)]
    assert scan(sources, replace(SETTINGS, background="none")).residue == ()


def known() -> set[tuple[str, str, str, str, int]]:
    """What was left in the disguised fixture."""
    rows = tomllib.loads((FIXTURES / "TRUTH.toml").read_text(encoding="utf-8"))["residue"]
    return {
        (row["what"], row["name"], row["original"]["path"], row["disguised"]["path"], _line(row["disguised"]))
        for row in rows
    }


def _line(place: Mapping[str, str]) -> int:
    lines = (FIXTURES / "disguised" / place["path"]).read_text(encoding="utf-8").splitlines()
    [number] = [number for number, line in enumerate(lines, 1) if place["text"] in line]
    return number


def fixtures(*names: str, jobs: int = 1) -> tuple[Residue, ...]:
    """The residue between these fixtures."""
    return scan([str(FIXTURES / name) for name in names], replace(SETTINGS, jobs=jobs)).residue


def test_the_left_overs_of_the_disguised_fixture_and_nothing_else() -> None:
    rows = fixtures("original", "disguised", "bystander")
    assert {(row.what, row.name, row.defined_path, row.path, row.line) for row in rows} == known()
    assert {(row.repository, row.other) for row in rows} == {("disguised", "original")}
    assert [row.rarity for row in rows] == sorted((row.rarity for row in rows), reverse=True)


def test_swapping_the_sides_swaps_the_rows_and_nothing_else_matters() -> None:
    assert fixtures("disguised", "original") == fixtures("original", "disguised") == fixtures(
        "original", "disguised", jobs=2
    )
