"""When the service was heard, and what its clock said then: what a gateway judges its own clock by."""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

_NS_PER_MS: Final = 1_000_000
_STEADY: Final[int] = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", 0))


def steady_ms() -> int:
    """Milliseconds by a clock that nobody sets; where the system can, it runs on in sleep."""
    return time.clock_gettime_ns(_STEADY) // _NS_PER_MS


@dataclass(frozen=True, slots=True)
class Contact:
    """At some instant between two of ours the service's clock stood between two of its own.

    Attributes:
        sent_ms: the request left, by the steady clock.
        received_ms: the answer was here, by the same.
        server_from_ms: milliseconds since 1970 by the service's clock, at least.
        server_until_ms: the same, at most.
    """

    sent_ms: int
    received_ms: int
    server_from_ms: int
    server_until_ms: int


def dated(sent_ms: int, received_ms: int, date: str) -> Contact | None:
    """What an answer's `Date` tells (RFC 9110 §6.6.1): whole seconds, so up to one too few."""
    try:
        second_ms = int(parsedate_to_datetime(date).timestamp()) * 1000
    except (ValueError, TypeError, OverflowError):
        return None
    return Contact(sent_ms, received_ms, second_ms, second_ms + 999)
