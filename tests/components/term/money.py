"""The school's dedicated account: what parents pay in, and what suppliers are paid for each month."""

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from components.term.script import Script, clock
from components.term.supply import Taken
from components.term.world import BANK, FUNDS, School, Supplier, World
from ledger.evidence.prices import amount_fen

MEAL_FEN = 1_200


@dataclass(slots=True)
class Account:
    """One school's account: entries are numbered, balances chain."""

    school: School
    balance_fen: int = 0
    entries: int = 0
    taken: list[Taken] = field(default_factory=list)


def week(script: Script, account: Account, monday: date, days: int, draw: random.Random) -> None:
    """On the Friday before, parents order and pay for a week of so many school days."""
    school, friday = account.school, monday - timedelta(days=3)
    name, amount = f"{school.digits} {monday}", school.diners * days * MEAL_FEN
    root = hashlib.sha256(name.encode()).hexdigest()
    script.say(
        f"payment {name}",
        BANK,
        "meal-payment",
        {
            "batch_no": f"CF{school.digits}-{monday:%y%m%d}",
            "school": school.party,
            "business_on": str(friday),
            "channel": "wechat",
            "account": school.account,
            "payments": school.diners,
            "amount_fen": amount,
            "refunds_fen": 0,
            "fees_fen": 0,
            "lines_root": root,
            "meals_from": str(monday),
            "meals_until": str(monday + timedelta(days=4)),
        },
        clock(friday, 22, draw.randrange(60)),
        files=["lines"],
        media_type="text/csv",
        school=school.party,
        day=friday,
    )
    entry(script, account, friday, amount, f"学生餐费 {monday}", "家长缴费汇总", None, name)


def meal_order(script: Script, cast: World, school: School, on: date, ordered_on: date) -> None:
    """How many meals are ordered for a day."""
    name = f"{school.digits} {on}"
    script.say(
        f"meal-order {name}",
        BANK,
        "meal-order",
        {
            "batch_no": f"DC{school.digits}-{on:%y%m%d}",
            "school": school.party,
            "meal_on": str(on),
            "channel": "wechat",
            "closed_at": clock(ordered_on, 13).astimezone().isoformat(),
            "meals": [
                {"meal": "lunch", "diner_group": "student", "ordered": school.diners,
                 "cancelled": 0, "portions": school.diners, "unit_price_fen": str(MEAL_FEN),
                 "amount_fen": school.diners * MEAL_FEN}
            ],
            "portions": school.diners,
            "amount_fen": school.diners * MEAL_FEN,
            "lines_root": hashlib.sha256(name.encode()).hexdigest(),
            "accountable": cast.clerk,
        },
        clock(ordered_on, 13, 5),
        files=["lines"],
        media_type="text/csv",
        school=school.party,
        day=on,
    )  # fmt: skip


def settle(script: Script, cast: World, account: Account, first: date, last: date) -> None:
    """What was taken in from `first` to `last` is invoiced, settled and paid, supplier by supplier."""
    for number, supplier in enumerate(cast.suppliers):
        lines = [one for one in account.taken if one.supplier == supplier]
        if lines:
            settle_one(script, cast, account, supplier, number, lines, first, last)
    account.taken = []


def settle_one(
    script: Script,
    cast: World,
    account: Account,
    supplier: Supplier,
    number: int,
    taken: list[Taken],
    first: date,
    last: date,
) -> None:
    """One supplier's part of it."""
    school = account.school
    name = f"{school.digits} {first} {supplier.category}"
    # Lots would be subjects, and a month has more of them than a document may.
    goods = [
        {"line_no": place, "item_code": one.item.code, "item_name": one.item.name,
         "quantity": one.net_g, "unit": "g"}
        for place, one in enumerate(taken, 1)
    ]  # fmt: skip
    prices = [
        {"line_no": place, "unit_price_fen": str(one.item.price_fen), "price_unit": "kg",
         "amount_fen": amount_fen(one.net_g, "g", str(one.item.price_fen), "kg")}
        for place, one in enumerate(taken, 1)
    ]  # fmt: skip
    amount = sum(int(str(price["amount_fen"])) for price in prices)
    invoice_no = f"26{school.account_no:04}{first:%m}{number:08}0001"
    on = last + timedelta(days=1)
    acceptances = list(dict.fromkeys(one.acceptance for one in taken))
    common = {"supplier": supplier.party, "school": school.party,
              "period_from": str(first), "period_until": str(last)}  # fmt: skip
    script.say(
        f"invoice {name}",
        supplier.party,
        "invoice",
        {
            **common,
            "invoice_no": invoice_no,
            "invoice_kind": "ordinary",
            "colour": "blue",
            "buyer_uscc": "12210500MB0A1203X6",
            "issued_on": str(on),
            "lines": goods,
            "line_prices": prices,
            "untaxed_fen": amount,
            "tax_fen": 0,
            "amount_fen": amount,
            "accountable": supplier.clerk,
        },
        clock(on, 9, number),
        links=_each("bills", acceptances),
        files=["invoice"],
        media_type="application/pdf",
        school=school.party,
        day=last,
    )
    settlement = script.say(
        f"settlement {name}",
        FUNDS,
        "settlement",
        {
            **common,
            "settlement_no": f"JS-{school.digits}-{first:%y%m}-{number}",
            "payer_account": school.account,
            "payee_account": supplier.account,
            "lines": [
                {**line, "acceptance": one.acceptance}
                for line, one in zip(goods, taken, strict=True)
            ],
            "line_prices": prices,
            "gross_fen": amount,
            "net_fen": amount,
            "invoices": [{"invoice_no": invoice_no, "amount_fen": amount, "tax_fen": 0}],
            "purpose": "学生餐食材款",
            "prepared_by": cast.treasurer,
            "approved_by": cast.director,
            "accountable": cast.director,
        },
        clock(on, 10, number),
        links=_each("settles", acceptances),
        school=school.party,
        day=last,
    )
    entry(script, account, on, -amount, supplier.name, "学生餐食材款", settlement, name)


def entry(
    script: Script,
    account: Account,
    on: date,
    amount: int,
    counterparty: str,
    purpose: str,
    pays: str | None,
    name: str,
) -> None:
    """A line of the account's statement; what leaves it is negative."""
    account.entries += 1
    account.balance_fen += amount
    school = account.school
    script.say(
        f"entry {name}",
        BANK,
        "account-entry",
        {
            "account": school.account,
            "entry_no": account.entries,
            "bank_reference": f"{on:%Y%m%d}{school.account_no:04}{account.entries:06}",
            "booked_on": str(on),
            "direction": "credit" if amount > 0 else "debit",
            "amount_fen": abs(amount),
            "balance_after_fen": account.balance_fen,
            "counterparty_name": counterparty,
            "purpose": purpose,
            "source": "bank-api",
        },
        clock(on, 22 if amount > 0 else 14, account.entries % 60, 30),
        links=() if pays is None else [{"rel": "pays", "id": pays}],
        school=school.party,
        day=on,
    )


def _each(rel: str, ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"rel": rel, "id": one} for one in ids]
