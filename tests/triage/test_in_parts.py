"""Work in parts: however an authority is cut up, every case has the same bytes, and no authority sees another's rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from casebooks import casebook, random_casebook
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from many_authorities import AS_OF, authority, learned, save_model

from dispute_risk.features.build import build_features
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.searches import Searches
from dispute_risk.records.known import known_by
from dispute_risk.records.partitions import open_parts, write_parts
from dispute_risk.timeline.days import day_number
from dispute_risk.timeline.facts import Snapshots
from dispute_risk.timeline.history import History
from dispute_risk.timeline.recorded import Recorded
from dispute_risk.timeline.whole import WholeAuthority, told_by_part
from dispute_risk.triage.in_parts import InBlocks, lists_from_parts, part_of, risks_from_parts, risks_of_part
from dispute_risk.triage.many import Job, folder_name, score_many, scored_table
from dispute_risk.triage.risk_table import risk_table
from dispute_risk.triage.snapshot import open_cases
from dispute_risk.triage.voice import quietness
from dispute_risk.triage.weekly import weekly_lists

SAID = {"authority": "Alder", "release": "r", "data_note": "", "synthetic": True}


def cut_up(book, label):
    """Return the whole cases of each label as a casebook of their own."""
    of_case = dict(zip(book.tables["cases"]["case_id"], label, strict=True))
    return [book.with_tables({name: frame[frame["case_id"].map(of_case) == one].reset_index(drop=True)
                              for name, frame in book.tables.items()}) for one in sorted(set(label))]


def in_parts(books, as_of=AS_OF):
    parts = [part_of(book, as_of) for book in books]
    whole = WholeAuthority.of(part.told for part in parts)
    return [risks_of_part(part, whole, learned(), STANDARD, as_of) for part in parts], whole


@pytest.fixture(scope="module")
def one_machine():
    searches = Searches(History.of(known_by(authority(), AS_OF)))
    return searches, open_cases(searches, STANDARD, learned(), AS_OF)


@pytest.fixture(scope="module")
def three_parts():
    book = authority()
    return in_parts(cut_up(book, np.arange(len(book.tables["cases"])) // 120))


def test_risks_ranges_and_reasons_are_those_of_one_machine(one_machine, three_parts):
    table, whole = risks_from_parts(three_parts[0]), risk_table(one_machine[1], invented=True)
    assert len(table) > 200 and list(table) == list(whole)
    assert table["case_id"].tolist() == whole["case_id"].tolist()
    for name in whole:
        if whole[name].dtype == float:
            np.testing.assert_allclose(table[name], whole[name], rtol=0, atol=1e-12)
        else:
            assert table[name].tolist() == whole[name].tolist(), name


def test_the_lists_are_those_of_one_machine(one_machine, three_parts):
    weekly = weekly_lists(one_machine[0], STANDARD, learned(), AS_OF, 7, **SAID).cases
    lists = lists_from_parts(*three_parts, AS_OF, 7)
    assert set(lists["list"]) >= {"likely_disputes", "duties_outstanding", "unheard", "already_in_dispute"}
    for name in ("list", "area", "rank", "case_id"):
        assert lists[name].tolist() == weekly[name].tolist()
    np.testing.assert_allclose(lists["risk"], weekly["risk"], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(lists["breach_index"], weekly["breach_index"])
    likely = lists["list"] == "likely_disputes"
    assert lists.loc[likely, "reason_1"].ne("").all()
    assert lists.loc[lists["list"] == "already_in_dispute", ["risk", "risk_low"]].isna().all(axis=None)


@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 1000), parts=st.integers(2, 3))
def test_any_cutting_up_gives_the_same_bytes(seed, parts):
    book = random_casebook(seed, cases=18, rows=60)
    as_of = book.recorded_to.replace(month=1, day=20)
    label = np.random.default_rng(seed).integers(0, parts, 18)
    rows = [pd.concat(in_parts(books, as_of)[0], ignore_index=True).sort_values("case_id", ignore_index=True)
            for books in ([book], cut_up(book, label))]
    assert len(rows[0])
    # What a family's contacts are packed into keeps their order within the case, so even that is the same.
    pd.testing.assert_frame_equal(rows[0], rows[1], check_exact=True, check_dtype=False)


@settings(max_examples=3, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 1000))
def test_features_of_a_part_are_bitwise_those_of_the_whole(seed):
    book = random_casebook(seed, cases=15, rows=80)
    label = np.random.default_rng(seed).integers(0, 3, 15)
    books = cut_up(book, label)
    whole = WholeAuthority.of(told_by_part(Recorded(one), History.of(one)) for one in books)
    days = [day_number(book.recorded_to) - ago for ago in (400, 120, 30)]

    def features(history, cases):
        rows = Snapshots.of(np.repeat(np.arange(cases, dtype=np.int32), 3), np.tile(days, cases))
        return build_features(history, rows, STANDARD).to_numpy().reshape(cases, 3, -1)

    history = History.of(book)
    everything = dict(zip(history.case_id, features(history, len(history.case_id)), strict=True))
    for one in books:
        part = whole.shown_to(History.of(one))
        own = len(part.case_id) - 1
        for case, values in zip(part.case_id, features(part, own), strict=False):
            assert values.tobytes() == everything[case].tobytes()


def test_an_officer_of_two_parts_is_one_officer():
    book = casebook(
        cases=[{"case_id": f"C{n}", "area": "North", "opened_on": "2024-01-01"} for n in range(4)],
        allocations=[{"case_id": f"C{n}", "officer_id": "O1", "from_on": "2024-02-01"} for n in range(4)],
    )
    whole = WholeAuthority.of(part_of(one, book.recorded_to).told for one in cut_up(book, [0, 1, 0, 1]))
    assert len(whole.area_facts["team_officer"]) == 1 and len(whole.area_facts["team_case_held"]) == 4
    assert whole.area_names == ("North",)


def test_a_log_begins_on_the_same_day_for_every_part():
    written = {"channel": "email", "direction": "out", "party": "family"}
    book = casebook(
        cases=[{"case_id": f"C{n}", "area": "North", "opened_on": "2024-01-01"} for n in range(2)],
        contacts=[{"case_id": "C0", "contact_id": "1", "happened_on": "2024-02-01", **written},
                  {"case_id": "C1", "contact_id": "2", "happened_on": "2025-02-01", **written}],
    )
    parts = [part_of(one, book.recorded_to) for one in cut_up(book, [0, 1])]
    whole = WholeAuthority.of(part.told for part in parts)
    assert whole.log_begins == {"we_wrote": day_number("2024-02-01")}
    assert [int(whole.shown_to(part.history).facts["we_wrote"].known.min()) for part in parts] == 2 * [day_number("2024-02-01")]


def test_how_quiet_a_family_is_survives_the_packing(one_machine, three_parts):
    from dispute_risk.triage.in_parts import _gathered

    rows, whole = three_parts
    gathered = _gathered(pd.concat(rows, ignore_index=True), whole, AS_OF)
    searches, cases = one_machine
    assert gathered.case_id.tolist() == cases.case_id.tolist()
    np.testing.assert_array_equal(quietness(gathered.searches.history, gathered.rows), quietness(searches.history, cases.rows))
    assert len(np.unique(quietness(searches.history, cases.rows))) > 20


@settings(max_examples=8)
@given(rows=st.integers(1, 2500), start=st.integers(0, 500))
def test_blocks_give_the_same_bits_for_any_number_of_rows(rows, start):
    fitted = InBlocks.of(learned())
    values = np.random.default_rng(1).gamma(1.0, 3.0, (3000, len(STANDARD)))
    every, some = fitted.risk_and_interval(values), fitted.risk_and_interval(values[start : start + rows])
    for whole, part in zip(every, some, strict=True):
        assert whole[start : start + rows].tobytes() == part.tobytes()
    assert np.allclose(every[0], learned().risk(values), rtol=0, atol=1e-12)


def test_no_open_case_gives_an_empty_table_and_empty_lists():
    book = casebook(cases=[{"case_id": "C1", "area": "North", "opened_on": "2024-01-01", "closed_on": "2024-02-01"}])
    rows, whole = in_parts([book], book.recorded_to)
    assert len(risks_from_parts(rows)) == 0 and len(lists_from_parts(rows, whole, book.recorded_to, 5)) == 0


# --- many authorities ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def england(tmp_path_factory):
    place = tmp_path_factory.mktemp("england")
    for seed, name in enumerate(("Alder", "Birch & Co", "Cedar")):
        write_parts(replace(authority(), name=name) if seed == 0 else authority(seed, 200, 1, name), place / "records",
                    150 if seed else 10_000)
        if name != "Cedar":
            save_model(place / "models", name)
    return place


def files_of(place):
    return {file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*.csv")}


def test_a_missing_model_stops_that_authority_and_no_other(england, tmp_path):
    told = []
    scored = score_many(open_parts(england / "records").values(), england / "models", tmp_path, Job(AS_OF), told.append)
    assert told == scored
    table = scored_table(scored).set_index("authority")
    assert table.loc["Cedar", "problem"].startswith("Cedar: there is no model in")
    assert table.loc[["Alder", "Birch & Co"], "problem"].tolist() == ["", ""]
    assert set(files_of(tmp_path)) == {f"{name}/{file}.csv" for name in ("Alder", "Birch & Co") for file in ("risk", "lists")}
    assert (table.loc[["Alder", "Birch & Co"], "cases_at_risk"] > 100).all()


def test_poisoned_rows_of_another_authority_change_nothing(england, tmp_path):
    import shutil

    clean, poisoned = tmp_path / "clean", tmp_path / "poisoned"
    score_many([open_parts(england / "records")["Alder"]], england / "models", clean, Job(AS_OF))
    records = shutil.copytree(england / "records", tmp_path / "records")
    other = records / f"authority={folder_name('Birch & Co')}".replace(" ", "%20").replace("&", "%26")
    for file in other.glob("bucket=*/*.parquet"):
        frame = pd.read_parquet(file)
        if file.stem == "cases":
            frame["case_id"] = "poison"
        frame.to_parquet(file)
    (other / "bucket=0001" / "contacts.parquet").write_bytes(b"no Parquet at all")
    scored = score_many(open_parts(records).values(), england / "models", poisoned, Job(AS_OF))
    assert files_of(poisoned) == files_of(clean)
    assert {one.authority: bool(one.problem) for one in scored} == {"Alder": False, "Birch & Co": True, "Cedar": True}


def test_records_that_end_too_early_are_refused(england, tmp_path):
    late = AS_OF.replace(year=AS_OF.year + 1)
    scored = score_many(open_parts(england / "records").values(), england / "models", tmp_path, Job(late))
    assert all("the records end on" in one.problem for one in scored) and not files_of(tmp_path)


def test_a_name_cannot_lead_out_of_its_folder():
    assert {folder_name(name) for name in ("..", "../x", "a/b", "a\\b")} == {"%2E%2E", "%2E%2E%2Fx", "a%2Fb", "a%5Cb"}
