"""Deliveries that move a supplier's score, and what becomes of a dispute about them (供应商信用)."""

from datetime import date, datetime, timedelta

from components.term.faults import goods
from components.term.faults.fault import Finding, Planted, Shown
from components.term.faults.plot import At, Plot
from components.term.script import Said, clock, later, moment
from components.term.world import REGULATOR


def late(plot: Plot, at: At, category: str) -> Planted:
    """Goods come more than half an hour after they were to be there.

    The supplier disputes it, and the regulator gives it its point back.
    """
    of = goods.of_day(plot, at, category)
    by_minutes = 100
    weighed = plot.named(f"weigh-in {of.name} ")
    for one in (of.dispatch, *weighed, of.acceptance):
        _later(one, by_minutes)
    dispute = _dispute(plot, of, of.acceptance, clock(plot.on(at) + timedelta(days=4), 10))
    ruling = _rule(plot, of, dispute, plot.term.cast.inspector)
    return Planted(
        findings=[
            Finding(type="credit-entry", code="late", about=of.supplier, cites=(of.order.id,)),
            Finding(type="credit-entry", code="ruling", about=of.supplier, cites=(ruling,)),
        ]
    )


def spoiled(plot: Plot, at: At, category: str) -> Planted:
    """A third of a line is refused as spoiled.

    The supplier disputes that too; but who rules on it is the very person who refused the goods.
    """
    of = goods.of_day(plot, at, category)
    line_no = of.line()
    net_g, school = of.net_g(line_no), plot.school(at)
    refused_g = net_g // 30 * 10
    of.accept(line_no, net_g - refused_g, refused_g)
    item = of.order.payload["lines"][line_no - 1]["item_code"]
    number = of.dispatch.payload["dispatch_no"]
    with plot.script() as script:
        rejection = goods.reject(
            script, school, of.supplier, str(of.order.payload["order_no"]), number,
            [(line_no, item, refused_g)], "spoiled", clock(plot.on(at), 6, 45), of.name,
        )  # fmt: skip
    said = plot.one(f"rejection {of.name}")
    said.payload["order"] = of.dispatch.payload["order"]
    dispute = _dispute(plot, of, said, clock(plot.on(at) + timedelta(days=2), 10))
    ruling = _rule(plot, of, dispute, school.storekeeper)
    return Planted(
        findings=[
            Finding(type="credit-entry", code="rejected", about=of.supplier, cites=(rejection,)),
            Finding(type="suspicion", code="ruling-by-a-party", about=REGULATOR,
                    day=str(plot.on(at) + timedelta(days=4)), cites=(dispute, ruling)),
        ],
        rows=[
            Shown(family="reconciliation", kind="supplier", status="matched", scope=school.party,
                  day=str(plot.on(at).replace(day=1)), says=(of.supplier,))
        ],
    )  # fmt: skip


def _later(said: Said, minutes: int) -> None:
    """Everything of it is so much later, as it says itself."""
    said.at_ms += 60_000 * minutes
    said.request["occurred_at"] = _moved(said.request["occurred_at"], minutes)
    fields = said.payload
    if said.type == "weigh-in":
        fields["photo_taken_at"] = _moved(fields["photo_taken_at"], minutes)
    elif said.type == "acceptance":
        fields["acceptors"] = [
            {**one, "confirmed_at": _moved(one["confirmed_at"], minutes)}
            for one in fields["acceptors"]
        ]


def _moved(time: str, minutes: int) -> str:
    return moment(later(datetime.fromisoformat(time), minutes=minutes))


def _dispute(plot: Plot, of: goods.Delivery, about: Said, when: datetime) -> str:
    supplier = next(one for one in plot.suppliers if one.party == of.supplier)
    with plot.script() as script:
        return script.say(
            f"dispute {of.name}",
            supplier.party,
            "dispute",
            {
                "dispute_no": f"YY-{of.name}",
                "disputed_by": supplier.party,
                "record": about.id,
                "responsible": about.request["issuer"],
                "ground": "wrong-reason",
                "fields_disputed": ["lines"],
                "remedy": "recompute",
                "noticed_on": str(when.date()),
                "statement_zh": "当日校门封闭施工，货物已按时到达，责任不在供应商。",
                "accountable": supplier.clerk,
            },
            when,
            links=[{"rel": "disputes", "id": about.id}],
            files=["photo"],
            school=about.school,
            day=when.date(),
        )


def _rule(plot: Plot, of: goods.Delivery, dispute: str, who: str) -> str:
    said = plot.one(f"dispute {of.name}")
    day = date.fromisoformat(said.day) + timedelta(days=2)
    heard = [said.payload["disputed_by"], said.payload["responsible"]]
    with plot.script() as script:
        return script.say(
            f"ruling {of.name}",
            REGULATOR,
            "ruling",
            {
                "ruling_no": f"CD-{of.name}",
                "dispute": dispute,
                "disputed_by": heard[0],
                "responsible": heard[1],
                "decision": "upheld",
                "remedies": ["recompute-credit"],
                "reasons_zh": "经核实，异议成立，信用分按此重算。",
                "heard": heard,
                "decided_by": [who],
                "decided_at": moment(clock(day, 15)),
                "appeal_until": str(day + timedelta(days=15)),
                "accountable": plot.term.cast.inspector,
            },
            clock(day, 15, 20),
            links=[{"rel": "rules-on", "id": dispute}],
            school=said.school,
            day=day,
        )
