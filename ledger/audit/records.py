"""Stored rows against their entries, payloads against commitments, blobs against digests.

Points 3 and 4. Each row stands for itself, so that any number of processes may share the work.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import canonical, commitment, disclosure
from ledger import entry as entries
from ledger.audit.findings import Finding
from ledger.audit.tables import check_rows, differs
from ledger.errors import LedgerError, MalformedError
from ledger.merkle import leaf_hash


@dataclass(frozen=True, slots=True)
class Row:
    """A record as stored beside its entry.

    Attributes:
        index: place in the log.
        data: the entry's bytes.
        columns: what is searched by: record_id, type, issuer, submitter, occurred_at, logged_at,
            is_open (`True`, `False`), and hex leaf_hash and statement_sha256.
        payload: canonical JSON, None if its key is gone.
        seed: 32 bytes, None if its key is gone.
        fault: why payload and seed cannot be opened although the key is there, or None.
        rest: what is left where fields were erased, else None.
        key: whether its data key is there.
        chains: subject and number of its places in chains as stored; None: not read.
        documents: HMACs of the documents it holds as stored, hex.
        document: the HMAC of its document, hex; None where it has none, or that cannot be told.
        source: whether it is found by its poster's own number; None where that cannot be told.
    """

    index: int
    data: bytes
    columns: Mapping[str, str]
    payload: bytes | None
    seed: bytes | None
    fault: str | None
    rest: "Rest | None" = None
    key: bool = True
    chains: Collection[tuple[str, int]] | None = None
    documents: Collection[str] = ()
    document: str | None = None
    source: bool | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a payload of which fields were erased; it holds against the commitment.

    Attributes:
        payload: canonical JSON of the fields left.
        gone: names of the others, ascending.
    """

    payload: bytes
    gone: tuple[str, ...]


Missing = tuple[int, str, str, tuple[str, ...] | None]
"""Index, record id and type of a record of which something is gone: which fields, or None for all."""

Said = Collection[tuple[str, ...] | None]
"""What `erasure` records say is gone of a record: field names, or None for the whole record."""

Erased = Mapping[str, Said]
"""Record id → what is said of it."""


def check_row(row: Row, erased: Erased) -> Iterator[Finding]:
    """What does not hold of one row (point 3)."""
    where = f"entry {row.index}"
    try:
        entry = entries.parse(row.data)
    except MalformedError:
        return  # the log's own audit has named it
    statement = entry.statement
    leaf = leaf_hash(row.data).hex()
    altered = row.columns["leaf_hash"] != leaf
    if altered:
        yield _stored(where, "leaf_hash", leaf, row)
    said = {
        "record_id": statement.id,
        "type": statement.type,
        "issuer": statement.issuer,
        "submitter": entry.submitter,
        "occurred_at": statement.occurred_at,
        "logged_at": entry.logged_at,
        "statement_sha256": statement.sha256.hex(),
        "is_open": str(entry.open is not None),
    }
    for name, value in () if altered else said.items():
        if row.columns[name] != value:
            yield _stored(where, name, value, row)
    if row.source is False:
        yield differs("entries", where, "source_mac of the payload's source_ref", "another")
    if row.chains is not None and not altered:
        given = [f"{item.subject} {item.seq}" for item in entry.chains]
        yield from check_rows("chains", where, given, [f"{name} {seq}" for name, seq in row.chains])
    if row.payload is not None and row.rest is None:
        for mac in sorted(set(row.documents) - {row.document}):
            yield differs("documents", where, row.document, mac)
    about = f"{statement.type} {statement.id}"
    if row.fault is not None:
        yield Finding(
            3,
            where,
            f"the sealed payload of {about} was altered: {row.fault}",
            f"{about} 的密封载荷被改动",
        )
    elif row.payload is None or row.seed is None:
        gone = None if row.rest is None else row.rest.gone
        missing = (row.index, statement.id, statement.type, gone)
        yield from check_missing(missing, erased)
    else:
        yield from _check_payload(row.payload, row.seed, entry, where)


def _stored(where: str, name: str, expected: str, row: Row) -> Finding:
    return Finding(
        3,
        where,
        f"the stored {name} is not the entry's",
        f"存储的 {name} 与条目不符",
        expected,
        row.columns[name],
    )


def check_missing(missing: Missing, erased: Erased) -> Iterator[Finding]:
    """Whether erasures explain what is gone of a record: erasure or loss (point 3)."""
    index, record_id, kind, gone = missing
    said = erased.get(record_id, ())
    if None in said:
        return
    named = {name for fields in said if fields is not None for name in fields}
    if gone is None:
        why, why_zh = (
            ("but only fields of it were erased", "清除记录只涉及部分字段")
            if named
            else ("and no erasure record says why", "没有任何清除记录说明原因")
        )
        yield Finding(
            3,
            f"entry {index}",
            f"the payload of {kind} {record_id} is gone, {why}: a loss",
            f"{kind} {record_id} 的载荷已缺失，{why_zh}：属于丢失",
        )
        return
    lost = [name for name in gone if name not in named]
    if lost:
        listed = ", ".join(lost)
        yield Finding(
            3,
            f"entry {index}",
            f"fields of {kind} {record_id} are gone, and no erasure record says why: a loss",
            f"{kind} {record_id} 的部分字段已缺失，没有任何清除记录说明原因：属于丢失",
            ", ".join(sorted(named)) or None,
            listed,
        )


def check_erased(row: Row, said: Said) -> Iterator[Finding]:
    """Whether what erasures destroyed of a record is gone indeed (point 3).

    A backup of wrapped keys older than an erasure, put back, would show here.
    """
    where, record_id = f"entry {row.index}", row.columns["record_id"]
    if None in said:
        if row.key or row.payload is not None:
            yield Finding(
                3,
                where,
                f"record {record_id} was erased, and its key is still there: start the service, or "
                "restore, to destroy it again",
                f"记录 {record_id} 已被清除，但其密钥仍然存在：请启动服务或执行恢复以再次销毁",
            )
        return
    kept = row.rest.payload if row.rest is not None else row.payload
    if kept is None:
        return
    named = {name for fields in said if fields is not None for name in fields}
    values = canonical.parse(kept, max_depth=entries.MAX_PAYLOAD_DEPTH)
    there = sorted(named & values.keys()) if isinstance(values, dict) else []
    if there:
        yield Finding(
            3,
            where,
            f"fields of record {record_id} were erased, and can still be read: start the service, "
            "or restore, to destroy them again",
            f"记录 {record_id} 的部分字段已被清除，但仍可读取：请启动服务或执行恢复以再次销毁",
            None,
            ", ".join(there),
        )


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
    payload = row.payload if row.rest is None else row.rest.payload
    if payload is None:
        return ()
    try:
        members = canonical.parse(payload, max_depth=entries.MAX_PAYLOAD_DEPTH)
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


def undestroyed_blob(upload: str) -> Finding:
    """A blob of which every record was erased, and whose key is there all the same."""
    return Finding(
        4,
        f"upload {upload}",
        "the file was erased, and its key is still there: start the service, or restore, to "
        "destroy it again",
        "该文件已被清除，但其密钥仍然存在：请启动服务或执行恢复以再次销毁",
    )
