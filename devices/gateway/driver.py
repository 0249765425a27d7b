"""What a device's driver hands to the gateway, and what it may ask of it.

    serial line, Modbus, MQTT, HTTP, camera  →  driver  →  Observation  →  Sink.keep  →  outbox → service

A driver knows its device and nothing of keys, networks or the service. Once `keep` has returned, the
observation is signed and on disk: it reaches the service exactly once, whatever happens to the
network, the program or the power.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ledger.canonical import JsonInput
from ledger.statement import Link

ClockState = Literal["synchronised", "unsynchronised", "unknown"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an observation.

    Attributes:
        data: its bytes.
        media_type: `image/jpeg` for instance.
    """

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Clock:
    """What is known of this machine's clock.

    Attributes:
        state: whether it agrees with the service's, was seen not to, or was never compared.
        offset_ms: how far this clock is ahead of the service's, as of the last contact; None: unknown.
    """

    state: ClockState
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class Observation:
    """One record as a device saw it.

    Attributes:
        device: subject of the device, `device:s0001-scale-1`: observations of one keep their order.
        type: record type.
        payload: its fields; `counter`, `clock_state` and `clock_offset_ms` as the sink gave them.
        occurred_at_ms: milliseconds since 1970 by this machine's clock, never corrected.
        files: by role.
        links: to other records.
        subjects: further ones; most follow from the payload.
    """

    device: str
    type: str
    payload: Mapping[str, JsonInput]
    occurred_at_ms: int
    files: Mapping[str, Sequence[Attachment]] = field(default_factory=dict)
    links: Sequence[Link] = ()
    subjects: Sequence[str] = ()


class Sink(Protocol):
    """Where drivers put what they saw; may be used by many threads."""

    def keep(self, observation: Observation) -> str:
        """Sign it and put it on disk; the id of its record.

        A document that was kept before (scale and counter of a `weigh-in`, cabinet and first count
        of a `temperature-log`) is that first record: a driver that does not know whether it got so
        far before the power went keeps it again.

        Raises:
            RefusedError: the service could never take it; `faults` says why. Nothing is kept.
            UnavailableError: the outbox is full, or its disk fails.
        """
        ...

    def next_counter(self, device: str) -> int:
        """A number larger than every one given for this device before, across restarts."""
        ...

    def clock(self) -> Clock:
        """What is known of the clock now."""
        ...


class Driver(Protocol):
    """Drives one device in a thread of its own.

    The gateway posts a `device-status` for each device; a driver that posts its own says so with an
    attribute `tells_itself` that is true.
    """

    @property
    def device(self) -> str:
        """Subject of the device."""
        ...

    def run(self, sink: Sink, stop: "Stop") -> None:
        """Work until told to stop; come back from every fault of the device by itself."""
        ...

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page: state, last reading, last fault; no personal data."""
        ...


class Stop(Protocol):
    """Told when to end; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether it is time."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait so many seconds, or until it is time; whether it is."""
        ...
