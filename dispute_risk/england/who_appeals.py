"""Which groups of children reach mediation and the Tribunal after a refusal, by age, sex and ethnicity, in England."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from dispute_risk.england.published import LATEST_YEAR, Published, published

__all__ = ["BROAD_ETHNICITY", "TOPICS", "GroupRates", "who_appeals"]

TOPICS: dict[str, tuple[str, str]] = {
    "ethnicity": ("Ethnicity", "White - White British"),
    "sex": ("Sex", "Male"),
    "age": ("Child or young persons age", "Aged 5 to 10"),
}
"""Each topic: its published name, and the group others are compared with (the largest)."""

BROAD_ETHNICITY: dict[str, str] = {"Asian": "Asian", "Black": "Black", "Mixed": "Mixed"}
"""Groups that are also added up, since many of the published groups are small."""

_AGES = {"Aged 4 and under": range(0, 5), "Aged 5 to 10": range(5, 11), "Aged 11 to 15": range(11, 16),
         "Aged 16 and over": range(16, 26)}
_STEPS: dict[str, tuple[str, str, str]] = {
    "refused": ("refused_to_assess", "requests", "requests refused, per 100 requests"),
    "mediation": ("request_mediations", "refused_to_assess", "mediation, per 100 refusals"),
    "appeal": ("request_appeals", "refused_to_assess", "appeal, per 100 refusals"),
}
Z_95 = 1.959964


@dataclass(frozen=True)
class GroupRates:
    """Refusal, mediation and appeal by group, each against the largest group.

    Parameters
    ----------
    topic : str
        'ethnicity', 'sex' or 'age'.
    years : tuple of int
        Years added together.
    compared_with : str
        The group that ratios are against.
    table : DataFrame
        Index: group. For each step (`refused`, `mediation`, `appeal`): `<step>_count`, `<step>_base`, `<step>_rate`
        (per 100), `<step>_ratio`, `<step>_ratio_low`, `<step>_ratio_high` (95 %). `kind` is 'published' or 'added up'.
    """

    topic: str
    years: tuple[int, ...]
    compared_with: str
    table: pd.DataFrame

    def summary(self) -> str:
        """Say what is shown, over what, and what it cannot say."""
        years = " and ".join(str(year) for year in self.years)
        return (
            f"England, {years}, requests for an assessment, by {self.topic}, against '{self.compared_with}'. "
            "Counts are those that authorities linked to a request, about a fifth of all appeals. The groups differ "
            "in age, need and where they live, and none of that is taken out here: a ratio below 1 says that fewer "
            "of the group reach the Tribunal after a refusal, not why."
        )


def who_appeals(
    topic: str = "ethnicity", years: tuple[int, ...] = (2023, LATEST_YEAR), source: Published | None = None
) -> GroupRates:
    """Return refusal, mediation and appeal rates by group, with ratios and 95 % intervals.

    Parameters
    ----------
    topic : {'ethnicity', 'sex', 'age'}
        How children are grouped.
    years : tuple of int
        Years to add together (2023 and 2024 are published).
    source : Published, optional
        The figures; by default those shipped.

    Notes
    -----
    The interval of a ratio of two proportions is Katz's on the log scale, with half an event added where a count is 0.

    Examples
    --------
    >>> table = who_appeals().table
    >>> bool(table.loc["Asian - Pakistani", "appeal_ratio_high"] < 1)
    True
    """
    if topic not in TOPICS:
        raise ValueError(f"topic {topic!r} is not one of {', '.join(TOPICS)}")
    return _who_appeals(topic, tuple(years), source or published())


@cache
def _who_appeals(topic: str, years: tuple[int, ...], figures: Published) -> GroupRates:
    counts = _group_counts(figures, TOPICS[topic][0], years)
    if topic == "age":
        counts = _age_bands(counts)
    if topic == "ethnicity":
        counts = _with_broad_groups(counts)
    compared = TOPICS[topic][1]
    for step, (above, below, _) in _STEPS.items():
        counts[f"{step}_count"], counts[f"{step}_base"] = counts[above], counts[below]
        counts[f"{step}_rate"] = 100 * counts[above] / counts[below].where(counts[below] > 0)
        ratio = _ratio(counts[above], counts[below], compared)
        counts[[f"{step}_ratio", f"{step}_ratio_low", f"{step}_ratio_high"]] = ratio
    parts = ("count", "base", "rate", "ratio", "ratio_low", "ratio_high")
    columns = [f"{step}_{part}" for step in _STEPS for part in parts]
    return GroupRates(topic, years, compared, counts[["kind", *columns]])


def _group_counts(figures: Published, topic: str, years: tuple[int, ...]) -> pd.DataFrame:
    every = figures.figures
    rows = every[(every["topic"] == topic) & every["year"].isin(years) & (every["source"] == "requests_groups")]
    rows = rows.assign(group=rows["group"].astype(str), measure=rows["measure"].astype(str))
    counts = rows.pivot_table(index="group", columns="measure", values="value", aggfunc="sum")
    counts.columns.name = None
    return counts.drop(index=["Unknown", "Age unknown"], errors="ignore").assign(kind="published")


def _age_bands(counts: pd.DataFrame) -> pd.DataFrame:
    first_age = counts.index.str.extract(r"Aged (\d+)", expand=False).astype(int)
    band = pd.Series([next(label for label, ages in _AGES.items() if age in ages) for age in first_age],
                     index=counts.index)
    return counts.drop(columns="kind").groupby(band).sum().reindex(list(_AGES)).assign(kind="added up")


def _with_broad_groups(counts: pd.DataFrame) -> pd.DataFrame:
    numbers = counts.drop(columns="kind")
    broad = {f"{label} (all)": numbers[numbers.index.str.startswith(f"{start} - ")].sum()
             for start, label in BROAD_ETHNICITY.items()}
    return pd.concat([pd.DataFrame(broad).T.assign(kind="added up"), counts])


def _ratio(above: pd.Series, below: pd.Series, compared: str) -> np.ndarray:
    """Return ratio, lower and upper 95 % limit against the group compared with, one row a group."""
    half = np.where(above == 0, 0.5, 0.0)
    count, base = above.to_numpy(float) + half, below.to_numpy(float) + half
    reference = above.index.get_loc(compared)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (count / base) / (count[reference] / base[reference])
        error = np.sqrt(np.clip(1 / count - 1 / base + 1 / count[reference] - 1 / base[reference], 0, None))
        result = np.column_stack([ratio, ratio * np.exp(-Z_95 * error), ratio * np.exp(Z_95 * error)])
    result[reference] = [1.0, np.nan, np.nan]
    result[base == 0] = np.nan
    return result
