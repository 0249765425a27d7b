"""Rows as an audit compares them with the log's entries (DESIGN §7.3): nothing is taken on trust.

What cannot be opened is no error here but a row that says why.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection

from ledger import canonical, disclosure
from ledger import entry as entry_format
from ledger.audit.records import Rest, Row
from ledger.disclosure import Opening
from ledger.errors import LedgerError
from ledger.evidence.catalogue import TYPES
from ledger.evidence.draft import document_key
from storage import reads
from storage.audit_tables import rows_of
from storage.sealing import Sealer
from storage.values import StoredRecord


def audit_rows(connection: Connection, sealer: Sealer, *, start: int, end: int) -> list[Row]:
    """The rows of [start, end) as an audit compares them; what cannot be opened says why."""
    chains, documents = rows_of(connection, start, end)
    rows = _audit_rows(connection, sealer, reads.ENTRY.index >= start, reads.ENTRY.index < end)
    return [
        replace(
            row,
            chains=chains.get(row.index, ()),
            documents=[mac.hex() for mac in documents.get(row.index, ())],
        )
        for row in rows
    ]


def audit_rows_of(connection: Connection, sealer: Sealer, record_ids: Sequence[str]) -> list[Row]:
    """The rows of some records, as `audit_rows`."""
    return _audit_rows(connection, sealer, reads.ENTRY.record_id.in_(record_ids))


def _audit_rows(connection: Connection, sealer: Sealer, *where: Any) -> list[Row]:
    query = (
        reads.records_query()
        .add_columns(
            reads.ENTRY.type,
            reads.ENTRY.issuer,
            reads.ENTRY.submitter,
            reads.ENTRY.occurred_at,
            reads.ENTRY.logged_at,
            reads.ENTRY.statement_sha256,
            reads.ENTRY.source_mac,
        )
        .where(*where)
        .order_by(reads.ENTRY.index)
    )
    rows = []
    for row in connection.execute(query):
        fault: str | None = None
        payload: bytes | None = None
        seed: bytes | None = None
        rest: Rest | None = None
        try:
            record = reads.opened(row, sealer)
            if record.opening is None:
                payload, seed = record.payload, record.seed
            else:
                rest = _rest(record, record.opening)
        except LedgerError as error:
            fault = str(error)
        columns = {
            name: row._mapping[name]  # noqa: SLF001 - SQLAlchemy's public name
            for name in ("record_id", "type", "issuer", "submitter", "occurred_at", "logged_at")
        }
        columns |= {
            "leaf_hash": bytes(row.leaf_hash).hex(),
            "statement_sha256": bytes(row.statement_sha256).hex(),
            "is_open": str(bool(row.is_open)),
        }
        document, source = _macs(sealer, row.type, payload, row.source_mac)
        rows.append(
            Row(
                row.place, bytes(row.data), columns, payload, seed, fault, rest,
                key=row.wrapped is not None, document=document, source=source,
            )
        )  # fmt: skip
    return rows


def _macs(
    sealer: Sealer, kind: str, payload: bytes | None, source_mac: bytes | None
) -> tuple[str | None, bool | None]:
    """HMAC of the record's document, and whether that of its poster's number is right."""
    if payload is None:
        return None, None
    members = orjson.loads(payload)
    definition = TYPES.get(kind)
    key = None if definition is None else document_key(definition, members)
    source = members.get("source_ref")
    given = None if source is None else sealer.mac("source_ref", source)
    return (
        None if key is None else sealer.mac("document", key).hex(),
        given == (None if source_mac is None else bytes(source_mac)),
    )


def _rest(record: StoredRecord, opening: Opening) -> Rest:
    """What was left when fields were erased, which must be what was committed.

    Raises:
        LedgerError: it is not.
    """
    assert record.payload is not None
    values = canonical.parse(record.payload)
    assert isinstance(values, dict)
    said = entry_format.parse(record.data).statement
    disclosure.verify(disclosure.reveal(opening, values), said.payload_root, said.payload_fields)
    return Rest(record.payload, opening.erased)
