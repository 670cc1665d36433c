"""Disguises a config: half of its keys renamed, some values dropped and changed, written in another format.

It reads and writes with the standard library and PyYAML, and knows nothing of how clonescan reads configs.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from disguise.names import read_words

RENAMED, DROPPED, CHANGED = 0.5, 0.1, 0.1
"""Shares of the keys that get another name, and of the values that are left out and set to something else."""

WORDS = sorted(read_words(Path(__file__).with_name("words.txt")))

SUFFIXES = (".json", ".yaml", ".yml")


def load(path: Path) -> Any:
    """A config as Python data; None if it is no mapping or cannot be read."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        return None
    return found if isinstance(found, dict) else None


def disguise(config: Mapping[str, Any], original: str, rng: random.Random) -> tuple[str, str, str]:
    """The text of a disguised config, the suffix that says its format, which is another one than `original`, and what
    it says as JSON with the keys of the original: all that is left of it.
    """
    keys = sorted(set(_keys(config)))
    chosen = rng.sample(keys, round(RENAMED * len(keys)))
    names = {key: "_".join(rng.sample(WORDS, 2)) for key in chosen}
    again = random.Random()
    again.setstate(rng.getstate())
    changed, left = _changed(config, names, rng), _changed(config, {}, again)
    writers = {name: writer for name, writer in WRITERS.items() if name not in (original, _alias(original))}
    name = rng.choice(sorted(writers))
    return writers[name](changed, rng), f".{name.split('-')[0]}", json.dumps(left, indent=2, default=str)


def _alias(suffix: str) -> str:
    return {".yml": "yaml", ".yaml": "yaml", ".json": "json"}.get(suffix, suffix)


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from _keys(value)
    elif isinstance(node, list):
        for item in node:
            yield from _keys(item)


def _changed(node: Any, names: Mapping[str, str], rng: random.Random) -> Any:
    if isinstance(node, dict):
        kept = [(key, value) for key, value in node.items() if isinstance(value, dict) or rng.random() >= DROPPED]
        return {names.get(str(key), str(key)): _changed(value, names, rng) for key, value in kept}
    if isinstance(node, list):
        return [_changed(item, names, rng) for item in node]
    return _other(node, rng) if rng.random() < CHANGED else node


def _other(value: Any, rng: random.Random) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice((1, 2, 7, 16))
    if isinstance(value, float):
        return value * rng.choice((0.5, 1.5, 2.0))
    return "_".join(rng.sample(WORDS, 2)) if isinstance(value, str) else value


def _json(config: dict[str, Any], rng: random.Random) -> str:
    return json.dumps(config, indent=rng.choice((2, 4)), sort_keys=rng.random() < 0.5, default=str) + "\n"


def _yaml(config: dict[str, Any], rng: random.Random) -> str:
    return yaml.safe_dump(config, sort_keys=rng.random() < 0.5)


def _toml(config: dict[str, Any], rng: random.Random) -> str:
    return "\n".join(_tables(config, ())) + "\n"


def _tables(config: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key, value in config.items():
        if not isinstance(value, dict) and value is not None:
            yield f"{json.dumps(key)} = {_inline(value)}"
    for key, value in config.items():
        if isinstance(value, dict):
            yield f"\n[{'.'.join(json.dumps(step) for step in (*path, key))}]"
            yield from _tables(value, (*path, key))


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value if item is not None) + "]"
    return json.dumps(value if isinstance(value, str | int | float) else str(value))


def _settings(config: dict[str, Any], rng: random.Random) -> str:
    """A module of settings in the style of mmengine."""
    return "\n".join(f"{_name(key)} = {_call(value, 0)}" for key, value in config.items()) + "\n"


def _call(value: Any, depth: int) -> str:
    pad = "    " * (depth + 1)
    if isinstance(value, dict):
        if all(key.isidentifier() for key in value):
            items = [f"{key}={_call(item, depth + 1)}" for key, item in value.items()]
            return f"dict(\n{pad}" + f",\n{pad}".join(items) + ")" if items else "dict()"
        return "{" + ", ".join(f"{key!r}: {_call(item, depth + 1)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_call(item, depth + 1) for item in value) + "]"
    return repr(value) if isinstance(value, str | int | float | None) else repr(str(value))


def _class(config: dict[str, Any], rng: random.Random) -> str:
    """The defaults of a config class, all sections in one."""
    head = f"class {rng.choice(WORDS).title()}Config(Base):\n    def __init__(\n        self,\n"
    flat = dict(_flat(config, ()))
    rows = [f"        {key}={value!r}," for key, value in flat.items()]
    sets = [f"        self.{key} = {key}" for key in flat]
    return head + "\n".join([*rows, "    ):", "        super().__init__()", *sets]) + "\n"


def _flat(config: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for key, value in config.items():
        if isinstance(value, dict):
            yield from _flat(value, (*path, _name(key)))
        else:
            yield "_".join((*path, _name(key))), value if isinstance(value, str | int | float | list) else str(value)


def _name(key: str) -> str:
    name = "".join(letter if letter.isalnum() else "_" for letter in key)
    return name if name.isidentifier() else f"_{name}"


WRITERS: Mapping[str, Callable[[dict[str, Any], random.Random], str]] = {
    "json": _json,
    "yaml": _yaml,
    "toml": _toml,
    "py-settings": _settings,
    "py-class": _class,
}
"""By the suffix of what they write; a suffix with a word behind it says in which of several forms."""
