"""What is on its way to subscriptions: which entry to which one, and what became of it.

    log followed → pending → delivered | dead (not taken for days) | dropped (nothing to tell any more)

A row holds no content. What is sent is read from the log when it is sent, under the rights that hold
then; so what was erased meanwhile is not sent, and whoever reads the database learns nothing here.

Crash points. Rows and the place up to which the log was followed are written together. A row is
marked only once its receiver has answered: a process killed in between sends it again, under the
same id.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Engine, case, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.bulk import BulkInsert
from storage.database import is_sqlite, now_ms, reading, writing
from storage.tables import ChoreRow, WebhookDelivery, WebhookRow

DELIVERY = WebhookDelivery.__table__.c  # type: ignore[attr-defined]
_DELIVERIES = WebhookDelivery.__table__  # type: ignore[attr-defined]
_WEBHOOKS = WebhookRow.__table__  # type: ignore[attr-defined]
_CHORE = ChoreRow.__table__.c  # type: ignore[attr-defined]

# In the words of the partial index: SQLite sees by the text alone that it may be used.
PENDING: Final = text("webhook_deliveries.state = 'pending'")
SETTLED: Final = text("webhook_deliveries.state <> 'pending'")

GREETING: Final = -1
"""The index of what a new subscription is sent first; no entry has it."""

FOLLOWED: Final = "webhooks"
"""The chore under which stands how far the log was followed, `{size}`."""

_OUTAGE: Final = 3
"""Failures in a row after which a success means that the receiver is back, and nothing waits on."""

_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Due:
    """An entry that is to be sent now.

    Attributes:
        index: of the entry, or `GREETING`.
        queued_ms: since when it is on its way.
        attempts: that failed.
    """

    index: int
    queued_ms: int
    attempts: int


class Deliveries:
    """What is on its way from one log. Times are milliseconds since 1970."""

    def __init__(self, engine: Engine) -> None:
        """Args as `store.Store`."""
        self._engine = engine
        self._put_chore = BulkInsert(
            ChoreRow, ("name", "detail"), engine.dialect, replace_on="name"
        )

    def followed(self) -> int | None:
        """How many entries were followed; None before the first."""
        with reading(self._engine) as connection:
            return _followed(connection)

    def queue(self, found: Collection[tuple[str, int]], size: int) -> None:
        """New entries by subscription, and that the first `size` entries were followed.

        What was queued before stays as it is.
        """
        with writing(self._engine) as connection:
            self._insert(connection, found, again=False)
            before = _followed(connection)
            if before is None or before < size:
                detail = orjson.dumps({"size": size}).decode()
                self._put_chore(connection, [(FOLLOWED, detail)])

    def requeue(self, webhook: str, indices: Collection[int], at: int, end: int) -> None:
        """Entries of a replay, whatever became of them before; it goes on at `at` until `end`."""
        with writing(self._engine) as connection:
            self._insert(connection, [(webhook, index) for index in indices], again=True)
            over = at >= end
            connection.execute(
                update(_WEBHOOKS)
                .where(_WEBHOOKS.c.id == webhook)
                .values(replay_at=None if over else at, replay_end=None if over else end)
            )

    def due(self, webhook: str, now: int, limit: int) -> list[Due]:
        """What is to be sent to one subscription, what waits longest first."""
        query = (
            select(DELIVERY.index.label("place"), DELIVERY.queued_ms, DELIVERY.attempts)
            .where(PENDING, DELIVERY.webhook == webhook, DELIVERY.due_ms <= now)
            .order_by(DELIVERY.due_ms, DELIVERY.index)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [
                Due(row.place, row.queued_ms, row.attempts) for row in connection.execute(query)
            ]

    def delivered(
        self, webhook: str, indices: Sequence[int], outcome: str, now: int, rest_until: int
    ) -> None:
        """They arrived; nothing more is sent before `rest_until`."""
        with writing(self._engine) as connection:
            _settle(connection, webhook, indices, "delivered", outcome, now)
            before = select(_WEBHOOKS.c.failures).where(_WEBHOOKS.c.id == webhook)
            if int(connection.execute(before).scalar() or 0) >= _OUTAGE:
                connection.execute(
                    update(_DELIVERIES)
                    .where(PENDING, DELIVERY.webhook == webhook, DELIVERY.due_ms > now)
                    .values(due_ms=now)
                )
            connection.execute(
                update(_WEBHOOKS)
                .where(_WEBHOOKS.c.id == webhook)
                .values(failures=0, delivered_ms=now, outcome=outcome, rest_until_ms=rest_until)
            )

    def failed(
        self,
        webhook: str,
        indices: Sequence[int],
        outcome: str,
        now: int,
        *,
        due: int,
        rest_until: int,
        dead_before: int,
    ) -> int:
        """They did not arrive, and are due again then; how many were given up.

        Args:
            webhook: the subscription.
            indices: of the entries that were sent together.
            outcome: what happened, in a word.
            now: when.
            due: when they are sent again.
            rest_until: nothing else is sent before.
            dead_before: what was queued before that is given up.
        """
        with writing(self._engine) as connection:
            old = DELIVERY.queued_ms < dead_before
            connection.execute(
                update(_DELIVERIES)
                .where(PENDING, DELIVERY.webhook == webhook, DELIVERY.index.in_(indices))
                .values(
                    state=case((old, "dead"), else_="pending"),
                    attempts=DELIVERY.attempts + 1,
                    due_ms=due,
                    outcome=outcome,
                    changed_ms=now,
                )
            )
            connection.execute(
                update(_WEBHOOKS)
                .where(_WEBHOOKS.c.id == webhook)
                .values(
                    failures=_WEBHOOKS.c.failures + 1, outcome=outcome, rest_until_ms=rest_until
                )
            )
            dead = select(func.count()).where(
                DELIVERY.webhook == webhook, DELIVERY.index.in_(indices), DELIVERY.state == "dead"
            )
            return int(connection.execute(dead).scalar_one())

    def drop(self, webhook: str, indices: Sequence[int], reason: str, now: int) -> None:
        """There is nothing to tell of them any more."""
        with writing(self._engine) as connection:
            _settle(connection, webhook, indices, "dropped", reason, now)

    def counts(self, webhooks: Collection[str]) -> dict[str, dict[str, int]]:
        """How many rows of each state, by subscription."""
        query = (
            select(DELIVERY.webhook, DELIVERY.state, func.count().label("rows"))
            .where(DELIVERY.webhook.in_(webhooks))
            .group_by(DELIVERY.webhook, DELIVERY.state)
        )
        found: dict[str, dict[str, int]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.webhook, {})[row.state] = row.rows
        return found

    def tidy(self, before: int) -> int:
        """Forget what was settled before a time; how many rows there were."""
        with writing(self._engine) as connection:
            done = delete(_DELIVERIES).where(SETTLED, DELIVERY.changed_ms < before)
            return int(connection.execute(done).rowcount)

    def _insert(
        self, connection: Connection, found: Collection[tuple[str, int]], *, again: bool
    ) -> None:
        """Rows of subscriptions that are still there; `again`: also those that were settled."""
        wanted = {webhook for webhook, _ in found}
        there = select(_WEBHOOKS.c.id).where(_WEBHOOKS.c.id.in_(wanted))
        known = set(connection.execute(there).scalars()) if wanted else set()
        now = now_ms(connection)
        fresh = {
            "queued_ms": now, "due_ms": now, "attempts": 0, "state": "pending", "outcome": "",
            "changed_ms": now,
        }  # fmt: skip
        rows: list[dict[str, Any]] = [
            {"webhook": webhook, "index": index, **fresh}
            for webhook, index in found
            if webhook in known
        ]
        make = sqlite.insert if is_sqlite(self._engine) else postgresql.insert
        for first in range(0, len(rows), _ROWS):
            statement: Any = make(_DELIVERIES)
            key = [DELIVERY.webhook, DELIVERY.index]
            connection.execute(
                statement.on_conflict_do_update(index_elements=key, set_=fresh)
                if again
                else statement.on_conflict_do_nothing(index_elements=key),
                rows[first : first + _ROWS],
            )


def _settle(
    connection: Connection,
    webhook: str,
    indices: Sequence[int],
    state: str,
    outcome: str,
    now: int,
) -> None:
    connection.execute(
        update(_DELIVERIES)
        .where(PENDING, DELIVERY.webhook == webhook, DELIVERY.index.in_(indices))
        .values(state=state, outcome=outcome, changed_ms=now)
    )


def _followed(connection: Connection) -> int | None:
    found = connection.execute(select(_CHORE.detail).where(_CHORE.name == FOLLOWED)).scalar()
    return None if found is None else int(orjson.loads(found)["size"])
