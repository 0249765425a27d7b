"""Machines that say nothing, and somebody who says why: maintenance, holidays, a line that was cut."""

import random
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from components.term.script import Script, later, moment

from tests.bench.lies.kitchen import DEVICES, Kitchen

_LATE: Final = ["weigh-in", "sample-retained", "morning-check", "temperature-log", "cooking-step"]


@dataclass(frozen=True, slots=True)
class Silence:
    """Devices are off, and somebody said so: from when to when, why, and whether it was planned."""

    devices: tuple[str, ...]
    begin: datetime
    end: datetime
    cause: str
    meanwhile: str
    said_at: datetime


def declare(script: Script, kitchen: Kitchen, on: date, silence: Silence) -> None:
    """The school says it beforehand."""
    _outage(
        script,
        kitchen,
        on,
        f"{silence.begin:%m%d%H%M}",
        {
            "devices": list(silence.devices),
            "cause": silence.cause,
            "planned": True,
            "from_at": moment(silence.begin),
            "until_at": moment(silence.end),
            "until_is": "expected",
            "late_types": ["temperature-log", "sample-retained", "weigh-in", "morning-check"],
            "meanwhile": silence.meanwhile,
        },
        silence.said_at,
    )


def declare_cut(
    script: Script,
    kitchen: Kitchen,
    on: date,
    begin: datetime,
    end: datetime,
    draw: random.Random,
) -> None:
    """The line is down: told by telephone while it lasts, or written down once it is over."""
    over = draw.random() < 0.5
    said_at = (
        later(end, minutes=draw.uniform(3, 50))
        if over
        else min(later(begin, minutes=draw.uniform(8, 40)), end)
    )
    expected = end if over else later(end, minutes=draw.uniform(-10, 90))
    _outage(
        script,
        kitchen,
        on,
        f"{begin:%m%d%H%M}",
        {
            "devices": [kitchen.device(kind) for kind in DEVICES],
            "cause": "network",
            "planned": False,
            "from_at": moment(begin),
            "until_at": moment(max(expected, later(begin, hours=1))),
            "until_is": "past" if over else "expected",
            "late_types": _LATE,
            "meanwhile": "spare-device" if draw.random() < 0.2 else "nothing-measured",
        },
        said_at,
    )


def declare_failure(
    script: Script, kitchen: Kitchen, on: date, silence: Silence, *, past: bool
) -> None:
    """Something failed that nobody had planned: told while it lasts, or once it is over."""
    _outage(
        script,
        kitchen,
        on,
        f"{silence.begin:%m%d%H%M}F",
        {
            "devices": list(silence.devices),
            "cause": silence.cause,
            "planned": False,
            "from_at": moment(silence.begin),
            "until_at": moment(silence.end),
            "until_is": "past" if past else "expected",
            "late_types": _LATE,
            "meanwhile": silence.meanwhile,
        },
        silence.said_at,
    )


def _outage(
    script: Script,
    kitchen: Kitchen,
    on: date,
    number: str,
    payload: dict[str, Any],
    at: datetime,
) -> None:
    script.say(
        f"lies outage {kitchen.digits} {number}",
        kitchen.party,
        "outage",
        {
            "outage_no": f"TY{number}",
            "school": kitchen.party,
            "canteen": kitchen.canteen,
            **payload,
            "accountable": kitchen.person("storekeeper"),
        },
        at,
        school=kitchen.party,
        day=on,
    )
