"""The tensor map as a canonical tree: names split at dots, numbered equal subtrees as one, order and names left out.

Files list tensors by name, so that whoever renames a module moves it. Children are therefore a multiset, as in the
canonical form of unordered trees of Aho, Hopcroft and Ullman (1974): two trees of one form have one hash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from clonescan.fingerprint import NOTHING, STRUCTURE
from clonescan.kinds.builder import Builder
from clonescan.kinds.checkpoint.tensors import Tensor, TensorMap

PARAMETERS = frozenset(
    {
        "weight", "bias", "running_mean", "running_var", "num_batches_tracked", "in_proj_weight", "in_proj_bias",
        "bias_k", "bias_v", "weight_g", "weight_v", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
    }
)  # fmt: skip
"""What PyTorch's own modules call their parameters and buffers: a copier who keeps `nn.Linear` is not free to."""

LEAST_TENSORS = 5
"""Tensors of different names that a module needs to be known by itself: a layer and a norm, the commonest pair, have
four, and their shapes follow from the width alone."""

ANY = "*"
"""The name of a group of numbered siblings."""


@dataclass(eq=False, slots=True)
class Node:
    """A module or a tensor, or `count` numbered siblings that are equal down to the names, as one named ANY.

    `form` is the canonical shape without dimensions, `shaped` the one with them, as numbers of the builder, and `keys`
    their hashes. `leaves` counts the tensors beneath with such siblings as one, `tensors` with all of them; `repeats`
    says whether there are numbered blocks beneath.
    """

    name: str
    count: int
    tensor: Tensor | None
    children: list[Node]
    form: int
    shaped: int
    keys: tuple[int, int]
    leaves: int
    tensors: int
    line: int
    repeats: bool = False
    parent: Node | None = field(default=None, repr=False)

    @property
    def place(self) -> int | None:
        """Where its first tensor stands in a file whose order says something."""
        places = [node.tensor.place for node in self.walk() if node.tensor and node.tensor.place is not None]
        return min(places, default=None)

    @property
    def path(self) -> str:
        """The name from the root on, dotted."""
        above = self.parent.path if self.parent else ""
        return f"{above}.{self.name}" if above else self.name

    def walk(self) -> Iterator[Node]:
        """This node and all beneath in canonical order, parents first."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(node.children))


@dataclass(slots=True)
class _Raw:
    """A node as it is named; equal `signature`s are equal subtrees, down to names and shapes."""

    tensor: Tensor | None = None
    children: dict[str, _Raw] = field(default_factory=dict)
    signature: int = 0
    tensors: int = 0


class Forest:
    """Makes trees whose canonical shapes are entered into one builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.signatures: dict[object, int] = {}

    def tree(self, found: TensorMap) -> Node:
        """The canonical tree of a tensor map."""
        root = _Raw()
        for tensor in found.tensors:
            here = root
            for part in tensor.name.split("."):
                below = here.children.get(part)
                if below is None:
                    below = here.children[part] = _Raw()
                here = below
            here.tensor = tensor
        self._sign(root)
        return self._module("", root, 1)

    def _sign(self, raw: _Raw) -> None:
        """Number a subtree and all beneath."""
        raw.tensors = int(raw.tensor is not None)
        for child in raw.children.values():
            self._sign(child)
            raw.tensors += child.tensors
        alike = (raw.tensor and raw.tensor.shape, *((name, child.signature) for name, child in raw.children.items()))
        raw.signature = self.signatures.setdefault((raw.tensor is None, alike), len(self.signatures))

    def _node(self, name: str, raw: _Raw, count: int) -> Node:
        if raw.children:
            return self._module(name, raw, count)
        assert raw.tensor is not None
        return self._leaf(name, raw.tensor, count)

    def _leaf(self, name: str, tensor: Tensor, count: int = 1) -> Node:
        label = name if name in PARAMETERS else "_"
        dims = "?" if tensor.shape is None else "x".join(map(str, tensor.shape))
        form = self.builder.leaf(f"leaf {label}".encode(), NOTHING)
        shaped = self.builder.leaf(f"leaf {label} {dims}".encode(), NOTHING)
        return Node(name, count, tensor, [], form, shaped, self._keys(form, shaped), 1, count, tensor.line)

    def _module(self, name: str, raw: _Raw, count: int) -> Node:
        children = [self._node(*group) for group in _grouped(raw.children)]
        if raw.tensor is not None:
            children.append(self._leaf("", raw.tensor))
        children.sort(key=lambda child: (*child.keys, child.name))
        form = self._shape("form", STRUCTURE, ((child.form, child.count) for child in children))
        shaped = self._shape("shaped", NOTHING, ((child.shaped, child.count) for child in children), (form,))
        made = Node(
            name, count, None, children, form, shaped, self._keys(form, shaped),
            leaves=sum(child.leaves for child in children),
            tensors=raw.tensors * count,
            line=min(child.line for child in children),
            repeats=any(child.repeats or (child.count > 1 and child.leaves >= LEAST_TENSORS) for child in children),
        )  # fmt: skip
        for child in children:
            child.parent = made
        return made

    def _shape(
        self, label: str, role: int, children: Iterable[tuple[int, int]], inside: tuple[int, ...] = ()
    ) -> int:
        counts: Counter[int] = Counter()
        for shape, count in children:
            counts[shape] += count
        hashes = self.builder.shapes.hash
        order = sorted(counts, key=lambda shape: hashes[shape])
        numbers = ",".join(str(counts[shape]) for shape in order)
        return self.builder.node(f"{label} {numbers}".encode(), *order, role=role, inside=inside)

    def _keys(self, form: int, shaped: int) -> tuple[int, int]:
        return self.builder.shapes.hash[form], self.builder.shapes.hash[shaped]


def _grouped(children: Mapping[str, _Raw]) -> Iterator[tuple[str, _Raw, int]]:
    """Children with how many there are of each: numbered ones that are equal down to the names are one."""
    counts = Counter(child.signature for name, child in children.items() if name.isdecimal())
    for name, child in children.items():
        count = counts[child.signature] if name.isdecimal() else 1
        if count:
            yield ANY if count > 1 else name, child, count
        if name.isdecimal():
            counts[child.signature] = 0


def is_free(node: Node) -> bool:
    """Whether a copier may call it otherwise."""
    return bool(node.name.strip("*0123456789")) and node.name not in PARAMETERS


def trunk(root: Node) -> tuple[Node, str]:
    """The first module that holds more than one thing, and the name of what wraps it."""
    names = []
    while len(root.children) == 1 and root.children[0].tensor is None and root.children[0].count == 1:
        root = root.children[0]
        names.append(root.name)
    return root, ".".join(names)
