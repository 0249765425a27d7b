"""How fast an outbox sends, and how long it waits after a failure. Pure: time and chance are given."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_DOUBLINGS: Final = 30


@dataclass(frozen=True, slots=True)
class Pace:
    """How an outbox drains: politely, so that a school's whole week leaves room for lessons.

    Attributes:
        batch_records: most records of one request, at most 500: a service takes so many in one
            transaction, in their order.
        batch_bytes: most bytes of one request.
        records_per_s: over any longer while.
        bytes_per_s: of files, over any longer while.
        first_s: upper end of the first wait after a failure, doubled for each further one.
        longest_s: upper end of a wait, unless the service asks for more.
        idle_s: how often to look whether another process kept something.
    """

    batch_records: int = 50
    batch_bytes: int = 1 << 20
    records_per_s: float = 50.0
    bytes_per_s: float = 4 << 20
    first_s: float = 1.0
    longest_s: float = 300.0
    idle_s: float = 5.0

    def wait_s(self, failures: int, asked_s: float, draw: float) -> float:
        """Seconds to wait after so many failures in a row (at least 1).

        Half of the exponential wait is chance, drawn uniformly in [0, 1). What the service asked for
        (Retry-After) is the least, with up to half as much again on top: gateways that were turned
        away together come back apart.
        """
        ceiling = min(self.longest_s, self.first_s * (1 << min(failures - 1, _DOUBLINGS)))
        return max(ceiling / 2 + draw * ceiling / 2, asked_s + draw * asked_s / 2)


class Throttle:
    """Lets through `per_s` a second, and what piled up for one second at once."""

    def __init__(self, per_s: float, now_s: float) -> None:
        """Begins with a second's worth."""
        self._per_s = per_s
        self._ready_at_s = now_s - 1.0

    def take(self, amount: float, now_s: float) -> float:
        """Take so much; the seconds to wait before the next."""
        self._ready_at_s = max(self._ready_at_s, now_s - 1.0) + amount / self._per_s
        return max(0.0, self._ready_at_s - now_s)


Draw = Callable[[], float]
draw_uniformly: Final[Draw] = random.SystemRandom().random
