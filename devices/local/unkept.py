"""Observations that the sink could not take yet: held in memory, in order, and offered again.

A full outbox or a failing disk is met by waiting. What is held is lost with the power, as nothing can
be durable on a disk that takes nothing; `dropped` counts what found no more room here either.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from devices.gateway.driver import Observation, Sink
from ledger.errors import LedgerError, RefusedError, UnavailableError

_MOST: Final = 200
"""Weighings of a day, with photos some 40 MB."""
_AGAIN_S: Final = 2.0


class Unkept:
    """One driver's; used by one thread.

    Attributes:
        dropped: observations that are lost: refused for good, or one too many.
        fault: why the last one was not kept; None: all were.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.dropped = 0
        self.fault: str | None = None
        self._held: deque[Observation] = deque()
        self._monotonic = monotonic
        self._again_s = 0.0

    def __len__(self) -> int:
        return len(self._held)

    def keep(self, sink: Sink, observation: Observation) -> None:
        """Keep it after those that wait, or let it wait with them.

        Raises:
            RefusedError: the service could never take it.
        """
        if not self._held:
            try:
                sink.keep(observation)
            except UnavailableError as error:
                self.fault = str(error)
            else:
                self.fault = None
                return
        if len(self._held) >= _MOST:
            self.dropped += 1
            return
        self._held.append(observation)
        self._again_s = self._monotonic() + _AGAIN_S

    def again(self, sink: Sink) -> None:
        """Offer what waits, where it is time."""
        if not self._held or self._monotonic() < self._again_s:
            return
        self._again_s = self._monotonic() + _AGAIN_S
        while self._held:
            try:
                sink.keep(self._held[0])
            except RefusedError as error:
                self.dropped += 1
                self.fault = str(error)
            except LedgerError as error:
                self.fault = str(error)
                return
            else:
                self.fault = None
            self._held.popleft()
