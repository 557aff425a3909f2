"""Which cases are on which list, within the capacity of each area and as the signed policy shares it out."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dispute_risk.errors import UnreadableFile
from dispute_risk.triage.memory import NOTHING, Memory
from dispute_risk.triage.slots import NO_LIMIT, Slots, read_slots
from dispute_risk.triage.snapshot import OpenCases
from dispute_risk.triage.voice import quietness

__all__ = ["DEFAULT_POLICY", "Policy", "read_policy", "select"]


@dataclass(frozen=True)
class Policy:
    """How capacity is shared out; a person signs it, the tool follows it (methods section 0).

    Parameters
    ----------
    benefit, quiet_need, random_audit : float
        Shares of capacity for likely disputes, for the unheard, and for a random check of files.
    least_breach : float
        Breach index from which a case can be on the list of the unheard or be drawn.
    quiet_from : float
        Of the cases with at least that breach index, the share in touch the most for their position: they are heard, and
        are left out of the unheard. Records tell quiet from loud dimly, and a family wrongly taken for heard is lost
        where one wrongly taken for quiet costs a look at a file in which something is owed: so few are left out.
    signed_by : str
    weekly_slots : Slots
        How many cases a week a step can take in an area (`triage.slots`).
    routing : mapping
        The section `[routing]` as it stands: whether the likely disputes go by risk or by the expected benefit of an offer,
        and the lot that is kept for learning (`mediation.routing_policy`).
    """

    benefit: float = 0.6
    quiet_need: float = 0.3
    random_audit: float = 0.1
    least_breach: float = 2.0
    quiet_from: float = 0.15
    signed_by: str = ""
    weekly_slots: Slots = NO_LIMIT
    routing: Mapping[str, Any] = field(default_factory=dict)

    def shares(self) -> dict[str, float]:
        """Return the shares of capacity, by purpose."""
        return {"benefit": self.benefit, "quiet_need": self.quiet_need, "random_audit": self.random_audit}

    def slots(self, capacity: int) -> tuple[int, int, int]:
        """Return how many cases of a capacity go to each purpose; they add up to it.

        >>> Policy().slots(10)
        (6, 3, 1)
        """
        quiet = round(self.quiet_need * capacity)
        audit = min(round(self.random_audit * capacity), capacity - quiet)
        return capacity - quiet - audit, quiet, audit


DEFAULT_POLICY = Policy()


def read_policy(path: str | Path) -> Policy:
    """Return the policy of a TOML file: the fields of `Policy` under `[capacity_split]` and `[lists]`, room under `[slots]`.

    Under `[slots]` a step has a number for every area (`meet_family = 4`) or one for each
    (`offer_mediation = {NE = 2, default = 1}`). The section `[routing]` is kept for the routing, which checks it.

    Raises
    ------
    UnreadableFile
        Where the file is missing, is no TOML, names an unknown field, gives no number where one is asked for, or its
        shares do not add up to 1.
    """
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path}: the policy file cannot be read ({error}). Write it as TOML.") from error
    weekly_slots, wrong = read_slots(given.pop("slots", {}))
    routing = given.pop("routing", {})
    fields = _fields_of(path, given)
    if wrong:
        raise UnreadableFile(f"{path}: [slots] cannot be used.", wrong)
    if not isinstance(routing, dict):
        raise UnreadableFile(f"{path}: [routing] must be a section, with a field on each line under it.")
    policy = Policy(**fields, weekly_slots=weekly_slots, routing=routing)
    total = sum(policy.shares().values())
    if abs(total - 1) > 1e-9 or min(policy.shares().values()) < 0:
        raise UnreadableFile(f"{path}: the shares of capacity add up to {total:g}. Make them add up to 1, none below 0.")
    return policy


def _fields_of(path: str | Path, given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a policy file; UnreadableFile where one is unknown or is not what it should be."""
    sections = [given.get(name, {}) for name in ("capacity_split", "lists")]
    if not all(isinstance(section, dict) for section in sections):
        raise UnreadableFile(f"{path}: [capacity_split] and [lists] must be sections, with a field on each line under them.")
    fields = {name: value for section in sections for name, value in section.items()}
    allowed = [name for name in Policy.__dataclass_fields__ if name not in ("weekly_slots", "routing")]
    unknown = sorted(set(fields) - set(allowed)) + sorted(set(given) - {"capacity_split", "lists"})
    if unknown:
        raise UnreadableFile(f"{path}: unknown {', '.join(unknown)}. Allowed under [capacity_split] and [lists]: "
                             f"{', '.join(allowed)}; steps under [slots].")
    wrong = [
        f"{name} = {value!r} is not {'a name in quotes' if name == 'signed_by' else 'a number'}"
        for name, value in fields.items()
        if isinstance(value, bool) or not isinstance(value, str if name == "signed_by" else int | float)
    ]
    if wrong:
        raise UnreadableFile(f"{path}: the policy cannot be used. Write a share as 0.6.", wrong)
    return fields


def select(
    cases: OpenCases, capacity: int, policy: Policy = DEFAULT_POLICY, memory: Memory = NOTHING,
    benefit: np.ndarray | None = None,
) -> dict[str, dict[str, np.ndarray]]:
    """Return for each list and area the rows on it, first first.

    Likely disputes go by benefit, which is the risk unless a routing says otherwise. Ties are broken by a hash of the case
    and the date, so that no order of a file decides. The lists remember: a case keeps its place for four weeks unless
    another stands clearly higher, and one that was acted on or put off makes room.

    Parameters
    ----------
    cases : OpenCases
    capacity : int
        Cases an area can act on in the week.
    policy : Policy
    memory : Memory
        Of the weeks before.
    benefit : ndarray, optional
        By how much each case stands to gain from a step (`triage.routing`); NaN: not to be listed.
    """
    benefit = cases.risk if benefit is None else benefit
    off = memory.off(cases.case_id, cases.risk, cases.as_of)
    by_benefit = memory.chosen_by("likely_disputes", benefit, cases.case_id, cases.as_of)
    by_breach = memory.chosen_by("unheard", cases.breach, cases.case_id, cases.as_of)
    likely_slots, quiet_slots, audit_slots = policy.slots(capacity)
    draw = _draws(cases)
    scored = ~cases.in_dispute
    gains = np.isfinite(benefit)
    quiet = _quiet(cases, policy)
    chosen: dict[str, dict[str, np.ndarray]] = {
        name: {} for name in ("likely_disputes", "duties_outstanding", "unheard", "random_audit", "already_in_dispute")
    }
    for area in cases.searches.history.area_names:
        here = cases.area == area
        likely = _first(np.flatnonzero(here & scored & gains & ~off), likely_slots, -by_benefit, draw)
        rest = here & scored & (cases.breach >= policy.least_breach)
        rest[likely] = False
        unheard = _first(np.flatnonzero(rest & quiet & ~off), quiet_slots, -by_breach, draw)
        drawn = rest.copy()
        drawn[unheard] = False
        chosen["likely_disputes"][area] = _first(likely, len(likely), -benefit, draw)
        chosen["unheard"][area] = _first(unheard, len(unheard), -cases.breach, draw)
        chosen["random_audit"][area] = _first(np.flatnonzero(drawn), audit_slots, draw, draw)
        chosen["duties_outstanding"][area] = _first(
            np.flatnonzero(here & scored & cases.statutory), capacity, -cases.breach, draw
        )
        chosen["already_in_dispute"][area] = np.flatnonzero(here & cases.in_dispute)
    return chosen


def _quiet(cases: OpenCases, policy: Policy) -> np.ndarray:
    """Return who is not among the loudest of those to whom something is owed (`triage.voice.quietness`)."""
    scored = ~cases.in_dispute
    failed = scored & (cases.breach >= policy.least_breach)
    if not failed.any():
        return scored
    quiet = quietness(cases.searches.history, cases.rows)
    return np.asarray(quiet >= np.quantile(quiet[failed], policy.quiet_from))


def _first(rows: np.ndarray, count: int, by: np.ndarray, draw: np.ndarray) -> np.ndarray:
    return rows[np.lexsort((draw[rows], by[rows]))][:count]


def _draws(cases: OpenCases) -> np.ndarray:
    """Return a fixed pseudo-random number for each case in this week, the same on every machine."""
    week = cases.as_of.isoformat().encode()
    digests = [
        hashlib.blake2b(case_id.encode(), key=week, digest_size=7).digest() for case_id in cases.case_id.astype(str)
    ]
    return np.array([int.from_bytes(digest, "big") for digest in digests], dtype=np.int64)
