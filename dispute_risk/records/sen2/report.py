"""What a SEN2 return cannot tell, and which short tables beside it would help most, in order of their worth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dispute_risk.records.sen2.casebook import Sen2Read
from dispute_risk.records.sen2.filled import FILLERS, RULES
from dispute_risk.records.tables import TABLES

__all__ = ["ADD_ONS", "Sen2Report", "sen2_report", "worth_of_tables"]

ADD_ONS: dict[str, tuple[str, ...]] = {
    "appeals": ("upn", "appeal_id", "registered_on", "grounds", "outcome", "outcome_on"),
    "advice": ("upn", "kind", "requested_on", "received_on"),
    "contacts": ("upn", "contact_id", "happened_on", "direction", "party", "replied_on"),
    "mediations": ("upn", "decision_type", "requested_on", "certificate_on", "held_on", "result"),
    "consultations": ("upn", "sent_on", "responded_on", "response"),
    "complaints": ("upn", "received_on", "stage", "theme"),
    "allocations": ("upn", "officer_id", "from_on", "to_on"),
    "panels": ("upn", "panel_on", "question", "result"),
}
"""The shortest form of each table that SEN2 cannot fill: the columns without which it would not help."""

WORTH = Path(__file__).with_name("worth.csv")


@dataclass(frozen=True)
class Sen2Report:
    """What the return fills, what it cannot, and what to add.

    Parameters
    ----------
    table : DataFrame
        One row a table: table, filled_by_sen2, rows, columns_to_add, worth, worth_low, worth_high.
    rules : tuple of str
        How the return is read.
    marks : dict of str to int
        Marks of mediation and Tribunal without dates.
    measured : bool
        Whether the order was measured.
    """

    table: pd.DataFrame
    rules: tuple[str, ...]
    marks: dict[str, int]
    measured: bool

    def summary(self) -> str:
        """Return the report as text."""
        filled, rest = self.table[self.table["filled_by_sen2"]], self.table[~self.table["filled_by_sen2"]]
        marks = ", ".join(f"{name} {count:,}" for name, count in self.marks.items() if count) or "none"
        how = ("in order of what leaving each out costs the risk list on invented records (log loss times 1,000, with "
               "its interval; above 0 means it helps)" if self.measured else "not in order: their worth is not "
                                                                             "measured")
        lines = ["What the SEN2 return fills", *(f"  {name}: {int(rows):,} rows" for name, rows in
                                                filled[["table", "rows"]].itertuples(index=False)),
                 "", f"What it cannot fill: the shortest tables that would help, {how}"]
        for name, columns, worth, low, high in rest[["table", "columns_to_add", "worth", "worth_low",
                                                     "worth_high"]].itertuples(index=False):
            said = "required: without it nothing can be learned" if name == "appeals" else (
                f"{worth:.2f} ({low:.2f} to {high:.2f})" if pd.notna(worth) else "worth not measured")
            lines.append(f"  {name} ({columns}): {said}")
        lines += ["", f"Marks of mediation and Tribunal, none with a date: {marks}.",
                  "Whole histories are lost as well: only the current plan and its last review are in a return.",
                  "", "How the return was read", *(f"  {rule}" for rule in self.rules)]
        return "\n".join(lines)


def worth_of_tables() -> pd.DataFrame | None:
    """Return the measured worth of each table, or None where it was not measured.

    Returns
    -------
    DataFrame or None
        table, worth, worth_low, worth_high: how much the log loss (times 1,000) on later invented records grows when
        the table is left out. Made by `benchmarks/worth_of_tables.py`.
    """
    return pd.read_csv(WORTH, comment="#") if WORTH.is_file() else None


def sen2_report(read: Sen2Read) -> Sen2Report:
    """Say what a return could not fill, and which tables would help most.

    Parameters
    ----------
    read : Sen2Read
    """
    worth = worth_of_tables()
    values = {} if worth is None else worth.set_index("table").to_dict("index")
    lines = []
    for declared in TABLES:
        filled = declared.name in FILLERS or declared.name in read.beside
        said = values.get(declared.name, {})
        lines.append({"table": declared.name, "filled_by_sen2": filled,
                      "rows": len(read.casebook.tables.get(declared.name, ())),
                      "columns_to_add": ", ".join(ADD_ONS.get(declared.name, ())),
                      **{key: said.get(key, float("nan")) for key in ("worth", "worth_low", "worth_high")}})
    table = pd.DataFrame(lines)
    required = table["table"] == "appeals"  # it comes first of those to add: nothing is learned without it
    table = table.assign(required=required).sort_values(["filled_by_sen2", "required", "worth"], ascending=False,
                                                        kind="stable")
    return Sen2Report(table.drop(columns="required").reset_index(drop=True), RULES, read.marks, worth is not None)
