"""Devices that are silent without a reason, clocks that are wrong, limits raised before an alarm."""

import math
import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from components.term.script import Said

from ledger import timestamp
from tests.bench.lies import shifting
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

SILENT: Final = "device silent"
CLOCK: Final = "clock wrong"
LIMIT: Final = "limit raised"

_BATCHES: Final = 4
GATEWAYS_OWN: Final = (
    "morning-check", "weigh-in", "sample-retained", "temperature-log", "temperature-alarm",
    "device-status",
)  # fmt: skip


def logged(story: Story, on: date, kind: str) -> list[Said]:
    """A logger's batches of a day, if there are all of them and no alarm."""
    device = story.kitchen.device(kind)
    found = [one for one in story.of(on, "temperature-log") if one.payload["cabinet"] == device]
    alarms = [one for one in story.of(on, "temperature-alarm") if one.payload["cabinet"] == device]
    return found if len(found) == _BATCHES and not alarms else []


def leave_out(story: Story, gone: Sequence[Said], *, forgotten: bool) -> None:
    """Batches that are not there; `forgotten`: the logger was off and counted nothing meanwhile."""
    story.remove(gone)
    if forgotten:
        device, last = gone[-1].payload["cabinet"], gone[-1].payload["last_read_at"]
        later = [
            one
            for kind, name, time in (
                ("temperature-log", "cabinet", "first_read_at"),
                ("device-status", "device", "observed_at"),
            )
            for one in story.since(story.serving[0], kind)
            if one.payload[name] == device and one.payload[time] > last
        ]
        shifting.renumber(later, sum(len(one.payload["mC_readings"]) for one in gone))


def _logger(*, forgotten: bool) -> Callable[..., Told | None]:
    """A thermometer that says nothing for hours, or for days."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story = stories[0]
        kind = draw.choice(("cabinet", "store"))
        by_day = [logged(story, on, kind) for on in days]
        if not all(by_day) or (days[-1] - days[0]).days >= len(days):
            return None
        batches = [one for day in by_day for one in day]
        if len(days) == 1:
            count = draw.randint(1, 3)
            first = draw.randint(0, len(batches) - count)
            batches = batches[first : first + count]
        else:
            device = story.kitchen.device(kind)
            for on in days:
                said = story.of(on, "device-status")
                story.remove([one for one in said if one.payload["device"] == device])
        leave_out(story, batches, forgotten=forgotten)
        return f"{6 * len(batches)} h", []

    return lie


def _without(types: Sequence[str], device: str) -> Callable[..., Told | None]:
    """A device that says nothing on a day of work, although the work was done."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, on = stories[0], days[0]
        name = story.kitchen.device(device)
        gone = story.of(on, *types)
        if not gone:
            return None
        draw.random()
        story.remove(gone)
        story.remove(
            [one for one in story.of(on, "device-status") if one.payload["device"] == name]
        )
        unlink(story, on, gone)
        return f"{len(gone)} records", []

    return lie


def _gateway(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Nothing at all from the gateway, all day, while the school goes on cooking and serving."""
    story, on = stories[0], days[0]
    both = [logged(story, on, kind) for kind in ("cabinet", "store")]
    if not all(both):
        return None
    draw.random()
    for batches in both:
        leave_out(story, batches, forgotten=True)
    gone = story.of(on, *GATEWAYS_OWN)
    story.remove(gone)
    unlink(story, on, gone)
    return f"{len(gone)} records", []


def unlink(story: Story, on: date, gone: Sequence[Said]) -> None:
    """Nobody names records that are not there."""
    ids = {one.id for one in gone}
    for one in story.of(on, "acceptance", "rejection"):
        links = one.request["links"]
        links[:] = [link for link in links if link.get("id") not in ids]
    for one in story.since(on, "sample-disposed"):
        if any(link.get("id") in ids for link in one.request["links"]):
            story.remove([one])


def _blind(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Hours of readings that are null, and no word about a broken probe."""
    story = stories[0]
    batches = logged(story, days[0], draw.choice(("cabinet", "store")))
    if not batches:
        return None
    batch = draw.choice(batches)
    readings = batch.payload["mC_readings"]
    hours = draw.choice((2, 4, 6))
    count = hours * 3600 // batch.payload["interval_s"]
    first = draw.randint(0, len(readings) - count)
    batch.payload["mC_readings"] = [
        None if first <= place < first + count else value for place, value in enumerate(readings)
    ]
    return f"{hours} h", [batch]


_SKEWS_MIN: Final = (4, 20, 120)


def _skewed(sign: int, *, tells: bool) -> Callable[..., Told | None]:
    """The gateway's clock is wrong all day; it says so itself, or does not."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, by_min = stories[0], draw.choice(_SKEWS_MIN)
        way = sign or draw.choice((-1, 1))
        touched = [one for on in days for one in story.of(on, *GATEWAYS_OWN)]
        for one in touched:
            shifting.claim(one, 60 * way * by_min)
            if "clock_state" in one.payload:
                one.payload.update(
                    clock_state="unsynchronised" if tells else "synchronised",
                    clock_offset_ms=60_000 * way * by_min if tells else draw.randint(-30, 30),
                )
        return f"{by_min} min, {len(days)} days", touched

    return lie


def _set_back(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Between two weights the scale's clock is set back: it counts on, and time does not."""
    weighed = stories[0].of(days[0], "weigh-in")
    if len(weighed) < 4:
        return None
    by_min = draw.choice((30, 120))
    after = weighed[draw.randint(1, len(weighed) - 2) :]
    for one in after:
        shifting.claim(one, -60 * by_min)
    return f"{by_min} min", after


def _camera(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """The photos were taken at another time than the weights."""
    hours = draw.choice((0.5, 3, 24))
    touched = stories[0].of(days[0], "weigh-in")
    for one in touched:
        taken = timestamp.parse(one.payload["photo_taken_at"]) - round(3_600_000 * hours)
        one.payload["photo_taken_at"] = timestamp.format(taken)
    return (f"{hours} h", touched) if touched else None


def warm_up(batch: Said, peak_mC: int, draw: random.Random) -> None:
    """An hour or some in which it is as warm as that, or as cold where it is below the rest."""
    readings = batch.payload["mC_readings"]
    step_s = batch.payload["interval_s"]
    count = round(draw.uniform(1.5, 4.5) * 3600 / step_s)
    first = draw.randint(0, len(readings) - count)
    for place in range(first, first + count):
        usual = readings[place] if readings[place] is not None else 4_000
        share = math.sin(math.pi * (place - first + 0.5) / count) ** 0.7
        readings[place] = round((usual + (peak_mC - usual) * share) / 100) * 100


def _limits(ahead: Sequence[tuple[int, int]], *, low: bool = False) -> Callable[..., Told | None]:
    """Limits are changed in batches before the one in which they would have been passed.

    Args:
        ahead: of each batch from the first changed one on: how many batches before the warm one,
            and by which share of the way the limit is changed, in percent.
        low: whether it becomes too cold, and the lower limit is changed.
    """

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, kind = stories[0], draw.choice(("cabinet", "store"))
        by_day = [logged(story, on, kind) for on in days]
        if not all(by_day) or (days[-1] - days[0]).days >= len(days):
            return None
        batches = [one for day in by_day for one in day]
        place = len(batches) - draw.randint(1, 3)
        warm = batches[place]
        beyond = draw.choice((1_000, 2_500, 4_500))
        name = "alarm_low_mC" if low else "alarm_high_mC"
        sign, limit = (-1 if low else 1), warm.payload[name]
        if place < max(before for before, _ in ahead):
            return None
        warm_up(warm, limit + sign * beyond, draw)
        touched = [warm]
        for number, batch in enumerate(batches):
            shares = [share for before, share in ahead if place - before <= number <= place]
            if shares:
                change = sign * round((beyond + 1_000) * max(shares) / 100 / 100) * 100
                batch.payload[name] = limit + change
                touched.append(batch)
        change_settings(story, kind, days, touched)
        return f"{beyond / 1000:.1f} °C beyond", list({one.id: one for one in touched}.values())

    return lie


def change_settings(story: Story, kind: str, days: Sequence[date], touched: Sequence[Said]) -> None:
    """What the device says of its settings in the morning, if they were changed before."""
    device = story.kitchen.device(kind)
    changed: list[dict[str, Any]] = [one.payload for one in touched]
    for on in days:
        for one in story.of(on, "device-status"):
            at = one.payload["observed_at"]
            if one.payload["device"] == device and any(
                payload["first_read_at"] < at < payload["last_read_at"] for payload in changed
            ):
                settings = one.payload["config_sha256"]
                one.payload["config_sha256"] = settings[::-1]


WAYS: Final = (
    Way(SILENT, "batches of temperatures left out", _logger(forgotten=False), (1, 2)),
    Way(SILENT, "a thermometer switched off", _logger(forgotten=True), (1, 2)),
    Way(SILENT, "nothing from the scale", _without(("weigh-in",), "scale")),
    Way(SILENT, "nothing from the checker", _without(("morning-check",), "checker")),
    Way(SILENT, "nothing from the gateway", _gateway),
    Way(SILENT, "hours of null", _blind),
    Way(CLOCK, "ahead, and silent about it", _skewed(1, tells=False), (1, 3)),
    Way(CLOCK, "behind, and silent about it", _skewed(-1, tells=False), (1, 3)),
    Way(CLOCK, "wrong, and says so", _skewed(0, tells=True), (1, 3)),
    Way(CLOCK, "set back between two weights", _set_back),
    Way(CLOCK, "photos taken at another time", _camera),
    Way(LIMIT, "in the very batch", _limits([(0, 100)])),
    Way(LIMIT, "one batch before", _limits([(1, 100)])),
    Way(LIMIT, "a day before", _limits([(4, 100)]), (2,)),
    Way(LIMIT, "in steps over days", _limits([(8, 35), (4, 70), (0, 100)]), (3,)),
    Way(LIMIT, "the lower one, before it froze", _limits([(1, 100)], low=True)),
)
"""The ways of devices."""
