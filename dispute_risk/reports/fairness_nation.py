"""Who reaches the Tribunal after a refusal to assess, here and in England, set side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispute_risk.england.who_appeals import TOPICS, who_appeals

__all__ = ["SAME_GROUP", "beside_nation"]

SAME_GROUP: dict[str, dict[str, str]] = {
    "sex": {"male": "Male", "female": "Female"},
    "ethnicity": {"White British": "White - White British", "Asian": "Asian (all)", "Black": "Black (all)",
                  "Mixed": "Mixed (all)"},
    "age": {"4 and under": "Aged 4 and under", "5 to 10": "Aged 5 to 10", "11 to 15": "Aged 11 to 15",
            "16 and over": "Aged 16 and over"},
}
"""A group of the records, and the published one it is held against; groups without one are shown without."""


def beside_nation(local: pd.DataFrame) -> pd.DataFrame:
    """Return the local table of `model.fairness_reach.reach` with the national figures beside it.

    Parameters
    ----------
    local : DataFrame

    Returns
    -------
    DataFrame
        The local columns, `england_rate` (per 100 refusals), and `england_ratio` with `england_low` and `england_high`, against
        the group that England's figures are compared with; NaN where no such group is published or where the local figures are
        compared with another one.
    """
    columns = {"england_rate": "appeal_rate", "england_ratio": "appeal_ratio", "england_low": "appeal_ratio_low",
               "england_high": "appeal_ratio_high"}
    added: dict[str, list[float]] = {name: [] for name in columns}
    for row in local.to_dict("records"):
        topic = str(row["dimension"])
        nation = who_appeals(topic).table if topic in TOPICS else pd.DataFrame()
        names = SAME_GROUP.get(topic, {})
        group = names.get(str(row["group"]), "")
        fits = names.get(str(row["compared_with"]), "") == TOPICS.get(topic, ("", ""))[1]
        for name, column in columns.items():
            there = group in nation.index and (fits or name == "england_rate")
            added[name].append(float(nation[column].to_dict()[group]) if there else np.nan)
    return local.assign(**added)
