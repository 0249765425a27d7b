"""All days of all schools as they really were: papers first, then day after day."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from components.term.script import Script, clock

from tests.bench.lies import goods, larder, machines, meals, morning, orders
from tests.bench.lies.characters import CHARACTERS
from tests.bench.lies.kitchen import BUREAU, LABOUR, OPERATOR, Kitchen, kitchen
from tests.bench.lies.story import Story

FIRST: Final = date(2027, 4, 12)
"""A Monday; the first week of May is short, and a Saturday made up for."""

_KINDS: Final = {"scale": "scale", "checker": "morning-checker", "cabinet": "cabinet", "store": "thermometer"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of a term: all of them, and those on which meals are served."""

    days: tuple[date, ...]
    serving: tuple[date, ...]

    def next_serving(self, on: date) -> date:
        """The serving day after; after the last, the Monday."""
        later = (day for day in self.serving if day > on)
        return next(later, on + timedelta(days=3))


def calendar(weeks: int) -> Calendar:
    """So many weeks from the first day on."""
    days = tuple(FIRST + timedelta(days=number) for number in range(7 * weeks - 2))
    holiday = {date(2027, 5, number) for number in range(1, 6)}
    made_up = {date(2027, 5, 8)}
    return Calendar(
        days,
        tuple(on for on in days if (on.weekday() < 5 and on not in holiday) or on in made_up),
    )


def stories(schools: int, weeks: int, seed: int) -> list[Story]:
    """So many schools without a lie, their characters in turn, one after the other."""
    over = calendar(weeks)
    return [_story(number, over, seed) for number in range(1, schools + 1)]


def _story(number: int, over: Calendar, seed: int) -> Story:
    draw = random.Random(f"{seed} days {number}")
    place = kitchen(
        number, CHARACTERS[(number - 1) % len(CHARACTERS)], over.days, over.serving, seed
    )
    made = machines.machines(place, over.days, over.serving, seed)
    script = Script()
    _papers(script, place, over)
    dishes = {on: larder.of_day(turn, 5 * number) for turn, on in enumerate(over.serving)}
    for week in _weeks(over.serving):
        place.menus |= dict.fromkeys(week, week[0])
        meals.menu(script, place, week, [dishes[on] for on in week])
    before = over.days[0] - timedelta(days=3)
    for on in over.days:
        machines.day(script, made, on, draw)
        if on in dishes:
            diners = place.diners - draw.randrange(max(2, place.diners // 16))
            missing, come = morning.roster(script, place, on, draw)
            work = morning.checks(script, place, on, missing, come, draw)
            helpers = [(one.since, one.person.name) for one in work]
            lines = orders.wanted(place, on, dishes[on], diners)
            goods.day(script, place, on, before, lines, helpers, draw)
            meals.meal(script, place, on, over.next_serving(on), dishes[on], diners, work, draw)
            before = on
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

    for device, kind in _KINDS.items():
        registered = {"device": place.device(device), "owner": place.party, "kind": kind,
                      "gateway": place.gateway, "model": "M1", "serial": f"{place.number}-{device}"}  # fmt: skip
        say(f"device {place.digits} {device}", OPERATOR, "device-registration", registered)
    division = place.character.division_g
    say(
        f"calibration {place.digits}",
        place.party,
        "calibration",
        {
            "school": place.party,
            "scale": place.device("scale"),
            "certificate_no": f"JD-{place.number:04}",
            "laboratory": "示例计量检定所",
            "method": "periodic-verification",
            "calibrated_on": str(at.date()),
            "valid_until": str(at.date() + timedelta(days=360)),
            "capacity_g": 100_000,
            "division_mg": 1000 * division,
            "points": [{"applied_g": 50_000, "shown_g": 50_000}],
            "result": "pass",
            "accountable": place.person("storekeeper"),
        },
        "scan",
    )
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
    say(
        f"calendar {place.digits}",
        BUREAU,
        "serving-calendar",
        {
            "bureau": BUREAU,
            "calendar_no": f"GC-{place.number:04}",
            "school": place.party,
            "canteen": place.canteen,
            "term": "2026-2027-2",
            "period_from": str(over.days[0]),
            "period_until": str(over.days[-1]),
            "weekly": [{"weekday": number, "meals": ["lunch"]} for number in range(1, 6)],
            "exceptions": [
                {"on": str(on), "meals": ["lunch"] if on in over.serving else [],
                 "reason_code": "made-up-day" if on in over.serving else "holiday"}
                for on in over.days
                if (on.weekday() < 5) != (on in over.serving)
            ],
            "diners_expected": place.diners,
            "accountable": clerk,
        },
    )  # fmt: skip
