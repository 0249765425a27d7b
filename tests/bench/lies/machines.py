"""What machines say of themselves: temperatures, alarms, and how they are."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from components.term.script import Script, clock, later, moment

from tests.bench.lies import silences
from tests.bench.lies.kitchen import DEVICES, Kitchen, Limit
from tests.bench.lies.mishaps import Mishaps
from tests.bench.lies.silences import Silence

_BATCH_H: Final = 6
_PLACES: Final = {"cabinet": ("sample-cabinet", "sample-cabinet"), "store": ("cold-room", "cold-store")}  # fmt: skip


@dataclass(slots=True)
class Machines:
    """What happens to the machines of one kitchen.

    Attributes:
        silences: when some of them are off.
        updated: when new firmware comes, with other alarm limits; None: never.
        closed: days without meals, on which half of the kitchens switch scale and checker off.
        mishaps: what befalls them.
        hot: by device, since when it has been too warm, how warm, and for how many readings.
        renewed: whether the broken probe has been replaced.
    """

    kitchen: Kitchen
    silences: tuple[Silence, ...]
    updated: datetime | None
    closed: frozenset[date]
    mishaps: Mishaps
    hot: dict[str, tuple[datetime, int, int]] = field(default_factory=dict)
    renewed: bool = False

    def off(self, kind: str, at: datetime) -> bool:
        """Whether a device is switched off at a moment."""
        name = self.kitchen.device(kind)
        return self.mishaps.off(kind, at) or any(
            name in one.devices and one.begin <= at < one.end for one in self.silences
        )


def machines(
    kitchen: Kitchen,
    days: Sequence[date],
    serving: Sequence[date],
    seed: int,
    mishaps: Mishaps,
) -> Machines:
    """What will happen to a kitchen's machines over all these days."""
    draw = random.Random(f"{seed} machines {kitchen.number}")
    closed = frozenset(days) - frozenset(serving)
    planned = []
    if draw.random() < 0.35:
        on = draw.choice(serving[3:-1])
        begin = clock(on, 13, 50 + draw.randrange(10))
        planned.append(
            Silence(
                (kitchen.device(draw.choice(("cabinet", "store"))),),
                begin,
                later(begin, hours=draw.uniform(2, 6)),
                "maintenance",
                "nothing-measured",
                clock(on - timedelta(days=1), 10, draw.randrange(60)),
            )
        )
    holiday = _longest(sorted(closed))
    if len(holiday) > 2 and kitchen.number % 3 == 0:
        planned.append(
            Silence(
                tuple(kitchen.device(kind) for kind in DEVICES),
                clock(holiday[0] - timedelta(days=1), 16, 30),
                clock(holiday[-1] + timedelta(days=1), 4, 20),
                "maintenance",
                "no-meals",
                clock(holiday[0] - timedelta(days=1), 9, 40),
            )
        )
    updated = None
    warm = kitchen.character.cabinet.opened > 4
    if not warm and draw.random() < 0.35 and mishaps.broken is None:
        updated = clock(draw.choice(serving[4:]), 6)
    return Machines(kitchen, tuple(planned), updated, closed, mishaps)


def day(script: Script, made: Machines, on: date, draw: random.Random) -> None:
    """Everything that machines say on a day."""
    kitchen = made.kitchen
    _update(made, on, draw)
    resting = on in made.closed and kitchen.number % 2 == 1
    at = clock(on, 5, 12)
    for kind in DEVICES:
        at = later(at, seconds=draw.uniform(1, 9))
        if not made.off(kind, at) and not (resting and kind in {"scale", "checker"}):
            blind = made.mishaps.blind(kind, at)
            status(script, made, kind, on, at, "sensor-failure" if blind else "working", draw)
    for silence in made.silences:
        if silence.begin.date() == on:
            silences.declare(script, kitchen, on, silence)
            for kind in DEVICES:
                if kitchen.device(kind) in silence.devices:
                    status(script, made, kind, on, silence.begin, "maintenance", draw)
    for cut in kitchen.line.cuts:
        if cut.declared and cut.begin.date() == on:
            silences.declare_cut(script, kitchen, on, cut.begin, cut.end, draw)
    for kind in ("cabinet", "store"):
        _temperatures(script, made, kind, on, draw)


def _longest(days: list[date]) -> list[date]:
    """The longest run of days on end."""
    best: list[date] = []
    run: list[date] = []
    for on in days:
        run = [*run, on] if run and on - run[-1] == timedelta(days=1) else [on]
        best = max(best, run, key=len)
    return best


def _update(made: Machines, on: date, draw: random.Random) -> None:
    if made.updated is None or made.updated.date() != on:
        return
    kitchen = made.kitchen
    limit_mC = draw.choice((8_500, 9_000, 10_000, 12_000))
    for kind in ("cabinet", "store"):
        name = kitchen.device(kind)
        kitchen.limits[name] = Limit(limit_mC, made.updated)
    for name in kitchen.firmware:
        kitchen.firmware[name] = "4.0.1"


def _temperatures(script: Script, made: Machines, kind: str, on: date, draw: random.Random) -> None:
    kitchen = made.kitchen
    step_s = kitchen.character.interval_s
    busy = on not in made.closed
    for part in range(24 // _BATCH_H):
        first = _first_of(kitchen, on, part)
        batch: list[int | None] = []
        begun = first
        for turn in range(_BATCH_H * 3600 // step_s):
            at = first + timedelta(seconds=turn * step_s)
            powered = not made.mishaps.dark(at)
            fridge = kitchen.fridges[kitchen.device(kind)]
            shown = fridge.read(step_s / 60, at.hour, busy, draw, powered=powered)
            _renew(made, kind, at)
            if made.off(kind, at):
                _post(script, made, kind, on, begun, batch, draw)
                batch = []
                continue
            if not batch:
                begun = at
            blind = made.mishaps.blind(kind, at)
            batch.append(None if draw.random() < 0.0006 or blind else shown)
            if not blind:
                _watch(script, made, kind, on, at, shown, draw)
        _post(script, made, kind, on, begun, batch, draw)


def _renew(made: Machines, kind: str, at: datetime) -> None:
    """From some moment on a logger has another probe."""
    broken = made.mishaps.broken
    if broken is None or broken.kind != kind or at < broken.end or made.renewed:
        return
    made.renewed = True
    fridge = made.kitchen.fridges[made.kitchen.device(kind)]
    fridge.made = replace(
        fridge.made,
        set_mC=fridge.made.set_mC + broken.differs_mC,
        noise_mC=broken.noise_mC,
        step_mC=broken.step_mC,
    )


def _first_of(kitchen: Kitchen, on: date, part: int) -> datetime:
    """When a logger takes the first reading of a part of the day."""
    return later(clock(on, part * _BATCH_H), seconds=7 + kitchen.number % 50)


def _counted(made: Machines, kind: str, on: date, at: datetime) -> int | None:
    """How far a device has counted at a moment of the day; the checker counts nothing."""
    kitchen = made.kitchen
    if kind == "checker":
        return None
    so_far = kitchen.counted(kitchen.device(kind))
    if kind == "scale":
        return so_far
    step, reading = timedelta(seconds=kitchen.character.interval_s), _first_of(kitchen, on, 0)
    while reading <= at:
        so_far += not made.off(kind, reading)
        reading += step
    return so_far


def _post(
    script: Script,
    made: Machines,
    kind: str,
    on: date,
    begun: datetime,
    batch: list[int | None],
    draw: random.Random,
) -> None:
    if not batch:
        return
    kitchen = made.kitchen
    name, step_s = kitchen.device(kind), kitchen.character.interval_s
    last = begun + timedelta(seconds=(len(batch) - 1) * step_s)
    counted = kitchen.count(name, len(batch))
    kitchen.sense(
        script,
        f"temperatures {kind} {begun:%m%d %H%M%S}",
        "temperature-log",
        {
            "canteen": kitchen.canteen,
            "cabinet": name,
            "place": _PLACES[kind][0],
            "counter_from": counted,
            "counter_until": counted + len(batch) - 1,
            "interval_s": step_s,
            "first_read_at": moment(kitchen.clock.shows(begun)),
            "last_read_at": moment(kitchen.clock.shows(last)),
            "mC_readings": batch,
            "alarm_low_mC": 0,
            "alarm_high_mC": _limit_at(kitchen, name, begun),
            **kitchen.clock.says(last),
        },
        last + timedelta(seconds=draw.uniform(3, 40)),
        draw,
        day=on,
    )


def _limit_at(kitchen: Kitchen, name: str, at: datetime) -> int:
    limit = kitchen.limits[name]
    return limit.mC if limit.set_at <= at else kitchen.fridges[name].made.alarm_mC


def _watch(
    script: Script,
    made: Machines,
    kind: str,
    on: date,
    at: datetime,
    shown: int,
    draw: random.Random,
) -> None:
    """Two readings on end above the limit are an alarm, said once it is over."""
    kitchen = made.kitchen
    name = kitchen.device(kind)
    limit = kitchen.limits[name]
    since = made.hot.pop(name, None)
    if shown > _limit_at(kitchen, name, at):
        begun, most, count = since or (at, shown, 0)
        made.hot[name] = (begun, max(most, shown), count + 1)
    elif since is not None and since[2] > 1:
        kitchen.sense(
            script,
            f"alarm {kind} {at:%m%d %H%M}",
            "temperature-alarm",
            {
                "canteen": kitchen.canteen,
                "cabinet": name,
                "zone": _PLACES[kind][1],
                "direction": "above",
                "limit_mC": limit.mC,
                "limit_set_at": moment(limit.set_at),
                "extreme_mC": since[1],
                "readings": since[2],
                "started_at": moment(kitchen.clock.shows(since[0])),
                "ended_at": moment(kitchen.clock.shows(at)),
            },
            at + timedelta(seconds=2),
            draw,
            day=on,
        )


def status(
    script: Script,
    made: Machines,
    kind: str,
    on: date,
    at: datetime,
    how: str,
    draw: random.Random,
    *,
    restarted: datetime | None = None,
) -> None:
    """A device says how it is, and since when it is on."""
    kitchen = made.kitchen
    name = kitchen.device(kind)
    limit = kitchen.limits.get(name)
    started = restarted or (limit.set_at if limit else clock(kitchen.begin, 4))
    kitchen.sense(
        script,
        f"status {kind} {at:%m%d %H%M%S}",
        "device-status",
        {
            "school": kitchen.party,
            "device": name,
            "observed_at": moment(kitchen.clock.shows(at)),
            "status": how,
            "started_at": moment(min(started, at)),
            "firmware_version": kitchen.firmware[name],
            "config_sha256": kitchen.config(name),
            **kitchen.clock.says(at),
            "last_counter": _counted(made, kind, on, at),
            "outbox_records": 0,
        },
        at,
        draw,
        day=on,
    )
