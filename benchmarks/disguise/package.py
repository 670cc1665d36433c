"""A Python package as the disguise sees it: its files, parsed, and the names in it that are its own."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Package:
    """A folder of Python files, parsed, and the names in it that are its own.

    `modules` maps dotted names to paths. `attributes` and `keywords` are the names that nobody else defines,
    `self_attributes` those that it defines and that neither torch, Python nor an unknown base class reads;
    `parameters` tells for each of its functions and classes, by name, what may be passed by keyword; `identifiers`
    are all names in it, whatever they stand for, `defined` those that it brings into being (not by an import).
    """

    trees: Mapping[str, ast.Module]
    modules: Mapping[str, str]
    attributes: frozenset[str] = frozenset()
    self_attributes: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    parameters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    identifiers: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()

    def owns(self, dotted: str) -> bool:
        """Whether an import path leads into this package."""
        parts = dotted.split(".")
        return any(".".join(parts[:end]) in self.modules for end in range(1, len(parts) + 1))
