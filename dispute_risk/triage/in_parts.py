"""Risks and lists of an authority worked out part by part: whole cases at a time, with the same result as all at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from dispute_risk.features.declare import Catalogue
from dispute_risk.features.searches import Searches
from dispute_risk.model.fitted import RANGE_SHARE, FittedRisk
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.outcome import STATES
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.timeline.whole import WholeAuthority, told_by_part
from dispute_risk.triage.risk_table import risk_table
from dispute_risk.triage.selection import DEFAULT_POLICY, Policy, select
from dispute_risk.triage.snapshot import OpenCases, open_cases
from dispute_risk.triage.voice import OF_THE_FAMILY, POSITIONS, SIGNS_OF_A_DISPUTE

__all__ = ["InBlocks", "Part", "lists_from_parts", "part_of", "risks_from_parts", "risks_of_part"]

ROWS_IN_A_BLOCK = 1024
SELECTED_BY = ("in_dispute", "breach", "statutory", "contact")
"""Columns that the lists are made from and that no reader sees."""
NUMBERS = ("risk", "risk_low", "risk_high", "breach_index")
LISTED = ("list", "area", "rank", "case_id", "risk", "risk_low", "risk_high", "band", "risk_words", "reason_1", "reason_2",
          "reason_3", "state", "breach_index", "as_of")


class InBlocks(FittedRisk):
    """A fitted risk worked out on blocks of one size, so that no bit of it depends on how many cases are asked for at once.

    A product of matrices may round its last bit otherwise when it has fewer rows; blocks of one size never do.
    """

    @classmethod
    def of(cls, fitted: FittedRisk) -> FittedRisk:
        """Return the same model, in blocks; anything that only behaves like a fitted risk is returned as it is."""
        return cls(**vars(fitted)) if type(fitted) is FittedRisk else fitted

    def risk(self, values: np.ndarray) -> np.ndarray:
        """Return the risk of each row."""
        whole = super().risk
        return _in_blocks(lambda block: (whole(block),), values)[0]

    def risk_and_interval(
        self, values: np.ndarray, share: float = RANGE_SHARE
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the risk of each row and the ends of its range."""
        whole = super().risk_and_interval
        return cast(Any, _in_blocks(lambda block: whole(block, share), values))

    def contributions(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the base, and what each feature adds."""
        whole = super().contributions
        base = whole(values[:0])[0]
        return base, _in_blocks(lambda block: (whole(block)[1],), values)[0]


def _in_blocks(work: Callable[[np.ndarray], tuple[np.ndarray, ...]], values: np.ndarray) -> tuple[np.ndarray, ...]:
    if not len(values):
        return work(values)
    missing = -len(values) % ROWS_IN_A_BLOCK
    filled = np.concatenate([values, np.repeat(values[-1:], missing, axis=0)])
    blocks = [work(filled[start : start + ROWS_IN_A_BLOCK]) for start in range(0, len(filled), ROWS_IN_A_BLOCK)]
    return tuple(np.concatenate(column)[: len(values)] for column in zip(*blocks, strict=True))


@dataclass(frozen=True)
class Part:
    """Some whole cases of one authority, as they stood on a date.

    Parameters
    ----------
    history : History
        Of these cases alone.
    told : DataFrame
        What they tell of their authority (`timeline.whole.told_by_part`): small, and no case can be read out of it.
    synthetic : bool
    """

    history: History
    told: pd.DataFrame
    synthetic: bool


def part_of(casebook: Casebook, as_of: dt.date) -> Part:
    """Return a part of an authority's cases with nothing in it that was recorded after a date."""
    book = known_by(casebook, as_of) if as_of < casebook.recorded_to else casebook
    history = History.of(book)
    return Part(history, told_by_part(Recorded(book), history), book.synthetic)


def risks_of_part(
    part: Part, whole: WholeAuthority, fitted: FittedRisk, catalogue: Catalogue, as_of: dt.date
) -> pd.DataFrame:
    """Return one row for every open case of a part: its risk and reasons, and what the lists are made from.

    A pure function of whole cases: each row depends on its own case, and on what all parts of the same authority told of
    it (`WholeAuthority`). However an authority is cut into parts, every row has the same bytes.

    Parameters
    ----------
    part : Part
    whole : WholeAuthority
        Of all parts of the authority.
    fitted : FittedRisk
    catalogue : Catalogue
        The features of the model, in its order.
    as_of : date

    Returns
    -------
    DataFrame
        Columns of `triage.risk_table` (blank for a case in dispute, which has no risk), then `in_dispute`, `breach`
        (unrounded), `statutory` and `contact` (bytes: what is known of how a family has been in touch).
    """
    history = whole.shown_to(part.history)
    cases = open_cases(Searches(history), catalogue, InBlocks.of(fitted), as_of)
    table = risk_table(cases, invented=part.synthetic)
    ids = cases.case_id.astype(str)
    rows = table.reindex(pd.Index(table["case_id"]).get_indexer(pd.Index(ids))).reset_index(drop=True)
    scored = rows["case_id"].notna()
    for name in table:
        if name not in NUMBERS:
            rows[name] = rows[name].astype(object).where(scored, "")
    rows["case_id"], rows["area"], rows["as_of"] = ids, cases.area.astype(str), as_of.isoformat()
    if part.synthetic:
        rows["invented"] = "invented, not a real authority"
    rows["breach_index"] = cases.breach.round(2)
    rows["state"] = [STATES.get(one, "") for one in cases.state]
    return rows.assign(in_dispute=cases.in_dispute, breach=cases.breach, statutory=cases.statutory,
                       contact=_contact(history, cases.rows))


def risks_from_parts(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the risk table of an authority from the rows of its parts, in order: what `triage.risk_table` gives of it."""
    rows = pd.concat(list(tables), ignore_index=True)
    table = rows.loc[~rows["in_dispute"].astype(bool)].drop(columns=list(SELECTED_BY))
    return table.sort_values(["risk", "case_id"], ascending=[False, True], ignore_index=True)


def lists_from_parts(
    tables: Iterable[pd.DataFrame], whole: WholeAuthority, as_of: dt.date, capacity: int, policy: Policy = DEFAULT_POLICY
) -> pd.DataFrame:
    """Return who is on which list, from the rows of all parts of one authority in the order of the parts.

    The lists are those of `triage.weekly` for a first week: nobody is remembered from an earlier one, and no steps are
    given; `dispute-risk weekly` gives them for one authority.

    Parameters
    ----------
    tables : iterable of DataFrame
        From `risks_of_part`; all of one authority.
    whole : WholeAuthority
        Of the same parts.
    as_of : date
    capacity : int
        Cases each area can act on in the week.
    policy : Policy

    Returns
    -------
    DataFrame
        `list`, `area`, `rank`, `case_id`, then risk, reasons, state and breach index of the case.
    """
    rows = pd.concat(list(tables), ignore_index=True)
    chosen = select(_gathered(rows, whole, as_of), capacity, policy)
    places = [(name, area, rank, row) for name, areas in chosen.items() for area, some in areas.items()
              for rank, row in enumerate(some.tolist(), 1)]
    listed = pd.DataFrame(places, columns=["list", "area", "rank", "row"])
    told = rows.drop(columns=["area", *SELECTED_BY]).take(listed["row"].to_numpy(np.int64)).reset_index(drop=True)
    told["breach_index"] = rows["breach"].take(listed["row"].to_numpy(np.int64)).to_numpy()  # unrounded, as on every list
    table = pd.concat([listed.drop(columns="row"), told], axis=1)
    return table[[*LISTED, *(["invented"] if "invented" in table else [])]]


class _Gathered(OpenCases):
    """Open cases of all parts of an authority, with what the lists are made from looked up already."""

    @cached_property
    def breach(self) -> np.ndarray:
        return self.features["breach"].to_numpy(np.float64)

    @cached_property
    def statutory(self) -> np.ndarray:
        return self.features["statutory"].to_numpy(bool)


def _gathered(rows: pd.DataFrame, whole: WholeAuthority, as_of: dt.date) -> OpenCases:
    area, names = pd.factorize(rows["area"].astype(str), sort=True)
    number = len(rows)
    history = whole.shown_to(History(
        rows["case_id"].to_numpy(), _contact_facts(rows["contact"]), area.astype(np.int32),
        tuple(str(name) for name in names), recorded_to=as_of,
    ))
    disputed = rows["in_dispute"].to_numpy(bool)
    risk, low, high = (rows[name].to_numpy(np.float64) for name in ("risk", "risk_low", "risk_high"))
    everyone = Snapshots.of(np.arange(number, dtype=np.int32), day_number(as_of))
    none: Any = None  # neither the features nor the model is asked for again
    return _Gathered(Searches(history), none, everyone, rows["state"].to_numpy(), disputed, rows, risk, low, high, none, as_of)


# --- how a family has been in touch, packed into one cell: the lists compare all families of an authority --------------

REQUEST = "request"
KINDS = (*dict.fromkeys((*OF_THE_FAMILY, *SIGNS_OF_A_DISPUTE, *POSITIONS, REQUEST)),)
PACKED = 5  # kind, happened, known, until, whether the parent asked


def _contact(history: History, rows: Snapshots) -> list[bytes]:
    """Return, for each row, the facts that tell how its family has been in touch, known by its date.

    From the day each log begins (`WholeAuthority`) and these, it is known how quiet each family is (`triage.voice`).
    """
    case, packed = _packed(history, int(rows.on[0]) if len(rows) else 0)
    order = np.argsort(case, kind="stable")
    case, packed = case[order], np.ascontiguousarray(packed[order])
    first, last = (np.searchsorted(case, rows.case, side) for side in ("left", "right"))
    return [packed[start:stop].tobytes() for start, stop in zip(first.tolist(), last.tolist(), strict=True)]


def _packed(history: History, on: int) -> tuple[np.ndarray, np.ndarray]:
    cases, columns = [], []
    for number, kind in enumerate(KINDS):
        facts = history.facts[kind]
        facts = facts.take(facts.known <= on)
        asked = np.zeros(len(facts), np.int32)
        if kind == REQUEST and "parent" in facts.labels.get("source", ()):
            asked = (facts.columns["source"] == list(facts.labels["source"]).index("parent")).astype(np.int32)
        cases.append(facts.case)
        columns.append(np.column_stack([np.full(len(facts), number, np.int32), facts.happened, facts.known, facts.until,
                                        asked]).astype(np.int32))
    return np.concatenate(cases), np.concatenate(columns)


def _contact_facts(packed: pd.Series) -> dict[str, Facts]:
    """Return the facts packed by `_contact`, by kind; cases are numbered by row."""
    sizes = np.array([len(cell) for cell in packed], np.int64) // (PACKED * 4)
    case = np.repeat(np.arange(len(packed), dtype=np.int32), sizes)
    values = np.frombuffer(b"".join(packed), np.int32).reshape(-1, PACKED)
    found = {}
    for number, kind in enumerate(KINDS):
        here = values[:, 0] == number
        _, happened, known, until, asked = values[here].T
        labelled = kind == REQUEST
        found[kind] = Facts.of(case[here], happened, known, until, {"source": asked} if labelled else {},
                               {"source": ("other", "parent")} if labelled else {})
    return found
