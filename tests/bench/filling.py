"""A PostgreSQL log of many records, made inside the database under a tree that is whole.

Row i is a function of i alone, so that a row can be asked for without having been kept. The rows go
into the real tables, whose indexes are built after them; tiles, head and a signed checkpoint fit, so
that the service starts on top and appends. Only those fit the bytes of an entry: it is no log to
audit.
"""

import contextlib
import hashlib
import itertools
import threading
from collections.abc import Iterator
from typing import Any

import psycopg

from api.installation import log_signers
from api.settings import Settings
from ledger import checkpoint, timestamp
from ledger.checkpoint import Checkpoint
from ledger.compact import CompactRange
from ledger.merkle import tree_root
from ledger.tile import TILE_WIDTH

SCHOOLS = 300
CHUNK = 500_000
FILLED = ("entries", "chains", "subject_heads", "wrapped_keys", "documents")

_TIME = "to_char(to_timestamp((%(ms)s::bigint + i * 20) / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
_HEX = "lpad(to_hex(%(ms)s::bigint + i * 20), 12, '0')"
_ID = (
    f"substr({_HEX}, 1, 8) || '-' || substr({_HEX}, 9, 4) || '-7' || substr(md5(i::text), 1, 3)"
    " || '-a' || substr(md5(i::text), 4, 3) || '-' || substr(md5(i::text), 7, 12)"
)
_LEAF = "sha256(int8send(i))"
_WIDE = "convert_to(md5(i::text), 'UTF8')"
# n counts from the first row made up: chains begin there, and have no gap.
_ROWS = (
    "FROM generate_series(%(first)s::bigint, %(end)s::bigint - 1) AS i"
    " CROSS JOIN LATERAL (SELECT i - %(first_of_all)s::bigint AS n) AS counted"
)
_SCHOOL = "'school:99' || lpad(mod(n, 300)::text, 8, '0')"
_ORDER = "'order:99' || lpad(mod(n / 6, 300)::text, 8, '0') || '~' || n / 6"
STATEMENTS = {
    "entries": f"""
        INSERT INTO entries ("index", record_id, leaf_hash, data, type, issuer, submitter,
            occurred_at, logged_at, is_open, statement_sha256, content_mac, source_mac, sealed)
        SELECT i, {_ID}, {_LEAF}, {_WIDE},
            CASE WHEN mod(n / 300, 2000) = 0 THEN 'inspection-alert' ELSE
                (ARRAY['weigh-in', 'weigh-in', 'weigh-in', 'temperature-log', 'meal-service'])
                [1 + mod(n / 300, 5)] END,
            'gateway:large-' || mod(n, 300), 'gateway:large-' || mod(n, 300), {_TIME}, {_TIME}, false,
            {_LEAF}, {_LEAF}, NULL, {_WIDE} {_ROWS}""",
    "chains": f"""
        INSERT INTO chains (subject, seq, "index")
        SELECT {_SCHOOL}, n / 300 + 1, i {_ROWS}
        UNION ALL SELECT {_ORDER}, mod(n, 6) + 1, i {_ROWS}""",
    "subject_heads": f"""
        INSERT INTO subject_heads (subject, seq, "index", leaf_hash)
        SELECT {_ORDER}, mod(n, 6) + 1, i, {_LEAF} {_ROWS} WHERE mod(n, 6) = 5""",
    "wrapped_keys": f"""
        INSERT INTO wrapped_keys (owner, wrapped)
        SELECT 'r:' || {_ID}, {_WIDE} || substr({_LEAF}, 1, 28) {_ROWS}""",
    "documents": f"""
        INSERT INTO documents (mac, "index")
        SELECT sha256(int8send(-i)), i {_ROWS}""",
}


class Filler:
    """Grows one log's database; `start_ms` is the time of row 0, `made_up` what is not its own."""

    def __init__(self, dsn: str, settings: Settings, start_ms: int) -> None:
        self._dsn = dsn
        self._settings = settings
        self._start_ms = start_ms
        self.made_up: list[range] = []

    def grow(self, rows: int) -> None:
        """To `rows` entries; nobody else may write meanwhile."""
        with self._connect() as connection:
            (first,) = connection.execute("SELECT size FROM log_head").fetchone() or (0,)
        if first >= rows:
            raise RuntimeError(f"the log has {first} entries already")
        with self._without_indexes():
            self._insert(first, rows)
        with self._connect() as connection:
            tree(connection, self._settings, first, rows)
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
        self.made_up.append(range(first, rows))

    def bytes_of_tables(self) -> dict[str, int]:
        """What grows with the rows, indexes counted."""
        with self._connect() as connection:
            return dict(
                connection.execute(
                    "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
                    " WHERE relkind = 'r' AND relname = ANY(%s)",
                    ([*FILLED, "tiles", "checkpoints"],),
                ).fetchall()
            )

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._dsn)

    def _insert(self, first: int, rows: int) -> None:
        """Two connections, for two cores; a table's chunks stay in order."""
        jobs = iter(STATEMENTS.items())
        lock = threading.Lock()
        failed: list[BaseException] = []

        def work() -> None:
            try:
                with self._connect() as connection:
                    connection.execute("SET synchronous_commit = off")
                    while True:
                        with lock:
                            job = next(jobs, None)
                        if job is None:
                            return
                        for start in range(first, rows, CHUNK):
                            given = {
                                "first": start,
                                "end": min(rows, start + CHUNK),
                                "first_of_all": first,
                                "ms": self._start_ms,
                            }
                            connection.execute(job[1], given)
                            connection.commit()
            except BaseException as error:  # noqa: BLE001 - raised by whoever waits for the thread
                failed.append(error)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
        with self._connect() as connection:
            connection.execute(
                f"""INSERT INTO subject_heads (subject, seq, "index", leaf_hash)
                SELECT {_SCHOOL}, n / 300 + 1, i, {_LEAF} {_ROWS}""",
                {"first": max(first, rows - SCHOOLS), "end": rows, "first_of_all": first},
            )

    @contextlib.contextmanager
    def _without_indexes(self) -> Iterator[None]:
        """Drop the tables' keys and indexes, and make exactly the same again."""
        with self._connect() as connection:
            keys = connection.execute(
                """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
                FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = ANY(%s::regclass[])""",
                (list(FILLED),),
            ).fetchall()
            named = {name for _, name, _ in keys}
            indexes = [
                (name, made)
                for name, made in connection.execute(
                    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)",
                    (list(FILLED),),
                )
                if name not in named
            ]
            for table, name, _ in keys:
                connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            for name, _ in indexes:
                connection.execute(f'DROP INDEX "{name}"')
            # The heads of the schools are made anew at the end of every growth.
            connection.execute("DELETE FROM subject_heads WHERE subject LIKE 'school:99%'")
        yield
        with self._connect() as connection:
            connection.execute("SET maintenance_work_mem = '512MB'")
            for table, name, made in keys:
                connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}')
                connection.commit()
            for _, made in indexes:
                connection.execute(made)
                connection.commit()

    def record_id(self, index: int) -> str:
        """The id of a row made up."""
        stamp = f"{self._start_ms + index * 20:012x}"
        rest = hashlib.md5(str(index).encode()).hexdigest()
        return f"{stamp[:8]}-{stamp[8:]}-7{rest[:3]}-a{rest[3:6]}-{rest[6:18]}"

    def logged_at(self, index: int) -> str:
        """The time of a row made up."""
        return timestamp.format(self._start_ms + index * 20)


def tree(connection: psycopg.Connection[Any], settings: Settings, first: int, rows: int) -> None:
    """The tiles over rows [first, rows), and a head whose checkpoint is signed."""
    tile, within = divmod(first, TILE_WIDTH)
    stored = connection.execute(
        'SELECT leaf_hash FROM entries WHERE "index" >= %s AND "index" < %s ORDER BY "index"',
        (first - within, first),
    )
    new: Iterator[bytes] = (
        hashlib.sha256(index.to_bytes(8, "big")).digest() for index in range(first, rows)
    )
    hashes = itertools.chain([bytes(leaf) for (leaf,) in stored], new)
    ends: list[list[bytes]] = []
    for level in itertools.count():
        roots: list[bytes] = []
        last: list[bytes] = []
        with connection.cursor().copy(
            'COPY tiles (level, "index", hashes, root) FROM STDIN'
        ) as copy:
            while len(row := list(itertools.islice(hashes, TILE_WIDTH))) == TILE_WIDTH:
                roots.append(tree_root(row))
                copy.write_row((level, tile + len(roots) - 1, b"".join(row), roots[-1]))
            last = row
        ends.append(last)
        tile, within = divmod(tile, TILE_WIDTH)
        above = connection.execute(
            'SELECT root FROM tiles WHERE level = %s AND "index" >= %s AND "index" < %s'
            ' ORDER BY "index"',
            (level, tile * TILE_WIDTH, tile * TILE_WIDTH + within),
        )
        hashes = itertools.chain([bytes(root) for (root,) in above], roots)
        if not rows >> (8 * (level + 1)):
            break
    peaks: list[bytes] = []
    for row in reversed(ends):
        start = 0
        for power in range(7, -1, -1):
            if len(row) >> power & 1:
                peaks.append(tree_root(row[start : start + (1 << power)]))
                start += 1 << power
    head = CompactRange(rows, tuple(peaks))
    note = checkpoint.sign(Checkpoint(settings.origin, rows, head.root()), log_signers(settings))
    connection.execute(
        'UPDATE log_head SET size = %s, "range" = %s, checkpoint = %s',
        (rows, head.to_bytes(), note),
    )
    connection.execute("INSERT INTO checkpoints (size, note) VALUES (%s, %s)", (rows, note))
    # Under load every transaction leaves a checkpoint: one for each fifty rows.
    connection.execute(
        """INSERT INTO checkpoints (size, note)
        SELECT size, %s FROM generate_series(%s::bigint, %s::bigint - 1, 50) AS size
        ON CONFLICT DO NOTHING""",
        (note, first + 50, rows),
    )
