"""How soon families are answered, by month and area team, with those who still wait counted; never by officer.

Surrey's task group asked for response times to be watched monthly (recommendation 3a). A message that carries no reply
date counts as still waiting, and the share of such messages stands beside every figure: silence is not read as speed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.records.casebook import Casebook
from dispute_risk.records.known import known_by
from dispute_risk.timeline.conversation import EXPECTS_A_REPLY
from dispute_risk.timeline.days import NO_DAY, day_number, to_dates
from dispute_risk.timeline.facts import keys
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.triage.monitors.office_days import office_days_between
from dispute_risk.triage.monitors.waiting_times import waits_of

__all__ = ["ALL_AREAS", "FEW", "LIMITS", "ResponseTimes", "response_times"]

LIMITS = (2, 5, 10, 15)
"""Office working days within which a reply is counted; five is what families are told to expect (Surrey 2(a)(iii))."""
FEW = 10
"""Below this many messages a month is shown as small: counts only, no shares."""
ALL_AREAS = "All areas"
RELATED_DAYS = 21
"""A message to the family within this many days (15 working days) may be the answer to one with no reply date."""


@dataclass(frozen=True)
class ResponseTimes:
    """Replies to families.

    Parameters
    ----------
    table : DataFrame
        One row a month and area, 'All areas' first: `area`, `month` (its first day), `over` (whether the month was over),
        `messages` (from families, by e-mail, telephone, letter or text), `no_reply_date`, `no_reply_share`, `few`
        (fewer than 10 messages: no shares), and for 2, 5, 10 and 15 working days `within_5`, `within_5_low`,
        `within_5_high` (share of all messages, still waiting ones counted), `of_dated_5` (share of those with a reply
        date, sent more than 15 working days ago), `median_days`, `median_low`, `median_high` (infinite: half were not answered).
    waiting : DataFrame
        One row an area: `messages` in the months shown, `no_reply_date`, `waiting_over_15` (no reply date after more than 15
        working days), `wrote_after` (of these, a message to the family is recorded within 21 days: it may be the answer),
        `longest_days`.
    design_effect : float
        How many messages of the same family are worth one, used to widen every range.
    unused : int
        Messages in these months whose sender, direction or channel is not recorded: not counted.
    as_of : date
    """

    table: pd.DataFrame
    waiting: pd.DataFrame
    design_effect: float
    unused: int
    as_of: dt.date

    def summary(self) -> str:
        """Return the latest full month in a sentence."""
        whole = self.table[(self.table["area"] == ALL_AREAS) & self.table["over"] & ~self.table["few"]]
        if whole.empty:
            return "There are too few messages from families in these records to say how soon they are answered."
        row = whole.iloc[-1]
        return (f"In {row['month']:%B %Y}, {row['within_5']:.0%} of {row['messages']:,} messages from families were answered "
                f"within 5 working days ({row['within_5_low']:.0%} to {row['within_5_high']:.0%}); "
                f"{row['no_reply_share']:.0%} carry no reply date yet.")


def response_times(casebook: Casebook, as_of: dt.date, months: int = 13) -> ResponseTimes:
    """Return how soon families were answered.

    Parameters
    ----------
    casebook : Casebook
        Facts recorded after `as_of` are not used.
    as_of : date
    months : int
        Months shown, the running one included.
    """
    recorded = Recorded(known_by(casebook, as_of) if as_of < casebook.recorded_to else casebook)
    messages, unused = _messages(recorded, as_of, months)
    effect = _design_effect(messages)
    first = pd.Timestamp(as_of).to_period("M") - (months - 1)
    areas = recorded.area[1]
    rows = []
    for area in (ALL_AREAS, *areas):
        of_area = messages if area == ALL_AREAS else messages[messages["area"] == area]
        rows += [_row(area, month, of_area[(of_area["month"] == month).to_numpy()], effect, as_of)
                 for month in pd.period_range(first, periods=months, freq="M")]
    waiting = pd.DataFrame([_still_waiting(area, messages if area == ALL_AREAS else messages[messages["area"] == area])
                            for area in (ALL_AREAS, *areas)])
    return ResponseTimes(pd.DataFrame(rows), waiting, effect, unused, as_of)


def _messages(recorded: Recorded, as_of: dt.date, months: int) -> tuple[pd.DataFrame, int]:
    """Return one row a message from a family: area, month, days to the reply or up to now; and how many are not clear."""
    on = recorded.day("contacts", "happened_on")
    replied = recorded.day("contacts", "replied_on")
    start = pd.Timestamp(as_of).to_period("M") - (months - 1)
    shown = (on >= day_number(start.start_time.date())) & (on <= day_number(as_of)) & (recorded.case("contacts") >= 0)
    incoming = recorded.is_code("contacts", "direction", "in")
    message = incoming & recorded.is_code("contacts", "party", "family") & recorded.is_code(
        "contacts", "channel", *EXPECTS_A_REPLY)
    unclear = (recorded.code("contacts", "direction") < 0) | (incoming & (
        (recorded.code("contacts", "party") < 0) | (recorded.code("contacts", "channel") < 0)))
    rows = np.flatnonzero(shown & message)
    case, on, replied = recorded.case("contacts")[rows], on[rows], replied[rows]
    answered = (replied != NO_DAY) & (replied >= on)
    today = day_number(as_of)
    area, names = recorded.area
    return pd.DataFrame({
        "case": case, "area": np.asarray(names, dtype=object)[area[case]], "on": on,
        "month": pd.PeriodIndex(to_dates(on).astype("datetime64[s]"), freq="M"), "answered": answered,
        "days": office_days_between(on, np.where(answered, replied, today)), "age": office_days_between(on, np.array(today)),
        "wrote_after": _wrote_after(recorded, case, on),
    }), int((shown & unclear).sum())


def _wrote_after(recorded: Recorded, case: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Return whether the authority wrote to the family of each case in the weeks after a day."""
    wrote = np.flatnonzero(recorded.is_code("contacts", "direction", "out") & recorded.is_code("contacts", "party", "family"))
    known = np.sort(keys(recorded.case("contacts")[wrote], recorded.day("contacts", "happened_on")[wrote]))
    return np.searchsorted(known, keys(case, on + RELATED_DAYS), "right") > np.searchsorted(known, keys(case, on), "left")


def _design_effect(messages: pd.DataFrame) -> float:
    """Return how much wider ranges are since one family writes several messages (variance between over within cases)."""
    seen = messages[messages["answered"] | (messages["days"] > LIMITS[1])]
    if seen.empty:
        return 1.0
    late = (seen["days"] > LIMITS[1]).astype(float)
    left = late - late.groupby([seen["area"], seen["month"]]).transform("mean")
    together = left.groupby([seen["case"], seen["month"]]).sum()
    alone = float((left**2).sum())
    return max(1.0, float((together**2).sum()) / alone) if alone > 0 else 1.0


def _row(area: str, month: pd.Period, messages: pd.DataFrame, effect: float, as_of: dt.date) -> dict[str, object]:
    size, dated = len(messages), int(messages["answered"].sum())
    few = size < FEW
    row: dict[str, object] = {
        "area": area, "month": month.start_time.normalize(), "over": month.end_time.date() <= as_of, "messages": size,
        "no_reply_date": size - dated, "no_reply_share": (size - dated) / size if size and not few else np.nan, "few": few,
    }
    waits = waits_of(messages["days"].to_numpy(), messages["answered"].to_numpy(bool), effect)
    # Of messages a few days old only the quick answers are in: those with a reply date are compared once all had their time.
    of_dated = messages.loc[messages["answered"] & (messages["age"] > LIMITS[-1]), "days"]
    for limit in LIMITS:
        found = (np.nan,) * 3 if few else waits.answered_by(limit)
        row |= dict(zip((f"within_{limit}", f"within_{limit}_low", f"within_{limit}_high"), found, strict=True))
        row[f"of_dated_{limit}"] = np.nan if few or len(of_dated) < FEW else float((of_dated <= limit).mean())
    middle = (np.nan,) * 3 if few else waits.median()
    return row | dict(zip(("median_days", "median_low", "median_high"), middle, strict=True))


def _still_waiting(area: str, messages: pd.DataFrame) -> dict[str, object]:
    open_ones = messages[~messages["answered"]]
    long = open_ones[open_ones["days"] > LIMITS[-1]]
    return {"area": area, "messages": len(messages), "no_reply_date": len(open_ones), "waiting_over_15": len(long),
            "wrote_after": int(long["wrote_after"].sum()),
            "longest_days": int(long["days"].max()) if len(long) else 0}
