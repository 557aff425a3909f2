"""The officer's queue: the cases of a week's lists, each once, those put off left out, narrowed to what is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dispute_risk.errors import UnknownName
from dispute_risk.triage.actions import STEPS
from dispute_risk.triage.ledger.reading import Run, Standing
from dispute_risk.triage.lists import LISTS

__all__ = ["STATE_WORDS", "Queue", "queue"]

STATE_WORDS: dict[str, tuple[str, ...]] = {
    "no_right_yet": ("No appealable decision yet",),
    "window_open": ("A decision can be appealed now",),
    "plan_in_force": ("Plan in force, no decision open to appeal",),
    "in_dispute": ("Appeal lodged with the Tribunal", "Mediation adviser contacted, or certificate issued"),
}
"""Where a case can stand, each with the words of the lists."""


@dataclass(frozen=True)
class Queue:
    """What is to be gone through.

    Parameters
    ----------
    run : Run
        The run the lists are from.
    cases : tuple of mapping
        Rows of the lists in their order, each case once, with `lists`, `done` and `knew` added.
    put_off : int
        Cases left out because somebody put them off.
    """

    run: Run
    cases: tuple[Mapping[str, Any], ...]
    put_off: int

    @property
    def case_ids(self) -> list[str]:
        """The cases, in order."""
        return [str(row["case_id"]) for row in self.cases]


def queue(
    run: Run,
    recorded: Mapping[str, Standing],
    *,
    area: str = "",
    state: str = "",
    step: str = "",
    which: str = "",
    due_within: int | None = None,
    put_off_too: bool = False,
) -> Queue:
    """Return the queue of a run.

    Parameters
    ----------
    run : Run
        With its list.
    recorded : mapping of str to Standing
        What people recorded, by case.
    area, state, step, which : str
        Only this area, state (key of `STATE_WORDS`), next step (key of `triage.actions.STEPS`), list (key of `LISTS`).
    due_within : int, optional
        Only cases whose last date, or the date of whose step, lies at most so many days after the as-of date.
    put_off_too : bool, default False

    Raises
    ------
    UnknownName
        An area, state, step or list that does not exist; all of them are named at once.
    """
    areas = {str(one["area"]) for one in run.about["areas"]} | {str(row["area"]) for row in run.listed}
    _check({"area": (area, areas), "state": (state, STATE_WORDS), "step": (step, STEPS), "list": (which, LISTS)})
    lists: dict[str, list[str]] = {}
    for row in run.listed:
        lists.setdefault(str(row["case_id"]), []).append(str(row["list"]))
    kept, put_off, seen = [], 0, set()
    for row in run.listed:
        case_id, known = str(row["case_id"]), recorded.get(str(row["case_id"]), Standing())
        if case_id in seen or not _wanted(row, lists[case_id], run.as_of, area, state, step, which, due_within):
            continue
        seen.add(case_id)
        if known.asleep(run.as_of) and not put_off_too:
            put_off += 1
            continue
        done = [{"step": name, "on": on.isoformat()} for name, on in known.done]
        kept.append({**row, "lists": lists[case_id], "done": done, "knew": known.knew, "override": known.override})
    return Queue(run, tuple(kept), put_off)


def _check(asked: Mapping[str, tuple[str, Iterable[str]]]) -> None:
    wrong = [f"--{name} {value!r} is not one of: {', '.join(sorted(allowed))}."
             for name, (value, allowed) in asked.items() if value and value not in allowed]
    if wrong:
        raise UnknownName("The queue cannot be narrowed so.", wrong)


def _wanted(
    row: Mapping[str, Any], lists: list[str], as_of: dt.date, area: str, state: str, step: str, which: str,
    due_within: int | None,
) -> bool:
    if (area and row["area"] != area) or (which and which not in lists):
        return False
    if state and row["state"] not in STATE_WORDS[state]:
        return False
    if step and STEPS[step].label not in (row["next_step"], row["second_step"]):
        return False
    if due_within is None:
        return True
    days = [(dt.date.fromisoformat(row[name]) - as_of).days for name in ("last_date_on", "step_by_on") if row[name]]
    return any(0 <= day <= due_within for day in days)
