"""What oversight remembers, beside the log: state, timers, rows, findings still to be posted.

    position read → records told by the engine → one transaction: position moved, changes written
    → findings posted → findings dropped

Crash points. The position moves with the changes that belong to it, or not at all; a finding leaves
its table only after the log holds it, under an id that follows from the log. So what is done twice is
one record. Everything here follows from the log: `forget` drops it, and it is derived again.

Only one process should follow the log at a time, which is the caller's matter; where two do, the
second finds the position moved and writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, bindparam, delete, func, select, update

from ledger import timestamp
from ledger.canonical import JsonValue
from ledger.errors import ConflictError
from ledger.oversight.engine import Changes, Finding, Timer
from ledger.oversight.family import Row
from ledger.oversight.seen import Seen
from ledger.oversight.seen import read as read_seen
from storage import head_row, reads
from storage.among import Among
from storage.batch_seal import BatchOpener, BatchSealer
from storage.bulk import BulkInsert
from storage.database import now_ms, reading, writing
from storage.entropy import Entropy
from storage.sealing import Sealer
from storage.tables import OversightFinding, OversightRow, OversightState, OversightTimer

_STATE = OversightState.__table__.c  # type: ignore[attr-defined]
_TIMER = OversightTimer.__table__.c  # type: ignore[attr-defined]
_ROW = OversightRow.__table__.c  # type: ignore[attr-defined]
_FINDING = OversightFinding.__table__.c  # type: ignore[attr-defined]
_TABLES: Final = (OversightState, OversightTimer, OversightRow, OversightFinding)
_OWNER: Final = "oversight"
_POSITION: Final = "position"
_POSTED: Final = Among(
    delete(OversightFinding.__table__),  # type: ignore[attr-defined]
    _FINDING.record_id,
)
_RECORDS: Final = reads.records_query().add_columns(reads.ENTRY.type)
_STATES: Final = Among(select(_STATE.key, _STATE.sealed), _STATE.key)
_FORGOTTEN: Final = Among(delete(OversightState.__table__), _STATE.key)  # type: ignore[attr-defined]
_IDS: Final = Among(select(reads.ENTRY.record_id), reads.ENTRY.record_id)
_FIRED: Final = delete(OversightTimer.__table__).where(  # type: ignore[attr-defined]
    _TIMER.at == bindparam("fired_at"),
    _TIMER.family == bindparam("of_family"),
    _TIMER.key == bindparam("with_key"),
)
_REMOVED: Final = delete(OversightRow.__table__).where(  # type: ignore[attr-defined]
    _ROW.family == bindparam("of_family"), _ROW.name == bindparam("with_name")
)
_DAY_AND_SCOPE: Final = itemgetter(0, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Position:
    """How far the log was followed.

    Attributes:
        size: entries told.
        now: the log's time then; empty before the first.
        rules: the rules that were followed, by their version.
        stored: as it stands in the database; empty before the first.
    """

    size: int
    now: str
    rules: str
    stored: bytes = b""


@dataclass(frozen=True, slots=True)
class WantedRows:
    """Which rows are asked for; what is None is not looked at.

    Attributes:
        family: whose.
        scope: the subject they are about.
        day_from: first civil day.
        day_until: last civil day, included.
        kind: of the family's kinds.
        status: of the kind's.
        after: day and name of the row before the first wanted.
        limit: how many at most.
    """

    family: str
    scope: str | None = None
    day_from: str | None = None
    day_until: str | None = None
    kind: str | None = None
    status: str | None = None
    after: tuple[str, str] | None = None
    limit: int = 100


class Oversight:
    """What is kept of one log; shared by the threads of a process."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        """Args as `store.Store`."""
        self._engine, self._sealer = engine, sealer
        self._entropy = Entropy()
        self._opener = BatchOpener(sealer, _OWNER)
        dialect = engine.dialect
        self._put_states = BulkInsert(OversightState, ("key", "sealed"), dialect, replace_on="key")
        self._put_timers = BulkInsert(OversightTimer, ("at", "family", "key"), dialect)
        self._put_rows = BulkInsert(
            OversightRow,
            ("family", "name", "scope", "day", "kind", "status", "sealed"),
            dialect,
            replace_on=("family", "name"),
        )
        self._put_findings = BulkInsert(
            OversightFinding, ("record_id", "sealed"), dialect, keep_on="record_id"
        )

    def position(self) -> Position | None:
        """How far the log was followed; None before it ever was."""
        with reading(self._engine) as connection:
            query = select(_STATE.sealed).where(_STATE.key == self._mac(_POSITION))
            stored = connection.execute(query).scalar()
        if stored is None:
            return None
        size, now, rules = orjson.loads(self._opener.open(_POSITION, bytes(stored)))
        return Position(size, now, rules, bytes(stored))

    def timers(self) -> list[Timer]:
        """All that are set, ascending."""
        with reading(self._engine) as connection:
            query = select(_TIMER.at, _TIMER.family, _TIMER.key)
            return sorted((at, family, key) for at, family, key in connection.execute(query))

    def read(self, keys: Sequence[str]) -> dict[str, JsonValue]:
        """What stands under those of the keys under which anything does.

        Raises:
            VerificationError: something was altered; `forget` and derive it again.
            UnavailableError: the database does not answer.
        """
        names = {self._mac(key): key for key in keys}
        found: dict[str, JsonValue] = {}
        with reading(self._engine) as connection:
            for row in chain.from_iterable(_STATES(connection, list(names))):
                key = names[bytes(row.key)]
                found[key] = orjson.loads(self._opener.open(key, bytes(row.sealed)))
        return found

    def records(self, start: int, end: int, kinds: frozenset[str]) -> list[Seen]:
        """The records of [start, end), as many as there are.

        Payloads are opened of these kinds only; one of another kind has none.
        """
        query = _RECORDS.where(reads.ENTRY.index >= start, reads.ENTRY.index < end)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(reads.ENTRY.index))
            return [self._seen(stored, kinds) for stored in rows]

    def record(self, record_id: str) -> Seen | None:
        """One record by its id; None where there is none."""
        query = _RECORDS.where(reads.ENTRY.record_id == record_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else self._seen(row, None)

    def horizon(self) -> tuple[int, str]:
        """Size of the log, and a time before which nothing will be logged any more.

        Takes the head's lock for a moment: whoever appends after it reads the clock later.
        """
        with writing(self._engine) as connection:
            locked = head_row.lock(connection)
            now = timestamp.format(now_ms(connection))
        return (0, now) if locked is None else (locked.size, max(now, locked.logged_at))

    def save(self, before: Position | None, after: Position, changes: Changes) -> Position:
        """Move the position, and write what belongs to it; the position as it then stands.

        Raises:
            ConflictError: another process moved it; nothing is written.
            UnavailableError: the database does not answer; whether it was moved may be unknown.
        """
        sealer = BatchSealer(self._sealer, _OWNER, self._entropy)
        stored = sealer.seal(_POSITION, orjson.dumps([after.size, after.now, after.rules]))
        with writing(self._engine) as connection:
            self._move(connection, before, stored)
            fresh = before is None  # then nothing is there that could be replaced or removed
            self._write_states(connection, sealer, changes, fresh=fresh)
            self._write_timers(connection, changes)
            self._write_rows(connection, sealer, changes, fresh=fresh)
            first: dict[str, Finding] = {}
            for finding in changes.findings:
                first.setdefault(finding.id, finding)
            sealed = [
                (one.id, sealer.seal(one.id, orjson.dumps(one.request))) for one in first.values()
            ]
            self._put_findings(connection, sealed)
        return Position(after.size, after.now, after.rules, stored)

    def forget(self) -> None:
        """Drop all of it: it is derived from the log again."""
        with writing(self._engine) as connection:
            for table in _TABLES:
                connection.execute(delete(table))

    def to_post(self, limit: int) -> list[dict[str, Any]]:
        """Findings that are still to be posted, in the order in which they were found."""
        query = select(_FINDING.record_id, _FINDING.sealed).where(_FINDING.fault.is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(_FINDING.position).limit(limit)).all()
        return [orjson.loads(self._opener.open(row.record_id, bytes(row.sealed))) for row in rows]

    def in_log(self, record_ids: Sequence[str]) -> set[str]:
        """Those of the ids that the log has a record of."""
        with reading(self._engine) as connection:
            found = chain.from_iterable(_IDS(connection, record_ids))
            return {row.record_id for row in found}

    def posted(self, record_ids: Sequence[str]) -> None:
        """The log holds these: they need not be posted any more."""
        with writing(self._engine) as connection:
            _POSTED(connection, record_ids)

    def refused(self, record_id: str, fault: str) -> None:
        """The log takes this one in no case: it is kept, with the reason, and not tried again."""
        with writing(self._engine) as connection:
            connection.execute(
                update(OversightFinding.__table__)  # type: ignore[attr-defined]
                .where(_FINDING.record_id == record_id)
                .values(fault=fault[:500])
            )

    def waiting(self) -> tuple[int, int]:
        """How many findings are still to be posted, and how many the log refused."""
        query = select(func.count(), func.count(_FINDING.fault))
        with reading(self._engine) as connection:
            every, refused = connection.execute(query).one()
        return every - refused, refused

    def rows(self, wanted: WantedRows) -> list[Row]:
        """Matching rows, ascending by day and then by a name that means nothing."""
        query = select(_ROW).where(_ROW.family == wanted.family)
        for column, value in (
            (_ROW.scope, wanted.scope),
            (_ROW.kind, wanted.kind),
            (_ROW.status, wanted.status),
        ):
            if value is not None:
                query = query.where(column == value)
        if wanted.day_from is not None:
            query = query.where(_ROW.day >= wanted.day_from)
        if wanted.day_until is not None:
            query = query.where(_ROW.day <= wanted.day_until)
        if wanted.after is not None:
            day, name = wanted.after[0], bytes.fromhex(wanted.after[1])
            query = query.where(
                (_ROW.day > day) | ((_ROW.day == day) & (_ROW.name > name)), _ROW.day >= day
            )
        query = query.order_by(_ROW.day, _ROW.name).limit(wanted.limit)
        with reading(self._engine) as connection:
            return [self._row(row) for row in connection.execute(query)]

    def row(self, family: str, name: str) -> Row | None:
        """One row by its name; None where there is none."""
        query = select(_ROW).where(_ROW.family == family, _ROW.name == self._mac(name))
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else self._row(row)

    def _row(self, row: Any) -> Row:
        name = bytes(row.name).hex()
        detail = orjson.loads(self._opener.open(name, bytes(row.sealed)))
        return Row(row.family, name, row.scope, row.day, row.kind, row.status, detail)

    def _seen(self, stored: Any, kinds: frozenset[str] | None) -> Seen:
        """A row of `_RECORDS`; its payload is opened if its type is among these, or none are named."""
        place, record_id, leaf_hash, data, is_open, sealed, wrapped, kind = stored
        if is_open or wrapped is None or sealed is None or not (kinds is None or kind in kinds):
            return read_seen(place, leaf_hash, data, None)
        payload, _, opening = self._sealer.open_record(record_id, sealed, wrapped)
        if opening is None:
            return read_seen(place, leaf_hash, data, payload)
        erased = frozenset(opening.names) - orjson.loads(payload).keys()
        return read_seen(place, leaf_hash, data, payload, erased)

    def _move(self, connection: Connection, before: Position | None, stored: bytes) -> None:
        name = self._mac(_POSITION)
        if before is None:
            insert = BulkInsert(
                OversightState, ("key", "sealed"), connection.dialect, keep_on="key"
            )
            insert(connection, [(name, stored)])
            query = select(_STATE.sealed).where(_STATE.key == name)
            moved = bytes(connection.execute(query).scalar_one()) == stored
        else:
            moved = (
                connection.execute(
                    update(OversightState.__table__)  # type: ignore[attr-defined]
                    .where(_STATE.key == name, _STATE.sealed == before.stored)
                    .values(sealed=stored)
                ).rowcount
                == 1
            )
        if not moved:
            raise ConflictError("another process follows the log; nothing is written")

    def _write_states(
        self, connection: Connection, sealer: BatchSealer, changes: Changes, *, fresh: bool
    ) -> None:
        kept, gone = [], []
        for key, value in changes.state.items():
            if value is None:
                if not fresh:
                    gone.append(self._mac(key))
            else:
                kept.append((self._mac(key), sealer.seal(key, orjson.dumps(value))))
        # In the order of the table: neighbours stand on one page.
        self._put_states(connection, sorted(kept, key=itemgetter(0)))
        _FORGOTTEN(connection, sorted(gone))

    def _write_timers(self, connection: Connection, changes: Changes) -> None:
        self._put_timers(connection, sorted(changes.timers))
        if changes.fired:
            fired = [
                {"fired_at": at, "of_family": family, "with_key": key}
                for at, family, key in sorted(changes.fired)
            ]
            connection.execute(_FIRED, fired)

    def _write_rows(
        self, connection: Connection, sealer: BatchSealer, changes: Changes, *, fresh: bool
    ) -> None:
        kept: list[tuple[Any, ...]] = []
        gone: list[dict[str, Any]] = []
        for (family, name), row in changes.rows.items():
            mac = self._mac(name)
            if row.detail is not None:
                sealed = sealer.seal(mac.hex(), orjson.dumps(row.detail))
                kept.append((family, mac, row.scope, row.day, row.kind, row.status, sealed))
            elif not fresh:
                gone.append({"of_family": family, "with_name": mac})
        # By day: of the table's indexes most then grow where they grew before.
        self._put_rows(connection, sorted(kept, key=_DAY_AND_SCOPE))
        if gone:
            connection.execute(_REMOVED, gone)

    def _mac(self, name: str) -> bytes:
        return self._sealer.mac("oversight", name)
