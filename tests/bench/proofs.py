"""Inclusion proofs from storage beside pymerkle's SQLite tree, and verification of one bundle."""

import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from pymerkle import SqliteTree  # type: ignore[import-untyped]
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


def proofs(share: float) -> dict[str, Any]:
    """Microseconds for a proof of a random leaf, of a share of 1,000,000 and of 100,000 entries."""
    our_size, their_size = (max(1000, round(share * size)) for size in (OURS, THEIRS))
    with tempfile.TemporaryDirectory(prefix="mealtrace-bench-") as folder:
        ours = _ours(Path(folder) / "ours.sqlite", our_size)
        theirs = _theirs(Path(folder) / "theirs.sqlite", their_size)
    return {
        f"ours_us_at_{our_size}": round(ours * 1e6, 1),
        f"pymerkle_us_at_{their_size}": round(theirs * 1e6, 1),
        "ratio": round(theirs / ours, 1),
    }


def _ours(path: Path, size: int) -> float:
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    hashes = [leaf_hash(b"%d" % number) for number in range(size)]
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
            first = size - size % 256
            connection.execute(
                insert(EntryRow.__table__),  # type: ignore[attr-defined]
                [_row(index, hashes[index]) for index in range(first, size)],
            )
        reader, cache = reads.TileReader(connection), TileCache()
        dice = random.Random(7)
        places = [dice.randrange(size) for _ in range(2_000)]
        times = []
        for place in places:
            began = time.perf_counter()
            inclusion_proof(place, size, reader, cache)
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


def _theirs(path: Path, size: int) -> float:
    with SqliteTree(str(path)) as tree:
        tree.append_entries([b"%d" % number for number in range(size)], chunksize=10_000)
        dice, times = random.Random(7), []
        for _ in range(5):
            place = dice.randrange(1, size + 1)
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
