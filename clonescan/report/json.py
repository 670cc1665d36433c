"""The report as JSON, the contract that other programs read, and back."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson

from clonescan.entities import SCHEMA_VERSION, Containment, Feature, Match, Overlap, Report
from clonescan.errors import UsageError
from clonescan.report.interface import PLAIN, View

SCHEMA_FILE = Path(__file__).with_name("schema.json")
"""The JSON Schema (2020-12) of what `render` returns."""

_KEYS = {"from_repository": "from", "to_repository": "to"}
"""Fields whose JSON key is a word that Python keeps for itself."""


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Stand in JSON escapes for characters that ASCII has not; an error handler of codecs."""
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


_ESCAPED = "clonescan.report.json"
codecs.register_error(_ESCAPED, _escape)


def render(report: Report, _view: View = PLAIN) -> str:
    """Return the report as ASCII JSON, a line for each match and other row, the same bytes for the same report."""
    report = rounded(report)
    names = ["schema_version", *(field.name for field in fields(report) if field.name != "schema_version")]
    return "{\n" + ",\n".join(f'"{name}": {_block(getattr(report, name))}' for name in names) + "\n}\n"


def load(text: str) -> Report:
    """Return the report that `render` wrote; raises UsageError in one sentence if `text` is something else."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"This is no clonescan report: it is not valid JSON ({error}).") from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"This is no clonescan report of schema version {SCHEMA_VERSION}: its schema_version is {version!r}."
        )
    report: Report = _decode(Report, content, "the report")
    return report


def read(path: Path) -> Report:
    """Return the report in a file; raises UsageError if it cannot be read or is something else."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f'The report "{path}" cannot be read: {reason}.') from error
    return load(text)


def rounded(report: Report) -> Report:
    """Return the report with its numbers as JSON states them: bits to 0.001, shares to 0.0001, chances to 3 digits."""
    return replace(
        report,
        repositories=tuple(
            replace(repository, skipped=tuple(sorted(repository.skipped, key=lambda file: (file.path, file.reason))))
            for repository in report.repositories
        ),
        overlap=tuple(_rounded_overlap(row) for row in report.overlap),
        matches=tuple(_rounded_match(match) for match in report.matches),
        renames=tuple(replace(rename, consistency=round(rename.consistency, 4)) for rename in report.renames),
        residue=tuple(replace(row, rarity=round(row.rarity, 3)) for row in report.residue),
    )


def _rounded_overlap(row: Overlap) -> Overlap:
    return replace(
        row,
        overlap=round(row.overlap, 4),
        evidence_bits=round(row.evidence_bits, 3),
        net_bits=round(row.net_bits, 3),
    )


def _rounded_match(match: Match) -> Match:
    """Return the match with rounded numbers; those of a scan are."""
    features = tuple(map(_rounded_feature, match.features))
    inside, chance = match.containment, float(f"{match.expected_by_chance:.3g}")
    shares = round(match.similarity, 4), round(inside.left, 4), round(inside.right, 4)
    bits = round(match.evidence_bits, 3), round(match.net_bits, 3)
    if (*shares, *bits, chance, features) == (
        *(match.similarity, inside.left, inside.right),
        *(match.evidence_bits, match.net_bits, match.expected_by_chance, match.features),
    ):
        return match
    return replace(
        match,
        similarity=shares[0],
        containment=Containment(*shares[1:]),
        evidence_bits=bits[0],
        net_bits=bits[1],
        expected_by_chance=chance,
        features=features,
    )


def _rounded_feature(feature: Feature) -> Feature:
    bits = round(feature.bits, 3)
    return feature if bits == feature.bits else replace(feature, bits=bits)


def _block(value: Any) -> str:
    """Return JSON with the rows of a list on lines of their own."""
    if isinstance(value, tuple) and value:
        return "[\n" + ",\n".join(map(_row, value)) + "\n]"
    return _row(value)


def _row(value: Any) -> str:
    """Return JSON on one line; orjson is many times faster than `json`, but knows no ASCII and no lone surrogates."""
    try:
        data = orjson.dumps(_encode(value) if isinstance(value, Overlap) else value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(_encode(value), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return data.decode() if data.isascii() else data.decode().encode("ascii", _ESCAPED).decode()


def _encode(value: Any) -> Any:
    """Return dataclasses as objects in the order of their fields, other mappings in the order of their keys."""
    if is_dataclass(value):
        return {_KEYS.get(field.name, field.name): _encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _encode(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_encode(entry) for entry in value]
    return value


@cache
def _types(noun: type) -> Mapping[str, Any]:
    return get_type_hints(noun)


def _decode(wanted: Any, value: Any, where: str) -> Any:
    """Return JSON `value` as the type `wanted`; raises UsageError that says where it does not fit."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return value
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _decode_noun(wanted, value, where)
    if origin in (Union, UnionType):
        return None if value is None else _decode(arguments[0], value, where)
    if origin is Literal:
        return _fitting(value, isinstance(value, str) and value in arguments, where, f"one of {', '.join(arguments)}")
    if origin is tuple:
        return _decode_row(arguments, _fitting(value, isinstance(value, list), where, "a list"), where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        entries = _fitting(value, isinstance(value, dict), where, "an object")
        return {key: _decode(arguments[1], entry, f'{where}["{key}"]') for key, entry in entries.items()}
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    fits = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
    return _fitting(value, fits, where, {str: "a text", int: "a whole number", float: "a number"}.get(wanted, "a bool"))


def _decode_noun(noun: type, value: Any, where: str) -> Any:
    entries = _fitting(value, isinstance(value, dict), where, "an object")
    arguments = {}
    for field in fields(noun):
        key = _KEYS.get(field.name, field.name)
        if key in entries:
            arguments[field.name] = _decode(_types(noun)[field.name], entries[key], f"{where}, {key}")
    try:
        return noun(**arguments)
    except TypeError as error:
        missing = [_KEYS.get(f.name, f.name) for f in fields(noun) if f.name not in arguments]
        raise UsageError(f"This is no clonescan report: {where} lacks one of {', '.join(missing)}.") from error


def _decode_row(arguments: tuple[Any, ...], values: list[Any], where: str) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_decode(arguments[0], entry, f"{where} {number}") for number, entry in enumerate(values, 1))
    _fitting(values, len(values) == len(arguments), where, f"a list of {len(arguments)}")
    return tuple(_decode(wanted, entry, where) for wanted, entry in zip(arguments, values, strict=True))


def _fitting(value: Any, fits: bool, where: str, description: str) -> Any:
    if not fits:
        raise UsageError(f"This is no clonescan report: {where} must be {description}, not {str(value)[:40]!r}.")
    return value
