"""Runs the benchmark: `python benchmarks/bench.py [PART ...]`, all parts if none is named, then writes the report.

Each part writes its own JSON into the folder of results, so that a part can be run again alone; RESULTS.md and the
pictures are made of whatever is there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from harness import cases
from harness.packages import MissingPackage, fetch
from harness.results import Options, Row, write
from parts import accuracy, configs, growth
from parts.ablations import ablations
from parts.attribution import attribution
from parts.chance import chance
from parts.checkpoints import checkpoints
from parts.hook import hook
from parts.kills import ASKED, KILLED, kills
from parts.page import page
from parts.renamed import renamed
from parts.speed import speed
from parts.vocabularies import vocabularies
from platformdirs import user_cache_path
from rich.console import Console
from tables import summary
from tools.peers import PEERS, MissingTool, find
from tools.run import TOOLS

KEPT = user_cache_path("clonescan-benchmark")
"""Outside of the checkout: a scan passes over what git ignores."""

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the benchmark, and the packages that it compares: what of them is `kept`, in which `folder`."""

    measure: Callable[[Options], Iterator[Row]]
    pairs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    folder: str = ""
    kept: tuple[str, ...] = (".py",)


def _all(groups: Mapping[str, Iterable[str]] | Mapping[cases.Group, Iterable[str]]) -> tuple[str, ...]:
    return tuple(pair for pairs in groups.values() for pair in pairs)


PREPARE = Part(accuracy.prepare, _all(cases.DISGUISE), (cases.COPIED_FROM,))

PARTS: Mapping[str, Part] = {
    "disguise": Part(accuracy.disguise, _all(cases.DISGUISE)),
    "copied-from": Part(accuracy.copied, packages=(cases.COPIED_FROM,)),
    "ports": Part(accuracy.ports, cases.PORTS),
    "configs": Part(
        configs.configs, (*_all(cases.CONFIGS), *cases.CONFIGS_UNRELATED), folder=configs.FOLDER, kept=configs.KEPT
    ),
    "unrelated": Part(accuracy.unrelated, _all(cases.UNRELATED)),
    "chance": Part(chance, _all(cases.CHANCE)),
    "ablations": Part(ablations, _all(cases.ABLATED)),
    "renamed": Part(renamed, packages=(cases.RENAMED,)),
    "checkpoints": Part(checkpoints),
    "tokenizers": Part(vocabularies, packages=cases.TOKENIZERS),
    "attribution": Part(attribution),
    "hook": Part(hook),
    "speed": Part(speed, packages=(cases.COPIED_FROM,)),
    "page": Part(page, packages=max(cases.PAGES, key=len)),
    "index": Part(growth.index, packages=tuple(cases.PINNED)),
    "kills": Part(kills, packages=(*KILLED, ASKED)),
}
"""In the order in which they run: what tells most comes first."""


def main(
    part: Annotated[list[str] | None, typer.Argument(help=f"{', '.join(PARTS)}; report; or prepare.")] = None,
    sources: Annotated[Path, typer.Option(help="One unpacked package a folder; what is missing is fetched.")] = KEPT
    / "sources",
    work: Annotated[Path, typer.Option(help="Where prepared cases are kept.")] = KEPT / "work",
    results: Annotated[Path, typer.Option(help="Where JSON and pictures go; RESULTS.md goes beside it.")] = RESULTS,
    pair: Annotated[list[str] | None, typer.Option(help="Only these, as LEFT:RIGHT; repeatable.")] = None,
    tool: Annotated[list[str] | None, typer.Option(help=f"Only these; repeatable: {', '.join(TOOLS)}.")] = None,
    level: Annotated[list[int] | None, typer.Option(help="Only these levels of disguise; repeatable.")] = None,
    count: Annotated[int, typer.Option(help="Functions to hide for each pair.")] = 150,
    seed: int = 1,
    runs: Annotated[int, typer.Option(help="Runs of each timing.")] = 5,
) -> None:
    """Measure, and write RESULTS.md."""
    options = Options(
        sources.resolve(), work.resolve(), results.resolve(), tuple(pair or ()), tuple(tool or ()),
        tuple(level or (1, 2, 3, 4)), count, seed, runs,
    )  # fmt: skip
    wanted = part or [*PARTS, "report"]
    console = Console(stderr=True)
    try:
        _check(wanted, options)
        for name in wanted:
            if name != "report":
                _measure(name, options, console)
    except (MissingTool, MissingPackage) as error:
        console.print(f"[bold]{error}[/bold]")
        raise typer.Exit(2) from None
    if "prepare" not in wanted:
        console.print(f"wrote {summary.build(options.results)}")


def _check(wanted: Iterable[str], options: Options) -> None:
    """Refuse what cannot be done before hours are spent. Raises MissingTool or typer.BadParameter."""
    for kind, given, known in (
        ("part", wanted, {*PARTS, "report", "prepare"}),
        ("tool", options.tools, set(TOOLS)),
        ("pair", options.pairs, {pair for each in PARTS.values() for pair in each.pairs}),
    ):
        if unknown := sorted(set(given) - known):
            raise typer.BadParameter(f"no such {kind}: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    if {"disguise", "copied-from", "ports", "unrelated", "speed"} & set(wanted):
        for name in options.tools or TOOLS:
            if name in PEERS:
                find(PEERS[name].program)


def _measure(name: str, options: Options, console: Console) -> None:
    """Run a part, show its rows as they come, and keep them."""
    part = PREPARE if name == "prepare" else PARTS[name]
    pairs = options.narrowed(part.pairs)
    if part.pairs and not pairs:
        return
    fetch({*cases.packages(pairs), *part.packages}, options.sources / part.folder, part.kept)
    rows, started = list[Row](), time.perf_counter()
    for row in part.measure(options):
        rows.append(row)
        console.print(f"{time.perf_counter() - started:5.0f} s  {name}  {_short(row)}", highlight=False)
    if name != "prepare":
        write(options, name, {"seconds": round(time.perf_counter() - started), "rows": rows})


def _short(row: Row) -> str:
    """A row without its lists."""
    plain = {
        k: round(v, 3) if isinstance(v, float) else v for k, v in row.items() if not isinstance(v, list | tuple | dict)
    }
    return json.dumps(plain)[1:-1].replace('"', "")


if __name__ == "__main__":
    typer.run(main)
