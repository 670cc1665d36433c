"""Writes RESULTS.md and its pictures from what the parts of the benchmark measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from disguise.plant import MIN_BITS
from harness import cases
from harness.intervals import of_share
from harness.results import Row, read
from tools.peers import PEERS, TIMEOUT
from tools.run import TOOLS, command
from tools.variants import VARIANTS

from tables import audits, checkpoints, index, page, pictures, tokenizers
from tables.markdown import Lines, table

Content = dict[str, Any]

RULE = """**The overlap rule, the same for every tool.** A match counts for a known pair if on both sides its lines \
overlap the known lines by at least half of the smaller of the two ranges. A match with a near copy of the original \
inside its own repository (a sibling, computed without clonescan) is right as well, since nothing tells which one was \
taken. Every other match is wrong, wherever it stands: also in code that nobody planted. *Exact* is the share of pairs \
of which the original itself was found. Intervals hold 95 of 100 cases."""


def build(results: Path) -> Path:
    """Write the report beside the folder of results."""
    parts: Sequence[tuple[str, Callable[[Content, Path], Lines]]] = (
        ("disguise", _disguise),
        ("copied-from", _copied),
        ("ports", _ports),
        ("configs", _configs),
        ("unrelated", _unrelated),
        ("chance", _chance),
        ("ablations", _ablations),
        ("renamed", _renamed),
        ("checkpoints", checkpoints.section),
        ("tokenizers", tokenizers.section),
        ("attribution", audits.section),
        ("hook", audits.hook_section),
        ("speed", _speed),
        ("page", page.section),
        ("index", index.growth),
        ("kills", index.kills),
    )
    found = [(content, section) for name, section in parts if (content := read(results, name))]
    lines = [
        "# Results",
        "",
        "Written by `make bench`; benchmarks/tables/summary.py makes it from the figures in "
        f"[{results.name}/]({results.name}).",
        "",
        *_setting([content for content, _ in found]),
        RULE,
        "",
    ]
    for content, section in found:
        lines += [*section(content, results), *_how(content)]
    target = results.parent / "RESULTS.md"
    target.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return target


def _setting(found: Sequence[Content]) -> Lines:
    """Machine and versions, and the commands of all tools."""
    if not found:
        return []
    about = found[0]["about"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    tools = table(("tool", "command"), ((name, f"`{command(name)}`{_toml(name)}") for name in TOOLS))
    masked = (
        "`clonescan-unmasked` is clonescan with the packages that are compared left in its background, where their own "
        "functions count as known. By default they are taken out."
    )
    return [f"{about['machine']}; Python {about['python']}; {versions}.", "", *tools, masked, ""]


def _toml(tool: str) -> str:
    settings = PEERS[tool].settings if tool in PEERS else ""
    return f" with `{settings.strip().replace(chr(10), '; ')}`" if settings else ""


def _how(content: Content) -> Lines:
    about = content["about"]
    commit = f" at commit {about['commit']}" if about["commit"] else ""
    return [f"*`{about['command']}`, {about['date']}{commit}; {content['seconds'] / 60:.1f} minutes.*", ""]


def _disguise(content: Content, results: Path) -> Lines:
    rows = content["rows"]
    lines = [
        "## Disguised functions",
        "",
        "Functions of one package are disguised and hidden in another. Level 1: names, layout, comments; 2: also other "
        "syntax; 3: also statements added, dropped and swapped, methods made functions, strings and numbers changed; "
        "4: also functions taken in part, split, merged, calls replaced, loops rewritten. Each planted function "
        f"carries {MIN_BITS:.0f} bits of its own or more. The slow peers (pyscn, copydetect) run on the first pairs "
        "and on some of the levels only.",
        "",
    ]
    for group in cases.DISGUISE:
        chosen = [row for row in rows if row["group"] == group]
        if not chosen:
            continue
        words = "looked at while tuning" if group == "tuned" else "not looked at while tuning"
        name = f"curves-{group.replace(' ', '-')}.png"
        pictures.curves(chosen, results / name)
        lines += [
            f"### Pairs {words}",
            "",
            *_grid(chosen),
            *_means(chosen),
            f"![precision over recall]({results.name}/{name})",
            "",
        ]
    return [*lines, *_wrong(rows)]


def _grid(rows: Sequence[Row]) -> Lines:
    """One line a pair and tool, recall at precision for each level."""
    levels = sorted({row["level"] for row in rows})
    cells = {(row["pair"], row["tool"], row["level"]): row for row in rows}
    keys = list(dict.fromkeys((row["pair"], row["tool"]) for row in rows))
    body = ((_in(pair), tool, *(_at(cells.get((pair, tool, level))) for level in levels)) for pair, tool in keys)
    head = ("functions of", "tool", *(f"level {level}" for level in levels))
    return [*table(head, body), "Recall (its interval) at precision.", ""]


def _at(row: Row | None) -> str:
    if row is None:
        return ""
    if not row["ended"]:
        return f"no end in {TIMEOUT / 60:.0f} min"
    low, high = row["interval"]
    return f"{row['recall']:.3f} ({low:.2f} to {high:.2f}) at {row['precision']:.3f}"


def _means(rows: Sequence[Row]) -> Lines:
    """All pairs of a group together, for the tools that ended on all of them."""
    levels, pairs = sorted({row["level"] for row in rows}), {row["pair"] for row in rows}
    tools = list(dict.fromkeys(row["tool"] for row in rows))
    body = []
    for tool in tools:
        cells = []
        for level in levels:
            chosen = [row for row in rows if row["tool"] == tool and row["level"] == level and row["ended"]]
            mean = [sum(row[key] for row in chosen) / max(len(chosen), 1) for key in ("recall", "exact", "precision")]
            whole = len(chosen) == len(pairs)
            cells.append("{:.3f} ({:.3f}) at {:.3f}".format(*mean) if whole else "")
        if any(cells):
            body.append((tool, *cells))
    return [
        *table(("mean of the pairs", *(f"level {level}" for level in levels)), body),
        "Recall (exact) at precision.",
        "",
    ]


def _wrong(rows: Sequence[Row]) -> Lines:
    """Every match of clonescan that the truth does not list, for a reader to judge."""
    body = [
        (
            _in(row["pair"]),
            str(row["level"]),
            f"`{match['left']}`",
            f"`{match['right']}`",
            f"{match['weight']:.0f}",
            match["note"],
        )
        for row in rows
        if row["tool"] == TOOLS[0] and row["ended"]
        for match in (*row["wrong"], *row["unplanted"])
    ]
    head = ("functions of", "level", "original", "host", "bits", "match")
    title = f"<details><summary>All {len(body)} matches of clonescan that the truth does not list</summary>"
    return [title, "", *table(head, body), "</details>", ""] if body else []


def _copied(content: Content, _results: Path) -> Lines:
    rows = content["rows"]
    first = rows[0]
    lines = [
        "## Copied from",
        "",
        f"The comments `# Copied from` in {cases.PINNED[first['package']]} name {first['named']:,} pairs of functions "
        f"of five lines or more. The split of its models into two folders drops {first['dropped']:,} of them, whose "
        f"ends lie on one side, and keeps {first['pairs']:,}; {first['unresolved']:,} comments name an original that "
        "does not exist. What else matches is mostly copies that no comment names, so there is no precision here.",
        "",
    ]
    body = (
        (
            row["tool"],
            *((f"{row['recall']:.3f}", f"{row['exact']:.3f}", f"{row['matches']:,}") if row["ended"] else _late(3)),
        )
        for row in rows
    )
    return [*lines, *table(("tool", "recall", "exact", "matches"), body)]


def _ports(content: Content, _results: Path) -> Lines:
    ranks = ("first_1", "first_3", "first_5")
    body = (
        (
            _in(row["pair"]),
            row["tool"],
            str(row["files"]),
            *((f"{row[r]:.2f}" for r in ranks) if row["ended"] else _late(3)),
        )
        for row in content["rows"]
    )
    return [
        "## Ports",
        "",
        "Files that credit a file of another framework: is that file among the first one, three, five that they match?",
        "",
        *table(("originals and ports", "tool", "files", "first", "first 3", "first 5"), body),
    ]


def _configs(content: Content, _results: Path) -> Lines:
    hidden = [row for row in content["rows"] if row["kind"] == "hidden"]
    strangers = [row for row in content["rows"] if row["kind"] == "unrelated"]
    body = [
        (_in(row["pair"]), row["group"], str(row["planted"]),
         "{:.3f} ({:.2f} to {:.2f})".format(row["recall"], *row["interval"]), _of(row["telling_found"], row["telling"]),
         str(row["exact"]), str(row["matches"]), f"{row['precision']:.3f}")
        for row in hidden
    ]  # fmt: skip
    for group in dict.fromkeys(row["group"] for row in hidden):
        chosen = [row for row in hidden if row["group"] == group]
        planted, matches, right = (sum(row[key] for row in chosen) for key in ("planted", "matches", "right"))
        found = planted - sum(len(row["missed"]) for row in chosen)
        exact, telling, told = (sum(row[key] for row in chosen) for key in ("exact", "telling", "telling_found"))
        body.append(("*together*", group, str(planted), _between(found, planted), _of(told, telling),
                     str(exact), str(matches), _between(right, matches)))  # fmt: skip
    head = ("configs of", "group", "planted", "recall", "of telling ones", "exact", "matches", "precision")
    wrong = [(_in(row["pair"]), f"`{match['left']}`", f"`{match['right']}`", f"{match['weight']:.0f}", match["note"])
             for row in hidden for match in row["wrong"]]  # fmt: skip
    counted = [(_and(row["pair"]), "{:,} and {:,}".format(*row["files"]), str(row["matches"])) for row in strangers]
    listed = [(_and(row["pair"]), f"`{m['left']}`", f"`{m['right']}`", f"{m['weight']:.0f}", m["note"])
              for row in strangers for m in row["listed"]]  # fmt: skip
    columns = ("packages", "left", "right", "bits", "match")
    return [
        "## Disguised configs",
        "",
        "Configs of one package with half of their keys renamed, a tenth of their values dropped and a tenth changed, "
        "written in another format and hidden among the configs of another package. Each carries "
        f"{MIN_BITS:.0f} bits of its own or more, names not counted. *Telling* are those of which so much is left: the "
        "original and its copy with all keys given back share so many bits or more, names counted.",
        "",
        *table(head, body),
        *(["What is not right:", "", *table(columns, wrong)] if wrong else []),
        "Configs of unrelated packages:",
        "",
        *table(("packages", "config files", "matches"), counted),
        *(["All that matches there:", "", *table(columns, listed)] if listed else []),
    ]


def _between(right: int, every: int) -> str:
    """A share with where it would lie in 95 of 100 cases."""
    return "{:.3f} ({:.2f} to {:.2f})".format(right / max(every, 1), *of_share(right, every))


def _unrelated(content: Content, _results: Path) -> Lines:
    rows = content["rows"]
    body = (
        (_and(row["pair"]), row["group"], row["tool"], f"{row['functions']:,}",
         *((f"{row['matches']:,}", _for_thousand(row)) if row["ended"] else _late(2)))
        for row in rows
    )  # fmt: skip
    listed = [
        (_and(row["pair"]), f"`{m['left']}`", f"`{m['right']}`", f"{m['weight']:.0f}", m["note"])
        for row in rows
        if row["tool"] == TOOLS[0] and row["ended"]
        for m in row["listed"]
    ]
    shown = ["All that clonescan reports there:", "", *table(("pair", "left", "right", "bits", "match"), listed)]
    head = ("pair", "group", "tool", "functions", "matches", "for 1000")
    return ["## Unrelated packages", "", *table(head, body), *(shown if listed else [])]


def _chance(content: Content, results: Path) -> Lines:
    groups = [row for row in content["rows"] if row["kind"] == "group"]
    pictures.chance(groups, results / "chance.png")
    lines = [
        "## Chance matches",
        "",
        "The strongest candidate of each unit between packages that share no history.",
        "",
    ]
    for group in groups:
        body = (
            (
                str(r["strength"]),
                f"{r['observed']:,}",
                "{:,.1f} to {:,.1f}".format(*r["interval"]),
                f"{r['expected']:,.1f}",
            )
            for r in group["levels"]
        )
        title = f"The {group['group']} pairs, {group['pairs']:,} pairs of units"
        if "lambda" in group:
            title += "; fit: λ {:.2f}, log₂κ {:.1f}; in use: {:.2f}, {:.1f}".format(
                group["lambda"], group["log2_kappa"], *group["in_use"]
            )
        lines += [f"{title}.", "", *table(("bits at least", "observed", "interval", "expected"), body)]
    return [*lines, f"![chance matches]({results.name}/chance.png)", ""]


def _ablations(content: Content, _results: Path) -> Lines:
    rows = content["rows"]
    disguised = list(dict.fromkeys((r["pair"], r["level"]) for r in rows if "level" in r))
    unrelated = list(dict.fromkeys(r["pair"] for r in rows if "level" not in r))
    cells = {(row["pair"], row.get("level"), row["without"]): row for row in rows}

    def line(name: str) -> Iterable[str]:
        yield name
        for pair, level in disguised:
            row = cells[pair, level, name]
            yield f"{row['recall']:.3f} at {row['precision']:.3f}"
        for pair in unrelated:
            row = cells[pair, None, name]
            yield _for_thousand(row)

    head = (
        "without",
        *(f"{_in(pair)}, level {level}" for pair, level in disguised),
        *(f"{_and(pair)}, for 1000" for pair in unrelated),
    )
    names = [name for name in VARIANTS if any(row["without"] == name for row in rows)]
    body = [("*nothing*" if name == names[0] else name, *list(line(name))[1:]) for name in names]
    words = "; ".join(f"*{name}*: {VARIANTS[name].words}" for name in names[1:])
    return [
        "## What each part is worth",
        "",
        "Recall at precision on disguised functions, and matches for a thousand functions of unrelated packages, with "
        f"one part of the method left out. {words}.",
        "",
        *table(head, body),
    ]


def _renamed(content: Content, _results: Path) -> Lines:
    body = (
        (row["against"], *(f"{share:.3f}" for share in row["overlap"]), f"{row['matches']:,}",
         f"{row['names']:,}" if row["names"] else "", "" if row["recovered"] is None else f"{row['recovered']:.3f}")
        for row in content["rows"]
    )  # fmt: skip
    package = cases.PINNED[content["rows"][0]["package"]]
    head = (f"{package} against", "overlap", "back", "matches", "names changed", "recovered")
    return ["## Everything renamed", "", *table(head, body)]


def _speed(content: Content, results: Path) -> Lines:
    rows = content["rows"]
    of = {kind: [row for row in rows if row["kind"] == kind] for kind in ("size", "time", "parsing", "scaling")}
    size, parsing = of["size"][0], of["parsing"][0]
    times = {row["state"]: row for row in of["time"]}
    peer = next(state for state in times if state in PEERS)
    pictures.scaling(of["scaling"], results / "scaling.png")
    body = (
        (state, f"{t['seconds']:.1f}", f"{t['fastest']:.1f} to {t['slowest']:.1f}", f"{t['cpu']:.1f}",
         f"{t['peak_bytes'] / 1e6:,.0f}", f"{t['seconds'] / times[peer]['seconds']:.2f}",
         f"{t['seconds'] / times['cold']['seconds']:.2f}")
        for state, t in times.items()
    )  # fmt: skip
    runs = len(times["cold"]["runs"])
    scaled = (
        (f"1/{r['share']}" if r["share"] > 1 else "all", f"{r['bytes'] / 1e6:.1f}", f"{r['seconds']:.1f}",
         f"{1e6 * r['seconds'] / r['bytes']:.2f}", f"{r['matching']:.1f}", f"{r['matching'] / r['seconds']:.0%}")
        for r in of["scaling"]
    )  # fmt: skip
    return [
        "## Speed",
        "",
        f"The copied-from split: {size['bytes'] / 1e6:.1f} MB of Python in {size['files']:,} files. Whole processes, "
        f"all processors for all of them, in turns; medians of {runs} runs. Memory: the highest sum of the resident "
        "memory of all processes, in a run of its own; pages that processes share count for each.",
        "",
        *table(("", "seconds", "range", "processor seconds", "peak MB", f"of {peer}", "of cold"), body),
        f"Bare tree-sitter parsing of the same files in one process takes {parsing['bare']:.1f} processor seconds; "
        f"extraction {parsing['extraction']:.1f}, {parsing['extraction'] / parsing['bare']:.2f} times as much; a cold "
        f"scan {times['cold']['cpu'] / parsing['bare']:.2f} times.",
        "",
        *table(("files", "MB", "seconds", "seconds for each MB", "after reading", "share"), scaled),
        f"![time over size]({results.name}/scaling.png)",
        "",
    ]


def _in(pair: str) -> str:
    return " in ".join(cases.sides(pair))


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}"


def _and(pair: str) -> str:
    return " and ".join(cases.sides(pair))


def _for_thousand(row: Row) -> str:
    """Matches for a thousand functions of both sides, and the interval if there is one."""
    scale = 1000 / max(row["functions"], 1)
    interval = " ({:.2f} to {:.2f})".format(*(scale * end for end in row["interval"])) if "interval" in row else ""
    return f"{scale * row['matches']:.2f}{interval}"


def _late(columns: int) -> Iterable[str]:
    return (f"no end in {TIMEOUT / 60:.0f} min", *[""] * (columns - 1))
