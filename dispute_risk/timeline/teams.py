"""What the records say of each area team: cases held, officers at work, appeals registered, cases open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dispute_risk.timeline.days import FOREVER
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.officers import spells
from dispute_risk.timeline.recorded import Recorded

__all__ = ["TeamRows", "team_facts"]

KINDS = ("held", "appeal", "open")
DAYS = ("happened", "known", "until")


@dataclass(frozen=True)
class TeamRows:
    """Spells, appeals and open files by team, with nothing in them that tells one case from another.

    A part of an authority's cases gives some of them, and those of all its parts together give the facts of its teams:
    an officer may hold cases of several parts.

    Parameters
    ----------
    rows : mapping of str to dict of str to ndarray
        By kind (`held`, `appeal`, `open`): `team` (int32, -1 for none), `happened`, `known`, `until` (day numbers), and for
        `held` also `officer` (int32).
    areas, officers : tuple of str
        What the numbers stand for.
    """

    rows: Mapping[str, Mapping[str, np.ndarray]]
    areas: tuple[str, ...]
    officers: tuple[str, ...]

    @classmethod
    def of(cls, recorded: Recorded) -> TeamRows:
        """Return the rows in some records."""
        case, start, known, until, officer = spells(recorded)
        officers = recorded.identifier("allocations", "officer_id")[1]
        area, names = recorded.area
        held = (officer >= 0) & (case >= 0)
        opened = recorded.file_known
        # Nothing about a case counts for its team before the file itself was known.
        known = np.maximum(known, _of_case(opened, case))
        appeal_case = recorded.case("appeals")
        appeal_known = np.maximum(recorded.known("appeals", "registered_on"), _of_case(opened, appeal_case))
        return cls(
            {
                "held": {"team": _of_case(area, case[held]), "happened": start[held], "known": known[held],
                         "until": until[held], "officer": officer[held]},
                "appeal": {"team": _of_case(area, appeal_case), "happened": recorded.day("appeals", "registered_on"),
                           "known": appeal_known, "until": np.full(len(appeal_case), FOREVER, np.int32)},
                "open": {"team": area, "happened": opened, "known": opened,
                         "until": recorded.known("cases", "closed_on")},
            },
            tuple(names),
            tuple(officers),
        )

    def table(self) -> pd.DataFrame:
        """Return the rows as one table: `kind`, `area`, `officer` (text, '' for none), and three day numbers."""
        areas, officers = np.array([*self.areas, ""], dtype=object), np.array([*self.officers, ""], dtype=object)
        parts = []
        for kind in KINDS:
            rows = self.rows[kind]
            officer = officers[rows["officer"]] if "officer" in rows else np.full(len(rows["team"]), "", dtype=object)
            parts.append(pd.DataFrame({"kind": kind, "area": areas[rows["team"]], "officer": officer,
                                       **{name: rows[name].astype(np.int32) for name in DAYS}}))
        return pd.concat(parts, ignore_index=True)

    @classmethod
    def together(cls, tables: Iterable[pd.DataFrame]) -> TeamRows:
        """Return the rows of several tables as `table` gives them, numbered anew over all of them."""
        whole = pd.concat(list(tables), ignore_index=True)
        areas, officers = (sorted(set(whole[name]) - {""}) for name in ("area", "officer"))
        team, officer = (pd.Index(names, dtype=object).get_indexer(whole[name].astype(object)).astype(np.int32)
                         for names, name in ((areas, "area"), (officers, "officer")))
        rows = {}
        for kind in KINDS:
            here = (whole["kind"] == kind).to_numpy()
            rows[kind] = {"team": team[here], **{name: whole[name].to_numpy(np.int32)[here] for name in DAYS},
                          **({"officer": officer[here]} if kind == "held" else {})}
        return cls(rows, tuple(areas), tuple(officers))

    def facts(self) -> dict[str, Facts]:
        """Return the facts of the teams, keyed by area."""
        held, appeal, opened = (self.rows[kind] for kind in KINDS)
        return {
            "team_case_held": Facts.of(held["team"], held["happened"], held["known"], held["until"]),
            "team_officer": _at_work(held["team"], held["officer"], held["happened"], held["known"], held["until"]),
            "team_appeal": Facts.of(appeal["team"], appeal["happened"], appeal["known"]),
            "team_case_open": Facts.of(opened["team"], opened["happened"], None, opened["until"]),
        }


def team_facts(recorded: Recorded) -> dict[str, Facts]:
    """Return facts keyed by area: cases held, officers at work, appeals registered, cases open."""
    return TeamRows.of(recorded).facts()


def _of_case(values: np.ndarray, case: np.ndarray) -> np.ndarray:
    """Return a value of each row's case; -1 for a row of no known case."""
    result = np.full(len(case), -1, np.int32)
    result[case >= 0] = values[case[case >= 0]]
    return result


def _at_work(
    team: np.ndarray, officer: np.ndarray, start: np.ndarray, known: np.ndarray, until: np.ndarray
) -> Facts:
    """Return the runs of days on which an officer held at least one case of a team, as it was known."""
    keep = known < until
    team, officer, start = team[keep], officer[keep], start[keep]
    known, until = known[keep].astype(np.int64), until[keep].astype(np.int64)
    order = np.lexsort((known, officer, team))
    if not len(order):
        return Facts.of(team, start)
    who = team[order].astype(np.int64) * (officer.max() + 1) + officer[order]
    offset = np.unique(who, return_inverse=True)[1] << 17
    reach = np.maximum.accumulate(until[order] + offset)
    new_run = np.ones(len(order), bool)
    new_run[1:] = known[order][1:] + offset[1:] > reach[:-1]
    first = np.flatnonzero(new_run)
    last = np.append(first[1:], len(order)) - 1
    ends = np.minimum(reach[last] - offset[last], FOREVER).astype(np.int32)
    return Facts.of(team[order][first], known[order][first].astype(np.int32), None, ends)
