"""What was never tendered, won otherwise than it was tendered, or bought before it was won (集采)."""

from dataclasses import replace
from datetime import date, timedelta

from components.term import papers
from components.term.faults import accounts
from components.term.faults.fault import Finding, Planted, Shown
from components.term.faults.goods import another_supplier, buy
from components.term.faults.plot import At, Plot
from components.term.script import Said, clock
from components.term.world import ADMISSION, FUNDS, Item, Supplier
from ledger.oversight.reconciliation.rules import DEFAULTS

RULES = {**DEFAULTS, "item_categories": [{"begins": "beancurd", "category": "bean-product"}]}
"""Of the policy `reconciliation`: what soya goods are."""

_MUSHROOM = Item("mushroom", "香菇", "g", 1_600)
_MILLET = Item("millet", "小米", "g", 900)
_BEANCURD = Item("beancurd-skin", "豆腐皮", "g", 1_400)
_SEAWEED = Item("seaweed", "海带", "g", 700)
_PEANUT = Item("peanut", "花生仁", "g", 1_200)
_CORN = Item("corn", "玉米", "g", 500)
_DUCK = Item("duck", "白条鸭", "g", 1_900)
_YAM = Item("yam", "山药", "g", 1_100)
_LOTUS = Item("lotus-root", "莲藕", "g", 900)
_CELERY = Item("celery", "芹菜", "g", 600)
_LEEK = Item("leek", "韭菜", "g", 800)


def never_tendered(plot: Plot) -> Planted:
    """Somebody wins what nobody was asked to offer."""
    supplier, digits = another_supplier(plot, 14, "mushroom", _MUSHROOM)
    plot.remove(plot.one(f"tender {digits}"))
    return _award(plot, supplier, "award-without-tender")


def otherwise_than_tendered(plot: Plot) -> Planted:
    """One award goes against all that its tender says, and a second firm wins a package for one."""
    supplier, digits = another_supplier(plot, 15, "grain-more", _BEANCURD)
    award = plot.one(f"award {digits}")
    award.payload.update(
        amount_fen=900_000_001,
        awarded_on=str(plot.term.shape.first - timedelta(days=16)),
        term_until=str(plot.term.shape.last + timedelta(days=90)),
    )
    second, other = another_supplier(plot, 16, "grain-still-more", _MILLET)
    plot.remove(plot.one(f"tender {other}"))
    plot.one(f"award {other}").payload["tender_no"] = award.payload["tender_no"]
    planted = _award(
        plot, supplier, "award-before-opening", "awarded-above-ceiling", "term-outside-tender",
        "item-outside-package",
    )  # fmt: skip
    return _and(planted, _award(plot, second, "winners-above-tender"))


def another_package(plot: Plot) -> Planted:
    """A package is won that was not tendered; and food is won of a tender for labour."""
    supplier, digits = another_supplier(plot, 17, "seaweed", _SEAWEED)
    plot.one(f"award {digits}").payload["package_no"] = "2"
    other, labour = another_supplier(plot, 18, "peanut", _PEANUT)
    plot.one(f"tender {labour}").payload["tender_kind"] = "labour"
    planted = _award(plot, supplier, "package-not-tendered")
    return _and(planted, _award(plot, other, "winner-of-other-kind"))


def bought_without_award(plot: Plot, at: At) -> Planted:
    """A school chooses a supplier that won nothing, and orders from it."""
    supplier, digits = another_supplier(plot, 19, "corn", _CORN)
    plot.remove(plot.one(f"tender {digits}"), plot.one(f"award {digits}"))
    _select(plot, at, supplier, 19)
    buy(plot, supplier, _CORN, [at])
    planted = _selection(plot, at, supplier, "selection-without-award")
    return _and(planted, _order(plot, at, supplier, "order-without-award"))


def bought_before_award(plot: Plot, at: At) -> Planted:
    """A school chooses and orders; two days later its supplier wins."""
    supplier, digits = another_supplier(plot, 20, "duck", _DUCK)
    award, day = plot.one(f"award {digits}"), plot.on(at) + timedelta(days=1)
    award.payload.update(awarded_on=str(day), objections_until=str(day))
    award.request["occurred_at"] = clock(day, 10).isoformat()
    plot.put_off([award], clock(day, 10))
    _select(plot, at, supplier, 20)
    buy(plot, supplier, _DUCK, [at])
    planted = _selection(plot, at, supplier, "selection-before-award", award.id)
    return _and(planted, _order(plot, at, supplier, "order-before-award", award.id))


def bought_out_of_term(plot: Plot, at: At, fine: At) -> Planted:
    """The first delivery is in term, the second is ordered a week after its end.

    Args:
        plot: that it is planted in.
        at: the second.
        fine: the first.
    """
    supplier, digits = another_supplier(plot, 21, "yam", _YAM)
    award = plot.one(f"award {digits}")
    award.payload["term_until"] = str(plot.on(fine))
    buy(plot, supplier, _YAM, [fine, at])
    return _order(plot, at, supplier, "order-outside-term", award.id)


def bought_beside_award(plot: Plot, at: At) -> Planted:
    """What is bought of a supplier is not what it won."""
    supplier, digits = another_supplier(plot, 22, "fungus", _MUSHROOM)
    line = plot.one(f"award {digits}").payload["lines"][0]
    line |= {"item_code": "enoki", "item_name": "金针菇"}
    buy(plot, supplier, _MUSHROOM, [at])
    planted = _order(plot, at, supplier, "item-not-awarded")
    planted.findings = [one for one in planted.findings if one.type == "reconciliation"]
    return planted


def bought_above_ceiling(plot: Plot, at: At, fine: At) -> Planted:
    """The first delivery comes to the ceiling of the package, the second goes beyond it.

    Args:
        plot: that it is planted in.
        at: the second.
        fine: the first.
    """
    supplier, digits = another_supplier(plot, 23, "lotus", _LOTUS)
    buy(plot, supplier, _LOTUS, [fine, at])
    first, second = (plot.one(f"order {plot.name(day)} {supplier.category}") for day in (fine, at))
    asked = plot.one(f"tender {digits}").payload
    asked["ceiling_fen"] = asked["packages"][0]["ceiling_fen"] = first.payload["amount_fen"]
    planted = _award(plot, supplier, "orders-above-ceiling")
    (found,) = planted.findings
    planted.findings = [replace(found, cites=(*found.cites, first.id, second.id))]
    return planted


def bought_above_contract(plot: Plot, at: At, fine: At) -> Planted:
    """What is ordered and settled comes to twice its contract; another contract is kept to.

    Args:
        plot: that it is planted in.
        at: the delivery that goes beyond it.
        fine: one that comes to all of it.
    """
    supplier, _ = another_supplier(plot, 25, "celery", _CELERY)
    buy(plot, supplier, _CELERY, [fine, at])
    grain = next(one for one in plot.term.cast.suppliers if one.category == "grain")
    fen = max(_amounts(plot, supplier, fine, at))
    contract = _sign(plot, supplier, [plot.school(fine).party], fen)
    schools = [school.party for school in plot.term.cast.schools]
    _sign(plot, grain, schools, 900_000_000)
    planted = _beyond(plot, supplier, contract, "contract", fine, at)
    kept = Shown(family="reconciliation", kind="agreement", status="matched", scope=grain.party,
                 day=str(_signed_on(plot)), says=(f"HT-{grain.category}",))  # fmt: skip
    planted.rows.append(kept)
    return planted


def bought_above_award(plot: Plot, at: At, fine: At) -> Planted:
    """The same of a supplier whose award has a sum, and without a contract."""
    supplier, digits = another_supplier(plot, 26, "leek", _LEEK)
    buy(plot, supplier, _LEEK, [fine, at])
    award = plot.one(f"award {digits}")
    award.payload["amount_fen"] = max(_amounts(plot, supplier, fine, at))
    return _beyond(plot, supplier, award, "award", fine, at)


def _amounts(plot: Plot, supplier: Supplier, *days: At) -> list[int]:
    return [int(_ordered(plot, supplier, at).payload["amount_fen"]) for at in days]


def _ordered(plot: Plot, supplier: Supplier, at: At) -> Said:
    return plot.one(f"order {plot.name(at)} {supplier.category}")


def _sign(plot: Plot, supplier: Supplier, schools: list[str], fen: int) -> Said:
    """The bureau signs a contract of no items over so much, under the supplier's award."""
    on, term = _signed_on(plot), plot.term
    name = f"contract {supplier.category}"
    with plot.script() as script:
        script.say(
            name,
            ADMISSION,
            "contract",
            {
                "purchaser": ADMISSION,
                "contract_no": f"HT-{supplier.category}",
                "contract_kind": "goods",
                "contractor": supplier.party,
                "schools": schools,
                "signed_on": str(on),
                "term_from": str(on),
                "term_until": str(term.shape.last + timedelta(days=60)),
                "amount_fen": fen,
                "payment_within_days": 30,
                "accountable": term.cast.officer,
            },
            clock(on, 11),
            links=[
                {"rel": "under", "id": plot.one(f"award {supplier.party.partition(':')[2]}").id}
            ],
            files=["contract"],
            media_type="application/pdf",
        )
    return plot.one(name)


def _signed_on(plot: Plot) -> date:
    return plot.term.shape.first - timedelta(days=13)


def _beyond(
    plot: Plot, supplier: Supplier, agreement: Said, kind: str, fine: At, at: At
) -> Planted:
    """Both directions are suspected once, and stand in the agreement's row."""
    orders = [_ordered(plot, supplier, day).id for day in (fine, at)]
    acceptance = plot.one(f"acceptance {plot.name(at)} {supplier.category}").id
    settlement = accounts.settlement_of(plot.said.values(), acceptance).id
    codes = (f"orders-above-{kind}", f"settled-above-{kind}")
    signed_on = agreement.payload["signed_on" if kind == "contract" else "awarded_on"]
    return Planted(
        findings=[
            Finding(type="suspicion", code=codes[0], about=ADMISSION,
                    cites=(agreement.id, *orders)),
            Finding(type="suspicion", code=codes[1], about=FUNDS,
                    cites=(agreement.id, settlement)),
        ],
        rows=[
            Shown(family="reconciliation", kind="agreement", status="mismatched",
                  scope=supplier.party, day=str(signed_on), says=codes)
        ],
    )  # fmt: skip


def _award(plot: Plot, supplier: Supplier, *codes: str) -> Planted:
    award = plot.one(f"award {supplier.party.partition(':')[2]}")
    findings = [
        Finding(type="suspicion", code=code, about=ADMISSION, cites=(award.id,)) for code in codes
    ]
    shown = Shown(family="reconciliation", kind="award", status="mismatched", scope=supplier.party,
                  day=award.payload["awarded_on"], says=codes)  # fmt: skip
    return Planted(findings=findings, rows=[shown])


def _order(plot: Plot, at: At, supplier: Supplier, code: str, *cited: str) -> Planted:
    """The order is suspected, and the supplier's books at that school do not meet."""
    school, month = plot.school(at).party, str(plot.on(at).replace(day=1))
    order = plot.one(f"order {plot.name(at)} {supplier.category}")
    return Planted(
        findings=[
            Finding(type="suspicion", code=code, about=school, cites=(order.id, *cited)),
            Finding(type="reconciliation", code="mismatched", about=supplier.party, day=month,
                    cites=(order.id,)),
        ],
        rows=[
            Shown(family="reconciliation", kind="supplier", status="mismatched", scope=school,
                  day=month, says=(code, supplier.party))
        ],
    )  # fmt: skip


def _select(plot: Plot, at: At, supplier: Supplier, number: int) -> None:
    """The school of `at` chooses the supplier two days before."""
    on = plot.on(at) - timedelta(days=2)
    with plot.script() as script:
        papers.select(script, plot.school(at), supplier, number, on, plot.term.shape.last)


def _selection(plot: Plot, at: At, supplier: Supplier, code: str, *cited: str) -> Planted:
    school = plot.school(at)
    (chosen,) = [
        one
        for one in plot.named(f"selection {school.digits} ")
        if one.payload["supplier"] == supplier.party
    ]
    found = Finding(type="suspicion", code=code, about=school.party, cites=(chosen.id, *cited))
    shown = Shown(family="reconciliation", kind="selection", status="mismatched",
                  scope=school.party, day=str(plot.on(at) - timedelta(days=2)), says=(code,))  # fmt: skip
    return Planted(findings=[found], rows=[shown])


def _and(one: Planted, other: Planted) -> Planted:
    """Both."""
    one.findings += other.findings
    one.rows += other.rows
    return one
