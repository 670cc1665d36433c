"""The report as JSON, the contract that other programs read, and back."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from clonescan.entities import SCHEMA_VERSION, Containment, Match, Overlap, Report
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


Noun = TypeVar("Noun")

_ESCAPED = "clonescan.report.json"
codecs.register_error(_ESCAPED, _escape)


def render(report: Report, _view: View = PLAIN) -> str:
    """Return the report as ASCII JSON, a line for each match and other row, the same bytes for the same report."""
    return written(rounded(report))


def written(report: Report) -> str:
    """Return a report whose numbers are rounded as `render` does."""
    names = ["schema_version", *(field.name for field in fields(report) if field.name != "schema_version")]
    text = "{\n" + ",\n".join(f'"{name}": {_block(getattr(report, name))}' for name in names) + "\n}\n"
    return text.replace("\x7f", "\\u007f")  # the one control character that JSON leaves as it is


def load(text: str) -> Report:
    """Return the report that `render` wrote; raises UsageError in one sentence if `text` is something else."""
    try:
        content = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"This is no clonescan report: it is not valid JSON ({error}).") from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"This is no clonescan report of schema version {SCHEMA_VERSION}: its schema_version is {version!r}."
        )
    try:
        report: Report = _decoder(Report)(content)
    except _Misfit as misfit:
        raise UsageError(f"This is no clonescan report: the report{misfit.place}{misfit}") from None
    return report


def decoded(noun: type[Noun], content: Any) -> Noun:
    """Return parsed JSON as a dataclass, every value in it of the type that it must have; raises UsageError."""
    try:
        found: Noun = _noun_decoder(noun)(content)
    except _Misfit as misfit:
        raise UsageError(f"{noun.__name__}{misfit.place}{misfit}") from None
    return found


def _parsed(text: str) -> Any:
    """Return what JSON says; orjson is faster than `json`, but refuses lone surrogates."""
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


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
        matches=_rounded_matches(report.matches),
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


def _rounded_matches(matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """Return the matches with rounded numbers; those of a scan are, which is seen for all features at once."""
    done = all(bits == round(bits, 3) for bits in {feature.bits for match in matches for feature in match.features})
    return tuple(_rounded_match(match if done else _with_rounded_features(match)) for match in matches)


def _rounded_match(match: Match) -> Match:
    inside, chance = match.containment, float(f"{match.expected_by_chance:.3g}")
    shares = round(match.similarity, 4), round(inside.left, 4), round(inside.right, 4)
    bits = round(match.evidence_bits, 3), round(match.net_bits, 3)
    if (*shares, *bits, chance) == (
        *(match.similarity, inside.left, inside.right),
        *(match.evidence_bits, match.net_bits, match.expected_by_chance),
    ):
        return match
    return replace(
        match,
        similarity=shares[0],
        containment=Containment(*shares[1:]),
        evidence_bits=bits[0],
        net_bits=bits[1],
        expected_by_chance=chance,
    )


def _with_rounded_features(match: Match) -> Match:
    features = tuple(replace(feature, bits=round(feature.bits, 3)) for feature in match.features)
    return replace(match, features=features)


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


class _Misfit(Exception):
    """A value that is not what the contract says; `place` is where it stands, filled in on the way out."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.place = ""

    def within(self, place: str) -> _Misfit:
        """The same, seen from what the value stands in."""
        self.place = place + self.place
        return self


_Decode = Callable[[Any], Any]


@cache
def _decoder(wanted: Any) -> _Decode:
    """A function that returns a JSON value as the type `wanted`, and raises _Misfit where it does not fit."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return lambda value: value
    if is_dataclass(wanted) and isinstance(wanted, type):
        return _noun_decoder(wanted)
    if origin in (Union, UnionType):
        inner = _decoder(arguments[0])
        return lambda value: None if value is None else inner(value)
    if origin is Literal:
        return _literal_decoder(arguments)
    if origin is tuple:
        return _list_decoder(arguments[0], None if arguments[-1] is Ellipsis else len(arguments))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_decoder(arguments[1])
    return _plain_decoder(wanted)


def _plain_decoder(wanted: type) -> _Decode:
    description = {str: "a text", int: "a whole number", float: "a number"}.get(wanted, "a bool")

    def decode(value: Any) -> Any:
        if type(value) is wanted:
            return value
        if wanted is float and type(value) is int:
            return float(value)
        raise _unfit(value, description)

    return decode


def _literal_decoder(allowed: tuple[str, ...]) -> _Decode:
    def decode(value: Any) -> Any:
        if isinstance(value, str) and value in allowed:
            return value
        raise _unfit(value, f"one of {', '.join(allowed)}")

    return decode


def _list_decoder(wanted: Any, length: int | None) -> _Decode:
    inner = _decoder(wanted)

    def decode(value: Any) -> Any:
        if not isinstance(value, list):
            raise _unfit(value, "a list")
        if length is not None and len(value) != length:
            raise _unfit(value, f"a list of {length}")
        found: list[Any] = []
        try:
            for entry in value:
                found.append(inner(entry))
        except _Misfit as misfit:
            raise misfit.within(f" {len(found) + 1}" if length is None else "") from None
        return tuple(found)

    return decode


def _mapping_decoder(wanted: Any) -> _Decode:
    inner = _decoder(wanted)

    def decode(value: Any) -> Any:
        found: dict[str, Any] = {}
        for key, entry in _object(value).items():
            try:
                found[key] = inner(entry)
            except _Misfit as misfit:
                raise misfit.within(f'["{key}"]') from None
        return found

    return decode


def _noun_decoder(noun: type) -> _Decode:
    keys = {field.name: _KEYS.get(field.name, field.name) for field in fields(noun)}
    types = get_type_hints(noun)
    columns = [(name, key, _decoder(types[name])) for name, key in keys.items()]

    def decode(value: Any) -> Any:
        entries, arguments = _object(value), {}
        for name, key, inner in columns:
            if key in entries:
                try:
                    arguments[name] = inner(entries[key])
                except _Misfit as misfit:
                    raise misfit.within(f", {key}") from None
        try:
            return noun(**arguments)
        except TypeError:
            missing = [key for name, key in keys.items() if name not in arguments]
            raise _Misfit(f" lacks one of {', '.join(missing)}.") from None

    return decode


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _unfit(value, "an object")
    return value


def _unfit(value: Any, description: str) -> _Misfit:
    return _Misfit(f" must be {description}, not {str(value)[:40]!r}.")
