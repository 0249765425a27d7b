"""When refused clients are told to come back: the more there are, the farther apart.

Three hundred gateways that lost the service together are refused together, and an equal
Retry-After would bring them back together. So it is drawn, in whole seconds as HTTP has it, from a
span that grows with the number of connections refused lately: as many come back in a second as the
service answers easily.
"""

import random
import time
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 10.0
PER_S: Final = 50
LEAST_S: Final = 2
MOST_S: Final = 60
_REMEMBERED: Final = 20_000


class Spread:
    """Counts who was refused in this window of ten seconds and the one before.

    Connections are counted, not requests: a client that does not wait makes nobody else wait.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """`clock` in seconds, never backwards; `draw` uniform in [0, 1)."""
        self._clock = clock
        self._draw = draw
        self._since_s = clock()
        self._now: set[object] = set()
        self._before = 0

    def after_s(self, connection: object, least_s: int) -> int:
        """Whole seconds for one refused connection: at least `least_s`, at least 1."""
        now_s = self._clock()
        if now_s - self._since_s >= WINDOW_S:
            fresh = now_s - self._since_s < 2 * WINDOW_S
            self._before = len(self._now) if fresh else 0
            self._now.clear()
            self._since_s = now_s
        if len(self._now) < _REMEMBERED:
            self._now.add(connection)
        span_s = LEAST_S + max(len(self._now), self._before) // PER_S
        return max(1, least_s) + int(self._draw() * (1 + min(MOST_S, span_s)))
