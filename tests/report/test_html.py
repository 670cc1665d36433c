"""The page as text: its own style and script alone, escaped, the same bytes each time, and not too large."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from gitserver import commit_files, serve
from hypothesis import HealthCheck, given, settings

from clonescan.cli import run
from clonescan.entities import Feature, Origin, Place, Report, RepositoryRename, Residue
from clonescan.explain import both_sides
from clonescan.report.html import Page, document, render
from clonescan.report.html.answer import answer
from clonescan.report.html.content import MOST_ENTRIES, content, safe_link
from clonescan.report.html.document import embedded
from clonescan.report.html.highlight import LONGEST_LINE, highlight
from clonescan.report.html.names import name_tables
from clonescan.report.html.reading import reading
from clonescan.report.html.residue import MOST_ROWS as MOST_RESIDUE
from clonescan.report.html.residue import residue
from clonescan.report.html.sides import MOST_ROWS, Sources, segments
from clonescan.report.layout.circles import arrange
from clonescan.report.output import write_page
from clonescan.results import scan
from clonescan.settings import Settings
from clonescan.sources.interface import no_progress
from report import pages
from report.samples import HOSTILE, LEFT, RIGHT, example, match, reports, repository


class Parts(HTMLParser):
    """The elements of a page, and what stands in its style and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"style": [], "script": []}
        self.within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.within = tag if tag in self.inside else ""

    def handle_endtag(self, tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        if self.within:
            self.inside[self.within].append(data)

    @property
    def policy(self) -> str:
        found = [at["content"] for tag, at in self.elements if at.get("http-equiv") == "Content-Security-Policy"]
        assert len(found) == 1 and found[0]
        return found[0]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_allows_the_own_style_and_script_alone() -> None:
    parts = Parts(render(pages.kinds()))
    data, script = parts.inside["script"]
    rules = dict(rule.split(" ", 1) for rule in parts.policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == _hash(script) and rules["style-src"] == _hash("".join(parts.inside["style"]))
    assert json.loads(data)["matches"]
    assert not [tag for tag, at in parts.elements if {"src", "style"} & at.keys() or tag in ("link", "img", "iframe")]


def test_no_two_of_the_joined_scripts_declare_one_name() -> None:
    script = Parts(render(pages.kinds())).inside["script"][1]
    declared = re.findall(r"^(?:const|let|class|(?:async )?function\*?) +(\w+)", script, re.M)
    assert {"data", "openMatch", "shown"} <= {*declared}
    assert [name for name, times in Counter(declared).items() if times > 1] == []


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(reports())
def test_any_report_makes_a_page_of_visible_text(report: Report) -> None:
    text = render(Page(report))
    assert all(char.isprintable() or char == "\n" for char in text)
    parts = Parts(text)
    assert [tag for tag, _ in parts.elements].count("script") == 2
    assert {at["href"] for tag, at in parts.elements if tag == "a"} >= {"#answer", "#reading"}
    assert all(str(at["href"]).startswith("#") for tag, at in parts.elements if tag == "a")
    assert len(json.loads(parts.inside["script"][0])["matches"]) == len(report.matches)


def test_embedded_data_cannot_end_its_element() -> None:
    text = embedded({"a": ["</script><!--", "x & y", "\u2028\u2029", HOSTILE]})
    assert not set(text) & set("<>&\u2028\u2029\x1b")
    assert json.loads(text)["a"][:2] == ["</script><!--", "x & y"]


@pytest.mark.parametrize(
    ("link", "safe"),
    [
        ("https://github.com/a/b/blob/c/d.py#L1-L2", True),
        (None, False),
        ("http://example.org", False),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        (" https://example.org", False),
        ("https://example.org/\u202e", False),
    ],
)
def test_only_https_is_linked(link: str | None, safe: bool) -> None:
    assert safe_link(link) == (link if safe else "")


def test_the_same_input_gives_the_same_bytes() -> None:
    script = "from report import pages; from clonescan.report.html import render; print(render(pages.large(6, 300)))"
    path = os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])
    environments = [os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path} for seed in ("1", "2")]
    made = {subprocess.check_output([sys.executable, "-c", script], env=environ) for environ in environments}
    assert len(made) == 1 and len(made.pop()) > 100_000


def test_a_page_of_a_thousand_matches_stays_small() -> None:
    assert len(render(pages.large(5, 1000)).encode()) < 5_000_000


def test_long_matches_and_many_lines_are_cut_and_say_so() -> None:
    places = Place(LEFT, "a.py", "f", 1, 3000), Place(RIGHT, "b.py", "g", 1, 3000)
    long = match(1, left=places[0], right=places[1], lines=((1, 3000, 1, 3000),))
    left, right = (pages.side(place, "\n".join(f"x{n} = {n}" for n in range(3000))) for place in places)
    sources = Sources()
    assert segments(long, left, right, sources) == [[1, 1, MOST_ROWS, 1], [3000 - MOST_ROWS]]
    sources.left = 0
    assert segments(long, left, right, sources) == []


def test_highlighting_keeps_the_text_and_its_length() -> None:
    lines = ["def f(x):", '    """doc', '    string"""', "\treturn 'é😀\u202e' + 1  # note", "y" * 5000]
    found = highlight("a.py", lines)
    assert found[0].styles == "k3_1f1" and found[1].styles == "_4c6"
    assert found[3].text == "    return 'é😀\\u202e' + 1  # note"
    assert len(found[4].text) == LONGEST_LINE
    for line in found:
        assert sum(map(int, re.findall(r"\d+", line.styles))) <= len(line.text)
    assert [line.styles for line in highlight("a.unknown", lines)] == [""] * 5
    assert highlight("n.ipynb#cell-3", ["pass"])[0].styles == "k4"


def _overlaps(circles: list[Any], slack: float) -> list[tuple[int, int]]:
    return [
        (one, other)
        for one, (x, y, radius) in enumerate(circles)
        for other, (u, v, also) in enumerate(circles[:one])
        if ((x - u) ** 2 + (y - v) ** 2) ** 0.5 < (radius + also) * slack
    ]


def test_the_layout_keeps_apart_what_is_apart_and_inside_what_is_inside() -> None:
    data = content(pages.large(8, 900))
    repositories = [row["circle"] for row in data["repositories"]]
    assert not _overlaps(repositories, 1.0)
    for number, (x, y, radius) in enumerate(repositories):
        files = [row["circle"] for row in data["files"] if row["repository"] == number]
        assert not _overlaps(files, 0.9)
        assert all(((u - x) ** 2 + (v - y) ** 2) ** 0.5 + inner <= radius + 0.2 for u, v, inner in files)
    for unit in data["units"]:
        u, v, inner = data["files"][unit["file"]]["circle"]
        assert ((unit["at"][0] - u) ** 2 + (unit["at"][1] - v) ** 2) ** 0.5 <= inner


def test_the_layout_is_wider_than_high_and_files_lie_as_their_counterparts_do() -> None:
    layout = arrange(2, [0] * 9 + [1] * 9, range(18), {(n, 9 + n): 50.0 for n in range(9)})
    (x, y, radius), (u, v, _) = layout.repositories
    assert u - x > 2 * radius and abs(v - y) < radius
    heights = [(layout.files[n][1] - y, layout.files[9 + n][1] - v) for n in range(9)]
    assert sum(one * other > 0 for one, other in heights) >= 7


@pytest.mark.parametrize("repositories", [2, 3, 20])
def test_nothing_to_draw_is_laid_out_too(repositories: int) -> None:
    layout = arrange(repositories, [], [], {})
    assert len(layout.repositories) == repositories and not _overlaps(list(layout.repositories), 1.0)


def test_the_answer_is_a_sentence_a_pair() -> None:
    found = answer(pages.kinds().report)
    assert found.sentences[0].text.startswith(f"2 of 10 distinctive units of {RIGHT} have a counterpart in {LEFT}")
    assert "shares nothing" in found.sentences[0].text
    assert len(found.sentences) == 2 and len(found.silent) == 1
    assert [heat_map.kind for heat_map in found.heat_maps] == ["all", "code", "config"]
    assert "transformers (1)" in found.discounted[0] and "30.0 of 40.0 bits" in found.discounted[0]
    assert found.unread[0].reasons == [("syntax error", 2), ("too large", 1)]


def test_an_empty_report_has_an_answer() -> None:
    repositories = (repository(units=0), repository(RIGHT))
    report = example(matches=(), overlap=(), renames=(), families=(), repositories=repositories)
    assert "Nothing to compare" in answer(report).silent[0]
    text = render(Page(report))
    assert 'id="graph"' not in text and 'id="reading"' in text


def test_words_stay_neutral() -> None:
    text = re.sub(r"<script.*?</script>", "", render(pages.kinds()), flags=re.DOTALL).lower()
    assert not re.findall(r"\b(cheat\w*|stole\w*|thief|plagiari\w*|guilty|copied from|infring\w*)\b", text)


def test_the_rename_map_says_where() -> None:
    report = example(renames=(RepositoryRename(LEFT, RIGHT, "grid_size", "extent", 6, 0.9),))
    [table] = name_tables(report)
    [row] = table.rows
    assert (row.where, row.more, row.match_id) == ("encoder/resampler.py:88", 1, report.matches[0].id)


def test_the_command_that_makes_the_page_again() -> None:
    parameters = {"min_evidence": 5.0, "exclude": ["a b/"], "include_runners_up": True, "background": {"name": "none"}}
    found = reading(example(parameters=parameters))
    commit = repository().commit
    assert found.command == (
        f"clonescan scan https://example.org/{LEFT}@{commit} https://example.org/{RIGHT}@{commit}"
        " --min-evidence 5.0 --exclude 'a b/' --all --background none --report report.html"
    )
    assert found.chances[0].expected == "less than 0.01"


def test_residue_is_shown_where_a_report_has_it() -> None:
    assert 'id="residue"' not in render(Page(replace(example(), residue=())))
    row = Residue(RIGHT, LEFT, "adjust_cache", "function", "kit/x.py", 7, "encoder/y.py", 9, 20.0)
    report = replace(example(), residue=(row, replace(row, defined_path="", what="repository")))
    assert 'id="residue"' in render(Page(report))
    rows = residue(report).rows
    assert [(one.at, one.defined) for one in rows] == [("kit/x.py:7", "encoder/y.py:9"), ("kit/x.py:7", "")]


def test_long_tables_are_cut_and_say_so() -> None:
    row = Residue(RIGHT, LEFT, "adjust_cache", "function", "kit/x.py", 7, "encoder/y.py", 9, 20.0)
    text = render(Page(replace(example(), residue=(row,) * (MOST_RESIDUE + 7))))
    assert text.count("<td><code>adjust_cache</code></td>") == MOST_RESIDUE
    assert "and 7 more names, all of them in the JSON report" in text
    entries = [{"relation": "same", "left": {"key": "a", "value": "1", "line": 1}, "right": None}] * (MOST_ENTRIES + 3)
    [cut] = content(Page(example(matches=(match(kind="config", detail={"entries": entries}),))))["matches"]
    assert len(cut["detail"]["entries"]) == MOST_ENTRIES and cut["more"] == {"entries": 3}


def test_of_very_many_matches_the_strongest_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_MATCHES", 2)
    text = render(Page(example(matches=tuple(match(number) for number in range(5)))))
    data = json.loads(Parts(text).inside["script"][0])
    assert len(data["matches"]) == 2
    assert re.search(r"holds the strongest\s+2 of 5, here and in the graph; the JSON report has all of them", text)


def test_details_that_older_reports_lack_are_left_out() -> None:
    origin = Origin("timm", "1.0", "", "")
    kinds = ["config", "tokenizer", "new"]
    rows = tuple(match(number, kind=kind, detail={}, common_origin=origin) for number, kind in enumerate(kinds))
    data = content(Page(example(matches=rows)))
    assert data["kinds"] == kinds and all(row["detail"] == {} for row in data["matches"])


def test_common_reasons_are_told_apart() -> None:
    features = (Feature("x", 1.0, 9, "anchor"), Feature("y", 5.0, 0, "anchor"))
    [row] = content(Page(example(matches=(match(features=features),))))["matches"]
    assert [feature[3] for feature in row["features"]] == [False, True]


def test_all_sides_are_read_at_once_as_one_by_one(tmp_path: Path) -> None:
    page = pages.fixtures(tmp_path)
    texts = [page.sides[one.id] for one in page.report.matches if one.kind in ("code", "config")]
    assert texts and all(left and right and left.lines and right.lines for left, right in texts)
    assert not any(side and side.problem for pair in page.sides.values() for side in pair)
    notebook = [side for pair in page.sides.values() for side in pair if side and "#cell-" in side.place.path]
    assert notebook
    moved = example(matches=(match(),), repositories=(repository(source=str(tmp_path / "gone")), repository(RIGHT)))
    sides = both_sides(moved, Settings(cache_dir=tmp_path, offline=True))
    assert all(side.problem and not side.lines for side in sides[moved.matches[0].id])


def test_a_scan_writes_the_page_beside_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.html"
    sources = [str(pages.FIXTURES / name) for name in ("original", "disguised")]
    options = ["--cache-dir", str(tmp_path / "cache"), "--jobs", "1"]
    assert run(["scan", *sources, "--report", str(file), *options]) == 0
    assert "Matches" in capsys.readouterr().out
    assert "BytePairs.encode" in file.read_text("utf-8")
    assert run(["scan", *sources, "--report", str(tmp_path), *options]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_what_a_scan_has_open_is_not_opened_again(tmp_path: Path) -> None:
    settings, urls = Settings(use_cache=False, allow_http=True, jobs=1), []
    (tmp_path / "served").mkdir()
    with serve(tmp_path / "served") as server:
        for name in ("original", "disguised"):
            folder = pages.FIXTURES / name
            files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
            commit_files(tmp_path / name, files)
            server.publish(tmp_path / name, f"{name}.git")
            urls.append(f"{server.url}{name}.git")
        result = scan(urls, settings)
        before = len(server.traffic.requests)
        write_page(result.report, settings, no_progress, tmp_path / "report.html", result.opened)
        assert len(server.traffic.requests) == before > 0
    assert "BytePairs.encode" in (tmp_path / "report.html").read_text("utf-8")


def test_other_commands_do_not_load_what_the_page_needs() -> None:
    code = "import sys, clonescan.cli; clonescan.cli.run(['scan']); sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
