"""How far two officers who coded the causes of the same appeals agree, beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from dispute_risk import terms
from dispute_risk.explain.words import count_in_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Agreement", "agreement", "agreement_by_code"]


@dataclass(frozen=True)
class Agreement:
    """How far two coders agree beyond chance.

    Parameters
    ----------
    kappa : float
        Cohen's kappa; NaN where both gave one and the same code to every appeal, so that chance explains it all.
    low, high : float
        95 % interval by the large-sample standard error.
    appeals : int
    agreed : float
        Share coded alike.
    """

    kappa: float
    low: float
    high: float
    appeals: int
    agreed: float

    def summary(self) -> str:
        """Say it in a sentence."""
        if np.isnan(self.kappa):
            return f"Two coders, {count_in_words(self.appeals, 'appeal')}: one code throughout, so kappa says nothing."
        return (f"Two coders agreed on {self.agreed:.0%} of {count_in_words(self.appeals, 'appeal')}; Cohen's kappa "
                f"{self.kappa:.2f} ({self.low:.2f} to {self.high:.2f}).")


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Return Cohen's kappa of two coders over the same appeals, with its 95 % interval.

    Parameters
    ----------
    first, second : sequence of str
        One code an appeal (the primary cause), in the same order.

    Raises
    ------
    ValueError
        If the lengths differ or there is no appeal.

    References
    ----------
    J. L. Fleiss, J. Cohen and B. S. Everitt (1969), "Large sample standard errors of kappa and weighted kappa",
    Psychological Bulletin 72, 323-327.

    Examples
    --------
    >>> round(agreement(["a", "a", "b", "b"], ["a", "a", "b", "a"]).kappa, 2)
    0.5
    """
    if len(first) != len(second) or not len(first):
        raise ValueError(f"two codings of the same appeals are needed; got {len(first)} and {len(second)}")
    codes = sorted({*first, *second})
    place = {code: number for number, code in enumerate(codes)}
    table = np.zeros((len(codes), len(codes)))
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    share = table / len(first)
    row, column = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float(np.trace(share)), float(row @ column)
    if np.isclose(chance, 1):
        return Agreement(float("nan"), float("nan"), float("nan"), len(first), observed)
    kappa = (observed - chance) / (1 - chance)
    diagonal = float(np.sum(np.diag(share) * (1 - (row + column) * (1 - kappa)) ** 2))
    crossed = share * (row[None, :] + column[:, None]) ** 2
    off_diagonal = (1 - kappa) ** 2 * float(crossed.sum() - np.trace(crossed))
    variance = (diagonal + off_diagonal - (kappa - chance * (1 - kappa)) ** 2) / (len(first) * (1 - chance) ** 2)
    margin = NormalDist().inv_cdf(0.975) * max(variance, 0) ** 0.5
    return Agreement(kappa, max(kappa - margin, -1.0), min(kappa + margin, 1.0), len(first), observed)


def agreement_by_code(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return for each cause how far two coders agree on whether it was there, several causes an appeal allowed.

    Parameters
    ----------
    first, second : sequence of sequence of str
        The causes of each appeal by each coder.

    Returns
    -------
    DataFrame
        Indexed by cause: kappa, low, high, agreed, first, second (appeals with the cause by each coder).
    """
    import pandas as pd

    rows = {}
    for code in terms.CAUSE:
        one, other = [code in causes for causes in first], [code in causes for causes in second]
        if any(one) or any(other):
            found = agreement([str(value) for value in one], [str(value) for value in other])
            rows[code] = (found.kappa, found.low, found.high, found.agreed, sum(one), sum(other))
    columns = ["kappa", "low", "high", "agreed", "first", "second"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("cause")
