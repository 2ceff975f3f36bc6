"""What can be wrong with the safety data or its stores."""

from __future__ import annotations

from clinic.errors import FileWrong


class SafetyError(Exception):
    """Base of every error that the safety package raises."""


class SafetyFileWrong(SafetyError, FileWrong):
    """A rule, example, text or hotline file cannot be used as written."""


class RecordNotWritten(SafetyError):
    """Neither the database nor the spool file took the record."""
