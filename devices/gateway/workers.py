"""Threads that are to run as long as the program does: one that fails is started again, later each time."""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.gateway.driver import Stop
from ledger.errors import LedgerError

FIRST_S: Final = 1.0
LONGEST_S: Final = 60.0
_SOUND_S: Final = 60.0
"""Whoever ran for so long before it failed begins with the shortest wait again."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a worker is.

    Attributes:
        running: whether it runs now.
        failures: in a row.
        fault: of the last time it failed, in a sentence, "" if it never did.
    """

    running: bool = False
    failures: int = 0
    fault: str = ""


class Worker:
    """One thread.

    Attributes:
        condition: how it is, as of now.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Stop], None],
        stop: threading.Event,
        *,
        first_s: float = FIRST_S,
        longest_s: float = LONGEST_S,
    ) -> None:
        """Runs `work` until `stop`, again whenever it ends before that."""
        self.condition = Condition()
        self._name = name
        self._work = work
        self._stop = stop
        self._first_s = first_s
        self._longest_s = longest_s
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, within_s: float) -> bool:
        """Wait for its end, at most so long; whether it has ended."""
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            self.condition = Condition(running=True, failures=failures, fault=self.condition.fault)
            try:
                self._work(self._stop)
                fault = "ended by itself"
            except (LedgerError, OSError) as error:  # a device, a line, a disk: nothing of ours
                fault = f"{type(error).__name__}: {error}"
                if fault != self.condition.fault:
                    _log.error("%s failed: %s", self._name, error)
            except Exception as error:  # noqa: BLE001 - the other devices go on
                _log.exception("%s failed", self._name)
                fault = f"{type(error).__name__}: {error}"
            if self._stop.is_set():
                break
            failures = 1 if time.monotonic() - began >= _SOUND_S else failures + 1
            self.condition = Condition(running=False, failures=failures, fault=fault)
            ceiling = min(self._longest_s, self._first_s * (1 << min(failures - 1, 30)))
            self._stop.wait(ceiling / 2 + random.random() * ceiling / 2)  # noqa: S311 - spreads load
        self.condition = Condition(running=False, fault=self.condition.fault)
