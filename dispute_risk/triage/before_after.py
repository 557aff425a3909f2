"""Before and after the tool came into use: a plan frozen before the launch, and a comparison that says when it cannot say."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dispute_risk.errors import NotEnoughHistory, OutputNotWritten, UnknownName, UnreadableFile
from dispute_risk.records.write import written_beside
from dispute_risk.triage.monthly_counts import MEASURES, Measure
from dispute_risk.triage.segments import FEWEST_AFTER, FEWEST_BEFORE, design, fit, months_needed, placebo_share

__all__ = ["Comparison", "Plan", "compare", "freeze", "read_plan", "write_plan"]

FORMAT = 1
FEWEST_COUNTED = 5


@dataclass(frozen=True)
class Plan:
    """What will be compared, fixed before the launch.

    Parameters
    ----------
    authority : str
    launch_on : dict of str to str
        Area and the first day of use there (YYYY-MM-DD).
    records_to, fingerprint : str
        The records the plan was made from.
    measures : tuple of dict
        For each measure: name, label, the ratio the authority hopes to see, months of records before, dispersion, and the
        months after the launch needed to see that ratio with 80 % power (None: not within five years).
    signed_by : str
    """

    authority: str
    launch_on: dict[str, str]
    records_to: str
    fingerprint: str
    measures: tuple[dict[str, Any], ...]
    signed_by: str = ""

    def seal(self) -> str:
        """Return the SHA-256 of the plan."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def summary(self) -> str:
        """Return what will be compared and how long it takes."""
        lines = [f"Frozen before the launch on {min(self.launch_on.values())}. Seal: {self.seal()[:16]}."]
        for one in self.measures:
            needed = one["months_needed"]
            how = f"{needed} months after the launch" if needed else "cannot be seen within five years here"
            lines.append(f"{one['label']}: to see {one['hoped']:.2f} times as before with 80 % power: {how}.")
        return "\n".join(lines)


@dataclass(frozen=True)
class Comparison:
    """What was found.

    Parameters
    ----------
    table : DataFrame
        One row a measure over all areas (`area` '') and one for each area: `measure`, `label`, `area`, `months_before`,
        `months_after`, `ratio`, `low`, `high` (95 %), `placebo` (share of invented launch dates before the true one that
        gave a change as large; NaN where too few), `said` (sentence).
    monthly : DataFrame
        `measure`, `month`, `seen`, `expected` (without a launch, from the months before).
    plan : Plan
    as_of : date
    """

    table: pd.DataFrame
    monthly: pd.DataFrame
    plan: Plan
    as_of: dt.date

    def summary(self) -> str:
        """Return a sentence for each measure over all areas."""
        return "\n".join(self.table.loc[self.table["area"] == "", "said"])


def freeze(counts: pd.DataFrame, authority: str, launch_on: Mapping[str, dt.date] | dt.date,
           records_to: dt.date, fingerprint: str, *, hoped: float = 0.8, signed_by: str = "") -> Plan:
    """Return the plan of a comparison, made from the months before the launch alone.

    Parameters
    ----------
    counts : DataFrame
        From `monthly_counts`.
    authority : str
    launch_on : date, or mapping of area to date
    records_to : date
        Last day recorded; every launch must lie after it, or the plan would be made in hindsight.
    fingerprint : str
        Of the records.
    hoped : float, 0.3 to 0.95
        Ratio after over before that the authority wants to be able to see.
    signed_by : str

    Raises
    ------
    UnknownName
        An area that is not in the records.
    NotEnoughHistory
        A launch on or before the last day recorded, or fewer than twelve whole months before it.
    """
    areas = sorted(counts["area"].unique())
    dates = dict(launch_on) if isinstance(launch_on, Mapping) else dict.fromkeys(areas, launch_on)
    unknown = sorted(set(dates) - set(areas))
    if unknown:
        raise UnknownName(f"area {', '.join(unknown)}: not in the records. Allowed: {', '.join(areas)}.")
    past = [f"{area}: {day}" for area, day in sorted(dates.items()) if day <= records_to]
    if past:
        raise NotEnoughHistory(f"The launch must lie after the last day recorded, {records_to}: a plan made afterwards proves "
                               f"nothing. "
                               "Cut the records before the launch, or give the true date.", past)
    if not 0.3 <= hoped <= 0.95:
        raise ValueError(f"hoped is {hoped}; allowed: 0.3 to 0.95, the ratio after over before")
    measures = tuple(_planned(measure, counts, sorted(dates), hoped) for measure in MEASURES)
    if not any(one["months_before"] >= FEWEST_BEFORE for one in measures):
        raise NotEnoughHistory(f"Fewer than {FEWEST_BEFORE} whole months are on record before the launch. Hand over a longer "
                               f"history.")
    launches = {area: dates[area].isoformat() for area in sorted(dates)}
    return Plan(authority, launches, records_to.isoformat(), fingerprint, measures, signed_by)


def _planned(measure: Measure, counts: pd.DataFrame, areas: list[str], hoped: float) -> dict[str, Any]:
    series = _series(counts, measure, areas)
    rate = series["count"].sum() / max(series["base"].sum(), 1e-9) if len(series) else 0.0
    told: dict[str, Any] = {"name": measure.name, "label": measure.label, "hoped": hoped, "months_before": len(series),
                            "usual": round(float(rate), 5), "dispersion": None, "months_needed": None}
    if len(series) >= FEWEST_BEFORE and rate > 0:
        fitted = fit(design(series["month"].to_numpy(), None), series["count"].to_numpy(), series["base"].to_numpy())
        told["dispersion"] = round(fitted.dispersion, 3)
        told["months_needed"] = months_needed(series["month"].to_numpy(), float(series["count"].mean()), fitted.dispersion, hoped)
    return told


def write_plan(plan: Plan, path: str | os.PathLike[str]) -> Path:
    """Write a frozen plan with its seal; one that is there already is never replaced.

    Raises
    ------
    OutputNotWritten
        If it is there already, or cannot be written.
    """
    place = Path(path)
    if place.exists():
        raise OutputNotWritten(f"{place} is there already. A frozen plan is never written over; give another name.")
    with written_beside(place) as beside:
        beside.write_text(json.dumps({"format": FORMAT, "seal": plan.seal(), "plan": asdict(plan)}, indent=1) + "\n",
                          encoding="utf-8")
    return place


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Return a frozen plan; raises UnreadableFile where it is missing, is no plan, or was changed after it was sealed."""
    place = Path(path)
    try:
        given = json.loads(place.read_text(encoding="utf-8"))
        plan = Plan(**{**given["plan"], "measures": tuple(given["plan"]["measures"])})
        seal, layout = given["seal"], given["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(f"{place} is not a frozen plan ({error}). Make one with dispute-risk before-after plan.") from error
    if layout != FORMAT:
        raise UnreadableFile(f"{place}: layout {layout!r}; this version reads layout {FORMAT}.")
    if seal != plan.seal():
        raise UnreadableFile(f"{place} was changed after it was sealed: a comparison made by it would prove nothing. Fetch "
                             f"the plan "
                             "as it was frozen.")
    return plan


def compare(plan: Plan, counts: pd.DataFrame, as_of: dt.date) -> Comparison:
    """Compare the months after the launch with those before it, as the plan says and in no other way.

    A segmented regression of monthly counts: level, straight trend and yearly wave of the months before, carried on, and a
    step at the launch (quasi-Poisson; errors that allow for neighbouring months, Student's t). It shows that something is
    other than before. It cannot tell the tool from whatever else began in the same months.

    Parameters
    ----------
    plan : Plan
    counts : DataFrame
        From `monthly_counts`, now.
    as_of : date

    Raises
    ------
    NotEnoughHistory
        No area has been launched for a whole month.
    """
    launches = {area: np.datetime64(day, "D") for area, day in plan.launch_on.items()}
    if min(launches.values()) > np.datetime64(as_of) - np.timedelta64(31, "D"):
        raise NotEnoughHistory(f"No area has used the tool for a whole month on {as_of}: the first launch is on "
                               f"{min(plan.launch_on.values())}. Compare later.")
    rows, monthly = [], []
    for told in plan.measures:
        measure = next(one for one in MEASURES if one.name == told["name"])
        row, lines = _compared(measure, told, counts, launches, "")
        rows.append(row)
        monthly.append(lines)
        rows += [_compared(measure, told, counts, {area: launches[area]}, area)[0] for area in sorted(launches)]
    return Comparison(pd.DataFrame(rows), pd.concat(monthly, ignore_index=True), plan, as_of)


def _compared(
    measure: Measure, told: Mapping[str, Any], counts: pd.DataFrame, launches: Mapping[str, np.datetime64], area: str
) -> tuple[dict[str, Any], pd.DataFrame]:
    series = _series(counts, measure, sorted(launches))
    month = series["month"].to_numpy().astype("datetime64[M]")
    # The months of the roll-out belong to neither side: from the first launch to the first whole month after the last.
    first, last = min(launches.values()).astype("datetime64[M]"), max(launches.values())
    begins = last.astype("datetime64[M]") + int(last.astype("datetime64[M]").astype("datetime64[D]") != last)
    kept = (month < first) | (month >= begins)
    series, month = series[kept], month[kept]
    before, after = int((month < first).sum()), int((month >= begins).sum())
    row: dict[str, Any] = {"measure": measure.name, "label": measure.label, "area": area, "months_before": before,
                           "months_after": after, "ratio": np.nan, "low": np.nan, "high": np.nan, "placebo": np.nan}
    nothing = pd.DataFrame(columns=["measure", "month", "seen", "expected"])
    sides = series["count"][month < first].sum(), series["count"][month >= begins].sum()
    if before < FEWEST_BEFORE or after < FEWEST_AFTER or min(sides) < FEWEST_COUNTED:
        row["said"] = _say(measure, told, row)
        return row, nothing
    count, base = series["count"].to_numpy(), series["base"].to_numpy()
    fitted = fit(design(month, begins), count, base)
    row["ratio"], row["low"], row["high"] = fitted.step()
    if not area:  # the areas are for reading only
        row["placebo"] = placebo_share(month, count, base, first, abs(np.log(row["ratio"])))
    row["said"] = _say(measure, told, row)
    expected = base * np.exp(design(month, begins)[:, :-1] @ fitted.line[:-1])
    return row, pd.DataFrame({"measure": measure.name, "month": month.astype("datetime64[s]"), "seen": count,
                              "expected": expected})


def _say(measure: Measure, told: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return what may be said of a measure, and no more."""
    what = measure.label[0].upper() + measure.label[1:]
    if row["months_before"] < FEWEST_BEFORE or row["months_after"] < FEWEST_AFTER:
        return (f"{what}: nothing can be concluded. {row['months_before']} whole months before and {row['months_after']} "
                f"after are on "
                f"record; {FEWEST_BEFORE} and {FEWEST_AFTER} are the least.")
    if not np.isfinite(row["ratio"]):
        return f"{what}: nothing can be concluded. Fewer than {FEWEST_COUNTED} are on record before the launch, or after it."
    within = f"{row['ratio']:.2f} times the level carried on from before (95 in 100 range {row['low']:.2f} to {row['high']:.2f})"
    needed = told["months_needed"]
    if row["low"] <= 1 <= row["high"]:
        if row["low"] <= told["hoped"]:
            short = f" The plan asked for {needed} months." if needed and row["months_after"] < needed else ""
            never = "" if needed else " The plan said that this could not be seen within five years here."
            return f"{what}: nothing can be concluded. {within}: both no change and the change hoped for fit.{short}{never}"
        return f"{what}: no change to be seen. {within}; the change hoped for ({told['hoped']:.2f}) does not fit."
    if np.isfinite(row["placebo"]) and row["placebo"] > 0.1:
        return (f"{what}: nothing can be concluded. {within}, but {100 * row['placebo']:.0f} in 100 invented launch dates "
                f"before the true "
                "one gave a change as large.")
    way = "lower" if row["ratio"] < 1 else "higher"
    return (f"{what}: {way} than before, beyond chance. {within}. It goes with the launch in time; what else began in those "
            f"months "
            "could be behind it as well.")


def _series(counts: pd.DataFrame, measure: Measure, areas: list[str]) -> pd.DataFrame:
    """Return the complete months of some areas together: `month`, `count`, `base`."""
    part = counts[counts["area"].isin(areas)]
    summed = part.groupby("month").agg(count=(measure.count, lambda one: one.sum(skipna=False)), base=(measure.base, "sum"))
    return summed[summed["count"].notna() & (summed["base"] > 0)].reset_index()
