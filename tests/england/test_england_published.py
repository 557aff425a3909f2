"""The shipped figures are the published ones, to the last digit."""

from __future__ import annotations

import pandas as pd
import pytest

from dispute_risk.england.build import DATA_FOLDER, build, published_values
from dispute_risk.england.doubts import DOUBTS, doubt_on
from dispute_risk.england.measures import ATTRIBUTION, COUNTS, RATES, SOURCES, rate_called
from dispute_risk.england.published import LATEST_YEAR, NOT_COMPARED, published
from dispute_risk.errors import UnreadableFile

# Copied by hand from the published tables: appeals, decisions on the old base, published rate.
BY_HAND = {
    ("Surrey", 2018): (213, 9293, 2.3), ("Surrey", 2022): (621, 13580, 4.6), ("Surrey", 2024): (1059, 17682, 6.0),
    ("Devon", 2018): (54, 5437, 1.0), ("Devon", 2022): (211, 9233, 2.3), ("Devon", 2024): (404, 10987, 3.7),
    ("Tameside", 2018): (4, 1416, 0.3), ("Tameside", 2022): (19, 2702, 0.7), ("Tameside", 2024): (53, 3530, 1.5),
    ("England", 2014): (4108, 251096, 1.6), ("England", 2024): (22276, 689739, 3.2),
}


@pytest.mark.parametrize(("name", "year"), BY_HAND)
def test_appeals_are_those_published(name, year):
    figures = published()
    found = tuple(figures.value(measure, name, year).value
                  for measure in ("appeals", "decisions_old_base", "published_rate_old_base"))
    assert found == BY_HAND[(name, year)]


def test_new_base_of_devon_and_tameside_and_none_for_surrey():
    figures = published()
    assert figures.value("decisions_new_base", "Devon", 2024).value == 8007
    assert figures.value("published_rate_new_base", "Tameside", 2024).value == 2.9
    surrey = figures.value("published_rate_new_base", "Surrey", 2024)
    assert surrey.value is None
    assert surrey.symbol == "x"
    assert surrey.words == "not available"


@pytest.mark.parametrize(("year", "total"), [(2014, 4108), (2021, 9184), (2022, 12796), (2023, 15615), (2024, 22276)])
def test_authorities_add_up_to_england(year, total):
    assert published().counts(year)["appeals"].sum() == total == published().value("appeals", "England", year).value


def test_there_are_153_authorities_each_with_region_and_codes():
    existing = published().authorities.query("exists")
    assert len(existing) == 153
    assert (existing[["code", "new_code", "region"]] != "").all().all()
    assert existing["code"].is_unique
    assert existing["region"].nunique() == 9


def test_published_rates_are_those_of_the_counts():
    for year in range(2014, LATEST_YEAR + 1):
        table = published().rate_counts("appeal_rate_old_base", year)
        rates = published().counts(year)["published_rate_old_base"].reindex(table.index)
        assert (table["rate"] - rates).abs().max() <= 0.0501, year


def test_quantiles_of_2024_are_those_noted_for_calibration():
    rates = published().rate_counts("appeal_rate_old_base", 2024)["rate"]
    assert len(rates) == 153
    quantiles = rates.quantile([0.1, 0.25, 0.5, 0.75, 0.9, 1])
    assert [round(value, 1) for value in quantiles] == [1.2, 1.7, 2.6, 3.5, 4.7, 9.3]


def test_england_rate_on_the_new_base_is_lower_like_for_like_than_published():
    table = published().rate_counts("appeal_rate_new_base", 2024)
    assert len(table) == 147
    assert table["base"].sum() == 364912 == published().value("decisions_new_base", "England", 2024).value
    assert table["count"].sum() == 20771  # 1,505 appeals of six authorities have no base
    assert round(100 * table["count"].sum() / table["base"].sum(), 1) == 5.7


def test_doubted_bases_contradict_the_other_files_and_no_others_do():
    counts = published().counts(2024)
    gap = (counts["decisions_old_base"] - counts["plans"] - counts["refused_to_assess"] - counts["refused_to_issue"]
           - counts["ceased_needs_met"])
    assert set(gap[gap.abs() > 1000].index) == {"Cambridgeshire", "Central Bedfordshire"}
    assert all(doubt_on("appeal_rate_old_base", name, 2024) for name in gap[gap.abs() > 1000].index)
    taken = counts[["refused_to_assess", "refused_to_issue", "assessments_issued"]].sum(axis=1)
    new = counts["decisions_new_base"] - taken
    in_doubt = {name for doubt in DOUBTS for name in doubt.names if "appeal_rate_new_base" in doubt.rates}
    assert set(new[new < 0].index) <= in_doubt


def test_doubted_and_tiny_authorities_are_not_compared():
    compared = published().compared("appeal_rate_old_base", 2024)
    assert not set(compared.index) & {"Cambridgeshire", "Central Bedfordshire", *NOT_COMPARED}
    assert len(compared) == 149


def test_ended_authorities_have_no_later_figures_and_new_ones_no_earlier():
    authorities = published().authorities
    assert authorities.loc["Cumbria", "last_year"] == 2022
    assert authorities.loc["Cumberland", "first_year"] == 2023
    assert published().value("appeals", "Cumberland", 2022).value is None
    assert published().value("appeals", "Cumbria", 2023).value is None


def test_each_figure_stands_once_and_every_rate_can_be_made():
    keys = ["year", "level", "name", "topic", "group", "measure"]
    assert not published().figures.duplicated(keys).any()
    for rate in RATES:
        assert published().years(rate), rate.name
    assert {count.source for count in COUNTS} <= {source.key for source in SOURCES}


def test_unknown_rate_lists_those_declared():
    with pytest.raises(KeyError, match="plans_in_20_weeks"):
        rate_called("no_such_rate")


def test_shipped_file_is_small_and_its_sources_carry_the_licence():
    assert (DATA_FOLDER / "england.parquet").stat().st_size < 1_500_000
    sources = pd.read_csv(DATA_FOLDER / "SOURCES.csv")
    assert (sources["licence"] == ATTRIBUTION).all()
    assert set(published().figures["source"].unique()) == set(sources["source"])


def test_shipped_file_is_rebuilt_from_the_published_files(published_files, tmp_path):
    rebuilt = pd.read_parquet(build(published_files, tmp_path))
    assert rebuilt.equals(published().figures)
    assert (tmp_path / "SOURCES.csv").read_text() == (DATA_FOLDER / "SOURCES.csv").read_text()


def test_every_published_appeal_count_is_shipped(published_files):
    rows = pd.read_csv(published_files / "send_tribunal_appeals_la_2014_2024_tidy.csv")
    rows = rows[(rows["level"] == "LA") & rows["appeals_registered"].notna()]
    shipped = published().figures.query("measure == 'appeals' and level == 'Authority'")
    totals = shipped.groupby("year")["value"].sum()
    assert rows.groupby("year")["appeals_registered"].sum().to_dict() == totals.to_dict()
    same_name = rows[rows["la_name"].isin(published().authorities.index)]
    for row in same_name.itertuples():
        assert published().value("appeals", row.la_name, row.year).value == row.appeals_registered


def test_missing_published_files_are_all_named(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        published_values(tmp_path)
    assert len(caught.value.problems) == len(SOURCES)
