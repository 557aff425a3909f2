"""How the shipped file of published figures is made from the files the Department for Education published.

Run `python -m dispute_risk.england.build FOLDER` on a folder that holds the published files (the rows for all plans, by
authority, region and England). The same files give the same shipped file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from dispute_risk.england.measures import ATTRIBUTION, COUNTS, SOURCES, Source
from dispute_risk.errors import UnreadableFile

__all__ = ["DATA_FOLDER", "build", "published_values", "sources_table"]

DATA_FOLDER = Path(__file__).parent / "data"

NAMES_IN_THE_APPEALS_FILE: dict[str, str] = {
    "Durham": "County Durham",
    "Herefordshire": "Herefordshire, County of",
    "Kingston Upon Hull, City of": "Kingston upon Hull, City of",
}
"""Authorities that the appeals file spells otherwise than the other files."""

FORMER_REGIONS: dict[str, str] = {
    "Bournemouth": "South West", "Poole": "South West", "Cumbria": "North West", "Northamptonshire": "East Midlands",
}
"""Authorities that no longer exist and stand only in the appeals file or in earlier years."""

_LEVELS = {"National": "England", "Regional": "Region", "Local authority": "Authority", "LA": "Authority"}
_COLUMNS = ["source", "year", "level", "name", "code", "new_code", "region", "topic", "group", "measure",
            "value", "symbol"]


def build(folder: str | Path, destination: str | Path = DATA_FOLDER) -> Path:
    """Write the shipped file and its table of sources.

    Parameters
    ----------
    folder : path
        Folder with the published CSV files named in `SOURCES`.
    destination : path
        Folder to write `england.parquet` and `SOURCES.csv` into.

    Returns
    -------
    Path
        The parquet file.

    Raises
    ------
    UnreadableFile
        Where a published file is missing.
    """
    from dispute_risk.records.write import written_beside

    destination = Path(destination)
    values = published_values(Path(folder))
    with written_beside(destination / "england.parquet") as temporary:
        values.to_parquet(temporary, engine="pyarrow", compression="zstd", compression_level=19, index=False)
    with written_beside(destination / "SOURCES.csv") as temporary:
        sources_table().to_csv(temporary, index=False, lineterminator="\n")
    return destination / "england.parquet"


def sources_table() -> pd.DataFrame:
    """Return the published files, one a row: key, title, publisher, years, address, licence, note."""
    return pd.DataFrame(
        [{"source": source.key, "title": source.title, "publisher": source.publisher, "years": source.years,
          "address": source.address, "licence": ATTRIBUTION, "note": source.note} for source in SOURCES]
    )


def published_values(folder: Path) -> pd.DataFrame:
    """Return every declared count of the published files, one a row, symbols kept beside the number."""
    missing = [source.file for source in SOURCES if not (folder / source.file).is_file()]
    if missing:
        raise UnreadableFile(
            f"{folder}: {len(missing)} published file(s) are missing. Put them in the folder under these names.",
            missing,
        )
    parts = [_long(_read(folder, source), source) for source in SOURCES]
    values = pd.concat(parts, ignore_index=True)
    values = _each_figure_once(values)
    values["region"] = _regions(values)
    codes = _codes(folder)
    for column in ("code", "new_code"):
        values[column] = values["name"].map(codes[column]).where(values["level"] == "Authority", "").fillna("")
    values = values.sort_values(["source", "measure", "year", "level", "name", "topic", "group"], kind="stable")
    for column in ("source", "level", "name", "code", "new_code", "region", "topic", "group", "measure", "symbol"):
        values[column] = values[column].astype("category")
    values["year"] = values["year"].astype("int16")
    return values[_COLUMNS].reset_index(drop=True)


def _read(folder: Path, source: Source) -> pd.DataFrame:
    rows = pd.read_csv(folder / source.file, dtype=str, keep_default_na=False)
    if source.key == "appeals":
        return _read_appeals(rows)
    rows = rows.rename(columns={"geographic_level": "level", "breakdown_topic": "topic"})
    if source.key.endswith("_groups"):
        rows = rows.rename(columns={"breakdown": "group"}).assign(level="National", la_name="", region_name="")
    else:
        rows = rows.assign(topic="", group="")
    # A period such as 202425 is a January return: the plans in force at the end of calendar year 2024.
    rows["year"] = rows["time_period"].str[:4].astype(int)
    rows["name"] = rows["la_name"].where(rows["level"] == "Local authority", rows["region_name"])
    rows["name"] = rows["name"].where(rows["level"] != "National", "England")
    return rows.rename(columns={"region_name": "region"})


def _read_appeals(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(topic="", group="", region="", year=rows["year"].astype(int))
    rows["name"] = rows["la_name"].replace(NAMES_IN_THE_APPEALS_FILE)
    rows["name"] = rows["name"].where(rows["level"] != "National", "England")
    rows = rows[rows["appeals_registered"] != ""].copy()  # blank: the authority did not exist that year
    # The new base is published for 2024 only; where it is missing that year, the rate carries the symbol.
    without = (rows["indev_appealable_decisions"] == "") & (rows["year"] == 2024)
    for column in ("indev_appealable_decisions", "indev_appeal_rate_pc"):
        rows[column] = rows[column].where(~without | (rows[column] != ""), "x")
    return rows


def _long(rows: pd.DataFrame, source: Source) -> pd.DataFrame:
    counts = [count for count in COUNTS if count.source == source.key]
    keys = ["year", "level", "name", "region", "topic", "group"]
    long = pd.concat(
        [rows[keys].assign(measure=count.name, published=rows[count.column]) for count in counts], ignore_index=True
    )
    long = long[long["published"] != ""]
    value = pd.to_numeric(long["published"], errors="coerce")
    symbol = long["published"].where(value.isna(), "")
    return long.assign(
        source=source.key, level=long["level"].map(_LEVELS), value=value, symbol=symbol
    ).drop(columns="published")


def _each_figure_once(values: pd.DataFrame) -> pd.DataFrame:
    """Keep each figure once: a number before a symbol, and the newer return before the earlier one."""
    keys = ["year", "level", "name", "topic", "group", "measure"]
    order = 2 * values["value"].isna() + (values["source"] == "earlier")
    kept = values.assign(order=order).sort_values("order", kind="stable").drop_duplicates(keys)
    return kept.drop(columns="order")


def _codes(folder: Path) -> pd.DataFrame:
    """Return the newest codes of each authority, by name; never those of the appeals file, which confuses five."""
    requests = next(source for source in SOURCES if source.key == "requests")
    rows = pd.read_csv(folder / requests.file, dtype=str, keep_default_na=False)
    rows = rows[rows["geographic_level"] == "Local authority"].sort_values("time_period")
    newest = rows.drop_duplicates("la_name", keep="last").set_index("la_name")
    return newest[["old_la_code", "new_la_code"]].set_axis(["code", "new_code"], axis=1)


def _regions(values: pd.DataFrame) -> pd.Series:
    """Return one region for each authority in every year; the appeals file splits London, the others do not."""
    known = values[(values["level"] == "Authority") & (values["region"] != "")]
    region = known.drop_duplicates("name").set_index("name")["region"].to_dict() | FORMER_REGIONS
    return values["name"].map(region).where(values["level"] == "Authority", "").fillna("")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m dispute_risk.england.build FOLDER_WITH_THE_PUBLISHED_FILES")
    build(sys.argv[1])
