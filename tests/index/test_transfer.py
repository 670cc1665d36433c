"""An exported index is the same elsewhere; one from a stranger is checked, and nothing of it leaves the index."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from clonescan.errors import UsageError
from clonescan.fingerprint import check, decode, encode
from clonescan.index import Outcome, bring_in, contents, export, open_index, related, update
from clonescan.settings import Settings

from .conftest import FIXTURES, added, module, read, repository

Members = dict[str, bytes]


def exported(tmp_path: Path, settings: Settings, *sources: str) -> Path:
    """An export of these sources."""
    added(settings, *sources)
    path = tmp_path / "export.zip"
    assert export(path, [], settings) == ()
    return path


def members(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def imported(path: Path, tmp_path: Path, **more: Any) -> tuple[list[Outcome], Settings]:
    """What becomes of an export in an index of its own."""
    elsewhere = Settings(index=str(tmp_path / "elsewhere"), use_cache=False, jobs=1, **more)
    return list(bring_in(path, elsewhere)), elsewhere


def test_an_export_answers_as_the_index_does(tmp_path: Path, settings: Settings) -> None:
    path = exported(tmp_path, settings, str(FIXTURES / "original"), repository(tmp_path / "one", a=module([1])))
    outcomes, elsewhere = imported(path, tmp_path)
    assert [outcome.what for outcome in outcomes] == ["added", "added"]
    ours = read(str(FIXTURES / "disguised")).files
    asked = [related(open_index(Path(one.index), one), ours).related for one in (settings, elsewhere)]
    here, there = ((one.repository, [(f.path, f.blob_id) for f in one.reading.files], one.same) for (one,) in asked)
    assert here == there
    again = tmp_path / "again.zip"
    export(again, ["one"], settings)
    first = again.read_bytes()
    export(again, ["one"], settings)
    assert again.read_bytes() == first


def test_what_is_imported_is_never_taken_for_the_source(tmp_path: Path, settings: Settings) -> None:
    """Its own path means nothing here, and adding the source for real parses it."""
    source = repository(tmp_path / "one", a=module([1]))
    _, elsewhere = imported(exported(tmp_path, settings, source), tmp_path)
    (outcome,) = update([], elsewhere)
    assert outcome.what == "failed" and "exported from" in outcome.problem
    assert [one.what for one in added(elsewhere, source)] == ["replaced"]
    assert not contents(Path(elsewhere.index)).indexed[0].facts.imported


Change = Callable[[Any], object]


def _facts(change: Change) -> Callable[[Members], None]:
    def apply(content: Members) -> None:
        facts = json.loads(content["0/repository.json"])
        change(facts)
        content["0/repository.json"] = json.dumps(facts).encode()

    return apply


def _files(change: Change) -> Callable[[Members], None]:
    def apply(content: Members) -> None:
        rows = json.loads(content["0/files.json"])
        change(rows)
        content["0/files.json"] = json.dumps(rows).encode()

    return apply


HOSTILE: Mapping[str, Callable[[Members], object]] = {
    "another version": _facts(lambda facts: facts.update(method="0 other")),
    "a number that is none": _facts(lambda facts: facts.update(differ="many")),
    "a negative number": _facts(lambda facts: facts.update(differ=-1)),
    "facts that are missing": _facts(lambda facts: facts.pop("repository")),
    "a script as a link": _facts(lambda facts: facts["repository"].update(link="javascript:alert(1)")),
    "a name that clears the screen": _facts(lambda facts: facts["repository"].update(id="\x1b[2J")),
    "a path that leads out": _files(lambda rows: rows[0].__setitem__(0, "../../escaped.py")),
    "a path from the root": _files(lambda rows: rows[0].__setitem__(0, "/etc/passwd")),
    "an unknown kind": _files(lambda rows: rows[0].__setitem__(1, "program")),
    "an unknown mark": _files(lambda rows: rows[0].__setitem__(3, "<b>")),
    "an id that is none": _files(lambda rows: rows[0].__setitem__(2, "x")),
    "a size beyond the end": _files(lambda rows: rows[-1].__setitem__(4, 10**12)),
    "a negative size": _files(lambda rows: rows[0].__setitem__(4, -5)),
    "a file twice": _files(lambda rows: rows.append(rows[0])),
    "no list": lambda content: content.update({"0/files.json": b"{}"}),
    "no JSON": lambda content: content.update({"0/repository.json": b"\xff"}),
    "fingerprints cut short": lambda content: content.update({"0/fingerprints": content["0/fingerprints"][:-9]}),
    "no fingerprints": lambda content: content.pop("0/fingerprints"),
    "a bomb": lambda content: content.update({"0/fingerprints": bytes(20_000_000)}),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_export_is_refused_and_the_rest_of_it_added(tmp_path: Path, settings: Settings, what: str) -> None:
    sources = [repository(tmp_path / name, a=module([number])) for number, name in enumerate(("one", "two"))]
    content = members(exported(tmp_path, settings, *sources))
    HOSTILE[what](content)
    before = {path for path in tmp_path.rglob("*") if "elsewhere" not in path.parts}
    outcomes, elsewhere = imported(packed(tmp_path / "export.zip", content), tmp_path, max_archive_bytes=10_000_000)
    assert [outcome.what for outcome in outcomes] == ["failed", "added"]
    assert outcomes[0].problem and "\n" not in outcomes[0].problem
    assert {path for path in tmp_path.rglob("*") if "elsewhere" not in path.parts} == before
    assert len(contents(Path(elsewhere.index)).indexed) == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all", bytes(1000)])
def test_what_is_no_export_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="no export of an index"):
        imported(path, tmp_path)
    with pytest.raises(UsageError, match="no export of an index"):
        imported(tmp_path / "nowhere.zip", tmp_path)
    with pytest.raises(UsageError, match="holds no repository"):
        imported(packed(path, {"../escaped/repository.json": b"{}"}), tmp_path)


def test_every_fingerprint_of_the_fixtures_is_sound() -> None:
    for name in ("original", "disguised", "bystander"):
        for file in read(str(FIXTURES / name)).files:
            check(file.fingerprint)


@given(st.integers(0, 2**32), st.integers(1, 4))
@tried(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_fingerprint_with_other_numbers_is_refused_or_harmless(seed: int, changes: int) -> None:
    """What passes the check can be asked for and compared without an error."""
    from clonescan.background import open_background
    from clonescan.index.postings import searched, tables
    from clonescan.kinds.reading import Extracted
    from clonescan.match.names import names

    random = Random(seed)
    data = bytearray(SOUND)
    for _ in range(changes):
        place = random.randrange(HEAD, len(data) - 4)
        data[place : place + 4] = random.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", random.randbytes(4)))
    try:
        found = decode(bytes(data))
        check(found)
    except ValueError:
        return
    file = Extracted("a.py", "code", "", "", found)
    made = searched([file], open_background("default"))
    tables(made)
    names(made.corpus.files)
    assert np.all(made.units < len(made.first))


SOUND = encode(next(f for f in read(str(FIXTURES / "original")).files if f.kind == "code").fingerprint)
HEAD = 4 + int.from_bytes(SOUND[:4], "little")
"""Where the arrays begin."""
