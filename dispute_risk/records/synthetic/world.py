"""The state of the invented authority in one week: where each case stands, what is open, what is overdue."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from dispute_risk.records.synthetic.ledger import Ledger, NoLedger
from dispute_risk.records.synthetic.officers import Desks
from dispute_risk.records.synthetic.people import Calendar, People
from dispute_risk.records.synthetic.settings import Settings
from dispute_risk.records.synthetic.streams import Streams

__all__ = ["ABSENT", "ASSESSING", "CLOSED", "DRAFTED", "NEVER_WEEK", "PLAN", "REFUSED", "REQUESTED", "State", "World"]

ABSENT, REQUESTED, ASSESSING, DRAFTED, PLAN, REFUSED, CLOSED = range(-1, 6)
NEVER_WEEK = 9_999


@dataclass
class State:
    """Where each case stands; weeks count from the first of the run, -1 is "none"."""

    stage: np.ndarray
    request_row: np.ndarray
    requested_wk: np.ndarray
    decide_wk: np.ndarray
    ordered: np.ndarray
    assess_wk: np.ndarray
    advice_due: np.ndarray
    advice_row: np.ndarray
    psychology_wk: np.ndarray
    patience_wk: np.ndarray
    recovery: np.ndarray
    final_wk: np.ndarray
    section_i: np.ndarray
    named: np.ndarray
    agreed_special: np.ndarray
    preference_refused: np.ndarray
    unnamed: np.ndarray
    special: np.ndarray
    setting: np.ndarray
    placement_row: np.ndarray
    plan_wk: np.ndarray
    missing: np.ndarray
    ignored: np.ndarray
    rushed: np.ndarray
    vague: np.ndarray
    meeting_wk: np.ndarray
    phase: np.ndarray
    review_stage: np.ndarray
    review_row: np.ndarray
    review_decide_wk: np.ndarray
    review_final_wk: np.ndarray
    reassess_wk: np.ndarray
    notice_wk: np.ndarray
    limb: np.ndarray
    wrong: np.ndarray
    dispute: np.ndarray
    mediation_row: np.ndarray
    lodge_wk: np.ndarray
    register_wk: np.ndarray
    settle_wk: np.ndarray
    appeal_row: np.ndarray
    appeal_end_wk: np.ndarray
    prior: np.ndarray
    early_wk: np.ndarray
    early_row: np.ndarray
    early_factor: np.ndarray
    overdue: np.ndarray
    spoken_wk: np.ndarray
    complaint_wk: np.ndarray
    close_wk: np.ndarray

    @classmethod
    def fresh(cls, size: int, kinds: int) -> State:
        """Return the state of `size` files that do not exist yet."""
        made = {part.name: np.full(size, -1, np.int32) for part in fields(cls)}
        made["advice_due"] = np.full((size, kinds), -1, np.int32)
        made["advice_row"] = np.full((size, kinds), -1, np.int32)
        for name in ("ordered", "recovery", "agreed_special", "preference_refused", "unnamed", "special", "missing",
                     "ignored", "rushed", "phase", "review_stage", "wrong", "dispute", "prior", "overdue"):
            made[name][:] = 0
        made["vague"], made["early_factor"] = np.zeros(size, np.float32), np.ones(size, np.float32)
        return cls(**made)

    def copy(self) -> State:
        """Return a state that can move on without this one."""
        return State(**{part.name: getattr(self, part.name).copy() for part in fields(self)})


@dataclass
class World:
    """Everything a week's work needs: people, desks, queues, state, filing and chance."""

    settings: Settings
    calendar: Calendar
    people: People
    desks: Desks
    streams: Streams
    state: State
    ledger: Ledger
    plans: int
    week: int = 0
    places_free: np.ndarray = field(default_factory=lambda: np.zeros(1))
    sickness: np.ndarray = field(default_factory=lambda: np.zeros(1))
    fates: dict[str, np.ndarray] = field(default_factory=dict)
    replies_due: dict[int, list[np.ndarray]] = field(default_factory=dict)
    answers_due: dict[int, list[np.ndarray]] = field(default_factory=dict)
    suppress_appeals: bool = False

    def __len__(self) -> int:
        return len(self.people)

    def uniform(self, mechanism: str, count: int) -> np.ndarray:
        """Return `count` uniform numbers for every case, from the stream of a mechanism."""
        return self.streams.uniform(mechanism, count, len(self))

    def since(self, day: object) -> bool:
        """Whether a day of the settings has come; False where none is set."""
        return day is not None and self.calendar.monday(self.week) >= day  # type: ignore[operator]

    def forked(self, streams: Streams) -> World:
        """Return a world that lives on from here with other chances, files nothing, and lets no appeal be made."""
        return replace(
            self, streams=streams, state=self.state.copy(), ledger=NoLedger(), places_free=self.places_free.copy(),
            sickness=self.sickness.copy(), suppress_appeals=True,
            replies_due={week: list(held) for week, held in self.replies_due.items()},
            answers_due={week: list(held) for week, held in self.answers_due.items()},
        )
