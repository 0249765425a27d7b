"""Meals paid, the supplier paid: what the money side says on the demo's day."""

from datetime import time

from api.demo import cast
from api.demo.goods import ITEMS, MEAL_FEN, MEALS
from api.demo.posting import Poster, line, price, yuan
from ledger.statement import Link


def payments(day: Poster) -> None:
    """Meals paid into the dedicated account, the supplier paid for what was accepted."""
    paid_fen = MEALS * MEAL_FEN
    day.post(
        "payments",
        cast.BANK,
        "meal-payment",
        {
            "batch_no": "B-1124",
            "school": cast.SCHOOL,
            "business_on": day.on.isoformat(),
            "channel": "bank-app",
            "account": day.account,
            "payments": MEALS,
            "amount_fen": paid_fen,
            "refunds_fen": 0,
            "fees_fen": 0,
            "lines_root": "3c" * 32,
        },
        at=time(12, 30),
        said=(
            f"{MEALS} meals paid, {yuan(paid_fen)}",
            f"{MEALS} 份餐费入账，{yuan(paid_fen)}",
        ),
    )
    payable = [item for item in ITEMS if item.accepted]
    total = sum(item.payable_fen for item in payable)
    acceptance = day.receipts["acceptance"].id
    settlement = day.post(
        "settlement",
        cast.FUNDS,
        "settlement",
        {
            "accountable": day.people["treasurer"],
            "settlement_no": "S-1124-1",
            "payer_account": day.account,
            "supplier": cast.MEAT,
            "payee_account": "6200 0000 0000 0018",
            "school": cast.SCHOOL,
            "period_from": day.on.isoformat(),
            "period_until": day.on.isoformat(),
            "lines": [
                {**line(item), "quantity": item.arrived_g, "acceptance": acceptance}
                for item in payable
            ],
            "line_prices": [price(item, item.payable_fen) for item in payable],
            "gross_fen": total,
            "deductions": [],
            "net_fen": total,
            "invoices": [{"invoice_no": "FP-1124-88", "amount_fen": total, "tax_fen": 0}],
            "purpose": "食材采购款",
            "prepared_by": day.people["clerk"],
            "approved_by": day.people["treasurer"],
        },
        at=time(16, 0),
        links=[Link("settles", id=acceptance)],
        said=(
            f"settled: what was accepted, and no gram more, {yuan(total)}",
            f"按实际验收结算 {yuan(total)}",
        ),
    )
    day.post(
        "bank entry",
        cast.BANK,
        "account-entry",
        {
            "account": day.account,
            "entry_no": 1,
            "bank_reference": "YH-1124-000093",
            "booked_on": day.on.isoformat(),
            "direction": "debit",
            "amount_fen": total,
            "balance_after_fen": paid_fen - total,
            "counterparty_name": "本溪青山肉业有限公司",
            "purpose": "食材采购款",
            "source": "bank-api",
        },
        at=time(16, 30),
        links=[Link("pays", id=settlement.id)],
        said=("the bank books the payment (专户支出)", "银行登记专户支出"),
    )
