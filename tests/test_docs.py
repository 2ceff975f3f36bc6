"""The documentation speaks of what there is: settings, commands, make targets, files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from clinic.settings import PROJECT_ROOT
from kap.cli import app

PAGES = sorted([*PROJECT_ROOT.glob("*.md"), *(PROJECT_ROOT / "docs").rglob("*.md")])
PACKAGES = ("actions", "bot", "clinic", "kap", "knowledge", "language", "safety", "visitors")


def _code() -> str:
    files = [path for name in PACKAGES for path in (PROJECT_ROOT / name).rglob("*.py")]
    return "\n".join(path.read_text() for path in files)


def test_every_setting_is_documented() -> None:
    """docs/settings.md lists exactly the settings that the code reads."""
    documented = set(
        re.findall(r"`(KAP_[A-Z_]+)`", (PROJECT_ROOT / "docs/settings.md").read_text())
    )
    assert documented == set(re.findall(r"\bKAP_[A-Z_]+\b", _code()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_exist(page: Path) -> None:
    """Every relative link, and every path in backticks, leads to a file or folder."""
    text = page.read_text()
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(
        r"`((?:safety|knowledge|bot|clinic|docs|data|scripts|tests|visitors)/[^`*<\s]+)`", text
    ):
        assert (PROJECT_ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    """Every `make` target and `kap` command that a page names can be run."""
    text = page.read_text()
    targets = set(re.findall(r"^([a-z-]+):.*##", (PROJECT_ROOT / "Makefile").read_text(), re.M))
    for target in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", text, re.M):
        assert (target[0] or target[1]) in targets
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    for command in re.findall(r"`(?:\.venv/bin/)?kap ([a-z]+)", text):
        assert command in commands, command


def test_no_page_is_an_orphan() -> None:
    """Every page under docs/ can be reached from another page."""
    linked = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    }
    for page in PAGES:
        if page.parent != PROJECT_ROOT and page.name != "README.md":
            assert page.resolve() in linked, page
