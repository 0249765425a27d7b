"""PostgreSQL with many records: is the commit path, or reading, dearer at 20 million than at one?

    python -m tests.bench large [--rows N] [--base N] [--rounds N] [--seconds N] [--commits N]

Two logs are founded in one cluster, grown to `--base` and to `--rows` rows, and measured in turn,
`--rounds` times: a slow minute of the machine then falls on both. What they are grown by is made
inside the database, in the real tables with their real indexes, and the tree over it is whole (see
filling.py). The rows made up have no payload to open and are smaller than real ones, so that 20
million of them take some 25 GiB: 32 bytes of entry and of payload, two subjects each (a school, and
an order of six records); one in 2,000 is of a rare type. Indexes are built after the rows, and so are
as dense as they can be.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import platform
import random
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

from components.postgres import Cluster, postgres
from components.service import Service
from sqlalchemy import Engine, event

from api.installation import Installation, open_installation
from api.settings import Settings
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day
from storage import reads
from storage.database import reading
from storage.values import Search
from tests.bench import load
from tests.bench.filling import SCHOOLS, Filler
from tests.bench.workload import Gateway, open_gateway

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (
    "shared_buffers=1GB",
    "maintenance_work_mem=512MB",
    "max_wal_size=4GB",
    "checkpoint_timeout=30min",
    "effective_cache_size=8GB",
)
_STATEMENT = re.compile(r"(?:(INSERT) INTO|(UPDATE)|FROM)\s+(\w+)")


@dataclass(frozen=True, slots=True)
class Log:
    """A log of the size wanted, its gateway registered before it grew."""

    service: Service
    gateway: Gateway
    settings: Settings
    filler: Filler


def measure(log: Log, *, seconds: float, commits: int) -> dict[str, Any]:
    """The real append path on top, and reads all over; milliseconds, median and 99 %."""
    with log.service:
        # The registry, the caches and the pool of a process that has just started are not measured.
        _append(log, min(2, seconds))
        per_s = _append(log, seconds)
    with closing(open_installation(log.settings)) as opened:
        store, size = opened.store, opened.store.head().size
        draw = random.Random(size)
        sizes = [len(rows) for rows in log.filler.made_up]

        def index() -> int:
            (rows,) = draw.choices(log.filler.made_up, sizes)
            return draw.choice(rows)

        def school() -> str:
            return f"school:99{draw.randrange(SCHOOLS):08}"

        def read_row() -> None:
            wanted = log.filler.record_id(index())
            query = reads.records_query().where(reads.ENTRY.record_id == wanted)
            with reading(store.engine) as connection:
                if connection.execute(query).first() is None:
                    raise RuntimeError("a row asked for is not there")

        def page(**wanted: Any) -> None:
            store.search(Search(after=index(), **wanted))

        found: dict[str, Any] = {
            "size": size,
            "records_per_s": round(per_s),
            "commit_ms": _commits(opened, log.gateway, commits),
            "record_ms": _times(read_row, 300),
            "proof_ms": _times(lambda: store.inclusion_proof(index(), size), 300),
            "by_subject_ms": _times(lambda: page(subject=school()), 100),
            "by_type_ms": _times(lambda: page(type="temperature-log"), 100),
            "by_subject_and_type_ms": _times(
                lambda: page(subject=school(), type="meal-service"), 100
            ),
            "by_subject_and_rare_type_ms": _times(
                lambda: page(subject=school(), type="inspection-alert"), 100
            ),
            "of_a_party_ms": _times(lambda: page(visible_to=school()), 100),
            "since_ms": _times(
                lambda: store.search(Search(logged_from=log.filler.logged_at(index()))), 100
            ),
            "history_ms": _times(
                lambda: store.history(school(), after_seq=index() // SCHOOLS, limit=100), 100
            ),
        }
    found["gib"] = {
        name: round(taken / 2**30, 2) for name, taken in log.filler.bytes_of_tables().items()
    }
    return found


_COUNTER = itertools.count(1_000_000, 1_000_000)


def _append(log: Log, seconds: float) -> float:
    """Single records over HTTP, 64 clients, one process: records a second."""
    deadline = time.monotonic() + seconds
    bodies, headers = log.gateway.bodies(next(_COUNTER)), log.gateway.headers

    def requests() -> Iterator[bytes]:
        while time.monotonic() < deadline:
            yield load.request("/v1/records", next(bodies), headers, port=log.service.port)

    outcome = asyncio.run(load.drive(log.service.port, requests(), clients=64))
    if outcome.statuses.keys() != {201}:
        raise RuntimeError(f"not everything was stored: {outcome.statuses}")
    return outcome.per_s


def _commits(opened: Installation, gateway: Gateway, transactions: int) -> dict[str, Any]:
    """Transactions of 64 records each, without HTTP: the commit path alone, and its statements."""
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
    with _statements(opened.store.engine) as spent_ms:
        times = _times(commit, transactions)
    most = sorted(spent_ms.items(), key=lambda found: -found[1])[:8]
    each = {name: round(ms / transactions, 2) for name, ms in most}
    return {**times, "statements": each}


@contextlib.contextmanager
def _statements(engine: Engine) -> Iterator[dict[str, float]]:
    """Milliseconds of each statement in the block, by its verb and its table."""
    spent_ms: defaultdict[str, float] = defaultdict(float)
    began: dict[object, float] = {}

    def before(_: Any, cursor: object, *__: Any) -> None:
        began[cursor] = time.perf_counter()

    def after(_: Any, cursor: object, statement: str, *__: Any) -> None:
        found = _STATEMENT.search(statement)
        name = " ".join(part for part in found.groups() if part) if found else statement[:30]
        spent_ms[name] += 1000 * (time.perf_counter() - began.pop(cursor))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    yield spent_ms
    event.remove(engine, "before_cursor_execute", before)
    event.remove(engine, "after_cursor_execute", after)


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


def _middle(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The round in the middle, figure by figure; statements and sizes of the last."""
    found: dict[str, Any] = dict(rounds[-1])
    found["records_per_s"] = statistics.median_low(each["records_per_s"] for each in rounds)
    for name in rounds[0]:
        if name.endswith("_ms"):
            found[name] = rounds[-1][name] | {
                part: statistics.median_low(each[name][part] for each in rounds)
                for part in ("median", "p99")
            }
    return found


def _ratios(base: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    found = {
        name.removesuffix("_ms"): round(large[name]["median"] / base[name]["median"], 2)
        for name in large
        if name.endswith("_ms")
    }
    found["records_per_s"] = round(large["records_per_s"] / base["records_per_s"], 2)
    return found


def open_log(cluster: Cluster, folder: Path, name: str, rows: int) -> Log:
    """Found a log in a database of its own, and grow it."""
    url = cluster.create_database(name)
    home = folder / name
    environment = {"MEALTRACE_DATABASE_URL": url, "MEALTRACE_CHAIN": "none"}
    service = Service(home, environment).found()
    with service:
        gateway = open_gateway(service)
    settings = Settings(home=home, database_url=url, chain="none")
    start_ms = time.time_ns() // 1_000_000 - 20 * rows - 86_400_000
    filler = Filler(url.replace("+psycopg", ""), settings, start_ms)
    began = time.perf_counter()
    filler.grow(rows)
    print(f"{name}: grown in {time.perf_counter() - began:.0f} s", flush=True)  # noqa: T201
    return Log(service, gateway, settings, filler)


def run(cluster: Cluster, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Found and grow both, then measure them in turn."""
    logs = {
        name: open_log(cluster, folder, name, rows)
        for name, rows in (("base", asked.base), ("large", asked.rows))
    }
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in logs}
    for _ in range(asked.rounds):
        for name, log in logs.items():
            rounds[name].append(measure(log, seconds=asked.seconds, commits=asked.commits))
            print(name, json.dumps(rounds[name][-1]), flush=True)  # noqa: T201
    found: dict[str, Any] = {name: _middle(each) for name, each in rounds.items()}
    found["large_to_base"] = _ratios(found["base"], found["large"])
    return found


def main() -> int:
    """Measure, print, write bench-large.json or what `--output` names."""
    parser = argparse.ArgumentParser(description="PostgreSQL at many records.")
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--base", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20, help="of appending over HTTP")
    parser.add_argument("--commits", type=int, default=80, help="transactions of 64 records")
    parser.add_argument("--output", type=Path, default=ROOT / "bench-large.json")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="mealtrace-large-") as folder,
        postgres(SETTINGS) as cluster,
    ):
        results = {
            "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
            "asked": {
                name: getattr(asked, name)
                for name in ("rows", "base", "rounds", "seconds", "commits")
            },
            **run(cluster, Path(folder), asked),
        }
    print("large to base", results["large_to_base"])  # noqa: T201
    asked.output.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
