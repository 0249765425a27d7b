"""`device-status` (设备状态): the gateway and each of its devices say regularly how they are.

Silence is a finding (`device-silent`), and so are a clock that is off and settings that changed, so
each says what is known: state, since when it runs, software, digest of the settings, clock, last
counter, and what has yet to be sent. At the start, every `status_every_s`, and when the state changes.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from devices.gateway.driver import Clock, Observation
from devices.outbox import OutboxState
from ledger import timestamp
from ledger.canonical import JsonInput

KNOWN: Final = frozenset({"working", "degraded", "sensor-failure", "tampered", "maintenance"})
"""The states that the type knows."""
_CHANGES_APART_MS: Final = 600_000
_SPREAD: Final = 0.1


@dataclass(frozen=True, slots=True)
class Health:
    """How one device is.

    Attributes:
        device: its subject.
        status: one of `KNOWN`.
        firmware: version of its software.
        last_counter: of its last reading, None where it counts nothing.
    """

    device: str
    status: str
    firmware: str
    last_counter: int | None


@dataclass(slots=True)
class _Told:
    status: str
    at_ms: int
    again_ms: int


class Heartbeat:
    """When which device says how it is; knows no clock of its own."""

    def __init__(
        self,
        school: str,
        config_sha256: str,
        every_s: int,
        started_at_ms: int,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """Nobody has said anything yet."""
        self._school = school
        self._config = config_sha256
        self._every_ms = every_s * 1000
        self._started_at = timestamp.format(started_at_ms)
        self._draw = draw
        self._told: dict[str, _Told] = {}

    def due(self, health: Health, now_ms: int) -> bool:
        """Whether it is this device's turn: by time, or because its state is another."""
        told = self._told.get(health.device)
        if told is None or now_ms >= told.again_ms or now_ms < told.at_ms:
            return True
        changed = told.status != health.status
        return changed and now_ms - told.at_ms >= min(_CHANGES_APART_MS, self._every_ms)

    def said(self, health: Health, now_ms: int) -> None:
        """It was kept: the next one is due a while later, not at the same moment everywhere."""
        spread = 1 - self._draw() * _SPREAD
        self._told[health.device] = _Told(
            health.status, now_ms, now_ms + round(self._every_ms * spread)
        )

    def observation(
        self, health: Health, clock: Clock, outbox: OutboxState, now_ms: int
    ) -> Observation:
        """What it says."""
        payload: dict[str, JsonInput] = {
            "school": self._school,
            "device": health.device,
            "observed_at": timestamp.format(now_ms),
            "status": health.status,
            "started_at": self._started_at,
            "firmware_version": health.firmware,
            "config_sha256": self._config,
            "clock_state": clock.state,
            "clock_offset_ms": clock.offset_ms,
            "last_counter": health.last_counter,
            "outbox_records": outbox.waiting,
        }
        if outbox.oldest_at_ms is not None:
            payload["outbox_oldest_at"] = timestamp.format(outbox.oldest_at_ms)
        return Observation(health.device, "device-status", payload, now_ms)
