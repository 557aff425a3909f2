"""What an offer multiplies the risk of an appeal by, cause by cause: the likelihood of it, and what is taken before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dispute_risk.mediation.benefit import CAUSES

__all__ = ["EFFECTS", "Information", "TrialByCause"]

EFFECTS = ("general", "place_only", *(cause.name for cause in CAUSES))
"""The logs of by what an offer multiplies the risk: in general, of disputes about the place alone, and what each cause adds."""
GENERAL_SD, PLACE_SD, CAUSE_SD = 0.30, 0.15, 0.35
"""How far each may lie from what is taken before (methods 6.1)."""
RISK_SD = 1.0
"""How far the risk foretold may be off within a cause, on the log."""
MOST_SIDES = 3.0


@dataclass(frozen=True)
class Information:
    """What is known of `EFFECTS` from elsewhere, in the form in which it can be added up.

    Parameters
    ----------
    weight : ndarray of shape (6, 6)
        Inverse of the covariance; nothing is known in a direction in which it is nothing.
    pull : ndarray of shape (6,)
        The weight times the estimate.
    """

    weight: np.ndarray
    pull: np.ndarray

    @classmethod
    def before(cls, centre: tuple[float, float]) -> Information:
        """Return what is taken before any offer is looked at: the published figure, and no difference between causes."""
        spread = np.array([GENERAL_SD, PLACE_SD, *np.full(len(CAUSES), CAUSE_SD)])
        weight = np.diag(1 / spread**2)
        return cls(weight, weight @ np.array([*centre, *np.zeros(len(CAUSES))]))

    def __add__(self, other: Information) -> Information:
        return Information(self.weight + other.weight, self.pull + other.pull)

    @property
    def mean(self) -> np.ndarray:
        """The estimate; only where something is known in every direction."""
        return np.asarray(np.linalg.solve(self.weight, self.pull))


@dataclass(frozen=True)
class TrialByCause:
    """Cases offered and like them: the risk foretold, what may change the effect, what came of it, and how much each counts.

    The risk foretold may be off within a cause, by chance as well. So it is set right by cause together with the effect, on
    both sides at once; what is then called an effect by cause is a difference between the two sides, and a shift that both
    share is none.

    Parameters
    ----------
    risk : ndarray of float
        Risk of each case without an offer.
    offered : ndarray of bool
    flags : ndarray of shape (cases, causes)
    place : ndarray of bool
        Disputes about the place alone.
    outcome, count : ndarray of float
    centre : tuple of float
        The effect taken before, in general and of the place alone.
    """

    risk: np.ndarray
    offered: np.ndarray
    flags: np.ndarray
    place: np.ndarray
    outcome: np.ndarray
    count: np.ndarray
    centre: tuple[float, float]

    def where(self, mask: np.ndarray) -> TrialByCause:
        """Return the cases of a mask."""
        return TrialByCause(self.risk[mask], self.offered[mask], self.flags[mask], self.place[mask], self.outcome[mask],
                            self.count[mask], self.centre)

    @cached_property
    def sides(self) -> np.ndarray:
        """One column a parameter: the effects, and the same of the risk itself."""
        both = np.column_stack([~self.place, self.place, self.flags]).astype(float)
        return np.hstack([both * self.offered[:, None], both])

    def fit(self, line: np.ndarray) -> float:
        """Return the log-likelihood of the cases."""
        chance, _ = self._chance(line)
        return float((self.count * (self.outcome * np.log(chance) + (1 - self.outcome) * np.log(1 - chance))).sum())

    def likeliest(self, before: Information | None = None) -> np.ndarray:
        """Return the most likely parameters, effects first; effects by cause are nothing where nothing is taken of them before.

        Parameters
        ----------
        before : Information, optional
            None: one figure for all, and one for disputes about the place alone.
        """
        from scipy.optimize import minimize

        known = before or Information.before(self.centre)
        effects = len(EFFECTS)
        centre = np.concatenate([known.mean, np.zeros(effects)])
        weight = np.zeros((2 * effects, 2 * effects))
        weight[:effects, :effects] = known.weight
        weight[effects:, effects:] = np.eye(effects) / RISK_SD**2
        free = np.ones(len(centre), bool)
        free[2:effects] = before is not None

        def loss(part: np.ndarray) -> tuple[float, np.ndarray]:
            line = centre.copy()
            line[free] = part
            chance, slope = self._chance(line)
            pull = weight @ (line - centre)
            push = self.count * (self.outcome / chance - (1 - self.outcome) / (1 - chance)) * slope
            return -self.fit(line) + 0.5 * float((line - centre) @ pull), (pull - self.sides.T @ push)[free]

        found = centre.copy()
        found[free] = minimize(loss, centre[free], jac=True, method="L-BFGS-B").x
        return found

    def information(self) -> Information:
        """Return what these cases alone say of the effects, the risk set right with them (normal near its largest value)."""
        effects, vague = len(EFFECTS), np.eye(len(EFFECTS))
        centre = np.array([*self.centre, *np.zeros(len(CAUSES))])
        line = self.likeliest(Information(vague, vague @ centre))
        chance, slope = self._chance(line)
        whole = (self.sides * (self.count * slope**2 / (chance * (1 - chance)))[:, None]).T @ self.sides
        whole[effects:, effects:] += np.eye(effects) / RISK_SD**2
        across = np.linalg.solve(whole[effects:, effects:], whole[effects:, :effects])
        weight = whole[:effects, :effects] - whole[:effects, effects:] @ across
        # The vague start pulled the line a little towards the centre; at its end the two forces are equal, so it can be taken
        # out again.
        return Information(weight, weight @ line[:effects] + (line[:effects] - centre))

    def _chance(self, line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the chance of an appeal of each case, and its slope in the logs."""
        raw = self.risk * np.exp(np.minimum(self.sides @ line, MOST_SIDES))
        return np.clip(raw, 1e-6, 0.999), raw * (raw < 0.999)
