"""Lines of large batches prepared by other processes, so that a second core works on them.

Preparing is a pure function of bytes; the log is appended to by the service's own process alone.
Of a line that cannot be prepared nothing is said here: the service prepares it again and learns
why. The processes start with the first large batch, and end with the service, however it ends.
"""

import asyncio
import copyreg
import dataclasses
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from operator import attrgetter
from typing import Any

from ledger import strict_json
from ledger.errors import LedgerError
from ledger.evidence.attachments import BlobRef, Facts
from ledger.evidence.draft import Draft, prepare
from ledger.statement import Link

logger = logging.getLogger("mealtrace.preparing")


class Preparers:
    """A pool of such processes; all methods belong to the event loop."""

    def __init__(self, processes: int) -> None:
        """`processes` is at least 1; none is started yet."""
        self.processes = processes
        self._pool: ProcessPoolExecutor | None = None

    async def prepare(
        self, lines: Sequence[bytes], *, submitter: str, ledger: bytes | None, facts: Facts
    ) -> list[Draft | None]:
        """The draft of each line, None of those that cannot be prepared, or not here."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.processes, multiprocessing.get_context("spawn"), _begin
            )
        pool = self._pool
        try:
            work = pool.submit(prepare_lines, lines, submitter, ledger, facts)
            return await asyncio.wrap_future(work)
        except BrokenExecutor:
            logger.warning(
                "a preparing process ended; the service prepares by itself", exc_info=True
            )
            if self._pool is pool:
                self._pool = None
            return [None] * len(lines)

    async def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
            self._pool = None


def prepare_lines(
    lines: Sequence[bytes], submitter: str, ledger: bytes | None, facts: Facts
) -> list[Draft | None]:
    """What a process of the pool does."""
    return [_prepare(line, submitter, ledger, facts) for line in lines]


def _prepare(line: bytes, submitter: str, ledger: bytes | None, facts: Facts) -> Draft | None:
    try:
        return prepare(
            strict_json.parse(line, fractions=True),
            submitter=submitter,
            ledger=ledger,
            new_seed=os.urandom(32),
            blob_facts=facts,
        )
    except LedgerError:
        return None


def _begin() -> None:
    """Ctrl-C is the service's to answer; where the service was killed, nobody else ends this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_service, daemon=True).start()


def _end_with_service() -> None:
    service = multiprocessing.parent_process()
    assert service is not None
    service.join()
    os._exit(0)


def _send_by_values(kind: type[Any]) -> None:
    """Have `pickle` send a dataclass as its values: half the time of what a frozen one does."""
    values = attrgetter(*(field.name for field in dataclasses.fields(kind)))

    def reduce(one: object) -> tuple[Callable[..., object], tuple[object, ...]]:
        return kind, values(one)

    copyreg.pickle(kind, reduce)


for _kind in (Draft, Link, BlobRef):
    _send_by_values(_kind)
