"""The shape of the package: who may import whom, how long a file may be, and which words and calls stay out."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import dispute_risk

PACKAGE = Path(dispute_risk.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

STAGES = {"errors": 0, "terms": 0, "records": 1, "timeline": 2, "features": 3, "model": 4, "explain": 5, "triage": 6,
          "tribunal": 7, "causes": 7, "mediation": 7, "england": 7, "reports": 8, "commands": 9, "cli": 10}
"""The order of the stages; a stage imports only from a lower number, or from itself."""

FILE_LINES, FUNCTION_LINES = 320, 45
"""Hard caps; the house style asks for about 300 and 30."""

DECLARATIONS = {"records/tables.py": 400, "model/released.py": 335}
"""Files allowed to be longer, with a cap of their own: one is nothing but a list of columns."""

BANNED_NAMES = {"utils", "util", "core", "helpers", "helper", "common", "misc", "tools"}
HEAVY = {"pandas", "numpy", "sklearn", "lightgbm", "shap", "pyarrow", "openpyxl", "xlsxwriter", "jinja2", "holidays",
         "matplotlib", "scipy", "statsmodels", "pyspark", "py4j", "docx"}


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def stage_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> set[str]:
    """Return the stages a module imports from, inside functions too, but not for the checking of types alone."""
    for_types = {
        inner for node in ast.walk(tree_of(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) for inner in ast.walk(node)
    }
    lines = {node.lineno for node in for_types if isinstance(node, ast.ImportFrom | ast.Import)}
    names = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom | ast.Import) and node.lineno not in lines:
            whole = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            if whole == ["dispute_risk"]:
                whole = [f"dispute_risk.{one.name}" for one in node.names]
            names |= {name.split(".")[1] for name in whole if name.startswith("dispute_risk.")}
    return names


@cache
def said(path: Path) -> list[tuple[int, str]]:
    """Return the strings of a module that are not documentation, with their lines."""
    tree = tree_of(path)
    documentation = {
        id(node.body[place].value)
        for node in ast.walk(tree) if hasattr(node, "body") and isinstance(node.body, list)
        for place in range(len(node.body)) if isinstance(node.body[place], ast.Expr)
    }
    return [(node.lineno, node.value) for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation]


@cache
def calls(path: Path) -> list[tuple[int, str]]:
    return [(node.lineno, ast.unparse(node.func)) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]


# --- imports ----------------------------------------------------------------------------------------------------------


def test_a_stage_imports_only_from_the_stages_before_it():
    wrong = []
    for path in MODULES:
        own = stage_of(path)
        if own == "__init__":
            continue
        assert own in STAGES, f"{place(path)}: {own} is not a stage of the design"
        for other in imported(path) & set(STAGES):
            before = STAGES[other] < STAGES[own] or other == own
            if not before:
                wrong.append(f"{place(path)} imports from {other}")
    assert not wrong, "\n".join(wrong)


def test_an_import_inside_a_function_would_be_noticed(tmp_path):
    stray = tmp_path / "stray.py"
    stray.write_text("def late():\n    from dispute_risk.triage.bands import band_of\n    return band_of\n")
    assert imported(stray) == {"triage"}


def test_the_command_line_loads_without_the_heavy_libraries():
    code = "import sys, dispute_risk, dispute_risk.cli; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert HEAVY & set(done.stdout.split()) == set()


@pytest.mark.parametrize("name", dispute_risk.PUBLIC_NAMES)
def test_public_names_can_be_imported_from_the_package(name):
    found = getattr(dispute_risk, name)
    assert found is getattr(import_module(dispute_risk.PUBLIC_NAMES[name]), name)
    assert name in dispute_risk.__all__


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'risk_score'"):
        _ = dispute_risk.risk_score


def test_what_a_module_offers_is_there():
    for path in MODULES:
        tree = tree_of(path)
        bound = {node.id for line in tree.body if not isinstance(line, ast.FunctionDef | ast.ClassDef)
                 for node in ast.walk(line) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        bound |= {line.name for line in tree.body if isinstance(line, ast.FunctionDef | ast.ClassDef)}
        bound |= {one.asname or one.name for line in tree.body if isinstance(line, ast.ImportFrom) for one in line.names}
        for line in tree.body:
            if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "__all__" and path.parent != PACKAGE:
                offered = {node.value for node in ast.walk(line.value) if isinstance(node, ast.Constant)}
                assert offered <= bound, f"{place(path)} offers {', '.join(sorted(offered - bound))}"


# --- size and names ---------------------------------------------------------------------------------------------------


def test_no_file_is_too_long_to_read():
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > DECLARATIONS.get(name, FILE_LINES)} == {}


def test_no_function_is_too_long_to_read():
    too_long = {}
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                body = node.body
                documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
                start = body[0].end_lineno if documented else node.lineno
                if node.end_lineno - start > FUNCTION_LINES:
                    too_long[f"{place(path)}:{node.name}"] = node.end_lineno - start
    assert too_long == {}


def test_no_module_is_named_for_what_it_is_not():
    parts = {part.removesuffix(".py") for path in MODULES for part in path.relative_to(PACKAGE).parts}
    assert parts & BANNED_NAMES == set()


def test_every_module_opens_with_what_it_holds():
    silent = [place(path) for path in MODULES if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(
        tree_of(path))]
    assert silent == []


def test_test_files_have_names_of_their_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []


# --- calls and words --------------------------------------------------------------------------------------------------


def test_only_the_command_line_prints():
    printed = [f"{place(path)}:{line}" for path in MODULES if stage_of(path) not in ("cli", "commands")
               for line, name in calls(path) if name in ("print", "click.echo")]
    assert printed == []


def test_no_module_of_the_library_asks_what_day_it_is():
    asked = [f"{place(path)}:{line} {name}" for path in MODULES if stage_of(path) not in ("cli", "commands")
             for line, name in calls(path) if re.search(r"(^|\.)(today|now|utcnow)$", name)]
    assert asked == []


def test_nothing_is_stored_in_a_form_that_runs_code_when_it_is_read():
    unsafe = re.compile(r"^(pickle|joblib|dill|shelve|marshal)\.|(^|\.)(read_pickle|to_pickle|eval|exec)$")
    used = [f"{place(path)}:{line} {name}" for path in MODULES for line, name in calls(path) if unsafe.search(name)]
    assert used == []


def test_a_risk_is_never_called_a_score():
    command = re.compile(r"dispute-risk score|commands\.score")
    spoken = [f"{place(path)}:{line} {text[:60]!r}" for path in MODULES for line, text in said(path)
              if " " in text and re.search(r"\b(risk|appeal)\W+scores?\b|\bscores?\W+(of|for)\W+(the\W+)?(case|risk|child)",
                                           command.sub("", text), re.I)]
    assert spoken == []


MACHINE = re.compile(
    r"(?<![\w.-])/(?:work|tmp/[a-z]|home/[a-z]|root)(?=/)|pypi\.org|files\.pythonhosted|anthropic|claude|chatgpt|copilot", re.I
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True,
                            capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    kinds = {".py", ".md", ".toml", ".html", ".css", ".json", ".ipynb", ".csv", ".txt", ".yml", ".yaml", ".cfg", ""}
    return [ROOT / name for name in listed.stdout.splitlines() if Path(name).suffix in kinds and (ROOT / name).is_file()]


def test_no_file_names_the_machine_it_was_written_on():
    found = []
    for path in tracked():
        if path == Path(__file__) or path.stat().st_size > 5_000_000:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if hit := MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {hit.group(0)}")
    assert not found, "\n".join(found[:40])


# --- help -------------------------------------------------------------------------------------------------------------


def command_names() -> list[str]:
    from dispute_risk.cli import COMMANDS, _present

    return [name for name, (module, _) in COMMANDS.items() if _present(module)]


def leaves(name: str) -> list[tuple[str, ...]]:
    """Return the words that call each command: of a group, one for each of its own."""
    import click

    from dispute_risk.cli import commands

    found = commands.get_command(click.Context(commands), name)
    if not isinstance(found, click.Group):
        return [(name,)]
    return [(name, inner) for inner in found.list_commands(click.Context(found)) if not found.commands[inner].hidden]


def called_by(words: list[str]):
    """Return the command that the words of an example call, None where there is none."""
    import click

    from dispute_risk.cli import commands

    found = commands.get_command(click.Context(commands), words[0])
    while isinstance(found, click.Group) and len(words) > 1 and words[1] in found.list_commands(click.Context(found)):
        words = words[1:]
        found = found.get_command(click.Context(found), words[0])
    return found


@pytest.mark.parametrize("name", command_names())
def test_every_command_shows_an_example_of_commands_and_options_that_exist(name):
    from click.testing import CliRunner

    from dispute_risk.cli import commands

    for words in leaves(name):
        shown = CliRunner().invoke(commands, [*words, "--help"])
        assert shown.exit_code == 0, shown.output
        assert "Example" in shown.output, f"{' '.join(words)} --help shows no example"
        lines = re.findall(r"^\s*dispute-risk (.*)$", shown.output, re.M)
        assert any(line.startswith(name) for line in lines), f"no example calls {name}"
        for line in lines:
            called = called_by(line.split())
            assert called is not None, f"the example calls {line.split()[0]}, which is no command"
            known = {option for parameter in called.params for option in parameter.opts}
            assert set(re.findall(r"(?<!\S)--[a-z-]+", line)) <= known | {"--help"}, line


def test_the_help_of_the_whole_lists_the_commands_in_the_order_of_the_week_and_the_exit_codes():
    from click.testing import CliRunner

    from dispute_risk.cli import commands

    shown = CliRunner().invoke(commands, ["--help"]).output
    order = [shown.index(f"\n  {name} ") for name in command_names()]
    assert order == sorted(order)
    assert "Exit codes" in shown and "no list may be used to resist an appeal" in " ".join(shown.split())
