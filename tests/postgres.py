"""A PostgreSQL server of the tests' own, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_NAME = "postgres"


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return newest[-1].parent if newest else None


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database; skips where PostgreSQL is not installed, except in CI."""
    programs = _programs()
    if programs is None:
        assert not os.environ.get("CI"), "install the package `postgresql` for this test"
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    user = _NAME if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="kap-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, user, user)

    def run(program: str, *words: str) -> None:
        command = [str(programs / program), *words]
        as_user = {"user": user, "extra_groups": []} if os.geteuid() == 0 else {}
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **as_user)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", _NAME, "--auth=trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg2://{_NAME}@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
