"""The commands `import ...`: the Department's SEN2 return turned into a casebook."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.group(name="import")
def command() -> None:
    """Read what an authority already returns to the Department."""


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="CASEBOOK",
              help="The folder to write; it must be new or empty.")
@click.option("--appeals", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Your register of appeals: upn, appeal_id, registered_on, and what else you have of the table.")
@click.option("--add", nargs=2, multiple=True, metavar="TABLE FILE",
              help="Another table of yours, such as mediations, with upn in place of case_id. May be given again.")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The authority's key for pseudonyms, so that next year's return joins. Made if it is not there.")
@click.option("--authority", default="", help="Name of the authority.")
@click.option("--invented", is_flag=True, help="The return is invented: every page made from it will say so.")
def sen2(files: tuple[Path, ...], out: Path, appeals: Path | None, add: tuple[tuple[str, str], ...],
         key: Path | None, authority: str, invented: bool) -> None:
    """Read SEN2 person-level returns (the XML, or the nine CSV files or their folder, 2023 to 2025) into a casebook.

    Several years go into one casebook. Names, pupil numbers and postcodes join the files and are then dropped. SEN2
    marks appeals and mediation without their dates: hand over your register of appeals beside it.

    \b
    Example:
      dispute-risk import sen2 sen2_2025.xml --appeals appeals.csv --key our.key --out casebook
    """
    from dispute_risk.records.sen2 import read_sen2, sen2_report
    from dispute_risk.records.write import write_casebook, write_csv, written_beside

    pseudonyms = None
    if key is not None:
        from dispute_risk.errors import RefusedUse
        from dispute_risk.records.mapping import key_from, new_key

        if out.resolve() in key.resolve().parents:
            raise RefusedUse(f"The key {key} would lie in the casebook {out}. Whoever has both knows who is who: "
                             f"keep it "
                             "somewhere else.")
        pseudonyms = key_from(key) if key.exists() else new_key(key)
    read = read_sen2(files, _beside(appeals, add), pseudonyms, authority, invented)
    report = sen2_report(read)
    with written_beside(out, folder=True) as beside:
        write_casebook(read.casebook, beside)
        write_csv(read.problems, beside / "sen2" / "problems.csv")
        write_csv(read.set_aside, beside / "sen2" / "set_aside.csv")
        write_csv(report.table, beside / "sen2" / "report.csv")
        (beside / "sen2" / "report.txt").write_text(report.summary() + "\n", encoding="utf-8")
    click.echo(read.summary())
    click.echo(f"\n{report.summary()}")
    if "appeals" not in read.beside:
        click.echo("\nThe table of appeals is empty: SEN2 dates no appeal. Nothing can be learned, and no risk "
                   "worked out, "
                   "until a register of appeals is there (--appeals FILE).")
    click.echo(f"\nWritten to {out}. Next: dispute-risk check {out}")


def _beside(appeals: Path | None, add: tuple[tuple[str, str], ...]) -> dict[str, Path]:
    """Return the authority's own tables by name; a table that the return fills is not taken from elsewhere."""
    from dispute_risk.records.sen2.report import ADD_ONS

    wrong = [name for name, _ in add if name not in ADD_ONS]
    if wrong:
        raise click.UsageError(f"--add {wrong[0]}: the table must be one of {', '.join(ADD_ONS)}.")
    return {**({"appeals": appeals} if appeals is not None else {}), **{name: Path(file) for name, file in add}}
