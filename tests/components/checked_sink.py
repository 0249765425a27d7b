"""A sink that takes what the service would take, and nothing else.

Every observation goes through the real models, as in the gateway's outbox. It may be full, and it may
be cut off after it has kept something and before the driver hears of it.
"""

import hashlib
import threading
import uuid
from dataclasses import dataclass
from typing import Any

from devices.gateway.driver import Clock, Observation
from ledger import timestamp
from ledger.errors import UnavailableError
from ledger.evidence.draft import Draft, prepare

LEDGER = bytes(range(32))
GATEWAY = "gateway:bx-0001"


class CutError(RuntimeError):
    """The power went: what stood in memory is gone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One record as the sink has it."""

    id: str
    observation: Observation
    draft: Draft

    @property
    def payload(self) -> Any:
        return self.observation.payload


class CheckedSink:
    """Keeps in memory what passes.

    Attributes:
        kept: in order.
        full: whether it refuses for want of space, or what it refuses with.
        cut_after: raise `CutError` once after keeping a record of this type.
        by_document: whether a document that is there already gives its first id again.
    """

    def __init__(self, *, by_document: bool = False) -> None:
        self.kept: list[Kept] = []
        self.full: bool | Exception = False
        self.cut_after: str | None = None
        self.by_document = by_document
        self.now = Clock("synchronised", 12)
        self._counters: dict[str, int] = {}
        self._lock = threading.Lock()

    def keep(self, observation: Observation) -> str:
        with self._lock:
            if isinstance(self.full, Exception):
                raise self.full
            if self.full:
                raise UnavailableError("the outbox is full")
            draft = self._draft(observation)
            if self.by_document:
                for one in self.kept:
                    if draft.document_key and one.draft.document_key == draft.document_key:
                        return one.id
            kept = Kept(draft.statement.id, observation, draft)
            self.kept.append(kept)
            if self.cut_after == observation.type:
                self.cut_after = None
                raise CutError(observation.type)
            return kept.id

    def next_counter(self, device: str) -> int:
        with self._lock:
            self._counters[device] = self._counters.get(device, 0) + 1
            return self._counters[device]

    def clock(self) -> Clock:
        return self.now

    @property
    def observations(self) -> list[Observation]:
        """What was kept, in order."""
        with self._lock:
            return [one.observation for one in self.kept]

    def of(self, record_type: str) -> list[Kept]:
        with self._lock:
            return [one for one in self.kept if one.observation.type == record_type]

    def _draft(self, observation: Observation) -> Draft:
        blobs = [
            {
                "media_type": file.media_type,
                "role": role,
                "sha256": hashlib.sha256(file.data).hexdigest(),
                "size": len(file.data),
            }
            for role, files in observation.files.items()
            for file in files
        ]
        request = {
            "id": str(uuid.uuid4()),
            "type": observation.type,
            "issuer": GATEWAY,
            "occurred_at": timestamp.format(observation.occurred_at_ms),
            "payload": dict(observation.payload),
            "blobs": blobs,
            "links": [link.to_json() for link in observation.links],
            "subjects": list(observation.subjects),
        }
        return prepare(request, submitter=GATEWAY, ledger=LEDGER, new_seed=bytes(32))
