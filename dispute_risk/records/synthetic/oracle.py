"""What nobody can know of the invented authority but its maker: true risks, true duties, planted causes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from dispute_risk.records.synthetic import causes, disputes
from dispute_risk.records.synthetic.ledger import LIMB
from dispute_risk.records.synthetic.streams import Streams
from dispute_risk.records.synthetic.world import ABSENT, ASSESSING, CLOSED, DRAFTED, PLAN, REFUSED, REQUESTED, World

__all__ = ["HORIZON_WEEKS", "Truth", "landmark_rows", "path_risks", "registration_chances"]

HORIZON_WEEKS = 26
STAGE_NAMES = {REQUESTED: "requested", ASSESSING: "assessing", DRAFTED: "drafted", PLAN: "plan", REFUSED: "no_plan"}


@dataclass(frozen=True)
class Truth:
    """The answers to an invented casebook; never put them inside the casebook's folder.

    Parameters
    ----------
    rows : DataFrame
        One row a case and landmark (first Monday of a month) at which an appeal can still come of it: case_id, on,
        unmet_duty (points), quiet (voice below the median), voice, in_dispute, and, where paths were asked for,
        risk_182 (true chance that an appeal is registered in the 182 days after), risk_182_untreated (the same
        without early resolution) and risk_182_ordinary_voice (the same with everybody's voice ordinary).
    observable : DataFrame
        The same rows: the recorded quantities on which the hazard depends.
    causes, not_causes : DataFrame
        name, rate_ratio, applies_to, computed.
    mediation : DataFrame
        One row: meetings held, true appeals averted in each 100 (absolute), rate ratio of the weekly hazard.
    cases : DataFrame
        case_id, voice, severity, area readiness, hold_out: traits nobody records.
    paths : int
        Forward paths behind each risk, 0 where none were asked for.
    """

    rows: pd.DataFrame
    observable: pd.DataFrame
    causes: pd.DataFrame
    not_causes: pd.DataFrame
    mediation: pd.DataFrame
    cases: pd.DataFrame
    paths: int = 0
    names: tuple[str, ...] = field(
        default=("rows", "observable", "causes", "not_causes", "mediation", "cases"), repr=False)

    def write(self, folder: Path | str) -> Path:
        """Write every table as CSV into a folder kept apart from the casebook, and return it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.names:
            getattr(self, name).to_csv(folder / f"{name}.csv", index=False)
        return folder

    def summary(self) -> str:
        """Return a few lines: planted causes, their rate ratios, and what early resolution does."""
        planted = ", ".join(f"{row.name_} {row.rate_ratio:g}" for row in
                            self.causes.rename(columns={"name": "name_"}).itertuples())
        held = self.mediation.iloc[0]
        return (f"invented truth: {len(self.rows):,} case-months; rate ratios {planted}; {int(held['held'])} early "
                f"meetings held, {held['averted_in_100']:.1f} appeals averted in each 100")


def landmark_rows(world: World) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the cases at risk at the end of this week, their latent state and their recorded state."""
    state, week = world.state, world.week
    live = ~np.isin(state.stage, (ABSENT, CLOSED))
    window = live & causes.window_is_open(world)
    idle = (state.stage == REFUSED) & ~window & (state.dispute == 0)
    who = np.flatnonzero(live & ~idle)
    latent = {"unmet_duty": unmet_duty(world, who), "voice": world.people.voice[who],
              "quiet": world.people.voice[who] < np.median(world.people.voice), "in_dispute": state.dispute[who] > 0}
    limbs = np.array([*LIMB, "none"], dtype=object)
    planted = {name: value[who] for name, value in causes.cause_values(world).items()}
    last = np.maximum(state.plan_wk[who], -1)
    observed = {
        "stage": np.array([STAGE_NAMES[int(stage)] for stage in state.stage[who]], dtype=object),
        "area": world.people.area[who],
        "limb": limbs[np.where(window[who], state.limb[who], -1)],
        "weeks_since_notice": np.where(window[who], week - state.notice_wk[who], -1), **planted,
        "weeks_since_request": np.where(np.isin(state.stage[who], (REQUESTED, ASSESSING, DRAFTED)),
                                        week - state.requested_wk[who], -1),
        "by_parent": world.people.by_parent[who].astype(int),
        "reports_outstanding": np.where(state.stage[who] == ASSESSING, (state.advice_due[who] > week).sum(axis=1), 0),
        "psychology_in": (state.psychology_wk[who] >= 0).astype(int),
        "weeks_since_plan": np.where(state.stage[who] == PLAN, week - last, -1),
        "review_stage": state.review_stage[who], "phase_transfer": state.phase[who],
        "weeks_to_meeting": np.where(state.stage[who] == PLAN, np.clip(state.meeting_wk[who] - week, -1, 60), -1),
        "age_years": ((week * 7 - world.people.birth_day[who]) / 365.25).round(1),
        "early_meeting_held": (disputes.early_effect_has_begun(world, who)).astype(int),
    }
    return who, latent, observed


def unmet_duty(world: World, who: np.ndarray) -> np.ndarray:
    """Return how much duty is in truth unmet, in points; the family's voice has no part in it.

    A live unlawful refusal 3, no place for a child for whom one was agreed 2, reports missing from the plan 1.5, an
    assessment past 20 weeks 1 and past 40 a further 1, a review decision past four weeks 0.5, provision left vague 0.5,
    a message unanswered 0.25 (up to 1); times exp(0.2 severity).
    """
    state, week = world.state, world.week
    refused = (state.stage[who] == REFUSED) & (state.wrong[who] == 1)
    waiting = np.isin(state.stage[who], (REQUESTED, ASSESSING, DRAFTED))
    age = np.where(waiting, week - state.requested_wk[who], 0)
    plan = state.stage[who] == PLAN
    late_review = plan & (state.review_stage[who] == 1) & (week > state.meeting_wk[who] - 46 + 4)
    points = 3.0 * refused + 2.0 * (plan & (state.unnamed[who] == 1)) + 1.5 * (plan & (state.missing[who] > 0))
    points += 1.0 * (age > 20) + 1.0 * (age > 40) + 0.5 * late_review + 0.5 * (plan & (state.vague[who] > 0.9))
    points += 0.25 * np.minimum(state.overdue[who], 4)
    return points * np.exp(0.2 * world.people.severity[who])


def registration_chances(world: World) -> np.ndarray:
    """Return the chance that a dispute is registered within k weeks of its start: limb x place only x k."""
    draw = Streams(20_26).uniform("roads", 6, 20_000)
    chances = np.zeros((len(LIMB), 2, HORIZON_WEEKS + 1))
    for number in range(len(LIMB)):
        for alone in (0, 1):
            limb = np.full(draw.shape[1], number)
            way = disputes.road(world, limb, np.full(draw.shape[1], bool(alone)), draw)
            for weeks in range(HORIZON_WEEKS + 1):
                chances[number, alone, weeks] = np.mean(way.registered <= weeks)
    return chances


def path_risks(world: World, step: object, paths: int, seed: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Return each case's true chance of a registered appeal within 182 days, averaged over paths lived forward.

    On each path the whole authority lives on for 26 weeks with fresh chances and no new appeals; the chance that an
    appeal starts in week t, given none before, is h_t times the product of (1 - h) before it, and each start is
    weighted by the chance that it is registered in the weeks that are left. That average over paths is the true risk,
    with less noise than counting appeals (Rao and Blackwell). Weeks already fixed, such as the day a report will
    come, stay fixed.
    """
    names = ("risk_182", "risk_182_untreated", "risk_182_ordinary_voice")
    total = {name: np.zeros(len(world)) for name in names}
    for path in range(paths):
        fork = world.forked(Streams(*seed, world.week, path))
        none_yet = {name: np.ones(len(world)) for name in names}
        for ahead in range(1, HORIZON_WEEKS + 1):
            if fork.week + 1 >= fork.calendar.weeks:
                fork.desks = fork.desks.one_more_week()
            fork.week += 1
            step(fork)  # type: ignore[operator]
            chances = registration_chances_now(fork)
            who, *each = disputes.hazards(fork)
            alone = disputes.place_only(fork, who).astype(int)
            weight = chances[fork.state.limb[who], alone, HORIZON_WEEKS - ahead]
            for name, hazard in zip(names, each, strict=True):
                total[name][who] += none_yet[name][who] * hazard * weight
                none_yet[name][who] *= 1 - hazard
    return {name: value / max(paths, 1) for name, value in total.items()}


_CHANCES: dict[tuple, np.ndarray] = {}


def registration_chances_now(world: World) -> np.ndarray:
    """Return the chances of `registration_chances` under the law and settings of the week, worked out once."""
    key = (world.since(world.settings.law_change_on), world.settings.on("mediation"))
    if key not in _CHANCES:
        _CHANCES[key] = registration_chances(world)
    return _CHANCES[key]
