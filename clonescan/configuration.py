"""Resolves the settings in one place: defaults, then the config file, then the environment, then options."""

from __future__ import annotations

import difflib
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from clonescan.errors import UsageError
from clonescan.settings import Settings
from clonescan.sources.address import from_home

CONFIG_FILE = ".clonescan.toml"
ENVIRONMENT_PREFIX = "CLONESCAN_"
NOT_FROM_A_FILE = frozenset({"allow_http", "cache_dir", "index"})
"""A config file may come with a scanned repository: it must not open the network or choose where we write."""

RANGES: Mapping[str, tuple[float, float]] = {
    "min_similarity": (0, 1),
    "jobs": (0, 4096),
    "max_file_bytes": (1, math.inf),
    "max_archive_bytes": (1, math.inf),
}
"""What a number may be; any other number is an amount, zero or more."""

NAMES = frozenset({("background", "default"), ("background", "none"), ("index", "default")})
"""What stands for a place without being the path of one."""

_TYPES: Mapping[str, Any] = get_type_hints(Settings)
_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class _Layer:
    """The values of one origin; `origin` is how an error names it, `folder` what its relative paths start from."""

    origin: str
    values: Mapping[str, object]
    folder: Path


def resolve(
    options: Mapping[str, object], cwd: Path, environ: Mapping[str, str], config: Path | None = None
) -> Settings:
    """Return the settings for one call.

    `options` maps field names to values, None meaning "not given". `config` replaces the config file of `cwd`
    (`.clonescan.toml`, else `[tool.clonescan]` of `pyproject.toml`). A later layer replaces a value, lists included.
    Raises UsageError, naming the key and where it came from, for an unknown key, a wrong type, or a value out of range.
    """
    return _merged(_file_layer(cwd, config), _environment_layer(environ, cwd), _Layer("the options", options, cwd))


def from_keywords(keywords: Mapping[str, object]) -> Settings:
    """Return the settings that a caller of the Python API names, checked like any others; raises UsageError."""
    return _merged(_Layer("the call", keywords, Path()))


def share(text: str) -> float:
    """Return a share in [0, 1] written as "0.3" or "30%"; raises UsageError for anything else."""
    number = text.strip()
    try:
        value = float(number[:-1]) / 100 if number.endswith("%") else float(number)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise UsageError(f'A share is a number from 0 to 1, or a percentage such as "30%", not "{text}".')
    return value


def _merged(*layers: _Layer) -> Settings:
    values: dict[str, Any] = {}
    for layer in layers:
        values |= {key: _checked(key, value, layer) for key, value in layer.values.items() if value is not None}
    return Settings(**values)


def _file_layer(cwd: Path, config: Path | None) -> _Layer:
    if config is not None:
        path = cwd / config
        if not path.exists():
            raise UsageError(f'There is no config file "{config}".')
        return _table(path, path.name == "pyproject.toml")
    if (cwd / CONFIG_FILE).is_file():
        return _table(cwd / CONFIG_FILE, in_pyproject=False)
    if (cwd / "pyproject.toml").is_file():
        return _table(cwd / "pyproject.toml", in_pyproject=True)
    return _Layer("no file", {}, cwd)


def _table(path: Path, in_pyproject: bool) -> _Layer:
    try:
        content: Any = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f'The config file "{path.name}" cannot be read: {error}.') from error
    table = content
    if in_pyproject:
        tools = content.get("tool", {})
        table = tools.get("clonescan", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f'[tool.clonescan] of "{path.name}" must be a table.')
    values = {key.replace("-", "_"): value for key, value in table.items()}
    for key in sorted(NOT_FROM_A_FILE & values.keys()):
        raise UsageError(f'"{key}" cannot be set in "{path.name}", which may have come with a repository.')
    return _Layer(f'"{path.name}"', values, path.parent)


def _environment_layer(environ: Mapping[str, str], cwd: Path) -> _Layer:
    """A name that ends in TOKEN is a credential, read where it is needed and by nobody else."""
    values = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): _from_text(name, text)
        for name, text in sorted(environ.items())
        if name.startswith(ENVIRONMENT_PREFIX) and not name.endswith("TOKEN")
    }
    return _Layer("the environment", values, cwd)


def _from_text(name: str, text: str) -> object:
    """Read an environment variable as the type of its field; what does not fit stays text, for `_checked` to refuse."""
    wanted = _TYPES.get(name.removeprefix(ENVIRONMENT_PREFIX).lower())
    if wanted is bool:
        return _BOOLEANS.get(text.strip().lower(), text)
    if wanted in (int, float):
        try:
            return wanted(text)
        except ValueError:
            return text
    if wanted == tuple[str, ...]:
        return [part for part in text.split(os.pathsep) if part]
    return text


def _checked(key: str, value: object, layer: _Layer) -> object:
    """Return `value` as the type of the field `key`, or raise the UsageError that says what is wrong with it."""
    if key not in _TYPES:
        near = difflib.get_close_matches(key, _TYPES, n=1)
        hint = f' Did you mean "{near[0]}"?' if near else f" Known are {', '.join(sorted(_TYPES))}."
        raise UsageError(f'Unknown setting "{key}" in {layer.origin}.{hint}')
    fitting, description = _fit(_TYPES[key], value)
    if fitting is None:
        raise UsageError(f'The setting "{key}" in {layer.origin} must be {description}, not {value!r}.')
    low, high = RANGES.get(key, (0, math.inf))
    if isinstance(fitting, int | float) and not low <= fitting <= high:
        wanted = f"from {low:g} to {high:g}" if high < math.inf else f"at least {low:g}"
        raise UsageError(f'The setting "{key}" in {layer.origin} must be {wanted}, not {value!r}.')
    if isinstance(fitting, Path):
        return layer.folder / from_home(str(fitting))
    if (key, fitting) not in NAMES and key in ("background", "index"):
        return str(layer.folder / from_home(str(fitting)))
    return fitting


def _fit(wanted: object, value: object) -> tuple[object, str]:
    """Return the value as `wanted`, or None, and how a sentence calls that type."""
    if wanted is bool:
        return (value if isinstance(value, bool) else None), "true or false"
    if wanted is int:
        return (value if isinstance(value, int) and not isinstance(value, bool) else None), "a whole number"
    if wanted is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return (float(value) if number else None), "a number"  # type: ignore[arg-type]
    if wanted == tuple[str, ...]:
        texts = isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
        return (tuple(value) if texts else None), "a list of texts"  # type: ignore[arg-type]
    if wanted == Path | None:
        return (Path(value) if isinstance(value, str | Path) and str(value) else None), "a path"
    return (value if isinstance(value, str) and value else None), "a text"
