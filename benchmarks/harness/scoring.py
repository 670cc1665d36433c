"""Scores what any tool reports against known pairs, by one rule for all tools.

The rule: a reported match counts for a known pair when on both sides it overlaps the known lines by at least half of
the smaller of the two ranges. A match with a sibling of the original (see `siblings`) is right as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["right", "sibling", "wrong", "unplanted"]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a file, 1-based and inclusive; the path is relative to its repository."""

    path: str
    start: int
    end: int

    def overlaps(self, other: Lines) -> bool:
        """Whether the two share at least half of the smaller one."""
        if self.path != other.path:
            return False
        shared = min(self.end, other.end) - max(self.start, other.start) + 1
        return shared * 2 >= min(self.end - self.start, other.end - other.start) + 1

    def within(self, other: Lines) -> bool:
        """Whether these lines are a part of others."""
        return self.path == other.path and other.start <= self.start and self.end <= other.end and self != other


@dataclass(frozen=True, slots=True)
class Found:
    """A match that a tool reported; `weight` orders matches from strong to weak, `note` is shown to a reader."""

    left: Lines
    right: Lines
    weight: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A known pair: lines of the original repository, their copy in the other, and siblings of the original."""

    left: Lines
    right: Lines
    name: str = ""
    shape: str = ""
    siblings: tuple[Lines, ...] = ()

    def judge(self, found: Found) -> Verdict:
        """What a match says about this pair."""
        if not found.right.overlaps(self.right):
            return "unplanted"
        if found.left.overlaps(self.left):
            return "right"
        return "sibling" if any(found.left.overlaps(s) for s in self.siblings) else "wrong"


@dataclass(frozen=True, slots=True)
class Score:
    """Recall and precision, and everything that a person should look at.

    `precision` counts every match that is not right, also those in code that nobody planted, which may be true clones
    all the same; `precision_planted` only counts the matches in planted code. `exact` counts the pairs of which the
    original itself was found, and no sibling.
    """

    pairs: int
    matches: int
    missed: tuple[Pair, ...]
    exact: int
    right: int
    siblings: int
    wrong: tuple[Found, ...]
    unplanted: tuple[Found, ...]

    @property
    def recall(self) -> float:
        """Share of the pairs that some match finds."""
        return 1 - len(self.missed) / self.pairs if self.pairs else 1.0

    @property
    def precision(self) -> float:
        """Share of all matches that are right."""
        return (self.right + self.siblings) / self.matches if self.matches else 1.0

    @property
    def precision_planted(self) -> float:
        """Share of the matches in planted code that are right."""
        planted = self.matches - len(self.unplanted)
        return (self.right + self.siblings) / planted if planted else 1.0


RANK: dict[Verdict, int] = {"right": 3, "sibling": 2, "wrong": 1, "unplanted": 0}


def score(pairs: Sequence[Pair], matches: Sequence[Found]) -> Score:
    """Judge every match by the pair that speaks best for it, and every pair by its best match."""
    by_path = dict[str, list[Pair]]()
    for pair in pairs:
        by_path.setdefault(pair.right.path, []).append(pair)
    verdicts: list[Verdict] = []
    seen, exact = set[Pair](), set[Pair]()
    for found in matches:
        judged = [(pair.judge(found), pair) for pair in by_path.get(found.right.path, ())]
        seen |= {pair for verdict, pair in judged if RANK[verdict] >= 2}
        exact |= {pair for verdict, pair in judged if verdict == "right"}
        verdicts.append(max((verdict for verdict, _ in judged), key=RANK.__getitem__, default="unplanted"))
    of = {v: tuple(f for f, verdict in zip(matches, verdicts, strict=True) if verdict == v) for v in RANK}
    return Score(
        pairs=len(pairs),
        matches=len(matches),
        missed=tuple(p for p in pairs if p not in seen),
        exact=len(exact),
        right=len(of["right"]),
        siblings=len(of["sibling"]),
        wrong=of["wrong"],
        unplanted=of["unplanted"],
    )


def curve(pairs: Sequence[Pair], matches: Iterable[Found]) -> list[tuple[float, float, float]]:
    """Recall and precision for each strength at which a user could cut: (weight, recall, precision)."""
    ordered = sorted(matches, key=lambda found: -found.weight)
    cuts = sorted({round(len(ordered) * step / 20) for step in range(1, 21)} - {0})
    scores = [(ordered[cut - 1].weight, score(pairs, ordered[:cut])) for cut in cuts]
    return [(weight, s.recall, s.precision) for weight, s in scores]
