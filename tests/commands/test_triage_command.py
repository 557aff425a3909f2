"""The officer's desk: queue, one case in full, what was done, the ledger's commands, and sessions at a real terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from calling import MONDAY, done, every_file, run

from dispute_risk.timeline.outcome import STATES
from dispute_risk.triage.queue import STATE_WORDS

ESCAPE = "\x1b"


@pytest.fixture(scope="module")
def desk(records, release, tmp_path_factory):
    """The words of a call at a desk with a ledger of its own, the week already made."""
    place = tmp_path_factory.mktemp("desk") / "ledger.sqlite"
    words = ("triage", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--ledger", place, "--by", "clerk")
    done(*words)
    return words


@pytest.fixture
def own(desk, tmp_path):
    """A copy of that desk that a test may write to."""
    place = Path(shutil.copy(desk[9], tmp_path / "ledger.sqlite"))
    return (*desk[:9], place, *desk[10:])


def queue_of(words, *more) -> list[dict]:
    return json.loads(done(*words, *more, "--json").out)["cases"]


def with_case(words, case_id):
    return (*words[:2], case_id, *words[2:])


# --- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_fits_a_terminal_and_says_what_it_is_for(desk):
    shown = done(*desk).out
    assert max(map(len, shown.splitlines())) <= 80
    assert ESCAPE not in shown and "INVENTED RECORDS" in shown and "never to resist an appeal" in shown
    for row in queue_of(desk):
        assert row["case_id"] in shown


def test_each_filter_keeps_what_it_says_and_loses_nothing_else(desk):
    everything = queue_of(desk)
    assert len({row["case_id"] for row in everything}) == len(everything) > 10
    for area in {row["area"] for row in everything}:
        assert queue_of(desk, "--area", area) == [row for row in everything if row["area"] == area]
    for state, words in STATE_WORDS.items():
        assert queue_of(desk, "--state", state) == [row for row in everything if row["state"] in words]
    assert all("unheard" in row["lists"] for row in queue_of(desk, "--list", "unheard"))
    near = queue_of(desk, "--due-within", "7")
    assert 0 < len(near) < len(everything)
    called = queue_of(desk, "--step", "reply")
    assert called and all("Answer the family" in row["next_step"] + row["second_step"] for row in called)


def test_the_states_of_the_filter_are_those_of_the_lists():
    assert {name: words[0] for name, words in STATE_WORDS.items() if name != "in_dispute"} == STATES


def test_every_wrong_filter_is_named_at_once(desk):
    left = run(*desk, "--area", "Atlantis", "--state", "angry", "--list", "all")
    assert left.code == 9
    assert all(word in left.err for word in ("--area 'Atlantis'", "--state 'angry'", "--list 'all'"))


def test_the_same_week_is_made_once_and_again_when_the_records_change(own, records, tmp_path):
    def runs() -> int:
        return len(json.loads(done("ledger", "runs", own[9], "--json").out))

    assert runs() == 1
    done(*own)
    assert runs() == 1
    other = Path(shutil.copytree(records, tmp_path / records.name))
    with (other / "contacts.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    done("triage", other, *own[2:])
    assert runs() == 2


# --- one case ---------------------------------------------------------------------------------------------------------


def test_a_case_in_full_fits_a_terminal_and_keeps_to_the_words_allowed(desk):
    for row in queue_of(desk):
        shown = done(*with_case(desk, row["case_id"])).out
        assert max(map(len, shown.splitlines())) <= 80, row["case_id"]
        assert "NEXT STEPS" in shown and "TIMELINE" in shown and ("RISK" in shown)
        said = shown.partition("TIMELINE")[0].lower()
        for word in ("because", "due to", "caused by", "drives", "leads to", "prevents", "will reduce", "score", "nan", "none ("):
            assert not re.search(rf"\b{re.escape(word)}", said), (row["case_id"], word)


def test_what_would_lower_the_estimate_is_worked_out_by_the_model_itself(desk, records, release):
    import datetime as dt

    import numpy as np

    from dispute_risk.commands.opening import open_records
    from dispute_risk.commands.releases import open_release
    from dispute_risk.features.searches import Searches
    from dispute_risk.triage.snapshot import open_cases
    from dispute_risk.triage.what_if import alternatives

    as_of = dt.date.fromisoformat(MONDAY)
    opened = open_records(records, as_of)
    released, catalogue = open_release(release, as_of, opened.catalogue)
    now = open_cases(Searches(opened.history), catalogue, released.fitted, as_of)
    seen = raised = 0
    rows = np.flatnonzero(~now.in_dispute).tolist()
    for row, found in zip(rows, alternatives(now, rows), strict=True):
        values = now.features.iloc[row].to_numpy(np.float64)
        if len(found) > 1:
            assert len(found[-1].families) == len(found) - 1
        for one in found:
            raised += one.opens_a_window and one.risk > now.risk[row]
            if one.opens_a_window:
                continue
            seen += 1
            met = values.copy()
            for place, feature in enumerate(catalogue):
                family = "placement" if feature.family == "window" else feature.family
                if feature.met is not None and family in one.families and values[place] > feature.met:
                    met[place] = feature.met
            assert one.risk == pytest.approx(float(released.fitted.risk(met[None])[0]), abs=1e-12)
            assert not {"voice", "need", "past_disputes"} & set(one.families)
    assert seen > 20
    assert raised, "a late decision that is issued opens the time for an appeal: some estimates must be shown to rise"


def test_a_case_on_no_list_is_made_on_request_and_kept(own, records):
    import pandas as pd

    listed = {row["case_id"] for row in queue_of(own)}
    for case_id in pd.read_csv(records / "cases.csv", dtype=str)["case_id"]:
        if case_id in listed:
            continue
        left = run(*with_case(own, case_id), "--json")
        if left.code == 0:
            break
    page = json.loads(left.out)
    assert page["case_id"] == case_id and page["list"] == "" and page["timeline"]
    assert json.loads(done(*with_case(own, case_id), "--json").out)["steps"] == page["steps"]


def test_a_case_that_is_not_open_is_refused_and_nothing_is_recorded(own):
    left = run(*with_case(own, "NOBODY"), "--did", "reply")
    assert left.code == 9 and "NOBODY" in left.err
    assert run("ledger", "case", own[9], "NOBODY").code == 9


def test_one_case_comes_in_under_a_second_of_work_and_without_pandas(desk):
    case_id = queue_of(desk)[0]["case_id"]
    code = ("import sys, resource\nfrom dispute_risk.cli import main\n"
            "try: main(sys.argv[1:])\nexcept SystemExit as left: assert not left.code\n"
            "used = resource.getrusage(resource.RUSAGE_SELF)\n"
            "sys.stderr.write(f'{used.ru_utime + used.ru_stime} {\"pandas\" in sys.modules}')")
    shown = subprocess.run([sys.executable, "-c", code, *map(str, with_case(desk, case_id))], capture_output=True, text=True,
                           check=True)
    seconds, pandas = shown.stderr.split()
    assert float(seconds) < 1 and pandas == "False"
    assert f"Case {case_id}" in shown.stdout


# --- what was done ----------------------------------------------------------------------------------------------------


def test_what_is_done_is_on_record_and_in_next_weeks_list(own):
    first, second, third = (row["case_id"] for row in queue_of(own)[:3])
    said = done(*with_case(own, first), "--did", "meet_family", "--note", "at school").out
    assert "clerk: Done: Meet the family" in " ".join(said.split()) and "(at school)" in said
    done(*with_case(own, second), "--snooze", "2026-03-20")
    done(*with_case(own, third), "--knew", "--override", "family moved")
    left = queue_of(own)
    assert second not in [row["case_id"] for row in left] and second in [row["case_id"] for row in queue_of(own, "--all")]
    by_case = {row["case_id"]: row for row in left}
    assert [one["step"] for one in by_case[first]["done"]] == ["meet_family"]
    assert by_case[third]["knew"] and by_case[third]["override"] == "family moved"
    words = list(own)
    for monday, asleep in (("2026-03-16", True), ("2026-03-23", False)):
        words[5] = monday
        again = {row["case_id"]: row for row in queue_of(words)}
        everything = {row["case_id"]: row for row in queue_of(words, "--all")}
        assert (second in everything and second not in again) == (asleep and second in everything)
        assert first not in again or [one["step"] for one in again[first]["done"]] == ["meet_family"]
    assert "ON RECORD" in done(*with_case(own, third)).out


@pytest.mark.parametrize("more, said", [
    (("--did", "defend_harder"), "is no step"), (("--snooze", MONDAY), "not after --as-of"), (("--override", " "), "in words"),
    (("--snooze", "soon"), "not a date"),
])
def test_what_cannot_be_recorded_is_refused(own, more, said):
    case_id = queue_of(own)[0]["case_id"]
    left = run(*with_case(own, case_id), *more)
    assert left.code == 2 and said in left.err
    assert run(*own, "--knew").code == 2  # no case


# --- the ledger's commands --------------------------------------------------------------------------------------------


def test_a_past_list_is_shown_and_written_again_byte_for_byte(own, tmp_path):
    first = done("ledger", "show", own[9], "1").out
    done(*with_case(own, queue_of(own)[0]["case_id"]), "--did", "reply")
    assert done("ledger", "show", own[9], "1").out == first
    for name in ("one", "two"):
        done("ledger", "show", own[9], "1", "--out", tmp_path / name)
    one, two = every_file(tmp_path / "one"), every_file(tmp_path / "two")
    assert {n: c for n, c in one.items() if not n.endswith(".xlsx")} == {n: c for n, c in two.items() if not n.endswith(".xlsx")}
    assert run("ledger", "show", own[9], "9").code == 9


def test_the_list_written_again_is_the_list_of_the_week(own, records, release, tmp_path):
    done("weekly", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--out", tmp_path / "monday", "--no-ledger")
    done("ledger", "show", own[9], "1", "--out", tmp_path / "again")
    monday, again = every_file(tmp_path / "monday"), every_file(tmp_path / "again")
    assert sorted(monday) == sorted(again)
    assert {n: c for n, c in monday.items() if not n.endswith(".xlsx")} == {
        n: c for n, c in again.items() if not n.endswith(".xlsx")}


def test_verify_export_and_erase(own, tmp_path):
    case_id = queue_of(own)[0]["case_id"]
    done(*with_case(own, case_id), "--did", "reply")
    head = done("ledger", "verify", own[9]).out.split()[-1]
    assert case_id in done("ledger", "export", own[9], "--out", tmp_path / "audit").out or (
        case_id in (tmp_path / "audit" / "ledger.csv").read_text("utf-8-sig"))
    assert "Done: Answer the family" in done("ledger", "case", own[9], case_id).out
    done("ledger", "erase", own[9], case_id, "--why", "request", "--by", "clerk", "--yes")
    assert case_id.encode() not in Path(own[9]).read_bytes()
    assert "none altered" in done("ledger", "verify", own[9], "--head", head).out
    assert case_id not in done("ledger", "show", own[9], "1").out
    connection = sqlite3.connect(own[9])
    with connection:
        connection.execute("DROP TRIGGER ledger_entries_no_update")
        connection.execute("UPDATE ledger_entries SET recorded_at = '2020' WHERE number = 5")
    connection.close()
    left = run("ledger", "verify", own[9])
    assert left.code == 11 and "entry 5" in left.err


# --- from list to list ------------------------------------------------------------------------------------------------


def test_from_the_weekly_list_to_the_deed_to_next_weeks_list(records, release, tmp_path):
    from calling import cells

    ledger = tmp_path / "ledger.sqlite"
    words = ("--model", release, "--capacity", "5", "--ledger", ledger, "--by", "officer")

    def weekly(day: str) -> dict:
        said = done("weekly", records, *words, "--as-of", day, "--out", tmp_path / day, "--json").out
        return json.loads(said)

    first = weekly(MONDAY)
    assert first["run"] == 1 and first["ledger"] == str(ledger) and first["done"] == 0
    listed = cells(tmp_path / MONDAY / "weekly.csv").query("list == 'likely_disputes'")["case_id"].tolist()
    desk = ("triage", records, listed[0], *words, "--as-of", MONDAY)
    assert "ON RECORD" not in done(*desk).out
    assert len(json.loads(done("ledger", "runs", ledger, "--json").out)) == 1, "the list of the week is the desk's"
    done(*desk, "--did", "meet_family", "--on", "2026-03-11")
    second = weekly("2026-03-16")
    assert (second["run"], second["done"]) == (2, 1)
    moved = cells(tmp_path / "2026-03-16" / "movement.csv").set_index("case_id")
    assert moved.loc[listed[0], "movement"] == "done" and "Done on 11 March 2026" in moved.loc[listed[0], "why"]
    rows = cells(tmp_path / "2026-03-16" / "weekly.csv").query("list == 'likely_disputes'").set_index("case_id")
    assert listed[0] not in rows.index
    assert set(rows.loc[rows["is_new"] == "False", "weeks_on_list"]) <= {"1"}
    pages = "".join(path.read_text("utf-8") for path in (tmp_path / "2026-03-16").glob("weekly_*.html"))
    assert "Done on 11 March 2026: Meet the family" in pages


def test_the_same_list_is_not_recorded_twice_and_one_of_its_own_policy_is_nobody_elses(records, release, tmp_path):
    ledger, policy = tmp_path / "ledger.sqlite", tmp_path / "policy.toml"
    policy.write_text("[slots]\nmeet_family = 1\n", encoding="utf-8")
    words = ("weekly", records, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--ledger", ledger, "--json")

    def run_of(name: str, *more) -> int:
        return json.loads(done(*words, "--out", tmp_path / name, *more).out)["run"]

    assert run_of("policy", "--policy", policy) == 1
    assert run_of("since", "--since", "2026-02-23") == 2
    desk = ("triage", *words[1:])
    assert json.loads(done(*desk).out)["run"] == 3, "a run with choices of its own is not the desk's"
    assert run_of("plain") == 3 and run_of("again", "--policy", policy) == 1
    assert len(json.loads(done("ledger", "runs", ledger, "--json").out)) == 3


def test_a_list_that_is_not_recorded_says_so_and_leaves_no_ledger(records, release, tmp_path):
    other = Path(shutil.copytree(records, tmp_path / "records"))
    words = ("weekly", other, "--model", release, "--as-of", MONDAY, "--capacity", "5", "--out")
    assert "Nothing is recorded" in done(*words, tmp_path / "one", "--no-ledger").out
    assert not (tmp_path / "records-ledger.sqlite").exists()
    assert "On record as run 1" in done(*words, tmp_path / "two").out
    assert (tmp_path / "records-ledger.sqlite").exists()
    assert run(*words, tmp_path / "three", "--no-ledger", "--ledger", "x").code == 2


def test_a_case_put_off_beyond_its_last_date_is_pointed_out(own):
    row = next(row for row in queue_of(own) if row["last_date_on"])
    said = " ".join(done(*with_case(own, row["case_id"]), "--snooze", "2027-01-04").out.split())
    assert f"Beware: the {row['last_date_is']}, {row['last_date_on']}, comes before." in said


# --- at a terminal ----------------------------------------------------------------------------------------------------


class Terminal:
    """A session at a pseudo-terminal of 80 columns."""

    def __init__(self, *words: object, **environment: str) -> None:
        self.mine, theirs = pty.openpty()
        clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        self.program = subprocess.Popen(
            [sys.executable, "-m", "dispute_risk.cli", *map(str, words)], stdin=theirs, stdout=theirs, stderr=theirs,
            env={**clean, "TERM": "xterm", "COLUMNS": "80", **environment}, start_new_session=True)
        os.close(theirs)
        self.ahead = ""

    def until(self, text: str, seconds: float = 30) -> str:
        """Read until a text appears, and return what came since the last time, up to and with it."""
        end = time.monotonic() + seconds
        while text not in self.ahead and time.monotonic() < end:
            if select.select([self.mine], [], [], 0.2)[0]:
                try:
                    self.ahead += os.read(self.mine, 65536).decode("utf-8", "replace")
                except OSError:  # the other end was closed
                    break
        said, found, self.ahead = self.ahead.partition(text)
        if not found:
            self.program.kill()
            self.program.wait()
            raise AssertionError(f"{text!r} did not come: {said[-800:]}")
        return said + found

    def keys(self, text: str) -> None:
        os.write(self.mine, text.encode())

    def end(self) -> int:
        while select.select([self.mine], [], [], 5)[0]:
            try:
                if not os.read(self.mine, 65536):
                    break
            except OSError:
                break
        code = self.program.wait(30)
        os.close(self.mine)
        return code


def test_the_queue_is_walked_from_the_keyboard_and_all_of_it_is_recorded(own):
    cases = [row["case_id"] for row in queue_of(own)]
    terminal = Terminal(*own, "--walk")
    assert f"Case {cases[0]}" in terminal.until("q leave: ")
    terminal.keys("d\n")
    terminal.until("name of a step): ")
    terminal.keys("1\n")
    terminal.until("Note, if any: ")
    terminal.keys("rang them\n")
    terminal.until("Recorded.")
    terminal.until("q leave: ")
    terminal.keys("\n")
    assert f"Case {cases[1]}" in terminal.until("q leave: ")
    terminal.keys("s\n")
    terminal.until("(YYYY-MM-DD): ")
    terminal.keys("yesterday\n")
    terminal.until("nothing recorded")
    terminal.until("q leave: ")
    terminal.keys("k\n")
    terminal.until("Recorded.")
    terminal.until("q leave: ")
    terminal.keys("b\n")
    assert "rang them" in terminal.until("q leave: ")  # the first case again, with what was just recorded
    terminal.keys("q\n")
    terminal.until("Queue left")
    assert terminal.end() == 0
    by_case = {row["case_id"]: row for row in queue_of(own)}
    assert len(by_case[cases[0]]["done"]) == 1 and by_case[cases[1]]["knew"]
    assert "none altered" in done("ledger", "verify", own[9]).out


def test_an_interrupted_walk_leaves_what_was_recorded(own):
    case_id = queue_of(own)[0]["case_id"]
    terminal = Terminal(*own, "--walk")
    terminal.until("q leave: ")
    terminal.keys("k\n")
    terminal.until("Recorded.")
    terminal.until("q leave: ")
    terminal.program.send_signal(signal.SIGKILL)
    terminal.end()
    assert next(row for row in queue_of(own) if row["case_id"] == case_id)["knew"]
    assert "none altered" in done("ledger", "verify", own[9]).out


def test_a_terminal_has_colour_unless_it_is_not_wanted(own):
    case_id = queue_of(own)[0]["case_id"]
    words = with_case(own, case_id)
    coloured, plain = Terminal(*words), Terminal(*words, NO_COLOR="1")
    assert ESCAPE in coloured.until("decide what a child gets") and ESCAPE not in plain.until("decide what a child gets")
    assert coloured.end() == plain.end() == 0


def test_a_walk_without_a_keyboard_is_refused(own):
    shown = subprocess.run([sys.executable, "-m", "dispute_risk.cli", *map(str, own), "--walk"], stdin=subprocess.DEVNULL,
                           capture_output=True, text=True)
    assert shown.returncode == 2 and "--walk needs a terminal" in shown.stderr
