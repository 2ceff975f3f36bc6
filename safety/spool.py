"""A file that takes records when the database cannot, and gives them back in order."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from cryptography.fernet import InvalidToken, MultiFernet

from safety.errors import RecordNotWritten


class Spool:
    """Encrypted lines in one append-only file, shared by the processes of a machine."""

    def __init__(self, folder: Path, cipher: MultiFernet) -> None:
        self._path = folder / "escalations.spool"
        self._cipher = cipher

    def append(self, line: str) -> None:
        """Write one line through to the disk; RecordNotWritten when the disk refuses."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._locked() as file:
                file.write(self._cipher.encrypt(line.encode()) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise RecordNotWritten(f"spool: {error.strerror}") from error

    def replay(self, write: Callable[[list[str]], None]) -> int:
        """Hand all lines to `write`, oldest first, then empty the file; count of lines.

        `write` must have committed when it returns. Its error keeps the whole file, so it must
        drop what it has seen before. A line that no key opens is set aside in a file of its own.
        """
        if not self._path.exists() or self._path.stat().st_size == 0:
            return 0
        with self._locked() as file:
            file.seek(0)
            lines, unreadable = self._decrypted(file.read().splitlines())
            write(lines)
            if unreadable:
                with open(self._path.with_suffix(".unreadable"), "ab") as aside:
                    aside.writelines(token + b"\n" for token in unreadable)
            file.truncate(0)
        return len(lines)

    def _decrypted(self, tokens: list[bytes]) -> tuple[list[str], list[bytes]]:
        lines, unreadable = [], []
        for token in tokens:
            try:
                lines.append(self._cipher.decrypt(token).decode())
            except InvalidToken:
                unreadable.append(token)
        return lines, unreadable

    def waiting(self) -> int:
        """Number of lines that wait for the database."""
        if not self._path.exists():
            return 0
        with open(self._path, "rb") as file:
            return sum(1 for _ in file)

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
