"""Subscriptions to warnings: whose they are, what they ask for, how they stand.

Where one goes is a secret by itself (the address of a chat robot is its password), so that the whole
of what was asked for is sealed. What is on its way stands in `deliveries.py`.
"""

import logging
import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update

from ledger import timestamp
from ledger.errors import ConflictError, NotFoundError, VerificationError
from storage import reads
from storage.database import now_ms, reading, writing
from storage.deliveries import DELIVERY, GREETING, PENDING
from storage.sealing import Sealer
from storage.tables import TokenRow, WebhookDelivery, WebhookRow
from storage.tokens import TOKEN

logger = logging.getLogger("mealtrace.webhooks")

WEBHOOK = WebhookRow.__table__.c  # type: ignore[attr-defined]
_WEBHOOKS = WebhookRow.__table__  # type: ignore[attr-defined]
_DELIVERIES = WebhookDelivery.__table__  # type: ignore[attr-defined]
_OWNER: Final = "w:"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One subscription.

    Attributes:
        id: public name; in the `webhook-id` of what it is sent.
        party: whose it is: it is told what this party may read.
        token: the token that made it, without which it ends; None where the operator did.
        created_at: time in normal form.
        asked: what was asked for, as text: where to, how, what.
        since: the first entry that it is told of by itself.
        rest_until_ms: nothing is sent before.
        failures: attempts in a row that failed.
        delivered_ms: when something last arrived, None if nothing did.
        outcome: of the last attempt; empty before the first.
        ended: why nothing is sent any more: `gone`, or `token` where its token ended; else None.
        replay: the entries [at, end) that are still to be queued again; None without any.
    """

    id: str
    party: str
    token: str | None
    created_at: str
    asked: str
    since: int
    rest_until_ms: int
    failures: int
    delivered_ms: int | None
    outcome: str
    ended: str | None
    replay: tuple[int, int] | None


class Webhooks:
    """The subscriptions of one log."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        """Args as `store.Store`."""
        self._engine, self._sealer = engine, sealer

    def add(self, party: str, asked: str, *, token: str | None, limit: int) -> Webhook:
        """A new subscription from the head on; its greeting is on its way.

        Args:
            party: whose it is.
            asked: what it asks for; sealed.
            token: id of the token that makes it; None: the operator does.
            limit: of subscriptions of one party.

        Raises:
            ConflictError: the party has that many.
        """
        webhook_id = secrets.token_hex(8)
        with writing(self._engine) as connection:
            now = now_ms(connection)
            mine = select(func.count()).select_from(_WEBHOOKS).where(WEBHOOK.party == party)
            if int(connection.execute(mine).scalar_one()) >= limit:
                raise ConflictError(f"a party has at most {limit} webhooks; remove one first")
            connection.execute(
                insert(_WEBHOOKS).values(
                    id=webhook_id,
                    party=party,
                    token=token,
                    created_at=timestamp.format(now),
                    sealed=self._sealer.seal_note(_OWNER + webhook_id, asked),
                    since=connection.execute(select(reads.HEAD.size)).scalar_one(),
                    rest_until_ms=0,
                    failures=0,
                    outcome="",
                )
            )
            connection.execute(
                insert(_DELIVERIES).values(
                    webhook=webhook_id,
                    index=GREETING,
                    queued_ms=now,
                    due_ms=now,
                    attempts=0,
                    state="pending",
                    outcome="",
                    changed_ms=now,
                )
            )
            return self._found(connection, _query().where(WEBHOOK.id == webhook_id))[0]

    def all(self, party: str | None = None) -> list[Webhook]:
        """All subscriptions, or those of one party, oldest first."""
        query = _query().order_by(WEBHOOK.created_at, WEBHOOK.id)
        if party is not None:
            query = query.where(WEBHOOK.party == party)
        with reading(self._engine) as connection:
            return self._found(connection, query)

    def get(self, webhook_id: str, party: str | None = None) -> Webhook:
        """One subscription; of that party, if one is given.

        Raises:
            NotFoundError: there is none.
        """
        query = _query().where(WEBHOOK.id == webhook_id)
        if party is not None:
            query = query.where(WEBHOOK.party == party)
        with reading(self._engine) as connection:
            found = self._found(connection, query)
        if not found:
            raise NotFoundError(f"there is no webhook {webhook_id}")
        return found[0]

    def running(self) -> list[Webhook]:
        """Those that were not stopped, the ones whose token has ended meanwhile among them."""
        with reading(self._engine) as connection:
            return self._opened(connection, _query().where(WEBHOOK.stopped.is_(None)))

    def due(self, at_ms: int) -> list[Webhook]:
        """Those of which something is due at a time, and that need not rest then."""
        waits = select(DELIVERY.index).where(
            PENDING, DELIVERY.webhook == WEBHOOK.id, DELIVERY.due_ms <= at_ms
        )
        query = _query().where(
            WEBHOOK.stopped.is_(None), WEBHOOK.rest_until_ms <= at_ms, waits.exists()
        )
        with reading(self._engine) as connection:
            return [one for one in self._opened(connection, query) if one.ended is None]

    def remove(self, webhook_id: str, party: str | None = None) -> None:
        """End a subscription, of that party if one is given; what is on its way is dropped.

        Raises:
            NotFoundError: there is none.
        """
        self.get(webhook_id, party)
        with writing(self._engine) as connection:
            connection.execute(delete(_DELIVERIES).where(DELIVERY.webhook == webhook_id))
            connection.execute(delete(_WEBHOOKS).where(WEBHOOK.id == webhook_id))

    def stop(self, webhook_id: str, reason: str) -> int:
        """Send nothing more; how much was on its way and does not arrive."""
        with writing(self._engine) as connection:
            connection.execute(
                update(_WEBHOOKS).where(WEBHOOK.id == webhook_id).values(stopped=reason)
            )
            dead = connection.execute(
                update(_DELIVERIES)
                .where(DELIVERY.webhook == webhook_id, PENDING)
                .values(state="dead", outcome=reason, changed_ms=now_ms(connection))
            )
            return int(dead.rowcount)

    def replay(self, webhook_id: str, start: int, end: int) -> None:
        """Queue the entries [start, end) again, as far as the subscription is told of them.

        Raises:
            ConflictError: another replay is under way.
        """
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(_WEBHOOKS)
                .where(WEBHOOK.id == webhook_id, WEBHOOK.replay_at.is_(None))
                .values(replay_at=start, replay_end=end)
            )
            if changed.rowcount == 0:
                raise ConflictError(
                    f"a replay of the webhook {webhook_id} is under way; wait until it has ended"
                )

    def _opened(self, connection: Connection, query: Select[Any]) -> list[Webhook]:
        """As `_found`; one that was altered in the database keeps nothing from the others."""
        now, found = timestamp.format(now_ms(connection)), []
        for row in connection.execute(query):
            try:
                found.append(self._webhook(row, now))
            except VerificationError as error:
                logger.error("webhook %s: %s", row.id, error)  # noqa: TRY400 - says all there is
        return found

    def _found(self, connection: Connection, query: Select[Any]) -> list[Webhook]:
        now = timestamp.format(now_ms(connection))
        return [self._webhook(row, now) for row in connection.execute(query)]

    def _webhook(self, row: Any, now: str) -> Webhook:
        over = row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now)
        return Webhook(
            row.id,
            row.party,
            row.token,
            row.created_at,
            self._sealer.open_note(_OWNER + row.id, bytes(row.sealed)),
            row.since,
            row.rest_until_ms,
            row.failures,
            row.delivered_ms,
            row.outcome,
            row.stopped or ("token" if over else None),
            None if row.replay_at is None else (row.replay_at, row.replay_end),
        )


def _query() -> Select[Any]:
    return select(_WEBHOOKS, TOKEN.revoked_at, TOKEN.expires_at).select_from(
        _WEBHOOKS.outerjoin(TokenRow.__table__, TOKEN.id == WEBHOOK.token)  # type: ignore[attr-defined]
    )
