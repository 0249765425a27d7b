"""Who lies when: every way so many times, on days drawn by chance, one lie a school-day.

Lies are told in the order of days: what somebody copies from an earlier day stays as he copied it.
"""

import random
from collections.abc import Sequence
from datetime import date

from tests.bench.lies.story import Story
from tests.bench.lies.truth import Lie, Way, ids

_TRIES = 20
"""Ways that somebody thinks of before he stays honest that day."""

_SPARE = 5
"""Days at the end that are left for what found no room before."""

Wanted = tuple[Way, int]
"""A way, and for how many days on end."""

Taken = set[tuple[str, date]]
"""School-days with a lie."""


def lies(stories: Sequence[Story], ways: Sequence[Way], each: int, seed: int) -> list[Lie]:
    """Tell every way `each` times in these schools; what was told, in the order of days.

    Raises:
        ValueError: the schools have not enough days for so many lies.
    """
    draw = random.Random(f"{seed} plan")
    wanted = [(way, way.days[turn % len(way.days)]) for way in ways for turn in range(each)]
    draw.shuffle(wanted)
    taken: Taken = set()
    told: list[Lie] = []
    serving = sorted({on for story in stories for on in story.serving})
    for number, on in enumerate(serving):
        free = [
            story
            for story in stories
            if on in story.serving and (story.kitchen.party, on) not in taken
        ]
        draw.shuffle(free)
        for story in free:
            if (story.kitchen.party, on) in taken:
                continue
            if draw.random() < _chance(wanted, len(stories) * (len(serving) - number - _SPARE)):
                lie = _tell(story, stories, on, wanted, taken, draw)
                told += [lie] if lie else []
    if wanted:
        raise ValueError(f"no room for {len(wanted)} of the lies, {wanted[0][0].name} among them")
    return told


def _chance(wanted: Sequence[Wanted], left: int) -> float:
    """That a lie begins on a free day, if they are to be spread over so many that are left."""
    days = sum(way.schools * length for way, length in wanted)
    return len(wanted) / max(1, left - days + len(wanted))


def _tell(
    story: Story,
    stories: Sequence[Story],
    on: date,
    wanted: list[Wanted],
    taken: Taken,
    draw: random.Random,
) -> Lie | None:
    """One of the lies that are wanted, from that day on, if one of some can be told there."""
    place = story.serving.index(on)
    tries = draw.sample(range(len(wanted)), min(_TRIES, len(wanted)))
    # What takes more days finds room less easily, and goes first more often.
    tries[:3] = sorted(tries[:3], key=lambda number: -wanted[number][1])
    for number in tries:
        way, length = wanted[number]
        days = story.serving[place : place + length]
        if len(days) < length:
            continue
        others = [one for one in stories if one is not story] if way.schools > 1 else [story]
        for other in draw.sample(others, len(others)):
            chosen = [story, other][: way.schools]
            spots = {(one.kitchen.party, day) for one in chosen for day in days}
            open_then = all(day in one.serving for one in chosen for day in days)
            said = None if taken & spots or not open_then else way.lie(chosen, days, draw)
            if said is not None:
                taken |= spots
                del wanted[number]
                strength, records = said
                return Lie(
                    way.kind,
                    way.name,
                    strength,
                    tuple(one.kitchen.party for one in chosen),
                    tuple(str(day) for day in days),
                    ids(records),
                )
    return None
