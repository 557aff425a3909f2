"""Pseudonyms: identifiers replaced by a keyed hash, with a key that the council keeps and nobody else has."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from dispute_risk.errors import OutputNotWritten, UnreadableFile
from dispute_risk.records.tables import TABLES

__all__ = ["Pseudonyms", "identifiers_in", "key_from", "new_key"]

KEY_BYTES = 32
_KEY_LINE = re.compile(r"[0-9a-fA-F]{64}")


class Pseudonyms:
    """Makes pseudonyms with one key (HMAC-SHA256, RFC 2104), 16 hexadecimal figures after a `p`.

    Parameters
    ----------
    key : bytes

    Examples
    --------
    >>> made = Pseudonyms(b"only an example, never a key")
    >>> made.of("case_id", "K12") == made.of("case_id", "K12")
    True
    >>> made.of("case_id", "K12") == made.of("officer_id", "K12")
    False
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, column: str, identifier: str) -> str:
        """Return the pseudonym of an identifier of that kind of column; a blank stays blank."""
        if not identifier:
            return ""
        return "p" + hmac.new(self._key, f"{column}\0{identifier}".encode(), hashlib.sha256).hexdigest()[:16]

    @property
    def fingerprint(self) -> str:
        """Eight figures that tell keys apart and say nothing about the key."""
        return hmac.new(self._key, b"fingerprint of the key", hashlib.sha256).hexdigest()[:8]

    def whose(self, pseudonym: str, identifiers: Iterable[str]) -> list[tuple[str, str]]:
        """Return the kind of column and the identifier that a pseudonym stands for, among those given.

        Parameters
        ----------
        pseudonym : str
        identifiers : iterable of str
            The original identifiers, from the source: without them a keyed hash cannot be undone.
        """
        kinds = sorted({column.name for declared in TABLES for column in declared if column.kind == "identifier"})
        wanted = pseudonym.strip().lower()
        found: dict[tuple[str, str], None] = {}
        for given in identifiers:
            bare = given.strip()
            for written in dict.fromkeys((bare, bare.upper(), bare.lower())):
                for kind in kinds:
                    if hmac.compare_digest(self.of(kind, written), wanted):
                        found[kind, written] = None
        return list(found)


def new_key(path: str | os.PathLike[str]) -> Pseudonyms:
    """Make a key and write it to a file that only its owner can read.

    Raises
    ------
    OutputNotWritten
        If there is a file already (a key is never overwritten: what it pseudonymised could not be joined any more).
    """
    wanted = Path(path)
    key = secrets.token_bytes(KEY_BYTES)
    text = ("# Key of the pseudonyms. Whoever has it and the original list can tell who is who: keep it apart from "
            "the\n"
            "# casebook, in the place where the authority keeps passwords. Without it, later exports cannot be "
            "joined.\n"
            f"{key.hex()}\n")
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        place = os.open(wanted, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(place, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise OutputNotWritten(f"The key could not be written to {wanted} ({error.strerror or error}). A key that is "
                               "there is never overwritten; give another place.") from error
    return Pseudonyms(key)


def key_from(path: str | os.PathLike[str]) -> Pseudonyms:
    """Read a key.

    Raises
    ------
    UnreadableFile
        If the file is missing or does not hold exactly one key.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path} cannot be read as a key ({getattr(error, 'strerror', None) or 'not text'}). Give "
                             "the key file of the authority.") from error
    held = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if len(held) != 1 or not _KEY_LINE.fullmatch(held[0]):
        raise UnreadableFile(f"{path} does not hold a key: one line of {2 * KEY_BYTES} hexadecimal figures. Give the "
                             "file that an earlier run made, unchanged.")
    return Pseudonyms(bytes.fromhex(held[0]))


def identifiers_in(source: str | os.PathLike[str]) -> list[str]:
    """Return every different cell of an export, as the list among which `Pseudonyms.whose` looks.

    Parameters
    ----------
    source : path or str
        Workbook, CSV file, folder of them, or SQLAlchemy URL.
    """
    from dispute_risk.records.mapping.sources import is_database, read_sources

    only: list[str] = []
    if is_database(str(source)):
        from dispute_risk.records.sql import table_names

        only = table_names(str(source))
    sheets = read_sources(str(source), {}, only)
    cells = {str(text) for sheet in sheets.values() for name in sheet.frame for text in sheet.frame[name].unique()}
    return sorted(text for text in cells if text and len(text) <= 64 and not re.fullmatch(r"[\d/:. -]{6,}", text))
