"""Appeals of the invented authority: the decision to appeal, mediation, registration, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dispute_risk import terms
from dispute_risk.records.synthetic import causes
from dispute_risk.records.synthetic.ledger import BLANK, LIMB, code
from dispute_risk.records.synthetic.plans import start_draft, write_final
from dispute_risk.records.synthetic.requests import open_requests
from dispute_risk.records.synthetic.world import CLOSED, PLAN, REFUSED, World

__all__ = ["Road", "hazards", "road", "week_of_disputes"]

IN_MEDIATION, LODGED, REGISTERED = 1, 2, 3
MEDIATED = {"refuse_to_assess": 0.76, "refuse_to_issue": 0.66, "plan_issued": 0.34, "plan_amended": 0.34,
            "refuse_to_reassess": 0.5, "refuse_to_amend": 0.4, "cease_to_maintain": 0.4}
SETTLED = {"refuse_to_assess": 0.855, "refuse_to_issue": 0.78, "plan_issued": 0.62, "plan_amended": 0.62,
           "refuse_to_reassess": 0.7, "refuse_to_amend": 0.62, "cease_to_maintain": 0.6}
"""Of families who start an appeal: share with mediation held, and share of those settled there. England 2024:
mediation after 27 % of refusals to assess, of which 14 % were appealed; 33 % and 22 % of refusals to issue; 38 % of
mediations about plans were appealed."""
DECIDED, CONCEDED, CONSENT, WITHDRAWN = 0.665, 0.12, 0.11, 0.10
"""Shares of outcomes; about two thirds decided at a hearing (2022/23 to 2024/25), the rest invented."""
_MEDIATED = np.array([MEDIATED[limb] for limb in LIMB])
_SETTLED = np.array([SETTLED[limb] for limb in LIMB])
_GROUND = {value: number for number, value in enumerate(terms.GROUND)}


@dataclass(frozen=True)
class Road:
    """Weeks from the start of a dispute to its stages; 9,999 where a stage is not reached."""

    mediated: np.ndarray
    settled: np.ndarray
    certificate: np.ndarray
    held: np.ndarray
    lodged: np.ndarray
    registered: np.ndarray


def road(world: World, limb: np.ndarray, place_only: np.ndarray, draw: np.ndarray) -> Road:
    """Draw how a dispute goes from here: certificate, mediation, settlement, lodging, registration.

    An appeal about section I alone needs no certificate (Children and Families Act 2014 s.55).
    """
    extra = 1.5 if world.since(world.settings.law_change_on) else 1.0
    share = _MEDIATED[limb] * extra * world.settings.on("mediation")
    mediated = (draw[0] < share) & ~place_only
    settled = mediated & (draw[1] < _SETTLED[limb])
    held = 2 + (draw[2] * 3).astype(np.int32)
    certificate = np.where(mediated, held + 1, 1)
    lodged = np.where(place_only, 1, certificate + 1 + (draw[3] * 2.5).astype(np.int32))
    lodged = np.where(settled, 9_999, lodged)
    return Road(mediated, settled, certificate, held, lodged, lodged + 2 + (draw[4] * 2).astype(np.int32))


def hazards(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the cases whose window is open and their weekly chance of starting: as is, without early resolution,
    and with an ordinary voice."""
    who = causes.open_windows(world)
    rest = causes.observed_log_hazard(world, who) + causes.hidden_log_hazard(world, who)
    voice = causes.voice_log_hazard(world, who)
    factor = np.where(early_effect_has_begun(world, who), world.state.early_factor[who], 1.0)
    chance = [1 - np.exp(-np.exp(np.minimum(log, 2.0)) * times)
              for log, times in ((rest + voice, factor), (rest + voice, 1.0), (rest, 1.0))]
    return who, chance[0], chance[1], chance[2]


def early_effect_has_begun(world: World, who: np.ndarray) -> np.ndarray:
    """Return which cases have had their early-resolution meeting on the live decision."""
    held = world.state.early_wk[who]
    return (held >= 0) & (held <= world.week)


def week_of_disputes(world: World) -> None:
    """Start the disputes of this week, carry on those under way, and end those the Tribunal decides."""
    draw = world.uniform("disputes", 10)
    _settle(world)
    _lodge(world, draw)
    _register(world, draw)
    _end(world)
    if not world.suppress_appeals:
        _start(world, draw)


def _start(world: World, draw: np.ndarray) -> None:
    state, week = world.state, world.week
    open_now, chance, _, _ = hazards(world)
    who = open_now[draw[0, open_now] < chance]
    way = road(world, state.limb[who], place_only(world, who), draw[1:6, who])
    needs = ~place_only(world, who)
    asked = who[needs]
    state.mediation_row[who] = -1
    result = np.where(way.settled, np.where(draw[6, who] < 0.75, 1, 2), np.where(way.mediated, 3, 0))[needs]
    held = np.where(way.mediated, (week + way.held) * 7 + 2, BLANK)[needs]
    state.mediation_row[asked] = world.ledger.open(
        "mediations", asked, decision_type=state.limb[asked], requested=week * 7 + 2, held=held, result=result,
        certificate=((week + way.certificate) * 7 + 1)[needs], pilot=0,
        agreement_due=np.where(np.isin(result, (1, 2)), held + 35, BLANK),
        agreement_done=np.where(np.isin(result, (1, 2)) & (draw[6, asked] < 0.6), held + 30, BLANK))
    state.dispute[who] = IN_MEDIATION
    state.settle_wk[who] = np.where(way.settled, week + way.held, -1)
    state.lodge_wk[who] = np.where(way.settled, -1, week + way.lodged)
    state.register_wk[who] = np.where(way.settled, -1, week + way.registered)


def place_only(world: World, who: np.ndarray) -> np.ndarray:
    """Return which disputes would be about the school alone: no other failing in the plan."""
    state = world.state
    plans = np.isin(state.limb[who], (LIMB["plan_issued"], LIMB["plan_amended"]))
    place = (state.unnamed[who] == 1) | (state.preference_refused[who] == 1)
    return plans & place & (state.missing[who] == 0) & (state.ignored[who] == 0)


def _settle(world: World) -> None:
    who = np.flatnonzero((world.state.dispute == IN_MEDIATION) & (world.state.settle_wk == world.week))
    world.state.dispute[who] = 0
    _put_right(world, who, only_some=0.8)


def _lodge(world: World, draw: np.ndarray) -> None:
    state, week = world.state, world.week
    who = np.flatnonzero((state.dispute == IN_MEDIATION) & (state.lodge_wk == week))
    state.dispute[who] = LODGED


def _register(world: World, draw: np.ndarray) -> None:
    state, week = world.state, world.week
    who = np.flatnonzero((state.dispute == LODGED) & (state.register_wk == week))
    if not len(who):
        return
    day = week * 7 + 1 + (draw[7, who] * 3).astype(np.int32)
    phase = (state.limb[who] == LIMB["plan_amended"]) & (world.calendar.monday(week).month in (2, 3, 4, 5))
    decided = draw[8, who] < DECIDED
    months = np.where(phase, 4.5 + 2 * draw[9, who], 8.5 + 5 * draw[9, who])
    months = np.where(decided, months, months * (0.3 + 0.5 * draw[6, who]))
    state.appeal_end_wk[who] = week + (months * 4.35).astype(np.int32)
    hearing = np.where(decided, state.appeal_end_wk[who] * 7 - 10, week * 7 + 300)
    lost = np.where(state.wrong[who] == 1, 0.993, 0.982)
    outcome = np.where(draw[9, who] > lost, code("appeals", "outcome", "dismissed"),
                       np.where(draw[6, who] < 0.6, code("appeals", "outcome", "upheld_part"),
                                code("appeals", "outcome", "upheld_family")))
    left = (draw[8, who] - DECIDED) / (1 - DECIDED)
    early = np.searchsorted(np.cumsum([CONCEDED, CONSENT, WITHDRAWN]) / (1 - DECIDED), np.maximum(left, 0))
    state.appeal_row[who] = world.ledger.open(
        "appeals", who, registered=day, lodged=state.lodge_wk[who] * 7 + 2, response_due=day + 42,
        hearing=hearing, outcome=np.where(decided, outcome, early), outcome_on_wk=state.appeal_end_wk[who],
        outcome_day=state.appeal_end_wk[who] * 7 + 3, grounds=_grounds(world, who, draw), **_papers(world, who, day, hearing),
        extended=((draw[6, who] < 0.12) & (state.limb[who] != 0)).astype(int), causes=_coded_causes(world, who))
    state.dispute[who] = REGISTERED
    state.prior[who] += 1


def _papers(world: World, who: np.ndarray, day: np.ndarray, hearing: np.ndarray) -> dict[str, np.ndarray]:
    # One response in five is late; an appeal that ends before its response was sent has none. Shares invented.
    draw = world.uniform("appeal_papers", 2)
    sent = day + 42 + (20 * draw[0, who]).astype(np.int32) - 16
    return {"papers_received": day + 1 + (3 * draw[1, who]).astype(np.int32), "evidence_due": hearing - 35,
            "response_sent": np.where(sent < world.state.appeal_end_wk[who] * 7 + 3, sent, BLANK), "bundle_due": hearing - 14}


def _grounds(world: World, who: np.ndarray, draw: np.ndarray) -> np.ndarray:
    # One bit a ground, in the order of the codelist.
    state = world.state
    limb = state.limb[who]
    bits = np.zeros(len(who), np.int32)
    for name in ("refuse_to_assess", "refuse_to_issue", "refuse_to_reassess", "refuse_to_amend", "cease_to_maintain"):
        bits |= np.where(limb == LIMB[name], 1 << _GROUND[name], 0).astype(np.int32)
    plans = np.isin(limb, (LIMB["plan_issued"], LIMB["plan_amended"]))
    contents = plans & ~place_only(world, who)
    parts = {"needs": contents & (draw[7, who] < 0.7), "provision": contents,
             "no_placement": plans & (state.unnamed[who] == 1),
             "placement": plans & (state.unnamed[who] == 0) & ((state.preference_refused[who] == 1)
                                                                 | (draw[8, who] < 0.35))}
    for name, said in parts.items():
        bits |= np.where(said, 1 << _GROUND[name], 0).astype(np.int32)
    return bits


def _coded_causes(world: World, who: np.ndarray) -> np.ndarray:
    state = world.state
    names = list(terms.CAUSE)
    said = {"threshold_misapplied": (state.limb[who] <= 1) & (state.wrong[who] == 1),
            "advice_missing": state.missing[who] > 0, "evidence_ignored": state.ignored[who] > 0,
            "no_school_named": state.unnamed[who] == 1, "placement_refused": state.preference_refused[who] == 1,
            "section_f_unspecific": state.vague[who] > 0.9, "quality_for_speed": state.rushed[who] == 1,
            "communication_gap": state.overdue[who] > 1}
    bits = np.zeros(len(who), np.int32)
    for name, present in said.items():
        bits |= np.where(present, 1 << names.index(name), 0).astype(np.int32)
    return bits


def _end(world: World) -> None:
    state = world.state
    who = np.flatnonzero((state.dispute == REGISTERED) & (state.appeal_end_wk <= world.week))
    world.ledger.fill("appeals", state.appeal_row[who], outcome_known=1)
    state.dispute[who] = 0
    _put_right(world, who, only_some=0.85)


def _put_right(world: World, who: np.ndarray, only_some: float) -> None:
    # What was refused is begun; what was missing from a plan is put in; the right of appeal starts afresh.
    state = world.state
    draw = world.uniform("put_right", 12)
    who = who[draw[0, who] < only_some]
    refused = who[state.stage[who] == REFUSED]
    open_requests(world, refused[state.limb[refused] == 0], draw, ordered=True)
    drafts = refused[state.limb[refused] == 1]
    start_draft(world, drafts, draw)
    plans = who[(state.stage[who] == PLAN) & (state.review_stage[who] == 0)]
    state.missing[plans], state.ignored[plans], state.preference_refused[plans] = 0, 0, 0
    state.section_i[plans] = 0
    state.agreed_special[plans] |= state.unnamed[plans]
    held = state.meeting_wk[plans].copy()
    write_final(world, plans, "amended_final", draw)
    state.meeting_wk[plans] = held
    state.limb[plans] = -1
    stays = who[state.stage[who] != CLOSED]
    state.close_wk[stays] = -1
