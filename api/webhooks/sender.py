"""The thread of the worker that follows the log for subscriptions and sends what concerns them.

    every second, under the lease `webhooks`:
        follow the log → go on with replays → for each subscription of which something is due: a task

A task is one subscription's alone: it sends one request after the other until nothing is due or one
fails. So a receiver that is slow, or dead, holds up nobody but itself. What a receiver has answered
is stored at once; whatever ends this process before that is sent again, under the same id.
"""

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Final

from pydantic import ValidationError

from api.installation import Installation, now_ms
from api.metrics import Metrics
from api.webhooks.asked import Asked
from api.webhooks.call import Answer, Caller
from api.webhooks.following import Following, Subscriber
from api.webhooks.formats import request, with_query
from api.webhooks.pace import Pace
from api.webhooks.targets import Allowed
from ledger.errors import LedgerError
from storage.deliveries import GREETING, Due
from storage.webhooks import Webhook

logger = logging.getLogger("mealtrace.webhooks")

LEASE: Final = "webhooks"
_LEASE_S: Final = 30.0
_RENEW_S: Final = 10.0
_ROUND_S: Final = 1.0
_IDLE_S: Final = 3.0
_GLANCE_S: Final = 0.2
_LAST_S: Final = 3.0
_TIDY_EVERY_S: Final = 3600.0
_KEPT_MS: Final = 30 * 86_400_000
_AT_ONCE: Final = 50
"""Entries that are read for one subscription at a time, and put into one message of a robot at most."""
_AT_A_TIME: Final = 200
"""Subscriptions that are sent to at the same moment."""


class Sender:
    """Sends until it is stopped."""

    def __init__(
        self,
        installation: Installation,
        stop: threading.Event,
        holder: str,
        metrics: Metrics,
        *,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Nothing is sent before `run`.

        Args:
            installation: the log.
            stop: ends it.
            holder: names this process in leases.
            metrics: counts attempts.
            pace: other waits than the usual ones.
            chance: draws from [0, 1).
        """
        self._installation, self._store = installation, installation.store
        self._settings = installation.settings
        self._stop, self._holder, self._chance = stop, holder, chance
        self._pace = pace or Pace(give_up_ms=int(self._settings.webhook_days * 86_400_000))
        self._attempts = metrics.webhook_attempts
        self._following = Following(installation)
        self._asked: dict[str, Asked] = {}
        self._renew_at_s = self._tidy_at_s = 0.0
        self._idle = False

    def run(self) -> None:
        """Work until told to end; nothing is done where the settings say so."""
        if self._settings.webhooks:
            asyncio.run(self._run())

    async def _run(self) -> None:
        caller = Caller(Allowed.of(self._settings), self._settings.webhook_timeout_s)
        flying: dict[str, asyncio.Task[None]] = {}
        try:
            while not self._stop.is_set():
                for webhook in await asyncio.to_thread(self._round, flying.keys()):
                    flying[webhook.webhook.id] = asyncio.create_task(self._serve(caller, webhook))
                await self._wait(flying)
        finally:
            if flying:
                await asyncio.wait(flying.values(), timeout=_LAST_S)
            for task in flying.values():
                task.cancel()
            await asyncio.gather(*flying.values(), return_exceptions=True)
            await caller.close()
            await asyncio.to_thread(self._drop_lease)

    async def _wait(self, flying: dict[str, asyncio.Task[None]]) -> None:
        """Until a task ends, it is time for a round, or this is to end."""
        until_s = time.monotonic() + (_IDLE_S if self._idle else _ROUND_S)
        while not self._stop.is_set() and time.monotonic() < until_s:
            if not flying:
                await asyncio.sleep(_GLANCE_S)
                continue
            done, _ = await asyncio.wait(
                flying.values(), timeout=_GLANCE_S, return_when=asyncio.FIRST_COMPLETED
            )
            if done:
                for name in [name for name, task in flying.items() if task.done()]:
                    del flying[name]
                return

    def _round(self, flying: Collection[str]) -> list[Subscriber]:
        """One round of following; the subscriptions that are to be sent to, none of `flying`."""
        try:
            return self._prepared(flying)
        except LedgerError as error:
            logger.warning("warnings are put off: %s", error)
        except Exception:
            logger.exception("warnings are put off")
        return []

    def _prepared(self, flying: Collection[str]) -> list[Subscriber]:
        subscribers = []
        for one in self._store.webhooks.running():
            subscriber = self._subscriber(one)
            if one.ended is not None:
                logger.warning("webhook %s of %s ends with its token", one.id, one.party)
                self._store.webhooks.stop(one.id, one.ended)
            elif subscriber is not None:
                subscribers.append(subscriber)
        self._idle = not subscribers
        self._asked = {one.webhook.id: one.asked for one in subscribers}
        if not subscribers or not self._leased():
            return []
        self._following.follow(subscribers)
        for each in subscribers:
            if each.webhook.replay is not None:
                self._following.replay(each)
        self._tidy()
        room = max(0, _AT_A_TIME - len(flying))
        due = [one for one in self._store.webhooks.due(now_ms()) if one.id not in flying]
        found = [self._subscriber(one) for one in due[:room]]
        return [one for one in found if one is not None]

    async def _serve(self, caller: Caller, subscriber: Subscriber) -> None:
        """Send to one subscription what is due, until one request fails or it has to rest."""
        webhook = subscriber.webhook
        try:
            while not self._stop.is_set():
                store = self._store.deliveries
                due = await asyncio.to_thread(store.due, webhook.id, now_ms(), _AT_ONCE)
                if not due or not await self._send(caller, subscriber, due):
                    return
        except LedgerError as error:
            logger.warning("webhook %s is put off: %s", webhook.id, error)
        except Exception:
            logger.exception("webhook %s is put off", webhook.id)

    async def _send(self, caller: Caller, subscriber: Subscriber, due: Sequence[Due]) -> bool:
        """Send what is due; whether there may be more to send at once."""
        webhook, asked = subscriber.webhook, subscriber.asked
        store, now = self._store.deliveries, now_ms()
        items = await asyncio.to_thread(
            self._following.items, subscriber, [one.index for one in due]
        )
        told = [one for one in due if one.index in items]
        silent = [one.index for one in due if one.index not in items]
        if silent:
            await asyncio.to_thread(store.drop, webhook.id, silent, "nothing to tell", now)
        while told and not self._stop.is_set():
            now = now_ms()
            name = "hello" if told[0].index == GREETING else str(told[0].index)
            sent = request(
                asked, [items[one.index] for one in told], id=f"{webhook.id}-{name}", now_ms=now
            )
            url = with_query(asked.url, sent.query)
            answer = await caller.post(asked.kind, url, sent.body, sent.headers, now)
            taken, told = told[: sent.taken], told[sent.taken :]
            if not answer.taken:
                self._attempts["failed"] += 1
                dead = await asyncio.to_thread(self._failed, webhook, taken, answer)
                self._attempts["dead"] += dead
                return False
            self._attempts["delivered"] += 1
            rest_ms = self._pace.robot_ms if asked.robot else 0
            now, indices = now_ms(), [one.index for one in taken]
            await asyncio.to_thread(
                store.delivered, webhook.id, indices, answer.outcome, now, now + rest_ms
            )
            if rest_ms:
                return False
        return True

    def _failed(self, webhook: Webhook, taken: Sequence[Due], answer: Answer) -> int:
        """Store that a request failed, and when the next may be made; how many were given up."""
        store, now = self._store.deliveries, now_ms()
        if answer.gone:
            logger.warning("webhook %s of %s wants nothing more", webhook.id, webhook.party)
            return self._store.webhooks.stop(webhook.id, "gone")
        failures = self._store.webhooks.get(webhook.id).failures + 1
        pace, attempts = self._pace, max(one.attempts for one in taken) + 1
        rest_ms = pace.wait_ms(failures, pace.receiver_ms, self._chance())
        wait_ms = pace.wait_ms(attempts, pace.entry_ms, self._chance())
        dead = store.failed(
            webhook.id,
            [one.index for one in taken],
            answer.outcome,
            now,
            due=now + max(rest_ms, wait_ms, answer.wait_ms),
            rest_until=now + max(rest_ms, answer.wait_ms),
            dead_before=now - pace.give_up_ms,
        )
        log = logger.warning if failures in (1, 10) or dead else logger.info
        log(
            "webhook %s of %s: %s; failure %d in a row, %d given up",
            webhook.id, webhook.party, answer.outcome, failures, dead,
            extra={"party": webhook.party},
        )  # fmt: skip
        return dead

    def _subscriber(self, webhook: Webhook) -> Subscriber | None:
        """A subscription with what it asks for; None where this version cannot read it."""
        asked = self._asked.get(webhook.id)
        if asked is None:
            try:
                asked = Asked.of_text(webhook.asked)
            except ValidationError:
                logger.warning("webhook %s asks for what this version has not", webhook.id)
                return None
        return Subscriber(webhook, asked)

    def _leased(self) -> bool:
        """Whether this process is the one that sends; the lease is prolonged in time."""
        if time.monotonic() < self._renew_at_s:
            return True
        if not self._store.anchors.take_lease(LEASE, self._holder, _LEASE_S):
            return False
        self._renew_at_s = time.monotonic() + _RENEW_S
        return True

    def _tidy(self) -> None:
        if time.monotonic() >= self._tidy_at_s:
            self._store.deliveries.tidy(now_ms() - _KEPT_MS)
            self._tidy_at_s = time.monotonic() + _TIDY_EVERY_S

    def _drop_lease(self) -> None:
        try:
            self._store.anchors.drop_lease(LEASE, self._holder)
        except LedgerError as error:
            logger.info("the lease %s runs out by itself: %s", LEASE, error)
