"""The invented authority's casebook: what was filed, as the case system came to know it, with gaps and delays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.records.synthetic.allocations import allocations
from dispute_risk.records.synthetic.ledger import BLANK
from dispute_risk.records.synthetic.lifetimes import opened_days
from dispute_risk.records.synthetic.people import ETHNICITY_SHARES
from dispute_risk.records.synthetic.settings import WARM_UP_WEEKS
from dispute_risk.records.synthetic.world import World
from dispute_risk.records.tables import TABLES, Column, Table, recorded_column

__all__ = ["area_names", "case_names", "record"]

RECORDED_DATES = {
    "cases": ("opened_on", "closed_on"), "requests": ("received_on", "decision_sent_on"),
    "assessments": ("outcome_sent_on",), "advice": ("received_on",), "plans": ("issued_on",),
    "reviews": ("meeting_on", "report_received_on", "decision_sent_on"), "placements": ("from_on",),
    "consultations": ("responded_on",), "contacts": ("happened_on",), "complaints": ("received_on",),
    "mediations": ("requested_on", "certificate_on", "held_on"),
    "appeals": ("lodged_on", "registered_on", "outcome_on"),
}
"""Dates whose day of recording the case system keeps; the others have none, as in life."""
TYPICAL_LAG_DAYS = {"advice": 4.0, "reviews": 9.0, "contacts": 1.2, "placements": 9.0, "appeals": 4.0,
                    "complaints": 3.0, "mediations": 3.0, "consultations": 4.0}
OFTEN_BLANK = {("cases", "ethnicity"): 0.06, ("cases", "deprivation_decile"): 0.01, ("requests", "source"): 0.02,
               ("panels", "papers_complete"): 0.12, ("reviews", "due_on"): 0.04, ("plans", "written_by"): 0.04,
               ("consultations", "response"): 0.05, ("placements", "agreed_type"): 0.12,
               ("assessments", "outcome"): 0.0, ("appeals", "causes"): 0.15}
"""Share of cells left blank; invented."""
NUMBERED = {"request_id": "RQ", "plan_id": "PL", "review_id": "RV", "contact_id": "CN", "appeal_id": "AP"}


def area_names(count: int) -> list[str]:
    """Return the codes of the area teams."""
    return ["NE", "NW", "SE", "SW"][:count] if count <= 4 else [f"A{number:02d}" for number in range(1, count + 1)]


def case_names(count: int, seed_draw: np.random.Generator) -> np.ndarray:
    """Return pseudonymous case numbers in no order that says anything."""
    return np.array([f"SYN-{number:06d}" for number in seed_draw.permutation(900_000)[:count] + 100_000], dtype=object)


def record(world: World) -> dict[str, pd.DataFrame]:
    """Return every table of the casebook, known up to the last day of the run."""
    names = case_names(len(world), world.streams.of("names"))
    made = {declared.name: _table(world, declared, names) for declared in TABLES}
    listed = made["cases"]
    made["cases"] = listed.sort_values("case_id", ignore_index=True)
    known = set(made["cases"]["case_id"])
    for name, frame in made.items():
        if name != "cases":
            made[name] = frame[frame["case_id"].isin(known)].reset_index(drop=True)
    requests = set(made["requests"]["request_id"])
    made["assessments"] = made["assessments"][made["assessments"]["request_id"].isin(requests)].reset_index(drop=True)
    return made


def _table(world: World, declared: Table, names: np.ndarray) -> pd.DataFrame:
    made_apart = {"cases": _case_columns, "allocations": allocations}
    filed = made_apart.get(declared.name, lambda world: world.ledger.columns(declared.name))(world)
    if not filed:
        return _nothing(declared)
    filed = _kept(world, declared.name, {**filed, "row": np.arange(len(filed["case"]))})
    days = {column.name: filed.get(_key(column.name), np.full(len(filed["case"]), BLANK))
            for column in declared if column.kind == "date"}
    if declared.name == "appeals":
        days["outcome_on"] = filed["outcome_day"]
    known = _recording_days(world, declared, days, filed)
    last = world.calendar.weeks * 7 - 1
    exists = _exists(declared, days, known, last)
    columns: dict[str, object] = {}
    for column in declared:
        made = _column(world, declared, column, filed, days, known, names)
        columns[column.name] = made
        if column.name in known:
            columns[recorded_column(column.name)] = _dates(world, known[column.name])
    frame = pd.DataFrame(columns)[exists]
    order = [declared.anchors[0], "case_id"] if declared.anchors and declared.name != "mediations" else ["case_id"]
    return frame.sort_values(order, kind="stable", ignore_index=True)


def _nothing(declared: Table) -> pd.DataFrame:
    kinds = {"date": "datetime64[s]", "identifier": "str", "codes": "str", "flag": "float32", "number": "float32"}
    columns: dict[str, pd.Series] = {}
    for column in declared:
        kind = pd.CategoricalDtype(list(column.codes or ())) if column.kind == "code" else kinds[column.kind]
        columns[column.name] = pd.Series([], dtype=kind)
        if column.name in RECORDED_DATES.get(declared.name, ()):
            columns[recorded_column(column.name)] = pd.Series([], dtype="datetime64[s]")
    return pd.DataFrame(columns)


def _key(name: str) -> str:
    return name.removesuffix("_on").removesuffix("_date")


def _case_columns(world: World) -> dict[str, np.ndarray]:
    people, closings = world.people, world.ledger.columns("closings")
    closed, reason = np.full(len(people), BLANK), np.full(len(people), BLANK)
    closed[closings["case"]], reason[closings["case"]] = closings["day"], closings["reason"]
    opened = opened_days(world)
    filed = {"case": np.arange(len(people)), "opened": np.where(opened > 900_000, BLANK, opened), "closed": closed,
             "closed_reason": reason, "birth": people.birth_day, "sex": people.sex,
             "primary_need": np.where(people.need < 0, BLANK, people.need.astype(np.int32)),
             "setting_type": people.setting,
             "home_language_not_english": people.other_language, "deprivation_decile": people.decile,
             "looked_after": people.looked_after}
    before = opened > 900_000
    gone_before = (closed != BLANK) & (closed < WARM_UP_WEEKS * 7)
    keep = ~before & ~gone_before
    return {name: np.asarray(value)[keep] for name, value in filed.items()}


def _kept(world: World, name: str, filed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    # Contacts, complaints and panels of long before the records begin, and what nobody wrote down, are not there.
    keep = np.ones(len(filed["case"]), bool)
    if name in ("contacts", "complaints", "panels"):
        day = filed[{"contacts": "happened", "complaints": "received", "panels": "panel"}[name]]
        keep = day >= (WARM_UP_WEEKS - 26) * 7
        lost = world.settings.history_lost_before_on
        if lost is not None and name == "contacts":
            keep &= day >= (np.datetime64(lost, "D") - world.calendar.first_day).astype(int)
    if name == "contacts" and world.settings.on("under_recording"):
        filed = _with_claims(world, filed)
        keep &= world.streams.of("under_recording").random(len(keep)) >= _unrecorded_share(world, filed["case"])
    return {column: value[keep] for column, value in filed.items()}


def _with_claims(world: World, filed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    # Answers that are claimed in the record and were never sent.
    claim = (filed["direction"] == 0) & (filed["replied"] == BLANK)
    claim &= filed["claimed"] < 1000 * world.settings.claimed_replies
    return {**filed, "replied": np.where(claim, filed["happened"] + 5, filed["replied"])}


def _unrecorded_share(world: World, who: np.ndarray) -> np.ndarray:
    # By area, and, where missing is not at random, more for quieter families.
    people, settings = world.people, world.settings
    share = settings.under_recording * np.exp(0.5 * people.area_pace[who] / 0.35)
    if not settings.missing_at_random:
        share = share * 2 / (1 + np.exp(1.2 * people.voice[who]))
    return np.minimum(share, 0.95)


def _recording_days(world: World, declared: Table, days: dict[str, np.ndarray],
                    filed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    draw = world.streams.of(f"recording_{declared.name}")
    typical = TYPICAL_LAG_DAYS.get(declared.name, 2.0) * world.settings.on("recording_lag")
    known = {}
    for name in RECORDED_DATES.get(declared.name, ()):
        size = len(filed["case"])
        area = np.exp(0.6 * world.people.area_pace[filed["case"]])
        lag = np.floor(draw.exponential(1.0, size) * typical * area)
        lag += np.where(draw.random(size) < 0.04, np.floor(draw.exponential(45.0, size)), 0) * (typical > 0)
        known[name] = np.where(days[name] == BLANK, BLANK, days[name] + lag).astype(np.int64)
        lost = world.settings.history_lost_before_on
        if lost is not None:
            moved = int((np.datetime64(lost, "D") - world.calendar.first_day).astype(int))
            known[name] = np.where(known[name] == BLANK, BLANK, np.maximum(known[name], moved))
    return known


def _exists(declared: Table, days: dict[str, np.ndarray], known: dict[str, np.ndarray], last: int) -> np.ndarray:
    # A row is there once one of its anchors has happened and been recorded; later facts are blank until then.
    for name in declared.fact_dates:
        late = days[name] > last
        if name in known:
            late |= known[name] > last
            known[name] = np.where(late, BLANK, known[name])
        days[name] = np.where(late, BLANK, days[name])
    anchors = [days[name] != BLANK for name in declared.anchors]
    required = [days[column.name] != BLANK for column in declared if column.required and column.kind == "date"]
    return np.logical_and.reduce([np.logical_or.reduce(anchors), *required])


def _column(world: World, declared: Table, column: Column, filed: dict[str, np.ndarray], days: dict[str, np.ndarray],
            known: dict[str, np.ndarray], names: np.ndarray) -> object:
    if column.kind == "date":
        unknown = days[column.known_with] == BLANK if column.known_with in days else False
        return _dates(world, np.where(unknown, BLANK, days[column.name]))
    if column.kind == "identifier":
        return _identifier(world, declared, column, filed, names)
    key = "cited" if column.name == "cited_in_plan" else column.name
    numbers = filed.get(key, np.full(len(filed["case"]), BLANK)).astype(np.int64)
    hidden = numbers == BLANK
    if column.known_with in days:
        hidden |= days[column.known_with] == BLANK
    if declared.name == "mediations" and column.name == "result":
        hidden |= (filed["held"] != BLANK) & (days["held_on"] == BLANK)
    share = OFTEN_BLANK.get((declared.name, column.name), 0.0) * world.settings.on("missing_fields")
    hidden |= world.streams.of(f"blank_{declared.name}_{column.name}").random(len(numbers)) < share
    if column.kind == "code":
        assert column.codes is not None
        return pd.Categorical.from_codes(np.where(hidden, -1, numbers), dtype=pd.CategoricalDtype(list(column.codes)))
    if column.kind == "codes":
        assert column.codes is not None
        return _joined(np.where(hidden, 0, numbers), list(column.codes))
    return np.where(hidden, np.nan, numbers).astype(np.float32)


def _joined(bits: np.ndarray, codes: list[str]) -> pd.Series:
    known = {int(value): ";".join(code for place, code in enumerate(codes) if value >> place & 1)
             for value in np.unique(bits)}
    return pd.Series([known[int(value)] or None for value in bits], dtype="str")


def _identifier(world: World, declared: Table, column: Column, filed: dict[str, np.ndarray],
                names: np.ndarray) -> pd.Series:
    who = filed["case"]
    made: list[str | None]
    if column.name == "case_id":
        made = list(names[who])
    elif column.name == "area":
        made = list(np.array(area_names(world.settings.areas), dtype=object)[world.people.area[who]])
    elif column.name == "family_id":
        made = _numbered(world.people.family[who], "FM")
    elif column.name == "ethnicity":
        codes = [*ETHNICITY_SHARES, None]
        made = [codes[value] for value in world.people.ethnicity[who]]
    elif column.name == "request_id" and declared.name != "requests":
        made = _numbered(filed["request_row"], "RQ")
    elif column.name in NUMBERED:
        made = _numbered(filed.get("row", np.arange(len(who))), NUMBERED[column.name])
    else:
        prefix = {"setting_id": "ST", "officer_id": "OF"}[column.name]
        made = _numbered(filed.get(column.name.removesuffix("_id"), np.full(len(who), BLANK)), prefix)
    return pd.Series(made, dtype="str")


def _numbered(values: np.ndarray, prefix: str) -> list[str | None]:
    return [None if value < 0 else f"{prefix}{value:07d}" for value in values]


def _dates(world: World, days: np.ndarray) -> pd.Series:
    moments = world.calendar.first_day + days.astype("timedelta64[D]")
    made = moments.astype("datetime64[s]")
    made[days == BLANK] = np.datetime64("NaT")
    return pd.Series(made)
