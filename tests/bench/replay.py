"""How fast an audit reads: builds a log of N entries in memory, then parses, commits and replays.

    python tests/bench/replay.py [N]

Signatures are left out of the replay, as an audit leaves them to a pool.
"""

import json
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

sys.path.append(str(Path(__file__).resolve().parents[1] / "ledger"))

from log_writer import BUREAU, OPERATOR, SCALE, LogWriter, key, kid

from ledger import commitment, entry, jws, merkle, statement, timestamp
from ledger.entry import ChainItem
from ledger.replay import Replay
from ledger.statement import Link

FIELDS = {f"field_{at:02}": at if at % 2 else "pork-leg" for at in range(25)}
START_MS = timestamp.parse("2026-11-23T07:00:00.000Z")


def build_log(size: int) -> list[bytes]:
    """A log of weigh-ins: five subjects each, six to an order, 300 suppliers, signed in form."""
    writer = LogWriter()
    writer.register(SCALE, key("scale"), issuer=BUREAU)
    assert writer.ledger is not None
    entries, heads = list(writer.entries), dict(writer.heads)
    signature = jws.format(jws.DetachedSignature("Ed25519", kid(key("scale")), bytes(64)))
    for at in range(size):
        order = f"order:2105020001~A-{at // 6}"
        said = statement.build(
            id=str(UUID(bytes=sha256(b"%d" % at).digest()[:16])),
            issuer=SCALE,
            ledger=writer.ledger,
            links=[Link("fulfils", subject=order)],
            occurred_at=timestamp.format(START_MS + at),
            payload_root=bytes(32),
            payload_fields=26,
            subjects=[
                order,
                SCALE,
                f"canteen:2105020001~{at % 40:02}",
                "school:2105020001",
                f"supplier:91000000MA00{at % 300:05}C",
            ],
            type="weigh-in",
        )
        chains = [
            ChainItem(name, seq + 1, index, leaf)
            for name, (seq, index, leaf) in (
                (name, heads.get(name, (0, None, None))) for name in said.subjects
            )
        ]
        data = entry.build(
            said,
            chains=chains,
            logged_at=timestamp.format(START_MS + at),
            signature=signature,
            submitter=SCALE,
        )
        leaf = merkle.leaf_hash(data)
        for item in chains:
            heads[item.subject] = (item.seq, len(entries), leaf)
        entries.append(data)
    return entries


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(size: int = 20_000) -> dict[str, float]:
    """Rates and costs in one process, by name with unit."""
    entries = build_log(size)
    replay = Replay(entries.__getitem__, verify=lambda *_: None)

    def read() -> None:
        for data in entries:
            replay.apply(data)

    def parse() -> None:
        for data in entries:
            entry.parse(data)

    def commit() -> None:
        for _ in range(2000):
            commitment.commit(FIELDS, bytes(32), OPERATOR)

    return {
        "entry_parse_us": seconds(parse) / len(entries) * 1e6,
        "replay_entries_per_s": len(entries) / seconds(read),
        "subject_index_us_per_head": seconds(lambda: replay.subject_index(replay.size))
        / len(replay.heads)
        * 1e6,
        "commit_25_fields_us": seconds(commit) / 2000 * 1e6,
    }


if __name__ == "__main__":
    found = measure(*map(int, sys.argv[1:2]))
    sys.stdout.write(json.dumps({name: round(value, 2) for name, value in found.items()}) + "\n")
