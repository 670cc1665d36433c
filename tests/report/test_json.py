"""JSON: the contract, its schema, the same bytes always, and the way back."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings

from clonescan import entities
from clonescan.errors import UsageError
from clonescan.report.json import SCHEMA_FILE, load, read, render, rounded
from report.samples import HOSTILE, LEFT, RIGHT, audits, example, match, reports, repository

SCHEMA = json.loads(SCHEMA_FILE.read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@settings(deadline=None, max_examples=60)
@given(reports() | audits())
def test_any_report_is_valid_and_comes_back_equal(report: entities.Report) -> None:
    text = render(report)
    VALIDATOR.validate(json.loads(text))
    assert load(text) == rounded(report)
    assert render(load(text)) == text


@pytest.mark.parametrize(
    ("definition", "noun"),
    [
        (SCHEMA, entities.Report),
        (SCHEMA["$defs"]["repository"], entities.Repository),
        (SCHEMA["$defs"]["repository"]["properties"]["skipped"]["items"], entities.Skipped),
        (SCHEMA["$defs"]["overlap"], entities.Overlap),
        (SCHEMA["$defs"]["place"], entities.Place),
        (SCHEMA["$defs"]["match"], entities.Match),
        (SCHEMA["$defs"]["match"]["properties"]["containment"], entities.Containment),
        (SCHEMA["$defs"]["match"]["properties"]["common"], entities.Common),
        (SCHEMA["$defs"]["match"]["properties"]["renames"]["items"], entities.Rename),
        (SCHEMA["$defs"]["match"]["properties"]["features"]["items"], entities.Feature),
        (SCHEMA["$defs"]["match"]["properties"]["common_origin"]["oneOf"][1], entities.Origin),
        (SCHEMA["$defs"]["repository_rename"], entities.RepositoryRename),
        (SCHEMA["$defs"]["excerpt"], entities.Excerpt),
        (SCHEMA["$defs"]["family"], entities.Family),
        (SCHEMA["$defs"]["family"]["properties"]["members"]["items"], entities.Member),
        (SCHEMA["$defs"]["residue"], entities.Residue),
        (SCHEMA["$defs"]["repository"]["properties"]["credits"], entities.Credits),
        (SCHEMA["$defs"]["standing"], entities.Standing),
        (SCHEMA["$defs"]["standing"]["properties"]["attribution"]["oneOf"][1], entities.Attribution),
        (SCHEMA["$defs"]["audit"], entities.Audit),
        (SCHEMA["$defs"]["audit"]["properties"]["tally"]["items"], entities.Tally),
    ],
)
def test_the_schema_names_every_field_and_no_other(definition: dict[str, Any], noun: Any) -> None:
    renamed = {"from_repository": "from", "to_repository": "to"}
    names = {renamed.get(field.name, field.name) for field in dataclasses.fields(noun)}
    assert set(definition["properties"]) == set(definition["required"]) == names
    assert definition["additionalProperties"] is False


def test_the_keys_of_the_contract() -> None:
    content = json.loads(render(example()))
    assert list(content) == [
        *("schema_version", "tool", "parameters", "repositories", "overlap", "matches", "renames", "families"),
        "residue",
        "excerpts",
        "audit",
    ]
    assert content["schema_version"] == "1"
    assert content["overlap"][0] == {
        "from": LEFT,
        "to": RIGHT,
        "kind": "all",
        "overlap": 0.123,
        "matched_units": 20,
        "units": 812,
        "evidence_bits": 432.64,
        "net_bits": 410.54,
        "runners_up": 0,
    }
    assert content["matches"][0]["lines"] == [[88, 100, 90, 102]]
    assert content["matches"][0]["common_origin"] is None
    assert content["matches"][0]["left"]["path"] == "encoder/resampler.py"


def test_numbers_are_rounded() -> None:
    exact = match(
        similarity=0.123456,
        evidence_bits=12.34567,
        net_bits=1.00049,
        expected_by_chance=1.23456e-17,
        containment=entities.Containment(0.98765, 1 / 3),
        features=(entities.Feature("x", 1.23456, 1, "name"),),
    )
    found = json.loads(render(example(matches=(exact,))))["matches"][0]
    assert (found["similarity"], found["evidence_bits"], found["net_bits"]) == (0.1235, 12.346, 1.0)
    assert found["expected_by_chance"] == 1.23e-17
    assert found["containment"] == {"left": 0.9877, "right": 0.3333}
    assert found["features"][0]["bits"] == 1.235


def test_order_without_meaning_is_sorted() -> None:
    skipped = (entities.Skipped("b", "x"), entities.Skipped("a", "x"))
    one = example(repositories=(repository(files={"b": 1, "a": 2}, skipped=skipped), repository(RIGHT)))
    other = example(repositories=(repository(files={"a": 2, "b": 1}, skipped=skipped[::-1]), repository(RIGHT)))
    assert render(one) == render(other)


def test_hostile_names_are_ascii_and_survive() -> None:
    report = example(matches=(match(left=entities.Place(LEFT, HOSTILE, HOSTILE, 1, 2)),))
    text = render(report)
    assert text.isascii() and text.endswith("}\n") and "\x1b" not in text
    assert load(text).matches[0].left.path == HOSTILE


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = "from report.samples import example; from clonescan.report import FORMATS;"
    code += "print([format.render(example()) for format in FORMATS.values()])"
    folders = [str(Path(__file__).parents[1]), str(Path(entities.__file__).parents[1])]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:0] = {folders!r}; {code}"],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


def _broken(change: Any) -> str:
    content = json.loads(render(example()))
    change(content)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "schema_version is None"),
        ('{"schema_version": "2"}', "schema_version is '2'"),
        ('{"schema_version": "1"}', "lacks one of"),
        (_broken(lambda c: c["matches"][0].update(similarity="high")), "matches 1, similarity must be a number"),
        (_broken(lambda c: c["matches"][0].update(similarity=True)), "similarity must be a number"),
        (_broken(lambda c: c["matches"][1].update(clone_type="stolen")), "matches 2, clone_type must be one of"),
        (_broken(lambda c: c["matches"][0].update(lines=[[1, 2, 3]])), "lines 1 must be a list of 4"),
        (_broken(lambda c: c["matches"][0]["left"].pop("unit")), "matches 1, left lacks one of"),
        (_broken(lambda c: c["matches"][0]["left"].update(start_line=1.5)), "start_line must be a whole number"),
        (_broken(lambda c: c.update(families={})), "families must be a list"),
        (_broken(lambda c: c["repositories"][0].update(files=[])), "files must be an object"),
        (_broken(lambda c: c["repositories"][0].update(id=None)), "id must be a text"),
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError, match="This is no clonescan report") as raised:
        load(text)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_reports_from_before_lines_were_told_common_are_read() -> None:
    content = json.loads(render(example(matches=(match(common=entities.Common(((88, 90),))),))))
    assert content["matches"][0].pop("common") == {"left": [[88, 90]], "right": []}
    assert load(json.dumps(content)).matches[0].common == entities.Common()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'gone.json" cannot be read: No such file'):
        read(tmp_path / "gone.json")
    (tmp_path / "latin.json").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        read(tmp_path / "latin.json")
    (tmp_path / "good.json").write_text(render(example()))
    assert read(tmp_path / "good.json") == rounded(example())
