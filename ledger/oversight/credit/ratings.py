"""The public rating of a period: factors, weights, score, grade, rank (供应商评级).

A factor that rests on deliveries loses what the faults in it cost, held against what it would cost
if every delivery were at fault; prices and evaluations are shares; `credit` is the account's balance.
A factor of which nothing is known in the period is left out, and the others' weights take its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.oversight.credit import account, months, rules
from ledger.oversight.credit.worth import WHOLE_BP
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Ref

TYPE: Final = "rating"
_WHOLE_PPM: Final = 1_000_000
_POINT_PPM: Final = 10_000
"""Of the whole scale: 100 points are all of it."""
_OF_DELIVERIES: Final = ("quality", "punctuality", "in-full", "documents")

Rules = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rated:
    """A supplier's rating before it is ranked."""

    supplier: str
    factors: list[dict[str, Any]]
    score_ppm: int
    month: Mapping[str, Any]


def due(context: Context, period: str) -> None:
    """Rate a period, once its time has come."""
    if context.get(f"period {period}") is None:
        return
    at = months.rated_at(context, period)
    if context.now < at:
        context.wake(at, f"period {period}")
        return
    least = context.policy.rules["least_deliveries"]
    rated = []
    for supplier in months.suppliers(context, period):
        month = months.counted(context, supplier, period)
        if month["deliveries"] >= max(1, least):
            balance = account.opened(context, supplier)["balance"]
            factors = factors_of(month, balance, context.policy.rules)
            if factors:
                rated.append(Rated(supplier, factors, score_ppm(factors), month))
    rated.sort(key=lambda one: (-one.score_ppm, one.supplier))
    for one in rated:
        rank = 1 + sum(other.score_ppm > one.score_ppm for other in rated)
        _post(context, period, one, rank, len(rated))
    months.close(context, period)


def factors_of(month: Mapping[str, Any], balance: int, table: Rules) -> list[dict[str, Any]]:
    """The factors of which something is known, with weights that make a whole.

    Args:
        month: what was counted (`months`); at least one delivery.
        balance: points of the account.
        table: the policy's rules.
    """
    values = _values(month, balance, table)
    known = {name: int(rules.of(table["weights_bp"], name) or 0) for name in values}
    weights = {name: weight for name, weight in known.items() if weight > 0}
    whole = sum(weights.values())
    if not whole:
        return []
    shares = {name: weight * WHOLE_BP // whole for name, weight in weights.items()}
    heaviest = max(shares, key=lambda name: (shares[name], name))
    shares[heaviest] += WHOLE_BP - sum(shares.values())
    return [
        {"factor_code": name, "value_ppm": values[name], "weight_bp": shares[name]}
        for name in sorted(shares)
    ]


def score_ppm(factors: list[dict[str, Any]]) -> int:
    """Sum of value × weight, half a millionth rounded up."""
    products = sum(factor["value_ppm"] * factor["weight_bp"] for factor in factors)
    return int((2 * products + WHOLE_BP) // (2 * WHOLE_BP))


def _values(month: Mapping[str, Any], balance: int, table: Rules) -> dict[str, int]:
    faults, shares = month["faults"], month["shares"]
    values = {
        name: _left_ppm(faults.get(name, 0), _full(table, name, month["deliveries"]))
        for name in _OF_DELIVERIES
    }
    values["credit"] = _within(balance * _POINT_PPM)
    evaluations = shares.get("evaluations", [0, 0])
    if evaluations[1]:
        values["evaluations"] = _within(evaluations[0] * _WHOLE_PPM // evaluations[1])
    amount, reference = shares.get("price", [0, 0])
    if reference:
        above = max(0, amount - reference) * WHOLE_BP
        values["price"] = _left_ppm(above, reference * table["price_zero_bp"])
    tasks = shares.get("rectification", [0, 0])[1]
    if tasks:
        full = _full(table, "rectification", tasks)
        values["rectification"] = _left_ppm(faults.get("rectification", 0), full)
    return values


def _full(table: Rules, name: str, times: int) -> int:
    """What it would cost if every one of so many were wholly at fault."""
    return int(rules.of(table["full_points"], name) or 0) * times


def _left_ppm(lost: int, whole: int) -> int:
    """What is left of the scale where so much of the whole is lost, rounded up."""
    if whole <= 0:
        return _WHOLE_PPM
    return _within(_WHOLE_PPM - lost * _WHOLE_PPM // whole)


def _within(value_ppm: int) -> int:
    return max(0, min(_WHOLE_PPM, value_ppm))


def _post(context: Context, period: str, one: Rated, rank: int, of: int) -> None:
    first, _, last = period.partition(" ")
    grade = rules.grade_of(context.policy.rules, one.score_ppm // _POINT_PPM)
    own = {
        "supplier": one.supplier,
        "period_from": first,
        "period_until": last,
        "factors": one.factors,
        "score_ppm": one.score_ppm,
        "grade": grade,
        "rank": rank,
        "rated_suppliers": of,
    }
    causes: list[Ref] = one.month["causes"]
    record = context.find(
        TYPE,
        own,
        [*months.rests_on(context, one.supplier, dict(one.month))],
        links={"cites": list(dict.fromkeys(ref[2] for ref in causes))},
        cites=False,
    )
    shown = {name: value for name, value in own.items() if name != "supplier"}
    detail = {
        **shown,
        "record": record,
        "deliveries": one.month["deliveries"],
        "faults": one.month["faults"],
        "policy_version": context.policy.version,
    }
    name = f"rating {one.supplier} {first}"
    context.row(Row(rules.NAME, name, one.supplier, last, TYPE, grade, detail))
    known = account.opened(context, one.supplier)
    known["rating"] = {"record": record, "grade": grade, "score_ppm": one.score_ppm} | {
        name: own[name] for name in ("period_from", "period_until", "rank", "rated_suppliers")
    }
    account.put(context, one.supplier, known)
