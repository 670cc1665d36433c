"""What both sides took from a third place is no evidence between them, and is told as such."""

from __future__ import annotations

from pathlib import Path

import pytest
from background.synthetic import LISTED, OWN, PACKAGES, SEEDS, read, source

from clonescan.background.build import build
from clonescan.background.store import save
from clonescan.entities import Match, Report
from clonescan.scan import scan
from clonescan.settings import Settings
from match.samples import fixture, function, write

TAKEN = SEEDS["alpha"] + 2
"""The seed of a function that the package alpha holds as `alpha_2`."""


@pytest.fixture(scope="session")
def background(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a background of four made-up packages."""
    path = tmp_path_factory.mktemp("background") / "small.bin"
    save(build(LISTED, read, 1), path)
    return str(path)


def compared(folder: Path, background: str, left: dict[str, str], right: dict[str, str]) -> Report:
    """A scan of two repositories with code of their own besides."""
    one = write(folder / "left", {**left, **fixture("original")})
    two = write(folder / "right", {**right, **fixture("bystander")})
    return scan([one, two], Settings(use_cache=False, jobs=1, background=background))


def between(report: Report, left: str, right: str) -> Match:
    """The match of two units."""
    (found,) = (match for match in report.matches if (match.left.unit, match.right.unit) == (left, right))
    return found


def module(*functions: str) -> str:
    """A file of these functions."""
    return "import torch\n\n\n" + "".join(functions)


def test_what_both_took_from_a_package_is_named_and_discounted(tmp_path: Path, background: str) -> None:
    """The gross figure stays, the net one shrinks, and overlap goes by the net one."""
    both = compared(
        tmp_path,
        background,
        {"a.py": module(function("warp", TAKEN), function("shared", 7))},
        {"b.py": module(function("bend", TAKEN, local="w"), function("also", 7, local="w"))},
    )
    taken, own = between(both, "warp", "bend"), between(both, "shared", "also")
    assert taken.common_origin is not None
    assert (taken.common_origin.repository, taken.common_origin.version) == ("alpha", "1.0")
    assert (taken.common_origin.path, taken.common_origin.unit) == ("alpha/core.py", "alpha_2")
    assert taken.evidence_bits > 50 and taken.net_bits < 0.5 * taken.evidence_bits
    assert own.common_origin is None and own.net_bits == own.evidence_bits
    for row in both.overlap:
        if row.kind == "config":
            assert row.matched_units == 0, "the defaults of their own code besides, which differ"
            continue
        assert row.net_bits < row.evidence_bits
        assert row.overlap > 0.05


def test_overlap_goes_by_what_is_left(tmp_path: Path, background: str) -> None:
    """Two repositories that share nothing but a function of a package overlap by far less."""
    sides = {"a.py": module(function("warp", TAKEN))}, {"b.py": module(function("bend", TAKEN, local="w"))}
    with_package, without = (
        [row.overlap for row in compared(tmp_path, name, *sides).overlap if row.kind != "config"]
        for name in (background, "none")
    )
    assert min(without) > 0.05
    assert all(less < more / 2 for less, more in zip(with_package, without, strict=True))


def test_without_that_package_it_is_evidence(tmp_path: Path) -> None:
    report = compared(
        tmp_path,
        "none",
        {"a.py": module(function("warp", TAKEN))},
        {"b.py": module(function("bend", TAKEN, local="w"))},
    )
    taken = between(report, "warp", "bend")
    assert taken.common_origin is None and taken.net_bits == taken.evidence_bits > 50


def test_a_package_that_is_scanned_is_no_third(tmp_path: Path, background: str) -> None:
    """Whoever copied from a package cannot have it explained away by that package itself, by whatever name."""
    report = compared(
        tmp_path,
        background,
        {"vendored/core.py": source("alpha")},
        {"b.py": module(function("bend", TAKEN, local="w"))},
    )
    taken = between(report, "alpha_2", "bend")
    assert taken.common_origin is None and taken.net_bits == taken.evidence_bits > 50
    facts = report.parameters["background"]
    assert facts["masked"] == ["alpha"] and facts["packages"] == len(PACKAGES) - 1


def test_a_scanned_package_makes_nothing_common(tmp_path: Path, background: str) -> None:
    """The copy carries as much evidence as it does of a package that nobody knows."""
    bits = []
    for number, (original, seed) in enumerate((("alpha", TAKEN), ("unknown", 4242))):
        functions = [function(f"{original}_{place}", seed - 2 + place) for place in range(OWN)]
        report = compared(
            tmp_path / str(number),
            background,
            {"core.py": module(*functions)},
            {"b.py": module(function("bend", seed, local="w"))},
        )
        match = between(report, f"{original}_2", "bend")
        assert match.net_bits == match.evidence_bits
        bits.append(match.evidence_bits)
    assert bits[0] == pytest.approx(bits[1], rel=0.5)


def test_a_third_that_matches_only_in_part_is_not_named(tmp_path: Path, background: str) -> None:
    """Both sides share more with each other than with the package."""
    more = function("more", 81).partition("\n")[2].replace("v", "u").partition("    return")[0]
    head, _, body = function("warp", TAKEN).partition("\n")
    longer = f"{head}\n    u0, u1 = v0, v1\n{more}{body}"
    report = compared(tmp_path, background, {"a.py": module(longer)}, {"b.py": module(longer.replace("warp", "bend"))})
    match = between(report, "warp", "bend")
    assert match.common_origin is None and match.net_bits == match.evidence_bits
