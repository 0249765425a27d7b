"""The client as an outbox uses it: one attempt at a time, many records by their kept bytes.

What to do about a failure is the outbox's to say, which has longer than a call to wait. Each answer
also tells what time it is at the service: a receipt under the log's signature, another by its `Date`,
which over plain HTTP is worth as much as the network. What a portal answers in the service's place, a
page or a redirection, tells nothing.
"""

import ssl
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from devices.client import (
    MealtraceClient,
    Outgoing,
    Patience,
    Receipt,
    Trust,
    TrustedLog,
    batch,
    receipt_check,
)
from devices.client.batch import BatchOutcome
from devices.client.exchange import Answer, Lost, Request
from devices.outbox.contact import Contact, dated, steady_ms
from ledger import timestamp

_ONCE: Final = Patience(attempts=1, longest_s=0.0)

Heard = Callable[[Contact], None]


class Line(MealtraceClient):
    """A connection to the service that gives up at the first failure."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        log: TrustedLog,
        party: str,
        heard: Heard,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        """`heard` is told of each answer."""
        super().__init__(
            url,
            token,
            trust=Trust.policy(log.policy),
            party=party,
            patience=_ONCE,
            timeout_s=timeout_s,
            tls=tls,
        )
        self._log = log
        self._by = party
        self._heard = heard
        self._last = (0, 0)

    def send_many(self, records: Sequence[Outgoing]) -> BatchOutcome:
        """Post kept requests; what is known of each, numbered from 1, and what went wrong."""
        lines = [
            batch.Line(number, one.id, one.body, partial(self._check, one))
            for number, one in enumerate(records, 1)
        ]
        outcome = self._run(batch.send(lines, _ONCE, atomic=False))
        sent, received = self._last
        for result in outcome.results:
            if result.receipt is not None and not result.receipt.replayed:
                logged = timestamp.parse(result.receipt.logged_at)
                self._heard(Contact(sent, received, logged, logged))
                break
        return outcome

    def _check(self, sent: Outgoing, receipt: Receipt) -> None:
        head = receipt_check.check(receipt, sent, self._log, party=self._by)
        self._core.log.remember(head)

    def _request(self, request: Request) -> Answer | Lost:
        sent = steady_ms()
        reply = super()._request(request)
        self._last = sent, steady_ms()
        if isinstance(reply, Answer) and "json" in reply.headers.get("content-type", ""):
            contact = dated(*self._last, reply.headers.get("date", ""))
            if contact is not None:
                self._heard(contact)
        return reply
