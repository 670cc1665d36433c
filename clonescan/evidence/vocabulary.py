"""How rare a name is in the ecosystem: by the packages that use it, and by the words that it is made of."""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Set
from functools import cached_property

import numpy as np

from clonescan.background.store import Background
from clonescan.kinds.code.shapes import label_hash
from clonescan.kinds.code.symbols import ROLES

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+")


def words(name: str) -> list[str]:
    """The words of a name in snake_case, CamelCase or a path, in small letters."""
    return [word.lower() for word in _PART.findall(name)]


def spelled(names: Iterable[str]) -> str:
    """Names with their words between low lines, one a line, however they are written: `_pali_gemma_config_`."""
    return "\n".join(f"_{'_'.join(words(name))}_" for name in names)


class Vocabulary:
    """The names of the background's packages, but for those that are part of what is compared."""

    def __init__(self, background: Background, masked: frozenset[int]) -> None:
        self._background = background
        self._masked = masked
        self._shown = ~np.uint64(sum(1 << package for package in masked))
        self._beside: dict[frozenset[int], Vocabulary] = {}

    def beside(self, needed: Set[str]) -> Vocabulary:
        """The same for a repository that needs these packages (`a_name`): it has their names from there, whoever else
        holds them.
        """
        called = {n: {p.name.lower().replace("-", "_"), *p.names} for n, p in enumerate(self._background.packages)}
        masked = frozenset(number for number in self._masked if not called[number] & needed)
        if masked == self._masked:
            return self
        return self._beside.setdefault(masked, Vocabulary(self._background, masked))

    @cached_property
    def names(self) -> frozenset[str]:
        """What the other packages define, as far as the background knows their units: names of units and of modules."""
        known = [row for row in self._background.packed_units if row[0] not in self._masked]
        units = {unit for _, _, found in known for unit in found}
        modules = {path.removesuffix(".py").replace("/", ".") for _, path, _ in known}
        return frozenset(part for name in units | modules for part in name.split("."))

    @cached_property
    def spelled(self) -> str:
        """The words of all of them and of the symbols that several packages use."""
        return spelled(self.names | self._symbols)

    @cached_property
    def modules(self) -> frozenset[str]:
        """What may be imported without being in a repository: the standard library, and what packages import."""
        packages = (name for package in self._background.packages for name in (package.name, *package.names))
        return frozenset({*sys.stdlib_module_names, *packages, *_texts(self._background, ("module",))})

    @cached_property
    def _symbols(self) -> frozenset[str]:
        return frozenset(_texts(self._background, ROLES))

    @cached_property
    def _counts(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for part, times in Counter(_PART.findall("\n".join(self.names))).items():
            found[part.lower()] += times
        return found

    @cached_property
    def _total(self) -> int:
        return self._counts.total() + len(self._counts)

    def knows(self, name: str) -> bool:
        """Whether the ecosystem has this name, so that two repositories may both have it from there."""
        if name in self.names or name in self._symbols or name in self.modules:
            return True
        hashes = np.array([label_hash(label + name.encode()) for label in (b"name:", b"sym:")], np.uint64)
        return bool((self._background.occurrences(hashes) & self._shown).any())

    def unheard(self, word: str) -> bool:
        """Whether no name of the ecosystem has this word in it."""
        return not self._counts[word] and not self.knows(word)

    def bits(self, name: str) -> float:
        """How improbable the name is if its words are drawn one by one as the ecosystem's names have them.

        A unigram model with one added to every count (Laplace); words that go together make it an overestimate.
        """
        return math.fsum(math.log2(self._total / (self._counts[word] + 1)) for word in set(words(name)))


def _texts(background: Background, roles: tuple[str, ...]) -> set[str]:
    return {text.decode("utf-8", "replace") for role in roles for text in getattr(background.symbols, role)}
