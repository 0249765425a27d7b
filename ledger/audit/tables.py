"""Rows that follow from the log, beside what the log gives (point 3): what answers are found by.

A row that is missing hides something: a hop from a trace, an entry from a history. One too many, or
a changed one, sends whoever asks astray. None of them can forge anything, for what is found is
proven by the entries themselves.
"""

from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256

from ledger.audit.findings import Finding
from ledger.subject_index import Head

_SUM: int = 2**256


class RowSums:
    """What a table adds up to, block by block of entries: equal sums are equal rows.

    Two of these are compared without keeping a row: the sum of SHA-256 over the rows of a block,
    modulo 2^256, in whatever order they come. Memory grows by some hundred bytes a block.
    """

    BLOCK: int = 1024

    def __init__(self) -> None:
        """No rows."""
        self.sums: dict[int, int] = {}

    def add(self, index: int, row: str) -> None:
        """One row more, of the entry at `index`."""
        block = index // self.BLOCK
        number = int.from_bytes(sha256(f"{index} {row}".encode()).digest())
        self.sums[block] = (self.sums.get(block, 0) + number) % _SUM

    def differing(self, other: "RowSums") -> list[int]:
        """The blocks of which the two have not the same rows, ascending."""
        blocks = self.sums.keys() | other.sums.keys()
        return sorted(b for b in blocks if self.sums.get(b, 0) != other.sums.get(b, 0))


def check_rows(
    table: str, where: str, expected: Collection[str], found: Collection[str]
) -> Iterator[Finding]:
    """Rows of a table as text, against those that the log gives; `where` says of what."""
    missing, added = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    for row in missing:
        yield differs(table, where, row, None)
    for row in added:
        yield differs(table, where, None, row)


def check_heads(
    expected: Mapping[str, tuple[int, int, bytes]], found: Collection[Head]
) -> Iterator[Finding]:
    """Last entries of subjects, against those that the log gives."""
    for head in found:
        there = f"seq {head.seq}, entry {head.index}, {head.leaf_hash.hex()}"
        known = expected.get(head.subject)
        given = None if known is None else f"seq {known[0]}, entry {known[1]}, {known[2].hex()}"
        if there != given:
            yield differs("subject_heads", head.subject, given, there)


def differs(table: str, where: str, expected: str | None, found: str | None) -> Finding:
    """A row that is missing (`found` None), one too many (`expected` None), or another."""
    if found is None:
        en = "lacks a row that the log gives, and what is found by it stays hidden"
        zh = "缺少账本所对应的一行，依此查找的内容会被隐藏"
    elif expected is None:
        en, zh = "has a row that nothing in the log gives", "多出账本中没有依据的一行"
    else:
        en, zh = "says something else than the log", "与账本不符"
    return Finding(
        3,
        f"{table}: {where}",
        f"the table {table} {en}: put the table right from a backup",
        f"数据表 {table} {zh}：请用备份更正该表",
        expected,
        found,
    )
