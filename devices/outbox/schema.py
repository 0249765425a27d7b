"""The tables of an outbox's file, and how those of an older program become them.

    1    first
    2    `document`: what tells a record's document from others, so that it is kept once

The version stands in `PRAGMA user_version`. A file of a later version is refused and left as it is.
"""

from collections.abc import Mapping
from hashlib import sha256
from sqlite3 import Connection
from typing import Any, Final

from ledger import strict_json
from ledger.errors import ConflictError
from ledger.evidence import catalogue, draft

VERSION: Final = 2

_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE counters (device TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    type TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    kept_at_ms INTEGER NOT NULL,
    content BLOB NOT NULL,
    document BLOB,
    parked_at_ms INTEGER,
    problem TEXT,
    lost_blobs INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX records_waiting ON records (seq) WHERE parked_at_ms IS NULL;
CREATE INDEX records_parked ON records (seq) WHERE parked_at_ms IS NOT NULL;
CREATE INDEX records_document ON records (document) WHERE document IS NOT NULL;
CREATE TABLE blobs (
    blob INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    uploaded INTEGER NOT NULL DEFAULT 0,
    UNIQUE (sha256, media_type)
) STRICT;
CREATE TABLE contents (blob INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE uses (
    seq INTEGER NOT NULL, blob INTEGER NOT NULL, PRIMARY KEY (seq, blob)
) STRICT, WITHOUT ROWID;
CREATE INDEX uses_blob ON uses (blob);
CREATE TABLE receipts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    content BLOB NOT NULL,
    document BLOB,
    stored_at_ms INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX receipts_age ON receipts (stored_at_ms);
CREATE INDEX receipts_document ON receipts (document) WHERE document IS NOT NULL;
"""


def bring_up(tables: Connection, name: str) -> None:
    """Make the tables, or those of an older version into these; within the caller's transaction.

    Args:
        tables: of the file.
        name: of the file, for whoever reads the error.

    Raises:
        ConflictError: a newer program made it.
    """
    (version,) = tables.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise ConflictError(f"{name} is of version {version}; this program knows {VERSION}")
    if version == VERSION:
        return  # another process was faster
    if version == 0:
        for statement in _SCHEMA.split(";\n"):
            tables.execute(statement)
    else:
        _with_documents(tables)
    tables.execute(f"PRAGMA user_version = {VERSION}")


def document_of(request: Mapping[str, Any]) -> bytes | None:
    """What tells its document from others; None: nothing does, or it takes another's place."""
    definition = catalogue.TYPES.get(request["type"])
    if definition is None or any(link["rel"] == "replaces" for link in request["links"]):
        return None
    key = draft.document_key(definition, request["payload"])
    return None if key is None else sha256(key.encode()).digest()


def _with_documents(tables: Connection) -> None:
    """From version 1. Of what was sent nothing but the receipt is left: its document is not known."""
    for table in ("records", "receipts"):
        tables.execute(f"ALTER TABLE {table} ADD COLUMN document BLOB")
        tables.execute(
            f"CREATE INDEX {table}_document ON {table} (document) WHERE document IS NOT NULL"
        )
    for seq, body in tables.execute("SELECT seq, body FROM records").fetchall():
        request: Any = strict_json.parse(body)
        tables.execute("UPDATE records SET document = ? WHERE seq = ?", (document_of(request), seq))
