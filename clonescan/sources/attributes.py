"""Tells from a tree's `.gitattributes` which files are in Git LFS, before anything of them is fetched."""

from __future__ import annotations

from collections.abc import Mapping

import pathspec


class Attributes:
    """The attributes of a tree, as far as they say what is in Git LFS."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """`files`: the contents of all `.gitattributes`, by their paths from the top of the tree."""
        found = {path.rpartition("/")[0]: _spec(content) for path, content in files.items()}
        self._specs = sorted(found.items(), key=lambda item: -len(item[0]))

    def in_lfs(self, path: str) -> bool:
        """Whether the file at this path, from the top of the tree, is kept in Git LFS: the nearest file decides."""
        for folder, spec in self._specs:
            inside = f"{folder}/" if folder else ""
            if path.startswith(inside):
                said = spec.check_file(path.removeprefix(inside)).include
                if said is not None:
                    return said
        return False


def _spec(content: bytes) -> pathspec.GitIgnoreSpec:
    """The patterns for which a filter is set; those with another one than Git LFS are exceptions."""
    lines = []
    for line in content.decode("utf-8", "replace").splitlines():
        pattern, *attributes = line.split() or [""]
        filters = [one for one in attributes if one.lstrip("-!").partition("=")[0] == "filter"]
        if filters and not pattern.startswith(("#", "!", '"', "[attr]")):
            lines.append(pattern if filters[-1] == "filter=lfs" else f"!{pattern}")
    return pathspec.GitIgnoreSpec.from_lines(lines)
