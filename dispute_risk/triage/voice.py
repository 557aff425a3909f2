"""How quiet a family is: by the risk it would have with a usual voice, and by how often it has been in touch.

The second decides who is on the list of the unheard. Measured on invented authorities with the voice of each family known,
the voice ratio told quiet from loud hardly better than a coin (area under the curve 0.59), since a risk moves with the year's
last messages and much else; contact over the whole record against what is usual came to 0.72, where the best that could be
made of every column came to 0.77 (`benchmarks/unheard.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

from dispute_risk.features.declare import Catalogue
from dispute_risk.timeline.days import FOREVER
from dispute_risk.timeline.facts import Facts, Snapshots, keys
from dispute_risk.timeline.history import History

__all__ = ["quietness", "reference_voice", "voice_ratio"]

REFERENCE_PERCENTILE = 80
"""Contact of the reference family (methods 8.1)."""


def reference_voice(catalogue: Catalogue, features: pd.DataFrame) -> dict[str, float]:
    """Return the value of each signal of advocacy for the reference family.

    Counts of messages at the 80th percentile of the cases at hand, flags and disputes at none.
    """
    reference = {}
    for feature in catalogue:
        if feature.voice:
            values = features[feature.name].to_numpy()
            counted = feature.unit == "count" and feature.family == "voice"
            reference[feature.name] = float(np.nanpercentile(values, REFERENCE_PERCENTILE)) if counted else 0.0
    return reference


def voice_ratio(
    risk_of: Callable[[pd.DataFrame], np.ndarray],
    catalogue: Catalogue,
    features: pd.DataFrame,
    risk: np.ndarray,
    reference: dict[str, float] | None = None,
) -> np.ndarray:
    """Return the risk at the reference voice over the risk as it is, for each row.

    Above 1, the family is quieter than the reference family; the risk understates the dispute it may have.

    Parameters
    ----------
    risk_of : callable
        From features to risk.
    risk : ndarray
        Risk of the features as they are.
    reference : dict of str to float, optional
        From `reference_voice`, of the cases at hand where not given.
    """
    reference = reference_voice(catalogue, features) if reference is None else reference
    return np.asarray(risk_of(features.assign(**reference).astype(np.float32))) / np.maximum(risk, 1e-9)


OF_THE_FAMILY = ("family_message", "complaint", "solicitor", "elected_member", "advice_service")
"""Kinds of fact by which a family, or somebody for it, has been in touch."""
SIGNS_OF_A_DISPUTE = ("appeal", "mediation_held")
POSITIONS = ("plan_awaited", "window", "opened")
"""Spells in which families write at different rates: a plan awaited, a decision open to appeal, a file open."""
USUAL_CONTACTS = 2.0
"""So many contacts, as many as usual, are added to both sides: with little on record nobody is called quiet or loud."""


def quietness(history: History, rows: Snapshots) -> np.ndarray:
    """Return how often families in the same position are in touch, over how often this family has been.

    Above 1, the family is quieter than is usual. What is usual is worked out from the rows given: contacts for each day on
    which a plan was awaited, a decision was open to appeal, and a file was open, since the log of contacts begins; earlier
    disputes for each day a file was open; and requests by the parent for each request. Nothing is known of why a family is
    quiet, and nothing else about it is used.

    Parameters
    ----------
    history : History
    rows : Snapshots
        Everybody to compare with, in one call.

    Returns
    -------
    ndarray of shape (rows,)
        1 for everybody where no contact is recorded.
    """
    if not len(rows):
        return np.zeros(0)
    messages = history.facts["family_message"]
    begins = int(messages.known.min()) if len(messages) else FOREVER
    days = np.column_stack([_days_in(history.facts[name], rows, begins) for name in POSITIONS]).astype(float)
    contacts = _known(history, OF_THE_FAMILY, rows)
    usual = days @ _rates(days, contacts)
    for heard, chances in ((_known(history, SIGNS_OF_A_DISPUTE, rows), days[:, -1]), _requests(history, rows)):
        contacts = contacts + heard
        usual = usual + chances * heard.sum() / max(chances.sum(), 1.0)
    return np.asarray((usual + USUAL_CONTACTS) / (contacts + USUAL_CONTACTS))


def _rates(days: np.ndarray, contacts: np.ndarray) -> np.ndarray:
    """Return the contacts a day of each kind of spell that fit best, none below 0 (non-negative least squares).

    The best fit is the ordinary one of some of the columns, the others 0; with three columns all choices are tried, which
    is exact, and spares half a second of loading scipy.
    """
    gram, met = days.T @ days, days.T @ contacts
    best, least = np.zeros(days.shape[1]), 0.0
    for size in range(1, days.shape[1] + 1):
        for some in map(list, combinations(np.flatnonzero(np.diag(gram) > 0), size)):
            rates = np.linalg.lstsq(gram[np.ix_(some, some)], met[some], rcond=None)[0]
            lost = rates @ gram[np.ix_(some, some)] @ rates - 2 * rates @ met[some]  # of the squares, but for a constant
            if (rates >= 0).all() and lost < least:
                best, least = np.zeros(days.shape[1]), float(lost)
                best[some] = rates
    return best


def _known(history: History, names: tuple[str, ...], rows: Snapshots) -> np.ndarray:
    """Return how many facts of some kinds were known by each row's date, whether or not they still hold."""
    total = np.zeros(len(rows))
    for name in names:
        total += _known_by(history.facts[name], rows)
    return total


def _known_by(facts: Facts, rows: Snapshots) -> np.ndarray:
    known = keys(facts.case, facts.known)
    return np.searchsorted(known, rows.key, "right") - np.searchsorted(known, keys(rows.case, np.zeros(len(rows))), "left")


def _requests(history: History, rows: Snapshots) -> tuple[np.ndarray, np.ndarray]:
    """Return requests by the parent or young person, and all requests."""
    facts = history.facts["request"]
    if "source" not in facts.labels or "parent" not in facts.labels["source"]:
        return np.zeros(len(rows)), np.zeros(len(rows))
    return _known_by(facts.where("source", "parent"), rows).astype(float), _known_by(facts, rows).astype(float)


def _days_in(facts: Facts, rows: Snapshots, begins: int) -> np.ndarray:
    """Return the days up to each row's date on which a fact held, from the day the log begins, as known on that date."""
    start, end = np.maximum(facts.happened, begins).astype(np.int64), np.maximum(facts.until, begins).astype(np.int64)
    known = np.maximum(facts.known, start)
    kept = (known < FOREVER) & (end > start)
    case, start, end, known = facts.case[kept], start[kept], end[kept], known[kept]

    def up_to(order_by: np.ndarray, values: np.ndarray) -> np.ndarray:
        order = np.argsort(keys(case, order_by), kind="stable")
        running = np.concatenate([[0], np.cumsum(values[order])])
        ordered = keys(case[order], order_by[order])
        last, first = (np.searchsorted(ordered, keys(rows.case, on), "right") for on in (rows.on, np.full(len(rows), -1)))
        return np.asarray(running[last] - running[first])

    # Each spell begun counts up to the date; of a spell that is over, the days since its end are taken off again.
    ended = np.maximum(end, known)
    begun = up_to(known, np.ones(len(case), np.int64)) * rows.on - up_to(known, start)
    over = up_to(ended, np.ones(len(case), np.int64)) * rows.on - up_to(ended, end)
    return np.maximum(begun - over, 0)
