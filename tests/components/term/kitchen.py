"""A day in a kitchen: checks, cooking, samples, service, waste, temperatures, the day's own control."""

import random
from datetime import date, datetime, timedelta

from components.term.recipes import Recipe
from components.term.script import Script, clock, later, moment
from components.term.supply import Taken
from components.term.world import School, World, record_id

_HANDS = dict.fromkeys(("wound", "nails", "ring", "polish", "plaster", "foreign_body"), False)
_STEP_S = 600


def menu(
    script: Script, school: School, days: list[date], recipes: list[tuple[Recipe, ...]]
) -> None:
    """A week's menu, on the Thursday before."""
    name = f"{school.digits} {days[0]}"
    at = clock(days[0] - timedelta(days=days[0].weekday() + 4), 15, 40)
    script.say(
        f"menu {name}",
        school.party,
        "menu",
        {
            "menu_no": f"SP-{days[0]:%y%m%d}",
            "canteen": school.canteen,
            "period_from": str(days[0]),
            "period_until": str(days[-1]),
            "published_at": moment(later(at, minutes=-10)),
            "published_where": "canteen-wall",
            "meals": [
                {
                    "meal_on": str(on),
                    "meal": "lunch",
                    "diners_planned": school.diners,
                    "dishes": [
                        {"dish_code": recipe.code, "dish_name": recipe.name, "preparation": "hot",
                         "portion_g": recipe.portion_g, "contains": [],
                         "recipe_code": recipe.code, "recipe_version": 1}
                        for recipe in dishes
                    ],
                }
                for on, dishes in zip(days, recipes, strict=True)
            ],
            "accountable": school.head,
        },
        at,
        links=[
            {"rel": "under", "id": record_id(f"calendar {school.digits}")},
            *(
                {"rel": "under", "id": record_id(f"recipe {code}")}
                for code in sorted({recipe.code for dishes in recipes for recipe in dishes})
            ),
        ],
        school=school.party,
        day=days[0],
    )  # fmt: skip


def roster(script: Script, cast: World, school: School, on: date) -> None:
    """Who is on shift, two days before."""
    script.say(
        f"roster {school.digits} {on}",
        cast.labour,
        "shift-roster",
        {
            "employer": cast.labour,
            "canteen": school.canteen,
            "shift_on": str(on),
            "shift": "early",
            "roster_no": f"PB-{school.digits}-{on:%m%d}",
            "starts_at": moment(clock(on, 6)),
            "ends_at": moment(clock(on, 14)),
            "people": [
                {"staff": person.name, "duty": "cook" if place == 0 else "kitchen-hand",
                 "health_certificate": person.health_certificate}
                for place, person in enumerate(school.staff)
            ],
            "accountable": cast.clerk,
        },
        clock(on - timedelta(days=2), 17),
        school=school.party,
        day=on,
    )  # fmt: skip


def checks(script: Script, school: School, on: date, draw: random.Random) -> None:
    """Everyone on shift is checked before work."""
    at = clock(on, 5, 30 + draw.randrange(6), draw.randrange(60))
    for place, person in enumerate(school.staff):
        at = later(at, seconds=draw.randrange(35, 95))
        warm = person.warm_mC + draw.gauss(0, 130) + (20 if draw.random() < 0.5 else -20)
        script.say(
            f"check {school.digits} {on} {place}",
            school.gateway,
            "morning-check",
            {
                "canteen": school.canteen,
                "staff": person.name,
                "checked_at": moment(at),
                "identity_method": "face",
                "identity_score_ppm": draw.randrange(905_000, 995_000, 100),
                "forehead_mC": round(warm / 10) * 10,
                "hands": _HANDS,
                "symptoms": [],
                "health_certificate": person.health_certificate,
                "result": "fit",
                "decided_by": "checker",
            },
            later(at, seconds=2),
            occurred=at,
            files=["face", "palm", "back"],
            school=school.party,
            day=on,
        )


def meal(
    script: Script,
    school: School,
    on: date,
    recipes: tuple[Recipe, ...],
    taken: list[Taken],
    draw: random.Random,
) -> None:
    """Cooked, sampled, served, eaten along, and what was left."""
    about = {"canteen": school.canteen, "meal_on": str(on), "meal": "lunch"}
    cooks = []
    for place, recipe in enumerate(recipes, 1):
        cooks.append(_cook(script, school, on, place, recipe, taken, about, draw))
        _sample(script, school, on, place, recipe, about, draw)
    _serve(script, school, on, recipes, cooks, about, draw)


def _cook(
    script: Script,
    school: School,
    on: date,
    place: int,
    recipe: Recipe,
    taken: list[Taken],
    about: dict[str, str],
    draw: random.Random,
) -> str:
    begun = clock(on, 9, 10 + 12 * place, draw.randrange(60))
    ended = later(begun, minutes=draw.randrange(25, 45), seconds=draw.randrange(60))
    lots = {one.item.code: one for one in taken}
    return script.say(
        f"cook {school.digits} {on} {place}",
        school.party,
        "cooking-step",
        {
            **about,
            "dish_code": recipe.code,
            "batch_no": "1",
            "step_no": 1,
            "step_kind": "stew",
            "started_at": moment(begun),
            "ended_at": moment(ended),
            "cooked_by": school.staff[place % len(school.staff)].name,
            "core_temperature_mC": round(draw.gauss(880, 30)) * 100,
            "probe": f"{school.scale[:-7]}probe-1",
            "ingredients": [
                {"item_code": item.code, "item_name": item.name, "unit": "g",
                 "quantity": grams * school.diners, "supplier": lots[item.code].supplier.party,
                 "lot_no": lots[item.code].lot}
                for item, grams in recipe.ingredients
            ],
            "portions": school.diners,
            "accountable": school.staff[0].name,
        },
        later(ended, minutes=draw.randrange(1, 5)),
        links=[{"rel": "under", "id": record_id(f"recipe {recipe.code}")}],
        files=["photo"],
        school=school.party,
        day=on,
    )  # fmt: skip


def _sample(
    script: Script,
    school: School,
    on: date,
    place: int,
    recipe: Recipe,
    about: dict[str, str],
    draw: random.Random,
) -> None:
    at = clock(on, 11, place * 3, draw.randrange(60))
    until = later(at, hours=48)
    slot = {"cabinet": school.cabinet, "slot": f"{'ABC'[on.toordinal() % 3]}{place}",
            "container_code": f"C-{on.toordinal() % 3}{place}", "retain_until": moment(until)}  # fmt: skip
    amount = draw.randrange(128, 165)
    retained = script.say(
        f"sample {school.digits} {on} {place}",
        school.gateway,
        "sample-retained",
        {
            **about,
            **slot,
            "dish_code": recipe.code,
            "dish_name": recipe.name,
            "amount_g": amount,
            "temperature_mC": draw.randrange(3_000, 5_500, 100),
            "retained_by": school.staff[1].name,
        },
        later(at, seconds=3),
        occurred=at,
        links=[{"rel": "samples", "subject": _dish(school, on, recipe)}],
        files=["photo"],
        school=school.party,
        day=on,
    )
    gone = later(until, minutes=draw.randrange(90, 300))
    script.say(
        f"dispose {school.digits} {on} {place}",
        school.party,
        "sample-disposed",
        {
            **about,
            **slot,
            "dish_code": recipe.code,
            "disposed_at": moment(gone),
            "reason_code": "time-up",
            "disposal": "kitchen-waste",
            "amount_g": amount,
            "disposed_by": school.staff[1].name,
            "witnessed_by": school.storekeeper,
            "accountable": school.storekeeper,
        },
        later(gone, minutes=2),
        links=[{"rel": "disposes", "id": retained}],
        school=school.party,
        day=on,
    )


def _serve(
    script: Script,
    school: School,
    on: date,
    recipes: tuple[Recipe, ...],
    cooks: list[str],
    about: dict[str, str],
    draw: random.Random,
) -> None:
    diners = school.diners - draw.randrange(0, 4)
    menu_id = {"rel": "under", "id": record_id(f"menu {school.digits} {_first_of(on)}")}
    service = script.say(
        f"service {school.digits} {on}",
        school.party,
        "meal-service",
        {
            **about,
            "sitting_no": 1,
            "started_at": moment(clock(on, 11, 30, draw.randrange(60))),
            "ended_at": moment(clock(on, 12, 35, draw.randrange(60))),
            "diners": diners,
            "staff_meals": 12,
            "dishes": [
                {"dish_code": recipe.code, "dish_name": recipe.name,
                 "portions_made": school.diners,
                 "portions_served": diners - draw.randrange(0, 12), "portion_g": recipe.portion_g}
                for recipe in recipes
            ],
            "queue_longest_s": draw.randrange(240, 700, 5),
            "queue_method": "tickets",
            "accountable": school.head,
        },
        clock(on, 12, 40, draw.randrange(60)),
        links=[menu_id, *({"rel": "uses", "id": cook} for cook in cooks)],
        school=school.party,
        day=on,
    )  # fmt: skip
    script.say(
        f"companion {school.digits} {on}",
        school.party,
        "companion-meal",
        {
            **about,
            "companion": school.head,
            "companion_duty": "principal",
            "ate_at": moment(clock(on, 11, 50 + draw.randrange(9))),
            "dishes": [
                {"dish_code": recipe.code, "taste": "good", "appearance": "good", "warmth": "good"}
                for recipe in recipes
            ],
            "hygiene": "good",
            "result": "pass",
            "findings": [],
            "accountable": school.head,
        },
        clock(on, 12, 20 + draw.randrange(15)),
        links=[menu_id],
        school=school.party,
        day=on,
    )
    weighed = clock(on, 13, 4 + draw.randrange(20), draw.randrange(60))
    net_g = round(diners * draw.uniform(35, 70) / 10) * 10
    script.say(
        f"waste {school.digits} {on}",
        school.party,
        "waste-log",
        {
            **about,
            "waste_kind": "plate",
            "container_code": "W-1",
            "weighed_at": moment(weighed),
            "gross_g": net_g + 1_250,
            "tare_g": 1_250,
            "net_g": net_g,
            "disposal": "collected",
            "collector_name": "本溪示范餐厨处理有限公司",
            "accountable": school.staff[0].name,
        },
        later(weighed, minutes=3),
        links=[{"rel": "uses", "id": service}],
        files=["photo"],
        school=school.party,
        day=on,
    )


def control(script: Script, school: School, on: date, draw: random.Random) -> None:
    """The day's own control (日管控), at the end of work; on Fridays the week's (周排查)."""
    levels = [("daily-control", on)]
    if on.weekday() == 4:
        levels.append(("weekly-check", on - timedelta(days=4)))
    for number, (level, since) in enumerate(levels):
        script.say(
            f"{level} {school.digits} {on}",
            school.party,
            "self-inspection",
            {
                "canteen": school.canteen,
                "level": level,
                "period_from": str(since),
                "period_until": str(on),
                "items": [
                    {"item_code": code, "result": "pass"}
                    for code in ("hygiene", "morning-check", "disinfection", "samples")
                ],
                "conclusion": "pass",
                "performed_by": school.storekeeper,
                "approved_by": school.head,
                "accountable": school.head,
            },
            clock(on, 16, 40 + draw.randrange(10) + 8 * number),
            files=["photo"],
            school=school.party,
            day=on,
        )


def meeting(script: Script, school: School, first: date, last: date) -> None:
    """The month's meeting (月调度), on its last day of school."""
    script.say(
        f"monthly-meeting {school.digits} {last}",
        school.party,
        "self-inspection",
        {
            "canteen": school.canteen,
            "level": "monthly-meeting",
            "period_from": str(first),
            "period_until": str(last),
            "items": [{"item_code": "hygiene", "result": "pass"}],
            "conclusion": "pass",
            "performed_by": school.storekeeper,
            "approved_by": school.head,
            "attendees": [school.head, school.storekeeper],
            "decisions": ["下月食品安全工作安排"],
            "accountable": school.head,
        },
        clock(last, 17, 20),
        files=["photo"],
        school=school.party,
        day=last,
    )


def temperatures(
    script: Script, school: School, on: date, device: str, place: str, draw: random.Random
) -> None:
    """A thermometer's readings of one day, every ten minutes, posted every four hours."""
    base = {"sample-cabinet": 4_200, "cold-store": 3_400}[place]
    drift = draw.gauss(0, 120)
    for part in range(6):
        first = clock(on, 4 * part, 0, 3)
        count = 4 * 3600 // _STEP_S
        from_count = school.counters[device] = school.counters.get(device, 0) + 1
        readings = []
        for _ in range(count):
            drift = 0.8 * drift + draw.gauss(0, 160)
            opened = 900 if 6 <= first.hour <= 14 and draw.random() < 0.06 else 0
            readings.append(round((base + drift + opened) / 100) * 100)
        school.counters[device] += count - 1
        last = later(first, seconds=(count - 1) * _STEP_S)
        script.say(
            f"temperature {device} {on} {part}",
            school.gateway,
            "temperature-log",
            {
                "canteen": school.canteen,
                "cabinet": device,
                "place": place,
                "counter_from": from_count,
                "counter_until": school.counters[device],
                "interval_s": _STEP_S,
                "first_read_at": moment(first),
                "last_read_at": moment(last),
                "mC_readings": readings,
                "alarm_low_mC": 0,
                "alarm_high_mC": 8_000,
                "clock_state": "synchronised",
                "clock_offset_ms": draw.randrange(-60, 60),
            },
            _posted(last, draw),
            occurred=last,
            school=school.party,
            day=on,
        )


def _posted(last: datetime, draw: random.Random) -> datetime:
    return later(last, seconds=draw.randrange(20, 90))


def _dish(school: School, on: date, recipe: Recipe) -> str:
    return f"dish:{school.canteen.partition(':')[2]}~{on}~lunch~{recipe.code}"


def _first_of(on: date) -> date:
    return on - timedelta(days=on.weekday())
