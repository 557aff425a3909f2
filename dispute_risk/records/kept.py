"""Checked records kept beside the files they came from, so that the next command need not read and check them again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dispute_risk.errors import UnreadableFile
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.read import CasebookRead, read_casebook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KEPT", "KeptRead", "read_kept"]

KEPT = ".dispute_risk_kept"
"""Hidden folder inside the casebook's (beside a workbook): it goes where the records go, and is deleted with them."""
_SAID = "read.json"


@dataclass(frozen=True)
class KeptRead(CasebookRead):
    """What came of reading a casebook, and where it is kept.

    Parameters
    ----------
    kept_in : Path or None
        The folder of what is kept of these very records, found by their content; more that rests on nothing else may be
        put there. None where nothing is kept.
    """

    kept_in: Path | None = None


def read_kept(path: str | os.PathLike[str]) -> KeptRead:
    """Return what `read_casebook` returns, from what was kept of the same files where there is such a thing.

    What is kept is found by the content of the files and by the code that checks them: a changed cell, a changed rule or
    another version reads everything anew. Only the latest is kept. Nothing is kept in a folder marked read-only, or where the
    variable `DISPUTE_RISK_KEEP` says `no`.

    Parameters
    ----------
    path : path or str
        A folder, a workbook, or the URL of a database (never kept).

    Raises
    ------
    UnreadableFile, UnusableRecords
        As `read_casebook`.

    Notes
    -----
    Of what was kept a table is read when it is asked for: a command that finds the history kept too asks for none.
    Kept as Arrow files, not Parquet: Parquet loses the codes of a codelist that no row uses.
    """
    place = Path(path)
    if "://" in str(path) or not place.exists():
        return _with_place(read_casebook(path), None)
    home = (place if place.is_dir() else place.parent) / KEPT
    mine = home / _content(place)
    read = _opened(place, mine)
    if read is None:
        read = read_casebook(path)
        _keep(read, home, mine)
    return _with_place(read, mine if mine.is_dir() and _may_be_written(home.parent) else None)


def _with_place(read: CasebookRead, kept_in: Path | None) -> KeptRead:
    return KeptRead(read.usable, read.problems, read.set_aside, read.counts, read.unreadable, kept_in)


def _content(place: Path) -> str:
    digest = hashlib.sha256(_rules())
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    digest.update(f"{place.resolve().name}\0".encode())
    for file in files:
        if file.is_file() and not file.name.startswith((".", "~")) and ".sqlite" not in file.name:
            content = file.read_bytes()
            digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:32]


@cache
def _rules() -> bytes:
    """Return a fingerprint of the code that reads and checks."""
    import pandas as pd

    package = Path(__file__).resolve().parents[1]
    files = [package / "terms.py", *sorted((package / "records").glob("*.py"))]
    digest = hashlib.sha256(pd.__version__.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.digest()


class _Tables(Mapping[str, "pd.DataFrame"]):
    """Kept tables, each read when it is first asked for; where the copy is damaged, from the records themselves."""

    def __init__(self, names: list[str], files: Callable[[str], Path], otherwise: Callable[[], Mapping[str, pd.DataFrame]]):
        self._names, self._files, self._otherwise = dict.fromkeys(names), files, otherwise
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        import pyarrow

        if name not in self._names:
            raise KeyError(name)
        if name not in self._read:
            try:
                self._read[name] = _read(self._files(name))
            except (OSError, ValueError, pyarrow.ArrowException):
                self._read = dict(self._otherwise())
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


def _opened(place: Path, mine: Path) -> CasebookRead | None:
    import pyarrow

    try:
        if not (mine / _SAID).is_file():
            return None
        said = json.loads((mine / _SAID).read_text(encoding="utf-8"))
        counts = _read(mine / "counts.arrow").set_index("table")
        problems = _read(mine / "problems.arrow")
        tables = _Tables(said["tables"], lambda name: mine / f"table_{name}.arrow",
                         lambda: _again(place, mine, said["fingerprint"]).casebook.tables)
        aside = _Tables(said["aside"], lambda name: mine / f"aside_{name}.arrow",
                        lambda: _again(place, mine, said["fingerprint"]).set_aside)
        book = Casebook(tables, dt.date.fromisoformat(said["recorded_to"]), said["name"], said["synthetic"],
                        said["fingerprint"], said["set_aside"])
    except (OSError, ValueError, KeyError, pyarrow.ArrowException):
        return None  # a damaged copy is no loss: the files themselves are read
    return CasebookRead(book, problems, aside, counts)


def _again(place: Path, mine: Path, fingerprint: str) -> CasebookRead:
    """Read the records themselves in the place of a copy that cannot be read; they must still be the same."""
    shutil.rmtree(mine, ignore_errors=True)  # the next command keeps them anew
    read = read_casebook(place)
    if read.casebook.fingerprint != fingerprint:
        raise UnreadableFile(f"{place}: the records were changed while they were read. Give the command once more.")
    return read


def _keep(found: CasebookRead, home: Path, mine: Path) -> None:
    if found.usable is None or found.unreadable or not _may_be_written(home.parent):
        return
    beside = None
    try:
        home.mkdir(exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
        _write(found, beside)
        beside.chmod(home.parent.stat().st_mode & 0o777)  # whoever may open the records may use the copy, and nobody else
        os.replace(beside, mine)
        for old in home.iterdir():
            if old != mine:
                shutil.rmtree(old, ignore_errors=True)
    except OSError:
        # Nobody asked for the copy: without it the next command is a second slower, and nothing else.
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _may_be_written(folder: Path) -> bool:
    # The administrator may write anywhere; a folder marked read-only is left alone all the same.
    return bool(folder.stat().st_mode & 0o222) and os.environ.get("DISPUTE_RISK_KEEP", "yes") != "no"


def _write(found: CasebookRead, folder: Path) -> None:
    book = found.casebook
    for name, table in book.tables.items():
        _store(table, folder / f"table_{name}.arrow")
    for name, rows in found.set_aside.items():
        _store(rows, folder / f"aside_{name}.arrow")
    _store(found.problems, folder / "problems.arrow")
    _store(found.counts.reset_index(), folder / "counts.arrow")
    said: dict[str, Any] = {
        "recorded_to": book.recorded_to.isoformat(), "name": book.name, "synthetic": book.synthetic,
        "fingerprint": book.fingerprint, "set_aside": dict(book.set_aside), "tables": list(book.tables),
        "aside": list(found.set_aside),
    }
    (folder / _SAID).write_text(json.dumps(said), encoding="utf-8")


def _store(table: pd.DataFrame, file: Path) -> None:
    import pyarrow.feather

    pyarrow.feather.write_feather(table, file, compression="uncompressed")


def _read(file: Path) -> pd.DataFrame:
    import pyarrow.feather

    return pyarrow.feather.read_feather(file, memory_map=False)
