"""The school days of tests/bench/lies, and the measuring itself, with detectors made for the purpose."""

import copy
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import pstdev
from typing import Any

import pytest
from components.term.script import Said

from ledger import timestamp
from ledger.evidence.catalogue import TYPES
from ledger.evidence.draft import prepare
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen
from tests.bench.lies import honest, kinds, photos, plan, score
from tests.bench.lies.characters import Character
from tests.bench.lies.groups import FIRST, GROUPS, SECOND, Group
from tests.bench.lies.liars import devices, late, photographs
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
    group: Group


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


def seconds(character: str, seed: int = 3) -> Story:
    """The honest story of the second group's school of that character."""
    place = next(
        number for number, one in enumerate(SECOND.characters) if one.name.startswith(character)
    )
    only: tuple[Character, ...] = (SECOND.characters[place],)
    return honest.stories(1, 6, seed, only, SECOND.first + place)[0]


@pytest.fixture(scope="module", params=GROUPS, ids=lambda group: group.name)
def lied(request: pytest.FixtureRequest) -> Lied:
    """Schools of which every kind of lie is told once, in every way of a group."""
    group: Group = request.param
    stories = honest.stories(12, 6, 3, group.characters, group.first)
    before = {
        name: (copy.deepcopy(one.request), one.at_ms) for name, one in said_by(stories).items()
    }
    lies = plan.lies(stories, group.ways, 1, 3)
    return Lied(before, said_by(stories), lies, group)


@pytest.mark.slow
def test_every_record_of_liars_is_one_that_the_log_takes(lied: Lied) -> None:
    documents = Counter[str]()
    for one in lied.after.values():
        draft = prepare(one.request, submitter="", ledger=bytes(32), new_seed=bytes(32))
        documents[draft.document_key or one.id] += 1

    assert [document for document, count in documents.items() if count > 1] == []
    told = {(lie.kind, lie.way) for lie in lied.lies}
    assert told == {(way.kind, way.name) for way in lied.group.ways}


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
    follows = {"acceptance", "rejection", "device-status", "temperature-log"}
    assert changed <= follows | ({"weigh-in"} if lied.group is SECOND else set())
    assert lying <= lied.after.keys()
    assert all(lie.records or lie.kind == devices.SILENT for lie in lied.lies)


@pytest.mark.slow
def test_a_school_day_has_one_lie_at_most(lied: Lied) -> None:
    days = Counter((school, day) for lie in lied.lies for school in lie.schools for day in lie.days)

    assert max(days.values()) == 1


def test_a_scale_counts_its_weights_in_the_order_in_which_they_lay_on_it() -> None:
    story = seconds("two lorries")
    weighed = [one for on in story.serving for one in story.of(on, "weigh-in")]
    counts = [one.payload["counter"] for one in weighed]
    orders = [one.payload["order"] for one in weighed]
    parted = sum(a != b for a, b in pairwise(orders)) - len(set(orders)) + 1

    assert parted > 5
    assert counts == list(range(counts[0], counts[0] + len(counts)))


def test_photos_of_one_corner_differ_by_six_to_twenty_bits_and_copies_by_less() -> None:
    draw = random.Random(1)
    corner = photos.corner("a", fixed=True)
    taken = [corner.shoot(draw) for _ in range(150)]
    apart = [photos.apart(a, b) for i, a in enumerate(taken) for b in taken[:i]]
    again = [photos.apart(one, photos.stored_again(one, draw)) for one in taken]
    cropped = [photos.apart(one, photos.cropped(one, draw)) for one in taken]
    brighter = [photos.apart(one, photos.brightened(one, draw)) for one in taken]
    mirrored = [photos.apart(one, photos.mirrored(one, draw)) for one in taken]

    assert 6 <= min(apart) <= max(apart) <= 20
    assert set(again) == {0, 1, 2, 3}
    assert set(cropped) == {4, 5, 6, 7, 8}
    assert set(brighter) == {2, 3, 4, 5, 6}
    assert set(mirrored) == {30, 31, 32, 33, 34}


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
    found = measure([Toy()], SMALL, kinds.CODES, FIRST)
    count = found.score.kinds

    assert count[late.BY_HAND].recall == count[late.BY_HAND].precision == 1.0
    assert count[photographs.SAME].recall == count[photographs.SAME].precision == 1.0
    assert count[photographs.LIKE].recall == 0.0
    assert found.score.total.false == 0
    assert len(found.lies) == len(FIRST.ways)

    worse = measure([Toy(nonsense=True)], SMALL, kinds.CODES, FIRST)
    written = figures(worse)

    acceptances = written["kinds"]["weights repeated"]["false"]
    assert acceptances > 2 * worse.score.clean_days
    assert written["all"]["false_per_1000_clean_days"] > 2000
    assert sum(one["false"] for one in written["characters"].values()) > 100


def test_every_code_of_the_table_can_be_posted() -> None:
    assert "suspicion_kind" in TYPES["suspicion"].known
    for group in GROUPS:
        assert {way.kind for way in group.ways} == kinds.CODES.keys()


def test_ways_characters_and_schools_are_of_one_group() -> None:
    ways = Counter((way.kind, way.name) for group in GROUPS for way in group.ways)
    characters = Counter(one.name for group in GROUPS for one in group.characters)

    assert set(ways.values()) == set(characters.values()) == {1}
    assert SECOND.first > FIRST.first + Shape().honest + Shape().liars


def test_groups_are_counted_together() -> None:
    lies = [Lie("hand", "x", "", ("s1",), ("2027-05-10",), frozenset({"a"}))]
    codes = {"hand": frozenset({"code"})}
    days = [("s1", "2027-05-10"), ("s1", "2027-05-11")]
    seen = Suspected("code", frozenset({"s1"}), frozenset(), frozenset({"a"}), frozenset())
    false = Suspected("code", frozenset({"s1"}), frozenset(), frozenset({"b"}), frozenset())

    whole = score.together(
        [
            score.score(lies, [seen], days, codes, frozenset()),
            score.score(lies, [false], days, codes, frozenset()),
        ]
    )

    hand = whole.kinds["hand"]
    assert (hand.lies, hand.found, hand.right, hand.false) == (2, 1, 1, 1)
    assert (whole.clean_days, whole.lying_days) == (2, 2)
    assert whole.ways["hand", "x"].lies == whole.lengths["hand", "x", 1].lies == 2
    assert (len(whole.missed), len(whole.false)) == (1, 1)


def test_no_reading_is_taken_without_power() -> None:
    story = seconds("power cut")
    logs = story.since(story.serving[0], "temperature-log")
    told = [
        one.payload
        for on in story.serving
        for one in story.of(on, "outage")
        if one.payload["cause"] == "power"
    ]

    assert told
    for outage in told:
        assert not [
            log
            for log in logs
            if log.payload["first_read_at"] < outage["until_at"]
            and outage["from_at"] < log.payload["last_read_at"]
        ]


def test_a_new_scale_is_registered_calibrated_and_counts_from_the_beginning() -> None:
    story = seconds("new scale")
    weighed = [one.payload for one in story.since(story.serving[0], "weigh-in")]
    old, new = dict.fromkeys(one["scale"] for one in weighed)
    known = {one.payload.get("scale"): one.id for one in story.all() if one.type == "calibration"}

    assert new == f"{old}-2"
    assert all(one["calibration"] == known[one["scale"]] for one in weighed)
    assert {one["division_mg"] for one in weighed if one["scale"] == new} == {100_000}
    assert next(one["counter"] for one in weighed if one["scale"] == new) == 1


def test_on_an_outing_nobody_eats_and_the_calendar_says_so_before() -> None:
    story = seconds("days without")
    calendars = [one for one in story.all() if one.type == "serving-calendar"]
    last = max(calendars, key=lambda one: one.at_ms)
    gone = [one["on"] for one in last.payload["exceptions"] if one["reason_code"] != "holiday"]
    gone = [on for on in gone if on not in map(str, story.serving)]
    of_the_day = ("morning-check", "weigh-in", "sample-retained", "meal-service")

    assert 1 < len(gone) < len(calendars)
    assert not [one for one in story.all() if one.day in gone and one.type in of_the_day]


def test_a_broken_probe_reads_nothing_and_the_new_one_has_the_makers_limit_until_midnight() -> None:
    story = seconds("replaced probe")
    raised = [
        one.payload
        for one in story.since(story.serving[0], "temperature-log")
        if one.payload["alarm_high_mC"] == 10_000
    ]
    broken = [
        one.payload
        for one in story.since(story.serving[0], "device-status")
        if one.payload["status"] == "sensor-failure"
    ]

    assert 1 <= len(raised) <= 2
    assert len({one["cabinet"] for one in raised}) == 1
    assert len(broken) <= 1
    assert max(value for one in raised for value in one["mC_readings"] if value) < 8_000


def test_a_substitute_gateway_speaks_for_some_days_for_devices_that_stand_behind_it() -> None:
    story = seconds("substitute")
    kitchen = story.kitchen
    sensed = [one for one in story.all() if one.request["issuer"] == kitchen.substitute]
    registered = [
        one
        for one in story.all()
        if one.type == "device-registration" and one.payload["gateway"] == kitchen.substitute
    ]

    assert 2 < len({one.day for one in sensed}) < 12
    assert len(registered) == 4
    assert max(one.at_ms for one in registered) < min(one.at_ms for one in sensed)


def test_two_lorries_bring_every_line_of_an_order_once() -> None:
    story = seconds("two lorries")
    notes = [one.payload for on in story.serving for one in story.of(on, "dispatch")]
    loads = Counter(one["order"] for one in notes)
    lines = Counter((one["order"], line["line_no"]) for one in notes for line in one["lines"])

    assert set(loads.values()) == {1, 2}
    assert set(lines.values()) == {1}


def test_what_friday_kept_comes_on_the_next_serving_day() -> None:
    story = seconds("sends on Monday")
    day_ms = 86_400_000
    told = [one for one in story.all() if one.payload.get("outbox_records")]
    late = [
        one
        for one in story.all()
        if one.at_ms - timestamp.parse(one.request["occurred_at"]) > day_ms
    ]

    assert told
    assert len(late) > 10
    assert {one.type for one in late} > {"temperature-log"}


def test_a_checker_that_compensates_shows_little_of_what_is_unusual() -> None:
    def spread(story: Story) -> float:
        checks = story.since(story.serving[0], "morning-check")
        return pstdev(one.payload["forehead_mC"] for one in checks)

    assert spread(seconds("checker")) < spread(seconds("two lorries")) / 2
