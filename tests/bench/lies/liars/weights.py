"""Weights that no scale showed: what was ordered, round figures, yesterday's, one for everything."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from components.term.script import Said

from tests.bench.lies.receiving import frame
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

ROUND: Final = "weights too round"
REPEATED: Final = "weights repeated"

Nets = Callable[[Story, date, date, list[Said], random.Random], list[int | None]]
"""From when on somebody lies, a day, its weigh-ins: what they come to instead; None: as it was."""


def reweigh(story: Story, on: date, said: Said, net_g: int) -> None:
    """Another net weight, and with it gross, display, frame and acceptance."""
    payload, change = said.payload, net_g - said.payload["net_g"]
    payload.update(net_g=net_g, gross_g=net_g + payload["tare_g"])
    if "raw_frame" in payload:
        payload["raw_frame"] = frame(net_g)
    if payload.get("display_ocr_g") is not None:
        payload["display_ocr_g"] = net_g
    for acceptance in story.of(on, "acceptance"):
        if acceptance.payload["order"] == payload["order"]:
            for line in acceptance.payload["lines"]:
                if line["order_line_no"] == payload["order_line_no"]:
                    line["net_g"] = max(0, line["net_g"] + change)
                    if line["unit"] == "g":
                        line["accepted_quantity"] = max(0, line["accepted_quantity"] + change)


def telling(nets: Nets, least: int) -> Callable[..., Told | None]:
    """Changes all days, at least so many weigh-ins; those that happen to stay as they are lie too."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, found = stories[0], []
        for on in days:
            said = story.of(on, "weigh-in")
            wanted = nets(story, days[0], on, said, draw)
            found += [
                (on, one, net) for one, net in zip(said, wanted, strict=True) if net is not None
            ]
        if len(found) < least:
            return None
        for on, one, net in found:
            reweigh(story, on, one, net)
        return f"{len(days)} days, {len(found)} weights", [one for _, one, _ in found]

    return lie


def _ordered(
    story: Story, _: date, on: date, said: list[Said], __: random.Random
) -> list[int | None]:
    """Exactly what was ordered, where it was ordered by weight and put on the scale at once."""
    ordered = {
        (order.id, line["line_no"]): line
        for order in story.of(on, "order")
        for line in order.payload["lines"]
    }
    orders = {
        f"order:{story.kitchen.digits}~{one.payload['order_no']}": one.id
        for one in story.of(on, "order")
    }
    parts = [(one.payload["order"], one.payload["order_line_no"]) for one in said]
    wanted: list[int | None] = []
    for order, line_no in parts:
        line = ordered[orders[order], line_no]
        once = parts.count((order, line_no)) == 1
        wanted.append(line["quantity"] if once and line["unit"] == "g" else None)
    return wanted


def _to(step_g: int, share: float) -> Nets:
    def nets(
        _: Story, __: date, ___: date, said: list[Said], draw: random.Random
    ) -> list[int | None]:
        return [
            max(step_g, round(one.payload["net_g"] / step_g) * step_g)
            if came_loose(one) and draw.random() < share
            else None
            for one in said
        ]

    return nets


def came_loose(said: Said) -> bool:
    """Whether it came in crates, which are taken off as tare."""
    return bool(said.payload["tare_g"] > 0)


def _last_time(
    story: Story, since: date, _: date, said: list[Said], __: random.Random
) -> list[int | None]:
    """Of each loose good what it weighed when it last really came, to the gram."""
    wanted: list[int | None] = []
    for one in said:
        last = None
        for day in reversed(story.serving[: story.serving.index(since)]):
            same = [
                earlier
                for earlier in story.of(day, "weigh-in")
                if earlier.payload["item_code"] == one.payload["item_code"] and came_loose(earlier)
            ]
            if same:
                last = same[0].payload["net_g"]
                break
        wanted.append(last if came_loose(one) else None)
    return wanted


def _one_weight(
    _: Story, __: date, ___: date, said: list[Said], draw: random.Random
) -> list[int | None]:
    """Everything loose weighs the same: the first weight, typed again."""
    loose = [one for one in said if came_loose(one)]
    if len(loose) < 3:
        return [None] * len(said)
    net = draw.choice(loose).payload["net_g"]
    return [net if came_loose(one) else None for one in said]


def _week_before(
    story: Story, _: date, on: date, said: list[Said], __: random.Random
) -> list[int | None]:
    """The whole list of a day of the week before, line by line, whatever came."""
    place = story.serving.index(on)
    if place < 5:
        return [None] * len(said)
    earlier = story.of(story.serving[place - 5], "weigh-in")
    nets = [one.payload["net_g"] for one in earlier]
    return [*nets[: len(said)], *[None] * (len(said) - len(nets))]


WAYS: Final = (
    Way(ROUND, "what was ordered, to the gram", telling(_ordered, 3), (1, 2, 5)),
    Way(ROUND, "all to 500 g", telling(_to(500, 1.0), 3), (1, 2, 5)),
    Way(ROUND, "half of them to 500 g", telling(_to(500, 0.5), 2), (1, 2, 5)),
    Way(ROUND, "all to whole kilograms", telling(_to(1_000, 1.0), 3), (1, 2, 5)),
    Way(REPEATED, "what the good weighed last time", telling(_last_time, 3), (1, 2, 4)),
    Way(REPEATED, "one weight for all that came loose", telling(_one_weight, 3), (1, 2)),
    Way(REPEATED, "the list of a day of the week before", telling(_week_before, 4), (1, 2)),
)
"""The ways of making weights up."""
