"""Records prepared by other processes, so that a second core works on them.

Preparing is a pure function of bytes; the log is appended to by the service's own process alone.
Of a record that cannot be prepared nothing is said here: the service prepares it again and learns
why. The processes start when they are first of use, and end with the service, however it ends.
"""

import asyncio
import copyreg
import dataclasses
import logging
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from operator import attrgetter
from typing import Any, Final, TypeAlias

from ledger import strict_json
from ledger.errors import LedgerError
from ledger.evidence.attachments import BlobRef, Facts
from ledger.evidence.draft import Draft, prepare
from ledger.statement import Link

logger = logging.getLogger("mealtrace.preparing")

Submitted: TypeAlias = tuple[bytes, str]
"""A request's bytes, and the party that posts it."""


_BLOB: Final = re.compile(rb'"sha256"\s*:\s*"([0-9a-f]{64})"')


def digests_in(requests: Iterable[bytes]) -> set[str]:
    """What looks like the digest of a blob in requests not parsed yet."""
    return {digest.decode() for data in requests for digest in _BLOB.findall(data)}


class Preparers:
    """A pool of such processes; all methods belong to the event loop."""

    def __init__(self, processes: int) -> None:
        """`processes` is at least 1; none is started yet."""
        self.processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._ready = False

    def ready(self) -> bool:
        """Whether a process answers at once; where none does yet, one is started meanwhile."""
        if self._pool is None:
            self._start().submit(prepare_all, [], None, {}).add_done_callback(self._answered)
        return self._ready

    async def prepare(
        self, requests: Sequence[Submitted], *, ledger: bytes | None, facts: Mapping[str, Facts]
    ) -> list[Draft | None]:
        """The draft of each request, None of those that cannot be prepared, or not here.

        `facts` are those of each party, as far as they are at hand.
        """
        pool = self._pool or self._start()
        try:
            drafts = await asyncio.wrap_future(pool.submit(prepare_all, requests, ledger, facts))
        except BrokenExecutor:
            logger.warning(
                "a preparing process ended; the service prepares by itself", exc_info=True
            )
            if self._pool is pool:
                self._pool, self._ready = None, False
            return [None] * len(requests)
        self._ready = True
        return drafts

    def _start(self) -> ProcessPoolExecutor:
        self._pool = ProcessPoolExecutor(
            self.processes, multiprocessing.get_context("spawn"), _begin
        )
        return self._pool

    def _answered(self, first: "Future[list[Draft | None]]") -> None:
        self._ready = not first.cancelled() and first.exception() is None

    async def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
            self._pool = None


def prepare_all(
    requests: Sequence[Submitted], ledger: bytes | None, facts: Mapping[str, Facts]
) -> list[Draft | None]:
    """What a process of the pool does."""
    return [_prepare(data, party, ledger, facts.get(party, {})) for data, party in requests]


def _prepare(data: bytes, submitter: str, ledger: bytes | None, facts: Facts) -> Draft | None:
    try:
        return prepare(
            strict_json.parse(data, fractions=True),
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
