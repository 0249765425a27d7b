"""From the stove to the plate: steps of cooking, samples kept and thrown away, the meal, what was left."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from components.term.script import Script, clock, later, moment
from components.term.world import record_id

from ledger.evidence import subjects
from tests.bench.lies.kitchen import Kitchen
from tests.bench.lies.larder import Dish
from tests.bench.lies.morning import AtWork
from tests.bench.lies.thermal import to_step

_COOKS: Final = {"steam": (30, 45), "stew": (35, 60), "stir-fry": (12, 28), "boil": (15, 30), "blanch": (8, 15)}  # fmt: skip


def menu(
    script: Script, kitchen: Kitchen, days: Sequence[date], dishes: Sequence[tuple[Dish, ...]]
) -> None:
    """A week's menu, hung out the week before."""
    at = clock(days[0] - timedelta(days=4), 15, 30)
    script.say(
        f"lies menu {kitchen.digits} {days[0]}",
        kitchen.party,
        "menu",
        {
            "menu_no": f"CP{days[0]:%m%d}",
            "canteen": kitchen.canteen,
            "period_from": str(days[0]),
            "period_until": str(days[-1]),
            "published_at": moment(later(at, minutes=-20)),
            "published_where": "messages",
            "meals": [
                {"meal_on": str(on), "meal": "lunch", "diners_planned": kitchen.diners,
                 "dishes": [
                     {"dish_code": f"c{place}", "dish_name": dish.name, "preparation": "hot",
                      "portion_g": dish.portion_g, "contains": []}
                     for place, dish in enumerate(served, 1)
                 ]}
                for on, served in zip(days, dishes, strict=True)
            ],
            "accountable": kitchen.person("head"),
        },
        at,
        school=kitchen.party,
        day=days[0],
    )  # fmt: skip


def meal(
    script: Script,
    kitchen: Kitchen,
    on: date,
    next_serving: date,
    dishes: tuple[Dish, ...],
    diners: int,
    work: list[AtWork],
    draw: random.Random,
) -> None:
    """All of a lunch."""
    about = {"canteen": kitchen.canteen, "meal_on": str(on), "meal": "lunch"}
    begun, cooked = clock(on, 8, 20), []
    for place, dish in enumerate(dishes, 1):
        begun = later(begun, minutes=draw.uniform(8, 28))
        cook = draw.choice(work[: max(2, len(work) // 2)])
        ended = later(begun, minutes=draw.uniform(*_COOKS[dish.step]))
        cooked.append(
            _cook(script, kitchen, on, place, dish, diners, cook, begun, ended, about, draw)
        )
    at, keeper = clock(on, 11, 2), draw.choice(work)
    for place, dish in enumerate(dishes, 1):
        at = later(at, seconds=draw.uniform(40, 170))
        _sample(script, kitchen, on, next_serving, place, dish, keeper, at, about, draw)
    _serve(script, kitchen, on, dishes, diners, cooked, about, draw)


def _cook(
    script: Script,
    kitchen: Kitchen,
    on: date,
    place: int,
    dish: Dish,
    diners: int,
    cook: AtWork,
    begun: datetime,
    ended: datetime,
    about: dict[str, str],
    draw: random.Random,
) -> str:
    typed = later(ended, minutes=draw.uniform(1, 6))
    if kitchen.character.typed_late:
        # Whoever has no hand free writes everything down after the meal, one dish after another.
        typed = later(clock(on, 12, 50), seconds=40 * place + draw.uniform(0, 25))
    return script.say(
        f"lies cook {kitchen.digits} {on} {place}",
        kitchen.party,
        "cooking-step",
        {
            **about,
            "dish_code": f"c{place}",
            "batch_no": "1",
            "step_no": 1,
            "step_kind": dish.step,
            "started_at": moment(begun),
            "ended_at": moment(ended),
            "cooked_by": cook.person.name,
            "core_temperature_mC": to_step(min(99_500, draw.gauss(87_500, 4_200)), 100),
            "probe": kitchen.device("probe"),
            "ingredients": [
                {"item_code": good.code, "item_name": good.name, "unit": "g",
                 "quantity": grams * diners}
                for good, grams in dish.takes
            ],
            "portions": diners,
            "accountable": kitchen.staff[0].name,
        },
        kitchen.line.arrives(typed, draw),
        occurred=typed,
        files=["photo"],
        school=kitchen.party,
        day=on,
    )  # fmt: skip


def _sample(
    script: Script,
    kitchen: Kitchen,
    on: date,
    next_serving: date,
    place: int,
    dish: Dish,
    keeper: AtWork,
    at: datetime,
    about: dict[str, str],
    draw: random.Random,
) -> None:
    until = later(kitchen.clock.shows(at), hours=48)
    where = {
        "dish_code": f"c{place}",
        "cabinet": kitchen.device("cabinet"),
        "slot": f"{'ABC'[on.toordinal() % 3]}{place}",
        "container_code": f"H{on.toordinal() % 3}{place}",
        "retain_until": moment(until),
    }
    amount = round(draw.gauss(148, 11))
    kept = kitchen.sense(
        script,
        f"sample {on} {place}",
        "sample-retained",
        {
            **about,
            **where,
            "dish_name": dish.name,
            "amount_g": amount,
            "temperature_mC": to_step(draw.gauss(6_400, 1_300), 100),
            "retained_by": keeper.person.name,
        },
        at,
        draw,
        links=[
            {
                "rel": "samples",
                "subject": subjects.dish(kitchen.canteen, str(on), "lunch", f"c{place}"),
            }
        ],
        files=["photo"],
        day=on,
    )
    day = max(next_serving, on + timedelta(days=2))
    gone = later(clock(day, 13, 20), minutes=3 * place + draw.uniform(0, 2))
    typed = later(gone, minutes=draw.uniform(1, 4))
    script.say(
        f"lies dispose {kitchen.digits} {on} {place}",
        kitchen.party,
        "sample-disposed",
        {
            **about,
            **where,
            "disposed_at": moment(gone),
            "reason_code": "time-up",
            "disposal": "kitchen-waste",
            "amount_g": amount,
            "disposed_by": kitchen.staff[1].name,
            "witnessed_by": kitchen.person("storekeeper"),
            "accountable": kitchen.person("storekeeper"),
        },
        kitchen.line.arrives(typed, draw),
        occurred=typed,
        links=[{"rel": "disposes", "id": kept}],
        school=kitchen.party,
        day=day,
    )


def _serve(
    script: Script,
    kitchen: Kitchen,
    on: date,
    dishes: tuple[Dish, ...],
    diners: int,
    cooked: list[str],
    about: dict[str, str],
    draw: random.Random,
) -> None:
    ate = diners - draw.randrange(max(2, diners // 25))
    typed = later(clock(on, 12, 42), minutes=draw.uniform(0, 25))
    service = script.say(
        f"lies service {kitchen.digits} {on}",
        kitchen.party,
        "meal-service",
        {
            **about,
            "sitting_no": 1,
            "started_at": moment(later(clock(on, 11, 30), minutes=draw.uniform(0, 5))),
            "ended_at": moment(later(clock(on, 12, 30), minutes=draw.uniform(0, 9))),
            "diners": ate,
            "staff_meals": 14,
            "dishes": [
                {"dish_code": f"c{place}", "dish_name": dish.name, "portions_made": diners,
                 "portions_served": ate - draw.randrange(15), "portion_g": dish.portion_g}
                for place, dish in enumerate(dishes, 1)
            ],
            "accountable": kitchen.person("head"),
        },
        kitchen.line.arrives(typed, draw),
        occurred=typed,
        links=[
            {"rel": "under", "id": record_id(f"lies menu {kitchen.digits} {kitchen.menus[on]}")},
            *({"rel": "uses", "id": step} for step in cooked),
        ],
        school=kitchen.party,
        day=on,
    )  # fmt: skip
    weighed = later(clock(on, 13, 4), minutes=draw.uniform(0, 20))
    net_g = round(ate * draw.uniform(28, 75) / 10) * 10
    script.say(
        f"lies waste {kitchen.digits} {on}",
        kitchen.party,
        "waste-log",
        {
            **about,
            "waste_kind": "plate",
            "container_code": "T1",
            "weighed_at": moment(weighed),
            "gross_g": net_g + 2_300,
            "tare_g": 2_300,
            "net_g": net_g,
            "disposal": "collected",
            "collector_name": "示范餐厨垃圾收运有限公司",
            "accountable": kitchen.staff[0].name,
        },
        kitchen.line.arrives(later(weighed, minutes=2), draw),
        occurred=later(weighed, minutes=2),
        links=[{"rel": "uses", "id": service}],
        files=["photo"],
        school=kitchen.party,
        day=on,
    )
