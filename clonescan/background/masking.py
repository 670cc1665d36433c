"""Which packages of the background are part of a scanned repository: those say nothing about how rare something is."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np

from clonescan.background.store import SKETCH_PRESENT, Background
from clonescan.fingerprint import Array
from clonescan.segments import distinct

PRESENT_SHARE = 0.2
"""A package of which a repository holds so many units is that package, a fork of it, or has it vendored: among the
background's own packages none holds more than a tenth of another."""


def present(background: Background, hashes: Array) -> Array:
    """For each package the share of its known units that a repository with these features (64-bit hashes) holds."""
    counts = np.zeros(len(background.packages))
    if len(background.unit_packages):
        _, units = background.sketched(distinct(hashes))
        hits = np.bincount(units, minlength=len(background.unit_packages))
        held = hits >= SKETCH_PRESENT * background.sketch_sizes
        counts += np.bincount(background.unit_packages[held], minlength=len(background.packages))
    sizes = np.array([max(1, package.units) for package in background.packages])
    shares: Array = counts / sizes
    return shares


def masked(background: Background, hashes: Array, names: Collection[str]) -> frozenset[int]:
    """The packages that a repository is or holds, by what it is called or by its content.

    Many repositories hold all of one that is there for its tokenizer: by content it is not the same.
    """
    shares = present(background, hashes)
    return frozenset(
        number
        for number, package in enumerate(background.packages)
        if (shares[number] >= PRESENT_SHARE and package.code)
        or (shares[number] > 0 and any(_same(package.name, name) for name in names))
    )


def _same(package: str, name: str) -> bool:
    """Whether a repository is called like a package, with or without a version as the files of its releases have it."""
    plain, called = (re.sub(r"[-_.]+", "-", text.lower()) for text in (package, name.rsplit("/", 1)[-1].split(" ")[0]))
    return re.fullmatch(rf"{re.escape(plain)}(-v?\d.*)?", called) is not None
