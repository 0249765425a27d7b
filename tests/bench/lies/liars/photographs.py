"""Photos used twice: the same file, or one that was stored again or cropped so that it is another file."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final

from components.term.script import Said

from tests.bench.lies import photos
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Told, Way

SAME: Final = "photo, same file"
LIKE: Final = "photo, altered copy"

Copy = Callable[[int, random.Random], int]


def blob(said: Said, role: str) -> dict[str, Any]:
    """What a record says of one of its files."""
    found: dict[str, Any] = next(one for one in said.request["blobs"] if one["role"] == role)
    return found


def take(said: Said, source: Said, role: str, source_role: str = "") -> None:
    """The same file once more."""
    own, other = blob(said, role), blob(source, source_role or role)
    own.update(sha256=other["sha256"], size=other["size"])
    if "photo_phash" in said.payload and "photo_phash" in source.payload:
        said.payload["photo_phash"] = source.payload["photo_phash"]


def _earlier(story: Story, on: date, kind: str, draw: random.Random, most: int = 8) -> list[Said]:
    """Records of one type of one of the serving days before, `most` days back at most."""
    place = story.serving.index(on)
    if not place:
        return []
    return story.of(story.serving[place - draw.randint(1, min(most, place))], kind)


def _weigh_in(share: float) -> Callable[..., Told | None]:
    """Weigh-ins with the picture of an earlier day, of the same good where there is one."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        found = _pairs(stories[0], days[0], share, draw)
        for said, source in found:
            take(said, source, "photo")
        return (f"{len(found)} photos", [said for said, _ in found]) if found else None

    return lie


def _pairs(story: Story, on: date, share: float, draw: random.Random) -> list[tuple[Said, Said]]:
    """Weigh-ins of a day, each with another one of an earlier day."""
    now, earlier = story.of(on, "weigh-in"), _earlier(story, on, "weigh-in", draw)
    if not now or not earlier:
        return []
    chosen = draw.sample(now, max(1, min(len(earlier), round(share * len(now)))))
    left, found = list(earlier), []
    for said in chosen:
        alike = [one for one in left if one.payload["item_code"] == said.payload["item_code"]]
        source = draw.choice(alike or left)
        left.remove(source)
        found.append((said, source))
    return found


def _one_for_all(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """One picture for all that came that day; the first of them shows it rightly."""
    now = stories[0].of(days[0], "weigh-in")
    if len(now) < 3:
        return None
    for said in now[1:]:
        take(said, now[0], "photo")
    draw.random()
    return f"{len(now)} photos", now


def _faces(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """Faces, palms or backs of hands out of an earlier day's checks, each person's own."""
    story, touched = stories[0], []
    roles = draw.choice((("face",), ("palm", "back"), ("face", "palm", "back")))
    earlier = {one.payload["staff"]: one for one in _earlier(story, days[0], "morning-check", draw)}
    for check in story.of(days[0], "morning-check"):
        source = earlier.get(check.payload["staff"])
        if source is not None:
            for role in roles:
                take(check, source, role)
            touched.append(check)
    return (f"{len(touched)} checks, {'+'.join(roles)}", touched) if touched else None


def _one_palm(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
    """One pair of hands for everybody."""
    checks = stories[0].of(days[0], "morning-check")
    if len(checks) < 3:
        return None
    for check in checks[1:]:
        take(check, checks[0], "palm")
        take(check, checks[0], "back")
    draw.random()
    return f"{len(checks)} checks", checks


def _another_meal(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """A sample with the picture of another meal's."""
    now = stories[0].of(days[0], "sample-retained")
    earlier = _earlier(stories[0], days[0], "sample-retained", draw)
    if not earlier:
        return None
    touched = draw.sample(now, draw.randint(1, len(now)))
    for said, source in zip(touched, draw.sample(earlier, len(earlier)), strict=False):
        take(said, source, "photo")
    touched = touched[: len(earlier)]
    return f"{len(touched)} photos", touched


def _cooked_again(
    stories: Sequence[Story], days: Sequence[date], draw: random.Random
) -> Told | None:
    """Steps of cooking with the picture of an acceptance, a weigh-in or a step of another day."""
    story = stories[0]
    kind = draw.choice(("cooking-step", "acceptance", "weigh-in"))
    earlier = _earlier(story, days[0], kind, draw)
    if not earlier:
        return None
    said = draw.choice(story.of(days[0], "cooking-step"))
    take(said, draw.choice(earlier), "photo")
    return f"1 photo of a {kind}", [said]


def _altered(copy: Copy, share: float) -> Callable[..., Told | None]:
    """Weigh-ins with an earlier picture that was made another file."""

    def lie(stories: Sequence[Story], days: Sequence[date], draw: random.Random) -> Told | None:
        bits, touched = [], []
        for said, source in _pairs(stories[0], days[0], share, draw):
            shown = int(source.payload["photo_phash"], 16)
            changed = copy(shown, draw)
            said.payload["photo_phash"] = photos.in_hex(changed)
            digest = sha256(f"{said.id} altered".encode()).hexdigest()
            blob(said, "photo").update(sha256=digest)
            bits.append(photos.apart(shown, changed))
            touched.append(said)
        return (f"{len(touched)} photos, {min(bits)}-{max(bits)} bits", touched) if bits else None

    return lie


WAYS: Final = (
    Way(SAME, "one weigh-in with an earlier photo", _weigh_in(0.01)),
    Way(SAME, "most weigh-ins with earlier photos", _weigh_in(0.7)),
    Way(SAME, "one photo for all weigh-ins of a day", _one_for_all),
    Way(SAME, "faces or hands of an earlier day", _faces),
    Way(SAME, "one pair of hands for everybody", _one_palm),
    Way(SAME, "samples with another meal's photo", _another_meal),
    Way(SAME, "a cooking step with some earlier photo", _cooked_again),
    Way(LIKE, "one photo stored again", _altered(photos.stored_again, 0.01)),
    Way(LIKE, "most photos of a day stored again", _altered(photos.stored_again, 0.7)),
    Way(LIKE, "one photo cropped", _altered(photos.cropped, 0.01)),
    Way(LIKE, "most photos of a day cropped", _altered(photos.cropped, 0.7)),
)
"""The ways of using a photo twice."""
