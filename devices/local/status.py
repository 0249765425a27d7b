"""A `device-status` (设备状态) as a driver can tell it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from devices.gateway.driver import Clock
from ledger import timestamp


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records that a driver has yet to make, for want of something.

    Attributes:
        records: how many.
        oldest_ms: since when the first of them waits; None where none does.
    """

    records: int = 0
    oldest_ms: int | None = None


def payload(
    *,
    school: str,
    device: str,
    at_ms: int,
    status: str,
    started_ms: int,
    firmware: str,
    config_sha256: str,
    clock: Clock,
    last_counter: int | None,
    waiting: Waiting = Waiting(),
    ext: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The fields of a `device-status`.

    `outbox_records` is what the driver itself has yet to hand over. What the gateway has yet to send
    is the gateway's to tell.
    """
    said: dict[str, Any] = {
        "school": school,
        "device": device,
        "observed_at": timestamp.format(at_ms),
        "status": status,
        "started_at": timestamp.format(started_ms),
        "firmware_version": firmware,
        "config_sha256": config_sha256,
        "clock_state": clock.state,
        "clock_offset_ms": clock.offset_ms,
        "last_counter": last_counter,
        "outbox_records": waiting.records,
    }
    if waiting.oldest_ms is not None:
        said["outbox_oldest_at"] = timestamp.format(waiting.oldest_ms)
    if ext:
        said["ext"] = dict(ext)
    return said


def config_digest(table: Mapping[str, Any]) -> str:
    """SHA-256 of a configuration table, its secrets left out: a changed setting shows."""
    plain = orjson.dumps(_plain(table), option=orjson.OPT_SORT_KEYS, default=str)
    return sha256(plain).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if name not in _SECRET}
    return _USER.sub("//", value) if isinstance(value, str) else value


_USER = re.compile(r"//[^/@]*@")
"""Name and password in a camera's address."""
_SECRET = frozenset({"secret", "password"})
