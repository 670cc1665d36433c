"""Keys and values in one spelling, so that formats and styles of writing them do not matter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from clonescan.kinds.code.literals import number

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[\W_]+")
_REFERENCE = re.compile(r"\$\{[^{}]*\}|\{\{[^{}]*\}\}")
_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?|0[xX][0-9a-fA-F]+")
_NAMED = re.compile(r"\S*[./]([^\W\d][\w-]*)")

_LONGEST_NUMBER = 40
_WORDS = {
    "true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
    "null": "null", "none": "null", "~": "null", "": "null",
}  # fmt: skip
"""YAML 1.1, TOML, JSON, INI and Python say these differently, and mean the same."""

CONTAINERS = frozenset(
    ("cfg", "config", "configs", "configuration", "conf", "args", "kwargs", "arguments", "params", "parameters",
     "hparams", "settings", "options")
)  # fmt: skip
"""What a section is called because it is one: it tells nothing about what is in it."""


@lru_cache(maxsize=1 << 14)
def key(text: str) -> str:
    """`hiddenSize`, `hidden-size`, `hidden.size` and `--hidden_size` are `hidden_size`."""
    return "_".join(filter(None, _SEPARATORS.split(_HUMPS.sub("_", text)))).lower()


def full_key(path: Iterable[str]) -> str:
    """All keys of a path as one: `vision_cfg.width` is `vision_width`."""
    words = (word for step in path for word in key(step).split("_"))
    return "_".join(word for word in words if word not in CONTAINERS)


@lru_cache(maxsize=1 << 14)
def value(text: str) -> str:
    """A value in one notation: numbers as in code, one word for true, false and null, references without their name."""
    plain = " ".join(text.split())
    if plain.lower() in _WORDS:
        return _WORDS[plain.lower()]
    if len(plain) <= _LONGEST_NUMBER and _NUMBER.fullmatch(plain):
        sign = "-" if plain.startswith("-") else ""
        return sign + number(plain.lstrip("+-").encode()).decode()
    return _REFERENCE.sub("${}", plain)


def sort(text: str) -> Literal["number", "text", "word"]:
    """Whether a value is a number, a text, or a word that formats give a meaning, such as true and null."""
    plain = text.strip()
    if plain.lower() in _WORDS:
        return "word"
    return "number" if len(plain) <= _LONGEST_NUMBER and _NUMBER.fullmatch(plain) else "text"


def last_name(text: str) -> str | None:
    """The last part of a path or a dotted name, which stays when a package or a folder is renamed; of a number none."""
    found = _NAMED.fullmatch(text)
    return found[1] if found else None
