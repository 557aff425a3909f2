"""A history kept beside the records it was made from, so that the next command of the day need not make it again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.history import History

__all__ = ["kept_history"]

MARK = b"dispute_risk history 1\n"
MOST_KEPT = 2
"""So many histories of the same records are kept: as of the day of the list, and as of the last day recorded."""
ALIGNED = 8
FACTS = ("case", "happened", "known", "until")


def kept_history(folder: Path | None, as_of: dt.date | None, make: Callable[[], History]) -> History:
    """Return a history that was kept in a folder, or make it and keep it there.

    Parameters
    ----------
    folder : Path or None
        Where what is kept of these records stands (`records.kept`), found by their content; None keeps nothing.
    as_of : date or None
        The day at which the records are cut, None for all of them.
    make : callable
        Makes the history; without themes of an authority's own, which are not kept.

    Notes
    -----
    A change of the code that makes histories makes them anew, and so does a damaged file.
    """
    if folder is None or not folder.is_dir():
        return make()
    file = folder / f"history_{as_of.isoformat() if as_of else 'all'}_{_rules()}.kept"
    found = _opened(file)
    if found is None:
        found = make()
        _keep(found, file)
    return found


@cache
def _rules() -> str:
    """Return a fingerprint of the code that makes a history and of the calendar of bank holidays it counts with."""
    from importlib.metadata import version

    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(f"{np.__version__} {version('holidays')}".encode())
    for file in sorted((package / "timeline").glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _keep(history: History, file: Path) -> None:
    beside = None
    try:
        handle, beside = tempfile.mkstemp(prefix=".new-", dir=file.parent)
        with os.fdopen(handle, "wb") as out:
            for piece in _pieces(history):
                out.write(piece)
        os.chmod(beside, file.parent.stat().st_mode & 0o666)  # open to those to whom the records are
        os.replace(beside, file)
        kept = sorted(file.parent.glob("history_*.kept"), key=lambda one: one.stat().st_mtime_ns, reverse=True)
        for old in kept[MOST_KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        # Nobody asked for the copy: without it the next command is half a second slower, and nothing else.
        if beside is not None:
            Path(beside).unlink(missing_ok=True)


def _pieces(history: History) -> Iterator[bytes]:
    """Yield the mark, what describes the arrays, and the arrays one after the other."""
    arrays: list[np.ndarray] = []

    def put(values: np.ndarray) -> int:
        arrays.append(np.ascontiguousarray(values))
        return len(arrays) - 1

    def group(facts: Mapping[str, Facts]) -> dict[str, Any]:
        return {name: {**{part: put(getattr(one, part)) for part in FACTS},
                       "columns": {column: put(values) for column, values in one.columns.items()},
                       "labels": _labels(one.labels)} for name, one in facts.items()}

    said = {
        "case_id": history.case_id.tolist(), "facts": group(history.facts), "area_facts": group(history.area_facts),
        "area_names": list(history.area_names), "area_of_case": put(history.area_of_case), "family": put(history.family),
        "attributes": {name: put(values) for name, values in history.attributes.items()},
        "attribute_labels": _labels(history.attribute_labels), "recorded_to": history.recorded_to.isoformat(),
    }
    said["arrays"] = [[values.dtype.str, list(values.shape)] for values in arrays]
    text = json.dumps(said).encode()
    body = [text, *(values.tobytes() + bytes(-values.nbytes % ALIGNED) for values in arrays)]
    check = 0
    for piece in body:
        check = zlib.crc32(piece, check)
    yield MARK
    yield len(text).to_bytes(ALIGNED, "little") + check.to_bytes(ALIGNED, "little")
    yield from body


def _opened(file: Path) -> History | None:
    """Return the history in a file; None where there is none, or it is not whole."""
    try:
        raw = np.fromfile(file, np.uint8)
        start = len(MARK) + 2 * ALIGNED
        length, check = np.frombuffer(raw[len(MARK) : start].tobytes(), "<u8").tolist()
        if raw[: len(MARK)].tobytes() != MARK or zlib.crc32(raw[start:].data) != check:
            return None
        said = json.loads(raw[start : start + length].tobytes())
        return _history(said, _arrays(said["arrays"], raw[start + length :]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a damaged copy is no loss: the history is made anew


def _arrays(described: Sequence[Sequence[Any]], raw: np.ndarray) -> list[np.ndarray]:
    found, start = [], 0
    for kind, shape in described:
        if np.dtype(kind).kind not in "iufb":  # numbers and flags; anything else was not written here
            raise ValueError(kind)
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        # A copy of its own: it lies where its kind must lie, and what nobody uses any more is let go.
        found.append(raw[start : start + size].copy().view(kind).reshape(shape))
        start += size + -size % ALIGNED
    return found


def _history(said: Mapping[str, Any], arrays: Sequence[np.ndarray]) -> History:
    def group(facts: Mapping[str, Any]) -> dict[str, Facts]:
        return {name: Facts(**{part: arrays[one[part]] for part in FACTS},
                            columns={column: arrays[place] for column, place in one["columns"].items()},
                            labels=_labels_of(one["labels"])) for name, one in facts.items()}

    case_id = np.empty(len(said["case_id"]), object)
    case_id[:] = said["case_id"]
    return History(
        case_id, group(said["facts"]), arrays[said["area_of_case"]], tuple(said["area_names"]), group(said["area_facts"]),
        {name: arrays[place] for name, place in said["attributes"].items()}, _labels_of(said["attribute_labels"]),
        arrays[said["family"]], dt.date.fromisoformat(said["recorded_to"]),
    )


def _labels(labels: Mapping[str, Sequence[str]]) -> dict[str, list[Any]]:
    return {name: [isinstance(codes, tuple), list(codes)] for name, codes in labels.items()}


def _labels_of(kept: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    return {name: tuple(codes) if fixed else list(codes) for name, (fixed, codes) in kept.items()}
