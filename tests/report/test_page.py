"""The page in a browser: it opens alone and unaided, shows what is asked for, and takes nothing for markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab

from clonescan.report.escape import visible
from clonescan.report.html import Page, render
from clonescan.report.html.content import MOST_ENTRIES
from report import pages

SIZES = [(380, 800), (1600, 1000)]
EDGES = "#drawing .edge"


class Opened:
    """A tab that shows a page, with everything that it asked for or complained about."""

    def __init__(self, tab: Tab, file: Path) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        self.requests: list[str] = []
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.goto(file.as_uri())

    def edges(self) -> int:
        """How many lines are drawn."""
        return self.tab.locator(EDGES).count()

    def listed(self) -> list[str]:
        """What the list of matches says, a text a match."""
        return self.tab.locator("#list li").all_inner_texts()

    def settled(self, expression: str) -> None:
        """Wait until an expression holds; the page's policy allows no function that is made of text."""
        for _ in range(100):
            if self.tab.evaluate(expression):
                return
            self.tab.wait_for_timeout(50)
        pytest.fail(f"Not within five seconds: {expression}")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages as files."""
    folder = tmp_path_factory.mktemp("pages")
    made: dict[str, Page] = {
        "fixtures": pages.fixtures(folder / "cache"),
        "kinds": pages.kinds(),
        "hostile": pages.hostile(),
        "large": pages.large(),
    }
    for name, page in made.items():
        (folder / f"{name}.html").write_text(render(page), "utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def opened(request: pytest.FixtureRequest, browser: BrowserContext, files: dict[str, Path]) -> Iterator[Opened]:
    """The page that the test names, or that of all kinds."""
    tab = browser.new_page()
    yield Opened(tab, files[getattr(request, "param", "kinds")])
    tab.close()


def on(*names: str) -> pytest.MarkDecorator:
    """Run a test on these pages."""
    return pytest.mark.parametrize("opened", names, indirect=True)


@on("fixtures", "kinds", "hostile", "large")
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_it_opens_without_a_complaint_or_a_request(opened: Opened, size: tuple[int, int]) -> None:
    opened.tab.set_viewport_size({"width": size[0], "height": size[1]})
    opened.tab.wait_for_timeout(100)
    assert opened.complaints == []
    assert [url.partition("#")[0] for url in opened.requests] == [opened.tab.url.partition("#")[0]]
    assert opened.edges() > 0
    assert opened.tab.evaluate("document.documentElement.scrollWidth") == size[0]


def test_its_policy_is_in_force(opened: Opened) -> None:
    blocked = """() => new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
        const image = new Image();
        image.src = "https://example.org/x.png";
    })"""
    assert opened.tab.evaluate(blocked) == "img-src"
    with pytest.raises(Exception, match="TrustedHTML"):
        opened.tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<b>x</b>')")


@on("hostile")
def test_everything_hostile_is_visible_text(opened: Opened) -> None:
    tab = opened.tab
    seen = ""
    for number in range(tab.locator("[data-match]").count()):
        tab.locator(f"[data-match='{number}']").click()
        seen += tab.evaluate("document.querySelector('#match').textContent")
        assert tab.evaluate("typeof window.pwned") == "undefined"
    tab.locator("details").evaluate_all("all => all.forEach((details) => { details.open = true; })")
    shown = seen + tab.evaluate("document.querySelector('main').textContent")
    for text in pages.HOSTILE:
        assert visible(text) in shown, text
    assert all(char.isprintable() or char in "\n\t" for char in shown)
    assert tab.evaluate("typeof window.pwned") == "undefined"
    assert tab.locator("img, iframe, object, embed, link, base, form[action]").count() == 0
    assert tab.locator("script").count() == 2
    attributes = tab.evaluate("[...document.querySelectorAll('*')].flatMap((element) => element.getAttributeNames())")
    assert not [name for name in attributes if name.startswith("on")]
    assert opened.complaints == []


@on("hostile")
def test_links_to_matches_of_any_id_lead_there(opened: Opened) -> None:
    opened.tab.locator("details").evaluate_all("all => all.forEach((details) => { details.open = true; })")
    link = opened.tab.locator("#names td a").first
    link.click()
    opened.settled("document.activeElement.id === 'match'")
    opened.tab.evaluate("location.hash = '#match-%'")
    opened.tab.wait_for_timeout(50)
    assert opened.complaints == []


@on("hostile", "kinds")
def test_only_https_permalinks_are_links(opened: Opened) -> None:
    seen = set()
    for number in range(opened.tab.locator("[data-match]").count()):
        opened.tab.locator(f"[data-match='{number}']").click()
        seen |= set(opened.tab.locator("a").evaluate_all("all => all.map((link) => link.getAttribute('href'))"))
    assert all(link.startswith(("#", "https://example.org/")) for link in seen)


@pytest.mark.parametrize(
    ("selector", "left"),
    [
        ("input[name=kind][value=config]", 5),
        ("input[name=type][value=modified]", 3),
        ("input[name=repository][value='2']", 5),
    ],
)
def test_each_filter_changes_what_is_drawn(opened: Opened, selector: str, left: int) -> None:
    assert opened.edges() == len(opened.listed()) == 6
    opened.tab.locator(selector).uncheck()
    opened.settled(f"document.querySelectorAll('{EDGES}').length === {left}")
    assert len(opened.listed()) == left
    opened.tab.locator("#clear").click()
    assert opened.edges() == 6


def test_the_evidence_filter_hides_weak_matches(opened: Opened) -> None:
    opened.tab.locator("#evidence").fill("50")
    opened.settled(f"document.querySelectorAll('{EDGES}').length === 3")
    assert [text.split()[0] for text in opened.listed()] == ["300", "200", "100"]
    assert opened.tab.locator("#least").inner_text() == "75.0"


@pytest.mark.parametrize("words", ["extent", "EXTENT fill", "code_right_1", "kit/code1.py", "return F.pad"])
def test_search_finds_names_places_and_reasons(opened: Opened, words: str) -> None:
    opened.tab.locator("#search").fill(words)
    opened.settled(f"document.querySelectorAll('{EDGES}').length === 1")
    assert "code_left_1" in opened.listed()[0]
    assert opened.tab.locator("#shown").inner_text() == "1 of 6 matches shown"


def test_a_search_opens_its_first_hit(opened: Opened) -> None:
    """Unless what is open is one; the steps to the next are those of what is shown."""
    title = opened.tab.locator("#match .places")
    opened.tab.locator("#search").fill("code_left_1")
    opened.settled("document.querySelector('#match .places').textContent.includes('code_left_1')")
    opened.tab.locator("#search").fill("code_left")
    opened.settled("document.querySelectorAll('#list li').length === 3")
    assert "code_left_1" in title.inner_text()
    opened.tab.get_by_role("button", name="Next").click()
    assert "code_left_2" in title.inner_text()


def test_search_that_finds_nothing_says_so(opened: Opened) -> None:
    opened.tab.locator("#search").fill("no such thing")
    opened.settled(f"document.querySelectorAll('{EDGES}').length === 0")
    assert opened.listed() == ["No match is let through by these filters."]


def _click_edge(tab: Tab, words: str) -> None:
    """Click a line of the graph in its middle."""
    edge = tab.locator(f"{EDGES}[aria-label*='{words}'] .line")
    at = edge.evaluate(
        """(path) => {
            const point = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
            return [point.x, point.y];
        }"""
    )
    tab.mouse.click(*at)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_click_on_a_line_opens_its_match(opened: Opened, number: int) -> None:
    unit = opened.listed()[number - 1].split("\n")
    name = next(text for text in unit if f"_left_{number}" in text or "_left_" in text)
    opened.tab.locator("#drawing").scroll_into_view_if_needed()
    _click_edge(opened.tab, name)
    assert opened.tab.locator("#match .place.side-0 .unit").inner_text() == name
    assert opened.tab.locator("#list [aria-current]").inner_text().split("\n")[0] == unit[0]
    assert re.search(r"#match-\d+", opened.tab.url)


def test_files_and_repositories_fold_where_they_are_clicked(opened: Opened) -> None:
    units = opened.tab.locator("#drawing .unit").count()
    opened.tab.locator("#drawing .file").first.dispatch_event("click")
    assert opened.tab.locator("#drawing .unit").count() == units - 1
    opened.tab.locator("[data-level=repositories]").click()
    assert opened.tab.locator("#drawing :is(.file, .unit)").count() == 0 and opened.edges() == 2
    opened.tab.locator("#drawing .repository").first.dispatch_event("click")
    assert opened.tab.locator("#drawing .file").count() == 6 and opened.tab.locator("#drawing .unit").count() == 0
    opened.tab.locator("[data-level=units]").click()
    assert opened.tab.locator("#drawing .unit").count() == units


@on("large")
def test_a_large_graph_starts_folded_and_unfolds(opened: Opened) -> None:
    assert opened.tab.locator("#drawing .file").count() == 0
    opened.tab.locator("#drawing .repository").first.dispatch_event("click")
    assert opened.tab.locator("#drawing .file").count() > 10
    opened.tab.locator("[data-level=units]").click()
    assert opened.edges() > 3000


def test_zoom_and_pan_move_the_drawing(opened: Opened) -> None:
    tab = opened.tab
    tab.locator("#drawing").scroll_into_view_if_needed()
    seen: list[str | None] = []

    def moved() -> None:
        tab.wait_for_timeout(50)
        seen.append(tab.locator("#drawing > g").get_attribute("transform"))

    moved()
    tab.locator("#zoom-in").click()
    moved()
    tab.locator("#drawing [tabindex='0']").focus()
    tab.keyboard.press("Shift+ArrowLeft")
    moved()
    tab.mouse.move(800, 700)
    tab.keyboard.down("Control")
    tab.mouse.wheel(0, -200)
    tab.keyboard.up("Control")
    moved()
    tab.mouse.down()
    tab.mouse.move(900, 400, steps=4)
    tab.mouse.up()
    moved()
    assert len(set(seen)) == len(seen)
    tab.locator("#zoom-reset").click()
    moved()
    assert seen[-1] == seen[0]


def test_hover_says_what_a_thing_is(opened: Opened) -> None:
    opened.tab.locator("#drawing .file circle").first.hover(force=True)
    assert "src/" in opened.tab.locator("#hover").inner_text()
    opened.tab.mouse.move(2, 2)
    assert not opened.tab.locator("#hover").is_visible()


def test_the_way_through_the_graph_by_keyboard(opened: Opened) -> None:
    tab = opened.tab
    tab.locator("[data-level=units]").focus()
    tab.keyboard.press("Tab")
    label = "document.activeElement.getAttribute('aria-label')"
    assert "repository" in tab.evaluate(label)
    for _ in range(2):
        tab.keyboard.press("ArrowDown")
    unit = tab.evaluate(label)
    assert "_left_" in unit and tab.locator("#hover").inner_text() == unit
    tab.keyboard.press("ArrowRight")
    assert "bits" in tab.evaluate(label)
    tab.keyboard.press("Enter")
    assert tab.locator("#match .place.side-0 .unit").inner_text() == unit.split(",")[0]
    assert tab.evaluate("document.activeElement.id") == "match"
    tab.locator("#list button").first.focus()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.locator("#match h3 strong").inner_text() == "200 bits"


def test_folding_by_keyboard_keeps_the_place(opened: Opened) -> None:
    tab = opened.tab
    tab.locator("#drawing .repository").first.focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


def _row(tab: Tab, text: str) -> Any:
    return tab.locator("#match .code tbody tr", has_text=text).first


def test_both_sides_stand_next_to_each_other(opened: Opened) -> None:
    row = _row(opened.tab, "return F.pad(grid_size")
    left, right = row.locator(".line").all_inner_texts()
    assert (left, right) == ("    return F.pad(grid_size, 0, 'left')", "    return F.pad(extent, 0, 'right')")
    assert row.locator(".line-number").all_inner_texts() == ["90", "8"]
    colours = row.locator(".name").evaluate_all("all => all.map((name) => getComputedStyle(name).color)")
    assert len(colours) == 2 and len(set(colours)) == 1
    assert row.locator(".differs").all_inner_texts() == ["left", "right"]
    assert row.locator(".t-k").first.inner_text() == "return"
    assert row.locator(".worth").inner_text() == "13.6"
    faint = _row(opened.tab, "left only")
    assert "alone" in (faint.get_attribute("class") or "")


@on("fixtures")
def test_lines_that_hold_no_evidence_are_grey(opened: Opened) -> None:
    tab = opened.tab
    tab.locator("#list button", has_text="Resampler.__init__").click()
    colour = "line => getComputedStyle(line).color"
    lines = tab.locator("#match tr.aligned .line.side-0")
    grey, plain = (lines.filter(has_text=text).first for text in ("super()", "normal_"))
    assert grey.evaluate(colour) != plain.evaluate(colour)
    assert grey.evaluate(colour) == tab.locator("#match .facts").evaluate(colour)


def test_a_reason_shows_where_it_stands(opened: Opened) -> None:
    button = opened.tab.locator("[data-reason='0']")
    assert "in at most one of the 17 packages" in button.inner_text()
    button.click()
    assert "".join(opened.tab.locator(".lit").all_inner_texts()) == "return F.pad(grid_size, 0"
    assert button.get_attribute("aria-pressed") == "true"
    assert "common" in (opened.tab.locator(".reasons li").nth(1).get_attribute("class") or "")


@on("fixtures")
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_two_columns_scroll_together(opened: Opened, size: tuple[int, int]) -> None:
    opened.tab.set_viewport_size({"width": size[0], "height": size[1]})
    places = """() => [...document.querySelectorAll("#match .code tr.aligned:not(:has(.none))")].map((row) =>
        [...row.querySelectorAll(".line")].map((cell) => Math.round(cell.getBoundingClientRect().top)))"""
    opened.tab.locator("[data-match='2']").click()
    before = opened.tab.evaluate(places)
    opened.tab.evaluate("document.querySelector('#match .both').style.maxHeight = '120px'")
    opened.tab.evaluate("document.querySelector('#match .both').scrollTop = 60")
    after = opened.tab.evaluate(places)
    assert [[top - 60 for top in row] for row in before] == after
    assert all(len(row) == 2 and (row[0] == row[1] or size[0] == 380) for row in after)


def test_the_other_kinds_have_views_of_their_own(opened: Opened) -> None:
    tab = opened.tab
    tab.locator("#list button", has_text="config").click()
    keys = tab.locator("#match .keys tbody tr").all_inner_texts()
    assert len(keys) == 6 and "model.renamed.old" in keys[1] and "net.renamed.new" in keys[1]
    tab.locator("#list button", has_text="tokenizer").click()
    text = tab.locator("#match").inner_text()
    assert "128,256 of 128,265" in text and "<image>" in text and "On the right only, 9" in text and "llama 3" in text
    tab.locator("#list button", has_text="checkpoint").click()
    tree = tab.locator("#match .trees tbody tr").all_inner_texts()
    assert len([row for row in tree if "encoder" in row]) == 1
    assert any("q_proj" in row for row in tree) and "[4096, 4096] BF16" in " ".join(tree)


def test_a_table_that_is_cut_says_where_the_rest_is(browser: BrowserContext, tmp_path: Path) -> None:
    page = pages.kinds()
    config = next(row for row in page.report.matches if row.kind == "config")
    entries = [*config.detail["entries"]] * (1 + MOST_ENTRIES // 6)
    longer = replace(config, detail={**config.detail, "entries": entries})
    rows = tuple(longer if row is config else row for row in page.report.matches)
    (tmp_path / "page.html").write_text(render(Page(replace(page.report, matches=rows), page.sides)), "utf-8")
    opened = Opened(browser.new_page(), tmp_path / "page.html")
    opened.tab.locator("#list button", has_text="config").click()
    text = opened.tab.locator("#match").inner_text()
    assert f"and {len(entries) - MOST_ENTRIES} more rows in the JSON report" in text
    opened.tab.close()


def test_a_side_that_is_gone_says_so(opened: Opened) -> None:
    opened.tab.locator("#list button", has_text="lonely").click()
    text = opened.tab.locator("#match").inner_text()
    assert "Its source is no longer at hand." in text and "eve.py has changed." in text
    assert "75% of the evidence is discounted as common" in text and "both also in transformers 4.44.2" in text


@on("fixtures")
def test_the_rename_map_sorts_and_leads_to_matches(opened: Opened) -> None:
    tab = opened.tab
    column = "#names tbody tr td:nth-child({})"
    for table in tab.locator("#names tbody").all():  # one for each pair of repositories
        counts = [int(text) for text in table.locator("tr td:nth-child(3)").all_text_contents()]
        assert counts and counts == sorted(counts, reverse=True)
    tab.locator("#names th button").first.click()
    names = tab.locator(column.format(1)).all_text_contents()
    assert names != sorted(names, reverse=True)
    assert tab.locator("#names th").first.get_attribute("aria-sort") == "ascending"
    tab.locator("#names th button").nth(2).click()
    link = tab.locator("#names tbody a").first
    link.click()
    opened.settled("document.activeElement.id === 'match'")
    assert link.inner_text().partition(":")[0] in tab.locator("#match .place.side-0 .path").inner_text()


@pytest.mark.parametrize(
    ("opened", "scheme"),
    [("fixtures", "light"), ("kinds", "light"), ("kinds", "dark"), ("hostile", "dark")],
    indirect=["opened"],
)
def test_axe_finds_nothing_serious(opened: Opened, files: dict[str, Path], scheme: Any) -> None:
    """axe makes elements of text, which the policy forbids: it is tried on the page without it."""
    tab = opened.tab
    text = Path(tab.url.removeprefix("file://").partition("#")[0]).read_text("utf-8")
    copy = files["kinds"].with_name("without-policy.html")
    copy.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text), "utf-8")
    tab.emulate_media(color_scheme=scheme)
    tab.goto(copy.as_uri())
    tab.locator("details").evaluate_all("all => all.slice(0, 9).forEach((details) => { details.open = true; })")
    tab.evaluate(AXE_SCRIPT)
    found = tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    serious = [row for row in found if row["impact"] in ("serious", "critical")]
    assert not serious, json.dumps([[row["id"], [node["html"][:200] for node in row["nodes"][:3]]] for row in serious])


def test_dark_and_light_differ_and_can_be_chosen(opened: Opened) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    opened.tab.emulate_media(color_scheme="light")
    light = opened.tab.evaluate(colour)
    opened.tab.locator("#theme").click()
    dark = opened.tab.evaluate(colour)
    opened.tab.emulate_media(color_scheme="dark")
    assert light != dark == opened.tab.evaluate(colour)


def test_paper_has_the_match_and_no_controls(opened: Opened) -> None:
    opened.tab.emulate_media(media="print")
    assert not opened.tab.locator("#filters").is_visible() and not opened.tab.locator("nav").is_visible()
    assert opened.tab.locator("#match .code").is_visible() and opened.tab.locator("#reading").is_visible()
