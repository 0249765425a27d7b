"""What cannot have happened in that order: work before the check, goods weighed before they left, twice."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from components.term.script import Said

from tests.bench.lies import shifting
from tests.bench.lies.liars.weights import reweigh
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

KIND: Final = "timing"

_GAPS_MIN: Final = ((4, 15), (30, 90), (120, 240))
"""By how many minutes it is the wrong way round: hardly, clearly, by hours."""


def _gap_s(draw: random.Random) -> tuple[float, str]:
    least, most = draw.choice(_GAPS_MIN)
    return 60 * draw.uniform(least, most), f"{least}-{most} min"


def _check_of(story: Story, on: date, person: str) -> Said | None:
    """Somebody's check, if there was exactly one."""
    found = [one for one in story.of(on, "morning-check") if one.payload["staff"] == person]
    return found[0] if len(found) == 1 else None


def _checked_after(kind: str, who: str, when: str) -> Callable[..., Told | None]:
    """The check is made when the work has long begun."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        story, on = stories[0], days[0]
        work = draw.choice(story.of(on, kind))
        check = _check_of(story, on, work.payload[who])
        if check is None:
            return None
        gap_s, strength = _gap_s(draw)
        begun = work.payload.get(when, work.request["occurred_at"])
        shifting.move(check, shifting.seconds(check.payload["checked_at"], begun) + gap_s)
        late = check.payload["checked_at"]
        same = [
            one
            for one in story.of(on, kind)
            if one.payload[who] == check.payload["staff"]
            and one.payload.get(when, one.request["occurred_at"]) < late
        ]
        return strength, [check, *same]

    return lie


def _worked_before(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """A step of cooking that is said to have begun before the cook was checked."""
    story, on = stories[0], days[0]
    step = draw.choice(story.of(on, "cooking-step"))
    check = _check_of(story, on, step.payload["cooked_by"])
    if check is None:
        return None
    gap_s, strength = _gap_s(draw)
    back = shifting.seconds(check.payload["checked_at"], step.payload["started_at"]) + gap_s
    shifting.claim(step, -back)
    return strength, [check, step]


def deliveries(story: Story, on: date) -> list[tuple[Said, list[Said]]]:
    """Dispatches of a day, each with its weigh-ins."""
    return [
        (one, weighed)
        for one in story.of(on, "dispatch")
        if (
            weighed := [
                said
                for said in story.of(on, "weigh-in")
                if said.payload["order"] == one.payload["order"]
            ]
        )
    ]


def _sent_after(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """The delivery note says that the goods left when they had been weighed already."""
    found = deliveries(stories[0], days[0])
    if not found:
        return None
    dispatch, weighed = draw.choice(found)
    gap_s, strength = _gap_s(draw)
    last = max(one.request["occurred_at"] for one in weighed)
    shifting.move(dispatch, shifting.seconds(dispatch.request["occurred_at"], last) + gap_s)
    return strength, [dispatch, *weighed]


def _weighed_before(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """Weights that are in the log before the goods leave: the evening before, or at night."""
    found = deliveries(stories[0], days[0])
    if not found:
        return None
    dispatch, weighed = draw.choice(found)
    hours = draw.uniform(3, 12)
    first = min(one.request["occurred_at"] for one in weighed)
    back = shifting.seconds(dispatch.request["occurred_at"], first) + 3600 * hours
    for one in weighed:
        shifting.move(one, -back)
    return "3-12 h", [dispatch, *weighed]


def _twice(*, by_note: bool) -> Callable[..., Told | None]:
    """One load shown on two schools' scales, with its own note or with another one."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        one, other = stories
        pairs = [
            (mine, theirs)
            for mine in deliveries(one, days[0])
            for theirs in deliveries(other, days[0])
            if mine[0].payload["supplier"] == theirs[0].payload["supplier"]
            and (by_note or min(len(mine[1]), len(theirs[1])) > 1)
        ]
        if not pairs:
            return None
        (dispatch, weighed), (own, shown) = draw.choice(pairs)
        after_s = 60 * draw.uniform(18, 70)
        begun = max(said.request["occurred_at"] for said in weighed)
        first = min(said.request["occurred_at"] for said in shown)
        move_s = shifting.seconds(first, begun) + after_s
        story, on = other, days[0]
        for said, model in zip(shown, weighed, strict=False):
            division = said.payload["division_mg"] // 1000
            net = round(model.payload["net_g"] / division) * division
            reweigh(story, on, said, net + draw.choice((0, 0, division, -division)))
            said.payload.update({name: model.payload[name] for name in ("item_code", "lot_no")})
            shifting.move(said, move_s)
        story.remove(shown[len(weighed) :])
        if by_note:
            for said in (*weighed, *shown):
                _link(said, dispatch)
        _follow(story, on, own, move_s)
        shown = shown[: len(weighed)]
        return f"{len(shown)} weights, {after_s / 60:.0f} min later", [*weighed, *shown]

    return lie


def _link(said: Said, dispatch: Said) -> None:
    links: list[dict[str, Any]] = said.request["links"]
    links[:] = [link for link in links if "id" not in link]
    links.append({"rel": "fulfils", "id": dispatch.id})


def _follow(story: Story, on: date, dispatch: Said, by_s: float) -> None:
    """Who takes the second load in does so after it was weighed."""
    gone = {one.id for one in story.of(on, "weigh-in")}
    for one in story.of(on, "acceptance"):
        if one.payload["order"] == dispatch.payload["order"]:
            links = one.request["links"]
            links[:] = [link for link in links if link.get("id") in gone]
            shifting.move(one, by_s)


WAYS: Final = (
    Way(KIND, "checked when cooking had begun", _checked_after("cooking-step", "cooked_by", "started_at")),
    Way(KIND, "checked when samples had been kept", _checked_after("sample-retained", "retained_by", "-")),
    Way(KIND, "cooking dated before the check", _worked_before),
    Way(KIND, "sent off after it was weighed", _sent_after),
    Way(KIND, "weighed hours before it was sent off", _weighed_before),
    Way(KIND, "weighed in two schools, by one note", _twice(by_note=True), schools=2),
    Way(KIND, "weighed in two schools, by its weights", _twice(by_note=False), schools=2),
)  # fmt: skip
"""The ways of getting the order of things wrong."""
