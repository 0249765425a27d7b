"""Stored rows against their entries, payloads against commitments, blobs against digests.

Points 3 and 4. Each row stands for itself, so that any number of processes may share the work.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import canonical, commitment, disclosure
from ledger import entry as entries
from ledger.audit.findings import Finding
from ledger.errors import LedgerError, MalformedError


@dataclass(frozen=True, slots=True)
class Row:
    """A record as stored beside its entry.

    Attributes:
        index: place in the log.
        data: the entry's bytes.
        columns: what is searched by: record_id, type, issuer, submitter, occurred_at, logged_at.
        payload: canonical JSON, None if its key is gone.
        seed: 32 bytes, None if its key is gone.
        fault: why payload and seed cannot be opened although the key is there, or None.
    """

    index: int
    data: bytes
    columns: Mapping[str, str]
    payload: bytes | None
    seed: bytes | None
    fault: str | None


Erased = Mapping[str, Collection[tuple[str, ...] | None]]
"""Record id → what `erasure` records say is gone: field names, or None for the whole record."""


def check_row(row: Row, erased: Erased) -> Iterator[Finding]:
    """What does not hold of one row (point 3)."""
    where = f"entry {row.index}"
    try:
        entry = entries.parse(row.data)
    except MalformedError:
        return  # the log's own audit has named it
    statement = entry.statement
    said = {
        "record_id": statement.id,
        "type": statement.type,
        "issuer": statement.issuer,
        "submitter": entry.submitter,
        "occurred_at": statement.occurred_at,
        "logged_at": entry.logged_at,
    }
    for name, value in said.items():
        if row.columns[name] != value:
            yield Finding(
                3,
                where,
                f"the stored {name} is not the entry's",
                f"存储的 {name} 与条目不符",
                value,
                row.columns[name],
            )
    about = f"{statement.type} {statement.id}"
    if row.fault is not None:
        yield Finding(
            3,
            where,
            f"the sealed payload of {about} was altered: {row.fault}",
            f"{about} 的密封载荷被改动",
        )
    elif row.payload is None or row.seed is None:
        if not erased.get(statement.id):
            yield Finding(
                3,
                where,
                f"the payload of {about} is gone, and no erasure record says why",
                f"{about} 的载荷已缺失，且没有任何清除记录说明原因",
            )
    else:
        yield from _check_payload(row.payload, row.seed, entry, where)


def _check_payload(
    payload: bytes, seed: bytes, entry: entries.Entry, where: str
) -> Iterator[Finding]:
    statement = entry.statement
    try:
        members = canonical.parse(payload, max_depth=entries.MAX_PAYLOAD_DEPTH)
        if not isinstance(members, dict):
            raise MalformedError("a payload is an object")
        found = commitment.commit(members, seed, statement.id)
    except LedgerError as error:
        yield Finding(3, where, f"the payload cannot be read: {error}", f"载荷无法读取：{error}")
        return
    if (found.root, found.fields) != (statement.payload_root, statement.payload_fields):
        yield Finding(
            3,
            where,
            f"the payload of {statement.type} {statement.id} is not what was committed",
            f"{statement.type} {statement.id} 的载荷与承诺不符",
            statement.payload_root.hex(),
            found.root.hex(),
        )


def named_blobs(row: Row) -> Sequence[Mapping[str, Any]]:
    """The blobs that a row's payload names; none where it cannot be read."""
    if row.payload is None:
        return ()
    try:
        members = canonical.parse(row.payload, max_depth=entries.MAX_PAYLOAD_DEPTH)
        if isinstance(members, dict) and "blobs" in members:
            return disclosure.check_blobs(members["blobs"])
    except LedgerError:
        return ()
    return ()


def blob_finding(
    index: int, sha256: str, role: str, found: str | None, fault: str | None
) -> Finding | None:
    """What is wrong with a blob whose bytes hash to `found`, or cannot be read for `fault`."""
    where = f"blob {sha256}"
    if fault is not None:
        return Finding(
            4,
            where,
            f"the {role} of entry {index} cannot be read: {fault}",
            f"条目 {index} 的 {role} 无法读取：{fault}",
            sha256,
            None,
        )
    if found != sha256:
        return Finding(
            4,
            where,
            f"the {role} of entry {index} is another file",
            f"条目 {index} 的 {role} 已是另一个文件",
            sha256,
            found,
        )
    return None
