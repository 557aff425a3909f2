"""Each table of a casebook that the SEN2 return can fill, made from its modules; the rules of reading stand here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from dispute_risk.records.files import text_frame
from dispute_risk.records.sen2.returned import Returned

__all__ = ["FILLERS", "RULES"]

AREA = "whole authority"
AMENDED_AFTER_DAYS = 14
"""A current plan that starts later than this after the first one was issued is a final amended plan."""
LONGEST_FIRST_PLAN_DAYS = 540
"""With no outcome date, a current plan that starts later than this after the request is a final amended plan."""

RULES: tuple[str, ...] = (
    f"area: the return has none; every case is put in '{AREA}'",
    "requests.kind: a re-assessment is not told apart; every request counts as one for an assessment",
    "requests.decision: Y assess, N refuse, W withdrawn; A not yet decided; H (decided before the year) counts as "
    "assess "
    "where an assessment or plan hangs from it, without a date",
    "plans: the current plan (StartDate) is a final amended plan if it starts more than "
    f"{AMENDED_AFTER_DAYS} days after AssessmentOutcomeDate (then the first plan is counted at that date as well), or, "
    f"with no such date, more than {LONGEST_FIRST_PLAN_DAYS} days after the request; else a final plan",
    "plans.section_i: a URN or UKPRN is a setting named; OTH without either is a type only; the others are left blank",
    "setting_type: a URN does not say the type; EHE home, OLA otherwise than at school, EYP early years, NEET, NIEC "
    "and "
    "NIEO no setting, a UKPRN alone post-16, an SEN unit or resourced provision as such; otherwise not recorded",
    "reviews: of each plan the last review of the year; a phase transfer where PhaseTransferDueDate is filled in",
)
"""How the return is read, for the report and for whoever disputes it."""

_SETTING = {"EHE": "home", "OLA": "eotas", "EYP": "early_years", "NEET": "none", "NIEC": "none", "NIEO": "none"}
_CEASED = {"1": "max_age", "2": "needs_met", "3": "higher_education", "4": "employment", "5": "moved_out", "6": "other",
           "7": "moved_out", "8": "deceased", "9": "other"}


def _coded(values: pd.Series, codes: Mapping[str, str]) -> pd.Series:
    """Translate; a word that is not on the list stays, for the check to name."""
    bare = values.str.strip().str.upper()
    return bare.map(lambda word: codes.get(word, word))


def looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """Return the value of each key as text, '' for a key without one."""
    known = dict(zip(values.index, values, strict=True))
    return pd.Series([str(known.get(key, "")) for key in keys], index=keys.index, dtype=object)


def _rows_beside(frame: pd.DataFrame, keys: pd.Series) -> pd.DataFrame:
    """Return the row of each key, as text; blanks for a key without one."""
    found = frame.astype(object).reindex(keys)
    return found.where(found.notna(), "").reset_index(drop=True)


def _day(texts: pd.Series) -> pd.Series:
    return pd.to_datetime(texts.where(texts != ""), format="%Y-%m-%d", errors="coerce")


def cases(one: Returned) -> pd.DataFrame:
    """Make the cases: one a person, open from the first request or plan, closed where every plan has ceased."""
    person = one.modules["person"]
    requests, plans = one.modules["requests"], one.modules["namedplan"]
    first = pd.concat([requests[["case_id", "receiveddate"]].set_axis(["case_id", "on"], axis=1),
                       plans[["case_id", "startdate"]].set_axis(["case_id", "on"], axis=1)])
    opened = first[first["on"] != ""].groupby("case_id")["on"].min()
    last = plans.sort_values("startdate", kind="stable").groupby("case_id").last()
    ceased = last[last["ceasedate"] != ""] if len(last) else last
    needs = one.modules["senneed"]
    primary = needs.assign(rank=needs["sentyperank"].replace("", "9")).sort_values("rank", kind="stable")
    need = primary.groupby("case_id")["sentype"].first() if len(primary) else pd.Series(dtype=object)
    case = person["case_id"]
    return text_frame({
        "case_id": case, "area": [AREA] * len(case), "opened_on": looked_up(case, opened),
        "closed_on": looked_up(case, ceased["ceasedate"]),
        "closed_reason": _coded(looked_up(case, ceased["ceasereason"]), _CEASED),
        "birth_date": person["personbirthdate"], "sex": _coded(person["sex"], {"MALE": "M", "FEMALE": "F", "1": "M",
                                                                               "2": "F"}),
        "ethnicity": person["ethnicity"].str.upper(), "primary_need": looked_up(case, need).str.upper(),
    }).set_axis(person.index)


def requests(one: Returned) -> pd.DataFrame:
    """Make the requests; one without the day it was received only carries the plan that hangs from it."""
    made = one.modules["requests"]
    follows = set(one.modules["assessment"]["parent"]) | set(one.modules["activeplans"]["parent"])
    outcome = _coded(made["requestoutcome"], {"Y": "assess", "N": "refuse", "W": "withdrawn", "A": ""})
    historical = (outcome == "H").to_numpy()
    outcome = outcome.mask(historical, np.where(made["id"].isin(follows), "assess", ""))
    assessed = one.modules["assessment"].drop_duplicates("parent").set_index("parent")["week20"]
    table = text_frame({
        "case_id": made["case_id"], "request_id": request_numbers(made), "received_on": made["receiveddate"],
        "kind": ["assessment"] * len(made),
        "source": _coded(made["requestsource"], {"1": "parent", "2": "school", "3": "health", "4": "social_care",
                                                 "5": "other"}),
        "decision": outcome, "decision_sent_on": made["requestoutcomedate"],
        "exception": _flag(looked_up(made["id"], assessed)),
    })
    return table[table["received_on"] != ""].reset_index(drop=True)


def _flag(values: pd.Series) -> pd.Series:
    return _coded(values, {"TRUE": "1", "FALSE": "0", "YES": "1", "NO": "0", "Y": "1", "N": "0"})


def request_numbers(made: pd.DataFrame) -> pd.Series:
    """Return a number for each request that stays the same from year to year: the case and the day received."""
    again = made.groupby(["case_id", "receiveddate"]).cumcount()
    number = made["case_id"] + "-R" + made["receiveddate"].str.replace("-", "")
    return number.where(again == 0, number + "-" + again.astype(str))


def assessments(one: Returned) -> pd.DataFrame:
    """Make the results of assessments; undecided ones give no row."""
    made = _with_request(one, "assessment")
    outcome = _coded(made["assessmentoutcome"], {"Y": "issue", "N": "refuse", "W": "withdrawn", "A": ""})
    planned = made["id"].isin(set(one.modules["namedplan"]["parent"])).to_numpy()
    outcome = outcome.mask((outcome == "H").to_numpy(), np.where(planned, "issue", ""))
    table = text_frame({"case_id": made["case_id"], "request_id": made["request_id"], "outcome": outcome,
                        "outcome_sent_on": made["assessmentoutcomedate"]})
    return table[((table["outcome"] != "") | (table["outcome_sent_on"] != "")) & (table["request_id"] != "")
                 ].reset_index(drop=True)


def _with_request(one: Returned, module: str) -> pd.DataFrame:
    """A module that hangs from the requests, with the number and the day of the request beside."""
    numbered = one.modules["requests"].assign(request_id=request_numbers(one.modules["requests"]))
    numbered["request_id"] = numbered["request_id"].where(numbered["receiveddate"] != "", "")
    beside = numbered.drop_duplicates("id").set_index("id")[["request_id", "receiveddate"]]
    beside = _rows_beside(beside, one.modules[module]["parent"])
    return pd.concat([one.modules[module].reset_index(drop=True), beside], axis=1)


def plans(one: Returned) -> pd.DataFrame:
    """Make the final plans: the current one, and the first one where the current is an amended one."""
    assessed = _with_request(one, "assessment").drop_duplicates("id").set_index("id")
    columns = ["assessmentoutcome", "assessmentoutcomedate", "receiveddate"]
    beside = _rows_beside(assessed[columns], one.modules["namedplan"]["parent"])
    made = pd.concat([one.modules["namedplan"].reset_index(drop=True), beside], axis=1)
    start, first, asked = _day(made["startdate"]), _day(made["assessmentoutcomedate"]), _day(made["receiveddate"])
    amended = (start - first).dt.days.gt(AMENDED_AFTER_DAYS) | (
        first.isna() & (start - asked).dt.days.gt(LONGEST_FIRST_PLAN_DAYS))
    details = one.modules["plandetail"].assign(
        rank=lambda frame: frame["placementrank"].replace("", "1")).sort_values("rank", kind="stable")
    detail = _rows_beside(details.drop_duplicates("parent").set_index("parent"), made["id"])
    current = text_frame({
        "case_id": made["case_id"], "plan_id": made["case_id"] + "-P" + made["startdate"].str.replace("-", ""),
        "kind": np.where(amended, "amended_final", "final"), "issued_on": made["startdate"],
        "section_i": _section_i(detail), "setting_type": setting_types(detail)})
    began = text_frame({
        "case_id": made["case_id"], "plan_id": made["case_id"] + "-P" + made["assessmentoutcomedate"].str.replace("-",
                                                                                                                  ""),
        "kind": ["final"] * len(made), "issued_on": made["assessmentoutcomedate"], "section_i": [""] * len(made),
        "setting_type": [""] * len(made)})[(amended & first.notna()).to_numpy()]
    whole = pd.concat([began, current], ignore_index=True)
    return whole[whole["issued_on"] != ""].reset_index(drop=True)


def _section_i(detail: pd.DataFrame) -> np.ndarray:
    named = ((detail["urn"] != "") | (detail["ukprn"] != "")).to_numpy()
    other = (detail["sensetting"].str.upper() == "OTH").to_numpy()
    return np.select([named, other], ["setting_named", "type_only"], "")


def setting_types(detail: pd.DataFrame) -> np.ndarray:
    """Return the type of setting as far as the return says it."""
    unit = (_flag(detail["senunitindicator"]) == "1") | (_flag(detail["resourcedprovisionindicator"]) == "1")
    word = detail["sensetting"].str.strip().str.upper()
    said = looked_up(word, pd.Series(_SETTING))
    post16 = (detail["urn"] == "") & (detail["ukprn"] != "") & (word == "")
    return np.select([unit.to_numpy(), (said != "").to_numpy(), post16.to_numpy()],
                     ["resourced_mainstream", said.to_numpy(dtype=object), "post16"], "")


def reviews(one: Returned) -> pd.DataFrame:
    """Make the last review of each plan; a plan without any date of a review gives no row."""
    made = one.modules["activeplans"]
    day = made["reviewmeeting"].where(made["reviewmeeting"] != "", made["lastreview"])
    transfer = (made["phasetransferduedate"] != "").to_numpy()
    table = text_frame({
        "case_id": made["case_id"], "review_id": made["case_id"] + "-V" + day.str.replace("-", ""),
        "kind": np.where(transfer, "phase_transfer", "annual"), "meeting_on": made["reviewmeeting"],
        "decision": _coded(made["reviewoutcome"], {"M": "maintain", "A": "amend", "C": "cease"}),
        "decision_sent_on": made["lastreview"], "amended_draft_on": made["reviewdraft"],
        "amended_final_on": made["phasetransferfinaldate"]})
    return table[(day != "").to_numpy()].reset_index(drop=True)


def placements(one: Returned) -> pd.DataFrame:
    """Make the placements that have a first day."""
    made = one.modules["placementdetail"]
    where = made["urn"].where(made["urn"] != "", made["ukprn"])
    table = text_frame({"case_id": made["case_id"], "from_on": made["entrydate"], "to_on": made["leavingdate"],
                        "setting_type": setting_types(made), "setting_id": where})
    return table[table["from_on"] != ""].reset_index(drop=True)


FILLERS: dict[str, tuple[Callable[[Returned], pd.DataFrame], tuple[str, ...]]] = {
    "cases": (cases, ("case_id",)),
    "requests": (requests, ("request_id",)),
    "assessments": (assessments, ("request_id",)),
    "plans": (plans, ("plan_id",)),
    "reviews": (reviews, ("review_id",)),
    "placements": (placements, ("case_id", "from_on", "setting_id")),
}
"""The tables the return can fill, each with what makes it and the columns by which a row is known from year to year."""
