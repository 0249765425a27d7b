"""What waits in an outbox, what is parked, and the receipts of what was sent.

    kept → waiting → sent: its receipt is kept, body and files go
                   ↘ parked: refused for good, until a person retries or drops it

A record leaves `waiting` in one transaction, together with what became of it. Records are handed out
in the order in which they were kept, so those of one device keep their order.
"""

import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Final

from devices.client import ProblemError, Receipt
from devices.outbox.database import Database
from devices.outbox.held import HeldFile, Limits, OutboxState, Waiting
from devices.outbox.parking import Parked, parked_of, problem_text
from ledger import strict_json
from ledger.errors import NotFoundError

DAY_MS: Final = 86_400_000


class Queue:
    """An outbox without its key: whoever sends, looks or decides, also from another process."""

    def __init__(
        self,
        folder: str | Path,
        *,
        limits: Limits | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Open the outbox in `folder`.

        Raises:
            UnavailableError: the file system refuses, or the file is no outbox.
            ConflictError: a newer program made it.
        """
        self.folder = Path(folder)
        self.limits = limits or Limits()
        self._now_ms = now_ms
        self._database = Database(self.folder)
        self._more = threading.Event()
        self._turned_away = 0
        """Bytes of the record last turned away, for as long as none was taken since."""

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._database.close()

    def poke(self) -> None:
        """End the wait of whoever waits for more."""
        self._more.set()

    def wait_for_more(self, seconds: float) -> None:
        """Wait until something is kept by this process, at most so long."""
        self._more.wait(seconds)
        self._more.clear()

    # On the way

    def waiting(self, most: int, most_bytes: int) -> list[Waiting]:
        """The next records in their order, at least one if any waits."""
        found: list[Waiting] = []
        size = 0
        with self._database.read() as tables:
            rows = tables.execute(
                "SELECT seq, id, body, lost_blobs FROM records WHERE parked_at_ms IS NULL "
                "ORDER BY seq LIMIT ?",
                (most,),
            )
            for seq, record_id, body, lost in rows.fetchall():
                size += len(body) + 1
                if found and size > most_bytes:
                    break
                files = tuple(
                    HeldFile(number, sha256, media_type, bool(uploaded))
                    for number, sha256, media_type, uploaded in tables.execute(
                        "SELECT blob, sha256, media_type, uploaded FROM uses JOIN blobs "
                        "USING (blob) WHERE seq = ? ORDER BY blob",
                        (seq,),
                    )
                )
                found.append(Waiting(seq, record_id, body, files, lost))
        return found

    def content(self, file: HeldFile) -> bytes:
        """The bytes of a file.

        Raises:
            NotFoundError: its record has left meanwhile.
        """
        with self._database.read() as tables:
            row = tables.execute("SELECT data FROM contents WHERE blob = ?", (file.number,))
            found = row.fetchone()
        if found is None:
            raise NotFoundError(f"the outbox holds no file {file.sha256}")
        return bytes(found[0])

    def uploaded(self, files: Collection[HeldFile]) -> None:
        """The service has these files."""
        with self._database.write() as tables:
            tables.executemany(
                "UPDATE blobs SET uploaded = 1 WHERE blob = ?", [(file.number,) for file in files]
            )

    def settle(
        self,
        *,
        sent: Sequence[tuple[int, Receipt]] = (),
        refused: Sequence[tuple[int, ProblemError]] = (),
        lost: Sequence[int] = (),
    ) -> None:
        """What became of records, by `seq`, in one transaction.

        Args:
            sent: with receipts that were checked.
            refused: to be parked, with what the service said.
            lost: whose files the service has not: they are sent again.
        """
        now = self._now_ms()
        with self._database.write() as tables:
            for seq, receipt in sent:
                known = tables.execute(
                    "DELETE FROM records WHERE seq = ? RETURNING content, document", (seq,)
                ).fetchall()
                if known:
                    data = zlib.compress(receipt.to_bytes(), 6)
                    tables.execute(
                        "INSERT OR REPLACE INTO receipts "
                        "(seq, id, content, document, stored_at_ms, data) "
                        "VALUES (?, ?, ?, ?, ?, ?)",
                        (seq, receipt.id, *known[0], now, data),
                    )
            _forget_files(tables, [seq for seq, _ in sent])
            for seq, problem in refused:
                tables.execute(
                    "UPDATE records SET parked_at_ms = ?, problem = ? WHERE seq = ?",
                    (now, problem_text(problem), seq),
                )
            for seq in lost:
                _upload_again(tables, seq)
                tables.execute(
                    "UPDATE records SET lost_blobs = lost_blobs + 1 WHERE seq = ?", (seq,)
                )

    # Parked

    def parked(self) -> list[Parked]:
        """What was refused for good, oldest first."""
        with self._database.read() as tables:
            rows = tables.execute(
                "SELECT id, lane, type, occurred_at, parked_at_ms, problem FROM records "
                "WHERE parked_at_ms IS NOT NULL ORDER BY seq"
            )
            return [parked_of(*row) for row in rows]

    def request(self, id: str) -> dict[str, Any]:  # noqa: A002 - the record's own word
        """What a record in the outbox says.

        Raises:
            NotFoundError: it is not in the outbox.
        """
        with self._database.read() as tables:
            row = tables.execute("SELECT body FROM records WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise NotFoundError(f"the outbox holds no record {id}")
        value = strict_json.parse(row[0])
        assert isinstance(value, dict)
        return value

    def retry(self, id: str) -> None:  # noqa: A002 - likewise
        """Send a parked record again, the same bytes, in its old place.

        Raises:
            NotFoundError: no such record is parked.
        """
        with self._database.write() as tables:
            row = tables.execute(
                "UPDATE records SET parked_at_ms = NULL, problem = NULL, lost_blobs = 0 "
                "WHERE id = ? AND parked_at_ms IS NOT NULL RETURNING seq",
                (id,),
            ).fetchall()
            if not row:
                raise NotFoundError(f"no record {id} is parked")
            _upload_again(tables, row[0][0])

    def drop(self, id: str) -> None:  # noqa: A002 - likewise
        """Give a parked record up for good; a person decides that.

        Raises:
            NotFoundError: no such record is parked.
        """
        with self._database.write() as tables:
            row = tables.execute(
                "DELETE FROM records WHERE id = ? AND parked_at_ms IS NOT NULL RETURNING seq", (id,)
            ).fetchall()
            if not row:
                raise NotFoundError(f"no record {id} is parked")
            _forget_files(tables, [row[0][0]])

    # Receipts and state

    def receipt(self, id: str) -> Receipt:  # noqa: A002 - likewise
        """The receipt of a record that was sent.

        Raises:
            NotFoundError: it was not, or so long ago that the receipt is no longer kept.
        """
        with self._database.read() as tables:
            row = tables.execute("SELECT data FROM receipts WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise NotFoundError(f"the outbox keeps no receipt of {id}")
        return Receipt.parse(strict_json.parse(zlib.decompress(row[0])))

    def receipts(self) -> Iterator[Receipt]:
        """Every receipt kept, in the order in which the records were."""
        with self._database.read() as tables:
            ids = [row[0] for row in tables.execute("SELECT id FROM receipts ORDER BY seq")]
        for record_id in ids:
            yield self.receipt(record_id)

    def tidy(self) -> None:
        """Forget receipts that are old or too many, and return room to the file system."""
        before = self._now_ms() - self.limits.receipts_days * DAY_MS
        with self._database.write() as tables:
            tables.execute("DELETE FROM receipts WHERE stored_at_ms < ?", (before,))
            (size,) = tables.execute(
                "SELECT coalesce(sum(length(data)), 0) FROM receipts"
            ).fetchone()
            while size > self.limits.receipts_bytes:
                gone = tables.execute(
                    "DELETE FROM receipts WHERE seq IN (SELECT seq FROM receipts ORDER BY seq "
                    "LIMIT 1000) RETURNING length(data)"
                ).fetchall()
                size -= sum(length for (length,) in gone)
        self._database.give_back()

    def state(self) -> OutboxState:
        """What the outbox holds now."""
        with self._database.read() as tables:
            waiting, oldest = tables.execute(
                "SELECT count(*), min(kept_at_ms) FROM records WHERE parked_at_ms IS NULL"
            ).fetchone()
            (parked,) = tables.execute(
                "SELECT count(*) FROM records WHERE parked_at_ms IS NOT NULL"
            ).fetchone()
            receipts, last = tables.execute(
                "SELECT count(*), max(stored_at_ms) FROM receipts"
            ).fetchone()
        used = self._database.used_bytes()
        full = used + self._turned_away >= self.limits.files_bytes or not self._disk_has_room()
        return OutboxState(
            waiting, oldest, parked, receipts, last, used, self.limits.max_bytes, full
        )

    def _disk_has_room(self) -> bool:
        return self._database.free_bytes() >= self.limits.min_free_bytes

    # Counters

    def next_counter(self, device: str) -> int:
        """A number larger than every one given for this device before, across restarts."""
        with self._database.write() as tables:
            row = tables.execute(
                "INSERT INTO counters VALUES (?, 1) "
                "ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
                (device,),
            ).fetchall()
        return int(row[0][0])

    def last_counter(self, device: str) -> int | None:
        """The number given last; None: none was."""
        with self._database.read() as tables:
            row = tables.execute("SELECT last FROM counters WHERE device = ?", (device,)).fetchone()
        return None if row is None else int(row[0])

    def count_from(self, device: str, least: int) -> None:
        """Give no number below `least`: the device counted elsewhere before."""
        with self._database.write() as tables:
            tables.execute(
                "INSERT INTO counters VALUES (?1, ?2) "
                "ON CONFLICT DO UPDATE SET last = max(last, ?2)",
                (device, least - 1),
            )

    # What is remembered beside the records

    def recall(self, name: str) -> bytes | None:
        """What was remembered under a name."""
        with self._database.read() as tables:
            row = tables.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def remember(self, members: Mapping[str, bytes]) -> None:
        """Remember values under their names."""
        with self._database.write() as tables:
            tables.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [*members.items()])


def _forget_files(tables: Connection, seqs: Iterable[int]) -> None:
    """Delete the files that only these records named."""
    for seq in seqs:
        gone = tables.execute("DELETE FROM uses WHERE seq = ? RETURNING blob", (seq,)).fetchall()
        for (blob,) in gone:
            if tables.execute("SELECT 1 FROM uses WHERE blob = ?", (blob,)).fetchone() is None:
                tables.execute("DELETE FROM contents WHERE blob = ?", (blob,))
                tables.execute("DELETE FROM blobs WHERE blob = ?", (blob,))


def _upload_again(tables: Connection, seq: int) -> None:
    tables.execute(
        "UPDATE blobs SET uploaded = 0 WHERE blob IN (SELECT blob FROM uses WHERE seq = ?)", (seq,)
    )
