"""Where drivers put what they saw: signed with the gateway's key and on disk when `keep` returns."""

from devices.client import Evidence
from devices.gateway.clock import ClockWatch
from devices.gateway.driver import Clock, Observation
from devices.outbox import Outbox
from ledger import timestamp


class OutboxSink:
    """The gateway's `Sink`."""

    def __init__(self, outbox: Outbox, watch: ClockWatch) -> None:
        """Observations go into `outbox`, which signs; `watch` knows the clock."""
        self._outbox = outbox
        self._watch = watch

    def keep(self, observation: Observation) -> str:
        """Sign it and put it on disk; the id of its record (`Sink.keep`)."""
        return self._outbox.keep(
            Evidence(
                observation.type,
                observation.payload,
                timestamp.format(observation.occurred_at_ms),
                blobs={
                    role: [(file.data, file.media_type) for file in files]
                    for role, files in observation.files.items()
                },
                subjects=observation.subjects,
                links=observation.links,
            ),
            lane=observation.device,
            once=True,
        )

    def next_counter(self, device: str) -> int:
        """A number larger than every one given for this device before (`Sink.next_counter`)."""
        return self._outbox.next_counter(device)

    def clock(self) -> Clock:
        """What is known of the clock now."""
        return self._watch.clock()
