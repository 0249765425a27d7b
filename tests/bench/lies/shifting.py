"""Moving records in time: what they claim, and when they reach the log."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from components.term.script import Said, ms

from ledger import timestamp

CLAIMS: Final = {
    "morning-check": ("checked_at",),
    "weigh-in": ("photo_taken_at",),
    "sample-retained": ("retain_until",),
    "temperature-log": ("first_read_at", "last_read_at"),
    "temperature-alarm": ("started_at", "ended_at"),
    "device-status": ("observed_at",),
    "cooking-step": ("started_at", "ended_at"),
    "dispatch": (),
    "acceptance": (),
}
"""By type, the times in its payload that follow the clock of whoever says it."""


def claim(said: Said, by_s: float) -> None:
    """Have a record claim everything so many seconds later, or earlier; when it comes stays."""
    by_ms = round(1000 * by_s)
    said.request["occurred_at"] = _moved(said.request["occurred_at"], by_ms)
    for name in CLAIMS[said.type]:
        if said.payload[name] is not None:
            said.payload[name] = _moved(said.payload[name], by_ms)
    for person in said.payload.get("acceptors", ()):
        person["confirmed_at"] = _moved(person["confirmed_at"], by_ms)


def move(said: Said, by_s: float) -> None:
    """Have it happen, and come, so many seconds later or earlier."""
    claim(said, by_s)
    said.at_ms += round(1000 * by_s)


def seconds(earlier: str, later: str) -> float:
    """From one time to another, both in normal form."""
    return (timestamp.parse(later) - timestamp.parse(earlier)) / 1000


def renumber(batches: Iterable[Said], by: int) -> None:
    """Counts of a device that never counted so many."""
    for said in batches:
        for name in ("counter_from", "counter_until", "last_counter"):
            if name in said.payload:
                said.payload[name] -= by


def comes(said: Said, at: datetime) -> None:
    """It reaches the log then."""
    said.at_ms = ms(at)


def _moved(time: str, by_ms: int) -> str:
    return timestamp.format(timestamp.parse(time) + by_ms)
