"""The commands `map ...`: a council's own export turned into a casebook by one mapping."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.errors import ProblemsFound, UnknownName, UnusableRecords

if TYPE_CHECKING:
    from dispute_risk.records.mapping import MappingRun, Pseudonyms

__all__ = ["command"]


@click.group(name="map")
def command() -> None:
    """Turn a local EXPORT into a casebook by one MAPPING.

    EXPORT is a workbook, a CSV file, a folder of them, or the SQLAlchemy URL of a database. A MAPPING is a page of
    TOML that says which sheet fills which table, which heading is which column, and what the local code words mean.

    \b
    In this order:
      dispute-risk map suggest export.xlsx --out mapping.toml
      dispute-risk map check mapping.toml export.xlsx
      dispute-risk map run mapping.toml export.xlsx --out casebook --key our.key
    """


@command.command()
@click.argument("export")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Write the draft into this file (otherwise it is printed after the table).")
def suggest(export: str, out: Path | None) -> None:
    """Draft a mapping from the headings and values of an EXPORT, and say how sure each line is.

    \b
    Example:
      dispute-risk map suggest export.xlsx --out mapping.toml
    """
    from dispute_risk.errors import OutputNotWritten
    from dispute_risk.records.mapping.draft import draft_as_toml
    from dispute_risk.records.mapping.suggest import draft_mapping
    from dispute_risk.records.write import written_beside

    if out is not None and out.exists():
        raise OutputNotWritten(f"{out} is there already, and may hold your edits. Give another name.")
    draft = draft_mapping(export)
    for sheet, heading, fills, column, how_sure in draft.table[
            ["sheet", "heading", "fills", "column", "how_sure"]].itertuples(index=False):
        click.echo(f"{sheet}, {heading}: {fills}.{column} ({how_sure})" if fills else f"{sheet}, {heading}: {how_sure}")
    text = draft_as_toml(draft)
    if out is None:
        click.echo(f"\n{text}")
        return
    with written_beside(out) as beside:
        beside.write_text(text, encoding="utf-8")
    click.echo(f"\nWritten to {out}. Go through its lines, then: dispute-risk map check {out} {export}")


@command.command()
@click.argument("mapping", type=click.Path(path_type=Path))
@click.argument("export")
@click.pass_context
def check(context: click.Context, mapping: Path, export: str) -> None:
    """Check a MAPPING against an EXPORT: what fits, what does not, and what each table would set aside. Writes nothing.

    \b
    Example:
      dispute-risk map check mapping.toml export.xlsx
    """
    import secrets

    from dispute_risk.records.mapping import Pseudonyms, map_export, read_mapping

    _say(context, map_export(read_mapping(mapping), export, Pseudonyms(secrets.token_bytes(32))))


@command.command()
@click.argument("mapping", type=click.Path(path_type=Path))
@click.argument("export")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="CASEBOOK",
              help="The folder to write; it must be new or empty.")
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The authority's key for pseudonyms. Made if it is not there; keep it apart from the casebook.")
@click.pass_context
def run(context: click.Context, mapping: Path, export: str, out: Path, key: Path | None) -> None:
    """Write the casebook that a MAPPING makes of an EXPORT, with the account of every row in its folder `mapping`.

    \b
    Example:
      dispute-risk map run mapping.toml export.xlsx --out casebook --key our.key
    """
    from dispute_risk.records.mapping import map_export, read_mapping

    read = read_mapping(mapping)
    done = map_export(read, export, _key(key, out))
    done.write(out)  # what stops the use is raised before anything is written
    _say(context, done, f"Written to {out}. Next: dispute-risk check {out}")


def _key(key: Path | None, out: Path) -> Pseudonyms | None:
    """Read the key, or make it on the first run."""
    from dispute_risk.errors import RefusedUse
    from dispute_risk.records.mapping import key_from, new_key

    if key is None:
        return None
    if out.resolve() in key.resolve().parents:
        raise RefusedUse(f"The key {key} would lie in the casebook {out}. Whoever has both knows who is who: keep it "
                         "somewhere else.")
    if key.exists():
        return key_from(key)
    made = new_key(key)
    click.echo(f"A new key was made: {key}. Keep it where the authority keeps passwords; later exports need it.")
    return made


def _say(context: click.Context, done: MappingRun, last: str = "") -> None:
    click.echo(done.summary())
    click.echo(f"\n{done.read.summary()}")
    if last:
        click.echo(f"\n{last}")
    context.exit(UnusableRecords.exit_code if done.read.usable is None else
                 0 if done.read.clean else ProblemsFound.exit_code)


@command.command()
@click.argument("key", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("source")
@click.argument("pseudonym")
def whois(key: Path, source: str, pseudonym: str) -> None:
    """Say which identifier a PSEUDONYM stands for: only with the KEY and the SOURCE it was made from.

    \b
    Example:
      dispute-risk map whois our.key export.xlsx p0123456789abcdef
    """
    from dispute_risk.records.mapping import key_from
    from dispute_risk.records.mapping.pseudonyms import identifiers_in

    pseudonyms = key_from(key)
    found = pseudonyms.whose(pseudonym, identifiers_in(source))
    if not found:
        raise UnknownName(f"{pseudonym} was not made from anything in {source} with the key of fingerprint "
                          f"{pseudonyms.fingerprint}. See that mapping/key.txt of the casebook names the same "
                          "fingerprint, and that the source is the one of that run.")
    for column, identifier in found:
        click.echo(f"{pseudonym} is {column} {identifier}")
