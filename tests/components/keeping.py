"""A sink that keeps observations in memory, each checked as the service would check it.

A payload that could never be posted fails the test that made it.
"""

import hashlib
import threading

from devices.client.ids import uuid7
from devices.gateway.driver import Clock, Observation
from ledger import timestamp
from ledger.evidence import draft

GATEWAY = "gateway:bx-0001"
_LEDGER = hashlib.sha256(b"a log of the tests").digest()


class Keeping:
    """What was kept, in order; `full` makes it refuse as a full outbox does."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.kept: list[Observation] = []
        self.full: Exception | None = None
        self._clock = clock or Clock("synchronised", -12)
        self._counters: dict[str, int] = {}
        self._lock = threading.Lock()

    def keep(self, observation: Observation) -> str:
        """Check it, sign nothing, keep it."""
        with self._lock:
            if self.full is not None:
                raise self.full
            number = len(self.kept)
            name = uuid7(observation.occurred_at_ms, number.to_bytes(10))
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
                "id": name,
                "type": observation.type,
                "occurred_at": timestamp.format(observation.occurred_at_ms),
                "issuer": GATEWAY,
                "payload": observation.payload,
                "blobs": blobs,
                "links": [link.to_json() for link in observation.links],
                "subjects": list(observation.subjects),
            }
            draft.signable(request, submitter=GATEWAY, ledger=_LEDGER, new_seed=bytes(32))
            self.kept.append(observation)
            return name

    def next_counter(self, device: str) -> int:
        """One more than the last of this device."""
        with self._lock:
            self._counters[device] = self._counters.get(device, 0) + 1
            return self._counters[device]

    def clock(self) -> Clock:
        """As it was made."""
        return self._clock
