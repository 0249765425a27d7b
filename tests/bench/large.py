"""PostgreSQL with many records: is the commit path, or reading, dearer at 20 million than at one?

    python -m tests.bench large [--rows N] [--base N] [--seconds N]

A log is founded and grown to `--base` rows, measured, grown to `--rows` and measured again. What it
is grown by is made inside the database, in the real tables with their real indexes, and the tree
over it is whole: tiles, head and a signed checkpoint fit, so that the service starts on top and
appends. The rows made up have no payload to open and are smaller than real ones, so that 20 million
of them take some 30 GiB: 32 bytes of entry and of payload, two subjects each (a school, and an order
of six records). Indexes are built after the rows, and so are as dense as they can be. Nothing but
the log's head, its tiles and what is measured fits the bytes of an entry: it is no log to audit.
"""

import argparse
import asyncio
import contextlib
import hashlib
import itertools
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

import psycopg
from components.postgres import Cluster, postgres
from components.service import Service

from api.installation import Installation, log_signers, open_installation
from api.settings import Settings
from ledger import checkpoint
from ledger.checkpoint import Checkpoint
from ledger.compact import CompactRange
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day
from ledger.merkle import tree_root
from ledger.tile import TILE_WIDTH
from storage import reads
from storage.database import reading
from storage.values import Search
from tests.bench import load
from tests.bench.workload import Gateway, open_gateway

ROOT = Path(__file__).resolve().parents[2]
SCHOOLS = 300
CHUNK = 500_000
SETTINGS = (
    "shared_buffers=1GB",
    "maintenance_work_mem=512MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=30min",
    "effective_cache_size=8GB",
)
FILLED = ("entries", "chains", "subject_heads", "wrapped_keys", "documents")

# Row i is a function of i alone, so that a row can be asked for without having been kept.
_TIME = "to_char(to_timestamp((%(ms)s::bigint + i * 20) / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
_HEX = "lpad(to_hex(%(ms)s::bigint + i * 20), 12, '0')"
_ID = (
    f"substr({_HEX}, 1, 8) || '-' || substr({_HEX}, 9, 4) || '-7' || substr(md5(i::text), 1, 3)"
    " || '-a' || substr(md5(i::text), 4, 3) || '-' || substr(md5(i::text), 7, 12)"
)
_LEAF = "sha256(int8send(i))"
_WIDE = "convert_to(md5(i::text), 'UTF8')"
_ROWS = "FROM generate_series(%(first)s::bigint, %(end)s::bigint - 1) AS i"
_SCHOOL = "'school:99' || lpad(mod(i, 300)::text, 8, '0')"
_ORDER = "'order:99' || lpad(mod(i / 6, 300)::text, 8, '0') || '~' || %(first_of_all)s::text || '-' || i / 6"
STATEMENTS = {
    "entries": f"""
        INSERT INTO entries ("index", record_id, leaf_hash, data, type, issuer, submitter,
            occurred_at, logged_at, is_open, statement_sha256, content_mac, source_mac, sealed)
        SELECT i, {_ID}, {_LEAF}, {_WIDE},
            (ARRAY['weigh-in', 'weigh-in', 'weigh-in', 'temperature-log', 'meal-service'])[1 + mod(i, 5)],
            'gateway:large-' || mod(i, 300), 'gateway:large-' || mod(i, 300), {_TIME}, {_TIME}, false,
            {_LEAF}, {_LEAF}, NULL, {_WIDE} {_ROWS}""",
    "chains": f"""
        INSERT INTO chains (subject, seq, "index")
        SELECT {_SCHOOL}, i / 300 + 1, i {_ROWS}
        UNION ALL SELECT {_ORDER}, mod(i, 6) + 1, i {_ROWS}""",
    "subject_heads": f"""
        INSERT INTO subject_heads (subject, seq, "index", leaf_hash)
        SELECT {_ORDER}, mod(i, 6) + 1, i, {_LEAF} {_ROWS} WHERE mod(i, 6) = 5""",
    "wrapped_keys": f"""
        INSERT INTO wrapped_keys (owner, wrapped)
        SELECT 'r:' || {_ID}, {_WIDE} || substr({_LEAF}, 1, 28) {_ROWS}""",
    "documents": f"""
        INSERT INTO documents (mac, "index")
        SELECT sha256(int8send(-i)), i {_ROWS}""",
}


class Filler:
    """Grows one log's database; `start_ms` is the time of row 0."""

    def __init__(self, dsn: str, settings: Settings, start_ms: int) -> None:
        self._dsn = dsn
        self._settings = settings
        self._start_ms = start_ms

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
                                "first_of_all": str(first),
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
                SELECT {_SCHOOL}, i / 300 + 1, i, {_LEAF} {_ROWS}""",
                {"first": max(first, rows - SCHOOLS), "end": rows},
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
                roots.append(tree_root_of(row))
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


def tree_root_of(row: list[bytes]) -> bytes:
    """The root of a full tile's hashes, which is a perfect tree."""
    sha256 = hashlib.sha256
    while len(row) > 1:
        row = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(row[::2], row[1::2], strict=True)
        ]
    return row[0]


def measure(service: Service, settings: Settings, filler: Filler, seconds: float) -> dict[str, Any]:
    """The real append path on top, and reads all over; milliseconds, median and 99 %."""
    with service:
        gateway = open_gateway_again(service)
        # The registry, the caches and the pool of a process that has just started are not measured.
        _append(service, gateway, 2)
        per_s = _append(service, gateway, seconds)
    with closing(open_installation(settings)) as opened:
        store, size = opened.store, opened.store.head().size
        draw = random.Random(size)
        margin = size // 20
        made_up = range(margin, size - margin)

        def index() -> int:
            return draw.choice(made_up)

        def school() -> str:
            return f"school:99{draw.randrange(SCHOOLS):08}"

        def read_row() -> None:
            query = reads.records_query().where(reads.ENTRY.record_id == filler.record_id(index()))
            with reading(store.engine) as connection:
                if connection.execute(query).first() is None:
                    # A record of the service's own stands there.
                    missed.append(1)

        missed: list[int] = []
        found = {
            "size": size,
            "records_per_s": round(per_s),
            "commit_ms": _commits(opened, gateway, 80),
            "record_ms": _times(read_row, 300),
            "proof_ms": _times(lambda: store.inclusion_proof(index(), size), 300),
            "by_subject_ms": _times(
                lambda: store.search(Search(subject=school(), after=index(), limit=100)), 100
            ),
            "by_type_ms": _times(
                lambda: store.search(Search(type="temperature-log", after=index(), limit=100)), 100
            ),
            "by_subject_and_type_ms": _times(
                lambda: store.search(
                    Search(subject=school(), type="meal-service", after=index(), limit=100)
                ),
                100,
            ),
            "history_ms": _times(
                lambda: store.history(school(), after_seq=index() // SCHOOLS, limit=100), 100
            ),
        }
        if len(missed) > 100:
            raise RuntimeError("most rows asked for are not there")
    with psycopg.connect(filler._dsn) as connection:
        sizes = connection.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
            " AND relname = ANY(%s)",
            ([*FILLED, "tiles", "checkpoints"],),
        ).fetchall()
    found["gib"] = {name: round(size / 2**30, 2) for name, size in sizes}
    return found


_GATEWAYS: dict[str, Gateway] = {}


def open_gateway_again(service: Service) -> Gateway:
    """The gateway that was registered when the log was new."""
    return _GATEWAYS[str(service.home)]


_COUNTER = itertools.count(1_000_000, 1_000_000)


def _append(service: Service, gateway: Gateway, seconds: float) -> float:
    """Single records over HTTP, 64 clients, one process: records a second."""
    deadline = time.monotonic() + seconds
    bodies = gateway.bodies(next(_COUNTER))

    def requests() -> Iterator[bytes]:
        while time.monotonic() < deadline:
            yield load.request("/v1/records", next(bodies), gateway.headers, port=service.port)

    outcome = asyncio.run(load.drive(service.port, requests(), clients=64))
    if outcome.statuses.keys() != {201}:
        raise RuntimeError(f"not everything was stored: {outcome.statuses}")
    return outcome.per_second


def _commits(opened: Installation, gateway: Gateway, transactions: int) -> dict[str, float]:
    """Transactions of 64 records each, without HTTP: the commit path alone."""
    facts = {digest: ("image/jpeg", len(data)) for digest, data in school_day.FILES.items()}
    requests = gateway.requests(next(_COUNTER))

    def drafts() -> list[Any]:
        return [
            prepare(
                next(requests),
                submitter=school_day.GATEWAY,
                ledger=opened.ledger,
                new_seed=os.urandom(32),
                blob_facts=facts,
            )
            for _ in range(64)
        ]

    prepared = iter([drafts() for _ in range(transactions + 10)])

    def commit() -> None:
        for outcome in opened.store.append(next(prepared)):
            if isinstance(outcome, Exception):
                raise outcome

    for _ in range(10):
        commit()
    return _times(commit, transactions)


def _times(call: Callable[[], object], count: int) -> dict[str, float]:
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - began))
    return {
        "median": round(statistics.median(taken), 2),
        "p99": round(sorted(taken)[int(0.99 * len(taken))], 2),
    }


def _ratios(base: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    found = {
        name.removesuffix("_ms"): round(large[name]["median"] / base[name]["median"], 2)
        for name in large
        if name.endswith("_ms")
    }
    found["records_per_s"] = round(large["records_per_s"] / base["records_per_s"], 2)
    return found


def run(cluster: Cluster, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Found, grow, measure, grow, measure."""
    url = cluster.create_database("large")
    home = folder / "home"
    environment = {"MEALTRACE_DATABASE_URL": url, "MEALTRACE_CHAIN": "none"}
    service = Service(home, environment).found()
    with service:
        _GATEWAYS[str(home)] = open_gateway(service)
    settings = Settings(home=home, database_url=url, chain="none")
    start_ms = time.time_ns() // 1_000_000 - 20 * asked.rows - 86_400_000
    filler = Filler(url.replace("+psycopg", ""), settings, start_ms)
    found: dict[str, Any] = {}
    for name, rows in (("base", asked.base), ("large", asked.rows)):
        began = time.perf_counter()
        filler.grow(rows)
        grown_s = round(time.perf_counter() - began, 1)
        found[name] = {"grown_in_s": grown_s, **measure(service, settings, filler, asked.seconds)}
        print(name, json.dumps(found[name], indent=2), flush=True)  # noqa: T201
    found["large_to_base"] = _ratios(found["base"], found["large"])
    return found


def main() -> int:
    """Measure, print, write bench-large.json."""
    parser = argparse.ArgumentParser(description="PostgreSQL at many records.")
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--base", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20, help="of appending over HTTP")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="mealtrace-large-") as folder,
        postgres(SETTINGS) as cluster,
    ):
        results = {
            "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
            "asked": vars(asked),
            **run(cluster, Path(folder), asked),
        }
    print("large to base", results["large_to_base"])  # noqa: T201
    (ROOT / "bench-large.json").write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
