"""A PostgreSQL server of our own for the tests that need a real one, thrown away when they are done."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def running_server(user: str) -> Iterator[str]:
    """Give the URL of a server on a socket in a new folder; skip, loudly, where there is none to start.

    It will not run as root, so it then runs as the user postgres.
    """
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("psycopg")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(found) for found in [shutil.which("initdb") or ""] if found]
    if not places:
        pytest.skip("SKIPPED: no PostgreSQL server (Debian: apt-get install postgresql)")
    programs, place = places[-1].parent, Path(tempfile.mkdtemp(prefix="pg"))
    other = [] if os.getuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    if other and (shutil.which("setpriv") is None or subprocess.run(["id", "postgres"], capture_output=True).returncode):
        pytest.skip("SKIPPED: run as root without a user postgres to start PostgreSQL as")
    if other:
        shutil.chown(place, "postgres", "postgres")

    def run(*words: str) -> None:
        subprocess.run([*other, *words], check=True, capture_output=True, timeout=120, cwd=place)

    run(str(programs / "initdb"), "-D", str(place / "data"), "-U", user, "--auth=trust", "-E", "UTF8", "--no-sync")
    run(str(programs / "pg_ctl"), "-D", str(place / "data"), "-w", "-l", str(place / "log"), "-o",
        f"-k {place} -c listen_addresses='' -c fsync=off", "start")
    try:
        yield f"postgresql+psycopg://{user}:secret-word@/postgres?host={place}"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(place / "data"), "-m", "immediate", "stop")
        time.sleep(0.1)
        shutil.rmtree(place, ignore_errors=True)
