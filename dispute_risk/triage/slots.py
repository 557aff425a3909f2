"""How many cases a week each step has room for in each area, and what a case gets when its first step is full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dispute_risk.explain.words import count_in_words
from dispute_risk.triage.actions import STEPS, Choice, Step

__all__ = ["NO_LIMIT", "Asked", "Route", "Slots", "read_slots", "routes"]

EVERY_AREA = "default"
"""Name of the number that holds for the areas not named."""


@dataclass(frozen=True)
class Slots:
    """Room for each step in a week.

    Parameters
    ----------
    of_step : mapping of str to mapping of str to int
        By step, the number for each area; `default` holds for the others. A step or an area without a number has no limit.
    """

    of_step: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def room(self, step: str, area: str) -> int | None:
        """Return how many cases of an area a step can take in a week; None for no limit.

        >>> Slots({"offer_mediation": {"NE": 2, "default": 1}}).room("offer_mediation", "SW")
        1
        """
        numbers = self.of_step.get(step, {})
        return numbers.get(area, numbers.get(EVERY_AREA))


NO_LIMIT = Slots()


def read_slots(given: Any) -> tuple[Slots, list[str]]:
    """Return the slots of the section `[slots]` of a policy file, and everything that is wrong with it.

    Parameters
    ----------
    given : dict
        By step a whole number for every area, or a number for each area and `default`.

    Examples
    --------
    >>> read_slots({"offer_mediation": {"NE": 2, "default": 1}, "meet_family": 4})[1]
    []
    >>> read_slots({"name_a_school": 3})[1]
    ['name_a_school: it is owed to every family and cannot be rationed. Leave it out.']
    """
    if not isinstance(given, Mapping):
        return NO_LIMIT, ["[slots] must be a section, with a step on each line under it."]
    wrong: list[str] = []
    rationed = sorted(name for name, step in STEPS.items() if not step.owed and name != "keep_for_next_week")
    read: dict[str, dict[str, int]] = {}
    for name, numbers in given.items():
        by_area = numbers if isinstance(numbers, Mapping) else {EVERY_AREA: numbers}
        if name in STEPS and STEPS[name].owed:
            wrong.append(f"{name}: it is owed to every family and cannot be rationed. Leave it out.")
        elif name not in rationed:
            wrong.append(f"{name}: no step that has slots. Allowed: {', '.join(rationed)}.")
        else:
            wrong += [f"{name}, {area}: {number!r} is no number of slots. Write a whole number from 0."
                      for area, number in by_area.items()
                      if isinstance(number, bool) or not isinstance(number, int) or number < 0]
            read[name] = dict(by_area)
    return (NO_LIMIT if wrong else Slots(read)), wrong


@dataclass(frozen=True)
class Asked:
    """What one case asks for on one list.

    Parameters
    ----------
    case_id : str
    choice : Choice
    presses : bool
        Whether the step must be taken before the next list: such cases are given room first.
    """

    case_id: str
    choice: Choice
    presses: bool = False


@dataclass(frozen=True)
class Route:
    """The step a case gets, the one that came second, and what decided it, in plain sentences."""

    step: Step
    second: Step | None
    said: str


def routes(asked: Sequence[Asked], slots: Slots, area: str) -> list[Route]:
    """Return the route of each case of an area, within the room of the week.

    Cases that press are given room first, then the order of the lists decides. A case on two lists with the same step
    takes one place. A step that is owed is never full; where every step of a case is full, the case is called if calls
    have room, and else kept for next week, openly.

    Parameters
    ----------
    asked : sequence of Asked
        In the order of the lists.
    slots : Slots
    area : str
    """
    taken: dict[str, set[str]] = {}
    found: dict[int, Route] = {}
    order = sorted(range(len(asked)), key=lambda place: (not asked[place].presses, place))
    for place in order:
        found[place] = _route(asked[place].case_id, _owed_first(asked[place].choice), slots, area, taken)
    return [found[place] for place in range(len(asked))]


def _owed_first(choice: Choice) -> Choice:
    """Put back in front what is owed, whoever made the choice."""
    steps = (choice.first, *choice.others)
    if choice.first.owed or not any(step.owed for step in choice.others) or choice.first.name == "check_file":
        return choice
    first, *others = sorted(steps, key=lambda step: not step.owed)
    return replace(choice, first=first, others=tuple(others),
                   why_first="A duty that is not met is put right before anything is offered.")


def _route(case_id: str, choice: Choice, slots: Slots, area: str, taken: dict[str, set[str]]) -> Route:
    eligible = [choice.first, *choice.others]
    wanted = [*eligible, *(STEPS[name] for name in ("call_family", "keep_for_next_week") if STEPS[name] not in eligible)]
    full: list[Step] = []
    for step in wanted:
        room, holders = slots.room(step.name, area), taken.setdefault(step.name, set())
        if room is None or case_id in holders or len(holders) < room:
            holders.add(case_id)
            rest = [other for other in eligible if other is not step and other not in full]
            return Route(step, rest[0] if rest else None, _said(choice, step, rest, full, slots, area))
        full.append(step)
    raise AssertionError("keep_for_next_week has no limit")


def _said(choice: Choice, step: Step, rest: list[Step], full: list[Step], slots: Slots, area: str) -> str:
    second = f"Second: {_begun(rest[0].label)}." if rest else "No other step fits."
    if not full:
        return f"{choice.why_first} {second}".strip()
    told = [f"Full this week in {area}: {_begun(one.label)} "
            f"({count_in_words(int(slots.room(one.name, area) or 0), 'place')})." for one in full]
    what = ("Nothing else fits, so the case is kept for next week." if step.name == "keep_for_next_week"
            else "The next step that fits and has room stands first.")
    return " ".join([choice.why_first, *told, what, second]).strip()


def _begun(label: str) -> str:
    """Return a label as the middle of a sentence; a second clause after a comma or semicolon is left out."""
    text = label.split(";")[0].split(",")[0]
    return text[:1].lower() + text[1:]
