"""What several commands do first: read the records, open the model, say how far they are."""

from __future__ import annotations

import datetime as dt
import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispute_risk.errors import NotEnoughHistory

if TYPE_CHECKING:
    from dispute_risk.features.declare import Catalogue
    from dispute_risk.features.own import Own
    from dispute_risk.records.casebook import Casebook
    from dispute_risk.records.read import CasebookRead
    from dispute_risk.timeline.history import History
    from dispute_risk.triage.selection import Policy

__all__ = ["Day", "Opened", "Records", "catalogue_with", "open_records", "own_features",
           "signed_policy", "step", "today", "without_collecting"]


class Day(click.ParamType):
    """A date typed as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Return the date; the message says what to type."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date. Write YYYY-MM-DD, for example 2025-06-02.", param, ctx)


class Records(click.ParamType):
    """A casebook: a folder, a workbook, or the SQLAlchemy URL of a database."""

    name = "records"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        """Return a URL as it was typed, anything else as a path."""
        text = str(value)
        return text if "://" in text else Path(text)


def today() -> dt.date:
    """Return the date of this run: the only place that asks what day it is."""
    return dt.datetime.now(tz=dt.UTC).date()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say on the terminal what is being done and how long it took; say nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield
        return
    started = time.monotonic()
    click.echo(f"{what} … ", nl=False, err=True)
    try:
        yield
    except BaseException:
        click.echo("stopped", err=True)
        raise
    click.echo(f"{time.monotonic() - started:.1f} s", err=True)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Look for no circular rubbish: a command that is over in seconds gives its memory back by ending, and a tenth sooner."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(frozen=True)
class Opened:
    """An authority's records, opened for one command.

    Parameters
    ----------
    read : CasebookRead
    history : History
    catalogue : Catalogue
    upto : date or None
        Day at which the records were cut; None where they were not.
    """

    read: CasebookRead
    history: History
    catalogue: Catalogue
    upto: dt.date | None = None

    @property
    def known(self) -> Casebook:
        """The records as they were known on the day they were cut at."""
        from dispute_risk.records.known import known_by

        book = self.read.casebook
        return book if self.upto is None else known_by(book, self.upto)

    @property
    def data_note(self) -> str:
        """One sentence on the data, for every page that is made from it."""
        book = self.read.casebook
        aside = sum(book.set_aside.values())
        said = f"; {aside:,} rows were set aside, see dispute-risk check" if aside else ""
        return f"Records of {book.name} up to {book.recorded_to}, fingerprint {book.fingerprint[:12]}{said}."


def catalogue_with(own: Own | None, voice: bool) -> Catalogue:
    """Return the features to use: the standard ones, an authority's own, with or without advocacy."""
    from dispute_risk.features.catalogue import STANDARD

    catalogue = own.added_to(STANDARD) if own is not None else STANDARD
    return catalogue if voice else catalogue.without_voice()


def own_features(also: Path | None) -> Own | None:
    """Read a file of own features, once nothing in it is refused: it is looked at before it is run."""
    if also is None:
        return None
    from dispute_risk.features.own import read_own
    from dispute_risk.triage.refused import refuse_own_features

    if also.is_file():
        refuse_own_features(also)
    return read_own(also)


def signed_policy(policy: Path | None) -> Policy:
    """Read how capacity is shared out, once no purpose in it is refused; the default where none is given."""
    from dispute_risk.triage.refused import refuse_policy
    from dispute_risk.triage.selection import DEFAULT_POLICY, read_policy

    if policy is None:
        return DEFAULT_POLICY
    refuse_policy(policy)
    return read_policy(policy)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _say_what_is_left_out(read: CasebookRead, path: Path | str) -> None:
    aside, blanked = int(read.counts["rows_set_aside"].sum()), int(read.counts["cells_blanked"].sum())
    if aside or blanked:
        # On the error stream, so that --json stays whole.
        click.echo(f"Note: not used are {_count(aside, 'row')} set aside and {_count(blanked, 'cell')} that cannot be read. "
                   f"To list them: dispute-risk check {path}", err=True)


def open_records(
    path: Path | str, as_of: dt.date | None, also: Path | None = None, voice: bool = True, cut: bool = True
) -> Opened:
    """Read a casebook and make its history, with nothing known after `as_of`.

    Parameters
    ----------
    path : path or str
        A folder, a workbook, or the URL of a database.
    as_of : date or None
        None for everything recorded.
    also : path or None
        File of own features.
    voice : bool
        Whether signals of advocacy are used.
    cut : bool
        Cut the records at `as_of` before anything is made of them; the features alone never need it.

    Raises
    ------
    NotEnoughHistory
        Where the as-of date lies after the last day recorded by more than a month, or before the first.
    """
    from dispute_risk.records.kept import read_kept
    from dispute_risk.records.known import known_by
    from dispute_risk.timeline.history import History
    from dispute_risk.timeline.kept_history import kept_history

    with step(f"Reading {path}"):
        read = read_kept(path)
    _say_what_is_left_out(read, path)
    book = read.casebook
    if as_of is not None and (as_of - book.recorded_to).days > 31:
        raise NotEnoughHistory(
            f"--as-of {as_of}: the records end on {book.recorded_to}. Hand over newer records, or give a date up to then."
        )
    upto = as_of if as_of is not None and cut and as_of < book.recorded_to else None
    own = own_features(also)
    themes = own.themes if own is not None else ()

    def made() -> History:
        return History.of(book if upto is None else known_by(book, upto), themes)

    with step("Putting every fact on the day it was known"):
        history = made() if themes else kept_history(read.kept_in, upto, made)
    return Opened(read, history, catalogue_with(own, voice), upto)
