"""Many authorities in one run, each with its own model: none sees another's cases, and one that fails stops no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from dispute_risk.errors import DisputeRiskError, ModelNotUsable, NotEnoughHistory
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import Catalogue
from dispute_risk.model.released import Release, release_with
from dispute_risk.records.partitions import AuthorityParts
from dispute_risk.records.write import write_csv
from dispute_risk.timeline.whole import WholeAuthority
from dispute_risk.triage.in_parts import Part, lists_from_parts, part_of, risks_from_parts, risks_of_part
from dispute_risk.triage.selection import DEFAULT_POLICY, Policy

__all__ = ["Job", "Scored", "check_end", "checked", "failed", "finished", "folder_name", "release_of", "score_in_parts",
           "score_many", "scored_table", "together"]

LAST_RECORDS_DAYS = 31
"""Records that end longer than this before the as-of date are refused: what happened since is not in them."""


@dataclass(frozen=True)
class Job:
    """What is asked of every authority in a run.

    Parameters
    ----------
    as_of : date
        Nothing recorded after it is used.
    capacity : int
        Cases each area can act on in the week.
    policy : Policy
    """

    as_of: dt.date
    capacity: int = 10
    policy: Policy = DEFAULT_POLICY


@dataclass(frozen=True)
class Scored:
    """What came of one authority.

    Parameters
    ----------
    authority : str
    release : str
        The model used.
    cases_at_risk, already_in_dispute, listed : int
        Cases given a risk, cases given none because a dispute is under way, and cases on a list to act on.
    expected_appeals : float
        Sum of the risks.
    problem : str
        What stopped it; '' where it was done.
    """

    authority: str
    release: str = ""
    cases_at_risk: int = 0
    already_in_dispute: int = 0
    listed: int = 0
    expected_appeals: float = 0.0
    problem: str = ""


def folder_name(authority: str) -> str:
    """Return the name of an authority's folder among models and results; no name leads out of the folder it is in.

    >>> folder_name("Northmoor"), folder_name("../Kelbrook")
    ('Northmoor', '%2E%2E%2FKelbrook')
    """
    name = quote(authority, safe=" ,&'()")
    return name.replace(".", "%2E") if name.startswith(".") else name


def release_of(folder: Path, as_of: dt.date) -> tuple[Release, Catalogue]:
    """Return the released model in a folder and the features it was made for, in its order.

    Raises
    ------
    ModelNotUsable
        Where the model is missing, damaged, expired, or made for other features.
    """
    return release_with(folder, as_of, STANDARD)


def check_end(parts: AuthorityParts, as_of: dt.date) -> None:
    """Raise NotEnoughHistory where the records end too long before a date, before any of them is read."""
    if (as_of - parts.recorded_to).days > LAST_RECORDS_DAYS:
        raise NotEnoughHistory(f"{parts.name}: as of {as_of}, the records end on {parts.recorded_to}. Hand over newer records, "
                               "or give a date up to then.")


def checked(parts: AuthorityParts, folder: Path, as_of: dt.date) -> tuple[Release, Catalogue]:
    """Return the model of one authority from its folder; raise what stands in the way before any record is read."""
    check_end(parts, as_of)
    if not folder.is_dir():
        raise ModelNotUsable(f"{parts.name}: there is no model in {folder}. Train one on its own records with dispute-risk "
                             "train; a model of another authority is never taken in its place.")
    return release_of(folder, as_of)


def score_in_parts(
    parts: AuthorityParts, release: Release, catalogue: Catalogue, job: Job
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return the risk table, the lists and the number of cases in dispute of one authority, a part at a time.

    Of an authority in several parts each is read twice: first for what it tells of the teams, then for its risks.
    """
    only: list[Part] = []

    def part(bucket: int) -> Part:
        return only[0] if only else part_of(parts.part(bucket), job.as_of)

    if parts.buckets == 1:
        only.append(part(0))
    whole = WholeAuthority.of(part(bucket).told for bucket in range(parts.buckets))
    rows = [risks_of_part(part(bucket), whole, release.fitted, catalogue, job.as_of) for bucket in range(parts.buckets)]
    return together(rows, whole, job)


def together(rows: list[pd.DataFrame], whole: WholeAuthority, job: Job) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Return the risk table, the lists and the number of cases in dispute, from the rows of all parts in their order."""
    disputed = sum(int(one["in_dispute"].sum()) for one in rows)
    return risks_from_parts(rows), lists_from_parts(rows, whole, job.as_of, job.capacity, job.policy), disputed


def finished(
    authority: str, release: str, found: tuple[pd.DataFrame, pd.DataFrame, int], out: Path
) -> Scored:
    """Write the risks and lists of one authority into its own folder of `out`, and return what came of it."""
    table, lists, disputed = found
    place = out / folder_name(authority)
    write_csv(table, place / "risk.csv")
    write_csv(lists, place / "lists.csv")
    to_act_on = lists["list"].isin(["likely_disputes", "unheard", "random_audit"])
    return Scored(authority, release, len(table), disputed, int(to_act_on.sum()), float(table["risk"].sum()))


def failed(authority: str, error: DisputeRiskError) -> Scored:
    """Return what is said of an authority that could not be done."""
    said = str(error)
    return Scored(authority, problem=said if said.startswith(f"{authority}: ") else f"{authority}: {said}")


def score_many(
    authorities: Iterable[AuthorityParts], models: Path, out: Path, job: Job,
    tell: Callable[[Scored], None] = lambda scored: None,
) -> list[Scored]:
    """Give every case of many authorities its risk, one authority after the other, and write risks and lists of each.

    Each authority is read, worked out and written by itself: only one part of one authority is in memory at a time, and
    nothing of one reaches another. Where one cannot be done, it is said in its `Scored` and the others are done.

    Parameters
    ----------
    authorities : iterable of AuthorityParts
    models : path
        Holds a released model for each authority, in a folder of its name (`folder_name`).
    out : path
        Gets a folder for each authority with `risk.csv` and `lists.csv`.
    job : Job
    tell : callable, optional
        Called with what came of each authority as soon as it is done.
    """

    def one(parts: AuthorityParts) -> Scored:
        try:
            release, catalogue = checked(parts, models / folder_name(parts.name), job.as_of)
            return finished(parts.name, release.name, score_in_parts(parts, release, catalogue, job), out)
        except DisputeRiskError as error:
            return failed(parts.name, error)

    def each() -> Iterator[Scored]:
        for parts in authorities:
            scored = one(parts)
            tell(scored)
            yield scored

    return list(each())


def scored_table(scored: Iterable[Scored]) -> pd.DataFrame:
    """Return one row for each authority, by name: what came of it, and the problem where there was one."""
    return pd.DataFrame([vars(one) for one in sorted(scored, key=lambda one: one.authority)],
                        columns=list(Scored.__dataclass_fields__))
