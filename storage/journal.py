"""What is kept beside the log and off it: refusals, denials, personal reads, pseudonyms.

Each is kept for a time only; what a pseudonym stands for is sealed.
"""

import base64
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Engine, delete, insert, select, text

from ledger import timestamp
from ledger.errors import Fault, NotFoundError, RefusedError
from storage import reads
from storage.bulk import BulkInsert
from storage.database import now_ms, reading, writing
from storage.erasure import forget_pseudonym
from storage.sealing import Sealer
from storage.tables import DenialRow, PersonalReadRow, PseudonymRow, RefusalRow, WrappedKey

REFUSALS_KEPT_DAYS: Final = 30
READS_KEPT_DAYS: Final = 731
_DAY_MS: Final = 86_400_000
REFUSAL = RefusalRow.__table__.c  # type: ignore[attr-defined]
DENIAL = DenialRow.__table__.c  # type: ignore[attr-defined]
READ = PersonalReadRow.__table__.c  # type: ignore[attr-defined]
_PSEUDONYM_COLUMNS: Final = ("subject", "kind", "mac", "sealed", "party", "created_at")
PSEUDONYM = PseudonymRow.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused request as its poster may see it; `faults` as in a problem's `errors`."""

    refused_at: str
    record_id: str | None
    type: str | None
    code: str
    faults: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Denial:
    """Attempts of a party at a type in one hour (`2026-11-23T06`, UTC)."""

    party: str
    type: str
    hour: str
    count: int


class Journal:
    """The rows kept beside one log."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        """Args as `store.Store`."""
        self._engine, self._sealer = engine, sealer

    def note_refusals(
        self, party: str, refused: Sequence[tuple[str | None, str | None, RefusedError]]
    ) -> None:
        """Keep refused requests of a party, at least one: record id, type and error of each."""
        with writing(self._engine) as connection:
            now = timestamp.format(now_ms(connection))
            connection.execute(
                insert(RefusalRow.__table__),  # type: ignore[attr-defined]
                [
                    {
                        "refused_at": now,
                        "party": party,
                        "record_id": record_id,
                        "type": kind,
                        "code": error.code,
                        "sealed": self._sealer.seal_note(
                            f"f:{party}",
                            orjson.dumps([_shown(fault) for fault in error.faults]).decode(),
                        ),
                    }
                    for record_id, kind, error in refused
                ],
            )

    def refusals(self, party: str, *, since: str | None, limit: int) -> list[Refusal]:
        """A party's refused requests, newest first; `since` in normal form."""
        query = select(REFUSAL).where(REFUSAL.party == party)
        if since is not None:
            query = query.where(REFUSAL.refused_at >= since)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(REFUSAL.id.desc()).limit(limit))
            return [
                Refusal(
                    row.refused_at,
                    row.record_id,
                    row.type,
                    row.code,
                    orjson.loads(self._sealer.open_note(f"f:{party}", bytes(row.sealed))),
                )
                for row in rows
            ]

    def count_denial(self, party: str, kind: str) -> None:
        """Count an attempt against the wall or a right, in this hour."""
        with writing(self._engine) as connection:
            hour = timestamp.format(now_ms(connection))[:13]
            connection.execute(
                text(
                    "INSERT INTO denials (party, type, hour, count) VALUES (:party, :type, :hour, 1) "
                    "ON CONFLICT (party, type, hour) DO UPDATE SET count = denials.count + 1"
                ),
                {"party": party, "type": kind, "hour": hour},
            )

    def denials(self, before_hour: str) -> list[Denial]:
        """Counted attempts of the hours before `before_hour`, oldest first."""
        query = select(DENIAL).where(DENIAL.hour < before_hour)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(DENIAL.hour, DENIAL.party, DENIAL.type))
            return [
                Denial(*(row._mapping[name] for name in ("party", "type", "hour", "count")))  # noqa: SLF001 - SQLAlchemy's public name
                for row in rows
            ]

    def forget_denial(self, denial: Denial) -> None:
        """Drop a count that stands in the log now."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(DenialRow.__table__).where(  # type: ignore[attr-defined]
                    DENIAL.party == denial.party,
                    DENIAL.type == denial.type,
                    DENIAL.hour == denial.hour,
                )
            )

    def note_personal_read(
        self, party: str, token: str, index: int, fields: Collection[str]
    ) -> None:
        """Keep who read which personal fields, before they are shown."""
        with writing(self._engine) as connection:
            connection.execute(
                insert(PersonalReadRow.__table__).values(  # type: ignore[attr-defined]
                    read_at=timestamp.format(now_ms(connection)),
                    party=party,
                    token=token,
                    index=index,
                    fields=" ".join(sorted(fields)),
                )
            )

    def personal_reads(self, limit: int = 1000) -> list[tuple[str, str, str, int, str]]:
        """When, party, token, index and fields, newest first."""
        query = select(READ.read_at, READ.party, READ.token, READ.index.label("place"), READ.fields)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(READ.id.desc()).limit(limit))
            return [(row.read_at, row.party, row.token, row.place, row.fields) for row in rows]

    def tidy(self) -> None:
        """Drop what was kept long enough."""
        with writing(self._engine) as connection:
            now = now_ms(connection)
            for column, days in (
                (REFUSAL.refused_at, REFUSALS_KEPT_DAYS),
                (READ.read_at, READS_KEPT_DAYS),
            ):
                limit = timestamp.format(now - days * _DAY_MS)
                connection.execute(delete(column.table).where(column < limit))

    def pseudonym(self, kind: str, party: str, identity: str, scope: str) -> str:
        """The random value of `identity` within `scope`: the same one again for the same two.

        Args:
            kind: person, account or sole-trader.
            party: who asked.
            identity: what it stands for; sealed, found by its HMAC only.
            scope: a person's school year, else empty.
        """
        mac = self._sealer.mac(f"pseudonym {kind} {scope}", identity)
        value = base64.b32encode(os.urandom(17)).decode().lower()[:26]
        sealed, wrapped = self._sealer.seal_text(f"p:{value}", f"{scope}\x00{identity}")
        with writing(self._engine) as connection:
            row = (value, kind, mac, sealed, party, timestamp.format(now_ms(connection)))
            BulkInsert(PseudonymRow, _PSEUDONYM_COLUMNS, self._engine.dialect, keep_on="mac")(
                connection, [row]
            )
            kept = connection.execute(
                select(PSEUDONYM.subject).where(PSEUDONYM.mac == mac)
            ).scalar_one()
            if kept == value:
                connection.execute(
                    insert(WrappedKey.__table__).values(  # type: ignore[attr-defined]
                        owner=f"p:{value}", wrapped=wrapped
                    )
                )
        return str(kept)

    def forget_pseudonym(self, value: str) -> None:
        """Destroy a mapping and its key: nobody can tell any more what the pseudonym stands for.

        Raises:
            NotFoundError: unknown, or destroyed already.
        """
        with writing(self._engine) as connection:
            if not forget_pseudonym(connection, value):
                raise NotFoundError("that pseudonym stands for nobody known here")

    def identity(self, value: str) -> str:
        """What a pseudonym stands for.

        Raises:
            NotFoundError: unknown, or its mapping was destroyed.
        """
        with reading(self._engine) as connection:
            row = connection.execute(
                select(PSEUDONYM.sealed, reads.WRAPPED.wrapped)
                .join_from(
                    PseudonymRow.__table__,  # type: ignore[attr-defined]
                    WrappedKey.__table__,  # type: ignore[attr-defined]
                    reads.WRAPPED.owner == "p:" + PSEUDONYM.subject,
                )
                .where(PSEUDONYM.subject == value)
            ).first()
        if row is None:
            raise NotFoundError("that pseudonym stands for nobody known here")
        mapped = self._sealer.open_text(f"p:{value}", bytes(row.sealed), bytes(row.wrapped))
        return mapped.partition("\x00")[2]


def _shown(fault: Fault) -> dict[str, Any]:
    return {
        "pointer": fault.pointer,
        "code": fault.code,
        "message_en": fault.message_en,
        "message_zh": fault.message_zh,
        "record": fault.record,
    }
