"""What is looked for: every exposure reads columns that exist, on the decisions it is about, and says nothing of families."""

import numpy as np
import pandas as pd
import pytest

from dispute_risk.causes.decision_facts import DECISION_FEATURES
from dispute_risk.causes.exposures import ADVICE_KINDS, EXPOSURES, ON, Exposure, exposed, on_what, recorded_in
from dispute_risk.features.catalogue import STANDARD
from dispute_risk.features.declare import NEVER_A_CAUSE

NAMED = {one.name: one for one in (*EXPOSURES, *ADVICE_KINDS)}
COLUMNS = {*STANDARD.names, *(one.name for one in DECISION_FEATURES)}


def rows(**columns) -> pd.DataFrame:
    size = max(len(values) for values in columns.values())
    blank = {f"latest_{kind}": [0.0] * size for kind in ("refuse_to_assess", "refuse_to_issue", "plan_issued", "plan_amended",
                                                         "refuse_to_reassess", "refuse_to_amend", "cease_to_maintain")}
    return pd.DataFrame({**blank, **columns}, dtype=float)


@pytest.mark.parametrize("exposure", NAMED.values(), ids=NAMED.keys())
def test_every_exposure_reads_columns_that_decision_rows_have(exposure):
    assert set(exposure.columns) <= COLUMNS
    assert exposure.on in ON
    assert exposure.source
    assert "score" not in exposure.label and "because" not in exposure.label


@pytest.mark.parametrize("exposure", NAMED.values(), ids=NAMED.keys())
def test_nothing_about_who_a_family_is_is_looked_for(exposure):
    assert exposure.family not in NEVER_A_CAUSE
    in_catalogue = [column for column in exposure.columns if column in STANDARD.names]
    assert not any(STANDARD[column].voice or STANDARD[column].family in NEVER_A_CAUSE for column in in_catalogue)


def test_names_are_unique():
    assert len(NAMED) == len(EXPOSURES) + len(ADVICE_KINDS)


def test_missing_advice_counts_at_a_first_final_plan_only():
    table = rows(plan_without_asked_advice=[2, 2, 0], latest_plan_issued=[1, 0, 1], latest_plan_amended=[0, 1, 0])
    assert exposed(table, NAMED["advice_missing"]).tolist() == [1, 0, 0]


def test_no_school_named_is_over_once_the_child_is_in_a_special_school():
    table = rows(type_only=[1, 0, 1, np.nan], section_i_blank=[0, 1, 0, np.nan], in_special_school=[0, np.nan, 1, 0],
                 latest_plan_amended=[1, 1, 1, 1])
    assert exposed(table, NAMED["no_school_named"]).tolist() == [1, 1, 0, 0]


def test_messages_are_counted_up_to_four_and_a_review_counts_from_its_first_day_overdue():
    assert exposed(rows(unanswered_two_weeks=[0, 1, 4, 9]), NAMED["unanswered"]).tolist() == [0, 1, 4, 4]
    table = rows(review_overdue_days=[np.nan, 0, 1, 40], latest_refuse_to_amend=[1, 1, 1, 1])
    assert exposed(table, NAMED["review_overdue"]).tolist() == [0, 0, 1, 1]


def test_the_latest_decision_says_what_a_row_is_about_and_open_windows_where_it_is_not_told():
    told = rows(latest_refuse_to_amend=[1, 0], plan_issued_window=[1, 1], latest_plan_issued=[0, 1])
    assert on_what(told, "new_plan").tolist() == [False, True]
    monthly = pd.DataFrame({f"{kind}_window": [0.0] for kind in (
        "plan_amended", "refuse_to_amend", "refuse_to_reassess", "cease_to_maintain")} | {"plan_issued_window": [1.0]})
    assert on_what(monthly, "new_plan").tolist() == [True]
    assert on_what(monthly, "with_plan").tolist() == [True]


def test_an_exposure_without_its_column_is_named_and_not_taken_for_absent():
    has, lacks = recorded_in(pd.DataFrame({"unanswered_two_weeks": [0.0]}), EXPOSURES)
    assert [one.name for one in has] == ["unanswered"]
    assert len(lacks) == len(EXPOSURES) - 1


@pytest.mark.parametrize(("wrong", "says"), [
    ({"family": "voices"}, "family 'voices'"), ({"on": "letters"}, "on 'letters'"),
    ({"any_of": ("a", "b"), "up_to": 3}, "only one column"),
])
def test_a_declaration_that_cannot_be_right_is_refused(wrong, says):
    given = {"name": "x", "label": "x", "family": "delay", "any_of": ("a",), "source": "x", **wrong}
    with pytest.raises(ValueError, match=says):
        Exposure(**given)
