"""The command line as a whole: help that can be followed, exit codes that are kept, messages without a traceback."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from calling import MONDAY, TRAINED_ON, copied, done, run

from dispute_risk.cli import COMMANDS
from dispute_risk.errors import EXIT_CODES

ESCAPE = "\x1b"


# --- help -------------------------------------------------------------------------------------------------------------


def test_the_help_gives_every_exit_code_with_its_meaning():
    listed = done("--help").out.partition("Exit codes:")[2]
    assert dict(re.findall(r"^\s+(\d+)\s{2}(\S.*)$", listed, re.M)) == {str(code): said for code, said in EXIT_CODES.items()}


def test_check_documents_only_codes_that_mean_the_same_for_the_whole():
    said = done("check", "--help").out.partition("Leaves with")[2]
    assert set(map(int, re.findall(r"^\s+(\d+)  if", said, re.M))) == {0, 3, 4, 5} <= set(EXIT_CODES)


def test_the_help_loads_nothing_heavy():
    code = ("import sys; from dispute_risk.cli import main\n"
            "try: main(['--help'])\n"
            "except SystemExit as left: assert left.code == 0\n"
            "print([name for name in ('pandas', 'numpy', 'sklearn', 'lightgbm', 'pyarrow', 'jinja2') if name in sys.modules])")
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"
    assert shown.stderr == ""


def examples_of(name: str) -> list[list[str]]:
    """Return the words of each example in the help of a command, without the name of the program."""
    lines = re.findall(r"^\s*dispute-risk (.*)$", done(name, "--help").out, re.M)
    return [words for line in lines if (words := shlex.split(line))[0] == name]


DATES = {"train": TRAINED_ON, "score": MONDAY, "weekly": MONDAY}


def fitted_to_the_small_authority(words: list[str]) -> list[str]:
    """Return an example with sizes and dates that the small authority has, everything else as it stands."""
    fitted = list(words)
    for place, word in enumerate(words[:-1]):
        if word == "--as-of":
            fitted[place + 1] = DATES[words[0]]
        if word in ("--plans", "--years"):
            fitted[place + 1] = {"--plans": "200", "--years": "1"}[word]
    return fitted


FOLLOWED = ["simulate", "check", "features", "train", "validate", "score", "weekly"]


@pytest.mark.slow
def test_the_examples_of_the_week_can_be_followed_one_after_the_other(records, release, tmp_path, monkeypatch):
    copied(records, tmp_path / "records" / "northmoor")
    monkeypatch.chdir(tmp_path)
    for name in FOLLOWED:
        examples = examples_of(name)
        assert examples, f"{name} --help has no example"
        for words in examples:
            made = [words[place + 1] for place, word in enumerate(words) if word in ("--out", "--write")]
            left = run(*fitted_to_the_small_authority(words))
            assert left.code == 0, f"dispute-risk {' '.join(words)}\n{left.err}"
            assert all(Path(name).exists() for name in made), words
            assert ESCAPE not in left.out + left.err
            assert left.err == "", f"piped, it says nothing but the result: {left.err}"


# --- typed wrongly ----------------------------------------------------------------------------------------------------


def the_line(err: str) -> str:
    """Return the one line that says what is wrong."""
    lines = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, err
    assert "Traceback" not in err
    return lines[0]


@pytest.mark.parametrize(("words", "code", "said"), [
    (("scores",), 2, "No such command 'scores'"),
    (("score", "R", "--model", "M", "--as-of", "2026-02-30", "--out", "o.csv"), 2, "'2026-02-30' is not a date. Write"),
    (("weekly", "R", "--model", "M", "--as-of", "09/03/2026", "--out", "o"), 2, "'09/03/2026' is not a date"),
    (("train", "R"), 2, "Missing option '--out'"),
    (("weekly", "R", "--model", "M", "--as-of", MONDAY, "--out", "o", "--capacity", "0"), 2, "0 is not in the range"),
    (("weekly", "R", "--model", "M", "--as-of", MONDAY, "--out", "o", "--since", MONDAY), 2, "is not before --as-of"),
    (("features", "--family", "weather"), 2, "'weather' is not a family. Allowed: window, delay"),
    (("simulate", "o", "--scenario", "S99"), 9, "no scenario 'S99'. Allowed: S0"),
    (("check", "nowhere"), 3, "nowhere does not exist"),
    (("score", "nowhere", "--model", "M", "--as-of", MONDAY, "--out", "o.csv"), 3, "nowhere does not exist"),
    (("score", "R", "--model", "no_model", "--as-of", MONDAY, "--out", "o.csv"), 7, "no_model is not a released model"),
    (("weekly", "R", "--model", "R", "--as-of", MONDAY, "--out", "o"), 7, "is not a released model"),
    (("score", "R", "--model", "M", "--as-of", "2026-02-23", "--out", "o.csv"), 7, "knows what came later"),
    (("score", "R", "--model", "M", "--as-of", "2027-02-22", "--out", "o.csv"), 6, "the records end on 2026-06-29"),
    (("train", "R", "--as-of", "2023-10-02", "--out", "o", "--national", "none"), 6, "Hand over a longer history"),
    (("validate", "R", "--as-of", "2023-10-02", "--out", "o"), 6, "nothing to test on"),
    (("train", "R", "--out", "M"), 8, "A release is never overwritten"),
    (("train", "R", "--out", "o", "--also", "none.py"), 3, "no such file of own features"),
])
def test_a_mistake_ends_in_one_line_and_its_own_code(words, code, said, records, release, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    left = run(*[{"R": records, "M": release}.get(word, word) for word in words])
    assert said in the_line(left.err)
    assert (left.code, left.out) == (code, "")
    assert list(tmp_path.iterdir()) == []


def test_the_installed_program_ends_the_same_way(tmp_path):
    """In a process of its own: what click and the interpreter add on the way out would show here."""
    left = subprocess.run(
        [sys.executable, "-W", "error", "-m", "dispute_risk.cli", "check", "nowhere"], capture_output=True, text=True,
        cwd=tmp_path, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert (left.returncode, left.stdout) == (3, "")
    assert left.stderr == "Error: nowhere does not exist. Give the folder of the casebook, or its workbook (.xlsx).\n"


def test_a_reader_that_stops_listening_is_no_error():
    program = f"{shlex.quote(sys.executable)} -m dispute_risk.cli features"
    left = subprocess.run(["bash", "-c", f"set -o pipefail; {program} | head -n 1"], capture_output=True, text=True, check=False)
    assert (left.stderr, left.stdout.count("\n")) == ("", 1)


# --- for a program to read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [
    ("check", "R", "--json"),
    ("features", "--json"),
    ("train", "R", "--as-of", TRAINED_ON, "--out", "model", "--skip-test", "--json"),
    ("score", "R", "--model", "M", "--as-of", MONDAY, "--out", "risk.csv", "--json"),
    ("weekly", "R", "--model", "M", "--as-of", MONDAY, "--out", "monday", "--json"),
], ids=lambda words: words[0])
def test_json_is_all_that_is_printed(words, records, release, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    left = done(*[{"R": records, "M": release}.get(word, word) for word in words])

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON; a strict reader stops at it")

    assert json.loads(left.out, parse_constant=refuse)
    assert left.err == ""


def test_every_command_is_there():
    assert [name for name in COMMANDS if run(name, "--help").code != 0] == []
