"""What makes a Monday start fast changes nothing: the same files, ledger and ranges; and nothing heavy is loaded."""

from __future__ import annotations

import datetime as dt
import gc
import json
import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
from calling import MONDAY, done, every_file

from dispute_risk.model.level import chance

HEAVY = ("pandas", "numpy", "sklearn", "lightgbm", "scipy", "pyarrow", "jinja2", "xlsxwriter", "holidays")


def recorded(ledger) -> list[tuple]:
    with sqlite3.connect(ledger) as link:
        return link.execute("SELECT e.kind, p.case_id, p.body FROM ledger_entries e JOIN ledger_payloads p "
                            "ON p.number = e.number ORDER BY e.number").fetchall()


@pytest.fixture(scope="module")
def mondays(records, release, tmp_path_factory):
    """The same Monday three times: on records read anew, on records kept, and with nothing kept at all."""
    folder = tmp_path_factory.mktemp("mondays")
    shutil.copytree(records, folder / "records", ignore=shutil.ignore_patterns(".dispute_risk_kept"))
    words = ("weekly", folder / "records", "--model", release, "--as-of", MONDAY, "--capacity", "5", "--by", "clerk")
    for name in ("anew", "kept", "never"):
        with pytest.MonkeyPatch.context() as patch:
            if name == "never":
                shutil.rmtree(folder / "records" / ".dispute_risk_kept")
                patch.setenv("DISPUTE_RISK_KEEP", "no")
            done(*words, "--out", folder / name, "--ledger", folder / f"{name}.sqlite")
        there = list((folder / "records").glob(".dispute_risk_kept/*/history_*"))
        assert len(there) == (name != "never")
    return folder


def test_records_kept_give_the_same_files_and_the_same_ledger(mondays):
    wanted = every_file(mondays / "never")
    assert wanted and every_file(mondays / "anew") == every_file(mondays / "kept") == wanted
    ledgers = [recorded(mondays / f"{name}.sqlite") for name in ("never", "anew", "kept")]
    assert ledgers[0] and ledgers[0] == ledgers[1] == ledgers[2]


def test_the_desk_looks_for_rubbish_again_when_the_list_is_made(mondays):
    assert gc.isenabled()


def test_reading_the_last_list_loads_nothing_heavy(mondays, release):
    words = ["triage", mondays / "records", "--model", release, "--as-of", MONDAY, "--capacity", "5", "--ledger",
             mondays / "kept.sqlite"]
    case_id = json.loads(done(*words, "--json").out)["cases"][0]["case_id"]
    code = ("import sys\nfrom dispute_risk.cli import main\n"
            "try: main(sys.argv[1:])\nexcept SystemExit as left: assert not left.code\n"
            f"sys.stderr.write(' '.join(name for name in {HEAVY} if name in sys.modules))")
    for more in ([], [case_id]):
        shown = subprocess.run([sys.executable, "-c", code, *map(str, [*words[:2], *more, *words[2:]])], capture_output=True,
                               text=True, check=True)
        assert shown.stderr == "" and (case_id in shown.stdout)


def test_the_range_of_an_area_is_the_one_of_its_own_cases(records, release):
    """Worked out for all areas at once; here for one area, from its own rows, as the definition says."""
    from dispute_risk.commands.opening import open_records
    from dispute_risk.commands.releases import open_release
    from dispute_risk.features.searches import Searches
    from dispute_risk.triage.areas import EIGHTY_PER_CENT, area_table
    from dispute_risk.triage.listed import COLUMNS
    from dispute_risk.triage.snapshot import open_cases

    as_of = dt.date.fromisoformat(MONDAY)
    opened = open_records(records, as_of)
    opened_release, catalogue = open_release(release, as_of, opened.catalogue)
    cases = open_cases(Searches(opened.history), catalogue, opened_release.fitted, as_of)
    import pandas as pd

    table = area_table(cases, pd.DataFrame(columns=COLUMNS)).set_index("area")
    assert len(table) > 1 and len(cases.fitted.line.refits)
    for area, row in table.iterrows():
        mine = (cases.area == area) & ~cases.in_dispute
        values, line = cases.features[mine].to_numpy(np.float64), cases.fitted.line
        moves = cases.fitted.slope * (line.refit_log_odds(values) - line.log_odds(values)[:, None])
        refits = chance(cases.fitted.log_odds(values)[:, None] + moves).sum(axis=0)
        risk = cases.risk[mine]
        spread = EIGHTY_PER_CENT * np.sqrt((risk * (1 - risk)).sum() + refits.var())
        assert row["expected_high"] == pytest.approx(risk.sum() + spread, rel=1e-12)
        assert row["expected_low"] == pytest.approx(max(risk.sum() - spread, 0), rel=1e-12)
