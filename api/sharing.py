"""The processes that serve one log tell one another how often each client asked.

A task of the event loop, beside the requests and never in one: four times a second where several
processes serve, once a second where this one is alone. The database is asked in a thread of the
task's own, so that a database that hangs holds up nothing else.
"""

import asyncio
import logging
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from api.limits import RateLimit
from ledger.errors import LedgerError

logger = logging.getLogger("mealtrace.sharing")

EVERY_S: Final = 0.25
ALONE_EVERY_S: Final = 1.0
_BEAT_S: Final = 10.0


class Shares(Protocol):
    """What `storage.rates.Rates` offers: rows that all processes see. Every call blocks."""

    def tell(self, process: str, taken: dict[str, int]) -> None:
        """Overwrite this process's row."""

    def hear(self, process: str) -> dict[str, dict[str, int]]:
        """The rows of all others that live."""

    def leave(self, process: str) -> None:
        """Take this process's row away."""


class Sharing:
    """Exchanges the counts of one process's `RateLimit`; belongs to the event loop.

    Attributes:
        failures: exchanges in which the database did not answer.
    """

    def __init__(self, limit: RateLimit, shares: Shares) -> None:
        """Nothing runs before `start`."""
        self._limit = limit
        self._shares = shares
        self._process = secrets.token_hex(8)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rates")
        self._task: asyncio.Task[None] | None = None
        self._said: dict[str, int] | None = None
        self._said_at_s = float("-inf")
        self._away = False
        self.failures = 0

    async def start(self) -> None:
        """Make this process known to the others, and them to it; then go on beside the requests."""
        await self._exchange()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Say goodbye; the others get this process's part at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._leave)
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S if self._limit.others else ALONE_EVERY_S)
            await self._exchange()

    async def _exchange(self) -> None:
        loop = asyncio.get_running_loop()
        taken = self._limit.tell()
        try:
            heard = await loop.run_in_executor(self._thread, self._ask, taken)
        except LedgerError as error:
            if not self._away:
                logger.warning("rates are not shared, each process keeps to its part: %s", error)
            self._away = True
            self.failures += 1
            return
        self._away = False
        self._limit.hear(heard)

    def _ask(self, taken: dict[str, int]) -> dict[str, dict[str, int]]:
        """Write where there is something new for somebody, or it is time to be seen; then read."""
        now_s = time.monotonic()
        news = bool(self._limit.others) and taken != self._said
        if news or now_s - self._said_at_s >= _BEAT_S:
            self._shares.tell(self._process, taken)
            self._said, self._said_at_s = taken, now_s
        return self._shares.hear(self._process)

    def _leave(self) -> None:
        try:
            self._shares.leave(self._process)
        except LedgerError as error:
            logger.info("the others forget this process by themselves: %s", error)
