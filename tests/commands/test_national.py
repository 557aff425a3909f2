"""Which published figures set the level of an authority too small for a model, and that a list comes of it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from calling import done, run
from casebooks import casebook

from dispute_risk.commands.national import decisions_of_a_year, yearly_appeals
from dispute_risk.errors import UnknownName
from dispute_risk.records.write import write_casebook

AS_OF = dt.date(2026, 1, 1)


def small() -> object:
    cases = [{"case_id": f"C{number}", "area": "NE", "opened_on": "2022-01-03", "birth_date": "2015-05-05"}
             for number in range(60)]
    cases[59] |= {"closed_on": "2025-03-03", "closed_reason": "moved_out"}
    requests = [{"case_id": f"C{number}", "request_id": f"R{number}", "received_on": "2025-08-04", "decision": "refuse",
                 "decision_sent_on": f"{2023 if number < 2 else 2025}-09-15"} for number in range(2, 12)]
    requests.append({"case_id": "C0", "request_id": "R0", "received_on": "2022-08-01", "decision": "refuse",
                     "decision_sent_on": "2022-09-12"})
    plans = [{"case_id": f"C{number}", "plan_id": f"P{number}", "kind": "final", "issued_on": "2023-02-06",
              "section_i": "type_only"} for number in range(12, 60)]
    return casebook("2026-01-01", cases=cases, requests=requests, plans=plans, appeals=[])


def test_decisions_of_the_last_year_and_plans_in_force_are_counted():
    assert decisions_of_a_year(small(), AS_OF) == {"refuse_to_assess": 10.0, "refuse_to_issue": 0.0, "plan": 47.0}


def test_an_authority_with_published_figures_has_a_narrower_range_than_one_without():
    own = yearly_appeals(small(), AS_OF, "Tameside")
    none = yearly_appeals(small(), AS_OF, None)
    assert own.high / own.low < none.high / none.low
    assert "nothing is published" in none.told
    assert "Tameside" in own.told
    with pytest.raises(UnknownName):
        yearly_appeals(small(), AS_OF, "Atlantis")


def test_a_small_authority_gets_its_list_at_the_national_level(tmp_path):
    write_casebook(small(), tmp_path / "records")
    said = json.loads(done("train", tmp_path / "records", "--out", tmp_path / "model", "--json").out)
    assert (said["rung"], said["verdict"]) == ("points", "not tested")
    assert "national rates of 2024" in (tmp_path / "model" / "CARD.md").read_text(encoding="utf-8")
    done("weekly", tmp_path / "records", "--model", tmp_path / "model", "--as-of", "2026-01-01", "--capacity", "3", "--out",
         tmp_path / "monday")
    assert "national rates" in (tmp_path / "monday" / "head_of_service.html").read_text(encoding="utf-8")
    assert run("train", tmp_path / "records", "--out", tmp_path / "other", "--national", "none").code != 0
    assert not (tmp_path / "other").exists()
