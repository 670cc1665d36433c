"""From a tensor map to its fingerprint: forms of subtrees, repeated blocks with their shapes, odd dimensions, names.

How wide a model is, is one choice, from which nearly all of its shapes follow. Shapes are therefore no features one by
one; they count once for each block and once for the map as a whole. Forms are features at every level, and how common
each is in the layouts that everybody has, the background knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from clonescan.fingerprint import ANCHOR, NAME, STRUCTURE, Fingerprint
from clonescan.kinds.builder import Builder
from clonescan.kinds.checkpoint.tensors import TensorMap
from clonescan.kinds.checkpoint.tree import LEAST_TENSORS, Forest, Node, is_free, trunk
from clonescan.kinds.code.symbols import Symbols
from clonescan.sources.pointer import Pointer

METHOD = "2"
"""Version of the canonical form; a change of any feature's hash needs a new one."""

ROUND = 63
"""A dimension whose odd part is no larger is a power of two times a small number, as widths are chosen (768, 5120,
14336): that two strangers choose the same one is no surprise. Vocabularies and patches come out odd (73448, 4304)."""

PIECE = 8
"""Hex digits of a digest that are one feature: a feature weighs five bits at most, however rare, and a digest is more
than one coincidence."""


class Extraction:
    """Builds a fingerprint, and keeps for each feature what it says in words."""

    def __init__(self) -> None:
        self.builder = Builder("checkpoint")
        self.words: dict[int, str] = {}

    def hold(self, shape: int, words: str) -> None:
        """Note that the unit holds a feature, in the statement that comes next."""
        self.builder.hold(shape)
        self.words.setdefault(self.builder.shapes.hash[shape], words)

    def anchor(self, label: str, words: str) -> int:
        """Hold a label alone."""
        shape = self.builder.leaf(label.encode("utf-8", "replace"), ANCHOR)
        self.hold(shape, words)
        return shape

    def fingerprint(self) -> Fingerprint:
        """All of it."""
        return self.builder.fingerprint()


def weights(pointer: Pointer) -> Extraction:
    """A pointer to weights: their digest, in pieces."""
    made = Extraction()
    made.builder.unit("weights", 2, 2)
    for start in range(0, len(pointer.oid), PIECE):
        piece = pointer.oid[start : start + PIECE]
        shape = made.anchor(f"sha256 {start} {piece}", f"SHA-256 of the weights, from digit {start + 1}: {piece}")
        made.builder.statement(shape, 2, 2)
    return made


def opaque(digest: str) -> Extraction:
    """Weights of a format that is not read: a digest of their first bytes, too little for a match by itself."""
    made = Extraction()
    made.builder.unit("weights")
    made.builder.statement(made.anchor(f"beginning {digest}", "the first bytes of the weights"), 1, 1)
    return made


def tensors(found: TensorMap, symbols: Symbols) -> Extraction:
    """A tensor map, as one unit."""
    made = Extraction()
    root, _ = trunk(Forest(made.builder).tree(found))
    lines = [tensor.line for tensor in found.tensors]
    made.builder.unit("tensors", min(lines), max(lines))
    if root.leaves >= LEAST_TENSORS:
        made.anchor(f"form {root.keys[0]:016x}", f"the tree of all {root.tensors:,} tensors")
        if found.shaped:
            made.anchor(f"map {root.keys[1]:016x}", f"the shapes of all {root.tensors:,} tensors")
    blocks = set(_blocks(root)) if found.shaped else set()
    named: set[str] = set()
    for node in root.walk():
        if node.tensor is None:
            if node is not root:
                made.hold(node.form, f"the tree of {node.path}, {node.leaves:,} tensors")
            if node in blocks:
                _block(made, node)
            _statement(made, node, symbols, named)
    return made


def _blocks(root: Node) -> Iterator[Node]:
    """The parts whose shapes are one choice each: repeated modules, and the largest parts in which none repeats."""
    for node in root.walk():
        if node.tensor is None and node is not root and node.leaves >= LEAST_TENSORS:
            largest = not node.repeats and node.parent is not None and node.parent.repeats
            if node.count > 1 or largest:
                yield node


def _block(made: Extraction, node: Node) -> None:
    """A block with its shapes; what is odd in them counts by itself."""
    dims = sorted({odd for leaf in node.walk() for odd, _ in _odd(leaf)})
    inside = tuple(made.builder.leaf(f"dimension {odd}".encode(), ANCHOR) for odd in dims)
    shape = made.builder.node(b"block", node.shaped, role=STRUCTURE, inside=inside)
    made.hold(shape, f"the shapes of {node.path}, {node.leaves:,} tensors")


def _statement(made: Extraction, node: Node, symbols: Symbols, named: set[str]) -> None:
    """A module with the tensors right inside: their odd dimensions, and the names that nobody else uses."""
    leaves = [child for child in node.children if child.tensor is not None]
    for leaf in leaves:
        for odd, dim in _odd(leaf):
            made.anchor(f"dimension {odd}", f"a dimension of {dim:,}")
    free = [child.name for child in (node, *leaves) if is_free(child)]
    for name in free:
        label = name.encode("utf-8", "replace")
        if name not in named and label not in symbols.attribute:
            made.hold(made.builder.leaf(b"name " + label, NAME), name)
            named.add(name)
    made.builder.statement(node.form, node.line, node.line, free)


def _odd(leaf: Node) -> Iterator[tuple[int, int]]:
    """The dimensions of a tensor that are no round numbers, each behind its odd part."""
    for dim in (leaf.tensor.shape or ()) if leaf.tensor else ():
        odd = dim // (dim & -dim) if dim else 0
        if odd > ROUND:
            yield odd, dim
