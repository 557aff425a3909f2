"""The command `docs`: the documents a council is asked for before it uses a model, written from the release itself."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.commands.opening import Records

if TYPE_CHECKING:
    from dispute_risk.model.data_facts import DataFacts
    from dispute_risk.model.released import Release

__all__ = ["command"]


@click.command(name="docs")
@click.option("--model", type=click.Path(path_type=Path), required=True, metavar="MODEL_DIR", help="A released model.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR",
              help="Folder for the documents.")
@click.option("--casebook", type=Records(), metavar="CASEBOOK",
              help="The records it was made from: fills in what follows from them.")
@click.option("--answers", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="What only people can say, as TOML; drafted where it is not there.  [default: answers.toml in DIR]")
@click.option("--release", "final", is_flag=True, help="Write nothing, and say what is open, while a field is to be completed "
                                                       "by people.")
@click.option("--also", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="With the features of a Python file of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for a program to read.")
def command(
    model: Path, out: Path, casebook: Path | str | None, answers: Path | None, final: bool, also: Path | None, as_json: bool
) -> None:
    """Write the model card, transparency record, DPIA and EqIA annexes, data sheet, statement of human involvement and checklist.

    Everything the program can know comes from the release and its records. What only people can say is asked for in one file,
    drafted on the first run; until it is filled in the documents show TO BE COMPLETED BY and the role. With --release the
    command ends with exit code 12 and writes no document while a field is open.

    \b
    Example:
      dispute-risk docs --model models/2025-03 --casebook records/northmoor --out governance
      dispute-risk docs --model models/2025-03 --casebook records/northmoor --out governance --release
    """
    from dispute_risk.commands.opening import catalogue_with, own_features, step
    from dispute_risk.explain.words import day_in_words
    from dispute_risk.model.bias_checklist import bias_checklist
    from dispute_risk.model.data_facts import feature_use
    from dispute_risk.model.released import load_release
    from dispute_risk.reports.governance_parts import Frame
    from dispute_risk.reports.governance_questions import draft_answers, read_answers
    from dispute_risk.reports.governance_set import documents_of, refuse_unfinished, write_documents

    own = own_features(also)
    release = load_release(model, _made_on(model))
    catalogue = catalogue_with(own, voice=True)
    file = answers if answers is not None else out / "answers.toml"
    drafted = not file.exists()
    if drafted:
        draft_answers(file)
    given = read_answers(file)
    found, name, note = _records(casebook, release)
    checklist = bias_checklist(release.manifest, given, found.measures() if found is not None else None)
    with step("Writing the documents"):
        documents = documents_of(release.manifest, feature_use(release.fitted, catalogue), checklist, found, given)
        if final:
            refuse_unfinished(documents, file)
        frame = Frame(given.get("organisation") or name, release.name,
                      day_in_words(dt.date.fromisoformat(release.manifest["as_of"])),
                      note, bool(release.manifest["synthetic"]))
        written = write_documents(documents, out, frame, checklist)
    open_fields = sorted({answer.question.key for document in documents for answer in document.missing})
    if as_json:
        click.echo(json.dumps({"files": [str(path) for path in written], "open": open_fields, "answers": str(file),
                               "checklist": {str(key): int(value) for key, value in checklist["status"].value_counts().items()}},
                              indent=2))
    else:
        click.echo(f"{'Drafted' if drafted else 'Read'} {file}: {len(open_fields)} fields are to be completed by people.")
        click.echo(f"Open {written[0]} first.")


def _made_on(model: Path) -> dt.date:
    """Return the day the release was made for: its documents can be written at any time, after its expiry too."""
    from dispute_risk.errors import ModelNotUsable

    try:
        return dt.date.fromisoformat(json.loads((model / "manifest.json").read_text(encoding="utf-8"))["as_of"])
    except FileNotFoundError as error:
        raise ModelNotUsable(f"{model} is not a released model: manifest.json is missing.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelNotUsable(f"{model / 'manifest.json'} cannot be read: it is damaged. Fetch or make the release "
                             "again.") from error


def _records(casebook: Path | str | None, release: Release) -> tuple[DataFacts | None, str, str]:
    """Return the facts of the records, the name of the authority, and a note on the data."""
    marks = dict(release.manifest.get("data", {}))
    told = ", ".join(f"{name} {str(mark)[:12]}" for name, mark in marks.items()) or "not kept"
    if casebook is None:
        return None, "Authority not named", f"Release made from records with the fingerprint: {told}."
    from dispute_risk.commands.opening import step
    from dispute_risk.model.data_facts import data_facts
    from dispute_risk.records.known import known_by
    from dispute_risk.records.read import read_casebook

    with step(f"Reading {casebook}"):
        book = read_casebook(casebook).casebook
        cut = known_by(book, dt.date.fromisoformat(release.manifest["as_of"]))
    found = data_facts(cut, str(marks.get("casebook", "")))
    return found, book.name, f"Release made from records with the fingerprint: {told}. Records of {book.name} looked at."
