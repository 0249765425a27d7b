"""What was ordered, delivered, weighed and cooked on the demo's day, in grams and fen."""

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order and what became of it.

    Attributes:
        line_no: its line in the order.
        code: item code.
        name: as printed on the order.
        lot_no: of the producer.
        ordered_g: quantity ordered.
        arrived_g: net weight on the scale.
        fen_per_kg: unit price.
        colour: for its photo.
        accepted: whether the school took it.
    """

    line_no: int
    code: str
    name: str
    lot_no: str
    ordered_g: int
    arrived_g: int
    fen_per_kg: int
    colour: Colour
    accepted: bool = True

    @property
    def ordered_fen(self) -> int:
        """Price of what was ordered."""
        return self.ordered_g * self.fen_per_kg // 1000

    @property
    def payable_fen(self) -> int:
        """Price of what was accepted, half up."""
        return (2 * self.arrived_g * self.fen_per_kg + 1000) // 2000 if self.accepted else 0


ITEMS = (
    Item(1, "pork-leg", "猪后腿肉", "ZT-1123-07", 40_000, 39_860, 2680, (196, 84, 78)),
    Item(2, "chicken-thigh", "鸡腿肉", "JT-1123-02", 25_000, 25_120, 1850, (226, 178, 140)),
    Item(3, "spinach", "菠菜", "BC-1124-11", 18_000, 17_400, 620, (70, 128, 60), accepted=False),
)
TARE_G = 2_620
"""Of the crate on the scale."""
DIVISION_G = 20
WASTE = ("kitchen-waste", "餐厨垃圾", 6_240)
"""Item code, name, grams; in a bag."""
DISHES = (
    ("D01", "红烧肉", 132, (150, 74, 36)),
    ("D02", "香菇滑鸡", 128, (196, 156, 104)),
    ("D03", "清炒白菜", 141, (170, 196, 130)),
)
"""Code, name, grams retained, colour of its photo."""

MEALS = 640
MEAL_FEN = 1_200
