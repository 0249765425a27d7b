"""Who is on shift, and who is checked before work (晨检): once, or twice where the first looked odd."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from components.term.script import Script, clock, later, moment

from tests.bench.lies import thermal
from tests.bench.lies.kitchen import LABOUR, Kitchen, Person

_HANDS: Final = ("wound", "nails", "ring", "polish", "plaster", "foreign_body")
_HOT_mC: Final = 37_300
_CHILLED_mC: Final = 35_000
_FEVER: Final = 0.002


@dataclass(frozen=True, slots=True)
class AtWork:
    """One who may work, and since when: the moment of the check."""

    person: Person
    since: datetime


def roster(
    script: Script, kitchen: Kitchen, on: date, draw: random.Random
) -> tuple[list[Person], list[Person]]:
    """Who is on shift, said two days before; those of them who will be missing, and who comes."""
    people = list(kitchen.staff)
    script.say(
        f"lies roster {kitchen.digits} {on}",
        LABOUR,
        "shift-roster",
        {
            "employer": LABOUR,
            "canteen": kitchen.canteen,
            "shift_on": str(on),
            "shift": "early",
            "roster_no": f"B{kitchen.number:03}-{on:%m%d}",
            "starts_at": moment(clock(on, 7, 40)),
            "ends_at": moment(clock(on, 14, 30)),
            "people": [
                {"staff": person.name, "duty": "head-cook" if place == 0 else "kitchen-hand",
                 "health_certificate": person.certificate}
                for place, person in enumerate(people)
            ],
            "accountable": kitchen.person("clerk"),
        },
        clock(on - timedelta(days=2), 16, 20),
        school=kitchen.party,
        day=on,
    )  # fmt: skip
    missing = [person for person in people if draw.random() < kitchen.character.substitutes]
    missing = missing[: len(kitchen.spare)]
    return missing, draw.sample(kitchen.spare, len(missing))


def checks(
    script: Script,
    kitchen: Kitchen,
    on: date,
    missing: list[Person],
    come: list[Person],
    draw: random.Random,
) -> list[AtWork]:
    """Everyone who came is checked; those who may work, in the order in which they were checked."""
    present = [person for person in kitchen.staff if person not in missing] + come
    draw.shuffle(present)
    at, work = clock(on, 6, 12 + draw.randrange(10)), []
    for place, person in enumerate(present):
        if place and draw.random() < 0.25:
            at = later(at, minutes=draw.uniform(2, 14))
        at = later(at, seconds=draw.uniform(22, 80))
        passed = _check(script, kitchen, on, person, at, draw)
        if passed is not None:
            work.append(AtWork(person, passed))
    if len(work) < len(present) and len(come) < len(kitchen.spare):
        called = next(person for person in kitchen.spare if person not in come)
        passed = _check(script, kitchen, on, called, later(at, minutes=draw.uniform(18, 45)), draw)
        if passed is not None:
            work.append(AtWork(called, passed))
    return work


def _check(
    script: Script, kitchen: Kitchen, on: date, person: Person, at: datetime, draw: random.Random
) -> datetime | None:
    """Check somebody, again where it has to be; since when he may work, None: not today."""
    inside_min = draw.expovariate(1 / 7)
    fever_mC = draw.uniform(1_100, 1_900) if draw.random() < _FEVER else 0.0
    for turn in range(3):
        shown = thermal.forehead_mC(
            person.usual_mC + kitchen.checker_mC + fever_mC,
            person.spread_mC,
            kitchen.dawn_C(on),
            inside_min,
            draw,
        )
        shown = thermal.compensated(shown, kitchen.character.compensates)
        value = thermal.to_step(shown, kitchen.character.step_mC)
        odd = value > _HOT_mC or value < _CHILLED_mC
        last = turn == 2 or not odd
        unfit = value > _HOT_mC and turn > 0
        _say(script, kitchen, on, person, turn, at, value, unfit, draw)
        if unfit:
            return None
        if last or draw.random() < 0.3:
            # Now and then a face is taken twice although nothing was odd.
            if turn == 0 and draw.random() < 0.012:
                again = later(at, seconds=draw.uniform(4, 15))
                near = value + kitchen.character.step_mC * draw.randint(-1, 1)
                _say(script, kitchen, on, person, 1, again, near, False, draw)
            return at
        waits = draw.uniform(4, 12)
        inside_min += waits
        at = later(at, minutes=waits)
    return at


def _say(
    script: Script,
    kitchen: Kitchen,
    on: date,
    person: Person,
    turn: int,
    at: datetime,
    value_mC: int,
    unfit: bool,
    draw: random.Random,
) -> None:
    hands = {name: name in {"plaster", "ring"} and draw.random() < 0.008 for name in _HANDS}
    kitchen.sense(
        script,
        f"check {on} {person.name} {turn}",
        "morning-check",
        {
            "canteen": kitchen.canteen,
            "staff": person.name,
            "checked_at": moment(kitchen.clock.shows(at)),
            "identity_method": "face",
            "identity_score_ppm": round(1_000_000 * min(0.999, draw.betavariate(38, 2.4))),
            "forehead_mC": value_mC,
            "hands": hands,
            "symptoms": ["fever"] if unfit else ["cough"] if draw.random() < 0.01 else [],
            "health_certificate": person.certificate,
            "result": "unfit" if unfit else "fit",
            "decided_by": "checker",
        },
        at,
        draw,
        files=["face", "palm", "back"],
        day=on,
    )
