"""The verdict on two matched parts of tokenizers, exact and from both files: what is shared, and what was added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import Indel

from clonescan.kinds.interface import Side, Third
from clonescan.kinds.tokenizer.everyones import is_everyones
from clonescan.kinds.tokenizer.extract import ADDED, MERGES, PIPELINE, SETTINGS, VOCABULARY
from clonescan.kinds.tokenizer.formats import read
from clonescan.kinds.tokenizer.parts import Tokenizer
from clonescan.kinds.tokenizer.spelling import readable

LISTED = 100
"""Tokens that a report lists of each sort; the others are counted."""

SIMILAR = 0.5
"""Two components are called similar if so much of both, written out, is the same."""

BASE = 0.75
"""A third tokenizer is the base of two if it holds so much of what they share, as `match/origin.py` asks of origins."""

Tokens = Mapping[bytes, int | None]


def correspond(left: Side, right: Side, third: Third | None) -> Mapping[str, Any]:
    """What two matched units share, `detail` of a match; only what is about these units."""
    ours, theirs = (read(side.path, side.data) for side in (left, right))
    unit = _name(left)
    if unit != _name(right):
        return _templates(ours, theirs)
    base = read(third.side.path, third.side.data) if third and third.side else Tokenizer()
    if unit == VOCABULARY:
        found = _base(third, ours.vocabulary, theirs.vocabulary, base.vocabulary)
        beyond = _tokens(base) if found else {}
        return {
            "vocabulary": _vocabulary(ours.vocabulary, theirs.vocabulary),
            "base": found,
            **_added(_tokens(ours), _tokens(theirs), beyond, named(ours), named(theirs)),
        }
    if unit == ADDED:
        return _added(named(ours), named(theirs), named(base), named(ours), named(theirs))
    if unit == MERGES:
        return {"merges": _merges(ours, theirs)}
    if unit in (PIPELINE, SETTINGS):
        trees = (ours.pipeline, theirs.pipeline) if unit == PIPELINE else (ours.settings, theirs.settings)
        return {"parts": _parts(*trees)}
    return _templates(ours, theirs)


def _name(side: Side) -> str:
    return side.fingerprint.strings[int(side.fingerprint.unit_names[side.unit])]


def named(found: Tokenizer) -> Tokens:
    """The added tokens of a file with their ids."""
    return {token.encode("utf-8", "surrogatepass"): number for token, number in found.added.items()}


def _tokens(found: Tokenizer) -> Tokens:
    """All tokens of a file."""
    return {**named(found), **found.vocabulary}


def _vocabulary(ours: Mapping[bytes, int], theirs: Mapping[bytes, int]) -> Mapping[str, int]:
    return {
        "left": len(ours),
        "right": len(theirs),
        "shared": len(ours.keys() & theirs.keys()),
        "same_ids": len(ours.items() & theirs.items()),
    }


def _base(
    third: Third | None, ours: Mapping[bytes, int], theirs: Mapping[bytes, int], base: Mapping[bytes, int]
) -> Mapping[str, Any] | None:
    """The third place; its tokens that both have, and those of them with its ids, only if its file is at hand."""
    if third is None:
        return None
    known = {"repository": third.repository, "version": third.version, "path": third.path}
    if third.side is None:
        return known
    shared = ours.keys() & theirs.keys()
    tokens = len(shared & base.keys())
    if tokens < BASE * len(shared):
        return None
    return {**known, "tokens": tokens, "same_ids": len(ours.items() & theirs.items() & base.items())}


def _added(ours: Tokens, theirs: Tokens, base: Tokens, our_named: Tokens, their_named: Tokens) -> Mapping[str, Any]:
    """What each side has beyond the base. Without one, what both have are the tokens that both add by name."""
    both = (ours.keys() & theirs.keys()) - base.keys()
    if not base:
        both &= {token for token in our_named.keys() & their_named.keys() if not is_everyones(readable(token))}
    sides = {
        "both": both,
        "left": ours.keys() - theirs.keys() - base.keys(),
        "right": theirs.keys() - ours.keys() - base.keys(),
    }
    order = {**theirs, **ours}
    return {
        "added": {side: _listed(tokens, order) for side, tokens in sides.items()},
        "added_counts": {side: len(tokens) for side, tokens in sides.items()},
    }


def _listed(tokens: Iterable[bytes], order: Tokens) -> list[str]:
    """The last of these by their ids: what was added comes behind what was there."""
    ascending = sorted(tokens, key=lambda token: (order[token] is not None, order[token] or 0, token))
    return [readable(token) for token in ascending[-LISTED:]]


def _merges(ours: Tokenizer, theirs: Tokenizer) -> Mapping[str, int]:
    """How many merges both have, and how many of those stand behind the same one as on the other side."""
    left, right = dict.fromkeys(ours.merges), dict.fromkeys(theirs.merges)
    shared = left.keys() & right.keys()
    orders = [[merge for merge in merges if merge in shared] for merges in (left, right)]
    steps = set(pairwise(orders[0])) & set(pairwise(orders[1]))
    in_order = len(steps) + (bool(shared) and orders[0][0] == orders[1][0])
    return {"left": len(left), "right": len(right), "shared": len(shared), "in_order": in_order}


def _templates(ours: Tokenizer, theirs: Tokenizer) -> Mapping[str, Any]:
    return {"parts": _parts(ours.templates, theirs.templates)} if ours.templates and theirs.templates else {}


def _parts(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Mapping[str, str]:
    """How each component corresponds."""
    return {name: _part(ours.get(name), theirs.get(name)) for name in sorted(ours.keys() | theirs.keys())}


def _part(ours: Any, theirs: Any) -> str:
    if ours is None or theirs is None:
        return "right" if ours is None else "left"
    if ours == theirs:
        return "equal"
    return "similar" if Indel.normalized_similarity(_written(ours), _written(theirs)) >= SIMILAR else "different"


def _written(tree: Any) -> list[str]:
    """A tree as the sequence of its words."""
    return str(tree).split()
