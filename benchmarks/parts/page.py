"""The page of a report in a browser: how large it is, how long it takes to write and to open, how soon it answers.

Pages of real packages: two, five, and twenty repositories, for which the models of one package are dealt out to sixteen
folders. Those have far more matches than one page is promised for, so that an even choice of them is taken.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import psutil
from harness.cases import PAGES
from harness.results import Options, Row
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab
from tools.peers import MissingTool

from clonescan.entities import Report
from clonescan.explain import both_sides
from clonescan.graph import families
from clonescan.report.html import Page, render
from clonescan.scan import scan
from clonescan.settings import Settings
from parts import browser

DEALT = 16
"""Folders that the models of a package are dealt out to; with the four other packages they are twenty repositories."""

CHOSEN = (1_000, 5_000)
"""Matches of a page: what must stay below 5 MB, and what must stay usable."""

DRAWN = """() => new Promise((done) => {
  const frame = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() / 1000)));
  if (document.readyState === "complete") frame(); else addEventListener("load", frame);
})"""
"""Seconds from the start of navigation to the second frame after all of the page, script included, was there."""

ANSWERED = """([act, value]) => new Promise((done) => {
  const started = performance.now();
  const element = (name) => document.querySelector(name);
  const typed = (name, text) => {
    element(name).value = text;
    element(name).dispatchEvent(new Event("input", { bubbles: true }));
  };
  ({ type: () => typed(value, "forward"), clear: () => typed(value, ""), slide: () => typed(value, "40"),
     click: () => element(value).click() })[act]();
  let changed = true, painting = false, last = started;
  new MutationObserver(() => { changed = true; }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true });
  const frame = () => {
    if (painting) last = performance.now();
    [painting, changed] = [changed, false];
    if (performance.now() - last > 400 && !painting) done((last - started) / 1000); else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
"""Seconds from something that a reader does until the last change of the page that it causes is painted."""

ACTIONS = {
    "search": ("type", "#search"),
    "search cleared": ("clear", "#search"),
    "evidence": ("slide", "#evidence"),
    "type": ("click", "[name=type]"),
    "repository": ("click", "[name=repository]"),
    "all shown": ("click", "#clear"),
    "unfolded to files": ("click", "[data-level=files]"),
    "unfolded to units": ("click", "[data-level=units]"),
    "match opened": ("click", "#list li:nth-child(20) button"),
}
"""What a reader does, in this order."""


@dataclass(frozen=True, slots=True)
class Written:
    """A page as a file, and the seconds of processor time to read the sources and to write it."""

    path: Path
    report: Report
    seconds: float


def page(options: Options) -> Iterator[Row]:
    """All measurements. Raises MissingTool if there is no browser."""
    program = browser.program()
    if program is None:
        raise MissingTool("There is no Chromium: apt-get install chromium.")
    with tempfile.TemporaryDirectory() as name, browser.started(program) as context:
        for label, report, settings in _reports(options, Path(name)):
            written = _written(report, settings, Path(name) / "report.html")
            yield {"page": label, **_size(written), **_opened(context, written.path, options.runs)}


def _reports(options: Options, folder: Path) -> Iterator[tuple[str, Report, Settings]]:
    settings = Settings(cache_dir=folder / "cache")
    for names in PAGES:
        yield ", ".join(names), scan([str(options.sources / name) for name in names], settings), settings
    report = scan(_dealt(options.sources, folder / "dealt"), settings)
    for number in CHOSEN:
        yield f"{len(report.matches):,} matches, evenly cut to {number:,}", _cut(report, number), settings


def _dealt(sources: Path, folder: Path) -> list[str]:
    """Twenty repositories: links to the models of transformers in sixteen folders, and the other packages."""
    models = sorted(path for path in (sources / "transformers" / "transformers" / "models").iterdir() if path.is_dir())
    others = [str(sources / name) for name in max(PAGES, key=len) if name != "transformers"]
    folders = []
    for number in range(DEALT):
        target = folder / f"models-{number + 1:02}"
        for model in models[len(models) * number // DEALT : len(models) * (number + 1) // DEALT]:
            _copied(model, target / model.name)
        folders.append(str(target))
    return [*folders, *others]


def _copied(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.glob("*.py"):
        (target / path.name).write_bytes(path.read_bytes())


def _cut(report: Report, number: int) -> Report:
    """The report with so many of its matches, evenly chosen from the strongest to the weakest, and what is theirs."""
    chosen = tuple(report.matches[place * len(report.matches) // number] for place in range(number))
    names = {
        (match.left.repository, match.right.repository, rename.left, rename.right)
        for match in chosen
        for rename in match.renames
    }
    renames = tuple(
        row for row in report.renames if (row.left_repository, row.right_repository, row.left, row.right) in names
    )
    return replace(report, matches=chosen, families=families(chosen), renames=renames)


def _written(report: Report, settings: Settings, path: Path) -> Written:
    started = time.process_time()
    path.write_text(render(Page(report, both_sides(report, settings))), "utf-8")
    return Written(path, report, time.process_time() - started)


def _size(written: Written) -> Row:
    report = written.report
    return {
        "repositories": len(report.repositories),
        "matches": len(report.matches),
        "bytes": written.path.stat().st_size,
        "writing": written.seconds,
    }


def _opened(context: BrowserContext, path: Path, runs: int) -> Row:
    """Medians of seconds and processor seconds of all processes of the browser, each time in a new tab."""
    seconds, cpu, answers = list[float](), list[float](), dict[str, list[float]]()
    for _ in range(runs):
        tab = context.new_page()
        before = _processors()
        tab.goto(path.as_uri())
        seconds.append(tab.evaluate(DRAWN))
        cpu.append(sum(spent - before.get(number, 0.0) for number, spent in _processors().items()))
        for name, action in ACTIONS.items():
            answers.setdefault(name, []).append(_answered(tab, action))
        tab.close()
    return {
        "opening": median(seconds),
        "slowest": max(seconds),
        "cpu": median(cpu),
        "answers": {name: median(times) for name, times in answers.items()},
    }


def _answered(tab: Tab, action: Sequence[str]) -> float:
    found: float = tab.evaluate(ANSWERED, list(action))
    return found


def _processors() -> dict[int, float]:
    """Processor seconds so far of each process that this one has started and that still runs, by its number."""
    found = dict[int, float]()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found[process.pid] = sum(process.cpu_times()[:2])
    return found
