"""Records too large for one table: Parquet files by authority, and within an authority by parts of whole cases."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import numpy as np
import pandas as pd

from dispute_risk.errors import UnknownName, UnreadableFile
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.tables import RECORDED, table
from dispute_risk.records.write import written_beside

if TYPE_CHECKING:
    import pyarrow

__all__ = ["CASES_IN_A_PART", "AuthorityParts", "is_partitioned", "open_authority", "open_parts", "write_parts"]

CASES_IN_A_PART = 20_000
"""Cases of one part: the largest of England's authorities is one or two parts, and a part needs about 1 GB of memory."""
FORMAT = 1
SAID = "casebook.json"
_AUTHORITY, _BUCKET = "authority=", "bucket="
_BUCKET_NAME = re.compile(r"bucket=\d+")


@dataclass(frozen=True)
class AuthorityParts:
    """The records of one authority, in parts of whole cases; nothing is read until a part is asked for.

    Parameters
    ----------
    folder : path
        The authority's own folder: nothing of another authority lies in it.
    name : str
    recorded_to : date
        The last day on which anything was recorded, in any part.
    synthetic : bool
    fingerprint : str
        Of the records the parts were made from.
    set_aside : mapping of str to int
    buckets : int
        Number of parts.
    rows : mapping of str to int
        Rows of each table, over all parts.
    """

    folder: Path
    name: str
    recorded_to: dt.date
    synthetic: bool
    fingerprint: str
    buckets: int
    rows: Mapping[str, int]
    set_aside: Mapping[str, int] = field(default_factory=dict)

    def part(self, bucket: int) -> Casebook:
        """Return one part as a casebook, every table that was handed over in it, also where the part has no row.

        Raises
        ------
        UnreadableFile
            A file of the part is missing, cut short, holds a column of the wrong kind, or a case twice.
        """
        place = self.folder / f"{_BUCKET}{bucket:04d}"
        tables = {name: _read(place / f"{name}.parquet", name) for name in self.rows}
        if not tables["cases"]["case_id"].is_unique:
            raise UnreadableFile(f"{place / 'cases.parquet'} holds a case twice. Write the parts of this authority anew.")
        return self._casebook(tables)

    def parts(self) -> Iterator[Casebook]:
        """Yield the parts in order."""
        for bucket in range(self.buckets):
            yield self.part(bucket)

    def whole(self) -> Casebook:
        """Return all parts together as one casebook, rows in the order of the parts."""
        parts = list(self.parts())
        if len(parts) == 1:
            return parts[0]
        return self._casebook({
            name: pd.concat([part.tables[name] for part in parts], ignore_index=True) for name in self.rows
        })

    def _casebook(self, tables: Mapping[str, pd.DataFrame]) -> Casebook:
        return Casebook(tables, self.recorded_to, self.name, self.synthetic, self.fingerprint, dict(self.set_aside))


def write_parts(
    casebook: Casebook, folder: str | os.PathLike[str], cases_in_a_part: int = CASES_IN_A_PART, replace: bool = False
) -> AuthorityParts:
    """Write the records of one authority into a folder of many, in parts of whole cases.

    The layout is `authority=NAME/bucket=0000/cases.parquet` and so on, the name percent-encoded, with what is said of the
    records in `authority=NAME/casebook.json`. Rights can be given, and an authority deleted, by its folder. A part holds
    cases that follow each other in the casebook, so the parts in order give the casebook back, row for row within a case.

    Parameters
    ----------
    casebook : Casebook
        Checked tables (`read_casebook`).
    folder : path
        May hold other authorities; they are left alone.
    cases_in_a_part : int
    replace : bool
        Whether parts of the same authority that are there already may be replaced.

    Raises
    ------
    OutputNotWritten
        The place cannot be written, or the authority is there already.
    ValueError
        `cases_in_a_part` is below 1.
    """
    if cases_in_a_part < 1:
        raise ValueError(f"cases_in_a_part is {cases_in_a_part}; it must be 1 or more")
    place = Path(folder) / f"{_AUTHORITY}{quote(casebook.name, safe='')}"
    ids = pd.Index(casebook.tables["cases"]["case_id"].astype(str))
    buckets = max(1, -(-len(ids) // cases_in_a_part))
    said = AuthorityParts(place, casebook.name, casebook.recorded_to, casebook.synthetic, casebook.fingerprint, buckets,
                          {name: len(frame) for name, frame in casebook.tables.items()}, dict(casebook.set_aside))
    with written_beside(place, folder=True, replace=replace) as beside:
        for name, frame in casebook.tables.items():
            # A row of a case that is not in the records is of no part: it goes to the first, so that nothing is lost.
            bucket = np.maximum(ids.get_indexer(pd.Index(frame["case_id"].astype(str))), 0) // cases_in_a_part
            _write(frame, name, bucket, buckets, beside)
        (beside / SAID).write_text(json.dumps(_as_json(said), indent=1), encoding="utf-8")
    return said


def is_partitioned(place: str | os.PathLike[str]) -> bool:
    """Whether a folder holds authorities in parts, or is one authority in parts."""
    folder = Path(place)
    return folder.is_dir() and ((folder / SAID).is_file() or any(folder.glob(f"{_AUTHORITY}*/{SAID}")))


def open_parts(folder: str | os.PathLike[str]) -> dict[str, AuthorityParts]:
    """Return the authorities in a folder by name, in the order of their names.

    Raises
    ------
    UnreadableFile
        There is no folder, no authority in it, or what is said of one cannot be read.
    """
    place = Path(folder)
    if (place / SAID).is_file():
        found = [_opened(place)]
    else:
        found = [_opened(one) for one in sorted(place.glob(f"{_AUTHORITY}*")) if one.is_dir()] if place.is_dir() else []
    if not found:
        raise UnreadableFile(f"{folder} holds no authority in parts (a folder {_AUTHORITY}NAME with a {SAID}). Give the folder "
                             "that records in parts were written to.")
    return {one.name: one for one in found}


def open_authority(folder: str | os.PathLike[str], name: str = "") -> AuthorityParts:
    """Return one authority of a folder; without a name, the only one.

    Raises
    ------
    UnknownName
        The authority is not there, or there are several and none is named.
    """
    found = open_parts(folder)
    if name in found:
        return found[name]
    if not name and len(found) == 1:
        return next(iter(found.values()))
    few = ", ".join(list(found)[:10])
    wanted = f"holds no authority {name!r}" if name else f"holds {len(found)} authorities, and one is asked for"
    raise UnknownName(f"{folder} {wanted}. There are: {few}. Give the folder of one, such as "
                      f"{next(iter(found.values())).folder}.")


def _as_json(said: AuthorityParts) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(said).items() if name != "folder"}
    return {"format": FORMAT, **kept, "recorded_to": said.recorded_to.isoformat()}


def _opened(place: Path) -> AuthorityParts:
    try:
        said = json.loads((place / SAID).read_text(encoding="utf-8"))
        if said.pop("format") != FORMAT:
            raise ValueError("it is of another format")
        said["recorded_to"] = dt.date.fromisoformat(said["recorded_to"])
        opened = AuthorityParts(place, **said)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableFile(f"{place / SAID} cannot be read ({error}). Write the parts of this authority anew.") from error
    folder = unquote(place.name.removeprefix(_AUTHORITY)) if place.name.startswith(_AUTHORITY) else opened.name
    if folder != opened.name:
        raise UnreadableFile(f"{place} says it is of {opened.name!r}: the records of two authorities may have been mixed. "
                             "Write the parts of this authority anew.")
    return opened


def _write(frame: pd.DataFrame, name: str, bucket: np.ndarray, buckets: int, beside: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet

    columns = {heading: _as_arrow(frame[heading]) for heading in frame.columns}
    order = np.argsort(bucket, kind="stable")
    bounds = np.searchsorted(bucket[order], np.arange(buckets + 1))
    whole = pa.table(columns)
    if len(whole) and buckets > 1:
        whole = whole.take(pa.array(order))
    for number in range(buckets):
        place = beside / f"{_BUCKET}{number:04d}"
        place.mkdir(exist_ok=True)
        part = whole.slice(int(bounds[number]), int(bounds[number + 1] - bounds[number]))
        pyarrow.parquet.write_table(part, place / f"{name}.parquet", compression="zstd")


def _as_arrow(values: pd.Series) -> pyarrow.Array:
    """Return a column as Parquet is to hold it: days as dates, codes and text as text, numbers as they are."""
    import pyarrow as pa

    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return pa.array(values.to_numpy().astype("datetime64[D]"), pa.date32())
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy()
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=codes < 0),
                                              pa.array(values.cat.categories.astype(object), pa.string()))
    if pd.api.types.is_float_dtype(values.dtype):
        return pa.array(values.to_numpy(np.float32), pa.float32(), from_pandas=False)
    text = values.astype(object)
    return pa.array(text.where(text.notna(), None), pa.string())


def _read(file: Path, name: str) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet

    declared = table(name)
    codes = [column.name for column in declared if column.kind == "code"]
    try:
        read = pyarrow.parquet.read_table(file, read_dictionary=codes, partitioning=None)
        return pd.DataFrame({heading: _as_column(read[heading], name, heading) for heading in read.column_names},
                            copy=False)
    except (OSError, pa.ArrowException, ValueError, TypeError, KeyError) as error:
        raise UnreadableFile(f"{file} cannot be read ({str(error).splitlines()[0]}). Write the parts of this authority "
                             "anew.") from error


def _as_column(values: pyarrow.ChunkedArray, name: str, heading: str) -> Any:
    """Return a column of a file with the type that `Casebook` gives it."""
    import pyarrow as pa

    kind = "date" if heading.endswith(RECORDED) else table(name).column(heading).kind
    if kind == "date":
        return values.cast(pa.date32()).to_numpy().astype("datetime64[s]")
    if kind == "code":
        codelist = table(name).column(heading).codes
        assert codelist is not None, f"{name}.{heading} has no codelist"
        return _coded(values, list(codelist))
    if kind in ("flag", "number"):
        return values.cast(pa.float32()).to_numpy(zero_copy_only=False).astype(np.float32)
    return pd.Series(values.to_pandas(), dtype="str")


def _coded(values: pyarrow.ChunkedArray, codes: list[str]) -> pd.Categorical[str]:
    """Return a coded column over its whole codelist, whichever codes the rows happen to use."""
    import pyarrow as pa

    if not pa.types.is_dictionary(values.type):
        values = values.cast(pa.string()).dictionary_encode()
    numbers = [np.zeros(0, np.int64)]
    for chunk in values.chunks:
        place = np.array([codes.index(code) for code in chunk.dictionary.to_pylist()] + [-1], np.int64)
        numbers.append(place[chunk.indices.fill_null(len(place) - 1).to_numpy(zero_copy_only=False)])
    return pd.Categorical.from_codes(np.concatenate(numbers), categories=pd.Index(codes))
