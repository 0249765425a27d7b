"""Media types and sizes of uploaded blobs, remembered for a while (API.md, Calls).

An unsigned request may leave them out. Most records name a blob that came in through this process a
moment before, and a database must not be asked for it on the hot path. An upload never changes; a
digest uploaded again under another media type by another process is noticed when the while is over.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

from storage.store import Store

_KEPT_S: Final = 60.0
_MOST: Final = 20_000


class BlobFacts:
    """From a party and a digest (hex) to media type and size; belongs to the event loop."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` in seconds, never backwards."""
        self._store = store
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[tuple[str, int], float]] = {}

    async def of(self, party: str, digests: Iterable[str]) -> dict[str, tuple[str, int]]:
        """The facts of what `party` uploaded in full; other digests are left out.

        Raises:
            UnavailableError: the database does not answer.
        """
        wanted = list(digests)
        found = self.known(party, wanted)
        unknown = [digest for digest in wanted if digest not in found]
        if unknown:
            for digest, facts in (await asyncio.to_thread(self._find, party, unknown)).items():
                self.remember(party, digest, facts)
                found[digest] = facts
        return found

    def known(self, party: str, digests: Iterable[str]) -> dict[str, tuple[str, int]]:
        """As `of`, as far as it is remembered."""
        now = self._clock()
        found = {}
        for digest in digests:
            known = self._known.get((party, digest))
            if known is not None and known[1] > now:
                found[digest] = known[0]
        return found

    def remember(self, party: str, digest: str, facts: tuple[str, int]) -> None:
        """Take in an upload that is complete."""
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[party, digest] = (facts, self._clock() + _KEPT_S)

    def _find(self, party: str, digests: list[str]) -> dict[str, tuple[str, int]]:
        found = {}
        for digest in digests:
            for upload in self._store.uploads.find(digest, party)[:1]:
                found[digest] = (upload.media_type, upload.size)
        return found
