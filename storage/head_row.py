"""The row of the log's head, which is the lock of everything that is appended (DESIGN §2.4)."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from ledger.compact import EMPTY, CompactRange
from ledger.errors import UnavailableError
from storage.bulk import BulkInsert
from storage.reads import HEAD
from storage.tables import LogHead

_LOCKED = select(
    HEAD.size,
    HEAD.range,
    HEAD.logged_at,
    HEAD.checkpoint,
    HEAD.open_index,
    HEAD.anchored_size,
).with_for_update()

_MOVE = (
    update(LogHead.__table__)  # type: ignore[attr-defined]
    .where(HEAD.size == bindparam("first"))
    .values(
        size=bindparam("new_size"),
        range=bindparam("new_range"),
        logged_at=bindparam("new_time"),
        checkpoint=bindparam("new_note"),
        open_index=bindparam("new_open"),
    )
)


@dataclass(frozen=True, slots=True)
class LockedHead:
    """The head as it stands until this transaction moves it.

    Attributes:
        size: number of entries: the index of the next.
        range: compact range of that size.
        logged_at: time of the last entry, normal form; "" if there is none.
        checkpoint: signed note of that size; "" before genesis.
        open_index: index of the last open entry, -1 if there is none.
        anchored_size: largest size known to be anchored, 0 if none.
    """

    size: int
    range: CompactRange
    logged_at: str
    checkpoint: str
    open_index: int
    anchored_size: int


def plant(connection: Connection) -> None:
    """The row of an empty log, if there is none; two that plant at once plant one."""
    columns = ("id", "size", "range", "logged_at", "checkpoint", "open_index", "anchored_size")
    insert = BulkInsert(LogHead, columns, connection.dialect, keep_on="id")
    insert(connection, [(1, 0, EMPTY.to_bytes(), "", "", -1, 0)])


def lock(connection: Connection) -> LockedHead | None:
    """Wait for whoever holds it; None if no log was planted."""
    row = connection.execute(_LOCKED).first()
    if row is None:
        return None
    return LockedHead(
        row.size,
        CompactRange.from_bytes(bytes(row.range)),
        row.logged_at,
        row.checkpoint,
        row.open_index,
        row.anchored_size,
    )


def move(
    connection: Connection,
    first: int,
    *,
    to: CompactRange,
    logged_at: str,
    checkpoint: str,
    open_index: int,
) -> None:
    """From `first` entries to those of `to`: the last statement of a transaction that locked it.

    Raises:
        UnavailableError: it is not at `first`; nothing may be committed.
    """
    changed = connection.execute(
        _MOVE,
        {
            "first": first,
            "new_size": to.size,
            "new_range": to.to_bytes(),
            "new_time": logged_at,
            "new_note": checkpoint,
            "new_open": open_index,
        },
    )
    if changed.rowcount != 1:
        raise UnavailableError("the head moved although it was locked; nothing was written")
