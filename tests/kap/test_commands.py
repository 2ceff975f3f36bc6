"""The command line: setup once, doctor, knowledge commands, and sentences instead of traces."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clinic.settings import PROJECT_ROOT
from kap.cli import app
from kap.installation import prepare

RUNNER = CliRunner()


@pytest.fixture
def in_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KAP_HOME", str(home))
    monkeypatch.setenv("KAP_CHAT_PORT", "1")
    monkeypatch.setenv("KAP_ACTION_PORT", "1")
    return home


@pytest.mark.slow
def test_second_setup_does_nothing(in_home: Path) -> None:
    """A prepared installation is left as it is."""
    before = {path: path.stat().st_mtime for path in in_home.rglob("*.gz")}
    said: list[str] = []
    prepare(said.append)
    assert said == []
    assert before == {path: path.stat().st_mtime for path in in_home.rglob("*.gz")}


@pytest.mark.slow
def test_doctor_names_what_is_missing(in_home: Path) -> None:
    """The doctor finds a missing model and a server that is not running, and how to mend both."""
    for model in (in_home / "models").glob("kap-*"):
        model.unlink()
    result = RUNNER.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "kap setup" in result.output
    assert "kap serve" in result.output


@pytest.mark.slow
def test_doctor_with_broken_clinic_file(
    in_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken clinic.yml is named with file and line."""
    broken = tmp_path / "clinic.yml"
    broken.write_text((PROJECT_ROOT / "clinic.yml").read_text().replace("US", "QQ"))
    monkeypatch.setenv("KAP_CLINIC_FILE", str(broken))
    result = RUNNER.invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "has no hotlines" in result.output


@pytest.mark.slow
def test_export_and_approve(in_home: Path, tmp_path: Path) -> None:
    """An export equals the stock; an approval by a named clinician makes its name appear."""
    assert RUNNER.invoke(app, ["knowledge", "export", str(tmp_path / "out")]).exit_code == 0
    stock = {path.name for path in (PROJECT_ROOT / "knowledge" / "content").glob("*.md")}
    assert {path.name for path in (tmp_path / "out").glob("*.md")} == stock
    again = RUNNER.invoke(app, ["knowledge", "check", str(tmp_path / "out")])
    assert again.exit_code == 0, again.output
    done = RUNNER.invoke(
        app, ["knowledge", "approve", "mechanism_bdnf", "--reviewer", "Dr. Ada Example"]
    )
    assert done.exit_code == 0, done.output
    with sqlite3.connect(in_home / "kap.db") as connection:
        rows = connection.execute("SELECT reviewer FROM approvals").fetchall()
        audit = connection.execute("SELECT action, actor FROM audit ORDER BY id DESC").fetchone()
    assert rows == [("Dr. Ada Example",)]
    assert audit == ("approved", "Dr. Ada Example")


@pytest.mark.slow
def test_load_never_overwrites(in_home: Path) -> None:
    """A second load changes nothing."""
    result = RUNNER.invoke(app, ["knowledge", "load"])
    assert result.exit_code == 0
    assert "nothing loaded" in result.output


def test_check_of_a_broken_file(tmp_path: Path) -> None:
    """A problem is one sentence with file and line, and the exit code is 1."""
    good = (PROJECT_ROOT / "knowledge" / "content" / "mechanism_bdnf.md").read_text()
    (tmp_path / "mechanism_bdnf.md").write_text(good.replace("## SMS", "## SMS\n\nTake 50 mg."))
    result = RUNNER.invoke(app, ["knowledge", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert "mechanism_bdnf.md" in result.output


def test_help_teaches() -> None:
    """`kap --help` names the first steps."""
    result = RUNNER.invoke(app, ["--help"], env={"COLUMNS": "200"})
    for word in ("setup", "serve", "chat", "doctor", "ask", "assess", "knowledge"):
        assert word in result.output


def test_fresh_keys_are_printed() -> None:
    """`kap setup --print-keys` prints keys for production and touches nothing."""
    result = RUNNER.invoke(app, ["setup", "--print-keys"])
    assert result.output.count("KAP_") == 4


@pytest.mark.slow
def test_broken_setting_is_a_sentence(tmp_path: Path) -> None:
    """A command that cannot run ends with a sentence and exit code 2, not with a trace."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "kap.cli", "chat"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "KAP_HOME": str(tmp_path), "KAP_CHAT_PORT": "http"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "KAP_" in done.stderr
