"""How right each tool is: disguised functions, copies that say so, ports, and unrelated packages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from disguise.names import parse
from disguise.siblings import units
from harness.cases import COPIED_FROM, DISGUISE, PORTS, UNRELATED, Group
from harness.intervals import of_count, of_share
from harness.results import Options, Row
from harness.scoring import Found, Score, curve, score
from tools.peers import FAST
from tools.run import CLONESCAN, TOOLS, found_by
from truth import ports as port_files
from truth import prepared
from truth.prepared import Case

RANKS = (1, 3, 5)
SLOW_LEVELS = frozenset({1, 3})
"""The levels of disguise on which the slow peers run, a minute to five each."""

SHOWN = 100
"""Matches kept of each kind: clonescan has fewer, so that all of its wrong ones can be read."""


def disguise(options: Options) -> Iterator[Row]:
    """Functions of the left package, disguised and hidden in the right one."""
    for group, pairs in DISGUISE.items():
        for pair in options.narrowed(pairs):
            late = set[str]()
            for level in options.levels:
                case = prepared.disguised(options.sources, options.work, pair, level, options.count, options.seed)
                for tool in _tools(options, group, level):
                    head = {"group": group, "pair": pair, "level": level, "tool": tool, "planted": len(case.pairs)}
                    # The levels of a pair are of one size: what does not end on one of them ends on none.
                    found = None if tool in late else found_by(tool, case, options.work)
                    if found is None:
                        late.add(tool)
                        yield {**head, "ended": False}
                    else:
                        yield {**head, "ended": True, **_judged(case, found, listed=tool == CLONESCAN[0])}


def copied(options: Options) -> Iterator[Row]:
    """The pairs that the `# Copied from` comments of transformers name.

    No precision here: most of what else matches are copies that no comment mentions.
    """
    case = prepared.copied(options.sources, options.work, COPIED_FROM)
    for tool in _tools(options, "held out"):
        head = {"package": COPIED_FROM, "tool": tool, "pairs": len(case.pairs), **dict(case.facts)}
        found = found_by(tool, case, options.work)
        if found is None:
            yield {**head, "ended": False}
            continue
        result = score(case.pairs, found)
        numbers = {"recall": result.recall, "exact": result.exact / max(result.pairs, 1), "matches": result.matches}
        yield {**head, "ended": True, **numbers, "missed": _missed(result)}


def unrelated(options: Options) -> Iterator[Row]:
    """Packages without a common history: every match is listed, to be judged by a person."""
    for group, pairs in UNRELATED.items():
        for pair in options.narrowed(pairs):
            case = prepared.plain(options.sources, options.work, pair)
            functions = sum(len(units(parse(side))) for side in (case.left, case.right))
            for tool in _tools(options, group):
                head = {"group": group, "pair": pair, "tool": tool, "functions": functions}
                found = found_by(tool, case, options.work)
                if found is None:
                    yield {**head, "ended": False}
                else:
                    yield {
                        **head,
                        "ended": True,
                        "matches": len(found),
                        "interval": of_count(len(found)),
                        "listed": readable(found),
                    }


def ports(options: Options) -> Iterator[Row]:
    """Files of the right package that credit a file of the left one: is it among the first one, three, five?"""
    for pair in options.narrowed(PORTS):
        case = prepared.plain(options.sources, options.work, pair)
        known = port_files.ports(case.right, case.left)
        for tool in _tools(options, "held out"):
            head = {"pair": pair, "tool": tool, "files": len(known)}
            found = found_by(tool, case, options.work)
            if found is None:
                yield {**head, "ended": False}
                continue
            ranked = port_files.ranks(known, found)
            among = {
                f"first_{n}": sum(rank is not None and rank <= n for rank in ranked.values()) / max(len(known), 1)
                for n in RANKS
            }
            files = [{**asdict(port), "rank": rank} for port, rank in ranked.items() if rank != 1]
            yield {**head, "ended": True, **among, "not_first": files}


def prepare(options: Options) -> Iterator[Row]:
    """Make the cases of the disguises and the copies, and run nothing."""
    for pairs in DISGUISE.values():
        for pair in options.narrowed(pairs):
            for level in options.levels:
                case = prepared.disguised(options.sources, options.work, pair, level, options.count, options.seed)
                yield {"pair": pair, "level": level, "planted": len(case.pairs), "folder": str(case.folder)}
    if not options.pairs:
        case = prepared.copied(options.sources, options.work, COPIED_FROM)
        yield {"package": COPIED_FROM, "pairs": len(case.pairs), "folder": str(case.folder)}


def _tools(options: Options, group: Group, level: int = 1) -> tuple[str, ...]:
    """The tools that were asked for, else those that can be waited for: the slow peers run on the first group only."""
    quick = (*CLONESCAN, *FAST) if group == "tuned" else (CLONESCAN[0], *FAST)
    return options.tools or (TOOLS if group == "tuned" and level in SLOW_LEVELS else quick)


def _judged(case: Case, found: Sequence[Found], listed: bool) -> Row:
    """The figures of one tool on one case; `listed`: with what it missed and what it got wrong, for a person."""
    result = score(case.pairs, found)
    numbers = {
        "recall": result.recall,
        "interval": of_share(result.pairs - len(result.missed), result.pairs),
        "precision": result.precision,
        "precision_planted": result.precision_planted,
        "exact": result.exact / max(result.pairs, 1),
        "matches": result.matches,
        "siblings": result.siblings,
        "curve": curve(case.pairs, found),
    }
    if not listed:
        return numbers
    wrong, unplanted = readable(result.wrong), readable(result.unplanted)
    return {**numbers, "missed": _missed(result), "wrong": wrong, "unplanted": unplanted}


def readable(found: Sequence[Found]) -> list[Row]:
    """Matches for a person to look at, the strongest first; peers report thousands, of which some are enough."""
    strongest = sorted(found, key=lambda match: -match.weight)[:SHOWN]
    return [
        {
            "left": f"{f.left.path}:{f.left.start}-{f.left.end}",
            "right": f"{f.right.path}:{f.right.start}-{f.right.end}",
            "weight": round(f.weight, 3),
            "note": f.note,
        }
        for f in strongest
    ]


def _missed(result: Score) -> list[Row]:
    return [{**asdict(pair), "siblings": len(pair.siblings)} for pair in result.missed[:SHOWN]]
