"""Disguised configs of one package hidden in another, and what unrelated packages' configs match."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from disguise.configs import SUFFIXES, disguise, load
from disguise.own import kept_units, own_units
from disguise.plant import MIN_BITS
from disguise.siblings import ALIKE
from harness.cases import CONFIGS, CONFIGS_UNRELATED, sides
from harness.intervals import of_count, of_share
from harness.results import Options, Row
from harness.scoring import Lines, Pair, Score, score
from tools.run import matches_of
from tools.variants import AS_IT_IS
from truth import prepared

from parts.accuracy import readable

COUNT = 10
"""Configs of each package that are hidden."""

KEPT = (".py", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg")

LEFT = "left"
"""Where what is left of each config lies in a case."""

FOLDER = "with-configs"
"""Where packages lie with these files, beside those of which only Python is kept."""


def configs(options: Options) -> Iterator[Row]:
    """Each pair of packages: recall and precision; then unrelated packages, every match listed."""
    for group, pairs in CONFIGS.items():
        for pair in options.narrowed(pairs):
            label = f"configs-{prepared.name(pair)}-{options.seed}"
            case = prepared.made(options.work, label, "original", "host", partial(_plant, options, pair))
            result = score(case.pairs, matches_of(AS_IT_IS, case, options.work, "config"))
            yield {
                "kind": "hidden", "group": group, "pair": pair, "planted": result.pairs, "recall": result.recall,
                "interval": of_share(result.pairs - len(result.missed), result.pairs),
                **_telling(case, result),
                "precision": result.precision, "exact": result.exact, "matches": result.matches,
                "right": result.right + result.siblings,
                "missed": [f"{missed.left.path} as {missed.right.path}" for missed in result.missed],
                "wrong": readable([*result.wrong, *result.unplanted]),
            }  # fmt: skip
    for pair in options.narrowed(CONFIGS_UNRELATED):
        left, right = (options.sources / FOLDER / name for name in sides(pair))
        case = prepared.Case(options.work, left, right)
        found = matches_of(AS_IT_IS, case, options.work, "config")
        sizes = [len(own_units(side, "config")) for side in (left, right)]
        yield {"kind": "unrelated", "pair": pair, "files": sizes, "matches": len(found),
               "interval": of_count(len(found)), "listed": readable(found)}  # fmt: skip


def _plant(options: Options, pair: str, folder: Path) -> tuple[Sequence[Pair], dict[str, int]]:
    """Write the original and the host with disguised configs of it beside its own; returns what is where."""
    source, host = (options.sources / FOLDER / name for name in sides(pair))
    rng = random.Random(f"{pair}:{options.seed}")
    for origin, target in ((source, folder / "original"), (host, folder / "host")):
        shutil.copytree(origin, target, ignore=lambda _, names: [name for name in names if name.endswith(".dist-info")])
    bits = own_units(folder / "original", "config")
    loaded = {path: load(folder / "original" / path) for path in sorted(bits) if path.endswith(SUFFIXES)}
    values = {path: Counter(_values(config)) for path, config in loaded.items() if config}
    eligible = [path for path in values if bits[path] >= MIN_BITS and values[path].total() >= 5]
    chosen = sorted(eligible, key=lambda path: sha256(f"{options.seed}:{path}".encode()).digest())[:COUNT]
    places = sorted({str(path.parent.relative_to(folder / "host")) for path in (folder / "host").rglob("*")
                     if path.suffix in KEPT and "config" in str(path)})  # fmt: skip
    (folder / LEFT).mkdir()
    made = [_hide(folder, path, loaded[path], values, places, number, rng) for number, path in enumerate(chosen)]
    sides_of = [(path, f"{number}.json") for number, path in enumerate(chosen)]
    kept = kept_units(folder / "original", folder / LEFT, sides_of)
    return made, {path: int(bits) for path, bits in zip(chosen, kept, strict=True)}


def _telling(case: prepared.Case, result: Score) -> dict[str, float]:
    """The pairs of which so much is left that whoever knew the new names could tell, and the share found of them."""
    left = dict(case.facts)
    telling = {pair for pair in case.pairs if left[pair.left.path] >= MIN_BITS}
    found = telling - set(result.missed)
    return {"telling": len(telling), "telling_found": len(found)}


def _hide(
    folder: Path,
    path: str,
    config: Mapping[str, Any],
    values: Mapping[str, Counter[str]],
    places: Sequence[str],
    number: int,
    rng: random.Random,
) -> Pair:
    text, suffix, left = disguise(config, Path(path).suffix, rng)
    (folder / LEFT / f"{number}.json").write_text(left, encoding="utf-8")
    target = folder / "host" / rng.choice(places) / f"variant_{number}{suffix}"
    target.write_text(text, encoding="utf-8")
    pair = Pair(_whole(folder / "original", folder / "original" / path), _whole(folder / "host", target), path, suffix)
    near = [other for other in values if other != path and _alike(values[path], values[other])]
    return replace(pair, siblings=tuple(_whole(folder / "original", folder / "original" / other) for other in near))


def _whole(root: Path, path: Path) -> Lines:
    return Lines(str(path.relative_to(root)), 1, path.read_bytes().count(b"\n") + 1)


def _values(node: Any) -> Iterator[str]:
    """All values of a config, without its keys."""
    if isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _values(child)
    else:
        yield str(node)


def _alike(one: Counter[str], other: Counter[str]) -> bool:
    """Whether two configs are near copies: alike as a whole, or one in the other, by their values."""
    shared, sizes = (one & other).total(), (one.total(), other.total())
    return 2 * shared >= ALIKE * sum(sizes) or (shared >= ALIKE * min(sizes) and min(sizes) >= 5)
