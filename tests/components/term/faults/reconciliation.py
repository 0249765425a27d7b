"""Where money and goods do not meet (钱账分离、三方对账)."""

from datetime import timedelta

from components.term import money
from components.term.faults import goods
from components.term.faults.fault import Finding, Planted, Shown
from components.term.faults.plot import At, Plot
from components.term.script import Said, clock
from components.term.supply import Taken
from components.term.world import FUNDS


def short(plot: Plot, at: At, category: str) -> Planted:
    """A tenth less comes than was ordered, and nobody refuses anything."""
    of = goods.of_day(plot, at, category)
    line_no = of.line()
    grams = of.net_g(line_no) * 9 // 100 * 10
    of.take(line_no, grams)
    planted = _suspected(
        plot, at, "short-delivery", of.supplier, of.order.id, of.acceptance.id, day=""
    )
    planted.follows.append(Finding(type="credit-entry", code="short-weight", about=of.supplier))
    return _apart(plot, at, of, planted, "short-delivery")


def weighed_more(plot: Plot, at: At, category: str) -> Planted:
    """A hundredth of what was weighed is not taken in, and not refused."""
    of = goods.of_day(plot, at, category)
    line_no = of.line()
    of.accept(line_no, of.net_g(line_no) * 99 // 1000 * 10)
    return _apart(plot, at, of, Planted(), "weighed-above-accepted")


def price_raised(plot: Plot, at: At, category: str) -> Planted:
    """A line is ordered and paid for at a tenth more than the award says."""
    of = goods.of_day(plot, at, category)
    line_no = of.line()
    price = int(of.order.payload["line_prices"][line_no - 1]["unit_price_fen"])
    of.price(line_no, price * 11 // 10)
    award = plot.one(f"award {of.supplier.partition(':')[2]}")
    school = plot.school(at).party
    planted = _suspected(plot, at, "price-above-award", school, of.order.id, award.id, day="")
    return _apart(plot, at, of, planted, "price-above-award")


def settled_twice(plot: Plot, at: At, category: str) -> Planted:
    """One delivery is invoiced, settled and paid a second time."""
    of = goods.of_day(plot, at, category)
    first, school = of.settlement, plot.school(at)
    supplier = next(one for one in plot.suppliers if one.party == of.supplier)
    items = {item.code: item for item in supplier.items}
    taken = [
        Taken(of.acceptance.id, supplier, items[line["item_code"]], line["lot_no"],
              line["accepted_quantity"])
        for line in of.acceptance.payload["lines"]
    ]  # fmt: skip
    month = plot.on(at).replace(day=1)
    with plot.script() as script:
        money.settle_one(
            script, plot.term.cast, money.Account(school), supplier, 7, taken,
            plot.on(at), (month + timedelta(days=31)).replace(day=1) - timedelta(days=1),
        )  # fmt: skip
    second = plot.one(f"settlement {school.digits} {plot.on(at)} {category}")
    planted = _suspected(plot, at, "settled-twice", FUNDS, first.id, second.id, day="")
    return _apart(plot, at, of, planted, "settled-twice")


def paid_twice(plot: Plot, at: At, category: str) -> Planted:
    """The bank pays a settlement again, five days later."""
    of = goods.of_day(plot, at, category)
    settlement = of.settlement
    name = settlement.name.removeprefix("settlement ")
    once = plot.one(f"entry {name}")
    _pay(plot, at, once, settlement.id, f"{name} again")
    again = plot.one(f"entry {name} again")
    planted = _suspected(plot, at, "paid-twice", FUNDS, settlement.id, again.id, day="")
    return _apart(plot, at, of, planted, "paid-twice")


def wrong_payee(plot: Plot, at: At, category: str) -> Planted:
    """A settlement names another account than the supplier's own."""
    of = goods.of_day(plot, at, category)
    settlement = of.settlement
    settlement.payload["payee_account"] = "6200 0000 0000 9911"
    registration = plot.one(f"registration {of.supplier.partition(':')[2]}")
    planted = _suspected(plot, at, "payee-differs", FUNDS, settlement.id, registration.id, day="")
    return _apart(plot, at, of, planted, "payee-differs")


def invoice_twice(plot: Plot, at: At, before: At, category: str) -> Planted:
    """A settlement rests on the invoice of the month before."""
    of, old = goods.of_day(plot, at, category), goods.of_day(plot, before, category)
    settlement, first = of.settlement, old.settlement
    number = first.payload["invoices"][0]["invoice_no"]
    settlement.payload["invoices"][0]["invoice_no"] = number
    planted = _suspected(plot, at, "invoice-used-twice", FUNDS, first.id, settlement.id, day="")
    planted = _apart(plot, at, of, planted, "invoice-used-twice")
    return _apart(plot, before, old, planted, "invoice-used-twice", must=False)


def debit_without_settlement(plot: Plot, at: At) -> Planted:
    """Money leaves the account for nothing that was settled."""
    name = f"{plot.name(at)} elsewhere"
    on = plot.on(at)
    with plot.script() as script:
        account = money.Account(plot.school(at))
        money.entry(script, account, on, -123_400, "某某商贸有限公司", "往来款", None, name)
    entry = plot.one(f"entry {name}")
    entry.payload["bank_reference"] = f"{on:%Y%m%d}X001"
    planted = _suspected(plot, at, "debit-without-settlement", "", entry.id, day="")
    return _account(plot, at, planted, "debit-without-settlement")


def balance_broken(plot: Plot, at: At) -> Planted:
    """From one entry on the balance is 5,000 fen lower than the entries come to."""
    entries = plot.named(f"entry {plot.school(at).digits} ")
    entry = next(one for one in entries if one.day >= str(plot.on(at)))
    before = entries[entries.index(entry) - 1]
    plot.lost[entry.name] = 5_000
    planted = _suspected(plot, at, "balance-broken", "", before.id, entry.id, day="")
    return _account(plot, at, planted, "balance-broken")


def corrected_after(plot: Plot, at: At, category: str) -> Planted:
    """An acceptance is corrected when it was settled and paid long since."""
    of = goods.of_day(plot, at, category)
    school, acceptance, settlement = plot.school(at), of.acceptance, of.settlement
    when = clock(plot.term.shape.last - timedelta(days=2), 10, 40)
    with plot.script() as script:
        for kind, name, payload, links in (
            (
                "correction",
                f"correction {of.name}",
                {
                    "reason_code": "incorrect-data",
                    "reason": "到货温度录入有误",
                    "accountable": school.head,
                },
                [{"rel": "corrects", "id": acceptance.id}],
            ),
            (
                "acceptance",
                f"acceptance {of.name} corrected",
                acceptance.payload,
                [*acceptance.request["links"], {"rel": "replaces", "id": acceptance.id}],
            ),
        ):
            files = ["photo"] if kind == "acceptance" else []
            script.say(
                name, school.party, kind, payload, when, links=links, files=files,
                school=school.party, day=plot.on(at),
            )  # fmt: skip
    both = plot.one(f"correction {of.name}"), plot.one(f"acceptance {of.name} corrected")
    for one in both:
        one.together = of.name
    lines = [dict(line) for line in acceptance.payload["lines"]]
    lines[0]["temperature_mC"] += 900
    both[1].payload["lines"] = lines
    both[1].request["occurred_at"] = acceptance.request["occurred_at"]
    cited = (both[0].id, acceptance.id, settlement.id)
    planted = _suspected(plot, at, "settled-then-corrected", school.party, *cited, day="")
    for kind in ("withdrawn", "delivered"):
        planted.follows.append(Finding(type="credit-entry", code=kind, about=of.supplier))
    return _apart(plot, at, of, planted, "settled-then-corrected")


def paid_not_served(plot: Plot, at: At) -> Planted:
    """In the month of `at` three tenths of the meals that were paid for are not served."""
    school, month = plot.school(at), f"{plot.on(at):%Y-%m}"
    served = plot.named(f"service {school.digits} {month}")
    for one in served:
        fewer = one.payload["diners"] * 7 // 10
        one.payload["diners"] = fewer
        for dish in one.payload["dishes"]:
            dish["portions_served"] = min(dish["portions_served"], fewer)
    day = f"{month}-01"
    orders = plot.named(f"meal-order {school.digits} {month}")
    found = Finding(type="suspicion", code="meals-paid-not-served", about=school.party,
                    cites=(served[0].id, orders[0].id))  # fmt: skip
    shown = Shown(family="reconciliation", kind="meals", status="mismatched", scope=school.party,
                  day=day, says=("meals-paid-not-served",))  # fmt: skip
    return Planted(findings=[found], rows=[shown])


def more_than_recipes_take(plot: Plot, at: At) -> Planted:
    """In the month of `at` half as much meat again is bought as the dishes take by recipe."""
    school, month = plot.school(at), f"{plot.on(at):%Y-%m}"
    orders = [
        one for one in plot.named(f"order {school.digits} {month}") if one.name.endswith(" meat")
    ]
    for one in orders:
        of = goods.Delivery(plot, one.name.removeprefix("order "))
        for line in list(one.payload["lines"]):
            grams = line["quantity"] * 15 // 100 * 10
            of.ask(line["line_no"], grams)
            of.take(line["line_no"], grams)
    found = Finding(type="suspicion", code="ingredients-over", about=school.party)
    shown = Shown(family="reconciliation", kind="meals", status="mismatched", scope=school.party,
                  day=f"{month}-01", says=("ingredients-over",))  # fmt: skip
    return Planted(findings=[found], rows=[shown])


def _pay(plot: Plot, at: At, once: Said, settlement: str, name: str) -> None:
    fields = once.payload
    on = plot.term.shape.last + timedelta(days=5)
    with plot.script() as script:
        money.entry(
            script, money.Account(plot.school(at)), on, -fields["amount_fen"],
            fields["counterparty_name"], fields["purpose"], settlement, name,
        )  # fmt: skip
    plot.one(f"entry {name}").payload["bank_reference"] = f"{on:%Y%m%d}X002"


def _suspected(
    plot: Plot, at: At, kind: str, about: str, *records: str, day: str | None = None
) -> Planted:
    found = Finding(type="suspicion", code=kind, about=about, cites=records,
                    day=str(plot.on(at)) if day is None else day)  # fmt: skip
    return Planted(findings=[found])


def _apart(
    plot: Plot,
    at: At,
    of: goods.Delivery,
    planted: Planted,
    difference: str,
    *,
    must: bool = True,
) -> Planted:
    """The books of that supplier, school and month do not meet either."""
    month, school = str(plot.on(at).replace(day=1)), plot.school(at).party
    record = Finding(type="reconciliation", code="mismatched", about=of.supplier, day=month,
                     cites=(of.order.id,))  # fmt: skip
    (planted.findings if must else planted.follows).append(record)
    if must:
        planted.rows.append(
            Shown(family="reconciliation", kind="supplier", status="mismatched", scope=school,
                  day=month, says=(difference, of.supplier))
        )  # fmt: skip
    return planted


def _account(plot: Plot, at: At, planted: Planted, difference: str) -> Planted:
    month, school = str(plot.on(at).replace(day=1)), plot.school(at)
    planted.rows.append(
        Shown(family="reconciliation", kind="account", status="mismatched", scope=school.party,
              day=month, says=(difference, school.account))
    )  # fmt: skip
    return planted
