"""All days of all schools as they really were: papers first, then day after day."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from components.term.script import Script, clock
from components.term.world import record_id

from tests.bench.lies import goods, larder, machines, meals, mishaps, morning, orders, upkeep
from tests.bench.lies.characters import FIRST, Character
from tests.bench.lies.kitchen import BUREAU, LABOUR, OPERATOR, Kitchen, kitchen
from tests.bench.lies.mishaps import Mishaps
from tests.bench.lies.story import Story

BEGIN: Final = date(2027, 4, 12)
"""A Monday; the first week of May is short, and a Saturday made up for."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of a term: all of them, and those on which meals are served."""

    days: tuple[date, ...]
    serving: tuple[date, ...]

    def next_serving(self, on: date) -> date:
        """The serving day after; after the last, the Monday."""
        later = (day for day in self.serving if day > on)
        return next(later, on + timedelta(days=3))

    def without(self, days: frozenset[date]) -> "Calendar":
        """The same term without meals on these days."""
        return Calendar(self.days, tuple(on for on in self.serving if on not in days))


def calendar(weeks: int) -> Calendar:
    """So many weeks from the first day on."""
    days = tuple(BEGIN + timedelta(days=number) for number in range(7 * weeks - 2))
    holiday = {date(2027, 5, number) for number in range(1, 6)}
    made_up = {date(2027, 5, 8)}
    return Calendar(
        days,
        tuple(on for on in days if (on.weekday() < 5 and on not in holiday) or on in made_up),
    )


def stories(
    schools: int, weeks: int, seed: int, characters: Sequence[Character] = FIRST, first: int = 1
) -> list[Story]:
    """So many schools without a lie, their characters in turn; `first`: the number of the first."""
    over = calendar(weeks)
    return [
        _story(first + place, characters[place % len(characters)], over, seed)
        for place in range(schools)
    ]


def _story(number: int, character: Character, planned: Calendar, seed: int) -> Story:
    draw = random.Random(f"{seed} days {number}")
    befalls = mishaps.of(character.mishap, number, planned.serving, seed)
    over = planned.without(frozenset(outing.on for outing in befalls.outings))
    sudden = frozenset(outing.on for outing in befalls.outings if outing.sudden)
    place = kitchen(number, character, over.days, over.serving, seed, befalls)
    made = machines.machines(place, over.days, over.serving, seed, befalls)
    script = Script()
    _papers(script, place, planned)
    _outings(script, place, planned, befalls)
    cooked = sorted({*over.serving, *sudden})
    dishes = {on: larder.of_day(turn, 5 * number) for turn, on in enumerate(cooked)}
    for week in _weeks(cooked):
        place.menus |= dict.fromkeys(week, week[0])
        meals.menu(script, place, week, [dishes[on] for on in week])
    before = over.days[0] - timedelta(days=3)
    for on in over.days:
        upkeep.before(script, made, on, draw)
        machines.day(script, made, on, draw)
        if on in sudden:
            # The roster was there when the bureau said that nobody comes.
            morning.roster(script, place, on, draw)
        if on in over.serving:
            diners = place.diners - draw.randrange(max(2, place.diners // 16))
            missing, come = morning.roster(script, place, on, draw)
            work = morning.checks(script, place, on, missing, come, draw)
            helpers = [(one.since, one.person.name) for one in work]
            lines = orders.wanted(place, on, dishes[on], diners)
            goods.day(script, place, on, before, lines, helpers, draw)
            meals.meal(script, place, on, over.next_serving(on), dishes[on], diners, work, draw)
            before = on
        upkeep.after(script, made, on, draw)
    story = Story(place, over.serving)
    story.add(script.said)
    return story


def _weeks(serving: Sequence[date]) -> list[list[date]]:
    weeks: dict[tuple[int, int], list[date]] = {}
    for on in serving:
        weeks.setdefault(on.isocalendar()[:2], []).append(on)
    return list(weeks.values())


def _papers(script: Script, place: Kitchen, over: Calendar) -> None:
    """What stands in the log before: devices, a calibrated scale, people, and when meals are served."""
    at = clock(over.days[0] - timedelta(days=12), 9, place.number % 60)
    clerk = place.person("clerk")

    def say(name: str, issuer: str, kind: str, payload: dict[str, Any], *files: str) -> None:
        script.say(
            f"lies {name}", issuer, kind, payload, at, files=files, media_type="application/pdf",
            school=place.party,
        )  # fmt: skip

    for device, kind in upkeep.KINDS.items():
        registered = {"device": place.device(device), "owner": place.party, "kind": kind,
                      "gateway": place.gateway, "model": "M1", "serial": f"{place.number}-{device}"}  # fmt: skip
        say(f"device {place.digits} {device}", OPERATOR, "device-registration", registered)
    upkeep.calibrate(script, place, at)
    for turn, person in enumerate([*place.staff, *place.spare]):
        say(
            f"health {place.number} {turn}",
            LABOUR,
            "health-certificate",
            {
                "staff": person.name,
                "employer": LABOUR,
                "certificate_no": f"JK-{place.number:04}-{turn:02}",
                "issuing_authority": "示例疾病预防控制中心",
                "examined_on": str(at.date() - timedelta(days=40)),
                "issued_on": str(at.date() - timedelta(days=36)),
                "valid_until": str(at.date() + timedelta(days=320)),
                "read_by": "manual",
                "accountable": clerk,
            },
            "scan",
        )
    script.say(
        _calendar_name(place, 0),
        BUREAU,
        "serving-calendar",
        _serving_calendar(place, over, {}, 0),
        at,
        school=place.party,
    )


def _outings(script: Script, place: Kitchen, planned: Calendar, befalls: Mishaps) -> None:
    """A new calendar for each of them, in the place of the one before."""
    closed: dict[date, str] = {}
    told = sorted(befalls.outings, key=lambda outing: outing.said_at)
    for number, outing in enumerate(told, 1):
        closed[outing.on] = outing.reason
        script.say(
            _calendar_name(place, number),
            BUREAU,
            "serving-calendar",
            _serving_calendar(place, planned, closed, number),
            outing.said_at,
            links=[{"rel": "supersedes", "id": record_id(_calendar_name(place, number - 1))}],
            school=place.party,
        )


def _calendar_name(place: Kitchen, number: int) -> str:
    return f"lies calendar {place.digits}{f' {number}' if number else ''}"


def _serving_calendar(
    place: Kitchen, over: Calendar, closed: dict[date, str], number: int
) -> dict[str, Any]:
    """When meals are served; `closed`: why they are not on days on which they were to be."""
    served = set(over.serving) - closed.keys()
    return {
        "bureau": BUREAU,
        "calendar_no": f"GC-{place.number:04}{f'-{number}' if number else ''}",
        "school": place.party,
        "canteen": place.canteen,
        "term": "2026-2027-2",
        "period_from": str(over.days[0]),
        "period_until": str(over.days[-1]),
        "weekly": [{"weekday": weekday, "meals": ["lunch"]} for weekday in range(1, 6)],
        "exceptions": [
            {"on": str(on), "meals": ["lunch"] if on in served else [],
             "reason_code": "made-up-day" if on in served else closed.get(on, "holiday")}
            for on in over.days
            if (on.weekday() < 5) != (on in served)
        ],
        "diners_expected": place.diners,
        "accountable": place.person("clerk"),
    }  # fmt: skip
