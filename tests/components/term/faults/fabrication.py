"""Records that are made up (疑点线索): a plain case of each way to do it, at one school.

How subtle a lie may be, and how often an honest day is taken for one, is measured elsewhere.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from math import pi, sin

from components.term.faults import goods
from components.term.faults.fault import Fault, Finding, Planted
from components.term.faults.plot import At, Plot
from components.term.script import Said, clock, later, moment

SCHOOL = 5

_RICE = "rice"


def drawn_foreheads(plot: Plot, weeks: tuple[int, ...]) -> Planted:
    """Everyone's temperature is drawn between 36.2 and 37.1 °C."""
    checks = [one for at in _days(weeks) for one in plot.named(f"check {plot.name(at)} ")]
    for one in checks:
        one.payload["forehead_mC"] = plot.draw.randrange(36_200, 37_110, 10)
    return _suspected(plot, "temperatures-uniform", checks[len(checks) // 2])


def still_cabinet(plot: Plot, at: At) -> Planted:
    """Half a day on which the samples' cabinet does not move at all."""
    logs = _logs(plot, at)[1:4]
    for one in logs:
        one.payload["mC_readings"] = [4_200] * len(one.payload["mC_readings"])
    return _suspected(plot, "temperatures-uniform", *logs[:2])


def copied_cabinet(plot: Plot, at: At) -> Planted:
    """A morning of the cabinet is that of the day before."""
    before, today = _logs(plot, _day_before(at))[2], _logs(plot, at)[2]
    today.payload["mC_readings"] = before.payload["mC_readings"]
    return _suspected(plot, "temperatures-uniform", before, today)


def smooth_cabinet(plot: Plot, at: At) -> Planted:
    """Two days of the cabinet are a curve that somebody calculated."""
    logs = [*_logs(plot, at), *_logs(plot, At(at.school, at.week, at.weekday + 1))]
    place = 0
    for one in logs:
        readings = []
        for _ in one.payload["mC_readings"]:
            readings.append(4_200 + round(900 * sin(2 * pi * place / 72) / 10) * 10)
            place += 1
        one.payload["mC_readings"] = readings
    return _suspected(plot, "temperatures-uniform", day=logs[0].day)


def same_cores(plot: Plot, weeks: tuple[int, ...]) -> Planted:
    """Whatever is in the pot, its core has 78 °C and a little."""
    cooked = [one for at in _days(weeks) for one in plot.named(f"cook {plot.name(at)} ")]
    for one in cooked:
        one.payload["core_temperature_mC"] = 78_000 + plot.draw.randrange(3) * 100
    return _suspected(plot, "temperatures-uniform", cooked[len(cooked) // 2])


def photo_reused(plot: Plot, at: At) -> Planted:
    """A weighing shows the photo of the day before."""
    before = plot.pick(f"weigh-in {plot.name(_day_before(at))} ")
    today = plot.pick(f"weigh-in {plot.name(at)} ")
    today.files = list(before.files)
    today.request["blobs"] = before.request["blobs"]
    return _suspected(plot, "photo-reused", before, today)


def photo_similar(plot: Plot, at: At) -> Planted:
    """A weighing shows the photo of the day before, made a little brighter."""
    before = plot.pick(f"weigh-in {plot.name(_day_before(at))} ")
    today = plot.pick(f"weigh-in {plot.name(at)} ")
    today.payload["photo_phash"] = f"{int(before.payload['photo_phash'], 16) ^ 0b101:016x}"
    return _suspected(plot, "photo-similar", before, today)


def same_weight(plot: Plot, first: At, days: int) -> Planted:
    """The rice weighs the same, delivery after delivery."""
    weighed: list[Said] = []
    for at in _days(range(first.week, 7)):
        if plot.on(at) >= plot.on(first) and len(weighed) < days:
            of = goods.of_day(plot, at, "grain")
            lines = of.order.payload["lines"]
            line = next(one for one in lines if one["item_code"] == _RICE)
            of.take(line["line_no"], line["quantity"])
            weighed.append(of.weigh_in(line["line_no"]))
    return _suspected(plot, "weights-identical", *weighed[:4])


def round_weights(plot: Plot, first: At, days: int) -> Planted:
    """What comes weighs just what was ordered, to half a kilogram; all but the rice."""
    weighed: list[Said] = []
    wanted = [at for at in _days(range(first.week, 7)) if plot.on(at) >= plot.on(first)]
    for at in wanted[:days]:
        for category in ("meat", "vegetable", "grain"):
            if f"order {plot.name(at)} {category}" not in plot.said:
                continue
            of = goods.of_day(plot, at, category)
            for line in list(of.order.payload["lines"]):
                if line["item_code"] == _RICE:
                    continue
                grams = -(-line["quantity"] // 500) * 500
                of.ask(line["line_no"], grams)
                of.take(line["line_no"], grams)
                weighed.append(of.weigh_in(line["line_no"]))
    planted = _suspected(plot, "weights-round", *weighed[4:8])
    canteen = plot.school(first).canteen
    # What is ordered of an item is about as much each time: so what is round may be the same too.
    planted.follows.append(Finding(type="suspicion", code="weights-identical", about=canteen))
    return planted


def by_hand(plot: Plot, at: At) -> Planted:
    """A weight is typed in."""
    one = plot.pick(f"weigh-in {plot.name(at)} ")
    school = plot.school(at)
    one.request["issuer"] = school.party
    for name in (
        "scale", "counter", "calibration", "division_mg", "tare_source", "stable",
        "stable_readings", "protocol", "raw_frame", "clock_state", "clock_offset_ms",
    ):  # fmt: skip
        del one.payload[name]
    one.payload.update({"entry_mode": "manual", "accountable": school.storekeeper})
    return _suspected(plot, "entered-by-hand", one)


def display_differs(plot: Plot, at: At) -> Planted:
    """The gateway is made to say four kilograms more than the display in the photo shows."""
    one = plot.pick(f"weigh-in {plot.name(at)} ")
    one.payload["display_ocr_g"] -= 4_000
    return _suspected(plot, "display-differs", one)


def work_before_check(plot: Plot, at: At) -> Planted:
    """Somebody was at the stove an hour before anybody was checked."""
    one = plot.pick(f"cook {plot.name(at)} ")
    one.payload["started_at"] = moment(clock(plot.on(at), 4, 30))
    who = one.payload["cooked_by"]
    check = next(
        one for one in plot.named(f"check {plot.name(at)} ") if one.payload["staff"] == who
    )
    return _suspected(plot, "timing-impossible", one, check)


def sample_before_cooked(plot: Plot, at: At) -> Planted:
    """A sample is in the cabinet an hour before its dish is done."""
    one = plot.pick(f"cook {plot.name(at)} ")
    done = clock(plot.on(at), 12, 10)
    one.payload.update({"started_at": moment(later(done, minutes=-30)), "ended_at": moment(done)})
    _happens(one, later(done, minutes=2))
    return _suspected(plot, "timing-impossible", one, plot.one(one.name.replace("cook", "sample")))


def weighed_before_dispatch(plot: Plot, at: At, category: str) -> Planted:
    """Goods are on the scale two hours before the supplier says that they left."""
    of = goods.of_day(plot, at, category)
    _happens(of.dispatch, clock(plot.on(at), 8, 30))
    return _suspected(plot, "timing-impossible", of.dispatch, of.weigh_in(1), canteen=False)


def accepted_before_weighed(plot: Plot, at: At, category: str) -> Planted:
    """Two people sign for goods an hour before they are weighed."""
    of = goods.of_day(plot, at, category)
    early = clock(plot.on(at), 5, 10)
    of.acceptance.request["occurred_at"] = moment(early)
    for one in of.acceptance.payload["acceptors"]:
        one["confirmed_at"] = moment(early)
    return _suspected(plot, "timing-impossible", of.acceptance, canteen=False)


def weighed_in_two_schools(plot: Plot, at: At, category: str) -> Planted:
    """What is weighed here was sent to another school, which weighed it too."""
    here = goods.of_day(plot, at, category)
    there = goods.of_day(plot, At(1, at.week, at.weekday), category)
    number = there.dispatch.payload["dispatch_no"]
    code = there.supplier.partition(":")[2]
    one = here.weigh_in(1)
    one.request["links"].append({"rel": "fulfils", "subject": f"delivery:{code}~{number}"})
    return _suspected(plot, "timing-impossible", there.dispatch, one)


def counter_backwards(plot: Plot, at: At) -> Planted:
    """After a month of weighings a scale counts from nothing."""
    one = plot.pick(f"weigh-in {plot.name(at)} ")
    one.payload["counter"] = 0
    plot.counted.add(one.name)
    return _suspected(plot, "timing-impossible", one)


def photo_of_another_time(plot: Plot, at: At) -> Planted:
    """The photo of a weighing was taken two hours before it."""
    one = plot.pick(f"weigh-in {plot.name(at)} ")
    one.payload["photo_taken_at"] = moment(clock(plot.on(at), 4, 2))
    return _suspected(plot, "timing-impossible", one)


def skewed_clock(plot: Plot, at: At) -> Planted:
    """A scale says that its clock is six minutes off."""
    one = plot.pick(f"weigh-in {plot.name(at)} ")
    one.payload.update({"clock_state": "unsynchronised", "clock_offset_ms": 360_000})
    return _suspected(plot, "clock-skewed", one, canteen=False)


def silent_device(plot: Plot, weeks: tuple[int, ...]) -> Planted:
    """A probe that reported every morning is heard of no more."""
    days = _days(weeks)
    school = plot.school(days[0])
    device = f"{school.scale[:-7]}probe-1"
    with plot.script() as script:
        for at in days:
            observed = clock(plot.on(at), 6, 5)
            script.say(
                f"status {plot.name(at)}",
                school.gateway,
                "device-status",
                {
                    "school": school.party,
                    "device": device,
                    "observed_at": moment(observed),
                    "status": "working",
                    "started_at": moment(clock(plot.term.shape.first, 5)),
                    "firmware_version": "2.4.1",
                    "config_sha256": hashlib.sha256(device.encode()).hexdigest(),
                    "clock_state": "synchronised",
                    "clock_offset_ms": plot.draw.randrange(-40, 40),
                    "last_counter": 0,
                    "outbox_records": 0,
                },
                observed,
                school=school.party,
                day=plot.on(at),
            )
    return _suspected(plot, "device-silent", canteen=False)


def limit_raised(plot: Plot, at: At) -> Planted:
    """From noon on the limit of the cold store is 12 °C; in the evening it is warmer than 8 °C."""
    school, on = plot.school(at), plot.on(at)
    logs = plot.named(f"temperature {school.cold_store} {on} ")[3:]
    for one in logs:
        one.payload["alarm_high_mC"] = 12_000
    readings = logs[1].payload["mC_readings"]
    readings[6:10] = [8_300, 9_100, 9_400, 8_600]
    return _suspected(plot, "limit-raised", logs[0], logs[1])


def back_dated(plot: Plot, at: At, days: int) -> Planted:
    """Three days of the kitchen's book are written within a minute, days later."""
    written = []
    for day in range(days):
        name = plot.name(At(at.school, at.week, at.weekday + day))
        written += [*plot.named(f"cook {name} "), plot.one(f"waste {name}")]
    plot.put_off(written, clock(plot.on(at) + timedelta(days=4), 18))
    return _suspected(plot, "back-dated", *written[:2], canteen=False)


def _days(weeks: Iterable[int]) -> list[At]:
    return [At(SCHOOL, week, weekday) for week in weeks for weekday in range(5)]


def _day_before(at: At) -> At:
    return At(at.school, at.week, at.weekday - 1)


def _logs(plot: Plot, at: At) -> list[Said]:
    """A day of the samples' cabinet."""
    return plot.named(f"temperature {plot.school(at).cabinet} {plot.on(at)} ")


def _happens(one: Said, at: datetime) -> None:
    """It happened then, and reaches the log at once."""
    one.request["occurred_at"] = moment(at)
    one.at_ms = round(later(at, minutes=1).timestamp() * 1000)


def _suspected(
    plot: Plot, kind: str, *records: Said, canteen: bool = True, day: str = ""
) -> Planted:
    school = plot.term.cast.schools[SCHOOL - 1]
    found = Finding(
        type="suspicion",
        code=kind,
        about=school.canteen if canteen else "",
        day=day,
        cites=tuple(one.id for one in records),
    )
    together = [
        Finding(type="risk-response", code="rectify", about=school.canteen),
        Finding(type="work-order", code="lower-risk", about=school.canteen),
    ]
    return Planted(findings=[found], follows=together)


_OF = partial(At, SCHOOL)

FAULTS = tuple(
    Fault(name, 7, plant)
    for name, plant in (
        ("foreheads drawn at random", partial(drawn_foreheads, weeks=(1, 2, 3, 4, 5))),
        ("a cabinet that does not move", partial(still_cabinet, at=_OF(2, 1))),
        ("a cabinet's morning copied", partial(copied_cabinet, at=_OF(3, 2))),
        ("a cabinet's curve calculated", partial(smooth_cabinet, at=_OF(4, 1))),
        ("all pots equally hot", partial(same_cores, weeks=(1, 2))),
        ("a photo used twice", partial(photo_reused, at=_OF(2, 3))),
        ("a photo made brighter", partial(photo_similar, at=_OF(3, 4))),
        ("rice of one weight", partial(same_weight, first=_OF(5, 0), days=9)),
        ("weights as round as orders", partial(round_weights, first=_OF(3, 0), days=8)),
        ("a weight typed in", partial(by_hand, at=_OF(1, 2))),
        ("a display that shows less", partial(display_differs, at=_OF(6, 4))),
        ("work before the check", partial(work_before_check, at=_OF(4, 3))),
        ("a sample before its dish", partial(sample_before_cooked, at=_OF(5, 1))),
        ("weighed before it was sent", partial(weighed_before_dispatch, at=_OF(5, 3), category="meat")),
        ("accepted before it was weighed", partial(accepted_before_weighed, at=_OF(6, 0), category="vegetable")),
        ("weighed in two schools", partial(weighed_in_two_schools, at=_OF(5, 4), category="meat")),
        ("a counter that runs backwards", partial(counter_backwards, at=_OF(6, 1))),
        ("a photo of another time", partial(photo_of_another_time, at=_OF(6, 3))),
        ("a clock that is off", partial(skewed_clock, at=_OF(6, 2))),
        ("a device fallen silent", partial(silent_device, weeks=(1, 2, 3))),
        ("a limit raised", partial(limit_raised, at=_OF(5, 2))),
        ("three days written in a minute", partial(back_dated, at=_OF(4, 0), days=3)),
    )
)  # fmt: skip
