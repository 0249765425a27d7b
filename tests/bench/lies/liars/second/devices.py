"""Devices off for a part of the day or over the weekend, clocks wrong for some hours, limits for a night."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from components.term.script import Said, clock, ms

from ledger import timestamp
from tests.bench.lies import shifting
from tests.bench.lies.liars.devices import (
    CLOCK,
    GATEWAYS_OWN,
    LIMIT,
    SILENT,
    change_settings,
    leave_out,
    logged,
    unlink,
    warm_up,
)
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

_AFTERNOON: Final = (11, 18)
_ROOM_mC: Final = 300
"""Between what was read and a limit, so that nothing sounds."""


def _second_load(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """After the first load the scale is unplugged, and counts nothing, until the next day."""
    story, on = stories[0], days[0]
    weighed = story.of(on, "weigh-in")
    gone = [one for one in weighed if one.payload["order"] != weighed[0].payload["order"]]
    if not gone:
        return None
    draw.random()
    scale, times = gone[-1].payload["scale"], [one.request["occurred_at"] for one in gone]
    story.remove(gone)
    unlink(story, on, gone)
    for one in (*story.since(on, "weigh-in"), *story.since(on, "device-status")):
        # Of the first order more may have come between, in a lorry of its own.
        uncounted = sum(time < one.request["occurred_at"] for time in times)
        if one.payload.get("scale") == scale:
            one.payload["counter"] -= uncounted
        elif one.payload.get("device") == scale:
            one.payload["last_counter"] -= uncounted
    return f"{len(gone)} weights", []


def _unplugged(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """A logger is unplugged at some time of the kitchen's work until the next batch begins."""
    story, kind = stories[0], draw.choice(("cabinet", "store"))
    by_day = [logged(story, on, kind) for on in days]
    if not all(by_day):
        return None
    part, hours, touched = draw.choice((1, 2)), draw.choice((1.5, 3, 5)), []
    for batches in by_day:
        batch = batches[part]
        step_s = batch.payload["interval_s"]
        lost = min(round(hours * 3600 / step_s), len(batch.payload["mC_readings"]) - 1)
        _shorten(story, batch, lost)
        touched.append(batch)
    return f"{hours} h, {len(days)} days", touched


def _shorten(story: Story, batch: Said, lost: int) -> None:
    """The last readings of a batch were never made, and never counted."""
    payload, device = batch.payload, batch.payload["cabinet"]
    last = payload["last_read_at"]
    del payload["mC_readings"][-lost:]
    payload["counter_until"] -= lost
    back_ms = 1000 * lost * payload["interval_s"]
    payload["last_read_at"] = timestamp.format(timestamp.parse(last) - back_ms)
    batch.request["occurred_at"] = timestamp.format(
        timestamp.parse(batch.request["occurred_at"]) - back_ms
    )
    shifting.renumber(
        (
            one
            for kind, name, time in (
                ("temperature-log", "cabinet", "first_read_at"),
                ("device-status", "device", "observed_at"),
            )
            for one in story.since(story.serving[0], kind)
            if one.payload[name] == device and one.payload[time] > last
        ),
        lost,
    )


def _weekend(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Before a weekend somebody pulls the gateway's plug at noon, and puts it back on Sunday night."""
    story, on = stories[0], days[0]
    place = story.serving.index(on) + 1
    until = story.serving[place] if place < len(story.serving) else on
    rest = [on + timedelta(days=number) for number in range(1, (until - on).days)]
    both = [[logged(story, day, kind) for day in (on, *rest)] for kind in ("cabinet", "store")]
    if not rest or not all(day for logger in both for day in logger):
        return None
    draw.random()
    for first, *others in both:
        batches = [*first[2:], *(batch for day in others for batch in day)]
        leave_out(story, batches, forgotten=True)
    for day in rest:
        story.remove(story.of(day, "device-status"))
    return f"{len(rest)} days and a half", []


def _afternoon(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Before noon the gateway's clock is set back, and in the evening it is right again."""
    story, on = stories[0], days[0]
    begin, end = (ms(clock(on, hour)) for hour in _AFTERNOON)
    by_min = draw.choice((25, 60, 150))
    touched = [
        one
        for one in story.of(on, *GATEWAYS_OWN)
        if begin <= timestamp.parse(one.request["occurred_at"]) < end
    ]
    if not touched:
        return None
    for one in touched:
        shifting.claim(one, -60 * by_min)
        _sure(one, draw)
    return f"{by_min} min", touched


def _creeping(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Every day some minutes more, so that no day is far from the one before."""
    story, step_min = stories[0], draw.choice((-8, -4, -2, 2, 4, 8))
    touched = []
    for number, on in enumerate(days, 1):
        for one in story.of(on, *GATEWAYS_OWN):
            shifting.claim(one, 60 * step_min * number)
            _sure(one, draw)
            touched.append(one)
    return f"{step_min:+} min a day, {len(days)} days", touched


def _cabinets(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """The sample cabinet dates by a clock of its own, which somebody has set."""
    by_min = draw.choice((-240, -90, -30, 30, 90))
    touched = [one for on in days for one in stories[0].of(on, "sample-retained")]
    for one in touched:
        shifting.claim(one, 60 * by_min)
    return f"{by_min:+} min, {len(days)} days", touched


def _sure(said: Said, draw: random.Random) -> None:
    """It believes that it is right."""
    if "clock_state" in said.payload:
        said.payload.update(clock_state="synchronised", clock_offset_ms=draw.randint(-30, 30))


def _series(story: Story, days: Sequence[date], kind: str) -> list[list[Said]]:
    """A logger's batches of days on end, by day; none if some are missing."""
    by_day = [logged(story, on, kind) for on in days]
    return by_day if all(by_day) and (days[-1] - days[0]).days < len(days) else []


def _changing(
    change: Callable[[list[list[Said]], int, random.Random], list[Said] | None],
) -> Callable[..., Told | None]:
    """Limits are changed in batches of days on end, and what would have sounded does not."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, kind = stories[0], draw.choice(("cabinet", "store"))
        by_day = _series(story, days, kind)
        beyond_mC = draw.choice((800, 2_000, 4_000))
        touched = change(by_day, beyond_mC, draw) if by_day else None
        if touched is None:
            return None
        change_settings(story, kind, days, touched)
        return f"{beyond_mC / 1000:.1f} °C beyond", touched

    return lie


def _one_night(by_day: list[list[Said]], beyond_mC: int, draw: random.Random) -> list[Said] | None:
    """From the evening to the morning; in the second half of the night it is warm."""
    evening, night = by_day[0][-1], by_day[1][0]
    limit = night.payload["alarm_high_mC"]
    warm_up(night, limit + beyond_mC, draw)
    for batch in (evening, night):
        batch.payload["alarm_high_mC"] = limit + beyond_mC + 1_000
    return [evening, night]


def _lowered_first(
    by_day: list[list[Said]], beyond_mC: int, draw: random.Random
) -> list[Said] | None:
    """A stricter limit for a day, so that raising it looks like putting it back."""
    strict, loose = by_day[0], by_day[1][: draw.randint(2, 4)]
    limit = strict[0].payload["alarm_high_mC"]
    most = max(value for one in strict for value in one.payload["mC_readings"] if value is not None)
    stricter = max(limit - 2_000, -(-(most + _ROOM_mC) // 500) * 500)
    if stricter >= limit:
        return None
    warm_up(loose[-1], limit + beyond_mC, draw)
    for batch in strict:
        batch.payload["alarm_high_mC"] = stricter
    for batch in loose:
        batch.payload["alarm_high_mC"] = limit + beyond_mC + 1_000
    return [*strict, *loose]


def _above_each(by_day: list[list[Said]], beyond_mC: int, draw: random.Random) -> list[Said] | None:
    """Every day one warm batch, with a limit just above it and for that long alone."""
    touched = []
    for batches in by_day:
        batch = draw.choice(batches[1:])
        peak = batch.payload["alarm_high_mC"] + beyond_mC + 100 * draw.randint(-3, 3)
        warm_up(batch, peak, draw)
        batch.payload["alarm_high_mC"] = peak + _ROOM_mC
        touched.append(batch)
    return touched


WAYS: Final = (
    Way(SILENT, "nothing from the scale after the first load", _second_load),
    Way(SILENT, "a thermometer unplugged for some hours", _unplugged, (1, 3)),
    Way(SILENT, "nothing from the gateway over the weekend", _weekend),
    Way(CLOCK, "set back for an afternoon", _afternoon),
    Way(CLOCK, "more wrong every day", _creeping, (4, 5)),
    Way(CLOCK, "the sample cabinet's alone", _cabinets, (1, 3)),
    Way(LIMIT, "for one night", _changing(_one_night), (2,)),
    Way(LIMIT, "lowered before it was raised", _changing(_lowered_first), (2,)),
    Way(LIMIT, "just above each peak", _changing(_above_each), (3,)),
)
"""The second ways of devices."""
