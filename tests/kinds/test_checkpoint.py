"""Tensor maps: what the kind reads, that no renaming hides a map, and that strangers and broken files show nothing."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clonescan
from clonescan.background import SHIPPED
from clonescan.background.store import load
from clonescan.entities import Match, Reach, Report
from clonescan.fingerprint import NAME, Fingerprint
from clonescan.kinds import checkpoint
from clonescan.kinds.checkpoint import gguf, index, listing, matching, safetensors
from clonescan.kinds.checkpoint.tensors import HEADER_LIMIT, MAX_TENSORS, Tensor, TensorMap, tensor_map
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.sources.regular import read_beneath

SECONDS = 10
"""Processor time that one file may take here; each takes a tenth of it, and one of quadratic time takes minutes."""

LAYOUTS = SHIPPED.parent / "standard-layouts"
Shapes = Mapping[str, Sequence[int]]


def layout(name: str) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a layout that everybody has."""
    found = listing.read((LAYOUTS / f"{name}.tensors.txt").read_bytes())
    return {tensor.name: tensor.shape or () for tensor in found.tensors}


def own(width: int = 1792, layers: int = 6) -> dict[str, tuple[int, ...]]:
    """A model that nobody else has."""
    shapes: dict[str, tuple[int, ...]] = {"table.weight": (73448, width), "tail.weight": (width,)}
    for layer in range(layers):
        block = f"steps.{layer}."
        shapes |= {block + f"mix.{name}.weight": (width, width) for name in ("ask", "reply")}
        shapes |= {block + "mix.both.weight": (2 * 448, width), block + "mix.gain": (28, 1, 1)}
        shapes |= {block + f"gate.{n}.weight": (4816, width) for n in range(3)}
        shapes |= {block + "close.weight": (width, 4816), block + "close.bias": (width,)}
        shapes |= {block + "norm.scale": (width,)}
    return shapes


def header(shapes: Shapes, dtype: str = "BF16", size: int = 2) -> bytes:
    """A `.safetensors` file without its data."""
    rows, place = {}, 0
    for name, shape in sorted(shapes.items()):
        end = place + size
        for dim in shape:
            end = place + (end - place) * dim
        rows[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [place, end]}
        place = end
    return packed(json.dumps(rows).encode())


def packed(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


def index_of(shapes: Shapes) -> bytes:
    return json.dumps({"metadata": {}, "weight_map": dict.fromkeys(sorted(shapes), "a.bin")}, indent=2).encode()


def gguf_of(shapes: Shapes, version: int = 3) -> bytes:
    """The header of a GGUF file with metadata of several types."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    entries = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        text("llama.block_count") + struct.pack("<II", 4, 6),
        text("tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("b"),
        text("scores") + struct.pack("<IIQ2f", 9, 6, 2, 0.5, 1.5),
    ]
    infos = [
        text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *reversed(shape))
        + struct.pack("<IQ", 30, 0)
        for name, shape in shapes.items()
    ]  # fmt: skip
    return b"GGUF" + struct.pack("<IQQ", version, len(infos), len(entries)) + b"".join(entries + infos)


def renamed(shapes: Shapes) -> dict[str, Sequence[int]]:
    """Every module under a name made of its digest, so that nothing keeps its place in the alphabet."""

    def word(part: str) -> str:
        keep = part.isdecimal() or part in ("weight", "bias")
        return part if keep else "m" + sha256(part.encode()).hexdigest()[:8]

    return {".".join(map(word, name.split("."))): shape for name, shape in shapes.items()}


def scan(tmp_path: Path, left: Mapping[str, bytes], right: Mapping[str, bytes]) -> Report:
    for side, files in (("left", left), ("right", right)):
        for name, data in files.items():
            (tmp_path / side).mkdir(exist_ok=True)
            (tmp_path / side / name).write_bytes(data)
    return clonescan.scan(str(tmp_path / "left"), str(tmp_path / "right"), use_cache=False, jobs=1)


def the_match(report: Report) -> Match:
    [match] = report.matches
    return match


def read(path: str, data: bytes) -> Fingerprint:
    return checkpoint.extract(path, data, Symbols())


def a_map(shapes: Shapes) -> TensorMap:
    return tensor_map(Tensor(name, tuple(shape)) for name, shape in shapes.items())


def structural(found: Fingerprint) -> set[int]:
    held = found.features
    return set(found.hashes[held[found.roles[held] < NAME]].tolist())


# What is found


def test_a_map_with_every_module_renamed_is_found_whole(tmp_path: Path) -> None:
    """All tensors correspond, and the map of names is that of the copier."""
    shapes = own()
    match = the_match(scan(tmp_path, {"a.safetensors": header(shapes)}, {"b.safetensors": header(renamed(shapes))}))
    assert match.kind == "checkpoint" and match.clone_type == "renamed" and match.similarity == 1
    assert match.detail["tensors"] == {"left": len(shapes), "right": len(shapes), "corresponding": len(shapes)}
    expected = {old: next(iter(renamed({old: ()}))) for name in shapes for old in name.split(".")}
    found = {row["left"]: row["right"] for row in match.detail["prefixes"]}
    assert found.keys() == {old for old, new in expected.items() if old != new}
    equal = {"ask", "reply"}
    assert all(found[old] == expected[old] for old in found.keys() - equal)
    assert {found[old] for old in equal} == {expected[old] for old in equal}
    equal_ones = [row["ambiguous"] for row in match.detail["prefixes"] if row["left"] in equal]
    assert equal_ones == [True, True] and sum(row["ambiguous"] for row in match.detail["prefixes"]) == 2
    assert {row.left: row.right for row in match.renames} == {old: found[old] for old in found.keys() - equal}


COPIED = {
    "self_attn": "mix", "mlp": "ff", "q_proj": "a", "k_proj": "b", "v_proj": "c", "o_proj": "d", "gate_proj": "g",
    "up_proj": "u", "down_proj": "dn", "extra_proj": "ex", "layers": "steps", "model": "net", "norm": "nn",
}  # fmt: skip
"""What a copier called the parts of a model."""


def blocks(inner: Sequence[str]) -> list[str]:
    """The names of a model's tensors in the order in which they are made."""
    parts = [f"self_attn.{name}_proj" for name in "qkvo"] + [f"mlp.{name}_proj" for name in inner]
    return [f"model.layers.{n}.{part}.weight" for n in range(6) for part in parts] + ["model.norm.weight"]


def copied(names: Sequence[str]) -> list[str]:
    return [".".join(COPIED.get(part, part) for part in name.split(".")) for name in names]


def listed(names: Sequence[str]) -> dict[str, bytes]:
    weight_map = {"weight_map": dict.fromkeys(names, "a.bin")}
    return {"model.safetensors.index.json": json.dumps(weight_map, indent=1).encode()}


INNER = (["gate", "up", "down"], ["gate", "up", "down", "extra"])


@pytest.mark.parametrize("inner", INNER)
def test_the_order_of_an_index_tells_equal_parts_apart(tmp_path: Path, inner: list[str]) -> None:
    """Also modules that hold as many tensors; and all that is told of names is one map."""
    names = blocks(inner)
    report = scan(tmp_path, listed(names), listed(copied(names)))
    match = the_match(report)
    expected = {(old, new) for old, new in COPIED.items() if any(old in name.split(".") for name in names)}
    assert {(row["left"], row["right"]) for row in match.detail["prefixes"] if not row["ambiguous"]} == expected
    told = {(row["left"], row["right"], row["count"]) for row in match.detail["prefixes"]}
    assert {(row.left, row.right, row.count) for row in match.renames} == told
    assert {(row.left, row.right, row.count) for row in report.renames} == told
    assert not any(row["ambiguous"] for row in match.detail["tree"])


@pytest.mark.parametrize("inner", INNER)
def test_parts_that_nothing_tells_apart_are_said_to_be_ambiguous(tmp_path: Path, inner: list[str]) -> None:
    """The order of the alphabet says nothing: what is named is right, and the rest is marked."""
    names = blocks(inner)
    report = scan(tmp_path, listed(sorted(names)), listed(sorted(copied(names))))
    match = the_match(report)
    told = {row["left"]: row["right"] for row in match.detail["prefixes"] if not row["ambiguous"]}
    blocks_told = {"self_attn", "mlp"} if len(inner) == 3 else set()
    assert told == {old: COPIED[old] for old in {"model", "layers", "norm"} | blocks_told}
    assert {row.left: row.right for row in match.renames} == told == {row.left: row.right for row in report.renames}
    assert all(row["ambiguous"] for row in match.detail["tree"] if "_proj" in row["left"])


def test_names_tell_equal_parts_apart_where_one_pair_alone_is_much_alike() -> None:
    names = sorted(f"blocks.{n}.w{part}.weight" for n in range(3) for part in "qkvog")
    other = [name.replace(".w", ".", 1).replace("g.weight", "xyz.weight") for name in names]
    found = matching.correspond(*(tensor_map(Tensor(name) for name in rows) for rows in (names, sorted(other))))
    rows = {(row["left"], row["right"]): row["ambiguous"] for row in found["prefixes"]}
    assert rows == dict.fromkeys([("wq", "q"), ("wk", "k"), ("wv", "v"), ("wo", "o"), ("wg", "xyz")], False)


def test_modules_are_told_by_the_names_that_were_kept_in_them() -> None:
    names = sorted(blocks(INNER[1]))
    other = [name.replace("self_attn", "mix").replace("mlp", "ff") for name in names]
    found = matching.correspond(*(tensor_map(Tensor(name) for name in rows) for rows in (names, sorted(other))))
    assert {(row["left"], row["right"]): row["ambiguous"] for row in found["prefixes"]} == {
        ("self_attn", "mix"): False, ("mlp", "ff"): False
    }  # fmt: skip


def test_renaming_changes_no_structure() -> None:
    found = [read("a.safetensors", header(shapes)) for shapes in (own(), renamed(own()))]
    assert structural(found[0]) == structural(found[1])


def test_an_index_without_shapes_matches_a_header(tmp_path: Path) -> None:
    shapes = own()
    left = {"model.safetensors.index.json": index_of(shapes)}
    match = the_match(scan(tmp_path, left, {"b.safetensors": header(renamed(shapes))}))
    assert match.detail["tensors"]["corresponding"] == len(shapes)
    assert match.similarity == match.containment.left == match.containment.right == 1
    assert match.left.end_line == len(shapes) + 3
    row = next(row for row in match.detail["tree"] if row["left"] == "steps.*.mix.gain")
    assert (row["shape"], row["dtype"], row["count"]) == ([28, 1, 1], "BF16", 6)


def test_a_copy_of_another_type_with_a_larger_vocabulary_is_found(tmp_path: Path) -> None:
    shapes, larger = own(), {**own(), "table.weight": (73456, 1792)}
    right = {"b.safetensors": header(renamed(larger), "F32", 4)}
    match = the_match(scan(tmp_path, {"a.safetensors": header(shapes)}, right))
    assert match.detail["tensors"]["corresponding"] == len(shapes)
    assert all(row["dtype"] is None for row in match.detail["tree"])


def test_layers_that_were_dropped_are_on_one_side_alone() -> None:
    found = matching.correspond(a_map(own(layers=6)), a_map(own(layers=4)))
    assert found["tensors"]["corresponding"] == len(own(layers=4))
    assert {row["count"] for row in found["tree"] if row["right"] is None} == {2, 6}  # 6: gates, three a layer


@pytest.mark.parametrize("name", ["bert-base", "llama-7b", "resnet50", "clip-vit-base-32", "t5-small"])
def test_what_everybody_has_is_told_with_its_origin_or_not_at_all(tmp_path: Path, name: str) -> None:
    """The same standard layout on both sides is a fact; hardly any of it is evidence of its own."""
    shapes = layout(name)
    report = scan(tmp_path, {"a.safetensors": header(shapes)}, {"b.safetensors": header(shapes)})
    for match in report.matches:
        assert match.detail["tensors"]["corresponding"] == len(shapes)


STRANGERS = (
    "bert-base", "llama-7b", "gpt2", "resnet50", "whisper-tiny", "t5-small", "timm-convnext-tiny", "vit-base-16"
)  # fmt: skip


def test_other_architectures_show_nothing(tmp_path: Path) -> None:
    """All pairs of them."""
    folders = []
    for name in (*STRANGERS, "own"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(header(own() if name == "own" else layout(name)))
        folders.append(str(tmp_path / name))
    assert not clonescan.scan(*folders, use_cache=False, jobs=1).matches


def test_the_shipped_background_knows_the_standard_layouts() -> None:
    known = load(SHIPPED)
    [number] = [n for n, package in enumerate(known.packages) if package.name == "standard-layouts"]
    files = [path for package, path, _ in known.packed_units if package == number]
    assert len(files) >= 0.8 * len(list(LAYOUTS.glob("*.tensors.txt")))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text("abc.01", min_size=1, max_size=8), st.integers(1, 3)), min_size=1, max_size=25))
def test_correspondence_is_one_to_one_and_the_same_with_the_sides_swapped(rows: list[tuple[str, int]]) -> None:
    shapes = {name: (dim, 64) for name, dim in rows}
    other = {f"x.{name}.b" if dim > 1 else name: (dim, 64) for name, dim in rows}
    forth, back = matching.correspond(a_map(shapes), a_map(other)), matching.correspond(a_map(other), a_map(shapes))
    turned = [(row["right"], row["left"], row["shape"], row["count"]) for row in back["tree"]]
    assert sorted(turned, key=str) == sorted(
        ((row["left"], row["right"], row["shape"], row["count"]) for row in forth["tree"]), key=str
    )
    assert {(p["right"], p["left"], p["count"]) for p in back["prefixes"]} == {
        (p["left"], p["right"], p["count"]) for p in forth["prefixes"]
    }
    for side, count in (("left", len(shapes)), ("right", len(other))):
        assert sum(row["count"] for row in forth["tree"] if row[side] is not None) == count
    itself = matching.correspond(a_map(shapes), a_map(shapes))
    assert itself["tensors"]["corresponding"] == len(shapes) and not itself["prefixes"]


# Weights that are not read


def pointer(content: bytes, size: int = 14_483_464_192) -> bytes:
    oid = sha256(content).hexdigest()
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()


@pytest.mark.parametrize("suffix", ["safetensors", "bin", "pt", "pth", "ckpt", "gguf", "h5", "onnx", "msgpack"])
def test_pointers_to_the_same_weights_say_so_with_the_size(tmp_path: Path, suffix: str) -> None:
    other = {f"b.{suffix}": pointer(b"1"), f"c.{suffix}": pointer(b"2")}
    match = the_match(scan(tmp_path, {f"a.{suffix}": pointer(b"1")}, other))
    assert match.right.path == f"b.{suffix}"
    assert match.detail["same_weights"] == {"bytes": 14_483_464_192}
    assert match.expected_by_chance < 1e-6


def test_a_pickle_is_the_same_bit_for_bit_or_nothing_is_said(tmp_path: Path) -> None:
    """It is never parsed: these would fail to."""
    data = b"PK\3\4" + bytes(900)
    report = scan(tmp_path, {"a.pt": data}, {"b.bin": data, "c.pt": data + b"1", "d.bin": b"no weights"})
    match = the_match(report)
    assert (match.right.path, match.detail["same_weights"]) == ("b.bin", {"bytes": len(data)})
    assert report.repositories[1].files == {"checkpoint": 2}


def test_of_weights_only_the_beginning_is_read(tmp_path: Path) -> None:
    """Files with equal beginnings are not taken to be the same."""
    for side, last in (("left", b"1"), ("right", b"2")):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.ckpt").write_bytes(b"PK\3\4" + bytes(50_000) + last)
    assert not clonescan.scan(str(tmp_path / "left"), str(tmp_path / "right"), use_cache=False, jobs=1).matches


def test_only_the_header_is_read(tmp_path: Path) -> None:
    data = header(own())
    (tmp_path / "a.safetensors").write_bytes(data + bytes(200_000))
    reach = checkpoint.claims("a.safetensors", 1_000)
    assert isinstance(reach, Reach)
    read_part = read_beneath(tmp_path, "a.safetensors", reach)
    assert isinstance(read_part, bytes) and len(read_part) <= max(len(data), 4096)


# Formats


@pytest.mark.parametrize("version", [2, 3])
def test_gguf_says_what_safetensors_says(version: int) -> None:
    shapes = own()
    found = gguf.read(gguf_of(shapes, version))
    assert [(t.name, t.shape, t.dtype) for t in found.tensors] == [
        (t.name, t.shape, t.dtype) for t in safetensors.read(header(shapes)).tensors
    ]


def test_a_listing_stands_for_all_names_of_its_braces() -> None:
    found = listing.read(b"# two layers\nlayers.{0..1}.{q,k}.weight 4 8\nscale\n")
    assert [(t.name, t.shape, t.line) for t in found.tensors] == [
        ("layers.0.k.weight", (4, 8), 2), ("layers.0.q.weight", (4, 8), 2), ("layers.1.k.weight", (4, 8), 2),
        ("layers.1.q.weight", (4, 8), 2), ("scale", (), 3),
    ]  # fmt: skip


def test_every_feature_has_words() -> None:
    data = header(own())
    found = read("a.safetensors", data)
    assert all(checkpoint.describe("a.safetensors", data, found, range(len(found.features))))


# Hostile input

GOOD = header(own())
ROW = '{"dtype": "F32", "shape": [%s], "data_offsets": [%s]}'


def one(shape: str = "1", offsets: str = "0, 4", name: str = '"a"') -> bytes:
    return packed(f"{{{name}: {ROW % (shape, offsets)}}}".encode())


BROKEN = {
    "empty": b"\0",
    "a claim of 2^60 bytes": struct.pack("<Q", 1 << 60) + b"{",
    "a claim of more than the limit": struct.pack("<Q", HEADER_LIMIT + 1) + b"{}",
    "cut off": GOOD[:-10],
    "truncated JSON": packed(GOOD[8:-10]),
    "no object": packed(b"[1]"),
    "nothing": packed(b"{}"),
    "10,000 levels": packed(b"[" * 10_000),
    "a number without end": packed(b'{"a": ' + b"9" * 100_000 + b"}"),
    "not UTF-8": packed(b'{"\xff": 1}'),
    "NaN": one(shape="NaN"),
    "Infinity": one(shape="Infinity"),
    "a fraction": one(shape="1.5"),
    "true": one(shape="true"),
    "a negative dimension": one(shape="-1"),
    "a dimension beyond 64 bits": one(shape=str(1 << 64)),
    "a thousand dimensions": one(shape=", ".join("1" * 1000)),
    "a negative offset": one(offsets="-4, 0"),
    "offsets that go back": one(offsets="4, 0"),
    "fewer bytes than the shape": one(offsets="0, 2"),
    "three offsets": one(offsets="0, 4, 8"),
    "overlapping tensors": packed(f'{{"a": {ROW % ("2", "0, 8")}, "b": {ROW % ("1", "4, 8")}}}'.encode()),
    "duplicate keys": packed(f'{{"a": {ROW % ("1", "0, 4")}, "a": {ROW % ("1", "4, 8")}}}'.encode()),
    "a name of 10 MB": one(name=f'"{"x" * 10_000_000}"'),
    "a name of 10,000 dots": one(name=f'"{"." * 10_000}"'),
    "a name of 900 dots": one(name=f'"{"." * 900}"'),
    "no name": one(name='""'),
    "a row that is none": packed(b'{"a": 3}'),
    "a type that is none": packed(b'{"a": {"dtype": 3, "shape": [], "data_offsets": [0, 0]}}'),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_header_is_refused_with_a_reason(data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(Unreadable, match=r"\w"):
        read("a.safetensors", data)
    assert time.process_time() - start < SECONDS


def test_a_million_tensors_are_refused() -> None:
    rows = ",".join(f'"{n}":{{"dtype":"F32","shape":[],"data_offsets":[0,0]}}' for n in range(1_000_000 // 2))
    data = packed(("{" + rows.replace("[0,0]", "[0,4]", 1)[: HEADER_LIMIT - 10]).encode() + b"}")
    for path, content in (
        ("a.safetensors", data),
        ("a.tensors.txt", b"a.{0..999}.{0..999} 4\n"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 1_000_000, 0)),
        ("a.bin.index.json", index_of(dict.fromkeys(map(str, range(MAX_TENSORS + 1)), ()))),
    ):
        start = time.process_time()
        with pytest.raises(Unreadable):
            read(path, content)
        assert time.process_time() - start < SECONDS


FLAT = {
    "one module": {f"a{n}": (n + 1,) for n in range(5_000)},
    "one layer": {f"layers.{n}.w": (n + 1,) for n in range(5_000)},
    "equal modules": {f"m{n}.weight": (4,) for n in range(5_000)},
    "deep": {".".join(["a"] * 59) + f".{n}": (n,) for n in range(300)},
    "a name and its modules": {"a": (1,), "a.a": (2,), "a.a.a": (3,), "a..b": (4,), ".": (5,), "..": (6,), "a.": (7,)},
}


@pytest.mark.parametrize("shapes", FLAT.values(), ids=FLAT)
def test_odd_trees_take_no_longer(shapes: Shapes) -> None:
    start = time.process_time()
    found = read("a.safetensors", header(shapes))
    assert len(found.unit_names) == 1
    rows = matching.correspond(a_map(shapes), a_map(renamed(shapes)))
    assert rows["tensors"]["corresponding"] == len(shapes)
    assert time.process_time() - start < SECONDS


def test_an_index_of_quotes_takes_no_longer() -> None:
    start = time.process_time()
    found = index.read(json.dumps({"a": '"' * 2_000_000, "weight_map": {"x": "y"}}).encode())
    assert [tensor.name for tensor in found.tensors] == ["x"]
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("text", ["a -1", "a 1.5", "a " + "9" * 30, "a x", "{0..999999}{0..999999}", "x" * 2000, ""])
def test_a_broken_listing_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(Unreadable, match=r"\w"):
        read("a.tensors.txt", text.encode())


def test_what_is_refused_is_listed_and_does_not_hide_the_rest(tmp_path: Path) -> None:
    files = {"a.safetensors": BROKEN["a claim of 2^60 bytes"], "b.safetensors": GOOD, "c.gguf": b"GGUF" + bytes(4)}
    report = scan(tmp_path, files, files)
    assert {one.path: one.reason for one in report.repositories[0].skipped}.keys() == {"a.safetensors", "c.gguf"}
    assert report.repositories[0].files == {"checkpoint": 1}
    assert {match.left.path for match in report.matches} == {"b.safetensors"}


SEEDS = {"a.safetensors": GOOD, "a.gguf": gguf_of(own(layers=1)), "a.bin.index.json": index_of(own(layers=1)),
         "a.pt": pointer(b"1"), "a.tensors.txt": b"a.{0..3}.w 4 4\nb 5\n"}  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 20), st.binary(max_size=6)), min_size=1, max_size=5),
)
def test_mutated_files_are_survived(path: str, edits: list[tuple[int, int, bytes]]) -> None:
    data = SEEDS[path]
    for place, length, piece in edits:
        place %= len(data) + 1
        data = data[:place] + piece + data[place + length :]
    try:
        found = read(path, data)
    except (Unreadable, Foreign):
        return
    assert len(checkpoint.describe(path, data, found, range(len(found.features)))) == len(found.features)
