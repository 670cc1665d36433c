"""What each part of the method is worth: recall and precision without it, and chance matches of unrelated packages."""

from __future__ import annotations

from collections.abc import Iterator

from disguise.names import parse
from disguise.siblings import units
from harness.cases import ABLATED
from harness.results import Options, Row
from harness.scoring import score
from tools.run import matches_of
from tools.variants import VARIANTS
from truth import prepared

LEVELS = frozenset({2, 3, 4})
"""On level 1 nothing but names is changed, and nearly everything is found without any part."""


def ablations(options: Options) -> Iterator[Row]:
    """Every variant on disguised pairs, then on unrelated ones."""
    for pair in options.narrowed(ABLATED["disguise"]):
        for level in sorted(LEVELS & set(options.levels)):
            case = prepared.disguised(options.sources, options.work, pair, level, options.count, options.seed)
            for name, variant in VARIANTS.items():
                result = score(case.pairs, matches_of(variant, case, options.work))
                numbers = {"recall": result.recall, "precision": result.precision, "matches": result.matches}
                yield {"pair": pair, "level": level, "without": name, **numbers}
    for pair in options.narrowed(ABLATED["unrelated"]):
        case = prepared.plain(options.sources, options.work, pair)
        functions = sum(len(units(parse(side))) for side in (case.left, case.right))
        for name, variant in VARIANTS.items():
            matches = len(matches_of(variant, case, options.work))
            yield {"pair": pair, "without": name, "functions": functions, "matches": matches}
