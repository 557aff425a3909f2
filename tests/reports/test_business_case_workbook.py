"""The business case workbook: its formulas give the figures of the package, follow an edit, and none comes from data."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from dispute_risk.mediation.scenarios import SCENARIOS, scenario_worth, switching_values
from dispute_risk.reports.business_case_formulas import LINES
from dispute_risk.reports.business_case_workbook import write_business_case_workbook

sys.path.insert(0, str(Path(__file__).parents[1] / "mediation"))
from business_case_sample import case

OPTIONS = [code for code, one in SCENARIOS.items() if one.years]
LABELS = {label: name for name, label, _ in LINES}
OFFICE = shutil.which("soffice")


@pytest.fixture(scope="module")
def borrowed():
    return case(authority="=1+1")


@pytest.fixture(scope="module")
def workbook(borrowed, tmp_path_factory):
    return write_business_case_workbook(borrowed, tmp_path_factory.mktemp("book") / "case.xlsx", data_note="+HYPERLINK()")


def results(path: Path) -> dict[str, dict[str, object]]:
    """Return the results sheet by option and name of the line."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows = list(book["Results"].iter_rows(min_row=5, values_only=True))
    book.close()
    return {code: {LABELS[row[0]]: row[1 + place] for row in rows} for place, code in enumerate(OPTIONS)}


def expected(values: dict[str, float], law) -> dict[str, dict[str, object]]:
    found = {}
    for code in OPTIONS:
        worth = scenario_worth(values, SCENARIOS[code], law)
        effect, fee, *_ = switching_values(values, SCENARIOS[code], law)
        found[code] = {"cost": float(worth.cost()), "benefit": float(worth.benefit()), "net": float(worth.net()),
                       "ratio": worth.ratio(), "net_unadjusted": float(worth.net(adjusted=False)),
                       "appeals": float(worth.appeals_fewer.sum()), "switching_effect": effect.value}
        if fee.found:
            found[code]["switching_fee"] = fee.value
    return found


def agree(shown, wanted) -> None:
    for code, lines in wanted.items():
        for name, value in lines.items():
            assert shown[code][name] == pytest.approx(value, abs=0.005), (code, name)


def recalculated(path: Path, place: Path) -> Path:
    """Open and save a workbook with LibreOffice, which works every formula out."""
    done = subprocess.run([OFFICE, f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to", "xlsx",
                           "--outdir", str(place / "out"), str(path)], capture_output=True, text=True, timeout=180, check=False)
    assert (place / "out" / path.name).is_file(), done.stderr
    return place / "out" / path.name


def test_the_figures_stored_beside_the_formulas_are_those_of_the_package(borrowed, workbook):
    agree(results(workbook), expected({code: one.central for code, one in borrowed.inputs.uprated.items()},
                                      borrowed.inputs.rules))


@pytest.mark.skipif(OFFICE is None, reason="soffice is not here: that the formulas recalculate is NOT tested")
def test_an_edited_input_recalculates_to_the_figures_of_the_package(borrowed, workbook, tmp_path):
    book = openpyxl.load_workbook(workbook)  # saved by openpyxl, no stored figure is left: all come from the formulas
    sheet = book["Inputs"]
    rows = {sheet.cell(row, 1).value: row for row in range(5, 5 + len(borrowed.inputs.stated))}
    sheet.cell(rows["appeals fewer per 100 families who meet"], 3).value = 35
    sheet.cell(rows["what one mediation meeting costs the authority in payments"], 6).value = "low"
    book["Rules and prices"]["B5"] = 0.05
    edited = tmp_path / "case.xlsx"
    book.save(edited)
    values = {code: one.central for code, one in borrowed.inputs.uprated.items()}
    values |= {"effect_per_100_meetings": 35.0, "fee_per_meeting": borrowed.inputs.uprated["fee_per_meeting"].low}
    from dataclasses import replace

    agree(results(recalculated(edited, tmp_path)), expected(values, replace(borrowed.inputs.rules, discount_rate=0.05)))


def test_no_text_of_the_records_is_a_formula_and_the_formulas_are_ours(workbook):
    book = openpyxl.load_workbook(workbook)
    formulas = {sheet.title: [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] for sheet in book}
    texts = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)
             and cell.data_type != "f"]
    assert any(cell.value.startswith("=1+1,") for cell in texts), "the authority's name stands as text"
    assert not [cell for cells in formulas.values() for cell in cells if "1+1" in str(cell.value) or "HYPERLINK" in
                str(cell.value)]
    assert {title for title, cells in formulas.items() if cells} == {"Read first", "Inputs", "Rules and prices", "Calculation",
                                                                     "Results"}
    # Names, not cell addresses, in the working: a finance colleague can read it.
    assert any("effect_per_100_meetings" in str(cell.value) for cell in formulas["Calculation"])


def test_it_is_set_up_for_work_and_print_and_marked_as_invented(workbook):
    book = openpyxl.load_workbook(workbook)
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape" and "Invented records" in str(sheet["A2"].value), sheet.title
    inputs = book["Inputs"]
    assert inputs.freeze_panes == "B5" and inputs.auto_filter.ref
    assert len(inputs.data_validations.dataValidation) == 19
