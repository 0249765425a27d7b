"""What is said and set right when something befell a kitchen: outages told, devices that start again.

Called around a day of machines: `before` what they say by themselves, so that counts and settings
are those of the moment, and `after` everything that was weighed and checked that day.
"""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from components.term.script import Script, clock, later, moment, ms

from tests.bench.lies import machines, silences
from tests.bench.lies.kitchen import DEVICES, OPERATOR, Kitchen, Limit
from tests.bench.lies.machines import Machines
from tests.bench.lies.mishaps import Blackout, Broken, Relief
from tests.bench.lies.silences import Silence

KINDS: Final = {"scale": "scale", "checker": "morning-checker", "cabinet": "cabinet", "store": "thermometer"}  # fmt: skip
"""By device, what kind it is registered as."""

_LOGGERS: Final = ("cabinet", "store")
_MAKERS_LIMIT_mC: Final = 10_000
_COARSE_g: Final = 100
_BACK_MIN: Final = (1.0, 5.0)
"""Minutes until a device says that it works again."""


def before(script: Script, made: Machines, on: date, draw: random.Random) -> None:
    """What befell by then, and what loggers say of it."""
    befalls = made.mishaps
    if befalls.new_scale == on:
        _new_scale(script, made, on)
    if befalls.broken is not None:
        _probe(script, made, befalls.broken, on, draw)
    if befalls.relief is not None:
        _relief(script, made, befalls.relief, on, draw)
    for blackout in befalls.blackouts:
        if blackout.end.date() == on:
            _again(script, made, _LOGGERS, on, blackout.end, draw)
    for cut in befalls.weekends:
        if cut.end.date() == on:
            _drained(script, made, on, cut.begin, cut.end, draw)


def after(script: Script, made: Machines, on: date, draw: random.Random) -> None:
    """What scale and checker say of it, and the school."""
    for blackout in made.mishaps.blackouts:
        if blackout.end.date() == on:
            _again(script, made, ("scale", "checker"), on, blackout.end, draw)
            if blackout.told:
                _tell_power(script, made.kitchen, on, blackout, draw)
    relief = made.mishaps.relief
    if relief is not None and relief.begin.date() == on:
        _again(script, made, ("scale", "checker"), on, relief.begin, draw)


def register(script: Script, kitchen: Kitchen, device: str, gateway: str, at: datetime) -> None:
    """A device stands behind a gateway from now on."""
    name = kitchen.device(device)
    script.say(
        f"lies device {name} {gateway} {at:%m%d}",
        OPERATOR,
        "device-registration",
        {
            "device": name,
            "owner": kitchen.party,
            "kind": KINDS[device],
            "gateway": gateway,
            "model": "M1",
            "serial": f"{kitchen.number}-{name.rpartition('~')[2]}",
        },
        at,
        school=kitchen.party,
    )


def calibrate(script: Script, kitchen: Kitchen, at: datetime) -> None:
    """The present scale has been verified."""
    again = kitchen.calibration.removeprefix(f"lies calibration {kitchen.digits}")
    script.say(
        kitchen.calibration,
        kitchen.party,
        "calibration",
        {
            "school": kitchen.party,
            "scale": kitchen.device("scale"),
            "certificate_no": f"JD-{kitchen.number:04}{again}",
            "laboratory": "示例计量检定所",
            "method": "periodic-verification",
            "calibrated_on": str(at.date()),
            "valid_until": str(at.date() + timedelta(days=360)),
            "capacity_g": 100_000,
            "division_mg": 1000 * kitchen.division_g,
            "points": [{"applied_g": 50_000, "shown_g": 50_000}],
            "result": "pass",
            "accountable": kitchen.person("storekeeper"),
        },
        at,
        files=["scan"],
        media_type="application/pdf",
        school=kitchen.party,
    )


def _new_scale(script: Script, made: Machines, on: date) -> None:
    """A platform scale instead of the fine one, which counts from the beginning."""
    kitchen = made.kitchen
    old = kitchen.device("scale")
    new = f"{old}-2"
    kitchen.renewed["scale"] = new
    kitchen.division_g = _COARSE_g
    kitchen.counters[new] = 0
    kitchen.firmware[new] = "5.1.0"
    made.silences = tuple(
        replace(one, devices=tuple(new if name == old else name for name in one.devices))
        for one in made.silences
    )
    at = clock(on - timedelta(days=1), 15, 10)
    register(script, kitchen, "scale", kitchen.gateway, at)
    calibrate(script, kitchen, later(at, minutes=25))


def _probe(script: Script, made: Machines, broken: Broken, on: date, draw: random.Random) -> None:
    kitchen, name = made.kitchen, made.kitchen.device(broken.kind)
    if on == broken.end.date():
        kitchen.limits[name] = Limit(_MAKERS_LIMIT_mC, broken.end)
        _again(script, made, (broken.kind,), on, broken.end, draw)
        told = later(clock(on, 8, 50), minutes=draw.uniform(0, 90))
        silence = Silence(
            (name,), broken.begin, later(broken.end, hours=1), "device-failure",
            "nothing-measured", told,
        )  # fmt: skip
        silences.declare_failure(script, kitchen, on, silence, past=False)
    elif on == broken.end.date() + timedelta(days=1):
        # At midnight the vendor's platform sends every logger the settings that it should have.
        kitchen.limits[name] = Limit(kitchen.character.cabinet.alarm_mC, clock(on, 0))


def _relief(script: Script, made: Machines, relief: Relief, on: date, draw: random.Random) -> None:
    kitchen = made.kitchen
    if on == relief.begin.date():
        for device in DEVICES:
            register(script, kitchen, device, kitchen.substitute, later(relief.begin, minutes=-6))
        _again(script, made, _LOGGERS, on, relief.begin, draw)
        told = later(relief.failed, minutes=draw.uniform(15, 55))
        names = tuple(kitchen.device(device) for device in DEVICES)
        silence = Silence(
            names, relief.failed, later(relief.failed, hours=draw.uniform(3, 6)),
            "device-failure", "spare-device", told,
        )  # fmt: skip
        silences.declare_failure(script, kitchen, on, silence, past=False)
    if on == relief.end.date():
        for device in DEVICES:
            register(script, kitchen, device, kitchen.gateway, relief.end)


def _again(
    script: Script,
    made: Machines,
    kinds: tuple[str, ...],
    on: date,
    since: datetime,
    draw: random.Random,
) -> None:
    """Devices say that they work again, and since when."""
    for kind in kinds:
        at = later(since, minutes=draw.uniform(*_BACK_MIN))
        machines.status(script, made, kind, on, at, "working", draw, restarted=since)


def _tell_power(
    script: Script, kitchen: Kitchen, on: date, blackout: Blackout, draw: random.Random
) -> None:
    """The storekeeper writes it down in the afternoon."""
    silence = Silence(
        tuple(kitchen.device(kind) for kind in DEVICES), blackout.begin, blackout.end, "power",
        "nothing-measured", later(blackout.end, minutes=draw.uniform(10, 120)),
    )  # fmt: skip
    silences.declare_failure(script, kitchen, on, silence, past=True)


def _drained(
    script: Script,
    made: Machines,
    on: date,
    begin: datetime,
    end: datetime,
    draw: random.Random,
) -> None:
    """The gateway has its line again and says what it kept; every other time the school tells why."""
    kitchen = made.kitchen
    waiting = sum(
        one.request["issuer"] == kitchen.gateway and ms(end) <= one.at_ms for one in script.said
    )
    waits: dict[str, Any] = {"outbox_records": waiting}
    if waiting:
        waits["outbox_oldest_at"] = moment(begin)
    kitchen.sense(
        script,
        f"status gateway {end:%m%d}",
        "device-status",
        {
            "school": kitchen.party,
            "device": kitchen.gateway,
            "observed_at": moment(kitchen.clock.shows(end)),
            "status": "working",
            "started_at": moment(clock(kitchen.begin, 4)),
            "firmware_version": "2.2.0",
            "config_sha256": kitchen.config(kitchen.device("checker")),
            **kitchen.clock.says(end),
            "last_counter": None,
            **waits,
        },
        end,
        draw,
        day=on,
    )
    if draw.random() < 0.5:
        silence = Silence(
            tuple(kitchen.device(kind) for kind in DEVICES), begin, end, "network",
            "nothing-measured", later(end, minutes=draw.uniform(25, 160)),
        )  # fmt: skip
        silences.declare_failure(script, kitchen, on, silence, past=True)
