"""The school days of tests/bench/lies, and the measuring itself, with detectors made for the purpose."""

import copy
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from components.term.script import Said

from ledger.evidence.catalogue import TYPES
from ledger.evidence.draft import prepare
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen
from tests.bench.lies import honest, kinds, photos, plan, score
from tests.bench.lies.liars import WAYS, devices, late, photographs
from tests.bench.lies.measure import Shape, figures, measure
from tests.bench.lies.score import Suspected
from tests.bench.lies.story import Story
from tests.bench.lies.truth import Lie

SMALL = Shape(honest=3, liars=12, each=1, weeks=6)


class Toy:
    """Finds weights entered by hand and files used twice; on request also every acceptance."""

    def __init__(self, *, nonsense: bool = False) -> None:
        self.nonsense = nonsense

    @property
    def name(self) -> str:
        return "toy"

    @property
    def reads(self) -> Mapping[str, frozenset[str]]:
        kinds_read = ("weigh-in", "morning-check", "sample-retained", "cooking-step", "acceptance")
        return dict.fromkeys(kinds_read, frozenset({"blobs"}))

    @property
    def defaults(self) -> Mapping[str, Any]:
        return {}

    def keys(self, seen: Seen) -> Iterable[str]:
        return [blob["sha256"] for blob in seen.fields.get("blobs", ())]

    def tell(self, seen: Seen, context: Context) -> None:
        if seen.fields.get("entry_mode") == "manual":
            self._find("entered-by-hand", [seen.ref], context)
        if self.nonsense and seen.type == "acceptance":
            self._find("weights-identical", [seen.ref], context)
        for key in self.keys(seen):
            earlier = context.get(key)
            if earlier is not None:
                self._find("photo-reused", [earlier, seen.ref], context)
            else:
                context.put(key, seen.ref)

    def due(self, key: str, context: Context) -> None:
        """Waits for nothing."""

    def take_back(self, seen: Seen, context: Context) -> None:
        """Nothing is taken back here."""

    def _find(self, kind: str, refs: list[Any], context: Context) -> None:
        payload = {
            "suspicion_kind": kind,
            "responsible": "school:2301080001",
            "severity": "minor",
            "first_at": context.now,
            "last_at": context.now,
            "score_ppm": 1_000_000,
            "threshold_ppm": 900_000,
            "observations": [{"record": ref[2]} for ref in refs],
        }
        context.find("suspicion", payload, refs)


@dataclass(frozen=True)
class Lied:
    """Requests and times as they really were, all records after the lies, and the lies."""

    before: dict[str, tuple[dict[str, Any], int]]
    after: dict[str, Said]
    lies: list[Lie]


def said_by(stories: list[Story]) -> dict[str, Said]:
    return {one.id: one for story in stories for one in story.all()}


def test_the_same_seed_gives_the_same_days_and_another_seed_others() -> None:
    once, again, other = (
        {name: one.request for name, one in said_by(honest.stories(1, 2, seed)).items()}
        for seed in (1, 1, 2)
    )

    assert once == again
    assert once != other


def test_a_school_day_has_forty_to_eighty_records() -> None:
    for story in honest.stories(12, 2, 5):
        days = Counter(one.day for one in story.all())
        assert all(40 <= days[str(on)] <= 80 for on in story.serving)


@pytest.fixture(scope="module")
def lied() -> Lied:
    """Schools of which every kind of lie is told once, in every way."""
    stories = honest.stories(12, 6, 3)
    before = {
        name: (copy.deepcopy(one.request), one.at_ms) for name, one in said_by(stories).items()
    }
    lies = plan.lies(stories, WAYS, 1, 3)
    return Lied(before, said_by(stories), lies)


@pytest.mark.slow
def test_every_record_of_liars_is_one_that_the_log_takes(lied: Lied) -> None:
    documents = Counter[str]()
    for one in lied.after.values():
        draft = prepare(one.request, submitter="", ledger=bytes(32), new_seed=bytes(32))
        documents[draft.document_key or one.id] += 1

    assert [document for document, count in documents.items() if count > 1] == []
    assert {(lie.kind, lie.way) for lie in lied.lies} == {(way.kind, way.name) for way in WAYS}


@pytest.mark.slow
def test_a_liar_changes_what_he_lies_about_and_what_follows_from_it(lied: Lied) -> None:
    lying = {record for lie in lied.lies for record in lie.records}
    changed = {
        lied.after[name].type
        for name, (request, at_ms) in lied.before.items()
        if name in lied.after
        and name not in lying
        and (lied.after[name].request, lied.after[name].at_ms) != (request, at_ms)
    }

    # What was weighed is accepted or refused; a device that was off counts less, and says how it
    # is set.
    assert changed <= {"acceptance", "rejection", "device-status", "temperature-log"}
    assert lying <= lied.after.keys()
    assert all(lie.records or lie.kind == devices.SILENT for lie in lied.lies)


@pytest.mark.slow
def test_a_school_day_has_one_lie_at_most(lied: Lied) -> None:
    days = Counter((school, day) for lie in lied.lies for school in lie.schools for day in lie.days)

    assert max(days.values()) == 1


def test_photos_of_one_corner_differ_by_six_to_twenty_bits_and_copies_by_less() -> None:
    draw = random.Random(1)
    corner = photos.corner("a", fixed=True)
    taken = [corner.shoot(draw) for _ in range(150)]
    apart = [photos.apart(a, b) for i, a in enumerate(taken) for b in taken[:i]]
    again = [photos.apart(one, photos.stored_again(one, draw)) for one in taken]
    cropped = [photos.apart(one, photos.cropped(one, draw)) for one in taken]

    assert 6 <= min(apart) <= max(apart) <= 20
    assert set(again) == {0, 1, 2, 3}
    assert set(cropped) == {4, 5, 6, 7, 8}


@pytest.mark.slow
def test_after_new_firmware_nothing_comes_near_the_old_limits() -> None:
    updated = 0
    for story in honest.stories(24, 6, 6):
        logs = story.since(story.serving[0], "temperature-log")
        raised = [one for one in logs if one.payload["alarm_high_mC"] != 8_000]
        updated += bool(raised)
        values = [value for one in raised for value in one.payload["mC_readings"] if value]
        assert all(value <= 8_000 for value in values)
    assert updated > 2


def test_a_finding_is_right_beside_or_false() -> None:
    lies = [
        Lie("hand", "x", "", ("s1",), ("2027-05-10",), frozenset({"a"})),
        Lie("photo", "y", "", ("s1",), ("2027-05-11",), frozenset({"b"})),
        Lie("silent", "z", "", ("s2",), ("2027-05-10",), frozenset()),
    ]
    days = [(school, f"2027-05-{day}") for school in ("s1", "s2") for day in (10, 11, 12)]
    codes = {name: frozenset({f"code-{name}"}) for name in ("hand", "photo", "silent")}

    def seen(code: str, record: str, school: str, day: str) -> Suspected:
        on = f"2027-05-{day}"
        return Suspected(
            f"code-{code}",
            frozenset({school}),
            frozenset({on}),
            frozenset({record}),
            frozenset({(school, on)}),
        )

    found = score.score(
        lies,
        [
            seen("hand", "a", "s1", "10"),
            seen("hand", "b", "s1", "11"),
            seen("hand", "c", "s1", "12"),
            seen("photo", "c", "s1", "10"),
            seen("silent", "d", "s2", "10"),
        ],
        days,
        codes,
        frozenset({"silent"}),
    )

    hand, photo, silent = (found.kinds[name] for name in ("hand", "photo", "silent"))
    assert (hand.right, hand.beside, hand.false, hand.false_on_clean) == (1, 1, 1, 1)
    assert (photo.found, photo.false, photo.false_on_clean) == (0, 1, 0)
    assert (silent.found, silent.precision) == (1, 1.0)
    assert (found.clean_days, found.lying_days) == (3, 3)
    assert [lie.kind for lie in found.missed] == ["photo"]
    # A photo's lie was seen by a finding about hands.
    assert (photo.noticed, hand.noticed, silent.noticed) == (1, 1, 1)
    assert round(found.per_1000(found.total.false_on_clean)) == 333


def test_the_interval_is_wilsons() -> None:
    low, high = score.wilson(8, 10)

    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert score.wilson(0, 0) == (0.0, 1.0)


@pytest.mark.slow
def test_detectors_are_measured_by_what_they_find_and_what_they_should_not() -> None:
    found = measure([Toy()], SMALL, kinds.CODES)
    count = found.score.kinds

    assert count[late.BY_HAND].recall == count[late.BY_HAND].precision == 1.0
    assert count[photographs.SAME].recall == count[photographs.SAME].precision == 1.0
    assert count[photographs.LIKE].recall == 0.0
    assert found.score.total.false == 0
    assert len(found.lies) == len(WAYS)

    worse = measure([Toy(nonsense=True)], SMALL, kinds.CODES)
    written = figures(worse)

    acceptances = written["kinds"]["weights repeated"]["false"]
    assert acceptances > 2 * worse.score.clean_days
    assert written["all"]["false_per_1000_clean_days"] > 2000
    assert sum(one["false"] for one in written["characters"].values()) > 100


def test_every_code_of_the_table_can_be_posted() -> None:
    assert "suspicion_kind" in TYPES["suspicion"].known
    assert {way.kind for way in WAYS} == kinds.CODES.keys()
