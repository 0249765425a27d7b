"""Waiting requests become transactions.

    submit → queue → append thread: COMMIT → release thread: released mark → told

There is no fixed delay and no size to wait for: one thread takes whatever waits, at most 1,024
records, and appends it in one transaction; who comes while it waits for the head goes with it, who
comes later with the next. An idle service therefore commits a record at once, and a loaded one
fills its transactions by being loaded (DESIGN §2.5).

What was submitted is appended, whether or not the request that submitted it still lives: nobody
was told otherwise, and its retry finds the record under its id. So a cancelled request can neither
lose a record nor double one.
"""

import asyncio
import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from api.errors import ProblemError
from api.metrics import Metrics
from ledger.errors import LedgerError, UnavailableError

logger = logging.getLogger("mealtrace.batcher")

_STOP: Final = None
_MOST_S: Final = 30
"""Seconds a full queue asks its clients to wait at most, besides what is drawn on top."""


class Appender(Protocol):
    """The append transaction, as `storage.store.Store` offers it."""

    def commit(
        self,
        drafts: Sequence[Any],
        *,
        atomic: bool = False,
        more: Callable[[], Sequence[Any]] | None = None,
    ) -> Callable[[], list[Any]]:
        """Append in one transaction, durable on return; with `atomic` one refusal refuses all.

        `more` is asked once, when nobody else can append any more: drafts that arrived meanwhile,
        appended behind the others. The call returned makes the outcomes fit to be told (it raises
        the released mark) and gives them, one a draft, in order: what was appended or replayed, or
        the `RefusedError` of that draft alone. The next transaction may begin before.

        Raises:
            LedgerError: nothing of the call is stored.
        """


@dataclass(slots=True)
class Ticket:
    """Drafts of one request, who waits for what becomes of them, and since when."""

    drafts: Sequence[Any]
    atomic: bool
    future: "asyncio.Future[list[Any]]"
    since_s: float


@dataclass(slots=True)
class _Committed:
    """A transaction whose outcomes may not be told yet."""

    group: list[Ticket]
    duration_s: float
    release: Callable[[], list[Any]]


class Batcher:
    """The queue before the append transaction, the thread that empties it, and the one after it.

    All methods belong to the event loop's thread.

    Attributes:
        last: records of the transaction told last.
    """

    def __init__(
        self,
        appender: Appender,
        metrics: Metrics,
        *,
        queue_records: int,
        transaction_records: int,
    ) -> None:
        """Nothing runs before `start`.

        Args:
            appender: called from one thread only.
            metrics: where transactions are counted.
            queue_records: most records waiting or in a transaction.
            transaction_records: most records of one transaction, and of one ticket.
        """
        self._appender = appender
        self._metrics = metrics
        self._queue_records = queue_records
        self._transaction_records = transaction_records
        self._tickets: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self.last = 0
        self._record_s = 0.0
        self._held: Ticket | None = None
        self._waiting = 0
        self._room = asyncio.Event()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._committed: queue.SimpleQueue[_Committed | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="append", daemon=True)
        self._releasing = threading.Thread(target=self._release, name="release", daemon=True)

    @property
    def waiting(self) -> int:
        """Records submitted and not yet answered."""
        return self._waiting

    def start(self) -> None:
        """Start the thread; the running loop is the one that gets the outcomes."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._releasing.start()

    async def close(self) -> None:
        """Append what waits, then end the threads. Later submissions are refused."""
        if not self._closed:
            self._closed = True
            self._tickets.put(_STOP)
        for thread in (self._thread, self._releasing):
            if thread.is_alive():
                await asyncio.to_thread(thread.join)

    def submit(self, drafts: Sequence[Any], *, atomic: bool = False) -> "asyncio.Future[list[Any]]":
        """Queue drafts for one transaction; the future gets one outcome a draft, in order.

        Cancelling the future stops nobody: the drafts are appended all the same.

        Raises:
            ProblemError: `too-many-requests`, the queue is full.
            UnavailableError: the service is shutting down.
        """
        if self._closed or self._loop is None:
            raise UnavailableError("the service is shutting down", retry_after_s=2)
        if self._waiting + len(drafts) > self._queue_records:
            raise self.full()
        future: asyncio.Future[list[Any]] = self._loop.create_future()
        self._waiting += len(drafts)
        self._tickets.put(Ticket(drafts, atomic, future, time.perf_counter()))
        return future

    def full(self) -> ProblemError:
        """The refusal of a full queue, for as long as it takes to empty at the pace seen last."""
        self._metrics.queue_full += 1
        wait_s = min(_MOST_S, math.ceil(self._waiting * self._record_s))
        return busy("too many records are waiting", "等待写入的记录过多", least_s=max(1, wait_s))

    async def submit_when_room(self, drafts: Sequence[Any]) -> "asyncio.Future[list[Any]]":
        """Queue drafts as soon as the queue has room: for a batch that has begun already.

        Half the queue stays free for single records, which cannot wait.

        Raises:
            UnavailableError: the service is shutting down.
        """
        while self._waiting > self._queue_records // 2 and not self._closed:
            self._room.clear()
            await self._room.wait()
        return self.submit(drafts)

    def _run(self) -> None:
        """The thread: take what waits, append it, tell; until `_STOP`."""
        while (ticket := self._next()) is not _STOP:
            group = [ticket]
            self._fill(group)
            self._append(group, alone=ticket.atomic)
        self._committed.put(_STOP)

    def _next(self) -> Ticket | None:
        ticket, self._held = self._held, None
        return ticket if ticket is not None else self._tickets.get()

    def _fill(self, group: list[Ticket]) -> list[Ticket]:
        """Add to a transaction what waits and fits, in order; what was added."""
        found: list[Ticket] = []
        size = _size(group)
        while not group[0].atomic and self._held is None and size < self._transaction_records:
            try:
                ticket = self._tickets.get_nowait()
            except queue.Empty:
                break
            if ticket is _STOP:
                self._tickets.put(_STOP)
                break
            size += len(ticket.drafts)
            if ticket.atomic or size > self._transaction_records:
                self._held = ticket
                break
            found.append(ticket)
        group += found
        return found

    def _append(self, group: list[Ticket], *, alone: bool) -> None:
        """One transaction; unless `alone`, also of what arrives before it holds the head."""
        start = time.perf_counter()
        try:
            release = self._appender.commit(
                _drafts(group),
                atomic=group[0].atomic,
                more=None if alone else lambda: _drafts(self._fill(group)),
            )
        except BaseException as error:
            if len(group) > 1 and not isinstance(error, LedgerError):
                # One request's draft may be what broke the transaction; the others must not fail
                # with it. Ids make the second attempt safe whatever the first one did.
                logger.exception("transaction failed, appending its requests one by one")
                for ticket in group:
                    self._append([ticket], alone=True)
                return
            self._tell(self._fail, group, error)
            return
        self._committed.put(_Committed(group, time.perf_counter() - start, release))

    def _release(self) -> None:
        """The second thread: one transaction's mark is written while the next one runs."""
        while (done := self._committed.get()) is not _STOP:
            try:
                outcomes = done.release()
            except BaseException as error:  # noqa: BLE001 - handed to everybody who waits for it
                self._tell(self._fail, done.group, error)
                continue
            self._tell(self._deliver, done.group, outcomes, done.duration_s)

    def _tell(self, callback: Callable[..., None], *args: object) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            # The loop is gone, and with it everybody who waited.
            logger.warning("outcomes of a transaction found nobody waiting")

    def _deliver(self, group: list[Ticket], outcomes: list[Any], duration_s: float) -> None:
        self._metrics.transaction(len(outcomes), duration_s)
        self.last = len(outcomes)
        self._record_s = duration_s / max(1, len(outcomes))
        position, now_s = 0, time.perf_counter()
        for ticket in group:
            self._metrics.append_s.observe(now_s - ticket.since_s)
            end = position + len(ticket.drafts)
            if not ticket.future.done():
                ticket.future.set_result(outcomes[position:end])
            position = end
        self._leave(len(outcomes))

    def _fail(self, group: list[Ticket], error: BaseException) -> None:
        for ticket in group:
            if not ticket.future.done():
                ticket.future.set_exception(_retold(error))
        self._leave(_size(group))

    def _leave(self, size: int) -> None:
        self._waiting -= size
        self._room.set()


def _drafts(group: Sequence[Ticket]) -> list[Any]:
    return [draft for ticket in group for draft in ticket.drafts]


def _size(group: Sequence[Ticket]) -> int:
    return sum(len(ticket.drafts) for ticket in group)


def busy(message_en: str, message_zh: str, *, least_s: int = 1) -> ProblemError:
    """429 with the fewest seconds that make sense; the edge draws a Retry-After above them."""
    return ProblemError(
        "too-many-requests",
        f"{message_en}; try again after the seconds in Retry-After, with the same id",
        f"{message_zh}；请在 Retry-After 所示秒数之后以同一编号重试",
        headers={"Retry-After": str(least_s)},
    )


def _retold(error: BaseException) -> BaseException:
    """The error as a future may carry it: neither StopIteration nor an exit passes through one."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    return UnavailableError(f"the append thread was interrupted: {type(error).__name__}")
