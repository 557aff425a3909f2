"""Whether a rate differs from England's by more than chance, and by more than authorities ordinarily differ.

Source: D. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in Medicine 24 (2005)
1185-1202.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from dispute_risk.england.measures import Rate, rate_called
from dispute_risk.england.published import Published, published

__all__ = ["POSITIONS", "Funnel", "funnel", "funnel_of_counts"]

Z_95, Z_998 = 1.959964, 3.090232
"""Two-sided 95 % and 99.8 % limits, the usual two pairs of a funnel plot."""

POSITIONS: dict[str, str] = {
    "chance": "no further from England than chance alone would put it",
    "ordinary": "further from England than chance alone, and within the ordinary spread between authorities",
    "unusual": "outside the ordinary spread between authorities (95% limits)",
    "far_out": "far outside the ordinary spread between authorities (99.8% limits)",
}
"""What each position in the funnel means, in words."""


@dataclass(frozen=True)
class Funnel:
    """A rate of every authority against England's, with limits for chance and for the ordinary spread.

    Parameters
    ----------
    label, base : str
        What the rate is and its base.
    year : int
    target : float
        England's rate, per cent, over the authorities compared.
    phi : float
        Over-dispersion: 1 where authorities differ by chance alone, 10 where the spread is ten times that.
    tau : float
        Standard deviation between authorities on the arcsine scale, 0 where the spread is what chance gives.
    table : DataFrame
        Authority by authority: `count`, `base`, `rate` (per cent), `region`, `z_chance`, `z_spread`, `position` (key of
        `POSITIONS`), `rank` (1 the highest rate).
    method : {'additive', 'multiplicative', 'none'}
    """

    label: str
    base: str
    year: int
    target: float
    phi: float
    tau: float
    table: pd.DataFrame
    method: str = "additive"

    def limits(self, base: object, z: float = Z_95, chance_only: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Return the lower and upper limits (per cent) for bases of these sizes.

        Parameters
        ----------
        base : array of float
            Sizes of the base, above 0.
        z : float
            1.96 for 95 % limits, 3.09 for 99.8 %.
        chance_only : bool
            Limits for chance alone, without the ordinary spread between authorities.
        """
        centre = np.arcsin(np.sqrt(self.target / 100))
        error = _standard_error(np.asarray(base, float))
        if not chance_only:
            error = error * np.sqrt(self.phi) if self.method == "multiplicative" else np.hypot(error, self.tau)
        low = np.clip(centre - z * error, 0, np.pi / 2)
        high = np.clip(centre + z * error, 0, np.pi / 2)
        return 100 * np.sin(low) ** 2, 100 * np.sin(high) ** 2

    def summary(self) -> str:
        """Say in two sentences how much authorities differ and how the limits were drawn."""
        tally = self.table["position"].value_counts()
        outside = int(tally.get("unusual", 0) + tally.get("far_out", 0))
        return (
            f"{self.label}, {self.year}: England {self.target:.1f} per 100. {len(self.table)} authorities; the spread "
            f"between them is {self.phi:.0f} times what chance alone would give. {outside} lie outside the 95% limits "
            "that allow for that spread."
        )


def funnel(rate: Rate | str, year: int, source: Published | None = None, method: str = "additive") -> Funnel:
    """Return the funnel of one declared rate in one year.

    Parameters
    ----------
    rate : Rate or str
        A declared rate or its name.
    year : int
        Calendar year.
    source : Published, optional
        The figures; by default those shipped.
    method : {'additive', 'multiplicative', 'none'}
        How the limits allow for over-dispersion. Additive is the default: the differences between authorities do not
        shrink with size, so multiplying narrow limits would still flag nearly every large authority.

    Raises
    ------
    ValueError
        Where fewer than ten authorities published the rate that year.

    Examples
    --------
    >>> bool(funnel("appeal_rate_old_base", 2024).phi > 10)
    True
    """
    rate = rate_called(rate) if isinstance(rate, str) else rate
    figures = source or published()
    table = figures.compared(rate, year)
    if len(table) < 10:
        raise ValueError(f"{rate.label}: only {len(table)} authorities published it for {year}; a funnel needs ten")
    return funnel_of_counts(table, rate.label, rate.base, year, method)


def funnel_of_counts(
    table: pd.DataFrame, label: str, base: str, year: int, method: str = "additive", winsorised: float = 0.1
) -> Funnel:
    """Return the funnel of any counts over bases.

    Parameters
    ----------
    table : DataFrame
        Columns `count` and `base` (above 0), one row an authority.
    label, base : str
        What is counted, and over what, in words.
    year : int
        Calendar year.
    method : {'additive', 'multiplicative', 'none'}
        How the limits allow for over-dispersion.
    winsorised : float
        Share of the z-scores in each tail drawn in before the spread is measured, so that a few authorities far out do
        not widen the limits that are to show them. Drawing in lowers the spread by a known factor (0.68 at 0.1), which
        is put back, so that about 5 % of authorities lie outside the 95 % limits where nothing is unusual.
    """
    if method not in ("additive", "multiplicative", "none"):
        raise ValueError(f"method {method!r} is not one of additive, multiplicative, none")
    count, size = table["count"].to_numpy(float), table["base"].to_numpy(float)
    target = count.sum() / size.sum()
    error = _standard_error(size)
    z_chance = (np.arcsin(np.sqrt(np.clip(count / size, 0, 1))) - np.arcsin(np.sqrt(target))) / error
    low, high = np.quantile(z_chance, [winsorised, 1 - winsorised])
    phi = float(np.mean(np.clip(z_chance, low, high) ** 2)) / _drawn_in(winsorised)
    tau = _between(phi, error)
    over = phi > 1 + 2 * np.sqrt(2 / len(size)) and method != "none"  # otherwise the spread is what chance would give
    phi, tau = (phi, tau) if over else (1.0, 0.0)
    z_spread = z_chance / np.sqrt(phi) if method == "multiplicative" else z_chance * error / np.hypot(error, tau)
    rates = table.assign(rate=100 * count / size, z_chance=z_chance, z_spread=z_spread)
    rates["position"] = _positions(z_chance, z_spread)
    rates["rank"] = rates["rate"].rank(ascending=False, method="min").astype(int)
    return Funnel(label, base, year, 100 * float(target), phi, tau, rates, method)


def _standard_error(size: np.ndarray) -> np.ndarray:
    """Standard error of a proportion on the arcsine scale; the same at every rate."""
    return 1 / (2 * np.sqrt(size))


def _drawn_in(winsorised: float) -> float:
    """Expected mean square of standard normal values once this share of each tail is drawn in."""
    if winsorised <= 0:
        return 1.0
    normal = NormalDist()
    cut = normal.inv_cdf(1 - winsorised)
    return 1 - 2 * winsorised - 2 * cut * normal.pdf(cut) + 2 * winsorised * cut**2


def _between(phi: float, error: np.ndarray) -> float:
    """Standard deviation between authorities by the method of moments (Spiegelhalter 2005, section A.3)."""
    weight = 1 / error**2
    number = len(error)
    variance = (number * phi - (number - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return float(np.sqrt(max(variance, 0.0)))


def _positions(z_chance: np.ndarray, z_spread: np.ndarray) -> list[str]:
    chance, spread = np.abs(z_chance), np.abs(z_spread)
    return [
        "far_out" if s > Z_998 else "unusual" if s > Z_95 else "ordinary" if c > Z_95 else "chance"
        for c, s in zip(chance, spread, strict=True)
    ]
