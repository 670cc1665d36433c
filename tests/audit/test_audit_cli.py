"""The command `audit`, the hook of pre-commit and the script of the action, each run as its users run it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from gitserver import commit_files, git
from sitepackages import environment, install

import clonescan
from clonescan.audit.policy import Policy
from clonescan.cli import run
from clonescan.configuration import policy, resolve
from clonescan.report import FORMATS
from clonescan.report.json import SCHEMA_FILE
from clonescan.settings import Settings

ROOT = Path(clonescan.__file__).parents[1]
FIXTURES = ROOT / "fixtures"
PROGRAM = Path(sys.executable).with_name("clonescan")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in git, the current folder, with a copy of two files of lumen, which the active environment holds."""
    site = environment(tmp_path / "env")
    lumen = FIXTURES / "original" / "lumen"
    install(site, "lumen", {f"lumen/{name}.py": (lumen / f"{name}.py").read_text() for name in ("bpe", "schedule")})
    copy = FIXTURES / "disguised" / "brightpair"
    files = {f"model/{name}.py": (copy / f"{name}.py").read_bytes() for name in ("bytepairs", "pace")}
    commit_files(tmp_path / "project", files | {"model/own.py": b"def own(name):\n    return name\n"})
    for variable in [name for name in os.environ if name.startswith(("CLONESCAN_", "GIT_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("CLONESCAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("CLONESCAN_JOBS", "1")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def test_an_audit_prints_a_table_by_standing_and_exits_with_1_where_something_is_open(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit"]) == 1
    printed = capsys.readouterr()
    assert "the active environment (VIRTUAL_ENV)" in " ".join(printed.out.split())
    assert "Unattributed" in printed.out and "BytePairs.encode" in printed.out and "The audit fails" in printed.out
    assert "\x1b" not in printed.out and printed.err == ""
    assert max(map(len, printed.out.splitlines())) <= 80
    assert run(["audit", ".", "--fail-at", "1000"]) == 0
    assert "The audit passes" in capsys.readouterr().out


def test_every_format_is_written_and_the_saved_report_is_read_by_every_command(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = [part for name in FORMATS for part in ("--format", name)]
    assert run(["audit", *every, "--out", "out", "--report", "page.html"]) == 1
    assert {path.name for path in Path("out").iterdir()} == {format.file_name for format in FORMATS.values()}
    content = json.loads(Path("out/report.json").read_text())
    jsonschema.validate(content, json.loads(SCHEMA_FILE.read_text()))
    assert {match["standing"]["name"] for match in content["matches"]} <= {"unattributed", "conflict"}
    identity = content["matches"][0]["id"]
    page = Path("page.html").read_text()
    assert "Standing" in page and "BytePairs.encode" in page and f'"id":"{identity}"' in page
    assert Path("out/report.md").read_text().startswith("## Audit of `project`")
    assert "unattributed" in Path("out/matches.csv").read_text()
    assert run(["explain", "out/report.json", identity]) == 0
    explained = capsys.readouterr().out
    assert "Unattributed" in explained and "lumen 1.0" in explained and "def " in explained
    assert run(["report", "out/report.json"]) == 0
    assert capsys.readouterr().out == Path("out/report.txt").read_text()
    assert run(["graph", "out/report.json"]) == 0
    assert run(["diff", "out/report.json", "out/report.json", "--fail-on-new"]) == 0


def test_the_sarif_has_a_rule_a_standing_and_suppresses_what_is_allowed_or_known(here: Path) -> None:
    Path(".clonescan.toml").write_text('[[audit.allow]]\npath = "model/pace.py"\nreason = "ours"\n')
    run(["audit", "--fail-at", "60", "--format", "sarif", "--out", "report.sarif"])
    (one,) = json.loads(Path("report.sarif").read_text())["runs"]
    assert {rule["id"] for rule in one["tool"]["driver"]["rules"]} == {"audit/unattributed", "audit/allowed"}
    allowed = [row for row in one["results"] if row["ruleId"] == "audit/allowed"]
    open_ones = [row for row in one["results"] if row["ruleId"] == "audit/unattributed"]
    assert all(row["suppressions"][0]["justification"] == "ours" for row in allowed)
    assert {row["level"] for row in open_ones} == {"warning", "note"}
    assert all("suppressions" not in row for row in open_ones)
    assert run(["audit", "--baseline", "known.json", "--update-baseline"]) == 0
    run(["audit", "--baseline", "known.json", "--format", "sarif", "--out", "report.sarif"])
    (one,) = json.loads(Path("report.sarif").read_text())["runs"]
    assert all(row["suppressions"] for row in one["results"])


def test_the_notice_that_is_written_settles_the_audit(here: Path, tmp_path: Path) -> None:
    lumen = FIXTURES / "original" / "lumen"
    files = {f"lumen/{name}.py": (lumen / f"{name}.py").read_text() for name in ("bpe", "schedule")}
    shutil.rmtree(next((tmp_path / "env").rglob("*.dist-info")))
    site = next((tmp_path / "env").rglob("site-packages"))
    licence = "Copyright 2024 Ada Lens\nApache License, Version 2.0\n\x1b[31m"
    install(site, "lumen", files, more="License-Expression: Apache-2.0\n", licence=licence)
    assert run(["audit", "--license", "MIT", "--notice", "NOTICE"]) == 1
    text = Path("NOTICE").read_text()
    assert "lumen 1.0" in text and "Copyright 2024 Ada Lens" in text and "model/pace.py" in text and "\x1b" not in text
    assert run(["audit", "--license", "MIT"]) == 0


def test_init_writes_a_config_of_defaults_and_never_over_another(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "--init"]) == 0
    text = Path(".clonescan.toml").read_text()
    assert resolve({}, here, {}) == Settings() and policy({}, here, here) == Policy()
    assert run(["audit", "--init"]) == 2
    assert "left as it is" in capsys.readouterr().err and Path(".clonescan.toml").read_text() == text
    plain = [line.removeprefix("# ") for line in text.splitlines() if "=" in line or line.startswith(("[", "# [["))]
    content = tomllib.loads("\n".join(plain))
    assert content["audit"]["fail_at"] == Policy().fail_at and content["audit"]["internal"] == Policy().internal
    Path(".clonescan.toml").write_text("\n".join(plain))
    assert len(policy({}, here, here).allow) == 1


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ("audit = 3", "must be a table"),
        ("[audit]\nfail = 3", 'Unknown setting "fail" in [audit]'),
        ("[audit]\nfail_at = -1", "must be at least 0"),
        ("[audit]\nlicense = 'mine'", "is no SPDX expression"),
        ("[audit]\nallow = 3", "must be a list of tables"),
        ("[[audit.allow]]\npath = 'a'", 'gives no "reason"'),
        ("[[audit.allow]]\nreason = 'because'", "would allow everything"),
        ("[[audit.allow]]\npath = 'a'\nreason = 'b'\nexpires = 'soon'", "must be a date such as 2027-01-31"),
        ("[[audit.allow]]\npath = 'a'\nreason = 'b'\nuntil = 2027-01-01", 'Unknown key "until"'),
    ],
)
def test_what_is_wrong_with_a_config_is_one_sentence(
    config: str, sentence: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".clonescan.toml").write_text(config)
    assert run(["audit"]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err and printed.err.count("\n") == 1 and printed.out == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a", "b"], "An audit is of one project"),
        (["--changed", "--since", "HEAD"], "give one of the two"),
        (["--since", "nowhere"], 'There is no branch, tag or commit "nowhere"'),
        (["--changed", "nofile.py"], 'The changed file "nofile.py" does not exist'),
        (["--changed", "model/own.py", "model"], '"model" is a folder'),
        (["--update-baseline"], "needs --baseline FILE"),
        (["--baseline", "gone.json"], "cannot be read"),
        (["--environment", "model"], "no packages are installed there"),
    ],
)
def test_what_is_wrong_with_a_call_is_one_sentence(
    arguments: list[str], sentence: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", *arguments]) in (2, 3)
    printed = capsys.readouterr()
    assert sentence in printed.err and printed.err.count("\n") == 1 and printed.out == ""


def test_a_committed_checkpoint_is_no_change(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the head of a large one is read."""
    names = [f"trunk.{number}.gyre.{kind}" for number in range(25) for kind in ("warp", "weft", "nap", "ply")]
    tensors = {
        name: {"dtype": "U8", "shape": [40_000], "data_offsets": [at * 40_000, (at + 1) * 40_000]}
        for at, name in enumerate(names)
    }
    header = json.dumps(tensors).encode()
    commit_files(here, {"model.safetensors": len(header).to_bytes(8, "little") + header + bytes(4_000_000)})
    shutil.copytree(here, here.parent / "theirs", ignore=shutil.ignore_patterns(".git", "*.py"))
    shutil.copytree(FIXTURES / "bystander", here.parent / "theirs" / "more")  # else it is another copy of the project
    against = ["audit", "--against", str(here.parent / "theirs"), "--format", "csv", "--fail-at", "1e9"]
    assert run(against) == 0 and "model.safetensors" in capsys.readouterr().out
    assert run([*against, "--since", "HEAD"]) == 0 and "model.safetensors" not in capsys.readouterr().out


def test_an_empty_environment_is_no_error(here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment(tmp_path / "empty")
    assert run(["audit", "--environment", str(tmp_path / "empty")]) == 0
    assert "0 packages of the given environment" in capsys.readouterr().out


def test_the_hook_of_pre_commit_stops_a_commit_by_its_changed_files_alone(here: Path) -> None:
    (manifest,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    pre_commit = [sys.executable, "-m", "pre_commit"]
    subprocess.run([*pre_commit, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], check=True)
    # Installed already: the hook's own environment would have to be made from a package index.
    hook = manifest | {"language": "system", "entry": f"{PROGRAM}{manifest['entry'].removeprefix('clonescan')}"}
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}
    Path(".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    commit_files(here, {".gitignore": b"*.log\n"})
    subprocess.run([*pre_commit, "install"], check=True, capture_output=True)
    Path("model/own.py").write_text("def own(name):\n    print(name)\n    return name\n")
    git("add", "model/own.py", cwd=here)
    git("commit", "--quiet", "-m", "fine", cwd=here)
    shutil.copy("model/bytepairs.py", "model/taken.py")
    git("add", "model/taken.py", cwd=here)
    stopped = subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-m", "taken"],
        capture_output=True,
        text=True,
    )
    assert stopped.returncode == 1
    assert "model/taken.py" in stopped.stderr and "model/pace.py" not in stopped.stderr
    assert git("log", "-1", "--format=%s", cwd=here) == "fine"


def _action(here: Path, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Run the action's script as a runner does; returns its exit code, its outputs, and the job's summary."""
    temporary = here.parent / "runner"
    temporary.mkdir(exist_ok=True)
    files = {"GITHUB_OUTPUT": temporary / "output", "GITHUB_STEP_SUMMARY": temporary / "summary"}
    for file in files.values():
        file.write_text("")
    environ = os.environ | inputs | {name: str(path) for name, path in files.items()}
    environ |= {"RUNNER_TEMP": str(temporary), "CLONESCAN": str(PROGRAM)}
    done = subprocess.run([str(ROOT / ".github/action/audit.sh")], env=environ, capture_output=True, text=True)
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    return done.returncode, dict(line.split("=", 1) for line in lines), files["GITHUB_STEP_SUMMARY"].read_text()


def test_the_script_of_the_action_leaves_sarif_json_and_a_summary(here: Path) -> None:
    code, outputs, summary = _action(here)
    assert code == 1 and summary.startswith("## Audit of `project`")
    assert json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["results"]
    assert json.loads(Path(outputs["json"]).read_text())["audit"]["fail_at"] == Policy().fail_at
    code, _, summary = _action(here, SINCE="HEAD", FAIL_AT="20")
    assert code == 0 and "The audit passes" in summary
    code, _, _ = _action(here, AGAINST=f"{FIXTURES / 'bystander'}\n\n{FIXTURES / 'disguised'}\n", PROJECT=".")
    assert code == 1


def test_what_the_action_is_told_is_no_command(here: Path) -> None:
    told = [("PROJECT", "$(touch ran)"), ("SINCE", "x; touch ran"), ("PROJECT", "--init"), ("BASELINE", "`touch ran`")]
    for name, value in told:
        code, outputs, _ = _action(here, **{name: value})
        assert code in (2, 3) and outputs == {}
    assert not Path("ran").exists() and not Path(".clonescan.toml").exists()


def test_the_action_runs_the_scripts_that_there_are_and_passes_every_input_on() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    steps = {step["name"]: step for step in action["runs"]["steps"]}
    for name in ("Install clonescan", "Audit"):
        script = ROOT / steps[name]["run"].strip('"').removeprefix("$GITHUB_ACTION_PATH/")
        assert os.access(script, os.X_OK)
    passed = {f"${{{{ inputs.{name} }}}}" for name in action["inputs"] if name != "upload"}
    assert passed == set(steps["Audit"]["env"].values())
    assert steps["Show alerts"]["uses"].startswith("github/codeql-action/upload-sarif@")
