"""One frame of a scale as it displayed it: digits, not a number of somebody's choosing.

A `NamedTuple` and no dataclass: a parser makes hundreds of thousands a second, and a frozen
dataclass takes three times as long to be made.
"""

from typing import Literal, NamedTuple

from devices.scales.units import Unit, micrograms

Kind = Literal["gross", "net", "tare"]


class Frame(NamedTuple):
    """What one frame says; it has passed its family's check, where there is one.

    Attributes:
        raw: its bytes as they came.
        value: the displayed digits as a signed whole number; None where no weight is shown.
        decimals: how many of them stand after the point.
        unit: as the frame says it, or as configured where the protocol is silent.
        kind: gross, net or tare; None where the protocol does not tell.
        stable: whether the scale says that it stands still; None where it never says.
        tare: the tare that the same frame carries, at the same decimals; None where it has none.
        step: the last digit moves by 1, 2 or 5.
        overload: more than the scale can weigh (超载).
        underload: less than it can weigh: the platform is off, or pulled up.
    """

    raw: bytes
    value: int | None
    decimals: int = 0
    unit: Unit = "kg"
    kind: Kind | None = None
    stable: bool | None = None
    tare: int | None = None
    step: int = 1
    overload: bool = False
    underload: bool = False

    @property
    def motion(self) -> bool:
        """Whether the scale says that it has not come to rest."""
        return self.stable is False

    @property
    def zero(self) -> bool:
        """Whether exactly nothing is displayed."""
        return self.value == 0

    @property
    def weight_ug(self) -> int | None:
        """The displayed weight in micrograms."""
        return None if self.value is None else micrograms(self.value, self.decimals, self.unit)

    @property
    def tare_ug(self) -> int | None:
        """The frame's own tare in micrograms."""
        return None if self.tare is None else micrograms(self.tare, self.decimals, self.unit)

    @property
    def division_ug(self) -> int:
        """Displayed division (分度值): the least difference that the digits can show."""
        return micrograms(self.step, self.decimals, self.unit)

    def text(self) -> str:
        """As a person reads it: `12.485 kg`."""
        if self.overload:
            return "OL"
        if self.underload:
            return "LO"
        if self.value is None:
            return "—"
        digits = f"{abs(self.value):0{self.decimals + 1}d}"
        whole, fraction = (
            digits[: len(digits) - self.decimals],
            digits[len(digits) - self.decimals :],
        )
        sign = "-" if self.value < 0 else ""
        return f"{sign}{whole}{'.' if fraction else ''}{fraction} {self.unit}"
