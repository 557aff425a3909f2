"""The lot that is kept for learning: who is left without the extra step this year, and who comes first among near equals.

Only the extra step is drawn for. What is owed to a family, what the law asks, and the list of the unheard are never in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

import numpy as np

__all__ = ["NO_LOTTERY", "Drawn", "Lottery", "draw_first", "ties"]

ROTATES_IN_MONTH = 4
"""The year of the hold-out begins in April, with the financial year."""
SCALE = 2**56


@dataclass(frozen=True)
class Lottery:
    """What a signed policy file says about the lot.

    Parameters
    ----------
    hold_out : float
        Share of cases left without the extra step for a year; 0 for none.
    band : float
        Around the last place, cases within this share of the places before and after it are put in random order.
    salt : str
        A word of the authority's own, so that nobody outside can work the lot out.
    signed_by : str
        Who signed for it; without a name there is no lottery.
    """

    hold_out: float = 0.15
    band: float = 0.20
    salt: str = ""
    signed_by: str = ""

    @property
    def on(self) -> bool:
        """Whether there is a lottery: it is opted into, and signed for."""
        return bool(self.signed_by and self.salt and (self.hold_out > 0 or self.band > 0))

    def problems(self) -> list[str]:
        """Return everything that is wrong with what was given."""
        wrong = [f"{name} = {getattr(self, name)!r} is not from 0 to {most:g}."
                 for name, most in (("hold_out", 0.5), ("band", 0.5)) if not 0 <= getattr(self, name) <= most]
        wrong += [f"{name} is blank. {why}" for name, why in (
            ("salt", "Write a word of your own."), ("signed_by", "Write who signed for the lottery.")) if not getattr(self, name)]
        return wrong

    def held_out(self, case_id: np.ndarray, as_of: dt.date) -> np.ndarray:
        """Return which cases are left without the extra step in the year of a date: the same all year, others the next.

        >>> Lottery(0.5, salt="a", signed_by="b").held_out(np.array(["1", "2"]), dt.date(2025, 6, 2)).shape
        (2,)
        """
        if not self.on:
            return np.zeros(len(case_id), bool)
        year = as_of.year - (as_of.month < ROTATES_IN_MONTH)
        return np.array([_share_of(f"{self.salt}|{year}", str(one)) for one in case_id]) < self.hold_out

    def seed(self, as_of: dt.date, area: str) -> int:
        """Return the seed of the draw of a week in an area: the same salt, date and area give the same list again."""
        return int.from_bytes(hashlib.blake2b(f"{self.salt}|{as_of}|{area}".encode(), digest_size=7).digest())


NO_LOTTERY = Lottery(0.0, 0.0)


def _share_of(key: str, name: str) -> float:
    digest = hashlib.blake2b(name.encode(), key=hashlib.blake2b(key.encode(), digest_size=32).digest(), digest_size=7)
    return int.from_bytes(digest.digest()) / SCALE


def ties(case_id: np.ndarray, as_of: dt.date) -> np.ndarray:
    """Return what decides between equal cases in a week: nothing but the case and the date, so that no file's order does."""
    return np.array([_share_of(as_of.isoformat(), str(one)) for one in case_id])


@dataclass(frozen=True)
class Drawn:
    """The places of one area in one week, and the chance each case had of one.

    Parameters
    ----------
    rows : ndarray of int
        Positions that got a place, first first.
    chance : ndarray of float
        For every position given: its chance of a place before the draw. 0 where it could not get one.
    order : ndarray of int
        Every position that could get a place, in the order after the draw.
    band : ndarray of int
        Positions among whom the lot decided.
    """

    rows: np.ndarray
    chance: np.ndarray
    order: np.ndarray
    band: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))


def draw_first(
    value: np.ndarray, places: int, lottery: Lottery = NO_LOTTERY, seed: int = 0, tie: np.ndarray | None = None
) -> Drawn:
    """Return who gets a place: the largest values, and by lot among those near the last place.

    Of the order by value, positions within `band` of the number of places before and after the last one are near equals:
    they are shuffled, so that each has the same chance. Who stands higher is certain of a place, who stands lower has none.

    Parameters
    ----------
    value : ndarray of float
        NaN or nothing: cannot get a place.
    places : int
    lottery : Lottery
    seed : int
    tie : ndarray, optional
        What decides between equal values, smaller first; else the order given.

    Examples
    --------
    >>> drawn = draw_first(np.arange(10.0), 5, Lottery(0.0, 0.2, "s", "head of SEND"), seed=3)
    >>> drawn.chance.tolist()
    [0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0]
    """
    can = np.flatnonzero(np.nan_to_num(value) > 0)
    order = can[np.lexsort((np.arange(len(can)) if tie is None else tie[can], -value[can]))]
    chance = np.zeros(len(value))
    width = int(np.ceil(lottery.band * places - 1e-9)) if lottery.on else 0
    low, high = max(places - width, 0), min(places + width, len(order))
    if len(order) <= places or width == 0:
        chance[order[:places]] = 1.0
        return Drawn(order[:places], chance, order)
    band = order[low:high]
    chance[order[:low]] = 1.0
    chance[band] = (places - low) / len(band)
    mixed = np.random.default_rng(seed).permutation(band)
    order = np.concatenate([order[:low], mixed, order[high:]])
    return Drawn(order[:places], chance, order, np.sort(band))
