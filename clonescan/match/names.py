"""The names in all scanned files as numbers: those of statements and units, and the parts of dotted ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import File
from clonescan.segments import offsets


@dataclass(frozen=True, eq=False)
class Names:
    """Names by number, the empty one being 0.

    The parts of name n, from the last, are `parts[part_offsets[n]:part_offsets[n + 1]]`. `units`: of each unit.
    Statement s of the corpus names `names[name_offsets[s]:name_offsets[s + 1]]`.
    """

    strings: Sequence[str]
    parts: Array
    part_offsets: Array
    units: Array
    name_offsets: Array
    names: Array


def names(files: Sequence[File]) -> Names:
    """Number the names of these files."""
    numbers: dict[str, int] = defaultdict(lambda: len(numbers), {"": 0})
    units, named, counts = [], [], []
    for file in files:
        found = file.fingerprint
        here = np.fromiter(map(numbers.__getitem__, found.strings), np.int64, len(found.strings))
        units.append(here[found.unit_names])
        named.append(here[found.names])
        counts.append(np.diff(found.name_offsets))
    parts = [name.split(".")[::-1] for name in numbers]
    flat = [numbers[part] for split in parts for part in split]
    sizes = [len(split) for split in parts] + [0] * (len(numbers) - len(parts))
    nothing = np.empty(0, np.int64)
    return Names(
        strings=list(numbers),
        parts=np.array(flat, np.int64),
        part_offsets=offsets(np.array(sizes, np.int64)),
        units=np.concatenate([nothing, *units]),
        name_offsets=offsets(np.concatenate([nothing, *counts])),
        names=np.concatenate([nothing, *named]),
    )
