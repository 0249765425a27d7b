"""What an operator watches of a log's database: a few numbers, each by an index or one row.

And how often the database did not answer: every statement of the engine is counted, whoever made it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import Engine, event, func, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InterfaceError, OperationalError

from ledger import timestamp
from ledger.anchor_progress import AnchorState
from storage.database import now_ms, reading
from storage.deliveries import DELIVERY, PENDING, SETTLED
from storage.reads import ENTRY, HEAD
from storage.tables import AnchorRow, ChoreRow, LeaseRow

#: Types whose newest record's age tells whether a duty is done.
DUTIES: Final = ("subject-index", "backup-receipt")

#: The chore under which `mealtrace backup` notes `{made_at, size}`.
BACKUP: Final = "backup"

_DONE: Final = frozenset({AnchorState.FINAL, AnchorState.REPLACED})
_OPEN: Final = [state.value for state in AnchorState if state not in _DONE]
_ANCHOR = AnchorRow.__table__.c  # type: ignore[attr-defined]
_CHORE = ChoreRow.__table__.c  # type: ignore[attr-defined]
_LEASE = LeaseRow.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Watched:
    """A log at one moment, by the database's clock; ages in seconds.

    Attributes:
        size: entries.
        anchored_size: entries under a mined anchor.
        entry_age_s: since the newest entry.
        unanchored_age_s: since the oldest entry that no mined anchor covers, 0 without one.
        anchors: rows by state, without those that are final or replaced.
        leases: seconds that each lease still holds, negative once it ran out.
        duty_age_s: since the newest record by type of `DUTIES`, as far as there is one.
        backup_age_s: since the newest backup was made here, or since genesis.
        webhooks_pending: warnings on their way to receivers.
        webhooks_oldest_s: since when the oldest of them is, 0 without one.
        webhooks_dead: warnings given up lately.
    """

    size: int
    anchored_size: int
    entry_age_s: float
    unanchored_age_s: float
    anchors: Mapping[str, int]
    leases: Mapping[str, float]
    duty_age_s: Mapping[str, float]
    backup_age_s: float
    webhooks_pending: int
    webhooks_oldest_s: float
    webhooks_dead: int


class Watch:
    """Looks at one log's database.

    Attributes:
        failures: statements and connections that the database did not answer.
    """

    def __init__(self, engine: Engine) -> None:
        """Counts from now on."""
        self._engine = engine
        self.failures = 0
        event.listen(engine, "handle_error", self._count)

    def look(self) -> Watched:
        """The numbers now; a handful of short reads.

        Raises:
            UnavailableError: the database does not answer.
        """
        with reading(self._engine) as connection:
            now = now_ms(connection)

            def age_s(logged_at: str | None) -> float:
                return 0.0 if logged_at is None else (now - timestamp.parse(logged_at)) / 1000

            head = connection.execute(select(HEAD.size, HEAD.anchored_size, HEAD.logged_at)).one()
            oldest = connection.execute(
                select(ENTRY.logged_at).where(ENTRY.index == head.anchored_size)
            ).scalar()
            states = connection.execute(
                select(_ANCHOR.state, func.count().label("rows"))
                .where(_ANCHOR.state.in_(_OPEN))
                .group_by(_ANCHOR.state)
            ).all()
            leases = connection.execute(select(_LEASE.name, _LEASE.until_ms)).all()
            saved = connection.execute(select(_CHORE.detail).where(_CHORE.name == BACKUP)).scalar()
            genesis = connection.execute(select(ENTRY.logged_at).where(ENTRY.index == 0)).scalar()
            waiting = connection.execute(
                select(func.count().label("rows"), func.min(DELIVERY.queued_ms).label("oldest_ms"))
                .select_from(DELIVERY.index.table)
                .where(PENDING)
            ).one()
            dead = connection.execute(
                select(func.count())
                .select_from(DELIVERY.index.table)
                .where(SETTLED, DELIVERY.state == "dead")
            ).scalar_one()
            newest = {
                kind: connection.execute(
                    select(ENTRY.logged_at)
                    .where(ENTRY.type == kind)
                    .order_by(ENTRY.index.desc())
                    .limit(1)
                ).scalar()
                for kind in DUTIES
            }
        return Watched(
            size=head.size,
            anchored_size=head.anchored_size,
            entry_age_s=age_s(head.logged_at),
            unanchored_age_s=age_s(oldest),
            anchors={row.state: row.rows for row in states},
            leases={name: (until_ms - now) / 1000 for name, until_ms in leases},
            duty_age_s={kind: age_s(at) for kind, at in newest.items() if at is not None},
            backup_age_s=age_s(genesis if saved is None else str(orjson.loads(saved)["made_at"])),
            webhooks_pending=waiting.rows,
            webhooks_oldest_s=0.0 if not waiting.rows else (now - waiting.oldest_ms) / 1000,
            webhooks_dead=int(dead),
        )

    def _count(self, context: ExceptionContext) -> None:
        if isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError):
            self.failures += 1
