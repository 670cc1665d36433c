"""Reports to test with: one that reads like a real one, and any that hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from hypothesis import strategies as st

from clonescan.entities import (
    Attribution,
    Audit,
    Common,
    Containment,
    Excerpt,
    Family,
    Feature,
    Match,
    Member,
    Origin,
    Overlap,
    Place,
    Rename,
    Report,
    Repository,
    RepositoryRename,
    Residue,
    Skipped,
    Standing,
    StandingName,
    Tally,
    Verdict,
)

LEFT, RIGHT = "ada/encoder", "bob/vision-kit"
HOSTILE = "\x1b[31mred\x1b[0m\r\n\u202egnp.exe\u2066 \x00\x9b [bold]b[/bold] \ud800 :smile: <a href='x'>&\ufffe"


def match(number: int = 1, **changes: Any) -> Match:
    """Return a plain match with a long id, with `changes`."""
    facts: dict[str, Any] = {
        "id": f"{number:02}3f2a91c0e1",
        "kind": "code",
        "clone_type": "renamed",
        "similarity": 0.94,
        "containment": Containment(0.97, 0.93),
        "evidence_bits": 312.44,
        "net_bits": 312.44,
        "expected_by_chance": 1e-30,
        "left": Place(LEFT, "encoder/resampler.py", "Resampler.forward", 88, 151),
        "right": Place(RIGHT, "kit/sampler.py", "Sampler.run", 90, 160),
        "lines": ((88, 100, 90, 102),),
        "renames": (Rename("grid_size", "extent", 3), Rename("pos_embed", "pe", 7)),
        "features": (Feature("F.pad", 1.2, 14, "anchor"), Feature("einsum('hw,d->hwd', ...)", 12.4, 0, "anchor")),
    }
    return Match(**facts | changes)


def repository(name: str = LEFT, **changes: Any) -> Repository:
    """Return a repository of a few files, with `changes`."""
    facts: dict[str, Any] = {
        "id": name,
        "source": f"https://example.org/{name}",
        "commit": "1a2b3c4d5e6f77889900aabbccddeeff00112233",
        "license": "Apache-2.0",
        "files": {"code": 42},
        "not_compared": {"shell": 12, "CUDA": 3},
        "units": 812,
        "skipped": (Skipped("a.py", "syntax error"), Skipped("b.py", "syntax error"), Skipped("c.py", "too large")),
    }
    return Repository(**facts | changes)


def example(**changes: Any) -> Report:
    """Return a report on two repositories with two matches, with `changes`."""
    origin = Origin("transformers", "4.44.2", "models/llama/modeling_llama.py", "LlamaAttention.forward")
    facts: dict[str, Any] = {
        "tool": {"name": "clonescan", "version": "0.1.0"},
        "parameters": {"background": {"name": "default", "packages": 17}, "exclude": []},
        "repositories": (repository(), repository(RIGHT, skipped=(), license=None)),
        "overlap": (
            Overlap(LEFT, RIGHT, "all", 0.123, 20, 812, 432.64, 410.54),
            Overlap(RIGHT, LEFT, "all", 0.612, 120, 200, 432.64, 410.54),
        ),
        "matches": (match(1), match(2, evidence_bits=120.2, net_bits=98.1, common_origin=origin)),
        "renames": (
            RepositoryRename(LEFT, RIGHT, "self_made", "handmade", 140, 0.6),
            RepositoryRename(LEFT, RIGHT, "Resampler", "Sampler", 14, 1.0),
        ),
        "families": (Family("f00", (Member(LEFT, "x.py", "f"), Member(RIGHT, "y.py", "g"))),),
        "residue": (
            Residue(RIGHT, LEFT, "encoder.resampler", "path", "kit/sampler.py", 3, "encoder/resampler.py", 1, 38.2),
            Residue(RIGHT, LEFT, "ada", "repository", "kit/run.py#cell-2", 7, "", 1, 16.44),
        ),
    }
    return Report(**facts | changes)


_words = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=60),
    st.sampled_from([HOSTILE, "a/" * 80 + "b.py", "漢字" * 40, "plain.py"]),
)
_counts = st.integers(0, 10**7)
_lines = st.integers(1, 10**6)
_shares = st.floats(0, 1)
_amounts = st.floats(0, 1e7)
_tallies = st.dictionaries(_words, _counts, max_size=3)


def _tuples(of: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=most).map(tuple)


@st.composite
def places(draw: st.DrawFn, names: list[str]) -> Place:
    """Draw a place in one of the repositories `names`."""
    start = draw(_lines)
    end = start + draw(st.integers(0, 50))
    marked = draw(st.sampled_from(["", "vendored", "generated"]))
    link = draw(st.none() | st.just("https://example.org/x#L1"))
    return Place(draw(st.sampled_from(names)), draw(_words), draw(_words), start, end, link, marked)


_standing_names = st.sampled_from(get_args(StandingName))


def _standings(names: list[str]) -> st.SearchStrategy[Standing]:
    return st.builds(
        Standing,
        _standing_names,
        _words,
        attribution=st.none() | st.builds(Attribution, _words, _lines, _words, _words, _words),
        our_license=st.none() | _words,
        their_license=st.none() | _words,
        verdict=st.sampled_from(get_args(Verdict)),
        asks=_tuples(_words),
        missing=_tuples(_words),
        source=_words,
        expires=st.none() | st.dates().map(str),
        known=st.booleans(),
        also=_tuples(places(names)),
    )


def _audits() -> st.SearchStrategy[Audit]:
    return st.builds(
        Audit,
        against=_words,
        compared=_tuples(_words),
        left_out=_tuples(st.builds(Skipped, _words, _words)),
        since=st.none() | _words,
        fail_at=_amounts,
        notes=_tuples(_words),
        tally=_tuples(st.builds(Tally, _standing_names, _counts, _counts, _amounts, _counts)),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Draw a report whose repositories have different ids and whose matches have different ids."""
    names = draw(st.lists(_words.filter(bool), min_size=2, max_size=3, unique=True))
    ids = draw(st.lists(st.uuids().map(lambda identity: identity.hex), max_size=4, unique=True))
    kinds = st.sampled_from(["code", "config"])
    feature = st.builds(Feature, _words, _amounts, st.integers(0, 20), st.sampled_from(["structure", "anchor", "name"]))
    return Report(
        tool={"name": "clonescan", "version": "0.1.0"},
        parameters=draw(st.sampled_from([{}, {"background": {"name": "default", "packages": 17}, "exclude": ["a"]}])),
        repositories=tuple(
            draw(
                st.builds(
                    Repository,
                    id=st.just(name),
                    source=_words,
                    files=_tallies,
                    not_compared=_tallies,
                    units=_counts,
                    skipped=_tuples(st.builds(Skipped, _words, _words)),
                )
            )
            for name in names
        ),
        overlap=draw(
            _tuples(
                st.builds(
                    Overlap,
                    st.sampled_from(names),
                    st.sampled_from(names),
                    st.sampled_from(["all", "code", "config"]),
                    _shares,
                    _counts,
                    _counts,
                    _amounts,
                    _amounts,
                )
            )
        ),
        matches=tuple(
            draw(
                st.builds(
                    Match,
                    id=st.just(identity),
                    kind=kinds,
                    clone_type=st.sampled_from(["identical", "renamed", "modified", "partial"]),
                    similarity=_shares,
                    containment=st.builds(Containment, _shares, _shares),
                    evidence_bits=_amounts,
                    net_bits=_amounts,
                    expected_by_chance=_amounts,
                    left=places(names),
                    right=places(names),
                    lines=_tuples(st.tuples(_lines, _lines, _lines, _lines)),
                    common=st.builds(Common, *[_tuples(st.tuples(_lines, _lines))] * 2),
                    renames=_tuples(st.builds(Rename, _words, _words, _counts)),
                    features=_tuples(feature),
                    detail=st.just({}),
                    common_origin=st.none() | st.builds(Origin, _words, _words, _words, _words),
                    runner_up=st.booleans(),
                )
            )
            for identity in ids
        ),
        renames=draw(
            _tuples(
                st.builds(
                    RepositoryRename,
                    st.sampled_from(names),
                    st.sampled_from(names),
                    _words,
                    _words,
                    _counts,
                    _shares,
                )
            )
        ),
        families=draw(
            _tuples(
                st.builds(
                    Family,
                    _words,
                    st.lists(st.builds(Member, _words, _words, _words), min_size=2, max_size=3).map(tuple),
                ),
                2,
            )
        ),
        residue=draw(
            _tuples(
                st.builds(
                    Residue,
                    st.sampled_from(names),
                    st.sampled_from(names),
                    _words,
                    st.sampled_from(["module", "class", "model type", "repository"]),
                    _words,
                    _lines,
                    _words,
                    _lines,
                    _amounts,
                )
            )
        ),
        excerpts=draw(_tuples(st.builds(Excerpt, st.sampled_from(names), _words, _lines, _lines, _words))),
    )


@st.composite
def audits(draw: st.DrawFn) -> Report:
    """Draw the same of an audit: every match has a standing."""
    report = draw(reports())
    names = [one.id for one in report.repositories]
    matches = tuple(replace(match, standing=draw(_standings(names))) for match in report.matches)
    return replace(report, matches=matches, audit=draw(_audits()))
