"""What a config file holds: its units, and in each the values with their paths and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from clonescan.kinds.code.source import to_utf8
from clonescan.kinds.config import spelling
from clonescan.kinds.config.data import ROW, is_data, size, table
from clonescan.kinds.config.formats import READERS
from clonescan.kinds.config.paths import format_of
from clonescan.kinds.config.tree import (
    LEFT,
    MAX_DEPTH,
    MAX_LEAVES,
    MULTIPLIED,
    TOO_DEEP,
    Document,
    Read,
    Scalar,
    Section,
)
from clonescan.kinds.interface import Foreign, Unreadable

HEAD = 256_000
"""Bytes of a file that are read, set by hand: configs that people write and read end far below."""

LEAST = 3
"""Values that make a unit; fewer tell nothing."""

LARGE = 250
"""Values from which a document is cut into its sections: what was copied of it is then a unit, not a small part."""

LARGE_SECTION = 12
"""Values that make such a section a unit; what is in smaller ones stays together."""

SAMPLE = 6
"""Values of a table that are compared one by one. So many that nobody else has make a match, and no table, however
long, outweighs a config."""

BOMB = 100_000
"""Values that a document of fewer bytes can only hold behind aliases of aliases. Where they repeat a table of data,
there are some thousands."""

TRUNCATED = f"longer than {HEAD:,} bytes; its beginning is compared"
LOST = "too little could be read to compare it"
_TEMPLATE = re.compile(rb"^[ \t-]*\{[{%]", re.MULTILINE)
"""A line of a template, of which a config is made elsewhere."""

MANY = f"more than {MAX_LEAVES:,} values; the first of them are compared"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value, a short row of them or a table: the keys that lead to it, without the places in rows; its parts, each in
    the one spelling; the section that it stands in, by number; and its lines. `sample`: a few of the values of a table.
    """

    path: tuple[str, ...]
    text: str
    parts: tuple[str, ...]
    is_row: bool
    section: int
    line: int
    end: int
    sample: Sequence[Scalar] = ()

    @property
    def key(self) -> str:
        """The last key, in the one spelling."""
        return spelling.key(self.path[-1]) if self.path else ""

    @property
    def parent(self) -> str:
        """The key before it, in the one spelling."""
        return spelling.key(self.path[-2]) if len(self.path) > 1 else ""

    @property
    def sampled(self) -> list[str]:
        """The values of the sample, in the one spelling."""
        return [spelling.value(scalar.text) for scalar in self.sample]

    @property
    def value(self) -> str:
        """The value in the one spelling."""
        return f"[{', '.join(self.parts)}]" if self.is_row else self.parts[0]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is matched: a document or a large section of one. Leaves in reading order."""

    name: str
    leaves: Sequence[Leaf]

    @property
    def start(self) -> int:
        """The first line."""
        return min(leaf.line for leaf in self.leaves)

    @property
    def end(self) -> int:
        """The last line."""
        return max(leaf.end for leaf in self.leaves)


@dataclass(frozen=True, slots=True)
class Units:
    """All of a file, and what could not be read of it."""

    units: Sequence[Unit]
    notes: tuple[str, ...]


def read(path: str, data: bytes) -> Units:
    """The units of a file. Raises Unreadable, or Foreign if it is no config."""
    form = format_of(path)
    assert form is not None, path
    is_head = form != "python" and len(data) >= HEAD
    found = READERS[form](to_utf8(data[:HEAD].rpartition(b"\n")[0] or data[:HEAD] if is_head else data))
    walk = _Walk()
    units = [unit for document in found.documents if not is_data(document.root) for unit in _cut(document, walk)]
    if not units:
        if TOO_DEEP in found.notes:
            raise Unreadable(TOO_DEEP)
        if any(size(document.root) > max(BOMB, len(data)) for document in found.documents):
            raise Unreadable(MULTIPLIED)
        broken = [note for note in found.notes if note.endswith(LEFT)]
        if broken and not is_head and form != "ini" and not _TEMPLATE.search(data) and _may_be_config(found):
            raise Unreadable(broken[0].replace(LEFT, LOST))
        raise Foreign
    notes = {TRUNCATED} if is_head else {*found.notes}  # a file that was cut holds syntax errors
    return Units(units, tuple(sorted(notes | walk.notes)))


def _may_be_config(found: Read) -> bool:
    """Whether a file that is broken could be a config: what was read of it is nothing, or keys that are no data."""
    return all(
        document.root.keyed and (not size(document.root) or not is_data(document.root)) for document in found.documents
    )


def _cut(document: Document, walk: _Walk) -> Iterator[Unit]:
    """A document as one unit, or as its large sections and the rest."""
    leaves = list(walk.leaves(document.root))
    if len(leaves) < LARGE:
        if len(leaves) >= LEAST:
            yield Unit(document.name, leaves)
        return
    parts: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        parts.setdefault(leaf.path[0] if len(leaf.path) > 1 else "", []).append(leaf)
    small = [leaf for key, part in parts.items() if not key or len(part) < LARGE_SECTION for leaf in part]
    if len(small) >= LEAST:
        yield Unit(document.name, small)
    for key, part in parts.items():
        if key and len(part) >= LARGE_SECTION:
            yield Unit(key if document.name == "<config>" else f"{document.name} {key}", part)


class _Walk:
    """Walks the documents of one file, MAX_LEAVES in all: what stands under many keys is counted for each."""

    def __init__(self) -> None:
        self.left = MAX_LEAVES
        self.sections = 0
        self.around: set[int] = set()
        self.notes: set[str] = set()

    def leaves(self, root: Section) -> Iterator[Leaf]:
        """The values of a document in reading order."""
        yield from self.section(root, (), 0)

    def section(self, section: Section, path: tuple[str, ...], depth: int) -> Iterator[Leaf]:
        """The values of a section; where it stands in itself, as a record can, there is nothing."""
        self.sections += 1
        number = self.sections
        self.around.add(id(section))
        for key, node in section.entries:
            here = (*path, key) if key else path
            if self.left <= 0 or self.sections > BOMB:
                self.notes.add(MANY if self.left <= 0 else MULTIPLIED)
                return
            if isinstance(node, Scalar):
                self.left -= 1
                yield Leaf(here, node.text, (spelling.value(node.text),), False, number, node.line, node.end)
            elif plain := table(node):
                self.left -= 1
                yield _table(here, number, node, plain)
            elif (row := _row(node)) is not None:
                self.left -= 1
                texts, parts, is_row = row
                yield Leaf(here, texts, parts, is_row, number, node.line, node.end)
            elif depth < MAX_DEPTH and id(node) not in self.around:
                yield from self.section(node, here, depth + 1)
        self.around.discard(id(section))


def _table(path: tuple[str, ...], number: int, section: Section, plain: Sequence[Scalar]) -> Leaf:
    """A table as one value, and of the different values in it those that have the lowest hashes: a table that lost or
    changed a tenth keeps most of them (Broder's bottom-k sketch, 1997).
    """
    values = {spelling.value(node.text): node for node in reversed(plain)}
    digests = {value: blake2b(value.encode("utf-8", "replace"), digest_size=8).digest() for value in values}
    whole = blake2b(b"".join(digests[spelling.value(node.text)] for node in plain), digest_size=6)
    word = f"{len(section)} values {whole.hexdigest()}"
    sample = [values[value] for value in sorted(values, key=digests.__getitem__)[:SAMPLE]]
    lines = sorted(sample, key=lambda node: (node.line, node.text))
    return Leaf(path, word, (word,), False, number, section.line, section.end, lines)


def _row(section: Section) -> tuple[str, tuple[str, ...], bool] | None:
    """A short row of plain values or nothing as text and parts; None for a section that is more."""
    if not len(section):
        word = "{}" if section.keyed else "[]"
        return word, (word,), False
    items = [node.text for node in section.values if isinstance(node, Scalar)]
    if section.keyed or len(items) < len(section) or len(items) > ROW:
        return None
    return f"[{', '.join(items)}]", tuple(spelling.value(item) for item in items), True
