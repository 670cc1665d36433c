"""Configs: every format is read alike, what is data is none, and two that correspond are laid beside each other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from clonescan import scan
from clonescan.entities import PROBE
from clonescan.fingerprint import NAME, ORDER, STRUCTURE, Fingerprint
from clonescan.kinds import config
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.config import spelling, units
from clonescan.kinds.interface import Foreign, Side, Unreadable

FIXTURES = Path(__file__).parents[2] / "fixtures"

MODEL = {
    "name": "lumen",
    "vision": {"width": 1152, "depth": 18, "patch": 14, "mean": [0.4814, 0.4578, 0.4082]},
    "lr": 0.00017,
    "stages": [{"kind": "conv", "out": 72}, {"kind": "pool", "out": 81}],
    "run": "out/lumen-a/3",
    "tied": True,
}

JSON = json.dumps(MODEL)
YAML = yaml.safe_dump(MODEL, sort_keys=False)
TOML = """
name = "lumen"
lr = 1.7e-4
run = "out/lumen-a/3"
tied = true
[vision]
width = 1_152
depth = 18
patch = 14
mean = [0.4814, 0.4578, 0.4082]
[[stages]]
kind = "conv"
out = 72
[[stages]]
kind = "pool"
out = 81
"""
SETTINGS = """
name = 'lumen'
vision = dict(width=1024 + 128, depth=18, patch=14, mean=(0.4814, 0.4578, 0.4082))
lr = 1.7e-4
stages = [dict(kind='conv', out=72), dict(kind='pool', out=9 * 9)]
run = 'out/lumen-a/3'
tied = True
"""
FORMATS = {"a.json": JSON, "b.yaml": YAML, "c.toml": TOML, "d.py": SETTINGS}


def extract(path: str, text: str | bytes) -> Fingerprint:
    """The fingerprint of a file. Raises Unreadable or Foreign."""
    data = dedent(text).encode() if isinstance(text, str) else text
    return config.extract(path, data, Symbols())


def leaves(path: str, text: str | bytes) -> dict[str, tuple[str, int]]:
    """Every value with its line, by the keys that lead to it."""
    data = dedent(text).encode() if isinstance(text, str) else text
    return {
        ".".join(leaf.path): (leaf.value, leaf.line) for unit in units.read(path, data).units for leaf in unit.leaves
    }


def said(path: str, text: str) -> set[str]:
    """What its features say in words."""
    found = extract(path, text)
    return set(config.describe(path, text.encode(), found, range(len(found.features))))


def is_config(path: str, text: str | bytes) -> bool:
    """Whether a file is taken for a config."""
    data = dedent(text).encode() if isinstance(text, str) else text
    reach = config.claims(path, 4_000_000)
    if reach is None or not config.glance(data[: reach.limit]):
        return False
    try:
        extract(path, data[: reach.limit])
    except Foreign:
        return False
    return True


def hashes(found: Fingerprint, without: Iterable[int] = ()) -> set[int]:
    """The features of a file, those of some roles left out."""
    held = np.unique(found.features)
    return set(found.hashes[held[~np.isin(found.roles[held], list(without))]].tolist())


def correspond(left: tuple[str, str], right: tuple[str, str]) -> Mapping[str, Any]:
    """How the first units of two files correspond."""
    ours, theirs = (Side(path, dedent(text).encode(), extract(path, text), 0) for path, text in (left, right))
    return config.correspond(ours, theirs, None)


def relations(found: Mapping[str, Any]) -> set[tuple[str, str | None, str | None]]:
    """What became of each key."""
    return {
        (row["relation"], row["left"] and row["left"]["key"], row["right"] and row["right"]["key"])
        for row in found["entries"]
    }


@pytest.mark.parametrize("path", FORMATS)
def test_every_format_says_the_same(path: str) -> None:
    """One config in four formats has one set of keys and values."""
    values = {key: value for key, (value, _) in leaves(path, FORMATS[path]).items()}
    assert values == {
        "name": "lumen", "vision.width": "1152", "vision.depth": "18", "vision.patch": "14",
        "vision.mean": "[0.4814, 0.4578, 0.4082]", "lr": "0.00017", "stages.kind": "pool", "stages.out": "81",
        "run": "out/lumen-a/3", "tied": "true",
    }  # fmt: skip


@pytest.mark.parametrize("path", FORMATS)
def test_formats_share_all_but_their_order(path: str) -> None:
    """Values, what stands beside them, and keys are the same features in every format."""
    assert hashes(extract("a.json", JSON), [ORDER]) == hashes(extract(path, FORMATS[path]), [ORDER])


def test_ini_is_read_by_sections() -> None:
    """Options with `=` and `:`, values that go on, comments, and sections of one name."""
    text = "seed = 7  ; luck\n[train]\nlr: 1.7e-4\nsteps = 1,\n   2,\n   3\n[conv]\nout = 72\n[conv]\nout = 81\n"
    assert leaves("a.ini", text) == {
        "seed": ("7", 1), "train.lr": ("0.00017", 3), "train.steps": ("[1, 2, 3]", 4), "conv.out": ("81", 10),
    }  # fmt: skip


def test_json_may_have_comments_and_trailing_commas() -> None:
    """As editors and trainers write it."""
    text = '{\n // sizes\n "width": 1152,\n "mean": [1.5, 2.5,],\n /* more */ "depth": 18,\n "patch": 14,\n}'
    assert leaves("a.jsonc", text) == {
        "width": ("1152", 3), "mean": ("[1.5, 2.5]", 4), "depth": ("18", 5), "patch": ("14", 6),
    }  # fmt: skip
    assert not extract("a.jsonc", text).notes


def test_yaml_anchors_merges_and_streams() -> None:
    """An alias is what it stands for, a merge gives way to own keys, a stream has a unit a document."""
    text = """\
        base: &b
          lr: 0.3
          decay: 0.01
          steps: 900
        big:
          <<: *b
          lr: 0.7
        ---
        defaults:
          - model: lumen
          - _self_
        root: ${oc.env:HOME}/data
        size: 434
    """
    found = units.read("a.yaml", dedent(text).encode())
    assert [unit.name for unit in found.units] == ["<document 1>", "<document 2>"]
    values = leaves("a.yaml", text)
    assert values["big.lr"] == ("0.7", 7)
    assert values["big.decay"] == ("0.01", 3)
    assert values["defaults.model"] == ("lumen", 10)
    assert values["root"] == ("${}/data", 12)


def test_no_tag_of_yaml_is_obeyed(tmp_path: Any) -> None:
    """A tag that makes Python run something is not even looked at."""
    target = tmp_path / "ran"
    text = f'run: !!python/object/apply:os.system ["touch {target}"]\nwidth: 1152\ndepth: 18\n'
    assert leaves("a.yaml", text)["width"] == ("1152", 2)
    assert not target.exists()


CLASSES = """
    from dataclasses import dataclass, field

    @dataclass
    class Options:
        width: int = 1152
        depth: int = 18
        stops: list = field(default_factory=lambda: [2, 73440])
        name: str = field(default="lumen", metadata={"help": "its name"})

        def area(self):
            side = 3
            return side * self.width

    class LumenConfig(PretrainedConfig):
        model_type = "lumen"

        def __init__(self, vocab_size=73448, hidden_size=1792, rope_theta=17500.0, **kwargs):
            super().__init__(**kwargs)

    class Resampler(nn.Module):
        def __init__(self, width=1152, heads=9, queries=81):
            self.width = width
"""


def test_classes_of_defaults_are_units() -> None:
    """A dataclass and a config class are; a module of a network with defaults is none."""
    found = units.read("a.py", dedent(CLASSES).encode())
    assert [unit.name for unit in found.units] == ["Options defaults", "LumenConfig defaults"]
    values = leaves("a.py", CLASSES)
    assert values["stops"] == ("[2, 73440]", 8)
    assert values["name"] == ("lumen", 9)
    assert values["rope_theta"] == ("17500", 18)
    assert "side" not in values


def test_arguments_of_a_command_line_are_units() -> None:
    """Those of one function together, by their long names."""
    text = """
        import argparse

        def parse():
            parser = argparse.ArgumentParser()
            group = parser.add_argument_group("sizes")
            group.add_argument("-w", "--image-width", type=int, default=434)
            parser.add_argument("--lr", default=1.7e-4, help="the rate")
            parser.add_argument("--fast", action="store_true")
            parser.add_argument("path")
            return parser.parse_args()
    """
    assert [unit.name for unit in units.read("a.py", dedent(text).encode()).units] == ["parse arguments"]
    assert leaves("a.py", text) == {"image-width": ("434", 7), "lr": ("0.00017", 8), "fast": ("false", 9)}


RECORDS = """
    from yacs.config import CfgNode as CN

    _C = CN()
    _C.MODEL = CN()
    _C.MODEL.WIDTH = 1152
    _C.MODEL.RATIOS = [0.5, 1.75]
    _C.SOLVER = CN({"LR": 1.7e-4})
    _C.SOLVER.STEPS = 73440

    def get_cfg():
        return _C.clone()

    def get_config(name):
        config = ml_collections.ConfigDict()
        config.data = data = ml_collections.ConfigDict()
        data.side = 434
        with config.unlocked():
            config.seed = 717
        model = config.data
        model.depth = 27
        count = 5
        count.x = 3
        return config

    class Net:
        def __init__(self):
            self.width, self.depth, self.name = 3, 4, "x"
            self.a = 5
            self.b = 6
"""


def test_a_record_that_values_are_given_to_is_a_unit() -> None:
    """As in yacs and ml_collections; a part of a record is no record of its own, whatever name it has for a while."""
    found = units.read("a.py", dedent(RECORDS).encode())
    assert [unit.name for unit in found.units] == ["_C settings", "get_config.config settings"]
    assert leaves("a.py", RECORDS) == {
        "MODEL.WIDTH": ("1152", 6),
        "MODEL.RATIOS": ("[0.5, 1.75]", 7),
        "SOLVER.LR": ("0.00017", 8),
        "SOLVER.STEPS": ("73440", 9),
        "data.side": ("434", 17),
        "seed": ("717", 19),
        "data.depth": ("27", 21),
    }


def test_a_record_that_stands_in_itself_is_read_all_the_same() -> None:
    """One line would hide all others."""
    text = "c = ConfigDict()\nc.width = 1152\nc.rope = 17500.5\nc.root = '/data/lumen_v3'\n{}\n\ndef f():\n    pass\n"
    plain, hidden = (leaves("a.py", text.format(line)) for line in ("", "c.own = c"))
    assert plain and plain.items() <= hidden.items()


def test_records_and_yaml_share_all_but_their_order(tmp_path: Path) -> None:
    settings = {"width": 1152, "depth": 27, "rope": 17500.5, "stops": [2, 73440], "root": "/data/lumen_v3"}
    given = "".join(f"    config.model.{key} = {value!r}\n" for key, value in settings.items())
    made = "def get_config():\n    config = ConfigDict()\n    config.model = ConfigDict()\n" + given
    for path, text in {"a/c.py": made, "b/c.yaml": json.dumps({"model": settings})}.items():
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text(text)
    [match] = scan(str(tmp_path / "a"), str(tmp_path / "b"), use_cache=False, jobs=1).matches
    assert (match.kind, match.similarity, match.left.unit) == ("config", 1.0, "get_config.config settings")


def test_a_constant_that_is_a_mapping_is_settings() -> None:
    """Its keys are no constants, whatever its own name is."""
    text = """
        import os

        SETTINGS = {"model": {"width": 1152, "depth": 27}, "lr": 1.7e-4}
        ROOT = os.getcwd()
    """
    values = leaves("a.py", text)
    assert values["SETTINGS.model.width"] == ("1152", 4) and values["SETTINGS.lr"] == ("0.00017", 4)
    assert not is_config("a.py", "NAMES = ('a', 'b', 'c')\nSIZES = [3, 4, 5, 6, 7, 8]\nRATE = 1.7e-4\nK = {}\n")


NO_CONFIGS = {
    "setup.py": "from setuptools import setup\nsetup(name='x', version='1.2', packages=['a', 'b'], zip_safe=False)\n",
    "constants.py": "MEAN = (0.48, 0.45, 0.40)\nSTD = (0.26, 0.26, 0.27)\nSIZE = 224\nROOT = 'a'\nK = {1: 2}\n",
    "test_it.py": "from a import b\n\ndef test_it():\n    width = 3\n    assert b(width, depth=4, name='x') == 5\n",
    "__init__.py": "from a import b\n\n__version__ = '1.2'\n__all__ = ['b']\n_import_structure = {'a': ['b', 'c']}\n",
    "net.py": "import torch\n\nclass Net(torch.nn.Module):\n    def __init__(self, w=3, h=4, d=5):\n        pass\n",
    "boxes.json": json.dumps({"info": {"year": 2017}, "images": [{"id": i, "file": f"{i}.jpg"} for i in range(40)]}),
    "words.json": json.dumps({f"word{i}": i for i in range(500)}),
    "preds.json": json.dumps([{"id": i, "answer": "yes"} for i in range(9)]),
    "scores.json": json.dumps({f"img{i}.jpg": {"score": i / 7, "label": i} for i in range(60)}),
    "points.json": json.dumps({"shape": "poly", "points": [[i * 1.5, i * 2.5] for i in range(50)]}),
    "package-lock.json": json.dumps({"name": "x", "version": "1.2", "lockfileVersion": 3, "requires": True}),
    "tokenizer_config.json": json.dumps({"model_max_length": 77, "pad_token": "x", "bos_token": "y", "cls": "z"}),
    "model.safetensors.index.json": json.dumps({"metadata": {"total_size": 5}, "weight_map": {"a": "b", "c": "d"}}),
    "api.json": json.dumps({"openapi": "3.1", "info": {"title": "x", "version": "1"}, "paths": {"/a": {"get": 1}}}),
    ".github/workflows/ci.yml": "name: ci\non: push\njobs:\n  test:\n    runs-on: ubuntu\n    timeout: 17\n",
    "pyproject.toml": '[project]\nname = "x"\nversion = "1.2"\nrequires-python = ">=3.11"\n',
    "tiny.yaml": "width: 3\n",
}


@pytest.mark.parametrize("path", NO_CONFIGS)
def test_what_is_no_config_is_none(path: str) -> None:
    """Data, what tools read, code, and what holds next to nothing: silently another kind of file."""
    assert not is_config(path, NO_CONFIGS[path])


def test_a_thousand_class_names_are_one_value() -> None:
    """A model's config stays one with its table of labels."""
    names = {str(i): f"thing {i}" for i in range(1000)}
    assert is_config("config.json", json.dumps({**MODEL, "id2label": names}))
    values = leaves("config.json", json.dumps({**MODEL, "id2label": names}))
    assert values["id2label"][0].startswith("1000 values ")


def test_a_list_that_lost_and_changed_a_tenth_is_found_by_what_is_left(tmp_path: Path) -> None:
    """Its lowest hashes stay, whatever it is called, and the two lists are laid beside each other."""
    names = [f"{first}{second}" for first in ("heron", "quill", "ledge", "moss") for second in "abcdefghijklmnopqrst"]
    kept = [f"{name}-x" if i % 10 == 4 else name for i, name in enumerate(names) if i % 10 != 7]
    texts = {"labels": names, "a": 3, "b": 4}, {"kinds": kept, "c": 5, "d": 6}
    sides = ("a.json", json.dumps(texts[0])), ("b.json", json.dumps(texts[1]))
    for folder, (path, text) in zip("lr", sides, strict=True):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / path).write_text(text)
    matches = scan(str(tmp_path / "l"), str(tmp_path / "r"), use_cache=False, jobs=1).matches
    assert [(match.left.path, match.right.path) for match in matches] == [("a.json", "b.json")]
    assert ("changed", "labels", "kinds") in relations(correspond(*sides))


def test_options_of_many_sorts_are_no_table() -> None:
    """Sixty defaults of a command line are sixty values, and sixty numbers under as many words are data."""
    mixed = {f"option{i}": (i, f"text {i}", i % 2 == 0)[i % 3] for i in range(60)}
    assert len(leaves("a.json", json.dumps(mixed))) == 60
    assert not is_config("a.json", json.dumps({f"option{i}": i for i in range(60)}))
    rows = "".join(f"    {key}={value!r},\n" for key, value in mixed.items())
    text = f"class LumenConfig(Base):\n    def __init__(self,\n{rows}    ):\n        pass\n"
    assert len(leaves("a.py", text)) == 60


def test_many_rows_among_as_many_other_values_are_no_data() -> None:
    """Thirty pairs of numbers are data alone, and in a class of settings thirty of its options."""
    rows = {f"range{i}": [i, i + 0.5] for i in range(30)}
    others = {f"option{i}": (f"text {i}", i)[i % 2] for i in range(40)}
    assert not is_config("a.json", json.dumps(rows))
    assert is_config("a.json", json.dumps({**rows, **others}))


def test_a_row_of_numbers_is_one_value_and_its_longest_number() -> None:
    """The mean of three colours is no three coincidences, and one that was changed leaves the other two."""
    whole = {"mean": [0.48, 0.4578275, 0.4], "b": "heron", "c": "quill"}
    words = said("a.json", json.dumps(whole))
    assert {"[0.48, 0.4578275, 0.4]", "0.4578275"} <= words
    assert not {"0.48", "0.4"} & words
    assert {"heron", "quill"} <= said("a.json", json.dumps({"names": ["heron", "quill"], "b": 1, "c": 2}))


def test_two_values_are_a_pair_once() -> None:
    """Side by side in their section or one after the other in the file: the same pair tells the same."""
    pair = said("a.json", json.dumps({"crop": {"kind": "heron", "size": 218}, "other": {"a": "quill", "b": 7}}))
    assert len({"heron with 218", "218 with heron"} & pair) == 1
    assert "heron then 218" not in pair
    assert "218 then quill" in pair or {"218 with quill", "quill with 218"} & pair


def test_a_key_that_takes_up_its_section_keeps_its_last_words() -> None:
    """`vision.patch_size: 14` and `vision_patch_size: 14` share a key and a key with its value."""
    texts = {"vision": {"patch_size": 14.5}, "b": 6.5, "c": 7.5}, {"vision_patch_size": 14.5, "x": 6.25, "y": 7.25}
    found = [extract("a.json", json.dumps(text)) for text in texts]
    names = [set(one.hashes[one.features[one.roles[one.features] == NAME]].tolist()) for one in found]
    assert len(names[0] & names[1]) == 4  # patch_size and size, each alone and with the value


def test_most_code_is_refused_at_a_glance() -> None:
    """What a worker would parse for nothing is told by its words."""
    for path in ("setup.py", "test_it.py", "__init__.py", "net.py"):
        assert not config.glance(NO_CONFIGS[path].encode())


@pytest.mark.parametrize("other", ["hiddenSize", "hidden-size", "hidden.size", "--hidden_size", "HIDDEN_SIZE"])
def test_keys_have_one_spelling(other: str) -> None:
    """Camels, kebabs, snakes and dots."""
    assert spelling.key(other) == spelling.key("hidden_size")


@pytest.mark.parametrize(
    ("one", "other"),
    [("1e-05", "0.00001"), ("0xFF", "255"), ("1_152", "1152"), ("+3.0", "3"), ("True", "yes"), ("None", "~")],
)
def test_values_have_one_spelling(one: str, other: str) -> None:
    """Numbers, truth and nothing."""
    assert spelling.value(one) == spelling.value(other)


RENAMED = """
    vision_cfg:
      broad: 1152
      depth: 20
      cell: 14
      mean: [0.4814, 0.4578, 0.4082]
    title: lumen
    rate: 0.00017
    deep:
      tied: true
    extra: 5
"""


def test_what_became_of_each_value() -> None:
    """Same, renamed, moved, changed, and what only one side has."""
    found = correspond(("a.json", JSON), ("b.yaml", RENAMED))
    assert relations(found) == {
        ("renamed", "vision.width", "vision_cfg.broad"), ("changed", "vision.depth", "vision_cfg.depth"),
        ("renamed", "vision.patch", "vision_cfg.cell"), ("renamed", "vision.mean", "vision_cfg.mean"),
        ("renamed", "name", "title"), ("renamed", "lr", "rate"), ("moved", "tied", "deep.tied"),
        ("left", "stages.kind", None), ("left", "stages.out", None), ("left", "run", None), ("right", None, "extra"),
    }  # fmt: skip
    assert sum(found["counts"].values()) == len(found["entries"])
    assert found["entries"][1]["left"] == {"key": "vision.width", "value": "1152", "line": 1}
    assert found["entries"][1]["right"] == {"key": "vision_cfg.broad", "value": "1152", "line": 3}


KEYS = st.sampled_from(["width", "depth", "lr", "name", "mean_size", "deepRate"])
VALUES = st.sampled_from([1, 0.3, 1152, True, None, "lumen", "a/b.c", 0])
TREES = st.dictionaries(KEYS, st.one_of(VALUES, st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)), min_size=3)


@given(TREES, TREES)
def test_correspondence_is_one_to_one_and_the_same_when_turned(one: Any, other: Any) -> None:
    """Every value is in one entry, and left and right are nothing but names."""
    sides = ("a.json", json.dumps(one)), ("b.json", json.dumps(other))
    try:
        forth, back = correspond(*sides), correspond(*sides[::-1])
    except Foreign:
        return
    turn = {"left": "right", "right": "left"}
    places = [[(row[side]["key"], row["relation"]) for row in forth["entries"] if row[side]] for side in turn]
    assert [len(side) for side in places] == [len(leaves(*side)) for side in sides]
    turned = {(turn.get(relation, relation), right, left) for relation, left, right in relations(back)}
    assert turned == relations(forth)


@given(st.permutations(["width", "depth", "lr", "name", "patch", "seed"]), st.permutations([0, 1, 2, 3, 4, 5]))
def test_keys_have_no_part_in_what_is_structure(names: list[str], order: list[int]) -> None:
    """Renaming and reordering keys leaves every feature that is no name and no order."""
    values = [1152, 18, 0.00017, "lumen", 14, 7]
    plain = json.dumps({f"key{i}": value for i, value in enumerate(values)})
    other = json.dumps({names[i]: values[i] for i in order})
    one, two = extract("a.json", plain), extract("b.json", other)
    assert hashes(one, [NAME, ORDER]) == hashes(two, [NAME, ORDER])
    assert STRUCTURE in one.roles


def test_features_are_said_in_words() -> None:
    """Every feature of a config has words that its source holds."""
    data = JSON.encode()
    found = extract("a.json", data)
    words = config.describe("a.json", data, found, range(len(found.features)))
    assert all(words)
    assert "width: 1152" in words
    assert "0.00017" in words


HOSTILE = {
    "deep.json": b'{"a": ' * 10_000 + b"1" + b"}" * 10_000,
    "deep.yaml": b"a: " + b"[" * 10_000,
    "deep.toml": b"a = " + b"[" * 10_000,
    "dots.toml": b"a." * 10_000 + b"b = 3\n",
    "deep.py": b"a = " + b"dict(b=" * 10_000 + b")" * 10_000,
    "bomb.yaml": b"a: &a [x, y]\n" + b"".join(b"%c: &%c [%s]\n" % (i, i, b", ".join([b"*%c" % (i - 1)] * 9))
                                              for i in range(98, 122)),
    "merging.yaml": b"a: &a {b: 1, c: 2}\n" + b"".join(b"k%d: {<<: [*a, *a, *a]}\n" % i for i in range(5000)),
    "itself.yaml": b"a: &a\n  b: *a\n  c: 3\n  d: 4\n",
    "keys.json": b"{" + b'"a": 1,' * 30_000 + b'"b": 2}',
    "keys.toml": b"".join(b"[t%d]\n" % i for i in range(30_000)),
    "cycle.py": b"def f():\n    c = ConfigDict()\n    c.a = ConfigDict()\n    c.a.b = c.a\n    c.d = c\n    c.e = 5\n",
    "cycles.py": b"def f():\n    c = ConfigDict(x=5, y=6, z=7)\n    a = c.a = ConfigDict()\n    a.b = a\n    a.d = a\n",
    "itself.py": b"a = dict()\na.b = a\na.c = a\nd = dict(x=5, y=6, z=7, o=a)\n",
    "doubled.py": b"def f():\n    a = ConfigDict()\n"
                  + b"    b = ConfigDict()\n    b.l = a\n    b.r = a\n    a = b\n" * 90
                  + b"    a.x = a.y = a.z = 5\n",
    "doubled.yaml": b"a: &a {x: 1}\n" + b"a: &b {l: *a, r: *a}\na: &a {l: *b, r: *b}\n" * 50
                    + b"b: 2\nc: 3\nd: 4\n",
    "records.py": b"a = ConfigDict()\n" + (b"a.b.c = a.b = a = ConfigDict(%s)\n" % (b"x" * 400)) * 600,
    "configs.py": b"a = " + b"config" * 40_000 + b" = " + b"cfg." * 40_000,
    "blanks.ini": b"a" + b" " * 200_000 + b"b\n" * 3,
    "digits.json": b'{"a": ' + b"1" * 200_000 + b'x, "b": 2, "c": 3}',
    "long.json": b'{"a": 5, "b": "' + b"x" * 400_000,
    "names.py": b"a = dict()\n" + b"".join(b"a = dict(x=a, y=a, z=a)\n" for _ in range(80)),
    "spreads.py": b"a = dict(%s)\n" % b", ".join(b"k%d=%d" % (i, i) for i in range(3000))
                  + b"".join(b"b%d = dict(**a)\n" % i for i in range(3000)),
}  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_files_take_bounded_time_and_say_what_is_missing(path: str) -> None:
    """Nesting, aliases, duplicates and long lines; what is not compared is said, or the file is no config."""
    reach = config.claims(path, 4_000_000)
    assert reach is not None
    try:
        found = extract(path, HOSTILE[path][: reach.limit])
    except (Foreign, Unreadable):
        return
    assert found.notes or len(found.features) < 100_000


def test_a_record_that_is_given_itself_keeps_its_values() -> None:
    """Where it stands in itself there is nothing to compare."""
    made = "def f():\n    c = ConfigDict(x=5)\n    a = c.a = ConfigDict(y=6, z=7)\n    a.b = a\n    a.d = a\n"
    found = leaves("a.py", made)
    assert sorted(found) == ["a.y", "a.z", "x"]


def test_many_records_are_glanced_at_once() -> None:
    """A search of the whole file for each name would take hours."""
    data = b"def f():\n" + b"".join(b"    c%d = ConfigDict()\n" % number for number in range(200_000))
    assert not config.glance(data)
    assert config.glance(data + b"    c7.a = 5\n    c7.b = 6\n    c7.d.e = 7\n")


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("a.json", JSON[:-40], "syntax errors"),
        ("a.json", '{"a": 1, "a": 2, "b": 3, "c": 4}', "given twice"),
        ("a.json", '{"x": ' * 100 + "5" + "}" * 99 + ', "b": 3, "c": 4, "d": 5}', "levels deep"),
        ("a.yaml", "a: 1\nb: 2\nc: 3\nd: [4, 5\ne: }\n", "no YAML from line"),
        ("a.toml", "a = 1\nb = 2\nc = = 3\nd = 4\ne = 5\n", "syntax errors"),
        ("a.yaml", "".join(f"s{i}:\n  a{i}: {i}\n  b{i}: n{i}\n" for i in range(9_999)), "longer than 256,000 bytes"),
    ],
)
def test_what_cannot_be_read_is_said(path: str, text: str, reason: str) -> None:
    """The rest of the file is compared."""
    assert any(reason in note for note in extract(path, text).notes)


BROKEN = {
    "tabs.yaml": "model:\n\twidth: 3\n\tdepth: 4\n\theads: 5\n",
    "colon.yaml": "width: 3: 4\n",
    "open.json": '{"width": 3, "depth": {"heads',
    "page.json": "<html><body>Not found</body></html>",
    "names.json": "{width: 3, depth: 4, heads: 5}",
    "sign.toml": "width = = 3\ndepth 4\n",
}


@pytest.mark.parametrize("path", BROKEN)
def test_a_config_of_which_too_little_can_be_read_is_said(path: str) -> None:
    """It is a config by its name, and its content does not show another thing."""
    with pytest.raises(Unreadable, match="too little could be read"):
        extract(path, BROKEN[path])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rows.json", '[{"id": 1, "name": "a"}, {"id": 2, "na'),
        ("scores.json", json.dumps({f"img{i}.jpg": {"score": i / 7, "label": i} for i in range(60)})[:-20]),
        ("list.yaml", "- a: 1\n- b: 2\n\t- c: 3\n"),
        ("chart.yaml", "{{- if .Values.on }}\nkind: Service\n{{- end }}\n"),
        ("daemon.conf", "user nobody;\nserver { listen 80; }\n"),
    ],
)
def test_broken_data_is_no_config(path: str, text: str) -> None:
    """Rows and tables, templates of other programs, and what has the suffix of INI and is none."""
    assert not is_config(path, text)


def test_what_lies_too_deep_altogether_is_said() -> None:
    """Nothing of it is compared, and it is not passed over."""
    with pytest.raises(Unreadable, match="levels deep"):
        extract("a.json", '{"a":' * 10_000 + "1" + "}" * 10_000)


def test_a_bomb_of_aliases_is_listed_and_data_is_not(tmp_path: Path) -> None:
    """What stands for more than a file can hold is no data; long tables are, and those that aliases repeat."""
    table = b"base: &base\n" + b"".join(b"  - {id: %d, box: [1, 2, 3, 4]}\n" % number for number in range(400))
    maps = b"a: &a {x: 1, y: 2}\n" + b"".join(
        b"%c: &%c {%s}\n" % (i, i, b", ".join(b"k%d: *%c" % (k, i - 1) for k in range(9))) for i in range(98, 122)
    )
    files = {
        "bomb.yaml": HOSTILE["bomb.yaml"], "maps.yml": maps, "deep.yaml": HOSTILE["deep.yaml"],
        "table.yaml": table + b"train: *base\ntest: *base\n", "boxes.yaml": table,
        "chart.yaml": b"{{- if .Values.on }}\nkind: Service\n{{- end }}\n",
    }  # fmt: skip
    (tmp_path / "one").mkdir()
    for name, data in files.items():
        (tmp_path / "one" / name).write_bytes(data)
    report = scan(str(tmp_path / "one"), str(tmp_path / "one"), use_cache=False)
    reasons = {row.path: row.reason for row in report.repositories[0].skipped}
    assert sorted(reasons) == ["bomb.yaml", "deep.yaml", "maps.yml"]
    assert "aliases" in reasons["bomb.yaml"] and "aliases" in reasons["maps.yml"]
    assert "levels deep" in reasons["deep.yaml"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_encodings(encoding: str) -> None:
    """With a mark or in the one of old Western files."""
    text = '{"name": "Grüße", "width": 1152, "depth": 18}'
    assert leaves("a.json", text.encode(encoding))["name"][0] == "Grüße"


def test_a_file_of_two_kinds_matches_itself_in_each(tmp_path: Path) -> None:
    """The units of one kind are never paired with those of another."""
    for side in ("one", "two"):
        (tmp_path / side).mkdir()
        shutil.copy(FIXTURES / "original" / "lumen" / "config.py", tmp_path / side)
    report = scan(str(tmp_path / "one"), str(tmp_path / "two"), use_cache=False)
    assert {match.kind for match in report.matches} == {"code", "config"}
    assert all(match.left.unit == match.right.unit for match in report.matches)
    assert len({match.id for match in report.matches}) == len(report.matches)


def test_a_list_of_a_hundred_megabytes_costs_its_first_page(tmp_path: Path) -> None:
    """What is data is told by its beginning, and nothing of it is listed as lost."""
    (tmp_path / "one").mkdir()
    with (tmp_path / "one" / "boxes.json").open("wb") as file:
        file.write(b'[' + b'{"id": 1, "box": [1, 2, 3, 4]},\n' * 300)
        file.truncate(100_000_000)
    (tmp_path / "one" / "run.json").write_text(JSON)
    reach = config.claims("boxes.json", 4_000_000)
    assert reach is not None and reach.head and reach.enough is not None
    assert reach.enough(b'[{"id": 1') == PROBE
    report = scan(str(tmp_path / "one"), str(tmp_path / "one"), use_cache=False)
    assert report.repositories[0].files == {"config": 1}
    assert not report.repositories[0].skipped
