"""The self-audit on a project beside an environment of files: what it finds, names, leaves out, keeps and lets pass."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from gitserver import commit_files
from sitepackages import environment, install

import clonescan
from clonescan.audit import baseline
from clonescan.audit.policy import Allowance, Policy, fails
from clonescan.audit.scope import Scope
from clonescan.entities import Report
from clonescan.errors import UsageError
from clonescan.report.standing import facts
from clonescan.results import audit
from clonescan.settings import Settings

FIXTURES = Path(clonescan.__file__).parents[1] / "fixtures"
LUMEN = FIXTURES / "original" / "lumen"
COPY = FIXTURES / "disguised" / "brightpair"
HOME = "License-Expression: Apache-2.0\nProject-URL: Source, https://github.com/ada/lumen\n"


def _lumen(folder: str = "lumen") -> dict[str, str]:
    return {f"{folder}/{name}.py": (LUMEN / f"{name}.py").read_text() for name in ("bpe", "schedule")}


class Place:
    """A project with a copy of two files of lumen, which is installed beside it; audits it."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.site = environment(top / "env")
        self.project = top / "project"
        install(self.site, "lumen", _lumen(), more=HOME)
        self.write({f"model/{name}.py": (COPY / f"{name}.py").read_text() for name in ("bytepairs", "pace")})
        self.tasks: list[str] = []

    def write(self, files: Mapping[str, str]) -> None:
        """Put files into the project."""
        for path, text in files.items():
            (self.project / path).parent.mkdir(parents=True, exist_ok=True)
            (self.project / path).write_text(text)

    def audit(
        self, scope: Scope | None = None, today: str = "2026-11-25", update: bool = False, **asked: object
    ) -> Report:
        """Audit the project against the environment, with a cache of its own."""
        self.tasks.clear()
        policy = replace(Policy(environment=str(self.top / "env")), **asked)  # type: ignore[arg-type]
        settings = Settings(cache_dir=self.top / "cache", jobs=1)
        day = datetime.date.fromisoformat(today)
        tell: Callable[..., None] = lambda task, _done, _total: self.tasks.append(task)  # noqa: E731
        return audit(scope or Scope(str(self.project)), policy, settings, tell, day, update).report

    @property
    def compared(self) -> bool:
        """Whether the last audit had to compare anything."""
        return "Comparing" in self.tasks


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """See Place."""
    return Place(tmp_path)


def _units(report: Report) -> set[tuple[str, str]]:
    return {(match.left.unit, match.right.unit) for match in report.matches}


def _standing(report: Report, unit: str) -> str:
    found = [match.standing.name for match in report.matches if match.left.unit == unit and match.standing]
    assert len(found) == 1
    return found[0]


def test_what_is_elsewhere_is_found_and_makes_the_audit_fail(place: Place) -> None:
    report = place.audit()
    assert {("BytePairs.encode", "BytePairs.encode"), ("sort_weights", "parameter_groups")} <= _units(report)
    assert [row.id for row in report.repositories] == ["project", "lumen 1.0"]
    assert all(match.left.repository == "project" for match in report.matches)
    assert report.audit is not None and report.audit.compared == ("lumen 1.0",)
    assert fails(report) and not fails(place.audit(fail_at=1000.0))


def test_a_source_that_both_files_name_attributes_a_match(place: Place) -> None:
    said = "# adapted from https://github.com/elder/ancestor\n"
    files = _lumen()
    own = next(path for path in place.project.rglob("*.py") if "BytePairs" in path.read_text())
    unstated = _standing(place.audit(), "BytePairs.encode")
    files["lumen/bpe.py"] = said + files["lumen/bpe.py"]
    shutil.rmtree(place.site / "lumen")
    shutil.rmtree(place.site / "lumen-1.0.dist-info")
    install(place.site, "lumen", files)
    own.write_text(said + own.read_text())
    (encode,) = [match for match in place.audit().matches if match.left.unit == "BytePairs.encode"]
    assert unstated == "unattributed"
    assert encode.standing is not None and encode.standing.attribution is not None
    assert encode.standing.attribution.how == "common source" and encode.standing.attribution.line == 1


def test_an_unrelated_package_is_silent(place: Place) -> None:
    shutil.rmtree(place.site / "lumen")
    shutil.rmtree(place.site / "lumen-1.0.dist-info")
    cornea = {f"cornea/{file.name}": file.read_text() for file in (FIXTURES / "bystander" / "cornea").glob("*.py")}
    install(place.site, "cornea", cornea)
    report = place.audit()
    assert report.matches == () and not fails(report)
    assert report.audit is not None and report.audit.compared == ("cornea 1.0",)


def test_the_origin_is_named_and_who_else_holds_it_besides(place: Place) -> None:
    install(place.site, "aaa", _lumen("aaa/_vendor/lumen"))
    install(place.site, "bbb", {"bbb/bpe.py": _lumen()["lumen/bpe.py"], "bbb/own.py": "def own(a):\n    return a\n"})
    report = place.audit()
    assert {match.right.repository for match in report.matches} == {"lumen 1.0"}
    (encode,) = [match for match in report.matches if match.left.unit == "BytePairs.encode"]
    assert encode.standing is not None
    assert {place.repository for place in encode.standing.also} == {"aaa 1.0", "bbb 1.0"}


@pytest.mark.parametrize(
    ("files", "name", "origin", "reason"),
    [
        ({"pyproject.toml": '[project]\nname = "Bright.Pair"\n'}, "bright-pair", "", "it has the project's name"),
        ({"setup.py": 'from x import setup\nsetup(name="bright_pair")\n'}, "bright-pair", "", "project's name"),
        ({}, "other", "project", "it is the project itself"),
        ({}, "other", "", "most of it is the project's"),
    ],
)
def test_the_project_s_own_installed_copy_is_left_out(
    files: dict[str, str], name: str, origin: str, reason: str, place: Place
) -> None:
    place.write(files)
    own = {path.relative_to(place.project).as_posix(): path.read_text() for path in place.project.rglob("*.py")}
    install(place.site, name, own, origin=str(place.top / origin) if origin else "")
    report = place.audit()
    assert report.audit is not None
    assert [(one.path, reason in one.reason) for one in report.audit.left_out] == [(f"{name} 1.0", True)]
    assert {match.right.repository for match in report.matches} == {"lumen 1.0"}


def test_a_package_that_is_used_elsewhere_or_lists_no_files_is_left_out_and_said_so(place: Place) -> None:
    install(place.site, "edited", {}, origin="/src/edited", editable=True)
    (install(place.site, "bare", {"bare.py": "a = 1\n"}) / "RECORD").unlink()
    report = place.audit()
    assert report.audit is not None
    reasons = {one.path: one.reason for one in report.audit.left_out}
    assert "/src/edited" in reasons["edited 1.0"] and reasons["bare 1.0"] == "it has no list of its files"


def test_sources_in_place_of_the_environment_and_besides(place: Place) -> None:
    sources = (str(FIXTURES / "original"), str(FIXTURES / "bystander"))
    report = place.audit(environment="", against=sources)
    assert report.audit is not None and report.audit.compared == ("original", "bystander")
    assert {match.right.repository for match in report.matches} == {"original"}
    both = place.audit(against=sources[1:])
    assert both.audit is not None and both.audit.compared == ("lumen 1.0", "bystander")


def test_an_allowance_needs_to_fit_and_not_to_have_expired(place: Place) -> None:
    first = Allowance("we wrote both", path="/model/bytepairs.py", expires=datetime.date(2026, 12, 1))
    second = Allowance("settled by contract", unit="sort_*", origin="LUMEN")
    unused = Allowance("nobody knows", path="gone.py")
    report = place.audit(allow=(first, second, unused))
    assert _standing(report, "BytePairs.encode") == "allowed" and _standing(report, "sort_weights") == "allowed"
    assert _standing(report, "plateau") != "allowed" and fails(report)
    encode = next(match for match in report.matches if match.left.unit == "BytePairs.encode")
    assert encode.standing is not None
    assert (encode.standing.reason, encode.standing.expires) == ("we wrote both", "2026-12-01")
    assert report.audit is not None and report.audit.notes == (
        "Nothing needs to be allowed for path gone.py: the entry can go.",
    )
    late = place.audit(allow=(first, second), today="2026-12-02")
    assert _standing(late, "BytePairs.encode") != "allowed"
    assert late.audit is not None
    assert late.audit.notes == (
        "What was allowed for path /model/bytepairs.py expired on 2026-12-01 and no longer counts.",
    )


def test_with_a_baseline_only_what_is_new_fails(place: Place) -> None:
    file = place.top / "baseline.json"
    assert not fails(place.audit(update=True, baseline=file))
    shutil.move(place.site / "lumen-1.0.dist-info", place.site / "lumen-2.0.dist-info")
    for path in ("METADATA", "RECORD"):
        text = (place.site / "lumen-2.0.dist-info" / path).read_text()
        (place.site / "lumen-2.0.dist-info" / path).write_text(text.replace("1.0", "2.0"))
    moved = (place.project / "model/bytepairs.py").read_text()
    place.write({"model/bytepairs.py": "# moved\n\n\n" + moved})
    report = place.audit(baseline=file)
    assert report.repositories[1].id == "lumen 2.0" and not fails(report)
    assert all(match.standing and match.standing.known for match in report.matches)
    place.write({"model/again.py": moved})
    report = place.audit(baseline=file)
    assert report.audit is not None and fails(report)
    new = {match.left.path for match in report.matches if match.standing and not match.standing.known}
    assert new == {"model/again.py"}


def test_a_match_that_has_grown_is_new(place: Place) -> None:
    report = place.audit()
    known = baseline.baseline(report.matches)
    assert len(known.known(report.matches)) == len(report.matches)
    grown = [replace(match, evidence_bits=match.evidence_bits * 1.6) for match in report.matches]
    assert known.known(grown) == frozenset()


def test_a_baseline_that_is_missing_broken_or_of_a_part_is_one_sentence(place: Place) -> None:
    file = place.top / "baseline.json"
    with pytest.raises(UsageError, match="cannot be read"):
        place.audit(baseline=file)
    for text in ("", "[]", '{"clonescan_baseline": 1, "matches": [{"path": 3}]}', "[" * 10_000):
        file.write_text(text)
        with pytest.raises(UsageError, match="is no baseline that clonescan wrote"):
            place.audit(baseline=file)
    file.write_text('{"clonescan_baseline": 9}')
    with pytest.raises(UsageError, match="is of version 9"):
        place.audit(baseline=file)
    with pytest.raises(UsageError, match="needs --baseline"):
        place.audit(update=True)
    with pytest.raises(UsageError, match="without --since and --changed"):
        place.audit(Scope(str(place.project), since="HEAD"), update=True, baseline=file)


def test_of_a_change_only_matches_that_it_touches_are_told(place: Place) -> None:
    commit_files(place.project, {"README.md": b"BrightPair\n"})
    assert place.audit(Scope(str(place.project), since="HEAD")).matches == ()
    text = (place.project / "model/pace.py").read_text()
    place.write({"model/pace.py": text.replace("def sort_weights(", "def sort_the_weights(")})
    report = place.audit(Scope(str(place.project), since="HEAD"))
    assert {match.left.unit for match in report.matches} == {"sort_the_weights"}
    assert report.repositories[0].files == {"code": 1}
    assert report.audit is not None and report.audit.since == report.repositories[0].commit


def test_named_files_alone_are_audited(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.project)
    place.write({"notes.md": "Nothing that is compared.\n"})
    report = place.audit(Scope(changed=(Path("model/pace.py"), Path("notes.md"))))
    assert {match.left.path for match in report.matches} == {"model/pace.py"}
    with pytest.raises(UsageError, match="is not in the project"):
        place.audit(Scope(changed=(Path("../elsewhere.py"),)))
    assert place.audit(Scope(changed=())).matches == ()


def test_what_the_project_has_twice_is_told_only_if_asked_for(place: Place) -> None:
    text = (place.project / "model/bytepairs.py").read_text()
    place.write({"model/second.py": text, "model/third.py": text.replace("pairs", "couples")})
    assert not [match for match in place.audit().matches if match.standing and match.standing.name == "internal"]
    report = place.audit(internal=True)
    twice = [match for match in report.matches if match.standing and match.standing.name == "internal"]
    assert {match.right.repository for match in twice} == {"project"}
    paths = {(match.left.path, match.right.path) for match in twice if match.left.unit == "BytePairs.encode"}
    assert {path for pair in paths for path in pair} == {f"model/{one}.py" for one in ("bytepairs", "second", "third")}
    assert all(match.left != match.right for match in twice)


def test_where_nothing_changed_nothing_is_compared_again(place: Place) -> None:
    first = place.audit()
    assert place.compared
    assert place.audit() == first and not place.compared
    place.write({"README.md": "The tokenizer is adapted from lumen, https://github.com/ada/lumen\n"})
    place.audit()
    assert place.compared and "Reading packages" not in place.tasks
    with (place.site / "lumen-1.0.dist-info/RECORD").open("a") as file:
        file.write("lumen/more.py,,\n")
    place.audit()
    assert place.compared and "Reading packages" in place.tasks


def test_an_environment_full_of_known_packages_leaves_the_background_as_it_is(place: Place) -> None:
    before = place.audit()
    install(place.site, "timm", {"timm/own.py": "def own(a):\n    return a\n"})
    install(place.site, "transformers", {"transformers/own.py": "def own(a):\n    return a\n"})
    after = place.audit()
    assert before.parameters["background"] == after.parameters["background"]
    assert [match.evidence_bits for match in before.matches] == [match.evidence_bits for match in after.matches]


def test_a_broken_file_or_package_ends_nothing(place: Place) -> None:
    place.write({"model/broken.py": "def (:\n" * 50})
    info = install(place.site, "weird", {"weird/a.py": "\x00\x01" * 50, "weird/b.py": "def (:" * 40}, record="")
    (info / "RECORD").write_bytes(b"../../../etc/passwd,,\n/etc/passwd,,\n\xff\xfe,,\n" + b'"' * 9)
    (info / "METADATA").write_bytes(b"\xff\x00Name")
    assert fails(place.audit())


def test_what_the_project_says_and_what_the_licences_ask_for(place: Place) -> None:
    apache = "Apache License, Version 2.0\nCopyright 2024 Ada Lens\n"
    shutil.rmtree(place.site / "lumen-1.0.dist-info")
    install(place.site, "lumen", _lumen(), more=HOME, licence=apache)
    assert _standing(place.audit(), "BytePairs.encode") == "unattributed"
    text = (place.project / "model/bytepairs.py").read_text()
    place.write({"model/bytepairs.py": f"# Adapted from https://github.com/ada/lumen/blob/main/lumen/bpe.py\n{text}"})
    report = place.audit(license="MIT")
    encode = next(match for match in report.matches if match.left.unit == "BytePairs.encode")
    assert encode.standing is not None and encode.standing.attribution is not None
    assert (encode.standing.name, encode.standing.verdict) == ("conflict", "notice missing")
    assert encode.standing.missing == ("copyright notice", "licence text")
    said = " · ".join(facts(encode))
    assert (
        "attributed at model/bytepairs.py:1, which names " in said and "missing: copyright notice, licence text" in said
    )
    assert (encode.standing.attribution.path, encode.standing.attribution.line) == ("model/bytepairs.py", 1)
    assert _standing(report, "sort_weights") == "unattributed"
    place.write({"NOTICE": f"model/pace.py has parts of lumen.\n\n{apache}"})
    report = place.audit(license="MIT")
    assert {match.standing.name for match in report.matches if match.standing} == {"attributed"} and not fails(report)
    assert _standing(place.audit(license="GPL-2.0-only"), "BytePairs.encode") == "conflict"


def test_the_python_api(place: Place) -> None:
    report = clonescan.audit(str(place.project), environment=str(place.top / "env"), use_cache=False, jobs=1)
    assert report.audit is not None and report.matches
    with pytest.raises(UsageError, match='Unknown setting "against_all" in the call'):
        clonescan.audit(str(place.project), against_all=["x"])
    with pytest.raises(UsageError, match="is no SPDX expression"):
        clonescan.audit(str(place.project), license="do what you want")
