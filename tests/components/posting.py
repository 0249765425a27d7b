"""A bank that posts meal payments to a real service from several threads, and keeps what it is told."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from components.service import Service

BANK = "bank:91210500MA10D3WN2E"
SCHOOL = "school:2105020001"
ACCOUNT = "account:" + "m" * 26
OCCURRED = "2026-11-23T06:12:11.120Z"


def introduce(service: Service, party: str, *roles: str) -> str:
    """Register a party, give it roles, make it a token that may post and read."""
    for kind, payload in (
        ("party-registration", {"party": party, "name": f"名 {party[-6:]}"}),
        *(("role-grant", {"party": party, "role": role, "granted": True}) for role in roles),
    ):
        request = {
            "id": str(uuid.uuid4()), "type": kind, "occurred_at": OCCURRED, "payload": payload,
        }  # fmt: skip
        status, answer = service.call(
            "POST", "/v1/records", token=service.admin_token, body=request
        )
        if status != 201:
            raise AssertionError(answer)
    return service.token(party)


def open_bank(service: Service) -> str:
    """The bank on a fresh service; its token."""
    return introduce(service, BANK, "bank")


def payment(number: int | str) -> dict[str, Any]:
    """A meal payment with a batch number, and so a document key, of its own."""
    return {
        "id": str(uuid.uuid4()),
        "type": "meal-payment",
        "occurred_at": OCCURRED,
        "payload": {
            "batch_no": f"B-{number}",
            "school": SCHOOL,
            "business_on": "2026-11-23",
            "channel": "bank-app",
            "account": ACCOUNT,
            "payments": 640,
            "amount_fen": 768_000,
            "refunds_fen": 0,
            "fees_fen": 0,
            "lines_root": "3c" * 32,
        },
    }


@dataclass(slots=True)
class Crowd:
    """Threads that post until they are stopped; whatever fails is simply not acknowledged.

    Attributes:
        acknowledged: the receipt of every 201, by record id.
        sent: every request that was ever sent, by record id.
    """

    ports: Sequence[int]
    token: str
    threads: int = 8
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self._stop.clear()
        self._running = [
            threading.Thread(target=self._post, args=(self.ports[n % len(self.ports)],))
            for n in range(self.threads)
        ]
        for thread in self._running:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._running:
            thread.join()

    def _post(self, port: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
        }
        while not self._stop.is_set():
            request = payment(uuid.uuid4().hex[:20])
            with self._lock:
                self.sent[request["id"]] = request
            try:
                connection.request("POST", "/v1/records", json.dumps(request), headers)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                time.sleep(0.02)
                continue
            with self._lock:
                self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
                if answer.status == 201:
                    self.acknowledged[request["id"]] = json.loads(body)
        connection.close()
