"""Papers that lapse, suppliers that may not deliver, and a cook without a health certificate (证照)."""

from datetime import timedelta

from components.term import papers
from components.term.faults.fault import Finding, Planted, Refusal
from components.term.faults.goods import another_supplier, buy, send_unwanted
from components.term.faults.plot import At, Plot
from components.term.script import clock, moment
from components.term.world import ADMISSION, Item, Supplier, random_subject, record_id
from ledger.oversight.certificates import Certificates

GOODS = [{"begins": "frozen-", "category": "", "scopes": ["frozen-food"]}]
"""Of the policy `certificates`: what may be sold by whose permit says so."""

RULES = {**Certificates.defaults, "goods": GOODS}

_APPLE = Item("apple", "苹果", "g", 680)
_MILK = Item("milk", "巴氏杀菌乳", "g", 900)
_SHRIMP = Item("frozen-shrimp", "冻虾仁", "g", 5_200)
_BUN = Item("bun", "豆沙包", "g", 1_100)


def permit_lapses(plot: Plot, at: At, bought: list[At]) -> Planted:
    """A permit ends on the day before `at`: an order is refused, and goods come all the same.

    Args:
        plot: that it is planted in.
        at: when goods come without it.
        bought: deliveries that it still covers.
    """
    on = plot.on(at)
    supplier, digits = another_supplier(plot, 11, "fruit", _APPLE)
    lapses = on - timedelta(days=5)
    permit = plot.one(f"permit {digits}")
    permit.payload["valid_until"] = str(lapses)
    buy(plot, supplier, _APPLE, bought)
    unwanted = send_unwanted(plot, plot.school(at), supplier, on, [(_APPLE, 20_000)])
    warned = [
        Finding(type="expiry-warning", code=str(days), about=supplier.party, cites=(permit.id,),
                day=str(max(lapses - timedelta(days=days), plot.term.shape.first - timedelta(14))))
        for days in (60, 30, 15, 7, 3)
    ]  # fmt: skip
    over = lapses + timedelta(days=1)
    return Planted(
        findings=[
            *warned,
            Finding(type="expiry-warning", code="0", about=supplier.party, cites=(permit.id,),
                    day=str(over)),
            Finding(type="suspicion", code="certificate-lapsed", about=supplier.party, day=str(on),
                    cites=(unwanted.dispatch, permit.id)),
        ],
        refusals=[Refusal(unwanted.order, "certificate-lapsed", permit.id)],
        follows=_charged(supplier, "certificate-lapsed", "suspicion", "rejected"),
    )  # fmt: skip


def suspended(plot: Plot, at: At, bought: list[At], outside: At) -> Planted:
    """The bureau suspends a supplier two days before `at`, which comes all the same.

    Args:
        plot: that it is planted in.
        at: when it comes.
        bought: deliveries before, which are in order.
        outside: when it brings goods that its permit does not name.
    """
    on = plot.on(at)
    supplier, digits = another_supplier(plot, 12, "milk", _MILK)
    permit = plot.one(f"permit {digits}")
    buy(plot, supplier, _MILK, bought)
    with plot.script() as script:
        decision = script.say(
            f"suspension {digits}",
            ADMISSION,
            "admission",
            {
                "bureau": ADMISSION,
                "decision_no": "ZT-0012",
                "supplier": supplier.party,
                "decision": "suspended",
                "cause_code": "food-safety-incident",
                "categories": ["milk"],
                "effective_at": moment(clock(on - timedelta(days=2), 9)),
                **papers.CRITERIA,
                "accountable": plot.term.cast.officer,
            },
            clock(on - timedelta(days=2), 9),
        )
    late = send_unwanted(plot, plot.school(at), supplier, on, [(_MILK, 30_000)])
    strange = send_unwanted(
        plot, plot.school(outside), supplier, plot.on(outside), [(_SHRIMP, 8_000)]
    )
    return Planted(
        findings=[
            Finding(type="suspicion", code="supplier-suspended", about=supplier.party, day=str(on),
                    cites=(late.dispatch, decision)),
            Finding(type="suspicion", code="goods-outside-permit", about=supplier.party,
                    day=str(plot.on(outside)), cites=(strange.dispatch, permit.id)),
        ],
        refusals=[
            Refusal(late.order, "suspended", decision),
            Refusal(strange.order, "goods-outside-permit", permit.id),
        ],
        follows=_charged(supplier, "suspicion", "rejected"),
    )  # fmt: skip


def never_admitted(plot: Plot, at: At) -> Planted:
    """A supplier of which the bureau never decided brings its goods."""
    supplier, digits = another_supplier(plot, 13, "bakery", _BUN)
    plot.remove(plot.one(f"admission {digits}"), plot.one(f"award {digits}"))
    unwanted = send_unwanted(plot, plot.school(at), supplier, plot.on(at), [(_BUN, 12_000)])
    return Planted(
        findings=[
            Finding(type="suspicion", code="supplier-not-admitted", about=supplier.party,
                    day=str(plot.on(at)), cites=(unwanted.dispatch,))
        ],
        refusals=[Refusal(unwanted.order, "not-admitted", "")],
        follows=_charged(supplier, "suspicion", "rejected"),
    )  # fmt: skip


def cook_without_certificate(plot: Plot, at: At) -> Planted:
    """Somebody is on the roster, and at work, who has no health certificate."""
    name, cook = plot.name(at), random_subject("person", f"new cook {plot.name(at)}")
    roster = plot.one(f"roster {name}")
    roster.payload["people"].append({"staff": cook, "duty": "kitchen-hand"})
    like = plot.pick(f"check {name} ")
    with plot.script() as script:
        script.say(
            f"check {name} new",
            str(like.request["issuer"]),
            "morning-check",
            {**like.payload, "staff": cook, "health_certificate": record_id(f"never {name}")},
            clock(plot.on(at), 5, 52, 10),
            occurred=clock(plot.on(at), 5, 52, 8),
            files=["face", "palm", "back"],
            school=like.school,
            day=plot.on(at),
        )
    checked = plot.one(f"check {name} new")
    checked.payload["checked_at"] = checked.request["occurred_at"]
    return Planted(
        findings=[
            Finding(type="suspicion", code="health-certificate-missing", day=str(plot.on(at)),
                    about=plot.school(at).canteen, cites=(checked.id,))
        ]
    )  # fmt: skip


def _charged(supplier: Supplier, *kinds: str) -> list[Finding]:
    return [Finding(type="credit-entry", code=kind, about=supplier.party) for kind in kinds]
