"""What can be wrong with an installation."""

from __future__ import annotations

from pathlib import Path


class ClinicError(Exception):
    """Base of every error that the clinic package raises."""


class FileWrong(ClinicError):
    """A file that a person edits cannot be used as written."""

    def __init__(self, file: Path | str, line: int | None, what: str) -> None:
        place = f"{file}:{line}" if line else str(file)
        super().__init__(f"{place}: {what}")
        self.file = file
        self.line = line
        self.what = what


class SettingWrong(ClinicError):
    """A setting is missing, empty or not usable; the message says what to set, and where."""


class DatabaseAway(ClinicError):
    """The database did not answer in time."""
