"""Written down afterwards: a day's records in one go, and weights entered by hand."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from components.term.script import Said, Script, clock, later, moment

from ledger.evidence.receiving import READING
from tests.bench.lies import shifting
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

BURST: Final = "back-dated burst"
BY_HAND: Final = "entered by hand"

_SETS: Final = (
    ("morning-check",),
    ("sample-retained",),
    ("morning-check", "sample-retained", "cooking-step"),
    ("weigh-in", "sample-retained"),
)


def _burst(
    day: int, hour: float, apart_s: tuple[float, float], most: int = 1000
) -> Callable[..., Told | None]:
    """Records of all these days come one after the other, so many days after the last of them.

    Args:
        day: after the last of the days.
        hour: of that day.
        apart_s: seconds between two of them.
        most: how many at most.
    """

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story = stories[0]
        if any(cut.declared and cut.begin.date() in days for cut in story.kitchen.line.cuts):
            return None
        types = ("sample-retained",) if most < 10 else draw.choice(_SETS)
        touched = [one for on in days for one in story.of(on, *types)][:most]
        touched.sort(key=lambda one: one.request["occurred_at"])
        if len(touched) < 3:
            return None
        at = later(clock(days[-1] + timedelta(days=day), 0), hours=hour + draw.random())
        for one in touched:
            shifting.comes(one, at)
            at = at + timedelta(seconds=draw.uniform(*apart_s))
        return f"{len(touched)} records, {'+'.join(types)}", touched

    return lie


def _by_hand(*, share: float, declared: bool) -> Callable[..., Told | None]:
    """Weights typed in: some of a day's, or all, with an outage of the scale declared or without."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, on = stories[0], days[0]
        weighed = story.of(on, "weigh-in")
        if not weighed:
            return None
        touched = draw.sample(weighed, max(1, round(share * len(weighed))))
        for one in touched:
            type_in(story, one, draw)
        if declared:
            _declare(story, on)
        return f"{len(touched)} of {len(weighed)} weights", touched

    return lie


def type_in(story: Story, said: Said, draw: random.Random) -> None:
    """Somebody of those who accept types the weight of the display."""
    for name in READING:
        del said.payload[name]
    keeper = story.kitchen.person("storekeeper")
    said.payload.update(entry_mode="manual", accountable=keeper)
    said.request["issuer"] = story.kitchen.party
    said.at_ms += round(1000 * draw.uniform(40, 240))


def _declare(story: Story, on: date) -> None:
    kitchen, script = story.kitchen, Script()
    script.say(
        f"lies outage by hand {kitchen.digits} {on}",
        kitchen.party,
        "outage",
        {
            "outage_no": f"TYH{on:%m%d}",
            "school": kitchen.party,
            "canteen": kitchen.canteen,
            "devices": [kitchen.device("scale")],
            "cause": "device-failure",
            "planned": False,
            "from_at": moment(clock(on, 5, 20)),
            "until_at": moment(clock(on, 10)),
            "until_is": "expected",
            "late_types": ["weigh-in"],
            "meanwhile": "by-hand",
            "accountable": kitchen.person("storekeeper"),
        },
        clock(on, 5, 35),
        school=kitchen.party,
        day=on,
    )
    story.add(script.said)


WAYS: Final = (
    Way(BURST, "in the evening", _burst(0, 18.5, (3, 20)), (1,)),
    Way(BURST, "for days, on the last afternoon", _burst(0, 16.0, (3, 20)), (3, 5)),
    Way(BURST, "before work on the next day", _burst(1, 4.5, (3, 20)), (1, 2)),
    Way(BURST, "in the evening, minutes apart", _burst(0, 18.0, (120, 480)), (1,)),
    Way(BURST, "a few samples on the next day", _burst(1, 9.0, (5, 40), most=5), (1,)),
    Way(BY_HAND, "one weight", _by_hand(share=0.01, declared=False)),
    Way(BY_HAND, "all weights of a day", _by_hand(share=1.0, declared=False)),
    Way(BY_HAND, "while the scale was out of order", _by_hand(share=1.0, declared=True)),
)
"""The ways of writing things down afterwards."""
