"""Names as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispute_risk.england.names import FORMER_AUTHORITIES, OTHER_NAMES, find_authority, plain_name
from dispute_risk.england.published import published
from dispute_risk.errors import UnknownName

TYPED = {
    "Surrey County Council": "Surrey", "surrey": "Surrey", "936": "Surrey", "e10000030": "Surrey",
    "St Helens": "St. Helens", "st. helen's": "St. Helens", "Saint Helens Borough Council": "St. Helens",
    "Bristol": "Bristol, City of", "Bristol City Council": "Bristol, City of",
    "Kingston upon Hull": "Kingston upon Hull, City of", "Hull City Council": "Kingston upon Hull, City of",
    "Kingston": "Kingston upon Thames", "Durham": "County Durham", "Herefordshire": "Herefordshire, County of",
    "City of London Corporation": "City of London", "City of York Council": "York", "Nottingham": "Nottingham",
    "Notts": "Nottinghamshire", "Gloucestershire": "Gloucestershire", "Brighton & Hove": "Brighton and Hove",
    "London Borough of Camden": "Camden", "Royal Borough of Windsor & Maidenhead": "Windsor and Maidenhead",
    "BCP": "Bournemouth, Christchurch and Poole", "Telford": "Telford and Wrekin", "Isles of Scilly": "Isles of Scilly",
    "Newcastle": "Newcastle upon Tyne", "Bedford": "Bedford", "Southend": "Southend-on-Sea",
}


@pytest.mark.parametrize(("typed", "name"), TYPED.items())
def test_names_as_typed(typed, name):
    assert published().find(typed) == name


def test_every_published_name_finds_itself_however_it_is_written():
    existing = published().authorities.query("exists")
    for name in existing.index:
        assert published().find(name) == name
        assert published().find(name.upper()) == name
        assert published().find(f"{name} Council") == name
    assert len({plain_name(name) for name in existing.index}) == len(existing)
    assert set(OTHER_NAMES.values()) <= set(existing.index)


@pytest.mark.parametrize(("typed", "choices"), [
    ("Sussex", ("East Sussex", "West Sussex")), ("Yorkshire", ("East Riding of Yorkshire", "North Yorkshire")),
])
def test_ambiguous_names_list_the_choices(typed, choices):
    with pytest.raises(UnknownName, match="fits 2") as caught:
        published().find(typed)
    assert caught.value.problems == choices


@pytest.mark.parametrize(("typed", "nearest"), [("Surey", "Surrey"), ("Tamesyde", "Tameside"), ("Devonn", "Devon")])
def test_misspelt_names_get_the_nearest(typed, nearest):
    with pytest.raises(UnknownName) as caught:
        published().find(typed)
    assert caught.value.problems[0] == nearest


@pytest.mark.parametrize("former", FORMER_AUTHORITIES)
def test_ended_authorities_point_to_their_successors(former):
    with pytest.raises(UnknownName, match="ended in") as caught:
        published().find(f"{former} Council")
    assert caught.value.problems == FORMER_AUTHORITIES[former][1]


@pytest.mark.parametrize("typed", ["", "  ", "Council", "London", "qqqq", "000"])
def test_what_is_no_authority_is_refused(typed):
    with pytest.raises(UnknownName):
        published().find(typed)


@given(st.text(max_size=30))
def test_anything_typed_is_found_or_refused_never_a_crash(typed):
    try:
        assert find_authority(typed, ["Surrey", "Devon", "St. Helens"]) in {"Surrey", "Devon", "St. Helens"}
    except UnknownName as error:
        assert error.exit_code == 9
