"""The SEN2 return, in both shapes and every spelling, becomes a casebook; what it cannot tell is said."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from dispute_risk.commands.import_ import command
from dispute_risk.errors import RefusedUse, UnreadableFile
from dispute_risk.records.casebook import Casebook
from dispute_risk.records.mapping import Pseudonyms
from dispute_risk.records.read import inspect_casebook
from dispute_risk.records.sen2 import read_sen2, sen2_report, write_sen2
from dispute_risk.records.sen2.report import ADD_ONS
from dispute_risk.records.sen2.write import invented_upn
from dispute_risk.records.synthetic import simulate
from dispute_risk.records.tables import TABLES

XML = """<?xml version="1.0"?>
<Message><Header><CollectionDetails><Year>2025</Year></CollectionDetails>
<Source><LEA>999</LEA><DateTime>2025-02-20T09:30:00</DateTime></Source></Header>
<Persons>
<Person><Surname>Smithson</Surname><UPN>W000000000001</UPN><PersonBirthDate>2015-05-01</PersonBirthDate><Sex>F</Sex>
  <Ethnicity>WBRI</Ethnicity>
  <Requests><ReceivedDate>2023-01-10</ReceivedDate><RequestSource>1</RequestSource>
    <RequestOutcomeDate>2023-02-10</RequestOutcomeDate><RequestOutcome>Y</RequestOutcome><RequestTribunal>1</RequestTribunal>
    <Assessment><AssessmentOutcome>Y</AssessmentOutcome><AssessmentOutcomeDate>2023-05-30</AssessmentOutcomeDate>
      <OtherTribunal>1</OtherTribunal><Week20>0</Week20>
      <NamedPlan><StartDate>2024-06-03</StartDate><PlanDetail><SENsetting>OTH</SENsetting><PlacementRank>1</PlacementRank>
      </PlanDetail></NamedPlan></Assessment>
    <ActivePlans><ReviewMeeting>2024-11-04</ReviewMeeting><ReviewOutcome>A</ReviewOutcome><LastReview>2024-11-29</LastReview>
      <PhaseTransferDueDate>2025-02-15</PhaseTransferDueDate>
      <PlacementDetail><URN>123456</URN><SENunitIndicator>1</SENunitIndicator><EntryDate>2023-09-04</EntryDate>
      </PlacementDetail>
      <SENneed><SENtype>SLCN</SENtype><SENtypeRank>2</SENtypeRank></SENneed>
      <SENneed><SENtype>ASD</SENtype><SENtypeRank>1</SENtypeRank></SENneed></ActivePlans></Requests></Person>
<Person><Surname>Jonesly</Surname><UPN>E000000000002</UPN><Sex>M</Sex>
  <Requests><ReceivedDate>2024-03-01</ReceivedDate><RequestOutcomeDate>2024-04-12</RequestOutcomeDate>
    <RequestOutcome>N</RequestOutcome></Requests></Person>
</Persons></Message>
"""


@pytest.fixture
def xml(tmp_path):
    (tmp_path / "return.xml").write_text(XML, encoding="utf-8")
    return tmp_path / "return.xml"


@pytest.fixture(scope="module")
def invented():
    return simulate(300, 1, seed=3).casebook


def plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    shown = frame.copy()
    for name in shown:
        if pd.api.types.is_datetime64_any_dtype(shown[name].dtype):
            shown[name] = shown[name].dt.strftime("%Y-%m-%d")
    return shown.astype(object).where(shown.notna(), None).to_dict("records")


def test_a_return_drawn_by_hand_is_read_as_its_rules_say(xml):
    read = read_sen2([xml], synthetic=True)
    tables = {name: plain(frame) for name, frame in read.casebook.tables.items()}
    assert read.casebook.recorded_to == dt.date(2025, 2, 20) and read.casebook.name == "authority 999"
    first, second = tables["cases"]
    assert (first["case_id"], first["opened_on"], first["primary_need"], first["sex"]) == (
        "C000001", "2023-01-10", "ASD", "F")
    assert second["case_id"] == "C000002" and second["primary_need"] is None
    assert [(row["received_on"], row["source"], row["decision"], row["decision_sent_on"]) for row in tables["requests"]
            ] == [("2023-01-10", "parent", "assess", "2023-02-10"), ("2024-03-01", None, "refuse", "2024-04-12")]
    assert tables["requests"][0]["exception"] == 0
    assert [(row["outcome"], row["outcome_sent_on"]) for row in tables["assessments"]] == [("issue", "2023-05-30")]
    assert [(row["kind"], row["issued_on"], row["section_i"]) for row in tables["plans"]] == [
        ("final", "2023-05-30", None), ("amended_final", "2024-06-03", "type_only")]
    review = tables["reviews"][0]
    assert (review["kind"], review["meeting_on"], review["decision"], review["decision_sent_on"]) == (
        "phase_transfer", "2024-11-04", "amend", "2024-11-29")
    placement = tables["placements"][0]
    assert (placement["from_on"], placement["setting_id"], placement["setting_type"]) == (
        "2023-09-04", "123456", "resourced_mainstream")
    assert tables["appeals"] == [] and read.marks["requesttribunal"] == 1 and read.marks["othertribunal"] == 1


def test_names_and_pupil_numbers_are_not_kept(xml, tmp_path):
    result = CliRunner().invoke(command, ["sen2", str(xml), "--out", str(tmp_path / "book"), "--invented"])
    assert result.exit_code == 0, result.output
    written = "".join(file.read_text() for file in (tmp_path / "book").rglob("*") if file.is_file()) + result.output
    for personal in ("Smithson", "Jonesly", "W000000000001", "E000000000002"):
        assert personal not in written
    assert "SEN2 dates no appeal" in result.output
    assert "synthetic = true" in (tmp_path / "book" / "casebook.toml").read_text()


def test_a_register_of_appeals_is_laid_beside(xml, tmp_path):
    register = tmp_path / "appeals.csv"
    register.write_text("UPN,appeal_id,registered_on,grounds\ne000000000002,T1,01/06/2024,refuse_to_assess\n"
                        "X000000000009,T2,02/06/2024,needs\n")
    read = read_sen2([xml], {"appeals": register})
    assert plain(read.casebook.tables["appeals"]) == [
        {"case_id": "C000002", "appeal_id": "T1", "registered_on": "2024-06-01", "grounds": "refuse_to_assess"}]
    lost = read.problems.query("problem.str.contains('not in the return')")
    assert lost["row"].tolist() == [3] and "X000000000009" not in lost["message"].iloc[0]
    result = CliRunner().invoke(command, ["sen2", str(xml), "--appeals", str(register), "--key",
                                          str(tmp_path / "our.key"), "--out", str(tmp_path / "book")])
    assert result.exit_code == 0, result.output
    assert inspect_casebook(tmp_path / "book").usable is not None
    mediations = tmp_path / "mediations.csv"
    mediations.write_text("upn,decision_type,requested_on\nE000000000002,refuse_to_assess,2024-05-01\n")
    result = CliRunner().invoke(command, ["sen2", str(xml), "--appeals", str(register), "--add", "mediations",
                                          str(mediations), "--out", str(tmp_path / "more")])
    assert result.exit_code == 0, result.output
    assert len(inspect_casebook(tmp_path / "more").usable.tables["mediations"]) == 1
    register.write_text("name,appeal_id\nx,T1\n")
    with pytest.raises(UnreadableFile, match=r"no column upn \(or uln\), registered_on"):
        read_sen2([xml], {"appeals": register})


def test_two_years_make_one_case_and_the_later_return_counts(xml, tmp_path):
    earlier = XML.replace("<Year>2025", "<Year>2024").replace("2025-02-20", "2024-02-20").replace(
        "<RequestOutcome>N<", "<RequestOutcome>A<").replace("<ReviewMeeting>2024-11-04", "<ReviewMeeting>2023-11-06"
        ).replace("<LastReview>2024-11-29", "<LastReview>2023-12-01").replace("<Sex>F", "<GenderCurrent>F").replace(
        "F</Sex>", "F</GenderCurrent>").replace("<StartDate>2024-06-03", "<StartDate>2023-05-30").replace(
        "<RequestOutcomeDate>2024-04-12</RequestOutcomeDate>", "").replace("2024-03-01", "2024-02-01")
    earlier = earlier.replace("2024-02-01", "2024-02-19")
    (tmp_path / "earlier.xml").write_text(earlier, encoding="utf-8")
    read = read_sen2([xml, tmp_path / "earlier.xml"])
    tables = read.casebook.tables
    assert len(tables["cases"]) == 2 and read.casebook.recorded_to == dt.date(2025, 2, 20)
    assert tables["reviews"]["meeting_on"].dt.year.tolist() == [2023, 2024]
    assert tables["plans"]["kind"].astype(str).tolist() == ["final", "amended_final"]
    assert len(tables["requests"]) == 3


def test_the_key_makes_case_numbers_that_join_later_returns(xml):
    key = Pseudonyms(b"for tests")
    assert read_sen2([xml], pseudonyms=key).casebook.tables["cases"]["case_id"].tolist() == [
        key.of("case_id", "upn W000000000001"), key.of("case_id", "upn E000000000002")]


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_both_shapes_give_the_same_casebook(invented, tmp_path, year):
    write_sen2(invented, tmp_path / "r.xml", "xml", year)
    write_sen2(invented, tmp_path / "csv", "csv", year)
    assert len(list((tmp_path / "csv").iterdir())) == 9
    from_xml, from_csv = read_sen2([tmp_path / "r.xml"]), read_sen2([tmp_path / "csv"])
    for name, frame in from_xml.casebook.tables.items():
        pd.testing.assert_frame_equal(frame, from_csv.casebook.tables[name])
    assert len(from_xml.set_aside) == 0


def test_a_round_trip_gives_back_what_a_return_can_hold(invented, tmp_path):
    write_sen2(invented, tmp_path / "r.xml", "xml", 2025)
    back = read_sen2([tmp_path / "r.xml"]).casebook.tables
    was, requests = invented.tables, invented.tables["requests"]
    finals = was["plans"][was["plans"]["kind"].isin(["final", "amended_final"])]
    has = was["cases"]["case_id"].isin(set(requests["case_id"]) | set(finals["case_id"]))
    cases = was["cases"][has].sort_values("case_id")
    assert back["cases"]["birth_date"].tolist() == cases["birth_date"].tolist()
    assert back["cases"]["sex"].astype(str).tolist() == cases["sex"].astype(str).tolist()
    assert sorted(back["requests"]["received_on"]) == sorted(requests["received_on"])
    decided = requests["decision"].isin(["assess", "refuse", "withdrawn"])
    counted = back["requests"]["decision"].value_counts().to_dict()
    assert counted == requests[decided]["decision"].value_counts().to_dict()
    last = finals.sort_values("issued_on").groupby("case_id")["issued_on"].last()
    now = back["plans"].sort_values("issued_on").groupby("case_id")["issued_on"].last()
    assert sorted(now) == sorted(last)
    assert len(back["placements"]) == was["placements"]["case_id"].isin(set(finals["case_id"])).sum()


def test_spellings_met_in_the_wild_are_understood(invented, tmp_path):
    write_sen2(invented, tmp_path / "csv", "csv", 2024)
    good = read_sen2([tmp_path / "csv"]).casebook.tables
    for file in (tmp_path / "csv").iterdir():
        text = file.read_text(encoding="utf-8-sig").replace("personbirthdate", "Date_Of_Birth").replace(
            "receiveddate", "Received Date").replace(",sensetting", ",SENSetting").replace("sex", "GenderCurrent_x")
        text = text.replace("GenderCurrent_x", "Sex")
        day = r"(\d{4})-([A-Z][a-z]{2})-(\d{2}) 00:00:00"
        text = pd.Series([text]).str.replace(day, lambda found: pd.to_datetime(
            "-".join(found.groups()), format="%Y-%b-%d").strftime("%d/%m/%Y"), regex=True)[0]
        file.write_bytes(text.encode("utf-16" if file.stem.endswith("person") else "cp1252"))
        file.rename(file.with_name(file.name.upper().replace(".CSV", ".csv")))
    back = read_sen2([tmp_path / "csv"]).casebook.tables
    for name in good:
        pd.testing.assert_frame_equal(good[name], back[name])


def test_a_return_of_12000_people_is_read_in_under_20_seconds(invented, tmp_path):
    cases = pd.concat([invented.tables["cases"].assign(case_id=invented.tables["cases"]["case_id"] + f"x{copy}")
                       for copy in range(40)], ignore_index=True)[:13_000]
    many = {"cases": cases}
    for name in ("requests", "assessments", "plans", "reviews", "placements"):
        frame = invented.tables[name]
        keys = [key for key in ("case_id", "request_id", "plan_id", "review_id") if key in frame]
        many[name] = pd.concat([frame.assign(**{key: frame[key] + f"x{copy}" for key in keys}) for copy in range(40)],
                               ignore_index=True)
    many["appeals"] = invented.tables["appeals"]
    write_sen2(invented.with_tables(many), tmp_path / "big.xml", "xml")
    began = time.process_time()
    read = read_sen2([tmp_path / "big.xml"])
    assert read.modules.query("module == 'person'")["rows"].iloc[0] >= 12_000
    assert time.process_time() - began < 20


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.999])
def test_a_truncated_return_is_refused_with_the_place(xml, kept):
    xml.write_text(XML[: int(len(XML) * kept)])
    with pytest.raises(UnreadableFile, match=r"cut short \(line \d+, column \d+"):
        read_sen2([xml])


def test_entities_and_what_is_no_return_are_refused(xml):
    xml.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]><a>&d;</a>')
    with pytest.raises(UnreadableFile, match="document type definition"):
        read_sen2([xml])
    xml.write_text("<a><b/></a>")
    with pytest.raises(UnreadableFile, match="without a single Person"):
        read_sen2([xml])
    xml.write_text("a,b\n")
    with pytest.raises(UnreadableFile, match="not whole XML"):
        read_sen2([xml])
    with pytest.raises(UnreadableFile, match="does not exist"):
        read_sen2([xml.with_name("none.xml")])
    xml.write_text("<M><Year>2022</Year><Person><UPN>1</UPN></Person></M>")
    with pytest.raises(UnreadableFile, match="begin in 2023"):
        read_sen2([xml])


def test_csv_files_that_cannot_be_joined_are_refused(invented, tmp_path):
    write_sen2(invented, tmp_path / "csv", "csv")
    requests = next((tmp_path / "csv").glob("*_requests.csv"))
    text = requests.read_text(encoding="utf-8-sig")
    requests.write_text(text.replace("persontableid", "persontable"))
    with pytest.raises(UnreadableFile, match="no column persontableid"):
        read_sen2([tmp_path / "csv"])
    requests.unlink()
    with pytest.raises(UnreadableFile, match="no file of requests"):
        read_sen2([tmp_path / "csv"])


def test_a_person_without_anything_is_a_case_without_dates(xml):
    xml.write_text("<M><Year>2025</Year><Person><UPN></UPN></Person></M>")
    tables = read_sen2([xml]).casebook.tables
    assert plain(tables["cases"])[0]["opened_on"] is None
    assert [name for name, frame in tables.items() if len(frame)] == ["cases"]


def test_the_report_names_every_table_once_and_what_helps_most_first(xml):
    report = sen2_report(read_sen2([xml]))
    assert sorted(report.table["table"]) == sorted(declared.name for declared in TABLES)
    rest = report.table[~report.table["filled_by_sen2"]]
    assert rest["table"].iloc[0] == "appeals" and set(rest["table"]) == set(ADD_ONS)
    worth = rest["worth"].iloc[1:].tolist()
    if report.measured:
        assert worth == sorted(worth, reverse=True)
    assert "none with a date: requesttribunal 1, othertribunal 1." in report.summary()


def test_only_invented_records_are_written_as_a_return(invented, tmp_path):
    with pytest.raises(RefusedUse):
        write_sen2(replace(invented, synthetic=False), tmp_path / "r.xml")
    with pytest.raises(ValueError, match="xml or csv"):
        write_sen2(invented, tmp_path / "r.xml", "json")
    assert isinstance(invented, Casebook) and Path(tmp_path).exists() and len(invented_upn(7)) == 13
