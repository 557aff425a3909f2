"""Calls the command line as its entry point does: what it printed, what it said on the error stream, its exit code."""

from __future__ import annotations

import contextlib
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dispute_risk.cli import main

TRAINED_ON, MONDAY = "2026-03-02", "2026-03-09"
"""Day the small release was made on, and the Monday after it."""


@dataclass(frozen=True)
class Done:
    """What one command left behind."""

    code: int
    out: str
    err: str


def run(*words: object) -> Done:
    """Call `dispute-risk` with these words; anything but a clean exit, a traceback above all, fails the test."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as left:
            return Done(int(left.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("the command line came to its end without leaving with a code")


def done(*words: object) -> Done:
    """Call `dispute-risk` and insist that it went well."""
    left = run(*words)
    assert left.code == 0, left.err
    return left


def copied(records: Path, place: Path) -> Path:
    """Return a copy of a casebook that may be broken."""
    return Path(shutil.copytree(records, place))


def cells(path: Path) -> pd.DataFrame:
    """Read a CSV file as text, blanks as ''."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def every_file(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds, hidden leftovers too."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
