"""Which checks were taken, so that a terminal that asks again gets the same record.

A check is known by device, person, time and the terminal's own number. It is noted, with the time at
which it came, before the sink gets it, and its record afterwards: a power cut in between makes the
retry the same observation, byte for byte. Personal data are not kept here, only digests, and those
under a key that is drawn once and stays in this file: staff numbers are few, and whoever had a plain
digest of one, with time and terminal, would only have to try them all.
"""

import hmac
import os
import sqlite3
import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import orjson

from devices.terminal.check import HANDS, Check
from ledger.errors import ConflictError, UnavailableError

KEPT_MS: Final = 90 * 86_400_000
"""How long a terminal may take until it asks again."""


@dataclass(frozen=True, slots=True)
class Known:
    """A check that came before.

    Attributes:
        received_ms: when it came first.
        record: its record; None: the sink may have it or not.
    """

    received_ms: int
    record: str | None


class Seen:
    """The checks of one terminal, in a file; may be used by several threads."""

    def __init__(self, path: Path | str) -> None:
        """`:memory:` keeps them in memory.

        Raises:
            UnavailableError: the file cannot be opened.
        """
        self._lock = threading.Lock()
        try:
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
                Path(path).chmod(0o600)
            self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=FULL")
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS seen (key BLOB PRIMARY KEY, content BLOB NOT NULL, "
                "received_ms INTEGER NOT NULL, record TEXT) WITHOUT ROWID"
            )
            self._key = self._drawn_key()
        except (sqlite3.Error, OSError) as error:
            raise UnavailableError("the list of checks", reason=str(error)) from error

    def _drawn_key(self) -> bytes:
        """The key of this file; where it has none yet, what it holds is of no use."""
        self._file.execute("CREATE TABLE IF NOT EXISTS secret (key BLOB NOT NULL)")
        found = self._file.execute("SELECT key FROM secret").fetchone()
        if found is None:
            found = (os.urandom(32),)
            self._file.execute("BEGIN IMMEDIATE")
            self._file.execute("DELETE FROM seen")
            self._file.execute("INSERT INTO secret VALUES (?)", found)
            self._file.execute("COMMIT")
        key: bytes = found[0]
        return key

    def note(self, check: Check, now_ms: int) -> Known:
        """Note that a check came; what is known of it.

        Raises:
            ConflictError: another check came under the same device, person, time and number.
            UnavailableError: the disk fails.
        """
        name, content = self.key(check), self._digest(check)
        try:
            with self._lock:
                self._file.execute("DELETE FROM seen WHERE received_ms < ?", (now_ms - KEPT_MS,))
                self._file.execute(
                    "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, NULL)", (name, content, now_ms)
                )
                found = self._file.execute(
                    "SELECT content, received_ms, record FROM seen WHERE key = ?", (name,)
                ).fetchone()
        except sqlite3.Error as error:
            raise UnavailableError("the list of checks", reason=str(error)) from error
        if found[0] != content:
            raise ConflictError("another check came under this number")
        return Known(found[1], found[2])

    def done(self, check: Check, record: str) -> None:
        """It is on record.

        Raises:
            ConflictError: that record is another check's, of the same person at the same time.
            UnavailableError: the disk fails.
        """
        name = self.key(check)
        try:
            with self._lock:
                other = self._file.execute(
                    "SELECT 1 FROM seen WHERE record = ? AND key <> ?", (record, name)
                ).fetchone()
                if other is None:
                    self._file.execute("UPDATE seen SET record = ? WHERE key = ?", (record, name))
        except sqlite3.Error as error:
            raise UnavailableError("the list of checks", reason=str(error)) from error
        if other is not None:
            raise ConflictError("another check of this person at this time is on record")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def key(self, check: Check) -> bytes:
        """What tells a check from others: device, person, time, number."""
        parts = [check.terminal, check.code, check.checked_at_ms, check.uuid]
        return hmac.digest(self._key, orjson.dumps(parts), "sha256")

    def _digest(self, check: Check) -> bytes:
        """Everything else that was said."""
        said = [
            check.forehead_mC, check.identity_method, check.identity_score_ppm,
            [check.hands[name] for name in HANDS], list(check.symptoms), check.overall,
            sorted((role, sha256(one.data).hexdigest()) for role, one in check.images.items()),
        ]  # fmt: skip
        return hmac.digest(self._key, orjson.dumps(said), "sha256")
