"""What an order of the Tribunal, or a concession, obliges the authority to do and by when (regulations 44 and 45)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["OBLIGED", "Duty", "Obligation", "duties_after"]

REG_44 = "SEND Regulations 2014 (SI 2014/1530) reg 44(2)"
REG_45 = "SEND Regulations 2014 reg 45 as amended by SI 2015/359 reg 8"


@dataclass(frozen=True)
class Duty:
    """One thing to be done after an order or a concession, with the limit and how far each limit was verified.

    Parameters
    ----------
    kind : str
        `assess`, `make_plan`, `contents`, `section_i` or `maintain`.
    what : str
    weeks : int
        Weeks from the order, or from the authority's notice to the Tribunal; 0 for at once.
    final : bool
        Whether the case is put right with it.
    verified_44, verified_45 : str
        V read in the legislation or a judgment, V2 in a secondary source.
    """

    kind: str
    what: str
    weeks: int
    final: bool
    verified_44: str
    verified_45: str


OBLIGED: tuple[Duty, ...] = (
    Duty("assess", "tell the family that the assessment begins", 2, False, "V", "V"),
    Duty("assess", "if no plan is to be issued after it, say so", 10, False, "V", "V"),
    Duty("assess", "issue the final plan, if there is to be one", 14, True, "V", "V"),
    Duty("make_plan", "send the draft plan", 5, False, "V", "V2"),
    Duty("make_plan", "issue the final plan", 11, True, "V", "V2"),
    Duty("contents", "issue the plan as amended", 5, True, "V", "V"),
    Duty("section_i", "issue the plan with section I as amended", 2, True, "V", "V2"),
    Duty("maintain", "go on maintaining the plan", 0, False, "V", "V2"),
)
"""The limits in force. The regulation 45 of 2014 as first made (4 weeks) still circulates and is not the law."""

KIND_OF_GROUND: dict[str, str] = {
    "refuse_to_assess": "assess",
    "refuse_to_reassess": "assess",
    "refuse_to_issue": "make_plan",
    "needs": "contents",
    "provision": "contents",
    "refuse_to_amend": "contents",
    "placement": "section_i",
    "no_placement": "section_i",
    "cease_to_maintain": "maintain",
}


@dataclass(frozen=True)
class Obligation:
    """One duty with its date."""

    what: str
    due_on: dt.date
    limit: str
    source: str
    verified: str
    final: bool


def duties_after(grounds: Sequence[str], on: dt.date, conceded: bool) -> tuple[Obligation, ...]:
    """Return what must be done after a concession (regulation 45) or an order (regulation 44), and by when.

    Parameters
    ----------
    grounds : sequence of str
        Codes of `terms.GROUND`. Section I together with contents takes the limit of contents; alone its own.
    on : date
        Day of the authority's notice to the Tribunal that it does not oppose the appeal, or day of the order.
    conceded : bool
        True for regulation 45, which holds only where the notice comes before the authority's response.

    Returns
    -------
    tuple of Obligation
        By date.

    Examples
    --------
    >>> [(duty.what, str(duty.due_on)) for duty in duties_after(["placement"], dt.date(2025, 6, 2), True)]
    [('issue the plan with section I as amended', '2025-06-16')]
    """
    kinds = {KIND_OF_GROUND[ground] for ground in grounds}
    if "contents" in kinds:
        kinds.discard("section_i")
    duties = [duty for duty in OBLIGED if duty.kind in kinds]
    return tuple(sorted(
        (
            Obligation(
                duty.what,
                on + dt.timedelta(weeks=duty.weeks),
                f"{duty.weeks} weeks" if duty.weeks else "at once",
                REG_45 if conceded else REG_44,
                duty.verified_45 if conceded else duty.verified_44,
                duty.final,
            )
            for duty in duties
        ),
        key=lambda one: one.due_on,
    ))
