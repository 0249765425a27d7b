"""How a gateway is (网关状态): what its page and `mealtrace-gateway status` show, as one JSON object.

The program writes it every few seconds beside its outbox; whoever asks reads that file and the outbox.
It holds no secret and nothing about people: of a refused record its id, type and device, of a refusal
its codes.
"""

import contextlib
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from devices.gateway.clock import Reading
from devices.outbox import OutboxState, Parked, Sending
from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.errors import LedgerError

FILE: Final = "status.json"
FRESH_S: Final = 30
"""A file older than this was left behind by a program that ended."""
PARKED_SHOWN: Final = 50
PATIENCE_MS: Final = 24 * 3_600_000
"""A network that is gone for longer is somebody's to look at."""
_PERSON: Final = re.compile(r"person:[a-z2-7]+")


def outbox_report(state: OutboxState, parked: Sequence[Parked]) -> dict[str, Any]:
    """What waits, and what was refused."""
    return {
        "waiting": state.waiting,
        "oldest_at": _time(state.oldest_at_ms),
        "parked": state.parked,
        "receipts": state.receipts,
        "last_sent_at": _time(state.last_sent_at_ms),
        "used_bytes": state.used_bytes,
        "max_bytes": state.max_bytes,
        "full": state.full,
        "refused": [
            {
                "id": one.id,
                "type": one.type,
                "device": one.lane,
                "parked_at": _time(one.parked_at_ms),
                "code": one.problem.code,
                "faults": sorted({f"{f.pointer} {f.code}".strip() for f in one.problem.faults}),
            }
            for one in parked[:PARKED_SHOWN]
        ],
    }


def clock_report(reading: Reading) -> dict[str, Any]:
    """What is known of the clock."""
    return {
        "state": reading.clock.state,
        "offset_ms": reading.clock.offset_ms,
        "uncertainty_ms": reading.uncertainty_ms,
        "compared_at": _time(reading.compared_at_ms),
        "steps": [{"at": _time(step.at_ms), "by_ms": step.by_ms} for step in reading.steps[-5:]],
    }


def sending_report(sending: Sending) -> dict[str, Any]:
    """How sending goes; the sentence may quote the service, and is for the local operator."""
    return {
        "reason": sending.reason,
        "detail": sending.detail[:500],
        "failures": sending.failures,
        "next_at": _time(sending.next_at_ms),
        "heard_at": _time(sending.heard_at_ms),
        "sent": sending.sent,
    }


def report(
    *,
    party: str,
    url: str,
    kid: str,
    key_state: str,
    started_at_ms: int,
    clock: Reading,
    sending: Sending,
    outbox: Mapping[str, Any],
    devices: Sequence[Mapping[str, JsonInput]],
    running: bool = True,
) -> dict[str, Any]:
    """All of it, as of now."""
    value = {
        "running": running,
        "at": _time(_now_ms()),
        "version": version("mealtrace"),
        "party": party,
        "url": url,
        "kid": kid,
        "key": key_state,
        "started_at": _time(started_at_ms),
        "clock": clock_report(clock),
        "sending": sending_report(sending),
        "outbox": outbox,
        "devices": list(devices),
    }
    # A refusal or a driver's fault may quote what it refuses.
    masked: dict[str, Any] = json.loads(_PERSON.sub("person:…", json.dumps(value)))
    return masked


def held(device: Mapping[str, Any]) -> tuple[int, int]:
    """What a driver has in memory alone because the disk took it not, and what it has lost."""
    told = device["told"]
    waiting, lost = (
        value if type(value := told.get(name)) is int else 0 for name in ("waiting", "lost")
    )
    return waiting, lost


def long_unsent(outbox: Mapping[str, Any]) -> bool:
    """Whether the oldest record has waited for longer than a network should be gone."""
    oldest = outbox["oldest_at"]
    return oldest is not None and _now_ms() - timestamp.parse(oldest) > PATIENCE_MS


def write(folder: Path, value: Mapping[str, Any]) -> None:
    """Put it where others look; whole or not at all, and not flushed: it is stale in seconds."""
    path = folder / FILE
    fresh = path.with_suffix(".new")
    with contextlib.suppress(OSError):  # a full disk must not stop the devices
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(json.dumps(value, ensure_ascii=False).encode())
        fresh.replace(path)


def read(folder: Path) -> dict[str, Any] | None:
    """What the program wrote last; None: nothing. `running` is false where it is too old."""
    try:
        value = json.loads((folder / FILE).read_bytes())
        at_ms = timestamp.parse(value["at"])
    except (OSError, ValueError, KeyError, TypeError, LedgerError):
        return None
    if not isinstance(value, dict):
        return None
    return {**value, "running": value["running"] and abs(_now_ms() - at_ms) < FRESH_S * 1000}


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _time(ms: int | None) -> str | None:
    return None if ms is None else timestamp.format(ms)
