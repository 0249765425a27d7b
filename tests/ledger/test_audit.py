"""The audit of a log: what was altered is named, and nothing else."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.audit.findings import Finding
from ledger.audit.log import LogAudit
from ledger.audit.tree import TreeAudit
from ledger.checkpoint import Checkpoint
from ledger.errors import NotFoundError
from ledger.merkle import leaf_hash, tree_root

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
CASE = json.loads((VECTORS / "statement-entry.json").read_text("utf-8"))
LOG = [base64.b64decode(item["entry_base64"]) for item in CASE["log"]]
NOTES = [(item["size"], item["note"]) for item in CASE["checkpoints"]]


class Source:
    """A log in memory, whose tiles may say something else than its entries."""

    def __init__(self, entries: Sequence[bytes], hashes: Sequence[bytes] | None = None) -> None:
        self.log = list(entries)
        leaves = list(hashes) if hashes else [leaf_hash(data) for data in entries]
        self.levels = [leaves]
        while len(self.levels[-1]) >= 256:
            below = self.levels[-1]
            full = range(0, len(below) - 255, 256)
            self.levels.append([tree_root(below[at : at + 256]) for at in full])

    def entries(self, start: int, end: int) -> list[bytes]:
        return self.log[start:end]

    def hashes(self, level: int, tile: int, width: int) -> bytes:
        if level >= len(self.levels):
            raise NotFoundError("no such tile")
        return b"".join(self.levels[level][256 * tile : 256 * tile + width])


def audit(source: Source, notes: list[tuple[int, str]] = NOTES) -> list[Finding]:
    log = LogAudit(source, notes)
    found: list[Finding] = []
    while log.size < len(source.log):
        found += log.step()
    found += log.finish()
    # The vectors' log grants no roles: who may post what is held elsewhere.
    return [finding for finding in found if "held no role" not in finding.en]


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_the_vectors_log_holds() -> None:
    assert audit(Source(LOG)) == []


@pytest.mark.parametrize("index", [1, 9, 16, 27])
def test_an_altered_entry_is_named_and_nothing_else(index: int) -> None:
    source = Source(LOG)
    source.log[index] = flip(LOG[index], len(LOG[index]) // 2)

    (finding,) = [f for f in audit(source) if f.point == 1]

    assert finding.where == f"entry {index}"
    assert finding.expected == leaf_hash(LOG[index]).hex()


@pytest.mark.parametrize("index", [0, 5, 27])
def test_an_altered_tile_is_named_and_nothing_else(index: int) -> None:
    hashes = [leaf_hash(data) for data in LOG]
    hashes[index] = flip(hashes[index], 3)

    (finding,) = audit(Source(LOG, hashes))

    assert finding.where == "tile/0/000.p/28"
    assert f"entry {index}" in finding.en


def test_a_checkpoint_of_another_root_is_named() -> None:
    size, text = NOTES[1]
    lines = text.split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()

    found = audit(Source(LOG), [NOTES[0], (size, "\n".join(lines)), *NOTES[2:]])

    assert {finding.where for finding in found} == {f"checkpoint of size {size}"}


def test_a_checkpoint_beyond_the_log_is_named() -> None:
    (finding,) = [f for f in audit(Source(LOG[:27]), NOTES) if f.point == 1]

    assert finding.where == "checkpoint of size 28"


@pytest.mark.parametrize(
    ("size", "level"), [(255, 0), (256, 0), (256, 1), (257, 0), (257, 1), (70_000, 0), (70_000, 1)]
)
def test_a_tile_of_any_level_is_named(size: int, level: int) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    source = Source([], leaves)
    place = len(source.levels[level]) - 1
    good = list(source.levels[level])
    root = tree_root(leaves)
    source.levels[level][place] = flip(good[place], 0)
    tree = TreeAudit(source, [Checkpoint("log.example", size, root)], watched=[size])

    found: list[Finding] = []
    for first in range(0, size, 256):
        found += tree.add(leaves[first : first + 256])
    found += tree.finish()

    assert tree.roots[size] == root
    (finding,) = found
    assert finding.where.startswith(f"tile/{level}/")
    assert finding.expected == good[place].hex()
