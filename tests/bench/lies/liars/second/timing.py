"""What takes time and took none, and what was signed or kept before it was there."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Final

from tests.bench.lies import shifting
from tests.bench.lies.liars.timing import KIND, deliveries
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

_GAPS_MIN: Final = ((3, 10), (20, 60), (90, 200))
"""By how many minutes it is the wrong way round."""


def _gap_s(draw: random.Random) -> tuple[float, str]:
    least, most = draw.choice(_GAPS_MIN)
    return 60 * draw.uniform(least, most), f"{least}-{most} min"


def _for_another(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """Who is there is checked, and again two seconds later as a colleague who still sleeps."""
    checks = stories[0].of(days[0], "morning-check")
    staff = [check.payload["staff"] for check in checks]
    once = [check for check in checks if staff.count(check.payload["staff"]) == 1]
    if len(once) < 4:
        return None
    touched = []
    pairs = draw.randint(1, len(once) // 2)
    for present, absent in zip(once[: 2 * pairs : 2], once[1 : 2 * pairs : 2], strict=True):
        apart_s = shifting.seconds(present.payload["checked_at"], absent.payload["checked_at"])
        shifting.move(absent, draw.uniform(1.5, 3.5) - apart_s)
        touched += [present, absent]
    return f"{pairs} pairs", touched


def _in_seconds(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """A load that takes a quarter of an hour is on the scale within seconds, crate after crate."""
    found = [weighed for _, weighed in deliveries(stories[0], days[0]) if len(weighed) > 2]
    if not found:
        return None
    weighed = draw.choice(found)
    begun, after_s = weighed[0].request["occurred_at"], 0.0
    for one in weighed[1:]:
        after_s += draw.uniform(1.2, 3.0)
        shifting.move(one, after_s - shifting.seconds(begun, one.request["occurred_at"]))
    return f"{len(weighed)} weights in {after_s:.0f} s", weighed


def _signed_before(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """Two people have accepted it before the first crate stood on the scale."""
    story, on = stories[0], days[0]
    acceptance = draw.choice(story.of(on, "acceptance"))
    order = acceptance.payload["order"]
    weighed = [one for one in story.of(on, "weigh-in") if one.payload["order"] == order]
    if not weighed:
        return None
    gap_s, strength = _gap_s(draw)
    signed = max(one["confirmed_at"] for one in acceptance.payload["acceptors"])
    begun = min(one.request["occurred_at"] for one in weighed)
    shifting.move(acceptance, -shifting.seconds(begun, signed) - gap_s)
    return strength, [acceptance, *weighed]


def _kept_before(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """A sample is in the cabinet before its dish was on the stove."""
    story, on = stories[0], days[0]
    sample = draw.choice(story.of(on, "sample-retained"))
    cooked = [
        step
        for step in story.of(on, "cooking-step")
        if step.payload["dish_code"] == sample.payload["dish_code"]
    ]
    if not cooked:
        return None
    gap_s, strength = _gap_s(draw)
    begun = min(step.payload["started_at"] for step in cooked)
    shifting.move(sample, shifting.seconds(sample.request["occurred_at"], begun) - gap_s)
    return strength, [sample, *cooked]


WAYS: Final = (
    Way(KIND, "checked for one another", _for_another),
    Way(KIND, "a load weighed in seconds", _in_seconds),
    Way(KIND, "accepted before it was weighed", _signed_before),
    Way(KIND, "a sample kept before it was cooked", _kept_before),
)
"""The second ways of getting the order of things wrong."""
