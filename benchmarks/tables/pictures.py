"""Draws what was measured: precision over recall, chance matches over strength, time over size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")

from harness.results import Row
from matplotlib import pyplot
from tools.run import TOOLS

COLOURS = dict(zip(TOOLS, pyplot.get_cmap("tab10").colors, strict=False))
STYLE = {"savefig.dpi": 110, "font.size": 8, "axes.grid": True, "grid.alpha": 0.3, "axes.spines.top": False,
         "axes.spines.right": False}  # fmt: skip


def curves(rows: Sequence[Row], path: Path) -> None:
    """Precision over recall while a tool's matches are taken from the strongest on; one panel a level and pair."""
    levels = sorted({row["level"] for row in rows})
    pairs = list(dict.fromkeys(row["pair"] for row in rows))
    with pyplot.rc_context(STYLE):
        figure, panels = _grid(len(levels), len(pairs))
        for row in rows:
            if row["ended"]:
                panel = panels[levels.index(row["level"])][pairs.index(row["pair"])]
                points = [(recall, precision) for _, recall, precision in row["curve"]]
                if not points:
                    continue
                colour = COLOURS[row["tool"]]
                panel.plot(*zip(*points, strict=True), "-", color=colour, label=row["tool"], linewidth=1.3)
                panel.plot(*points[-1], "o", color=colour, markersize=4)
        for down, level in enumerate(levels):
            for across, pair in enumerate(pairs):
                panels[down][across].set(
                    xlim=(0, 1.02), ylim=(0, 1.02), title=f"level {level}, {pair.replace(':', ' in ')}"
                )
        for panel in panels[-1]:
            panel.set_xlabel("recall")
        for line in panels:
            line[0].set_ylabel("precision")
        _legend(figure, panels, columns=1 + len(pairs))
        _save(figure, path)


def chance(groups: Sequence[Row], path: Path) -> None:
    """Matches observed and expected by chance, over their strength."""
    with pyplot.rc_context(STYLE):
        figure, panels = _grid(1, len(groups))
        for panel, group in zip(panels[0], groups, strict=True):
            rows = [row for row in group["levels"] if row["observed"]]
            strength, observed = [row["strength"] for row in rows], [row["observed"] for row in rows]
            bars = [
                [row["observed"] - row["interval"][0] for row in rows],
                [row["interval"][1] - row["observed"] for row in rows],
            ]
            panel.errorbar(strength, observed, bars, fmt="o", markersize=4, capsize=2, label="observed, 95% interval")
            every = group["levels"]
            panel.plot(
                [r["strength"] for r in every], [r["expected"] for r in every], "--", label="expected by clonescan"
            )
            panel.set(
                yscale="log", xlabel="strength in bits, at least", ylabel="matches", title=f"{group['group']} pairs"
            )
            panel.set_ylim(bottom=0.1)
            panel.legend()
        _save(figure, path)


def scaling(rows: Sequence[Row], path: Path) -> None:
    """Seconds of a cold scan over the size of what is parsed, and of them those after reading."""
    rows = sorted(rows, key=lambda row: row["bytes"])
    size = [row["bytes"] / 1e6 for row in rows]
    with pyplot.rc_context(STYLE):
        figure, panels = _grid(1, 1)
        panel = panels[0][0]
        panel.plot(size, [row["seconds"] for row in rows], "o-", label="the whole scan, cold")
        panel.plot(size, [row["matching"] for row in rows], "o-", label="of it, after reading")
        last = rows[-1]
        line = [0, last["seconds"]]
        panel.plot([0, size[-1]], line, ":", color="grey", label="in proportion to size")
        panel.set(xlabel="MB of Python", ylabel="seconds", xlim=(0, None), ylim=(0, None))
        panel.legend()
        _save(figure, path)


def growth(queries: Sequence[Row], path: Path) -> None:
    """Processor seconds of a query over the units of the index, both in powers of ten, and a line in proportion."""
    with pyplot.rc_context(STYLE):
        figure, panels = _grid(1, 1)
        panel = panels[0][0]
        for (kind, asked), rows in _grouped(queries).items():
            style = "o-" if kind == "audit" else "o--"
            label = f"audit of {asked}" if kind == "audit" else "of it, finding files"
            panel.plot([row["units"] for row in rows], [row["cpu"] for row in rows], style, label=label, markersize=4)
        first, last = queries[0]["units"], queries[-1]["units"]
        low = min(row["cpu"] for row in queries)
        panel.plot([first, last], [low, low * last / first], ":", color="grey", label="in proportion to size")
        panel.set(xscale="log", yscale="log", xlabel="units in the index", ylabel="processor seconds")
        panel.legend()
        _save(figure, path)


def _grouped(queries: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in queries:
        found.setdefault((row["kind"], row["asked"]), []).append(row)
    return found


def _grid(down: int, across: int) -> Any:
    return pyplot.subplots(down, across, figsize=(3.4 * across + 0.6, 2.7 * down + 0.5), squeeze=False)


def _legend(figure: Any, panels: Any, columns: int) -> None:
    """One legend for all panels: a tool may be missing from some."""
    found = dict[str, Any]()
    for panel in panels.flat:
        handles, names = panel.get_legend_handles_labels()
        found |= dict(zip(names, handles, strict=True))
    figure.legend(found.values(), found.keys(), loc="outside lower center", ncols=columns, frameon=False)


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.set_layout_engine("constrained")
    figure.savefig(path)
    pyplot.close(figure)
