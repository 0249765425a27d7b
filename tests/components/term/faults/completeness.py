"""What nobody recorded, recorded too little of, or too late (证据缺失)."""

from datetime import timedelta

from components.term.faults import goods
from components.term.faults.fault import Finding, Planted, Shown
from components.term.faults.plot import At, Plot
from components.term.script import clock, later, moment
from components.term.world import FUNDS, Item
from ledger.oversight.completeness.rules import DEFAULTS, DOCUMENT

_FAMILY = "completeness"
_GOOSE = Item("goose", "白条鹅", "g", 1_800)

RULES = {
    **DEFAULTS,
    "kinds": [*DEFAULTS["kinds"], DOCUMENT],
    "lot_documents": [{"begins": _GOOSE.code, "any_of": ["animal-quarantine"]}],
}
"""Of the policy `completeness`: geese need a quarantine certificate."""


def no_menu(plot: Plot, at: At) -> Planted:
    """Nobody publishes a menu for the week."""
    monday, school = plot.on(at), plot.school(at)
    plot.remove(plot.one(f"menu {school.digits} {monday}"))
    calendar = plot.one(f"calendar {school.digits}").id
    days = [str(monday + timedelta(days=days)) for days in range(5)]
    return Planted(
        findings=[_missing("menu-of-day", school.canteen, day, calendar) for day in days],
        rows=[_shown("menu-of-day", "missing", school.party, day) for day in days],
    )


def no_sample(plot: Plot, at: At) -> Planted:
    """A dish of which no sample was kept."""
    sample = plot.pick(f"sample {plot.name(at)} ")
    plot.remove(sample, plot.one(sample.name.replace("sample", "dispose")))
    return _left_out(plot, at, "sample-of-dish", plot.one(f"service {plot.name(at)}").id)


def light_sample(plot: Plot, at: At) -> Planted:
    """A sample of 90 g."""
    sample = plot.pick(f"sample {plot.name(at)} ")
    for one in (sample, plot.one(sample.name.replace("sample", "dispose"))):
        one.payload["amount_g"] = 90
    return _suspected(plot, at, "sample-too-small", sample.id)


def early_disposal(plot: Plot, at: At) -> Planted:
    """A sample thrown away after 20 hours."""
    sample = plot.pick(f"sample {plot.name(at)} ")
    gone = plot.one(sample.name.replace("sample", "dispose"))
    early = clock(plot.on(at) + timedelta(days=1), 7, 10)
    gone.payload.update({"disposed_at": moment(early), "reason_code": "broken-seal"})
    gone.request["occurred_at"] = moment(later(early, minutes=2))
    plot.put_off([gone], later(early, minutes=2))
    return _suspected(plot, at, "sample-disposed-early", sample.id, gone.id)


def unchecked(plot: Plot, at: At) -> Planted:
    """One of the kitchen's staff worked, and nobody checked."""
    plot.remove(plot.pick(f"check {plot.name(at)} "))
    return _left_out(plot, at, "check-of-shift", plot.one(f"roster {plot.name(at)}").id)


def no_companion(plot: Plot, at: At) -> Planted:
    """Nobody responsible ate along."""
    plot.remove(plot.one(f"companion {plot.name(at)}"))
    calendar = plot.one(f"calendar {plot.school(at).digits}").id
    return _left_out(plot, at, "companion-of-meal", calendar)


def no_service(plot: Plot, at: At) -> Planted:
    """Nobody records what was served."""
    plot.remove(plot.one(f"service {plot.name(at)}"))
    calendar = plot.one(f"calendar {plot.school(at).digits}").id
    return _left_out(plot, at, "service-of-meal", calendar)


def no_papers(plot: Plot, at: At, fine: At) -> Planted:
    """The first lot of geese has its certificate, the second has none.

    Args:
        plot: that it is planted in.
        at: the second.
        fine: the first.
    """
    supplier, _ = goods.another_supplier(plot, 24, "geese", _GOOSE)
    goods.buy(plot, supplier, _GOOSE, [fine, at])
    first, second = (plot.one(f"weigh-in {plot.name(day)} geese 1") for day in (fine, at))
    on = plot.on(fine)
    with plot.script() as script:
        paper = script.say(
            f"lot-document {plot.name(fine)} geese",
            supplier.party,
            "lot-document",
            {
                "document_kind": "animal-quarantine",
                "document_no": f"2105{on:%y%m%d}0024",
                "supplier": supplier.party,
                "issuing_authority": "本溪市动物卫生监督所（示例）",
                "issued_on": str(on - timedelta(days=1)),
                "result": "pass",
                "producer_name": "本溪示范屠宰场",
                "origin": "辽宁本溪",
                "lines": [
                    {"line_no": 1, "item_code": _GOOSE.code, "item_name": _GOOSE.name,
                     "lot_no": first.payload["lot_no"], "quantity": 480_000, "unit": "g"}
                ],
                "read_by": "manual",
                "accountable": supplier.clerk,
            },
            clock(on - timedelta(days=1), 19),
            files=["scan"],
            media_type="application/pdf",
        )  # fmt: skip
    planted = _left_out(plot, at, DOCUMENT, second.id, about=supplier.party)
    planted.rows.append(_shown(DOCUMENT, "met", plot.school(fine).party, str(on), paper))
    return planted


def no_control(plot: Plot, at: At) -> Planted:
    """The day's own control was not made."""
    plot.remove(plot.one(f"daily-control {plot.name(at)}"))
    calendar = plot.one(f"calendar {plot.school(at).digits}").id
    return _left_out(plot, at, "self-inspection-of-period", calendar)


def cold_gap(plot: Plot, at: At) -> Planted:
    """The samples' cabinet is not read from eight to twenty."""
    school, on = plot.school(at), plot.on(at)
    of_day = plot.named(f"temperature {school.cabinet} {on} ")
    plot.remove(*of_day[2:5])
    return _left_out(plot, at, "temperature-of-cabinet", of_day[1].id)


def unweighed(plot: Plot, at: At, category: str) -> Planted:
    """A line of an order was taken in and never weighed."""
    of = goods.of_day(plot, at, category)
    gone = of.weigh_in(of.line())
    plot.remove(gone)
    of.acceptance.request["links"] = [
        link for link in of.acceptance.request["links"] if link["id"] != gone.id
    ]
    planted = _left_out(plot, at, "weigh-in-of-order", of.order.id)
    return _does_not_meet(plot, at, of, planted, "accepted-not-weighed")


def unaccepted(plot: Plot, at: At, category: str) -> Planted:
    """A delivery was weighed, and nobody took it in: so nobody is paid for it."""
    of = goods.of_day(plot, at, category)
    of.unsettle()
    planted = _left_out(plot, at, "acceptance-of-delivery", of.dispatch.id)
    plot.remove(of.acceptance)
    return planted


def unsettled(plot: Plot, at: At, category: str) -> Planted:
    """What was accepted on a day is not settled."""
    of = goods.of_day(plot, at, category)
    of.unsettle()
    planted = _left_out(plot, at, "settlement-of-acceptance", of.acceptance.id, about=FUNDS)
    return _does_not_meet(plot, at, of, planted, "not-settled")


def unpaid(plot: Plot, at: At, category: str) -> Planted:
    """The settlement of the month of `at` is never paid."""
    of = goods.of_day(plot, at, category)
    settlement = of.settlement
    name = settlement.name.removeprefix("settlement ")
    plot.remove(plot.one(f"entry {name}"))
    on = str(plot.term.shape.last + timedelta(days=1))
    school = plot.school(at).party
    planted = Planted(
        findings=[
            Finding(type="missing-evidence", code="bank-entry-of-settlement", about=FUNDS,
                    cites=(settlement.id,))
        ],
        rows=[_shown("bank-entry-of-settlement", "missing", school, on)],
    )  # fmt: skip
    return _does_not_meet(plot, at, of, planted, "not-paid")


def outage(plot: Plot, at: At) -> Planted:
    """Two hours without current, declared: checks and weights come late, and are excused."""
    school, on, name = plot.school(at), plot.on(at), plot.name(at)
    devices = [school.checker, school.scale]
    since, until = clock(on, 5, 20), clock(on, 7, 20)
    with plot.script() as script:
        script.say(
            f"outage {name}",
            school.party,
            "outage",
            {
                "outage_no": f"TY-{on:%m%d}",
                "school": school.party,
                "canteen": school.canteen,
                "devices": devices,
                "cause": "power",
                "planned": False,
                "from_at": moment(since),
                "until_at": moment(until),
                "until_is": "past",
                "late_types": ["morning-check", "weigh-in"],
                "meanwhile": "stored-on-device",
                "accountable": school.head,
            },
            clock(on, 7, 24),
            school=school.party,
            day=on,
        )
    late = [*plot.named(f"check {name} "), *plot.named(f"weigh-in {name} ")]
    plot.put_off(late, clock(on, 7, 30))
    return Planted(
        rows=[
            _shown("outage", "excused", school.party, str(on), plot.one(f"outage {name}").id),
            _shown("check-of-shift", "excused", school.party, str(on), school.staff[0].name),
        ]
    )


def late_samples(plot: Plot, at: At) -> Planted:
    """A day's samples reach the log only the next morning: late, and not missing."""
    school, on = plot.school(at), plot.on(at)
    samples = plot.named(f"sample {plot.name(at)} ")
    plot.put_off(samples, clock(on + timedelta(days=1), 10, 10))
    return Planted(
        rows=[_shown("sample-of-dish", "late", school.party, str(on), one.id) for one in samples]
    )


def _left_out(plot: Plot, at: At, kind: str, source: str, *, about: str = "") -> Planted:
    """One obligation of a day that nothing meets; the canteen's, or else whose."""
    where, day = plot.school(at), str(plot.on(at))
    about = about or where.canteen
    return Planted(
        findings=[_missing(kind, about, "", source)],
        rows=[_shown(kind, "missing", where.party, day)],
    )


def _missing(kind: str, about: str, day: str, source: str) -> Finding:
    return Finding(type="missing-evidence", code=kind, about=about, day=day, cites=(source,))


def _suspected(plot: Plot, at: At, kind: str, *records: str) -> Planted:
    finding = Finding(type="suspicion", code=kind, about=plot.school(at).canteen, cites=records,
                      day=str(plot.on(at)))  # fmt: skip
    return Planted(findings=[finding])


def _shown(kind: str, status: str, scope: str, day: str, *says: str) -> Shown:
    return Shown(family=_FAMILY, kind=kind, status=status, scope=scope, day=day, says=says)


def _does_not_meet(
    plot: Plot, at: At, of: goods.Delivery, planted: Planted, difference: str
) -> Planted:
    """What is missing on one side of the books does not meet the other side either."""
    month, school = str(plot.on(at).replace(day=1)), plot.school(at).party
    record = Finding(type="reconciliation", code="mismatched", about=of.supplier, day=month,
                     cites=(of.order.id,))  # fmt: skip
    shown = Shown(family="reconciliation", kind="supplier", status="mismatched", scope=school,
                  day=month, says=(difference, of.supplier))  # fmt: skip
    planted.findings.append(record)
    planted.rows.append(shown)
    return planted
