"""Resolves settings and policy in one place: defaults, then the config file, then the environment, then options."""

from __future__ import annotations

import datetime
import difflib
import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from clonescan.audit.policy import Allowance, Policy
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

AUDIT = "audit"
"""The section of a config file that is no setting but a table: the policy of an audit."""

NAMES = frozenset({("background", "default"), ("background", "none"), ("index", "default")})
"""What stands for a place without being the path of one."""

_TYPES: Mapping[str, Any] = get_type_hints(Settings)
_POLICY: Mapping[str, Any] = {name: kind for name, kind in get_type_hints(Policy).items() if name != "allow"}
_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class _Layer:
    """The values of one origin; `origin` is how an error names it, `folder` what its relative paths start from."""

    origin: str
    values: Mapping[str, object]
    folder: Path


def resolve(
    options: Mapping[str, object],
    cwd: Path,
    environ: Mapping[str, str],
    config: Path | None = None,
    folder: Path | None = None,
) -> Settings:
    """Return the settings for one call.

    `options` maps field names to values, None meaning "not given". `config` replaces the config file of `folder`, or of
    `cwd` (`.clonescan.toml`, else `[tool.clonescan]` of `pyproject.toml`). A later layer replaces a value, lists
    included.
    Raises UsageError, naming the key and where it came from, for an unknown key, a wrong type, or a value out of range.
    """
    file = _file_layer(folder or cwd, cwd, config)
    settings = {key: value for key, value in file.values.items() if key != AUDIT}
    layers = replace(file, values=settings), _environment_layer(environ, cwd), _Layer("the options", options, cwd)
    return Settings(**_merged(_TYPES, layers))


def policy(options: Mapping[str, object], cwd: Path, folder: Path, config: Path | None = None) -> Policy:
    """Return what an audit is asked for: the [audit] section of the config file of a folder, or of `config`; options.

    Relative paths of the options start from `cwd`. Raises UsageError as `resolve` does.
    """
    file = _file_layer(folder, cwd, config)
    table = file.values.get(AUDIT, {})
    if not isinstance(table, Mapping):
        raise UsageError(f"[audit] in {file.origin} must be a table.")
    entries = {key.replace("-", "_"): row for key, row in table.items()}
    section = _Layer(f"[audit] of {file.origin}", entries, file.folder)
    values = {key: value for key, value in entries.items() if key != "allow"}
    chosen = _merged(_POLICY, (replace(section, values=values), _Layer("the options", options, cwd)))
    return Policy(**chosen, allow=_allowances(section))


def _allowances(section: _Layer) -> tuple[Allowance, ...]:
    rows = section.values.get("allow", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f'"allow" in {section.origin} must be a list of tables, each headed [[audit.allow]].')
    return tuple(_allowance(row, number, section.origin) for number, row in enumerate(rows, 1))


def _allowance(row: Mapping[str, object], number: int, origin: str) -> Allowance:
    """Return an entry that says what it allows and why; raises UsageError for any other."""
    place = f'entry {number} of "allow" in {origin}'
    unknown = sorted(row.keys() - _ALLOWANCE.keys())
    if unknown:
        raise UsageError(f'Unknown key "{unknown[0]}" in {place}. Known are {", ".join(_ALLOWANCE)}.')
    for key, (kind, description) in _ALLOWANCE.items():
        if key in row and (type(row[key]) is not kind or not row[key]):
            raise UsageError(f'"{key}" in {place} must be {description}, not {row[key]!r}.')
    if not str(row.get("reason", "")).strip():
        raise UsageError(f'{place} gives no "reason": whoever reads it next year needs one.')
    if not row.keys() & {"path", "unit", "origin"}:
        raise UsageError(f'{place} names neither "path" nor "unit" nor "origin", and would allow everything.')
    return Allowance(**row)  # type: ignore[arg-type]


_ALLOWANCE: Mapping[str, tuple[type, str]] = {
    "reason": (str, "a text"),
    "path": (str, "a pattern"),
    "unit": (str, "a pattern"),
    "origin": (str, "a pattern"),
    "expires": (datetime.date, "a date such as 2027-01-31"),
}


def from_keywords(keywords: Mapping[str, object]) -> Settings:
    """Return the settings that a caller of the Python API names, checked like any others; raises UsageError."""
    return Settings(**_merged(_TYPES, (_Layer("the call", keywords, Path()),)))


def policy_keywords(keywords: Mapping[str, object]) -> Policy:
    """Return the policy that a caller of the Python API names, checked like any other; raises UsageError."""
    allow = keywords.get("allow", ())
    if not isinstance(allow, list | tuple) or not all(isinstance(one, Allowance) for one in allow):
        raise UsageError('"allow" in the call must be a list of Allowance.')
    values = {key: value for key, value in keywords.items() if key != "allow"}
    return Policy(**_merged(_POLICY, (_Layer("the call", values, Path()),)), allow=tuple(allow))


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


def _merged(types: Mapping[str, Any], layers: Sequence[_Layer]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for layer in layers:
        values |= {key: _checked(key, value, layer, types) for key, value in layer.values.items() if value is not None}
    return values


def _file_layer(folder: Path, cwd: Path, config: Path | None) -> _Layer:
    """The config file of a folder, or the one that is named."""
    if config is not None:
        path = cwd / config
        if not path.exists():
            raise UsageError(f'There is no config file "{config}".')
        return _table(path, path.name == "pyproject.toml")
    if (folder / CONFIG_FILE).is_file():
        return _table(folder / CONFIG_FILE, in_pyproject=False)
    if (folder / "pyproject.toml").is_file():
        return _table(folder / "pyproject.toml", in_pyproject=True)
    return _Layer("no file", {}, folder)


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


def _checked(key: str, value: object, layer: _Layer, types: Mapping[str, Any]) -> object:
    """Return `value` as the type of the field `key`, or raise the UsageError that says what is wrong with it."""
    if key not in types:
        near = difflib.get_close_matches(key, types, n=1)
        hint = f' Did you mean "{near[0]}"?' if near else f" Known are {', '.join(sorted(types))}."
        raise UsageError(f'Unknown setting "{key}" in {layer.origin}.{hint}')
    fitting, description = _fit(types[key], value)
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
    if key == "license":
        return _licence(str(fitting), layer)
    if key == "against" and isinstance(fitting, tuple):
        return tuple(str(layer.folder / one) if one.startswith(("./", "../")) else one for one in fitting)
    return fitting


def _licence(expression: str, layer: _Layer) -> str:
    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        raise UsageError(f'"{expression}", the license in {layer.origin}, is no SPDX expression.') from None


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
