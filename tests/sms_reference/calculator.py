"""Twilio's own segment calculator in one node process, asked in lines of JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
LOCK = FOLDER / "package-lock.json"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"


class Calculator:
    """Lives as long as the tests that ask it."""

    def __init__(self, node: str) -> None:
        command = [node, str(FOLDER / "segments.cjs")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def measure(self, text: str) -> dict[str, Any]:
        """What the reference says of a text, as it is and with grapheme clusters taken apart."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the node process ended"
        return dict(json.loads(answer))

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


def start_calculator() -> Calculator:
    """Installs the package where it is missing; skips where that fails, except in CI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        _give_up("install the packages `nodejs` and `npm` for this test")
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        command = [str(npm), "ci", "--silent", "--no-progress"]
        if subprocess.run(command, cwd=FOLDER, check=False, timeout=120).returncode:
            _give_up("npm could not install sms-segments-calculator")
        INSTALLED.touch()
    return Calculator(str(node))


def _give_up(why: str) -> None:
    assert not os.environ.get("CI"), why
    pytest.skip(why)
