"""Units a scale displays, and the one this program reckons in: the microgram.

A displayed number stays what it is, digits and decimals, until it is compared or recorded; then it
becomes whole micrograms. For metric units and the market catty (市斤, 500 g) that is exact; pounds
and ounces (453.59237 g to the pound, by definition) are rounded to the nearest microgram.
"""

from typing import Final, Literal, get_args

from ledger.errors import MalformedError

Unit = Literal["kg", "g", "mg", "t", "jin", "lb", "oz"]

UNITS: Final[tuple[Unit, ...]] = get_args(Unit)

_NANOGRAMS: Final[dict[Unit, int]] = {
    "kg": 10**12,
    "g": 10**9,
    "mg": 10**6,
    "t": 10**15,
    "jin": 500 * 10**9,
    "lb": 453_592_370_000,
    "oz": 28_349_523_125,
}

UG_PER_MG: Final = 1_000
UG_PER_G: Final = 1_000_000


def micrograms(value: int, decimals: int, unit: Unit) -> int:
    """What `value` × 10^-`decimals` of the unit weighs, in micrograms."""
    return nearest(value * _NANOGRAMS[unit], 10**decimals * 1_000)


def grams(weight_ug: int) -> int:
    """Whole grams, half a gram rounded up."""
    return nearest(weight_ug, UG_PER_G)


def nearest(dividend: int, divisor: int) -> int:
    """The whole number nearest to the quotient, a half rounded up; `divisor` > 0."""
    return (2 * dividend + divisor) // (2 * divisor)


def unit_named(text: str) -> Unit:
    """The unit a configuration names.

    Raises:
        MalformedError: it is none of ours.
    """
    for unit in UNITS:
        if text == unit:
            return unit
    raise MalformedError(f"unit {text!r} is none of {', '.join(UNITS)}")


def unit_of(name: bytes) -> Unit | None:
    """The unit a scale names, or None where it is none of ours."""
    return _NAMES.get(name.strip())


_NAMES: Final[dict[bytes, Unit]] = {
    b"kg": "kg", b"g": "g", b"mg": "mg", b"t": "t", b"lb": "lb", b"oz": "oz",
}  # fmt: skip
