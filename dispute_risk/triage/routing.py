"""Who comes first and which step fits: the declared rules, and the place where a policy learned from effects can stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dispute_risk.triage.actions import Choice, Situation, choose_steps

if TYPE_CHECKING:
    from dispute_risk.triage.snapshot import OpenCases

__all__ = ["DECLARED_RULES", "DeclaredRules", "Routing"]


class Routing(Protocol):
    """What decides the order of the likely disputes and the steps of a case.

    A later stage may hand in one of its own (`weekly_lists(..., routing=...)`), such as a policy that rests on the measured
    effect of an offer. Whatever it says, a duty stays owed: steps that are owed are put back in front of any other
    (`triage.slots.routes`).
    """

    @property
    def name(self) -> str:
        """What it is, for the pages; '' where there is nothing to say."""

    def benefit(self, cases: OpenCases) -> np.ndarray:
        """Return by how much each open case stands to gain from a step, larger first; NaN for one that is not to be listed."""

    def choice(self, cases: OpenCases, row: int, situation: Situation, which_list: str) -> Choice:
        """Return the eligible steps of one case on a list, the one to take first in front, with what put it first."""

    def drawn(self, cases: OpenCases) -> list[dict[str, Any]]:
        """Return, for the record, each case that had a chance of a place, with that chance; none where no lot is drawn."""

    def about(self, cases: OpenCases) -> dict[str, Any]:
        """Return, for the record of the run, what the order rests on, such as the seeds of a draw."""


class DeclaredRules:
    """The rules of `triage.actions`: by risk, and duties before offers.

    The benefit of a step is taken to be the same share of every risk until a pilot of the authority's own says otherwise.
    """

    name = ""

    def benefit(self, cases: OpenCases) -> np.ndarray:
        """Return the risks."""
        return cases.risk

    def choice(self, cases: OpenCases, row: int, situation: Situation, which_list: str) -> Choice:
        """Return the steps by the declared rules."""
        return choose_steps(situation, which_list)

    def drawn(self, cases: OpenCases) -> list[dict[str, Any]]:
        """Return nothing: no lot is drawn."""
        return []

    def about(self, cases: OpenCases) -> dict[str, Any]:
        """Return nothing: the rules are those declared."""
        return {}


DECLARED_RULES = DeclaredRules()
