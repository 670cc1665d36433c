"""Loads what a language is, as data: its files, and the role that each node type plays in the canonical form."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import Any

from tree_sitter import Language, Parser, Tree

_PACKAGED = Path(__file__).parents[2] / "grammars"
_CHECKOUT = Path(__file__).parents[3] / "grammars"


@dataclass(frozen=True, slots=True)
class Signature:
    """The first parameters of a call, by place, and what those that may be left out are then."""

    places: tuple[bytes, ...]
    optional: Mapping[bytes, bytes]


@dataclass(frozen=True, eq=False)
class Grammar:
    """One language; each is loaded once, so that tables made of it can be kept by it.

    `roles` maps tree-sitter's node kind ids to role names; `version` is that of the parser package, `digest` that of
    the data. `functional` maps each module whose functions are one library's operations to the first of them, `methods`
    are those operations that are methods as well.
    """

    name: str
    version: str
    digest: str
    suffixes: tuple[str, ...]
    filenames: tuple[str, ...]
    rewriter: str | None
    receivers: frozenset[bytes]
    builtins: frozenset[bytes]
    roles: Mapping[int, str]
    kinds: Mapping[str, tuple[int, ...]]
    synonyms: Mapping[bytes, bytes]
    paths: Mapping[bytes, bytes]
    operators: Mapping[bytes, bytes]
    identities: frozenset[bytes]
    casts: Mapping[bytes, bytes]
    respelled: frozenset[bytes]
    fields: frozenset[bytes] | None
    positional: frozenset[bytes]
    signatures: Mapping[bytes, Signature]
    called: Mapping[bytes, bytes]
    functional: Mapping[bytes, bytes]
    methods: frozenset[bytes]
    language: Language

    def tree(self, source: bytes) -> Tree:
        """The syntax tree of a source. The last one is kept, since several kinds read a file, one after the other."""
        return _tree(self, source)


@lru_cache(maxsize=1)
def _tree(grammar: Grammar, source: bytes) -> Tree:
    return Parser(grammar.language).parse(source)


def folder() -> Path:
    """Where the grammars lie: inside the installed package, or at the top of a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


@cache
def load(path: Path) -> Grammar:
    """Read one grammar file. Raises KeyError or ImportError where the file is wrong or its parser is missing."""
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    module = importlib.import_module(data["parser"])
    language = Language(getattr(module, data.get("entry", "language"))())
    kinds = _kinds(language)
    signatures = {
        name.encode(): _signature(parameters.encode())
        for parameters, names in data.get("signatures", {}).items()
        for name in names
    }
    operators = _table(data, "operators")
    functional = [name.encode() for name in data.get("functional", ())]
    roles = {kind: role for role, types in data["roles"].items() for name in types for kind in kinds.get(name, ())}
    return Grammar(
        name=data["name"],
        version=metadata.version(data["parser"].replace("_", "-")),
        digest=blake2b(text.encode(), digest_size=4).hexdigest(),
        suffixes=tuple(data["suffixes"]),
        filenames=tuple(data.get("filenames", ())),
        rewriter=data.get("rewriter"),
        receivers=frozenset(name.encode() for name in data.get("receivers", ())),
        builtins=frozenset(name.encode() for name in data.get("builtins", ())),
        roles=roles,
        kinds=kinds,
        synonyms=_table(data, "synonyms"),
        paths=_table(data, "paths"),
        operators=operators,
        identities=frozenset(name.encode() for name in data.get("identities", ())),
        casts=_table(data, "casts"),
        respelled=frozenset(name.encode() for name in data.get("respelled", ())),
        fields=frozenset(name.encode() for name in data["fields"]) if "fields" in data else None,
        positional=frozenset(name.encode() for name in data.get("positional", ())),
        signatures=signatures,
        functional=dict.fromkeys(functional, b"".join(functional[:1])),
        called=_table(data, "called"),
        methods=frozenset(operators).union(name for name, call in signatures.items() if call.places[:1] == (b"input",)),
        language=language,
    )


def _table(data: Mapping[str, Any], name: str) -> dict[bytes, bytes]:
    return {one.encode(): other.encode() for one, other in data.get(name, {}).items()}


def _signature(text: bytes) -> Signature:
    """`a b=1 * c=2`: what comes behind the star is never given by place."""
    parts = [part.partition(b"=") for part in text.split()]
    places = [name for name, _, _ in parts]
    end = places.index(b"*") if b"*" in places else len(places)
    return Signature(tuple(places[:end]), {name: default for name, sign, default in parts if sign})


@cache
def load_all() -> tuple[Grammar, ...]:
    """Every grammar of the folder, by file name."""
    return tuple(load(path) for path in sorted(folder().glob("*.toml")))


def for_path(path: str) -> Grammar | None:
    """The grammar of a file, by its name alone."""
    name = path.rsplit("/", 1)[-1]
    for grammar in load_all():
        if name.endswith(grammar.suffixes) or name in grammar.filenames:
            return grammar
    return None


def _kinds(language: Language) -> dict[str, tuple[int, ...]]:
    """Node kind ids by type name; several ids may share one name, aliases among them."""
    found: dict[str, list[int]] = {"ERROR": [65535]}
    for kind in range(language.node_kind_count):
        name: Any = language.node_kind_for_id(kind)
        if name is not None and language.node_kind_is_visible(kind):
            found.setdefault(name, []).append(kind)
    return {name: tuple(ids) for name, ids in found.items()}
