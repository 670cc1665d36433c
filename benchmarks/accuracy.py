"""How right clonescan is, measured: disguised functions, copies that say so, ports, and unrelated packages.

`python benchmarks/accuracy.py disguise --pair timm:torchtune --level 3 --sources FOLDER --work FOLDER`, where the
folder of sources holds one folder for each package, as a wheel unpacks. Each command prints a table and writes what a
person should look at (misses, wrong matches) as JSON into the work folder.
"""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import copied_from
import ports as port_files
import typer
from names import parse
from plant import copy_python, plant
from rename import rename_repository
from rich.console import Console
from rich.table import Table
from scoring import Found, Score, curve, score
from siblings import units
from tools import TOOLS

import clonescan

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
Sources = Annotated[Path, typer.Option(help="Folder with one unpacked package a folder.")]
Work = Annotated[Path | None, typer.Option(help="Where prepared repositories and results go; default: a new folder.")]
Pairs = Annotated[list[str], typer.Option("--pair", help="LEFT:RIGHT, names of folders in the sources; repeatable.")]
Tools = Annotated[list[str], typer.Option("--tool", help=f"Repeatable; one of {', '.join(TOOLS)}.")]
RANKS = (1, 3, 5)


@app.command()
def disguise(
    sources: Sources,
    pair: Pairs = ["timm:torchtune", "diffusers:litgpt", "mmdet:peft"],  # noqa: B006
    level: Annotated[list[int], typer.Option(help="1 to 4, repeatable.")] = [1, 2, 3, 4],  # noqa: B006
    count: Annotated[int, typer.Option(help="How many functions to hide.")] = 150,
    seed: int = 1,
    tool: Tools = ["clonescan"],  # noqa: B006
    work: Work = None,
    prepare_only: bool = False,
) -> None:
    """Functions of LEFT, disguised and hidden in RIGHT."""
    folder = _work(work)
    table = _table("disguise", "pair", "level", "tool", "pairs", "recall", "precision", "planted", "wrong", "s")
    for names in pair:
        left, right = names.split(":")
        for depth in level:
            case = folder / f"disguise-{left}-{right}-{depth}-{seed}"
            planted = plant(sources / left, sources / right, case, depth, count, seed)
            _write(case / "truth.json", [asdict(p) for p in planted])
            for name in () if prepare_only else tool:
                found, seconds = _run(name, case / "original", case / "host")
                result = score(planted, found)
                _write(case / f"{name}.json", {**_result(result), "curve": curve(planted, found)})
                table.add_row(names, str(depth), name, *_cells(result), f"{seconds:.0f}")
    _show(table, folder)


@app.command("copied-from")
def copied(
    sources: Sources,
    package: str = "transformers",
    tool: Tools = ["clonescan"],  # noqa: B006
    work: Work = None,
    prepare_only: bool = False,
) -> None:
    """The pairs that the `# Copied from` comments of transformers name.

    No precision here: most of what else matches are copies that no comment mentions.
    """
    folder = _work(work)
    case = folder / f"copied-from-{package}"
    split = copied_from.prepare(sources / package, case)
    _write(case / "truth.json", [asdict(p) for p in split.pairs])
    table = _table(
        f"copied from: {split.named} pairs named, {split.dropped} dropped by the split, "
        f"{split.unresolved} comments without an original",
        *("tool", "pairs", "recall", "exact", "matches", "s"),
    )
    for name in () if prepare_only else tool:
        found, seconds = _run(name, case / "originals", case / "copies")
        result = score(split.pairs, found)
        _write(case / f"{name}.json", _result(result))
        exact = result.exact / max(result.pairs, 1)
        numbers = (str(result.pairs), f"{result.recall:.3f}", f"{exact:.3f}", str(result.matches))
        table.add_row(name, *numbers, f"{seconds:.0f}")
    _show(table, folder)


@app.command()
def unrelated(
    sources: Sources,
    pair: Pairs = ["litgpt:timm", "torchtune:mmdet", "speechbrain:peft"],  # noqa: B006
    tool: Tools = ["clonescan"],  # noqa: B006
    work: Work = None,
) -> None:
    """Packages without a common history: every match is listed, to be judged by a person."""
    folder = _work(work)
    table = _table("unrelated", "pair", "tool", "functions", "matches", "per 1000", "s")
    for names in pair:
        case = folder / f"unrelated-{names.replace(':', '-')}"
        left, right = (_python(sources / name, case / name) for name in names.split(":"))
        functions = sum(len(units(parse(side))) for side in (left, right))
        for name in tool:
            found, seconds = _run(name, left, right)
            _write(case / f"{name}.json", _readable(found))
            rate = 1000 * len(found) / max(functions, 1)
            table.add_row(names, name, str(functions), str(len(found)), f"{rate:.2f}", f"{seconds:.0f}")
    _show(table, folder)


@app.command()
def ports(
    sources: Sources,
    pair: Pairs = ["transformers:paddlenlp", "timm:kornia"],  # noqa: B006
    tool: Tools = ["clonescan"],  # noqa: B006
    work: Work = None,
) -> None:
    """Files of RIGHT that credit a file of LEFT: is it among the first one, three, five?"""
    folder = _work(work)
    table = _table("ports", "pair", "tool", "files", *(f"first {n}" for n in RANKS), "s")
    for names in pair:
        case = folder / f"ports-{names.replace(':', '-')}"
        left, right = (_python(sources / name, case / name) for name in names.split(":"))
        known = port_files.ports(right, left)
        for name in tool:
            found, seconds = _run(name, left, right)
            ranked = port_files.ranks(known, found)
            _write(case / f"{name}.json", [{**asdict(port), "rank": rank} for port, rank in ranked.items()])
            among = [
                sum(rank is not None and rank <= n for rank in ranked.values()) / max(len(known), 1) for n in RANKS
            ]
            table.add_row(names, name, str(len(known)), *(f"{share:.2f}" for share in among), f"{seconds:.0f}")
    _show(table, folder)


@app.command()
def renamed(sources: Sources, package: str = "torchtune", seed: int = 1, work: Work = None) -> None:
    """A package against itself, and against a copy in which every name is changed that a copier can change."""
    folder = _work(work)
    plain = sources / package
    copy = folder / f"renamed-{package}-{seed}"
    names = {old: new for old, new in rename_repository(plain, copy, seed).items() if old != new}
    table = _table("renamed", "against", "overlap", "back", "matches", "names", "recovered")
    for title, other in (("itself", plain), ("renamed copy", copy)):
        report = clonescan.scan(str(plain), str(other))
        shares = [f"{row.overlap:.3f}" for row in report.overlap if row.kind == "all"]
        found = {rename.left: rename.right for rename in report.renames}
        right = sum(found.get(old) == new for old, new in names.items())
        known = (str(len(names)), f"{right / max(len(names), 1):.3f}") if other is copy else ("", "")
        table.add_row(title, *shares, str(len(report.matches)), *known)
    _show(table, folder)


def _python(source: Path, target: Path) -> Path:
    copy_python(source, target)
    return target


def _run(tool: str, left: Path, right: Path) -> tuple[list[Found], float]:
    started = time.perf_counter()
    found = TOOLS[tool](left, right)
    return found, time.perf_counter() - started


def _work(work: Path | None) -> Path:
    return work or Path(tempfile.mkdtemp(prefix="accuracy-"))


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _readable(found: tuple[Found, ...] | list[Found]) -> list[dict[str, Any]]:
    return [
        {
            "left": f"{f.left.path}:{f.left.start}-{f.left.end}",
            "right": f"{f.right.path}:{f.right.start}-{f.right.end}",
            "weight": round(f.weight, 1),
            "note": f.note,
        }
        for f in found
    ]


def _result(result: Score) -> dict[str, Any]:
    return {
        "recall": result.recall,
        "precision": result.precision,
        "precision_planted": result.precision_planted,
        "exact": result.exact,
        "right": result.right,
        "siblings": result.siblings,
        "missed": [{**asdict(pair), "siblings": len(pair.siblings)} for pair in result.missed],
        "wrong": _readable(result.wrong),
        "unplanted": _readable(result.unplanted),
    }


def _cells(result: Score) -> list[str]:
    ratios = (result.recall, result.precision, result.precision_planted)
    wrong = f"{len(result.wrong)}+{len(result.unplanted)}"
    return [str(result.pairs), *(f"{ratio:.3f}" for ratio in ratios), wrong]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column)
    return table


def _show(table: Table, folder: Path) -> None:
    console = Console()
    if table.row_count:
        console.print(table)
    else:
        console.print(table.title)
    console.print(f"details: {folder}")


if __name__ == "__main__":
    app()
