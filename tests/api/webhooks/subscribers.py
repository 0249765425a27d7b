"""A service with everybody registered, a second supplier, and quick waits; nothing sends by itself."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playground import Running, embedded, example, governance, serving

from api.installation import Installation, now_ms, open_installation
from api.metrics import Metrics
from api.webhooks.pace import Pace
from api.webhooks.sender import Sender
from ledger.evidence.examples import school_day as day

QUICK = Pace(first_ms=40, entry_ms=400, receiver_ms=200, robot_ms=50, give_up_ms=3_600_000)
OTHER_SUPPLIER = "supplier:91210500MA0YK7QX5T"


@dataclass
class World:
    """A running service, and the installation for a sender of the test's own."""

    running: Running
    opened: Installation
    engine: str

    def as_(self, party: str) -> httpx.Client:
        return self.running.as_(party)

    def subscribe(self, party: str, url: str, **changes: Any) -> dict[str, Any]:
        """A webhook of a party that was greeted already."""
        answer = self.as_(party).post(
            "/v1/webhooks", json={"kind": "webhook", "url": url, **changes}
        )
        assert answer.status_code == 201, answer.text
        made = dict(answer.json())
        self.opened.store.deliveries.drop(made["id"], [-1], "greeted", now_ms())
        return made

    def post(self, request: dict[str, Any], party: str | None = None) -> dict[str, Any]:
        answer = self.as_(party or request["issuer"]).post("/v1/records", json=request)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def alarm(self) -> dict[str, Any]:
        """A temperature alarm of the school's canteen, by its gateway."""
        second = uuid.uuid4().int % 10**9
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_600_000_000 + second % 10**8))
        return self.post(example("temperature-alarm", started_at=started, limit_set_at=started))

    def credit(self, supplier: str, points: int = -2) -> dict[str, Any]:
        """A movement of a supplier's credit, by the engine."""
        request = example(
            "credit-entry",
            supplier=supplier,
            entry_no=uuid.uuid4().int % 10**9 + 1,
            change_points=points,
            balance_after_points=96 + points,
        )
        return self.post({**request, "issuer": self.engine}, self.engine)

    @contextmanager
    def sending(self, pace: Pace = QUICK, **changes: Any) -> Iterator[Metrics]:
        """A sender of its own over the same installation, until the block ends."""
        metrics, stop = Metrics(), threading.Event()
        settings = self.opened.settings.model_copy(update={"webhooks": True, **changes})
        again = Installation(
            settings, self.opened.store, self.opened.blobs, self.opened.genesis,
            self.opened.ledger, self.opened.operator,
        )  # fmt: skip
        sender = Sender(again, stop, uuid.uuid4().hex, metrics, pace=pace)
        thread = threading.Thread(target=sender.run)
        thread.start()
        try:
            yield metrics
        finally:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()

    def stands(self, webhook: str, party: str = day.SCHOOL) -> dict[str, Any]:
        """A webhook as its owner sees it."""
        listed = self.as_(party).get("/v1/webhooks").json()["webhooks"]
        return dict(next(one for one in listed if one["id"] == webhook))

    def until(self, holds: Callable[[], bool], timeout_s: float = 20.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.02)


@contextmanager
def a_world(home: Path, tokens: dict[str, str]) -> Iterator[World]:
    """A world over a home in which everybody is registered."""
    settings = embedded(home, webhooks=False, webhook_timeout_s=1.0)
    engine = f"{settings.operator}~engine"
    with (
        serving(settings, tokens) as running,
        closing(open_installation(settings)) as opened,
    ):
        for party in (engine, OTHER_SUPPLIER):
            tokens[party], _ = opened.store.tokens.issue(party, ("post", "read"))
        admin = f"{settings.operator}~admin"
        for kind, payload in (
            ("party-registration", {"party": OTHER_SUPPLIER, "name": "田园蔬菜"}),
            ("role-grant", {"party": OTHER_SUPPLIER, "role": "supplier", "granted": True}),
        ):
            answer = running.as_("admin").post("/v1/records", json=governance(kind, admin, payload))
            assert answer.status_code == 201, answer.text
        yield World(running, opened, engine)
