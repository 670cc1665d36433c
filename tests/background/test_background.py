"""A background is built from packages, kept in a file, refused when it does not fit, and asked what packages hold."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
import zlib
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from background.synthetic import COMMON, LISTED, OWN, PACKAGES, read, source
from clonescan.background import SHIPPED, open_background
from clonescan.background.build import File, Files, Listed, build
from clonescan.background.masking import masked
from clonescan.background.packages import build_from
from clonescan.background.store import KEY_BITS, MAGIC, SKETCH, Background, Known, Package, load, save
from clonescan.errors import BackgroundError
from clonescan.fingerprint import Array
from clonescan.kinds import claims, code, config
from clonescan.kinds.config.features import Features
from clonescan.kinds.config.units import Units
from clonescan.scan import scan
from clonescan.settings import Settings

ENOUGH = 16
"""Packages that the shipped background holds at least."""


def hashes(background: Background, text: str) -> Array:
    """The features of a piece of code, as this background reads it."""
    found = code.extract("a.py", text.encode(), background.symbols)
    held: Array = found.hashes[np.unique(found.features)]
    return held


def same(one: Background, other: Background) -> bool:
    """Whether two backgrounds say the same."""
    for part in fields(Background):
        ours, theirs = getattr(one, part.name), getattr(other, part.name)
        if not (np.array_equal(ours, theirs) if isinstance(ours, np.ndarray) else ours == theirs):
            return False
    return True


def known(background: Background) -> list[Known]:
    """The units that it knows."""
    return [background.unit(number) for number in range(len(background.unit_packages))]


def test_it_knows_its_packages(small: Background) -> None:
    assert [package.name for package in small.packages] == list(PACKAGES)
    assert all(package.version == "1.0" and package.units >= OWN for package in small.packages)
    assert {(unit.package, unit.unit) for unit in known(small)} >= {
        (number, f"{name}_{function}") for number, name in enumerate(PACKAGES) for function in range(OWN)
    }
    assert {unit.path.split("/")[0] for unit in known(small)} == set(PACKAGES)


def test_what_the_code_of_several_packages_mentions_is_counted_as_a_key_and_a_value(small: Background) -> None:
    """`persistent` and "everyones" stand in all four, `alpha_cut` in one; a key of a config is no other word's."""
    found = Features(Units((), ()))
    shapes = [found.key("persistent"), found.word("everyones"), found.key("alpha_cut"), found.key("nowhere")]
    asked = np.array([found.builder.shapes.hash[shape] for shape in shapes], np.uint64)
    packages, units = small.documents(asked, frozenset())
    assert packages.tolist() == units.tolist() == [4, 4, 0, 0]
    assert small.documents(asked, frozenset({0, 1}))[0].tolist() == [2, 2, 0, 0]


def test_it_says_which_packages_hold_a_feature(small: Background) -> None:
    """All four hold what everyone writes; what one alone holds is not kept."""
    common = hashes(small, "import torch\nfrom torch import nn\n" + COMMON)
    masks = small.occurrences(common)
    assert (np.bitwise_count(masks) == 4).sum() > 10
    own = np.setdiff1d(hashes(small, source("alpha")), hashes(small, source("beta")))
    assert len(own) > 50 and (np.bitwise_count(small.occurrences(own)) < 4).all()
    assert (small.occurrences(own) == 0).sum() > 50


def test_symbols_are_what_several_packages_use_and_do_not_define(small: Background) -> None:
    symbols = small.symbols
    assert {b"permute", b"register_buffer", b"softmax"} <= symbols.attribute
    assert {b"persistent", b"dim", b"mode"} <= symbols.keyword
    assert b"torch" in symbols.module
    assert b"everyones" in symbols.text
    every = frozenset().union(*(getattr(symbols, field.name) for field in fields(symbols)))
    assert not {word for word in every if word.startswith(tuple(name.encode() for name in PACKAGES))}
    assert not {b"bias", b"inner"} & every, "defined wherever they are used"


def test_building_twice_gives_the_same_file(small: Background, tmp_path: Path) -> None:
    save(small, tmp_path / "one.bin")
    save(build(LISTED, read, 1), tmp_path / "two.bin")
    assert (tmp_path / "one.bin").read_bytes() == (tmp_path / "two.bin").read_bytes()


def test_what_is_saved_is_loaded(small: Background, tmp_path: Path) -> None:
    save(small, tmp_path / "small.bin")
    again = load(tmp_path / "small.bin")
    assert same(again, small)
    assert same(open_background(str(tmp_path / "small.bin")), small)
    assert known(again) == known(small) and np.array_equal(again.sketch_sizes, small.sketch_sizes)


def test_a_sketch_that_is_not_full_speaks_of_all_that_its_unit_holds() -> None:
    full = np.arange(1, SKETCH + 1, dtype=np.uint64)
    short = np.array([20, 30], np.uint64)
    made = Background(
        packages=(Package("beta", "1"),),
        sketch_keys=np.r_[full, short],
        sketch_units=np.r_[np.zeros(SKETCH, np.uint32), np.ones(2, np.uint32)],
        packed_units=((0, "beta/a.py", ("full", "short")),),
    )
    assert made.sketch_ends.tolist() == [SKETCH, 2**KEY_BITS - 1]


def test_an_empty_background_is_saved_and_loaded(tmp_path: Path) -> None:
    save(Background(), tmp_path / "empty.bin")
    assert same(load(tmp_path / "empty.bin"), Background())
    assert not Background().occurrences(np.array([1, 2], np.uint64)).any()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.bin", tmp_path):
        with pytest.raises(BackgroundError, match="cannot be read"):
            open_background(str(path))


def test_a_broken_file_is_refused(small: Background, tmp_path: Path) -> None:
    path = tmp_path / "small.bin"
    save(small, path)
    whole = path.read_bytes()
    body = zlib.decompress(whole[len(MAGIC) :])
    broken = [
        b"",
        b"something else",
        whole[:-50],
        whole[: len(MAGIC)],
        MAGIC + b"no zlib",
        MAGIC + zlib.compress(b""),
        MAGIC + zlib.compress(b"\4\0\0\0null"),
        MAGIC + zlib.compress(b"\2\0\0\0{}"),
        MAGIC + zlib.compress(body[:-100]),
        MAGIC + zlib.compress(body[:100]),
        whole.replace(MAGIC, MAGIC.replace(b"3", b"9")),
    ]
    for number, data in enumerate(broken):
        other = tmp_path / f"{number}.bin"
        other.write_bytes(data)
        with pytest.raises(BackgroundError, match=r"broken|not a background") as refused:
            open_background(str(other))
        assert str(other) in str(refused.value)


def test_one_of_another_method_is_refused(small: Background, tmp_path: Path) -> None:
    save(replace(small, method="older"), tmp_path / "older.bin")
    with pytest.raises(BackgroundError, match="another version"):
        open_background(str(tmp_path / "older.bin"))
    with pytest.raises(BackgroundError, match="another version"):
        scan([str(tmp_path), str(tmp_path)], Settings(background=str(tmp_path / "older.bin"), use_cache=False))


def test_none_keeps_symbols_and_nothing_else() -> None:
    none, shipped = open_background("none"), open_background("default")
    assert none.symbols == shipped.symbols and none.method == shipped.method
    assert not none.packages and not len(none.keys) and not known(none)


def test_the_shipped_one_is_small_quick_and_knows_the_ecosystem() -> None:
    assert SHIPPED.stat().st_size <= 8_000_000
    start = time.perf_counter()
    shipped = load(SHIPPED)
    assert time.perf_counter() - start < 2, "a fifth of a second on an idle machine"
    names = {package.name for package in shipped.packages}
    assert len(names) == len(shipped.packages) >= ENOUGH
    assert {"transformers", "timm", "diffusers", "peft", "trl", "accelerate", "torchvision", "keras"} <= names
    assert all(package.version and package.units for package in shipped.packages)
    assert np.array_equal(shipped.keys, np.unique(shipped.keys))
    assert (np.bitwise_count(shipped.masks) >= 2).all()
    assert {b"permute", b"shape", b"register_buffer"} <= shipped.symbols.attribute
    assert b"_adjust_cache" not in shipped.symbols.attribute


CALLED = {
    "beta_tokens-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: beta-tokens\nVersion: 1.0\n",
    "pyproject.toml": "[[tool.uv.index]]\nname = 'gamma_tokens'\n[project]\nauthors = []\nname = 'beta-tokens'\n",
    "setup.cfg": "[metadata]\nversion = 1.0\nname = beta_tokens\n",
    "setup.py": "from setuptools import setup\nsetup(version='1.0', name='beta_tokens')\n",
}
"""Where a package says what it is called."""


def test_a_package_without_code_is_masked_where_its_wheel_is_scanned(tmp_path: Path) -> None:
    """By the name of the file, or what its metadata say, since many hold all of what it is there for."""
    tokens = [f"<|{name}_lichen|>" for name in ("oak", "elm", "ash", "fir", "yew")]
    content, path = json.dumps({"additional_special_tokens": tokens}), "tokens/special_tokens_map.json"
    for name in ("beta_tokens", "gamma_tokens"):
        (tmp_path / name / "tokens").mkdir(parents=True)
        (tmp_path / name / path).write_text(content)
    (tmp_path / "list.txt").write_text("./beta_tokens==1.0 without code\n./gamma_tokens==1.0 without code\n")
    save(build_from(tmp_path / "list.txt", Settings(jobs=1, use_cache=False)), tmp_path / "own.bin")
    asked = Settings(background=str(tmp_path / "own.bin"), use_cache=False, jobs=1)
    wheels = [tmp_path / f"{name}-1.0-py3-none-any.whl" for name in ("beta_tokens", "mine")]
    for wheel in wheels:
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(path, content)
    report = scan([str(wheel) for wheel in wheels], asked)
    assert report.parameters["background"]["masked"] == ["beta_tokens"]
    shutil.move(tmp_path / "beta_tokens", tmp_path / "renamed")
    sources = [str(tmp_path / "renamed"), str(wheels[1])]
    for path, told in CALLED.items():
        assert scan(sources, asked).parameters["background"]["masked"] == []
        place = tmp_path / "renamed" / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(told)
        assert scan(sources, asked).parameters["background"]["masked"] == ["beta_tokens"]
        place.unlink()


def test_a_config_is_known_by_what_few_packages_hold() -> None:
    """What all of them set tells nothing about where a config comes from: who sets it, too, holds none of them."""
    common = {f"option{number}": f"everyone-{number}" for number in range(9)}

    def with_configs(listed: Listed) -> tuple[Package, Files]:
        package, files = read(listed)
        made = {"own": common | {f"key{n}": f"{package.name}-{n}" for n in range(9)}, "common": common}
        texts = {f"{package.name}/{name}.json": json.dumps(values).encode() for name, values in made.items()}
        more = [File(path, claims(path, 1_000_000), data) for path, data in texts.items()]
        return package, [*files, *more]

    built = build(LISTED, with_configs, 1)
    paths = {unit.path for unit in known(built)}
    assert {f"{name}/own.json" for name in PACKAGES} <= paths
    assert not {f"{name}/common.json" for name in PACKAGES} & paths
    found = config.extract("a.json", json.dumps(common).encode(), built.symbols)
    assert not len(built.sketched(found.hashes)[0])


def test_a_package_is_masked_by_its_content_or_its_name(small: Background) -> None:
    """By its content whatever it is called, and in part by its name; a name alone masks nothing."""
    alpha, stranger = hashes(small, source("alpha")), hashes(small, "def f(x):\n    return g(x, 1, 2)\n")
    assert masked(small, alpha, {"somebody/else"}) == {0}
    assert masked(small, np.concatenate([alpha, hashes(small, source("gamma"))]), {"both"}) == {0, 2}
    one = "import torch\n\n\n" + source("beta").partition("import beta_only")[2].partition("def beta_1")[0]
    assert masked(small, hashes(small, one), {"somebody/beta"}) == {1}
    for release in ("beta 1.0", "Beta-1.0-py3-none-any", "beta-v2.1", "x/be.ta"):
        assert masked(small, hashes(small, one), {release}) == ({1} if release != "x/be.ta" else frozenset())
    assert masked(small, hashes(small, one), {"beta-extras-1.0"}) == frozenset()
    assert masked(small, stranger, {"beta"}) == frozenset()
    assert masked(Background(packages=(Package("beta", "1"),)), stranger, {"beta"}) == frozenset()
