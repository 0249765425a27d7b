"""Single records that arrive together are prepared together, by a helping process.

    POST → waits → end of this turn of the loop: all that wait, one message → drafts

An idle service prepares a record itself, at once. A loaded one, in which records queue for their
transaction anyway, spends most of its time preparing: another core does it better. There is no
delay but the turn of the loop, and what a process does not answer the service does itself.
"""

import asyncio
import logging
from collections import defaultdict
from typing import Final

from api.batcher import Batcher
from api.blob_facts import BlobFacts
from api.prepare_process import Submitted
from api.preparing import Preparers, digests_in
from ledger.evidence.draft import Draft

logger = logging.getLogger("mealtrace.crowd")

_LOADED: Final = 8
"""Records waiting for their transaction, or in the last one, from which on other processes help."""

_SMALL: Final = 64 * 1024
"""Bytes of a request above which it is not copied to another process."""


class Crowd:
    """Requests waiting to be prepared together; belongs to the event loop."""

    def __init__(
        self,
        preparers: Preparers,
        batcher: Batcher,
        blob_facts: BlobFacts,
        *,
        ledger: bytes | None,
    ) -> None:
        """`ledger` is the leaf hash of genesis; nothing is started yet."""
        self._preparers = preparers
        self._batcher = batcher
        self._blob_facts = blob_facts
        self._ledger = ledger
        self._waiting: list[tuple[Submitted, asyncio.Future[Draft | None]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def draft(self, data: bytes, party: str) -> Draft | None:
        """The draft of a request; None where the service is to prepare it itself."""
        batcher = self._batcher
        loaded = max(batcher.last, batcher.waiting + len(self._waiting)) >= _LOADED
        if not loaded or len(data) > _SMALL or not self._preparers.ready():
            return None
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Draft | None] = loop.create_future()
        self._waiting.append(((data, party), future))
        if len(self._waiting) == 1:
            loop.call_soon(self._begin)
        return await future

    def _begin(self) -> None:
        waiting, self._waiting = self._waiting, []
        task = asyncio.create_task(self._prepare(waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _prepare(
        self, waiting: list[tuple[Submitted, "asyncio.Future[Draft | None]"]]
    ) -> None:
        requests = [request for request, _ in waiting]
        drafts: list[Draft | None] = [None] * len(requests)
        by_party: defaultdict[str, list[bytes]] = defaultdict(list)
        for data, party in requests:
            by_party[party].append(data)
        facts = {
            party: self._blob_facts.known(party, digests_in(bodies))
            for party, bodies in by_party.items()
        }
        try:
            drafts = await self._preparers.prepare(requests, ledger=self._ledger, facts=facts)
        except Exception:
            logger.exception("helping processes failed; the service prepares by itself")
        finally:
            # Also where the pool was shut down: whoever waits goes on by itself.
            for (_, future), draft in zip(waiting, drafts, strict=True):
                if not future.done():
                    future.set_result(draft)
