"""Records prepared by other processes, so that a second core works on them.

Preparing is a pure function of bytes; the log is appended to by the service's own process alone.
Of a record that cannot be prepared nothing is said here: the service prepares it again and learns
why. The processes start when they are first of use, and end with the service, however it ends.
One that ends, or stops answering, leaves what it was asked to the service, and is replaced.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import re
import sys
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from api.prepare_process import LENGTH_SIZE, Submitted, to_message
from ledger.evidence.attachments import Facts
from ledger.evidence.draft import Draft

logger = logging.getLogger("mealtrace.preparing")

_AGAIN_S: Final = 5.0
"""Seconds from the end of a process to the start of its successor."""

_END_S: Final = 5.0
"""Seconds a process has to end once nobody asks it any more."""

_LATE_S: Final = 1.0
"""Seconds that a process may owe an answer before others are asked."""

_SILENT_S: Final = 10.0
"""Seconds that it may owe one at all; then it is killed. The largest piece takes a tenth of that."""

_START_S: Final = 30.0
"""The same of its first answer."""

_ENOUGH: Final = 2
"""Questions of a process, beside one more that it works on, with which it is busy for a while."""

_BUFFER: Final = 8 * 1024 * 1024
"""Bytes of an answer that are read without a pause: more than a piece of a batch has."""

_BLOB: Final = re.compile(rb'"sha256"\s*:\s*"([0-9a-f]{64})"')

Answer = list[Draft | None]


def digests_in(requests: Iterable[bytes]) -> set[str]:
    """What looks like the digest of a blob in requests not parsed yet."""
    return {digest.decode() for data in requests for digest in _BLOB.findall(data)}


class Preparers:
    """A number of such processes; all methods belong to the event loop."""

    def __init__(self, processes: int) -> None:
        """`processes` is at least 1; none is started yet."""
        self.processes = processes
        self._helpers: list[_Helper] = []
        self._not_before_s = 0.0
        self._closed = False

    def ready(self) -> bool:
        """Whether a process answers at once; where none does yet, they are started meanwhile."""
        return any(helper.answers and not helper.late for helper in self._living())

    def busy(self) -> bool:
        """Whether each has enough to do: two questions behind the one it works on, or one late."""
        return all(helper.late or helper.asked > _ENOUGH for helper in self._living())

    async def prepare(
        self, requests: Sequence[Submitted], *, ledger: bytes | None, facts: Mapping[str, Facts]
    ) -> Answer:
        """The draft of each request, None of those that cannot be prepared, or not here.

        `facts` are those of each party, as far as they are at hand.
        """
        drafts: Answer | None = None
        if helpers := self._living():
            least = min(helpers, key=lambda helper: (helper.late, helper.asked))
            drafts = await least.ask(to_message((requests, ledger, facts)))
        return [None] * len(requests) if drafts is None else drafts

    async def close(self) -> None:
        """End the processes; whoever waits for them is told that they did not answer."""
        self._closed = True
        await asyncio.gather(*(helper.close() for helper in self._helpers))

    def _living(self) -> list["_Helper"]:
        """The processes that have not ended; successors of those that have, after a while."""
        living = [helper for helper in self._helpers if not helper.gone]
        if len(living) < len(self._helpers):
            self._not_before_s = time.monotonic() + _AGAIN_S
            self._helpers = living
        if not self._closed and time.monotonic() >= self._not_before_s:
            while len(living) < self.processes:
                living.append(_Helper())
            self._helpers = living
        return living


class _Helper:
    """One process, and who waits for its answers.

    Attributes:
        answers: whether it has answered, and so has started.
        gone: whether it has ended.
    """

    def __init__(self) -> None:
        """Begin to start it, with a question that shows when it has."""
        self.answers = False
        self.gone = False
        self._waiting: deque[asyncio.Future[Answer | None]] = deque()
        self._silent_since_s = 0.0
        self._unsent: list[bytes] = []
        self._stdin: asyncio.StreamWriter | None = None
        self.ask(to_message(((), None, {})))
        self._running = asyncio.create_task(self._run())

    @property
    def asked(self) -> int:
        """Questions not answered yet."""
        return len(self._waiting)

    @property
    def late(self) -> bool:
        """Whether it has owed an answer for a while."""
        return bool(self._waiting) and time.monotonic() - self._silent_since_s > _LATE_S

    def ask(self, message: bytes) -> "asyncio.Future[Answer | None]":
        """Send a question; its answer, None where the process ended without one."""
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        if not self._waiting:
            self._silent_since_s = time.monotonic()
        self._waiting.append(future)
        if self._stdin is None:
            self._unsent.append(message)
        else:
            self._stdin.write(message)
        return future

    async def close(self) -> None:
        """Let it end; nobody asks it any more."""
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running

    async def _run(self) -> None:
        process: asyncio.subprocess.Process | None = None
        watching: asyncio.Task[None] | None = None
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "api.prepare_process",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_BUFFER,
                start_new_session=True,  # Ctrl-C is the service's to answer
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            self._stdin = process.stdin
            self._stdin.writelines(self._unsent)
            self._unsent.clear()
            watching = asyncio.create_task(self._watch(process))
            while True:
                length = await process.stdout.readexactly(LENGTH_SIZE)
                data = await process.stdout.readexactly(int.from_bytes(length, "big"))
                drafts: Answer = pickle.loads(data)  # noqa: S301 - our own process's
                future = self._waiting.popleft()
                self.answers, self._silent_since_s = True, time.monotonic()
                if not future.done():
                    future.set_result(drafts)
        except (OSError, asyncio.IncompleteReadError):
            logger.warning("a preparing process ended; the service prepares by itself")
        finally:
            self.gone, self.answers = True, False
            for future in self._waiting:
                if not future.done():
                    future.set_result(None)
            if watching is not None:
                watching.cancel()
            if process is not None:
                await _ended(process)

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Kill it once it has owed an answer for too long: it may be stopped, or caught in a loop."""
        while True:
            left_s = allowed_s = _SILENT_S if self.answers else _START_S
            if self._waiting:
                left_s += self._silent_since_s - time.monotonic()
            if left_s <= 0:
                logger.error("a preparing process gave no answer for %g s, ended", allowed_s)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                return
            await asyncio.sleep(min(left_s, _SILENT_S))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """The process reads no more questions, or is killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        process.kill()
        await process.wait()
