"""The verdict on two matched parts of tokenizers, exact, from their digests: what is shared, and what was added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
from rapidfuzz.distance import Indel, LCSseq, MatchingBlock

from clonescan.fingerprint import Array
from clonescan.kinds.interface import Side, Third
from clonescan.kinds.tokenizer.digest import Digest, Parts, undigested
from clonescan.kinds.tokenizer.everyones import form, is_everyones
from clonescan.kinds.tokenizer.extract import ADDED, MERGES, PIPELINE, SETTINGS, VOCABULARY, unit_name
from clonescan.kinds.tokenizer.huggingface import CHAT_TEMPLATE
from clonescan.kinds.tokenizer.listing import EMPTY, Listing, both, held
from clonescan.kinds.tokenizer.spelling import readable

LISTED = 100
"""Tokens that a report lists of each sort, and texts of a template; other tokens are counted."""

SIMILAR = 0.5
"""Two components are called similar if so much of both, written out, is the same."""

LOOKED_AT = 5_000
"""Tokens, or texts of a template, that are looked at for these lists, and words of a component."""

BASE = 0.75
"""A third tokenizer is the base of two if it holds so much of what they share, as `match/origin.py` asks of origins."""


def correspond(left: Side, right: Side, third: Third | None) -> Mapping[str, Any]:
    """What two matched units share, `detail` of a match; only what is about these units."""
    ours, theirs = (undigested(side.data) for side in (left, right))
    base = undigested(third.side.data) if third and third.side else Digest()
    match _name(left):
        case name if name == VOCABULARY:
            return _vocabularies(ours, theirs, third, base)
        case name if name == ADDED:
            return _declared(ours.named, theirs.named, third, base.named)
        case name if name == MERGES:
            return {"merges": _shares(ours.merges, theirs.merges, both(ours.merges, theirs.merges))}
        case name if name == PIPELINE:
            return {"parts": _parts(ours.pipeline, theirs.pipeline)}
        case name if name == SETTINGS:
            return {"parts": _parts(ours.settings, theirs.settings)}
    return _templates(left, ours.templates, right, theirs.templates)


def measure(left: Side, right: Side) -> tuple[int, int, int] | bool | None:
    """How many tokens or merges each side has, and how many both; of templates, whether they have the same texts, which
    are no features if they are short; of other parts the features tell all."""
    ours, theirs = (undigested(side.data) for side in (left, right))
    match _name(left):
        case name if name == VOCABULARY:
            sides = ours.vocabulary, theirs.vocabulary
        case name if name == MERGES:
            sides = ours.merges, theirs.merges
        case name if name in (ADDED, PIPELINE, SETTINGS):
            return None
        case _:
            one, other = _named(left, ours.templates), _named(right, theirs.templates)
            return one == other or _texts(one) == _texts(other)
    return len(sides[0]), len(sides[1]), len(both(*sides)[0])


def _name(side: Side) -> str:
    return side.fingerprint.strings[int(side.fingerprint.unit_names[side.unit])]


def _vocabularies(ours: Digest, theirs: Digest, third: Third | None, base: Digest) -> Mapping[str, Any]:
    left, right = ours.vocabulary, theirs.vocabulary
    places = both(left, right)
    same = left.numbers[places[0]] == right.numbers[places[1]]
    found = _base(third, left, places[0], same, base.vocabulary)
    return {
        "vocabulary": {**_shares(left, right, places), "same_ids": int(same.sum())},
        "base": found,
        **_added((left, right), places, base.vocabulary if found else EMPTY, (ours.named, theirs.named)),
    }


def _declared(left: Listing, right: Listing, third: Third | None, base: Listing) -> Mapping[str, Any]:
    """The tokens that two files add by name. A third place that has any of them has them first."""
    places = both(left, right)
    ids = left.numbers[places[0]]
    same = (ids == right.numbers[places[1]]) & (ids >= 0)
    return {
        "named": {"left": len(left), "right": len(right), "shared": len(places[0])},
        "base": _base(third, left, places[0], same, base, 0),
        **_added((left, right), places, base),
    }


def _base(
    third: Third | None, left: Listing, shared: Array, same: Array, base: Listing, least: float = BASE
) -> Mapping[str, Any] | None:
    """The third place; its tokens that both have, and those of them with its ids, only if its file is at hand."""
    if third is None:
        return None
    known = {"repository": third.repository, "version": third.version, "path": third.path}
    if third.side is None:
        return known
    ours, theirs = both(left, base)
    asked = held(shared, left)[ours]
    ours, theirs = ours[asked], theirs[asked]
    if not len(ours) or len(ours) < least * len(shared):
        return None
    same_ids = held(shared[same], left)[ours] & (left.numbers[ours] == base.numbers[theirs])
    return {**known, "tokens": len(ours), "same_ids": int(same_ids.sum())}


def _added(
    sides: tuple[Listing, Listing],
    shared: tuple[Array, Array],
    base: Listing,
    by_name: tuple[Listing, Listing] | None = None,
) -> Mapping[str, Any]:
    """What each side has beyond the base. Without one, what both have are the tokens that are added by name (None: all
    are) and that not everybody has. `shared`: the places of what both have.
    """
    left, right = sides
    here, there = held(shared[0], left), held(shared[1], right)
    ours, theirs = (~held(both(side, base)[0], side) for side in sides)
    together = here & ours
    if not len(base):
        if by_name is not None:
            together &= np.logical_or(*(held(both(left, names)[0], left) for names in by_name))
        for place in np.flatnonzero(together).tolist():
            together[place] = not is_everyones(readable(left[place]))
    places = shared[0][together[shared[0]]], shared[1][together[shared[0]]]
    rows = {
        "both": (left, places[0][np.lexsort((left.hashes[places[0]], places[0] + places[1]))]),
        "left": (left, np.flatnonzero(ours & ~here)),
        "right": (right, np.flatnonzero(theirs & ~there)),
    }
    return {
        "added": {side: _listed(found, which) for side, (found, which) in rows.items()},
        "added_counts": {side: len(which) for side, (_, which) in rows.items()},
    }


def _listed(found: Listing, places: Array) -> list[str]:
    """The last of these tokens, since what was added has the highest ids; numbered ones as one."""
    forms: dict[str, list[str]] = {}
    for place in places[-LOOKED_AT:].tolist():
        token = readable(found[place])
        forms.setdefault(form(token), []).append(token)
    more = " or more" if len(places) > LOOKED_AT else ""
    listed = [tokens[0] if len(tokens) == 1 else f"{plain} ({len(tokens):,}{more})" for plain, tokens in forms.items()]
    return listed[-LISTED:]


def _shares(ours: Listing, theirs: Listing, places: tuple[Array, Array]) -> Mapping[str, int]:
    """How many of each side both have, and how many of those stand behind the same one as on the other side."""
    rank = np.cumsum(held(places[1], theirs))[places[1]]
    in_order = int((np.diff(rank, prepend=0) == 1).sum())
    return {"left": len(ours), "right": len(theirs), "shared": len(rank), "in_order": in_order}


def _parts(ours: Parts, theirs: Parts) -> Mapping[str, str]:
    """How each component corresponds."""
    return {name: _part(ours.get(name), theirs.get(name)) for name in sorted(ours.keys() | theirs.keys())}


def _templates(left: Side, ours: Parts, right: Side, theirs: Parts) -> Mapping[str, Any]:
    """How two templates correspond, and which of their texts became which."""
    one, other = (_named(side, parts) for side, parts in ((left, ours), (right, theirs)))
    name = _name(left).replace(" ", "_") if _name(left) == _name(right) else CHAT_TEMPLATE
    return {"parts": {name: _part(one, other)}, "texts": _changed(one, other)}


def _named(side: Side, templates: Parts) -> str:
    """The template that a unit was made of."""
    return next((source for name, source in templates.items() if source and unit_name(name) == _name(side)), "")


def _changed(ours: str, theirs: str) -> list[Mapping[str, str | None]]:
    """The texts of two templates that are not the same, each beside the one in its place; the same ones if turned."""
    sides = sorted((_texts(source)[:LOOKED_AT], side) for source, side in ((ours, "left"), (theirs, "right")))
    (one, here), (other, there) = sides
    rows: list[tuple[str | None, str | None]] = []
    ends = [*LCSseq.editops(one, other).as_matching_blocks()]
    for (start, begin, size), block in pairwise([MatchingBlock(0, 0, 0), *ends]):
        rows += _beside(one[start + size : block.a][:LISTED], other[begin + size : block.b][:LISTED])
    return [{here: before, there: after} for before, after in rows[:LISTED]]


def _texts(source: str) -> list[str]:
    from clonescan.kinds.tokenizer.templates import texts  # loads jinja2, which few matches need

    return texts(source)


def _beside(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Texts in their order, each beside the one that is most like it, so that all together are the most alike."""
    alike = [[Indel.normalized_similarity(before, after) for after in other] for before in one]
    best = np.zeros((len(one) + 1, len(other) + 1))
    for i, j in product(reversed(range(len(one))), reversed(range(len(other)))):
        best[i, j] = max(best[i + 1, j], best[i, j + 1], best[i + 1, j + 1] + alike[i][j])
    i = j = 0
    while i < len(one) or j < len(other):
        beside = i < len(one) and j < len(other) and best[i, j] == best[i + 1, j + 1] + alike[i][j]
        first = beside or j == len(other) or (i < len(one) and best[i, j] == best[i + 1, j])
        second = beside or not first
        yield one[i] if first else None, other[j] if second else None
        i, j = i + first, j + second


def _part(ours: str | None, theirs: str | None) -> str:
    if ours is None or theirs is None:
        return "right" if ours is None else "left"
    if ours == theirs:
        return "equal"
    words = (part.split(maxsplit=LOOKED_AT)[:LOOKED_AT] for part in (ours, theirs))
    return "similar" if Indel.normalized_similarity(*words) >= SIMILAR else "different"
