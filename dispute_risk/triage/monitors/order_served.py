"""Whether older requests are served before newer ones: how often not, which cases are passed over, and what is recorded.

The measure is the share of comparisons in which the one served was the older: whenever something is finished, it is
compared with every other one of the same kind and area that was waiting on that day. 100 in 100 is strict order of
arrival, 50 in 100 is the order of a lottery, less is the newest first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.timeline.days import FOREVER, NO_DAY, day_number, to_dates
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors.queues import QUEUES, queues
from dispute_risk.triage.monitors.response_times import ALL_AREAS

__all__ = ["OrderServed", "order_served"]

PERIOD_DAYS = 365
LEAST_SERVED = 10
"""With fewer finished in the year, or spread over fewer weeks, no measure is given."""
LEAST_WEEKS = 8
DRAWS = 400


@dataclass(frozen=True)
class OrderServed:
    """The order in which families were served in the last year.

    Parameters
    ----------
    table : DataFrame
        One row a queue and area, 'All areas' first (queues of different areas are never compared with each other):
        `queue`, `label`, `area`, `served` (finished in the year), `passed_over` (of them, finished while an older one
        waited), `older_waiting` (how many older ones waited each time, the middle number), `comparisons`, `older_first`
        (share of comparisons in which the older was served), `low`, `high` (95 %, by drawing weeks anew),
        `older_first_set_aside`, `low_set_aside`, `high_set_aside` (the same without those for which a
        reason is recorded), `reasons` (finished ones with a recorded reason for coming first), `waiting` (now).
    overtaken : DataFrame
        One row a wait that is not over and was passed over, most first: `queue`, `case_id`, `area`, `since_on`,
        `days_waiting`, `times` (newer ones finished before it in the year), `most_days_newer`, `exception` (recorded),
        `advice_awaited` (advice asked for has not arrived).
    as_of : date
    """

    table: pd.DataFrame
    overtaken: pd.DataFrame
    as_of: dt.date

    def summary(self) -> str:
        """Return the queue that is furthest from order of arrival, in a sentence."""
        whole = self.table[(self.table["area"] == ALL_AREAS) & self.table["older_first"].notna()]
        if whole.empty:
            return "Too little was finished in the last year to say in which order."
        row = whole.iloc[int(whole["older_first"].to_numpy().argmin())]
        return (f"{row['label']}: when one was finished, it was the older in {100 * row['older_first']:.0f} of 100 comparisons "
                f"with others waiting in the same area ({100 * row['low']:.0f} to {100 * row['high']:.0f}; order of arrival is "
                f"100, a lottery 50).")


def order_served(casebook: Casebook, as_of: dt.date, random_state: int = 0) -> OrderServed:
    """Return in which order families were served in the year up to a day.

    Parameters
    ----------
    casebook : Casebook
        Facts recorded after `as_of` are not used.
    as_of : date
    random_state : int
        Seed of the weeks drawn for the ranges.
    """
    recorded = Recorded(known_by(casebook, as_of) if as_of < casebook.recorded_to else casebook)
    today = day_number(as_of)
    waits = queues(recorded)
    waits = waits[waits["until"] > today - PERIOD_DAYS]
    # A fixed order, so that the rows of the files may come in any.
    waits = waits.sort_values(["queue", "area", "since", "case_id", "until"], ignore_index=True)
    found = [_compared(group, today) for _, group in waits.groupby(["queue", "area"], sort=True)]
    served = pd.concat([one for one, _ in found], ignore_index=True) if found else _SERVED
    overtaken = pd.concat([one for _, one in found], ignore_index=True) if found else waits.assign(times=0, most_days_newer=0)
    rows = []
    for queue in QUEUES:
        for area in (ALL_AREAS, *recorded.area[1]):
            rows.append(_row(queue, area, _of(served, queue, area), _of(waits, queue, area), random_state))
    return OrderServed(pd.DataFrame(rows), _passed_over(overtaken, recorded, today), as_of)


_SERVED = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in (
    ("queue", str), ("area", str), ("week", int), ("older", int), ("newer", int), ("older_aside", int), ("newer_aside", int),
    ("urgent", bool))})


def _of(table: pd.DataFrame, queue: str, area: str) -> pd.DataFrame:
    table = table[table["queue"] == queue]
    return table if area == ALL_AREAS else table[table["area"] == area]


def _compared(group: pd.DataFrame, today: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return, of one queue and area, what each finished one was compared with, and who was passed over."""
    since, until = group["since"].to_numpy(), group["until"].to_numpy()
    excepted, urgent = group["excepted"].to_numpy(bool), group["urgent"].to_numpy(bool)
    rows = np.flatnonzero(group["served"].to_numpy(bool) & (until <= today))
    times, newest = np.zeros(len(group), int), np.zeros(len(group), int)
    counts = np.zeros((len(rows), 4), int)
    for place, row in enumerate(rows):
        waiting = (until > until[row]) & (since <= until[row])
        older, newer = waiting & (since < since[row]), waiting & (since > since[row])
        counts[place] = older.sum(), newer.sum(), (older & ~excepted).sum(), (newer & ~excepted).sum()
        times += older
        np.maximum(newest, np.where(older, since[row] - since, 0), out=newest)
    served = pd.DataFrame({
        "queue": group["queue"].iloc[0], "area": group["area"].iloc[0], "week": (today - until[rows]) // 7,
        "older": counts[:, 0], "newer": counts[:, 1], "older_aside": counts[:, 2], "newer_aside": counts[:, 3],
        "urgent": urgent[rows] | excepted[rows],
    })
    overtaken = group.assign(times=times, most_days_newer=newest)
    return served, overtaken[(overtaken["times"] > 0) & (overtaken["until"] >= FOREVER)]


def _row(queue: str, area: str, served: pd.DataFrame, waits: pd.DataFrame, random_state: int) -> dict[str, object]:
    plain = _older_first(served["older"].to_numpy(), served["newer"].to_numpy(), served["week"].to_numpy(), random_state)
    left = served[~served["urgent"].to_numpy(bool)]
    aside = _older_first(left["older_aside"].to_numpy(), left["newer_aside"].to_numpy(), left["week"].to_numpy(), random_state)
    return {
        "queue": queue, "label": QUEUES[queue], "area": area, "served": len(served),
        "passed_over": int((served["older"] > 0).sum()),
        "older_waiting": float(served["older"].median()) if len(served) else np.nan,
        "comparisons": int(served["older"].sum() + served["newer"].sum()),
        **dict(zip(("older_first", "low", "high"), plain, strict=True)),
        **dict(zip(("older_first_set_aside", "low_set_aside", "high_set_aside"), aside, strict=True)),
        "reasons": int(served["urgent"].sum()), "waiting": int((waits["until"] >= FOREVER).sum()),
    }


def _older_first(older: np.ndarray, newer: np.ndarray, week: np.ndarray, random_state: int) -> tuple[float, float, float]:
    """Return the share of comparisons won by the older, with its 95 % range from drawing whole weeks anew."""
    of = int(older.sum() + newer.sum())
    if not of or len(older) < LEAST_SERVED:
        return (float("nan"),) * 3
    weeks, place = np.unique(week, return_inverse=True)
    share = float(newer.sum() / of)
    if len(weeks) < LEAST_WEEKS:
        return share, float("nan"), float("nan")
    won, all_of = np.bincount(place, newer), np.bincount(place, newer + older)
    drawn = np.random.default_rng(random_state).integers(0, len(weeks), (DRAWS, len(weeks)))
    base = all_of[drawn].sum(axis=1)
    shares = won[drawn].sum(axis=1)[base > 0] / base[base > 0]
    low, high = np.quantile(shares, [0.025, 0.975])
    return share, float(low), float(high)


def _passed_over(overtaken: pd.DataFrame, recorded: Recorded, today: int) -> pd.DataFrame:
    asked, received = recorded.day("advice", "requested_on"), recorded.day("advice", "received_on")
    awaited = recorded.case("advice")[(asked != NO_DAY) & (received == NO_DAY)]
    table = overtaken.assign(
        since_on=to_dates(overtaken["since"].to_numpy()).astype("datetime64[s]"), days_waiting=today - overtaken["since"],
        exception=overtaken["excepted"].astype(bool),
        advice_awaited=overtaken["case"].isin(awaited) & overtaken["queue"].isin(["decision", "plan"]),
    )
    order = {queue: rank for rank, queue in enumerate(QUEUES)}
    table = table.sort_values(["queue", "times", "days_waiting", "case_id", "most_days_newer", "exception"],
                              ascending=[True, False, False, True, False, True],
                              key=lambda column: column.map(order) if column.name == "queue" else column)
    return table[["queue", "case_id", "area", "since_on", "days_waiting", "times", "most_days_newer", "exception",
                  "advice_awaited"]].reset_index(drop=True)
