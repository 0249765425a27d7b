"""What tests of sending share: a pace that loses no time, waits for what is sent, failures."""

import time
from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, Response

from devices.outbox import Outbox, Pace, Sender

QUICK = Pace(first_s=0.02, longest_s=0.2, idle_s=0.05, records_per_s=1e6, bytes_per_s=1e12)


def until(holds: Callable[[], Any], *, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def drained(outbox: Outbox, sending: Sender, *, stalled_s: float = 60) -> None:
    """Wait until nothing waits: as long as it takes, if only something moves now and then.

    A busy machine may answer each request seconds later; how long all of them take says nothing.
    """
    last: object = None
    deadline = 0.0
    while (waiting := outbox.state().waiting) > 0:
        moved = waiting, sending.state.heard_at_ms
        if moved != last:
            last, deadline = moved, time.monotonic() + stalled_s
        assert time.monotonic() < deadline, f"{waiting} wait, {sending.state}"
        time.sleep(0.01)


def sender(outbox: Outbox, url: str, token: str, **options: Any) -> Sender:
    """Not a thread: each step is the test's."""
    given: dict[str, Any] = {"pace": QUICK, "log": outbox.log, "party": outbox.party, **options}
    return Sender(outbox, url, token, **given)


def storm(status: int, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    document = {"type": "urn:mealtrace:problem:stormy", "title": "storm", "status": status}
    return JSONResponse(document, status, named, media_type="application/problem+json")
