"""The policy of reconciliation: periods, tolerances, graces, and how grave a difference is.

Every figure here is a default that a `policy` record named `reconciliation` overrides; its member
`levels` overrides codes one by one, written with `_` for `-`. No published rule gives any of them (DOMAIN §1).
"""

from collections.abc import Mapping
from typing import Any, Final

NOTE: Final = "note"
MISMATCH: Final = "mismatch"
SEVERITIES: Final = ("minor", "major", "critical")
"""Levels at which a difference is posted as a suspicion, at once; a note is only shown, a mismatch
makes the period's record mismatched."""

LEVELS: Final[Mapping[str, str]] = {
    # Goods: order, dispatch, weigh-in, acceptance
    "accepted-without-order": "major",
    "supplier-differs": "major",
    "item-not-ordered": MISMATCH,
    "not-delivered": NOTE,
    "short-delivery": "minor",
    "dispatched-above-arrived": MISMATCH,
    "accepted-above-ordered": MISMATCH,
    "accepted-above-weighed": "major",
    "weighed-above-accepted": MISMATCH,
    "accepted-not-weighed": MISMATCH,
    # Procurement: tender, award, contract, selection, order
    "award-without-tender": "major",
    "award-before-opening": "major",
    "package-not-tendered": "major",
    "winner-of-other-kind": "major",
    "awarded-above-ceiling": "major",
    "orders-above-ceiling": "major",
    "orders-above-contract": "major",
    "settled-above-contract": "major",
    "orders-above-award": "major",
    "settled-above-award": "major",
    "winners-above-tender": "minor",
    "term-outside-tender": "minor",
    "item-outside-package": "minor",
    "selection-without-award": "minor",
    "selection-before-award": "minor",
    "order-without-award": "major",
    "order-before-award": "major",
    "order-outside-term": "minor",
    "item-not-awarded": MISMATCH,
    # Prices: award, contract, reference price, order
    "price-above-award": "major",
    "no-reference-price": NOTE,
    # Settlement
    "settled-without-acceptance": "critical",
    "settled-twice": "critical",
    "settled-above-accepted": "critical",
    "settled-for-another": "critical",
    "settled-then-corrected": "major",
    "settled-after-closing": NOTE,
    "price-above-order": "major",
    "price-below-order": MISMATCH,
    "deduction-differs": MISMATCH,
    "not-settled": MISMATCH,
    # Invoices
    "invoice-sum-differs": MISMATCH,
    "invoice-used-twice": "critical",
    "invoice-differs": MISMATCH,
    "invoice-unknown": MISMATCH,
    # Payment
    "paid-twice": "critical",
    "overpaid": "critical",
    "payee-differs": MISMATCH,
    "payer-differs": MISMATCH,
    "not-paid": MISMATCH,
    # Accounts
    "balance-broken": "critical",
    "debit-without-settlement": "critical",
    "credit-differs": MISMATCH,
    "not-credited": NOTE,
    # Meals
    "meals-paid-not-served": "major",
    "meals-served-not-paid": "minor",
    "meals-without-service": NOTE,
    "meal-money-differs": NOTE,
    "ingredients-short": "minor",
    "ingredients-over": "minor",
}
"""Each code of a difference and its level; `payee-differs` is posted by a family of its own."""

DEFAULTS: Final[Mapping[str, Any]] = {
    "period_first_day": 1,
    "grace_days": 30,
    "revise_days": 7,
    "keep_matched_days": 30,
    "keep_days": 180,
    "remember_days": 366,
    "award_grace_h": 168,
    "ceiling_tolerance_bp": 0,
    "agreed_tolerance_bp": 0,
    "goods_grace_h": 48,
    "money_grace_h": 48,
    "credit_grace_days": 10,
    "recheck_h": 1,
    "tolerance_bp": {"g": 200, "ml": 200, "piece": 0, "box": 0},
    "weighing_tolerance_bp": 50,
    "weighing_tolerance_g": 50,
    "tolerance_fen": 0,
    "price_rounding_fen": 1,
    "goods_deductions": ["rejected", "short-weight"],
    "item_categories": [],
    "outflows": ["手续费"],
    "meals_tolerance_bp": 1000,
    "ingredients_tolerance_bp": 3000,
    "ingredients_days": 4,
    "recipe_coverage_bp": 9000,
    "shown": 100,
    "levels": {code.replace("-", "_"): grave for code, grave in LEVELS.items()},
}
"""The built-in rules; `docs/oversight/reconciliation.md` explains each."""


def level(rules: Mapping[str, Any], code: str) -> str:
    """How grave a difference is: a note, a mismatch, or a severity."""
    said: str = rules["levels"].get(code.replace("-", "_"), "")
    return said if said in (NOTE, MISMATCH, *SEVERITIES) else LEVELS[code]
