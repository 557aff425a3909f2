"""The breach index: how badly the duties owed to a case are broken, by rules anyone can dispute, never from appeals.

Nothing here depends on what a family does or is. The weights are value judgements: they start from the statute and what
the breach leaves the child without, and belong to a panel of officers, the parents' forum and the advice service (methods
8.1). The ladder: 3, no school or no plan; 2, part of what the plan secures is missing; 1, a step that is late and holds up
what comes next; a half, the paper is wrong while the child has what is owed, or nobody has told the family.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.timeline.days import FOREVER, NO_DAY, to_dates
from dispute_risk.timeline.facts import Facts, Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.pairs import active_pairs

__all__ = ["DUTIES", "Duty", "breach_index", "facts_of", "outstanding_duties"]

SATURATES_AT = 2.2
"""Points of a late duty grow as weight x min(log(1 + days/20), 2.2): the first weeks matter most, and no lateness outweighs
a child without a school."""


@dataclass(frozen=True)
class Duty:
    """One duty and how much it weighs when it is broken.

    Parameters
    ----------
    name : str
    label : str
        What is outstanding, as an officer would say it.
    source : str
    weight : float
        Points.
    facts : str
        Kind of fact that shows it broken.
    how : {'past_due', 'held', 'silent'}
        `past_due`: broken from the day after `due_on`; `held`: broken as long as the fact holds; `silent`: grows with days
        since the latest, to twice the weight at 120 days, and counts only beside a duty of law that is broken.
    where : (column, codes), optional
    only : {'', 'no place since', 'place since', 'plan names another type'}
        A further condition on where the child in fact is.
    step : str
        The next step (`triage.actions`) that puts it right.
    within_days : int, optional
        Facts older than this are left to a file review instead.
    sentence : str
        What is said of it, with places for the dates of the fact.
    """

    name: str
    label: str
    source: str
    weight: float
    facts: str
    how: str
    step: str
    where: tuple[str, tuple[str, ...]] | None = None
    within_days: int | None = None
    only: str = ""
    sentence: str = ""


MISSING = "{kind} advice was asked for on {asked_on} and had not arrived when the plan was finalised on {on}."
REG = "SEND Regulations 2014"
CFA = "Children and Families Act 2014"

DUTIES: tuple[Duty, ...] = (
    Duty("final_plan_late", "final plan past its 20 weeks", f"{REG} reg 13(2)", 1.4, "duty_final_plan", "past_due",
         "issue_decision",
         sentence="The final plan was due on {due_on}, 20 weeks after the request, and is {days} late."),
    Duty("decision_late", "decision whether to assess past its 6 weeks", f"{REG} reg 5(1)", 1.0,
         "duty_decide_to_assess", "past_due", "issue_decision",
         sentence="The decision whether to assess was due on {due_on} and is {days} late."),
    Duty("no_school_named", "plan names a type of school and no school", f"{CFA} s.39; s.51(2)(c)(iv)", 3.0,
         "latest_plan", "held", "name_a_school", ("section_i", ("type_only", "blank")), only="no place since",
         sentence="The plan of {on} names no school."),
    Duty("place_not_in_plan", "child has a specialist place, the plan still names no school",
         f"{CFA} s.39; s.51(2)(c)(iv)", 0.5, "latest_plan", "held", "name_a_school",
         ("section_i", ("type_only", "blank")), only="place since",
         sentence="The plan of {on} names no school; the specialist place found since is not in it."),
    Duty("ep_missing", "plan finalised without the educational psychology advice asked for", f"{REG} reg 6(1)(d)", 2.0,
         "plan_without_advice", "held", "complete_the_plan", ("kind", ("educational_psychology",)),
         sentence=MISSING),
    Duty("salt_missing", "plan finalised without the speech and language advice asked for", f"{REG} reg 6(1)", 1.5,
         "plan_without_advice", "held", "complete_the_plan", ("kind", ("speech_language",)),
         sentence=MISSING),
    Duty("other_advice_missing", "plan finalised without other advice asked for", f"{REG} reg 6(1)", 1.0,
         "plan_without_advice", "held", "complete_the_plan",
         ("kind", ("education", "health", "social_care", "occupational_therapy", "physiotherapy", "sensory", "camhs")),
         sentence=MISSING),
    # Advice has to be considered; a plan that does not use it may still be lawful, and only the file can say.
    Duty("advice_not_used", "advice received and not used in the plan", f"{REG} reg 7 (advice is to be considered)", 0.5,
         "advice_not_cited",
         "held", "complete_the_plan", within_days=730,
         sentence="{kind} advice arrived on {on} and the plan that followed does not use it."),
    Duty("not_as_agreed", "specialist provision agreed, the child is elsewhere", f"{CFA} s.42", 2.0,
         "placement_differs", "held", "find_the_place",
         sentence="The panel agreed {agreed_type}; since {on} the child has been in {setting_type}."),
    Duty("out_of_school", "without any school or college place", "Education Act 1996 s.19", 3.0, "out_of_school",
         "held", "find_the_place", ("setting_type", ("none",)),
         sentence="Since {on} the child has been without a school or college place."),
    # Alternative provision is a lawful way to keep the duty of s.19. What may be broken is the plan that names a school.
    Duty("plan_not_followed", "in alternative provision, the plan names another type of school", f"{CFA} s.42", 1.5,
         "out_of_school", "held", "find_the_place", ("setting_type", ("alternative_provision",)),
         only="plan names another type",
         sentence="Since {on} the child has been in alternative provision; the plan names another type of school."),
    Duty("review_overdue", "yearly review overdue", f"{CFA} s.44", 0.5, "duty_review", "past_due", "hold_review",
         sentence="The yearly review was due on {due_on} and is {days} overdue."),
    Duty("review_undecided", "review met, no decision in 4 weeks", f"{REG} regs 20(10) and 21(9)", 0.5,
         "duty_review_decision", "past_due", "issue_decision", within_days=730,
         sentence="The review met on {on}; the decision was due on {due_on} and is {days} late."),
    Duty("amendment_unfinished", "amendment notice sent, no final plan in 8 weeks", f"{REG} reg 22(3)", 1.0,
         "duty_amended_plan", "past_due", "issue_decision", within_days=730,
         sentence="The amendment notice was sent on {on}; the final plan was due on {due_on} and is {days} late."),
    # The child is still in the present school until the summer: a late step, and not yet a lost place.
    Duty("phase_transfer_missed", "next school not named by the date for the phase transfer", f"{REG} reg 18", 1.0,
         "duty_phase_transfer", "past_due", "name_a_school",
         sentence="The plan was to name the next school by {due_on}, {days} ago."),
    Duty("silence", "a duty is broken and the family has had no word", "not a statutory duty: keeping families informed",
         0.5, "we_wrote", "silent", "reply",
         sentence="No word to the family is on record since {on}, {days} ago."),
)
"""The duties counted, with their weights; the sensitivity of the lists to each weight is a table of its own
(`causes.unheard`). A refusal to assess that would not survive the legal test is not among them: no column shows it."""

SILENT_FROM_DAYS = 30
SILENT_UNIT_DAYS, SILENT_AT_MOST = 60.0, 2.0
FIRST_KNOWN_BY = ("request", "plan_made", "placement")
"""Kinds of fact with which a file begins."""
BROKEN = ("row", "since_on", "due_on", "days_over", "points", "fact")
SPECIALIST = ("special", "independent", "resourced_mainstream", "eotas")


def outstanding_duties(
    history: History, rows: Snapshots, duties: tuple[Duty, ...] = DUTIES
) -> pd.DataFrame:
    """Return every broken duty of each row, the worst first where a duty is broken more than once.

    Parameters
    ----------
    history : History
    rows : Snapshots
    duties : tuple of Duty

    Returns
    -------
    DataFrame
        `row` (position in `rows`), `duty`, `since_on` (the fact), `due_on` (NaT where the law sets no date), `days_over`
        (days past the date, or since the fact), `points`, `fact` (its position in `facts_of` the duty).
    """
    each = [_broken(history, rows, duty) for duty in duties]
    duty_of = np.repeat(np.arange(len(duties)), [len(one["row"]) for one in each])
    joined = {name: np.concatenate([one[name] for one in each]) for name in BROKEN}
    broken = pd.DataFrame({"row": joined["row"], "duty": np.array([duty.name for duty in duties], object)[duty_of],
                           **{name: joined[name] for name in BROKEN[1:]}})
    # Not having written is a failing where something is owed; a plan that is kept needs no letter every month.
    law = {duty.name for duty in duties if duty.how != "silent"}
    owed = np.isin(broken["row"], broken["row"][broken["duty"].isin(law)].unique())
    return broken[owed].sort_values(
        ["row", "points", "days_over"], ascending=[True, False, False], kind="stable", ignore_index=True
    )


def breach_index(
    history: History, rows: Snapshots, duties: tuple[Duty, ...] = DUTIES, weights: dict[str, float] | None = None
) -> np.ndarray:
    """Return the breach index of each row: points summed over its broken duties, each duty once.

    Parameters
    ----------
    weights : dict of str to float, optional
        Factor by which to multiply the points of a duty, for the table of sensitivity.
    """
    table = outstanding_duties(history, rows, duties)
    points = table["points"].to_numpy()
    if weights:
        points = points * table["duty"].map(weights).fillna(1.0).to_numpy()
    return np.bincount(table["row"].to_numpy(), weights=points, minlength=len(rows))


def facts_of(history: History, duty: Duty) -> Facts:
    """Return the facts that show a duty broken."""
    facts = history.facts[duty.facts]
    if duty.how == "silent":
        return _words_and_openings(history, facts)
    if duty.where is not None:
        facts = facts.where(*duty.where)
    return facts if duty.within_days is None else facts.within(duty.within_days)


def _words_and_openings(history: History, words: Facts) -> Facts:
    """Return what we wrote, with the first thing known of each file beside it: a family never written to waits from then on.

    Where no message is recorded at all the authority keeps no log, and nothing is said of anybody's silence. A file that was
    known before the log begins waits from the first day of the log. The day the file was opened will not do: it is often
    recorded after the first request, so that what was known of it then would depend on what came after.
    """
    if not len(words):
        return words
    begins = int(words.known.min())  # of what was known by a date the first does not move with what came after
    case, known, happened = (np.concatenate([getattr(history.facts[kind], name) for kind in FIRST_KNOWN_BY])
                             for name in ("case", "known", "happened"))
    order = np.lexsort((happened, known, case))
    first = order[np.unique(case[order], return_index=True)[1]]
    since = np.maximum(happened[first], begins)
    return Facts.of(
        np.concatenate([words.case, case[first]]), np.concatenate([words.happened, since]),
        np.concatenate([words.known, np.maximum(known[first], since)]),
        np.concatenate([words.until, np.full(len(first), FOREVER, np.int32)]),
    )


def _broken(history: History, rows: Snapshots, duty: Duty) -> dict[str, np.ndarray]:
    facts = facts_of(history, duty)
    row, fact = active_pairs(facts, rows)
    if duty.only:
        kept = _where_the_child_is(history, rows, facts, row, fact, duty.only)
        row, fact = row[kept], fact[kept]
    on = rows.on[row].astype(np.int64)
    due = facts.columns["due_on"][fact] if "due_on" in facts.columns else np.full(len(fact), NO_DAY)
    since = facts.happened[fact]
    days = on - (due if duty.how == "past_due" else since)
    # The worst instance of a duty stands for it; of a silence, the latest word does.
    order = np.lexsort((fact, days if duty.how == "silent" else -days, row))
    row, fact, due, since, days = row[order], fact[order], due[order], since[order], days[order]
    keep = np.ones(len(row), bool)
    keep[1:] = row[1:] != row[:-1]
    keep &= days >= {"past_due": 1, "held": 0, "silent": SILENT_FROM_DAYS}[duty.how]
    row, fact, due, since, days = row[keep], fact[keep], due[keep], since[keep], days[keep]
    return dict(zip(BROKEN, (row, to_dates(since).astype("datetime64[s]"), to_dates(due).astype("datetime64[s]"), days,
                             _points(duty, days), fact), strict=True))


def _where_the_child_is(
    history: History, rows: Snapshots, facts: Facts, row: np.ndarray, fact: np.ndarray, only: str
) -> np.ndarray:
    """Return which pairs (row, fact) meet a condition on the placement or on the plan's type of school."""
    if only == "plan names another type":
        plans = history.facts["latest_plan"]
        named = _latest(plans, rows, _coded(plans, "setting_type"), "")[row]
        return (named != "") & (named != "alternative_provision")
    placed = history.facts["placement"]
    specialist = placed.take(np.isin(_coded(placed, "setting_type"), SPECIALIST))
    begun = _latest(specialist, rows, specialist.happened, NO_DAY)[row]
    since = (begun != NO_DAY) & (begun > facts.happened[fact])
    return since if only == "place since" else ~since


def _coded(facts: Facts, column: str) -> np.ndarray:
    """Return a coded column as text, '' where it is blank or not handed over."""
    if column not in facts.columns:
        return np.full(len(facts), "", dtype=object)
    return np.array([*facts.labels[column], ""], dtype=object)[facts.columns[column]]


def _latest(facts: Facts, rows: Snapshots, values: np.ndarray, otherwise: object) -> np.ndarray:
    """Return for each row the value of the latest fact that is known and holds on its date."""
    row, fact = active_pairs(facts, rows)
    order = np.argsort(facts.happened[fact], kind="stable")
    found = np.full(len(rows), otherwise, dtype=values.dtype if len(values) else object)
    found[row[order]] = values[fact[order]]
    return found


def _points(duty: Duty, days: np.ndarray) -> np.ndarray:
    if duty.how == "past_due":
        return duty.weight * np.minimum(np.log1p(days / 20), SATURATES_AT)
    if duty.how == "silent":
        return duty.weight * np.minimum(days / SILENT_UNIT_DAYS, SILENT_AT_MOST)
    return np.full(len(days), duty.weight)
