"""Inclusion proofs from storage beside pymerkle's SQLite tree, and verification of one bundle."""

import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from pymerkle import SqliteTree
from sqlalchemy import insert

from ledger.compact import EMPTY
from ledger.errors import NotFoundError
from ledger.integrator import integrate
from ledger.merkle import leaf_hash
from ledger.tile_proof import TileCache, inclusion_proof
from ledger.verification import verify
from storage import reads
from storage.bulk import BulkInsert
from storage.database import open_engine
from storage.migrate import migrate
from storage.tables import EntryRow, TileRow

OURS = 1_000_000
THEIRS = 100_000
ROOT = Path(__file__).resolve().parents[2]


def proofs() -> dict[str, Any]:
    """Seconds for a proof of a random leaf: ours at 1,000,000 entries, pymerkle's at 100,000."""
    with tempfile.TemporaryDirectory(prefix="mealtrace-bench-") as folder:
        ours = _ours(Path(folder) / "ours.sqlite")
        theirs = _theirs(Path(folder) / "theirs.sqlite")
    return {
        "ours_us_at_1000000": round(ours * 1e6, 1),
        "pymerkle_us_at_100000": round(theirs * 1e6, 1),
        "ratio": round(theirs / ours, 1),
    }


def _ours(path: Path) -> float:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    hashes = [leaf_hash(b"%d" % number) for number in range(OURS)]
    with engine.connect() as connection:
        with connection.begin():
            tiles = BulkInsert(TileRow, ("level", "index", "hashes", "root"), engine.dialect)
            stored: dict[tuple[int, int], bytes] = {}
            integration = integrate(EMPTY, hashes, _Nothing())
            for tile in integration.full_tiles:
                stored[tile.level, tile.index] = tile.hashes
            tiles(
                connection,
                [(t.level, t.index, t.hashes, t.root) for t in integration.full_tiles],
            )
            first = OURS - OURS % 256
            connection.execute(
                insert(EntryRow.__table__),  # type: ignore[attr-defined]
                [_row(index, hashes[index]) for index in range(first, OURS)],
            )
        reader, cache = reads.TileReader(connection), TileCache()
        dice = random.Random(7)
        places = [dice.randrange(OURS) for _ in range(2_000)]
        times = []
        for place in places:
            began = time.perf_counter()
            inclusion_proof(place, OURS, reader, cache)
            times.append(time.perf_counter() - began)
    engine.dispose()
    return statistics.mean(times)


class _Nothing:
    def hashes(self, level: int, tile: int, width: int) -> bytes:
        raise NotFoundError(f"no tile {level}/{tile} of {width}")


def _row(index: int, leaf: bytes) -> dict[str, Any]:
    return {
        "index": index, "record_id": str(index), "leaf_hash": leaf, "data": b"", "type": "t",
        "issuer": "i", "submitter": "s", "occurred_at": "", "logged_at": "", "is_open": False,
        "statement_sha256": b"", "content_mac": b"", "explicit_seed": False,
    }  # fmt: skip


def _theirs(path: Path) -> float:
    with SqliteTree(str(path)) as tree:
        tree.append_entries([b"%d" % number for number in range(THEIRS)], chunksize=10_000)
        dice, times = random.Random(7), []
        for _ in range(5):
            place = dice.randrange(1, THEIRS + 1)
            began = time.perf_counter()
            tree.prove_inclusion(place)
            times.append(time.perf_counter() - began)
    return statistics.mean(times)


def bundle() -> dict[str, Any]:
    """Milliseconds to verify one bundle offline, anchor and quorum included."""
    case = json.loads((ROOT / "tests/vectors/bundles/anchor-and-quorum.json").read_text("utf-8"))
    data, policy = json.dumps(case["bundle"]).encode(), case["policy"].encode()
    times = []
    for _ in range(200):
        began = time.perf_counter()
        verify(data, policy)
        times.append(time.perf_counter() - began)
    return {
        "median_ms": round(statistics.median(times) * 1000, 3),
        "max_ms": round(max(times) * 1000, 3),
    }
