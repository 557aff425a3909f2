"""Completion by the Tab key, in a real bash: commands, options and the names of steps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from calling import done, run


@pytest.mark.parametrize("shell, said", [("bash", "complete -o nosort -F"), ("zsh", "#compdef dispute-risk"),
                                         ("fish", "complete --no-files --command dispute-risk")])
def test_each_shell_gets_a_script_of_its_own(shell, said):
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("SKIPPED: no bash")
    script = done("completion", shell).out
    assert said in script and "_DISPUTE_RISK_COMPLETE" in script


def test_another_shell_is_refused():
    left = run("completion", "cmd")
    assert left.code == 2 and "'bash', 'zsh', 'fish'" in left.err


def completed(tmp_path: Path, *words: str) -> set[str]:
    """Return what a bash that loaded the script offers when Tab is pressed after these words."""
    if shutil.which("bash") is None:
        pytest.skip("SKIPPED: no bash")
    program = tmp_path / "dispute-risk"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from dispute_risk.cli import main; main()" "$@"\n')
    program.chmod(0o755)
    typed = " ".join(words)
    script = (f'eval "$(dispute-risk completion bash)"; COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; '
              '_dispute_risk_completion dispute-risk; printf "%s\\n" "${COMPREPLY[@]}"')
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    shown = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=env, check=True)
    assert not shown.stderr, shown.stderr
    return set(shown.stdout.split())


@pytest.mark.parametrize("words, offered", [
    (("dispute-risk", "tri"), {"triage"}),
    (("dispute-risk", "ledger", "ver"), {"verify"}),
    (("dispute-risk", "weekly", "--no-l"), {"--no-ledger"}),
    (("dispute-risk", "triage", "records", "A1", "--did", "meet"), {"meet_family"}),
    (("dispute-risk", "completion", "z"), {"zsh"}),
])
def test_bash_completes_what_is_typed(tmp_path, words, offered):
    assert completed(tmp_path, *words) == offered
