"""What goods cost: quantity × price per unit, rounded half up to whole fen per line (EVIDENCE §4)."""

from functools import lru_cache
from typing import Final

from ledger.errors import MalformedError

PRICED_PER: Final = {"g": ("kg", 1000), "ml": ("l", 1000), "piece": ("piece", 1), "box": ("box", 1)}
"""From a unit of quantity to the unit its price is for, and how many of the one make the other."""


def amount_fen(quantity: int, unit: str, unit_price_fen: str, price_unit: str) -> int:
    """The price of `quantity` in fen, half a fen rounded up.

    `unit_price_fen` is a decimal string that a model has checked.

    Raises:
        MalformedError: goods of this unit are not priced per `price_unit`.
    """
    per, divisor = PRICED_PER[unit]
    if price_unit != per:
        raise MalformedError(f"what is counted in {unit} is priced per {per}, not per {price_unit}")
    digits, scale = _scaled(unit_price_fen)
    scale *= divisor
    return (2 * quantity * digits + scale) // (2 * scale)


@lru_cache(maxsize=4096)
def _scaled(price: str) -> tuple[int, int]:
    """A price as a whole number of parts, and how many of them make 1 fen: few are asked for often."""
    whole, _, decimals = price.partition(".")
    return int(whole + decimals), int("1" + "0" * len(decimals))
