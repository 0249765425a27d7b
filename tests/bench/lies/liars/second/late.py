"""Written down afterwards: on Sunday, a day late at the usual hour, behind an outage that never was."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from components.term.script import Said, Script, clock, later

from tests.bench.lies import shifting, silences
from tests.bench.lies.kitchen import DEVICES
from tests.bench.lies.liars.late import BURST, BY_HAND, type_in
from tests.bench.lies.silences import Silence
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

_DAY_S: Final = 86_400
_SETS: Final = (
    ("morning-check", "sample-retained"),
    ("sample-retained", "cooking-step", "waste-log"),
    ("morning-check", "weigh-in", "sample-retained", "cooking-step"),
)


def _claimed(story: Story, days: Sequence[date], draw: random.Random) -> list[Said]:
    """What is to come late, in the order in which it is said to have happened."""
    if any(cut.begin.date() in days for cut in story.kitchen.line.cuts):
        return []
    types = draw.choice(_SETS)
    found = [one for on in days for one in story.of(on, *types)]
    return sorted(found, key=lambda one: one.request["occurred_at"])


def _on_sunday(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Half a week on the Sunday evening that follows, at the pace of somebody who types."""
    touched = _claimed(stories[0], days, draw)
    if not touched or (days[-1] - days[0]).days >= len(days):
        return None
    sunday = days[-1] + timedelta(days=6 - days[-1].weekday())
    at = later(clock(sunday, 17), minutes=draw.uniform(0, 120))
    for one in touched:
        shifting.comes(one, at)
        at = later(at, seconds=draw.uniform(20, 70))
    return f"{len(touched)} records", touched


def _a_day_late(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Everything a day later, each at about the hour at which it should have come."""
    touched = _claimed(stories[0], days, draw)
    for one in touched:
        one.at_ms += round(1000 * (_DAY_S + draw.uniform(-1_200, 1_800)))
    return (f"{len(touched)} records", touched) if touched else None


def _behind_an_outage(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """The line is said to have been down all day; the refrigerators were heard over it."""
    story, on = stories[0], days[0]
    touched = _claimed(story, days, draw)
    if not touched:
        return None
    over = later(clock(on, 15), minutes=draw.uniform(0, 150))
    names = tuple(story.kitchen.device(kind) for kind in DEVICES)
    _tell(
        story,
        on,
        Silence(names, clock(on, 5), over, "network", "nothing-measured", later(over, minutes=8)),
    )
    at = later(over, seconds=30)
    for one in touched:
        shifting.comes(one, at)
        at = later(at, seconds=draw.uniform(2, 12))
    return f"{len(touched)} records", touched


def _tell(story: Story, on: date, silence: Silence) -> None:
    script = Script()
    silences.declare_failure(script, story.kitchen, on, silence, past=True)
    story.add(script.said)


def _typed(chosen: Callable[[list[Said]], list[Said]], *, told: bool) -> Callable[..., Told | None]:
    """Some weights of each day are typed in; an outage of the scale is told in the evening, or none."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, touched = stories[0], []
        for on in days:
            weighed = chosen(story.of(on, "weigh-in"))
            for one in weighed:
                type_in(story, one, draw)
            if told and weighed:
                evening = later(clock(on, 18), minutes=draw.uniform(0, 90))
                scale = (story.kitchen.device("scale"),)
                _tell(
                    story,
                    on,
                    Silence(
                        scale, clock(on, 6), clock(on, 10), "device-failure", "by-hand", evening
                    ),
                )
            touched += weighed
        return (f"{len(touched)} weights, {len(days)} days", touched) if touched else None

    return lie


def _of_meat(weighed: list[Said]) -> list[Said]:
    """What costs most."""
    return [one for one in weighed if one.payload["order"].endswith("M")]


def _of_last(weighed: list[Said]) -> list[Said]:
    """The last load of the day."""
    return [one for one in weighed if one.payload["order"] == weighed[-1].payload["order"]]


WAYS: Final = (
    Way(BURST, "half a week on Sunday evening", _on_sunday, (3,)),
    Way(BURST, "a day late, at the usual hours", _a_day_late, (1, 2)),
    Way(BURST, "behind an outage that never was", _behind_an_outage),
    Way(BY_HAND, "the meat, for days", _typed(_of_meat, told=False), (3, 5)),
    Way(BY_HAND, "the last load, and an outage told in the evening", _typed(_of_last, told=True)),
)
"""The second ways of writing things down afterwards."""
