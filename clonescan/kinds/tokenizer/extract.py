"""From the parts of a tokenizer to units and features, and the words for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from clonescan.fingerprint import ANCHOR, NOTHING, STRUCTURE, Fingerprint
from clonescan.kinds.builder import Builder
from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.kinds.tokenizer.everyones import SPECIAL, form, is_everyones, is_usual
from clonescan.kinds.tokenizer.formats import TEMPLATE, read
from clonescan.kinds.tokenizer.listing import Listing
from clonescan.kinds.tokenizer.parts import JOINT, Tokenizer
from clonescan.kinds.tokenizer.sketch import sketch
from clonescan.kinds.tokenizer.spelling import readable

METHOD = "tokenizer 3"
"""Changes whenever the same file gives other features."""

VOCABULARY, MERGES, PIPELINE, ADDED, SETTINGS = "vocabulary", "merges", "pipeline", "added tokens", "settings"

_LETTER = 4
"""Bytes of a letter in UTF-8, at most."""

_OPENING = b"<["
"""What a special token begins with."""

SHOWN = 6
"""Tokens of a handful that are named to a reader."""

_KEYS = {
    MERGES: rb'"merges"\s*:\s*\[',
    VOCABULARY: rb'"vocab"\s*:\s*[\[{]',
    ADDED: rb'"(?:added_tokens|special_tokens|added_tokens_decoder)"\s*:\s*[\[{]',
    PIPELINE: rb'"(?:normalizer|pre_tokenizer)"\s*:\s*[{n]',
}
"""Where a part of a JSON file begins."""


@dataclass
class Extraction:
    """A fingerprint in the making, and the words for its features by shape."""

    builder: Builder = field(default_factory=lambda: Builder("tokenizer"))
    words: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def say(self, shape: int, words: str, line: int) -> None:
        """Hold a feature as a statement of its own."""
        self.words.setdefault(shape, words)
        self.builder.hold(shape)
        self.builder.statement(shape, line, line)


def extraction(path: str, data: bytes, found: Tokenizer) -> Extraction:
    """Everything of a file. Raises Unreadable, or Foreign if nothing in it says anything."""
    made, lines = Extraction(notes=[*found.notes]), _Lines(path, data)
    _listed(made, VOCABULARY, found.vocabulary, ordinary(found), lines.of(VOCABULARY))
    _listed(made, MERGES, found.merges, list(range(len(found.merges))), lines.of(MERGES))
    _components(made, found.pipeline, lines)
    _added(made, found.added, lines)
    _settings(made, found.settings, lines)
    for name, source in found.templates.items():
        _template(made, name, source, lines)
    if not made.builder.units:
        if made.notes:
            raise Unreadable(made.notes[0])
        raise Foreign
    return made


@lru_cache(maxsize=1)
def extracted(path: str, data: bytes) -> Extraction:
    """Everything of a file, once for its fingerprint and its digest. Raises Unreadable or Foreign."""
    return extraction(path, data, read(path, data))


def fingerprint(path: str, data: bytes) -> Fingerprint:
    """The fingerprint of a file. Raises Unreadable or Foreign."""
    made = extracted(path, data)
    return made.builder.fingerprint(made.notes)


def ordinary(found: Tokenizer) -> list[int]:
    """The places of the tokens that were learned: none that was added, no single bytes and letters."""
    added = {token.encode("utf-8", "surrogatepass") for token in found.added}
    return [
        place
        for place, token in enumerate(found.vocabulary)
        if len(token) > 1
        and token not in added
        and (len(token) > _LETTER or len(readable(token)) > 1)
        and not (token[0] in _OPENING and SPECIAL.fullmatch(readable(token)))
    ]


def _listed(made: Extraction, name: str, every: Listing, chosen: Sequence[int], lines: tuple[int, int]) -> None:
    """A unit of what is chosen of a long list: what it is as a whole, and its sketch, ascending so that both align."""
    if not chosen:
        return
    held = list(every)
    items = [held[place] for place in chosen]
    builder, found = made.builder, sketch(items, every.hashes[np.array(chosen)])
    builder.unit(name, *lines)
    label = name.encode()
    made.say(builder.leaf(b"%s whole %x" % (label, found.whole)), f"all {len(items):,} {_plural(name)}", lines[0])
    for sort, rows, joint in (("handful", found.handfuls, ", "), ("neighbours", found.neighbours, " then ")):
        for value, places in rows:
            text = joint.join(f'"{_plainly(items[place])}"' for place in places[:SHOWN].tolist())
            more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
            shape = builder.leaf(b"%s %s %x" % (label, sort.encode(), value))
            made.say(shape, f"{_plural(name)} {text}{more}", lines[0])


def _plural(name: str) -> str:
    return "tokens" if name == VOCABULARY else name


def _plainly(item: bytes) -> str:
    return readable(item.replace(JOINT, b" + "))


def _components(made: Extraction, pipeline: Mapping[str, Any], lines: _Lines) -> None:
    """Normalizer, pre-tokenizer, post-processor, decoder: a tree each, with its patterns and rules as anchors."""
    if not pipeline:
        return
    start, end = lines.of(PIPELINE)
    made.builder.unit(PIPELINE, start, end)
    for name, tree in pipeline.items():
        inner = _tree(made, tree)
        shape = made.builder.node(name.encode(), inner, role=ANCHOR)
        made.say(shape, f"{name.replace('_', '-')} {_brief(tree)}", start)


def _tree(made: Extraction, value: Any) -> int:
    """A JSON tree. What the library names (types, switches, numbers) says nothing alone, patterns and rules do."""
    builder = made.builder
    if isinstance(value, dict):
        rows = sorted(value.items())
        return builder.node(b"{}", *(builder.node(b"key " + _bytes(k), _tree(made, v), role=NOTHING) for k, v in rows),
                            role=STRUCTURE)  # fmt: skip
    if isinstance(value, list):
        return builder.node(b"[]", *(_tree(made, inner) for inner in value), role=NOTHING)
    text = value if isinstance(value, bytes) else _bytes(value)
    if isinstance(value, str | bytes) and not _NAMED.fullmatch(text) and not is_everyones(text.decode("latin-1")):
        shape = builder.leaf(b"text " + text, ANCHOR)
        made.words[shape] = _brief(value)
        return builder.hold(shape)
    return builder.leaf(b"value " + text, NOTHING)


_NAMED = re.compile(rb"[A-Za-z#]{0,24}|.{0,3}", re.DOTALL)
"""Texts that are a name of the library's or too short to say anything."""


def _added(made: Extraction, added: Mapping[str, int | None], lines: _Lines) -> None:
    """Added and special tokens: numbered ones are one thing, those that everybody has are none."""
    if not added:
        return
    builder, (start, end) = made.builder, lines.of(ADDED)
    builder.unit(ADDED, start, end)
    for plain in dict.fromkeys(map(form, sorted(added))):
        role = NOTHING if is_everyones(plain) else ANCHOR
        made.say(builder.leaf(b"added " + _bytes(plain), role), f"token {plain}", start)


def _settings(made: Extraction, settings: Mapping[str, Any], lines: _Lines) -> None:
    """What a config sets, key by key, less what everybody sets."""
    leaves = list(_leaves(settings))
    if not leaves:
        return
    builder = made.builder
    builder.unit(SETTINGS, 1, lines.last)
    for key, value in leaves:
        role = NOTHING if is_usual(value) else ANCHOR
        made.say(builder.leaf(b"setting %s=%s" % (_bytes(key), _bytes(value)), role), f"{key}: {value}", 1)


def _leaves(value: Any, key: str = "") -> list[tuple[str, Any]]:
    """The plain values of a tree with their last keys."""
    if isinstance(value, dict):
        return [leaf for name, inner in sorted(value.items()) for leaf in _leaves(inner, name)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner, key)]
    return [(key, value)]


def _template(made: Extraction, name: str, source: str, lines: _Lines) -> None:
    """A chat template; one that cannot be parsed is noted."""
    from clonescan.kinds.tokenizer.templates import Canonical, parse  # loads jinja2, which few files need

    try:
        tree = parse(source)
    except Unreadable as reason:
        made.notes.append(str(reason))
        return
    start, end = lines.of_template()
    made.builder.unit(unit_name(name), start, end)
    Canonical(made.builder, made.words, None if lines.is_template else start).enter(tree)


def unit_name(template: str) -> str:
    """What the unit of a template is called."""
    return template.replace("_", " ")


class _Lines:
    """Where the parts of a file stand: lines of a JSON file where the key of a part begins, else the whole file."""

    def __init__(self, path: str, data: bytes) -> None:
        self.is_template = TEMPLATE.search(path) is not None
        self.data = data
        binary = b"\0" in data[:64] or data[:1] == b"\n" or data[:2] == b"\x1f\x8b"
        self.last = 1 if binary else max(1, data.count(b"\n") + (not data.endswith(b"\n")))
        found = {name: re.search(pattern, data) for name, pattern in _KEYS.items()} if path.endswith(".json") else {}
        self.starts = {name: 1 + data.count(b"\n", 0, match.start()) for name, match in found.items() if match}

    def of(self, name: str) -> tuple[int, int]:
        """First and last line of a part."""
        start = self.starts.get(name, 1)
        later = [line for line in self.starts.values() if line > start]
        return start, max(start, min(later, default=self.last + 1) - 1)

    def of_template(self) -> tuple[int, int]:
        """The lines of a template: one in a JSON file, all of its own."""
        if self.is_template:
            return 1, self.last
        match = re.search(rb'"chat_template"\s*:', self.data)
        line = 1 + self.data.count(b"\n", 0, match.start()) if match else 1
        return line, line


def _brief(value: Any) -> str:
    """A tree or text in one line."""
    text = f"{len(value):,} bytes of rules" if isinstance(value, bytes) else str(value)
    return text if len(text) <= 160 else text[:157] + "..."


def _bytes(value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")
