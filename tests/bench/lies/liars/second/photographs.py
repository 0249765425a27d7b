"""Photos used where nobody looks for them: in another role, after weeks, from another school, mirrored."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from typing import Final

from components.term.script import Said

from tests.bench.lies import photos
from tests.bench.lies.liars.photographs import LIKE, SAME, Copy, blob, take
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

_LATELY: Final = (1, 6)
_WEEKS_AGO: Final = (9, 20)
"""Serving days back."""

Pairs = list[tuple[Said, Said]]
"""Records, each with the one whose picture it shows."""


def _day_back(story: Story, on: date, back: tuple[int, int], draw: random.Random) -> date | None:
    """A serving day of so many before."""
    place = story.serving.index(on)
    least, most = back
    if place < least:
        return None
    return story.serving[place - draw.randint(least, min(most, place))]


def _pairs(now: Sequence[Said], then: Sequence[Said], share: float, draw: random.Random) -> Pairs:
    """A share of weigh-ins, each with an earlier one: of the same good where there is one."""
    left, found = list(then), Pairs()
    for said in draw.sample(now, min(len(then), max(1, round(share * len(now))))):
        alike = [one for one in left if one.payload["item_code"] == said.payload["item_code"]]
        source = draw.choice(alike or left)
        left.remove(source)
        found.append((said, source))
    return found


def _earlier(
    stories: Sequence[Story],
    on: date,
    back: tuple[int, int],
    share: float,
    draw: random.Random,
) -> Pairs:
    """Weigh-ins of the first school, with earlier ones of the last: of itself, if it is alone."""
    then = _day_back(stories[-1], on, back, draw)
    now = stories[0].of(on, "weigh-in")
    if then is None or not now:
        return []
    return _pairs(now, stories[-1].of(then, "weigh-in"), share, draw)


def _accepted(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Acceptances show what the scale's camera took; nobody was there to be photographed."""
    story, on = stories[0], days[0]
    touched = []
    for acceptance in story.of(on, "acceptance"):
        order = acceptance.payload["order"]
        weighed = [one for one in story.of(on, "weigh-in") if one.payload["order"] == order]
        if weighed:
            take(acceptance, draw.choice(weighed), "photo")
            touched.append(acceptance)
    return (f"{len(touched)} acceptances", touched) if touched else None


def _one_side(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """The palm of a hand is shown as its back as well."""
    checks = stories[0].of(days[0], "morning-check")
    touched = checks if draw.random() < 0.5 else draw.sample(checks, -(-len(checks) // 2))
    for check in touched:
        take(check, check, "back", "palm")
    return f"{len(touched)} checks", touched


def _borrowed(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Files that another school posted days ago; the driver brought them."""
    found = _earlier(stories, days[0], _LATELY, 0.5, draw)
    for said, source in found:
        take(said, source, "photo")
    return (f"{len(found)} photos", [said for said, _ in found]) if found else None


def _waste(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """The bin of weeks ago."""
    story, touched = stories[0], []
    for on in days:
        then = _day_back(story, on, _WEEKS_AGO, draw)
        if then is None:
            return None
        for said, source in zip(
            story.of(on, "waste-log"), story.of(then, "waste-log"), strict=True
        ):
            take(said, source, "photo")
            touched.append(said)
    return f"{len(touched)} photos", touched


def _altered(copy: Copy, back: tuple[int, int], share: float) -> Callable[..., Told | None]:
    """Weigh-ins with an earlier picture that was made another file."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        bits, touched = [], []
        for said, source in _earlier(stories, days[0], back, share, draw):
            shown = int(source.payload["photo_phash"], 16)
            changed = copy(shown, draw)
            said.payload["photo_phash"] = photos.in_hex(changed)
            blob(said, "photo").update(sha256=sha256(f"{said.id} altered".encode()).hexdigest())
            bits.append(photos.apart(shown, changed))
            touched.append(said)
        return (f"{len(touched)} photos, {min(bits)}-{max(bits)} bits", touched) if bits else None

    return lie


WAYS: Final = (
    Way(SAME, "acceptances with the scale's photo", _accepted),
    Way(SAME, "the palm as the back of the hand", _one_side),
    Way(SAME, "weigh-ins with another school's photos", _borrowed, schools=2),
    Way(SAME, "waste with a photo of weeks ago", _waste, (1, 3)),
    Way(LIKE, "photos of weeks ago, made brighter", _altered(photos.brightened, _WEEKS_AGO, 0.5)),
    Way(LIKE, "photos mirrored", _altered(photos.mirrored, _LATELY, 0.5)),
    Way(
        LIKE,
        "another school's photos, stored again",
        _altered(photos.stored_again, _LATELY, 0.5),
        schools=2,
    ),
)
"""The second ways of using a photo twice."""
