"""A pilot drawn by hand, with round numbers, for the tests of the business case."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from dispute_risk.mediation.business_case import BusinessCase, business_case, drafted_inputs
from dispute_risk.mediation.effect import Effect, Naive, refused
from dispute_risk.mediation.naive import NaiveNational
from dispute_risk.mediation.pilot_facts import PilotFacts
from dispute_risk.tribunal.costs import unit_costs

AS_OF = dt.date(2025, 6, 30)
NATIONAL = NaiveNational(2024, 1000, 140, 2500, 280)
OWN = Effect("doubly_robust", -6.0, -9.0, -3.0, 1.53, 8.0, 14.0, 400, 900, take_up=0.4, data="here", method="Weekly trials.",
             naive=Naive(2.0, 0.5, 3.5))
REFUSES = refused("staggered", ["Too few areas: 2; at least 4 are needed."], naive=Naive(1.0, 0.0, 2.0))


def facts(**changed: object) -> PilotFacts:
    by_area = pd.DataFrame({"decisions": [1000, 1500, 500], "offers": [100, 150, 0], "appeals": [40, 60, 15],
                            "ever_offered": [200, 300, 0]}, index=["East", "North", "South"])
    given = {"as_of": AS_OF, "by_area": by_area, "offers_followed": 400, "meetings_held": 160, "appeals_closed": 200,
             "appeals_decided": 130, "offered_decisions": 350, "offered_appealed": 28, "other_decisions": 4000,
             "other_appealed": 80, "met": 100, "met_appealed": 25, **changed}
    return PilotFacts(**given)


def case(designs: tuple[Effect, ...] = (REFUSES,), synthetic: bool = True, inputs=None, authority: str = "Drawn by hand",
         **changed: object) -> BusinessCase:
    pilot = facts(**changed)
    drafted, effect = drafted_inputs(pilot, designs, unit_costs())
    return business_case(inputs or drafted, pilot, effect, designs, authority=authority, as_of=AS_OF, synthetic=synthetic,
                         costs=unit_costs(), national=NATIONAL, draws=2000)
