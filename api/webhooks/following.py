"""The log followed for subscriptions: which entry concerns which of them.

    entries behind the cursor → those of a type there are warnings of → message, filters, rights → queued

Only released entries are told of. What is queued is an index; what it says is read again, and who
may read it is asked again, when it is sent (`item`).
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from api import access
from api.installation import Installation
from api.webhooks.asked import Asked
from api.webhooks.formats import Item
from ledger import entry as entries
from ledger.entry import Entry
from ledger.errors import VerificationError
from ledger.oversight import messages
from ledger.oversight.messages import Message, Words
from ledger.oversight.messages.words import stands_for_somebody
from storage.deliveries import GREETING
from storage.values import StoredRecord
from storage.webhooks import Webhook

logger = logging.getLogger("mealtrace.webhooks")

_STRETCH: Final = 50_000
"""Entries that are looked through at once for types of interest, by an index of the database."""

_READ: Final = 200
"""Records that are opened at once."""

_REMEMBERED: Final = 10_000
"""Entries without interest after which it is stored that they were followed."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription and what it asks for."""

    webhook: Webhook
    asked: Asked


class Following:
    """Follows one log; one thread at a time uses it."""

    def __init__(self, installation: Installation) -> None:
        """Nothing is read yet."""
        self._installation = installation
        self._store = installation.store
        self._at = 0

    def follow(self, subscribers: Sequence[Subscriber]) -> bool:
        """Queue what stands behind the cursor, a stretch at most; whether there may be more.

        Raises:
            UnavailableError: database or mark do not answer; the cursor stays.
        """
        stored = self._store.deliveries.followed() or 0
        start = max(self._at, stored, min(one.webhook.since for one in subscribers))
        size = self._store.committed_size()
        end = min(size, start + _STRETCH)
        places = self._store.places_of(messages.KINDS, start, end)
        if places:
            end = min(end, self._store.head().size)  # what is told of is released
        for some in _cut([place for place in places if place < end], _READ):
            self._store.deliveries.queue(list(self._wanted(some, subscribers)), some[-1] + 1)
        if end - stored >= _REMEMBERED:
            self._store.deliveries.queue([], end)
        self._at = max(start, end)
        return self._at < size

    def replay(self, subscriber: Subscriber) -> None:
        """Queue a stretch of a replay again.

        Raises:
            UnavailableError: as `follow`; the replay goes on where it is.
        """
        assert subscriber.webhook.replay is not None
        at, last = subscriber.webhook.replay
        last = min(last, self._store.head().size)
        end = max(at, min(at + _STRETCH, last))
        places = self._store.places_of(messages.KINDS, at, end)[:_READ]
        if len(places) == _READ:
            end = places[-1] + 1
        found = [index for _, index in self._wanted(places, [subscriber], since=at)]
        self._store.deliveries.requeue(subscriber.webhook.id, found, end, last)

    def items(self, subscriber: Subscriber, indices: Sequence[int]) -> dict[int, Item]:
        """What is sent of these entries now; what there is nothing to tell of any more is missing.

        Raises:
            UnavailableError: the database does not answer.
        """
        words = self._words()
        everything = access.party_reads_all(self._store, subscriber.webhook.party)
        found = {}
        if GREETING in indices:
            found[GREETING] = self._greeting(subscriber)
        for record in self._records([index for index in indices if index >= 0]):
            told = _told(record, words)
            if told is None:
                continue
            entry, message = told
            if everything or access.concerns(entry, subscriber.webhook.party):
                found[record.index] = self._item(record, entry, message)
        return found

    def _wanted(
        self,
        places: Sequence[int],
        subscribers: Sequence[Subscriber],
        since: int | None = None,
    ) -> Iterator[tuple[str, int]]:
        """Which subscription is told of which of these entries."""
        words = self._words()
        everything = {
            one.webhook.party: access.party_reads_all(self._store, one.webhook.party)
            for one in subscribers
        }
        for record in self._records(places):
            told = _told(record, words)
            if told is None:
                continue
            entry, message = told
            for one in subscribers:
                party = one.webhook.party
                if (
                    record.index >= (one.webhook.since if since is None else since)
                    and one.asked.wants(message, entry.statement.subjects)
                    and (everything[party] or access.concerns(entry, party))
                ):
                    yield one.webhook.id, record.index

    def _records(self, places: Sequence[int]) -> Iterator[StoredRecord]:
        """The records at these places; one that was altered is left to the audit."""
        try:
            yield from self._store.records_at(places)
        except VerificationError:
            if len(places) == 1:
                logger.exception("entry %d cannot be read, and nobody is told of it", places[0])
                return
            for place in places:
                yield from self._records([place])

    def _item(self, record: StoredRecord, entry: Entry, message: Message) -> Item:
        said, ledger = entry.statement, self._installation.ledger
        about: dict[str, Any] = {
            "id": record.id,
            "index": record.index,
            "ledger": ledger.hex(),
            "logged_at": entry.logged_at,
            "occurred_at": said.occurred_at,
            "issuer": None if stands_for_somebody(said.issuer) else said.issuer,
            "subjects": [name for name in said.subjects if not stands_for_somebody(name)],
        }
        return Item(message, about, self._link(f"/v1/records/{record.id}"))

    def _greeting(self, subscriber: Subscriber) -> Item:
        genesis = self._installation.genesis
        about = {
            "ledger": self._installation.ledger.hex(),
            "logged_at": subscriber.webhook.created_at,
        }
        return Item(messages.greeting(genesis.name), about, self._link("/"))

    def _link(self, path: str) -> str | None:
        base = self._installation.settings.public_url
        return None if base is None else base.rstrip("/") + path

    def _words(self) -> Words:
        names: Mapping[str, str | None] = self._store.registry().parties()
        return Words(self._installation.genesis.time_zone, names)


def _told(record: StoredRecord, words: Words) -> tuple[Entry, Message] | None:
    """The entry of a record and what it warns of; None where there is nothing."""
    if record.payload is None:
        return None
    entry = entries.parse(record.data)
    try:
        message = messages.of(entry.statement.type, orjson.loads(record.payload), words)
    except Exception:
        # A sentence that fails is a fault of this program, and must not keep all others back.
        logger.exception("nothing can be told of entry %d", record.index)
        return None
    return None if message is None else (entry, message)


def _cut(places: Collection[int], size: int) -> Iterator[list[int]]:
    ordered = list(places)
    for first in range(0, len(ordered), size):
        yield ordered[first : first + size]
