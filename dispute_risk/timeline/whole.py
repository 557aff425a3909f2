"""What a part of an authority's cases must be told of the whole: its teams, and the day each log of contacts begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dispute_risk.timeline.days import NO_DAY
from dispute_risk.timeline.facts import Facts
from dispute_risk.timeline.history import History
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.timeline.teams import TeamRows

__all__ = ["LOGS", "WholeAuthority", "told_by_part"]

LOGS = ("we_wrote", "family_message")
"""Logs of which the first day counts: before it, silence says nothing about anybody."""


def told_by_part(recorded: Recorded, history: History) -> pd.DataFrame:
    """Return what some whole cases tell of their authority: rows of `TeamRows.table`, and one row for each log begun.

    Parameters
    ----------
    recorded : Recorded
    history : History
        Of the same records.
    """
    begun = {name: int(history.facts[name].known.min()) for name in LOGS if len(history.facts[name])}
    logs = pd.DataFrame({"kind": list(begun), "area": "", "officer": "",
                         **{day: np.array(list(begun.values()), np.int32) for day in ("happened", "known", "until")}})
    return pd.concat([TeamRows.of(recorded).table(), logs.astype({"kind": object, "area": object, "officer": object})],
                     ignore_index=True)


@dataclass(frozen=True)
class WholeAuthority:
    """What every part of an authority's cases is told of the whole; no case and no child can be read out of it.

    Parameters
    ----------
    area_names : tuple of str
    area_facts : mapping of str to Facts
        Facts keyed by area, as in `History`.
    log_begins : mapping of str to int
        Day number of the first entry of each log; a log that nobody keeps is absent.
    """

    area_names: tuple[str, ...]
    area_facts: Mapping[str, Facts]
    log_begins: Mapping[str, int]

    @classmethod
    def of(cls, tables: Iterable[pd.DataFrame]) -> WholeAuthority:
        """Return it from what all parts told (`told_by_part`), in any order."""
        whole = pd.concat(list(tables), ignore_index=True)
        logs = whole[whole["kind"].isin(LOGS)]
        begins = logs.groupby("kind")["known"].min()
        teams = TeamRows.together([whole[~whole["kind"].isin(LOGS)]])
        return cls(teams.areas, teams.facts(), {str(name): int(day) for name, day in begins.items()})

    def shown_to(self, part: History) -> History:
        """Return the history of a part as it is within its authority.

        Areas are numbered as in the whole. One stand-in case is put after the others, with no file and so never at risk,
        that holds the first entry of each log: "since the log begins" then means the same in every part.
        """
        number = {name: place for place, name in enumerate(self.area_names)}
        renumber = np.array([number[name] for name in part.area_names] or [0], np.int32)
        facts = dict(part.facts)
        for name, day in self.log_begins.items():
            if name in facts:
                facts[name] = _with_first_entry(facts[name], len(part.case_id), day)
        return replace(
            part,
            case_id=np.append(part.case_id, ""),
            facts=facts,
            area_of_case=np.append(renumber[part.area_of_case], np.int32(0)).astype(np.int32),
            area_names=self.area_names,
            area_facts=self.area_facts,
            attributes={name: np.append(values, _blank(name, values)).astype(values.dtype)
                        for name, values in part.attributes.items()},
            family=np.append(part.family, part.family.max(initial=-1) + 1),
        )


def _with_first_entry(facts: Facts, case: int, day: int) -> Facts:
    """Return facts with one more, of a case numbered after all others, known on a day and blank in every column."""
    one = np.array([day], np.int32)
    return Facts(
        np.append(facts.case, np.int32(case)).astype(np.int32),
        np.append(facts.happened, one),
        np.append(facts.known, one),
        np.append(facts.until, one + 1),
        {name: np.append(values, _blank(name, values)).astype(values.dtype) for name, values in facts.columns.items()},
        facts.labels,
    )


def _blank(name: str, values: np.ndarray) -> float:
    """Return the blank of a column: NaN for a number, -1 for a code and for a day."""
    return float("nan") if np.issubdtype(values.dtype, np.floating) else NO_DAY
