"""A freeze, a meal that is served all the same, and a fortnight that is bad as a whole (三级响应)."""

from datetime import timedelta

from components.term.faults import goods
from components.term.faults.fault import Finding, Planted, Refusal
from components.term.faults.plot import At, Plot
from components.term.script import Script, clock, moment
from components.term.world import ADMISSION


def incident(plot: Plot, at: At) -> Planted:
    """After a Wednesday's lunch two persons are in hospital: nothing may be served or ordered.

    On Thursday the school serves what it has all the same, orders for Friday and publishes a menu.
    The bureau takes Friday off the calendar; on Friday morning a regulator lifts what holds back.
    """
    school, on, name = plot.school(at), plot.on(at), plot.name(at)
    thursday, friday = on + timedelta(days=1), on + timedelta(days=2)
    monday = on + timedelta(days=5)
    with plot.script() as script:
        record = script.say(
            f"incident {name}",
            school.party,
            "incident",
            {
                "incident_no": f"SJ-{on:%m%d}",
                "school": school.party,
                "canteen": school.canteen,
                "incident_kind": "illness",
                "severity": "major",
                "noticed_at": moment(clock(on, 14, 10)),
                "first_onset_at": moment(clock(on, 13, 40)),
                "symptoms": ["vomiting", "abdominal-pain"],
                "persons_affected": 5,
                "persons_hospitalised": 2,
                "meal_on": str(on),
                "meal": "lunch",
                "dish_codes": [plot.pick(f"sample {name} ").payload["dish_code"]],
                "measures_taken": ["samples-sealed", "medical-care"],
                "samples_sealed": True,
                "reported_to": ["education-bureau", "market-regulator"],
                "reported_at": moment(clock(on, 14, 50)),
                "accountable": school.head,
            },
            clock(on, 15, 5),
            school=school.party,
            day=on,
        )
        _no_lunch_on(plot, script, at)
    served = plot.one(f"service {school.digits} {thursday}").id
    orders = plot.named(f"order {school.digits} {friday} ")
    menu = plot.one(f"menu {school.digits} {monday}")
    _nothing_comes(plot, school.digits, f"{friday}")
    with plot.script() as script:
        script.say(
            f"{menu.name} again",
            school.party,
            "menu",
            menu.payload,
            clock(friday, 11),
            links=menu.request["links"],
            school=school.party,
            day=monday,
        )
    return Planted(
        findings=[
            Finding(type="risk-response", code="freeze", about=school.canteen, day=str(on),
                    cites=(record,)),
            Finding(type="work-order", code="dispose", about=school.canteen, day=str(on),
                    cites=(record,)),
            Finding(type="suspicion", code="served-while-frozen", about=school.canteen,
                    day=str(thursday), cites=(served,)),
            Finding(type="risk-response", code="joint", about=school.canteen, day=str(thursday)),
        ],
        refusals=[
            *(Refusal(one.name, "frozen", "risk-response") for one in orders),
            Refusal(menu.name, "frozen", "risk-response"),
        ],
    )  # fmt: skip


def lifted_at(plot: Plot, at: At) -> int:
    """When the regulator lifts what an incident of that day held back, milliseconds since 1970."""
    return round(clock(plot.on(at) + timedelta(days=2), 9, 30).timestamp() * 1000)


def bad_fortnight(plot: Plot, at: At) -> Planted:
    """So much else was planted in a canteen within two weeks that all of it together is minor."""
    canteen = plot.school(at).canteen
    return Planted(
        findings=[
            Finding(type="risk-response", code="rectify", about=canteen),
            Finding(type="work-order", code="lower-risk", about=canteen),
        ]
    )


def _no_lunch_on(plot: Plot, script: Script, at: At) -> None:
    """The bureau takes the Friday off the school's calendar, on Thursday evening."""
    school, friday = plot.school(at), plot.on(at) + timedelta(days=2)
    calendar = plot.one(f"calendar {school.digits}")
    script.say(
        f"calendar {school.digits} again",
        ADMISSION,
        "serving-calendar",
        {
            **calendar.payload,
            "calendar_no": f"{calendar.payload['calendar_no']}-2",
            "exceptions": [{"on": str(friday), "meals": [], "reason_code": "suspended"}],
        },
        clock(friday - timedelta(days=1), 18),
        links=[{"rel": "supersedes", "id": calendar.id}],
        school=school.party,
    )


def _nothing_comes(plot: Plot, digits: str, day: str) -> None:
    """Nothing is delivered, cooked and served on a day for which nothing could be ordered."""
    for category in ("meat", "vegetable", "grain"):
        if f"acceptance {digits} {day} {category}" in plot.said:
            of = goods.Delivery(plot, f"{digits} {day} {category}")
            of.unsettle()
            plot.remove(
                plot.one(f"response {of.name}"), of.dispatch, of.acceptance,
                *plot.named(f"weigh-in {of.name} "),
            )  # fmt: skip
    kinds = ("cook", "sample", "dispose", "service", "companion", "waste")
    for kind in kinds:
        plot.remove(*plot.named(f"{kind} {digits} {day}"))
