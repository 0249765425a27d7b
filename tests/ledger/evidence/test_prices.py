"""Prices: whole fen, half a fen up, whatever the unit."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger.errors import MalformedError
from ledger.evidence.prices import PRICED_PER, amount_fen


@pytest.mark.parametrize(
    ("quantity", "unit", "price", "per", "fen"),
    [
        (11_500, "g", "2600", "kg", 29_900),
        (11_500, "g", "2599.5", "kg", 29_894),
        (1, "g", "500", "kg", 1),
        (1, "g", "499.999999", "kg", 0),
        (3, "g", "500", "kg", 2),
        (750, "ml", "1000.66", "l", 750),
        (3, "box", "0.5", "box", 2),
        (0, "piece", "99", "piece", 0),
    ],
)
def test_half_a_fen_is_rounded_up(quantity: int, unit: str, price: str, per: str, fen: int) -> None:
    assert amount_fen(quantity, unit, price, per) == fen


@given(
    quantity=some.integers(0, 2**53 - 1),
    unit=some.sampled_from(sorted(PRICED_PER)),
    whole=some.integers(0, 10**12 - 1),
    decimals=some.text("0123456789", max_size=6),
)
def test_no_digit_is_lost_at_any_size(quantity: int, unit: str, whole: int, decimals: str) -> None:
    price = f"{whole}.{decimals}" if decimals else str(whole)
    per, divisor = PRICED_PER[unit]

    with localcontext(prec=60):
        exact = Decimal(price) * quantity / divisor
        expected = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    assert amount_fen(quantity, unit, price, per) == expected


@pytest.mark.parametrize(
    ("unit", "per"), [("g", "l"), ("ml", "kg"), ("piece", "box"), ("box", "kg")]
)
def test_goods_are_priced_in_their_own_unit(unit: str, per: str) -> None:
    with pytest.raises(MalformedError, match=f"not per {per}"):
        amount_fen(1, unit, "1", per)
