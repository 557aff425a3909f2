"""Shares out the week's places, step by step and area by area: most appeals spared per place, nobody's fair share forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["AIM", "FAIR_PART", "allocate", "by_gain", "fair_weight", "owed_places", "shares_behind"]

FAIR_PART = 0.8
"""Of its share of what is owed in an area, each fifth of deprivation gets at least this part of the places (methods 6.2)."""
AIM, PER_PLACE_BEHIND, LATE = 0.9, 0.2, 4.0
"""Weights lean towards this part early, by so much for each place behind; a floor takes over four places late."""
LEAST_GAIN = 1e-9


def by_gain(gain: np.ndarray, room: int, first: np.ndarray | None = None) -> np.ndarray:
    """Return the positions that get one of the places for one step: the largest gains, those that come first before them.

    Parameters
    ----------
    gain : ndarray of float
        NaN or nothing to gain: never given a place.
    room : int
    first : ndarray of bool, optional
        Who has waited too long; half of the places at most go to them.

    Examples
    --------
    >>> by_gain(np.array([0.1, 0.4, np.nan, 0.2]), 2).tolist()
    [1, 3]
    """
    can = np.flatnonzero(np.nan_to_num(gain) > LEAST_GAIN)
    order = can[np.argsort(-gain[can], kind="stable")]
    if first is None:
        return order[:room]
    waited = order[first[order]][: room // 2]
    rest = order[~np.isin(order, waited)][: max(room - len(waited), 0)]
    return np.concatenate([waited, rest])


def shares_behind(
    need: np.ndarray, group: np.ndarray, area: np.ndarray, room: Mapping[str, int], given: Mapping[tuple[str, str], float],
    part: float,
) -> dict[tuple[str, str], float]:
    """Return by how many places each group is behind `part` of its share of what is owed in its area; below 0 it is ahead.

    With two places a week a fair share is a fraction of a place, so it is kept over weeks: places given so far and those of
    this week, times the group's share of what is owed, times `part`, less what the group has been given.

    Parameters
    ----------
    need : ndarray of float
        What is owed to each case (breach index above the floor; 0 below it).
    group, area : ndarray of str
        A group of '' (not recorded) has no share of its own.
    room : mapping of str to int
        Places of the week by area.
    given : mapping of (area, group) to float
        Places given so far in the period over which shares are kept.
    part : float

    Examples
    --------
    >>> shares_behind(np.array([3.0, 1.0]), np.array(["1", "5"]), np.array(["N", "N"]), {"N": 2}, {("N", "5"): 2}, 0.8)
    {('N', '1'): 2.4000000000000004, ('N', '5'): -1.2}
    """
    behind = {}
    for one, places in room.items():
        here = area == one
        total = float(need[here].sum())
        so_far = sum(count for (where, _), count in given.items() if where == one)
        for name in sorted(set(group[here].tolist()) - {""}):
            share = float(need[here & (group == name)].sum()) / total if total else 0.0
            behind[one, name] = part * share * (so_far + places) - given.get((one, name), 0.0)
    return behind


def owed_places(behind: Mapping[tuple[str, str], float], late: float = LATE) -> dict[tuple[str, str], int]:
    """Return the least number of places each group must get this week: what it is behind by more than `late` places.

    >>> owed_places({("N", "1"): 2.4, ("N", "5"): 0.3}, late=1.0)
    {('N', '1'): 1}
    """
    return {key: int(np.floor(places - late + 1e-9)) for key, places in behind.items() if places - late + 1e-9 >= 1}


def fair_weight(behind: Mapping[tuple[str, str], float], group: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Return by what to multiply the gain of each case: more, the more places its group is behind.

    A little and early costs fewer appeals than a floor that binds late: on invented authorities about 5 in 100 against 12.
    """
    late = [max(behind.get((str(where), str(name)), 0.0), 0.0) for where, name in zip(area, group, strict=True)]
    return 1 + PER_PLACE_BEHIND * np.array(late)


def allocate(
    gain: np.ndarray, area: np.ndarray, room: Sequence[Mapping[str, int]], group: np.ndarray | None = None,
    least: Mapping[tuple[str, str], int] | None = None, first: np.ndarray | None = None,
) -> np.ndarray:
    """Return the step each case gets a place for, -1 for none; a case gets one place at most.

    One step and no floors: the largest gains of each area. Otherwise each area is an integer programme (HiGHS), for which
    the greedy answer may be out.

    Parameters
    ----------
    gain : ndarray of shape (cases, steps)
        Appeals spared if the case gets a place for the step, times what is at stake; NaN where it must not.
    area : ndarray of str
    room : sequence of mapping of str to int
        For each step the places of each area.
    group : ndarray of str, optional
    least : mapping of (area, group) to int, optional
        From `owed_places`; a floor that the cases at hand cannot fill is lowered to what they can.
    first : ndarray of bool, optional
        Who has waited too long (`by_gain`).

    Examples
    --------
    >>> gain = np.array([[0.5, 0.4], [0.45, 0.1]])
    >>> allocate(gain, np.array(["N", "N"]), [{"N": 1}, {"N": 1}]).tolist()
    [1, 0]
    """
    gain = np.asarray(gain, float).reshape(len(area), -1)
    found = np.full(len(area), -1)
    floors = dict(least or {})
    for one in np.unique(area):
        here = np.flatnonzero(area == one)
        places = np.array([int(step.get(str(one), 0)) for step in room])
        wanted = {name: count for (where, name), count in floors.items() if where == str(one) and count > 0}
        if gain.shape[1] == 1 and not wanted:
            found[here[by_gain(gain[here, 0], int(places[0]), None if first is None else first[here])]] = 0
        else:
            groups = np.full(len(here), "") if group is None else group[here]
            found[here] = _programme(gain[here], places, groups, wanted, None if first is None else first[here])
    return found


def _programme(
    gain: np.ndarray, places: np.ndarray, group: np.ndarray, least: Mapping[str, int], first: np.ndarray | None
) -> np.ndarray:
    """Solve one area: as much gain as the places of each step allow, with a least number of places for each group."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    cases, steps = gain.shape
    can = np.nan_to_num(gain) > LEAST_GAIN
    if not can.any() or not places.any():
        return np.full(cases, -1)
    one_each = np.kron(np.eye(cases), np.ones(steps))
    by_step = np.tile(np.eye(steps), cases)
    limits = [LinearConstraint(one_each, -np.inf, 1), LinearConstraint(by_step, -np.inf, places)]
    some = can[:, places > 0].any(axis=1)
    total, left = min(int(places.sum()), int(some.sum())), int(places.sum())
    for name in sorted(least, key=lambda key: -least[key]):
        mine = (group == name) & some
        floor = min(least[name], int(mine.sum()), left, total)
        left -= floor
        limits.append(LinearConstraint(np.repeat(group == name, steps).astype(float)[None, :], floor, np.inf))
    # Who has waited counts as gaining more than anybody else, for half of the places at most: as `by_gain` has it.
    worth = np.where(can, np.nan_to_num(gain), 0.0)
    if first is not None and first.any():
        waited = np.flatnonzero(first & some)
        waited = waited[np.argsort(-worth[waited].max(axis=1), kind="stable")][: int(places.sum()) // 2]
        worth[waited] += np.where(can[waited], worth.max() + 1.0, 0.0)
    solved = milp(-worth.ravel(), integrality=np.ones(cases * steps), bounds=Bounds(0, can.astype(float).ravel()),
                  constraints=limits)
    if solved.x is None:  # floors together ask for more than the steps have: gains alone decide
        return _programme(gain, places, group, {}, first)
    chosen = np.round(solved.x).reshape(cases, steps).astype(bool)
    return np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
