"""Weights that were written down from some other paper, or copied with a little dust on them."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Final

from components.term.script import Said

from tests.bench.lies.liars.weights import REPEATED, ROUND, came_loose, reweigh, telling
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

_GROSS_g: Final = 500
_FINE_g: Final = 100
_FINEST_mg: Final = 10_000
"""The coarsest scale on which a hundred grams are round."""


def _division_g(said: Said) -> int:
    return int(said.payload["division_mg"]) // 1000


def _gross(
    _: Story, __: date, ___: date, said: list[Said], ____: random.Random
) -> list[int | None]:
    """What stands on the scale with its crates is read as half kilos; the tare is taken off."""
    return [
        max(_GROSS_g, round(one.payload["gross_g"] / _GROSS_g) * _GROSS_g) - one.payload["tare_g"]
        if came_loose(one)
        else None
        for one in said
    ]


def _noted(
    story: Story, _: date, on: date, said: list[Said], __: random.Random
) -> list[int | None]:
    """What the delivery note says, over all that was put on the scale of a line."""
    sent = {
        (note.payload["order"], line["line_no"]): line
        for note in story.of(on, "dispatch")
        for line in note.payload["lines"]
    }
    lines = [(one.payload["order"], one.payload["order_line_no"]) for one in said]
    left = {place: line["quantity"] for place, line in sent.items() if line["unit"] == "g"}
    wanted: list[int | None] = []
    for number, (one, line) in enumerate(zip(said, lines, strict=True)):
        if line not in left:
            wanted.append(None)
        elif line in lines[number + 1 :]:
            part = min(left[line], round(one.payload["net_g"] / _FINE_g) * _FINE_g)
            left[line] -= part
            wanted.append(part)
        else:
            wanted.append(left[line])
    return wanted


def _hundreds(
    _: Story, __: date, ___: date, said: list[Said], ____: random.Random
) -> list[int | None]:
    """All to a hundred grams, on a scale that shows ten or less."""
    return [
        max(_FINE_g, round(one.payload["net_g"] / _FINE_g) * _FINE_g)
        if came_loose(one) and one.payload["division_mg"] <= _FINEST_mg
        else None
        for one in said
    ]


def _dusted(
    story: Story, since: date, _: date, said: list[Said], draw: random.Random
) -> list[int | None]:
    """What the good weighed when it last really came, some divisions more or less."""
    earlier = [
        one
        for day in story.serving[: story.serving.index(since)]
        for one in story.of(day, "weigh-in")
        if came_loose(one)
    ]
    last = {one.payload["item_code"]: one.payload["net_g"] for one in earlier}
    return [
        last[one.payload["item_code"]] + draw.randint(-2, 2) * _division_g(one)
        if came_loose(one) and one.payload["item_code"] in last
        else None
        for one in said
    ]


def _in_turn(
    _: Story, __: date, ___: date, said: list[Said], draw: random.Random
) -> list[int | None]:
    """Two weights, one after the other, for all that came loose."""
    loose = [one for one in said if came_loose(one)]
    if len(loose) < 4:
        return [None] * len(said)
    pair = [one.payload["net_g"] for one in draw.sample(loose, 2)]
    place = {one.id: number for number, one in enumerate(loose)}
    return [pair[place[one.id] % 2] if one.id in place else None for one in said]


def _twin(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Another school's list of that day, line after line, as far as one's own scale shows it."""
    story, other = stories
    found = []
    for on in days:
        mine = [one for one in story.of(on, "weigh-in") if came_loose(one)]
        theirs = [one for one in other.of(on, "weigh-in") if came_loose(one)]
        found += [(on, one, model) for one, model in zip(mine, theirs, strict=False)]
    if len(found) < 4:
        return None
    draw.random()
    for on, one, model in found:
        division = _division_g(one)
        reweigh(story, on, one, round(model.payload["net_g"] / division) * division)
    return f"{len(days)} days, {len(found)} weights", [one for _, one, _ in found]


WAYS: Final = (
    Way(ROUND, "gross weights to 500 g", telling(_gross, 3), (1, 2, 5)),
    Way(ROUND, "what the delivery note says", telling(_noted, 3), (1, 2, 5)),
    Way(ROUND, "all to 100 g, on a fine scale", telling(_hundreds, 3), (2, 5)),
    Way(REPEATED, "about what the good weighed last time", telling(_dusted, 3), (1, 2, 4)),
    Way(REPEATED, "two weights in turn", telling(_in_turn, 4), (1, 2)),
    Way(REPEATED, "another school's list", _twin, (1, 2), schools=2),
)
"""The second ways of making weights up."""
