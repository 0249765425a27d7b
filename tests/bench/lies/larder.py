"""What is bought, how it is packed, and what is cooked of it.

Loose goods come in crates, some more and some less than was ordered. Packages weigh what they
weigh: a sack of rice 25 kg and the sack itself, a drum of oil the same to ten grams. Where they are
all that is on the scale, weights repeat, and nobody lied.
"""

import random
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pack:
    """A package: what it should weigh, by how much it weighs more, and how that scatters, in grams."""

    grams: int
    over_g: float
    spread_g: float

    def weigh(self, packs: int, draw: random.Random) -> float:
        """What so many of them weigh, in grams."""
        return sum(self.grams + draw.gauss(self.over_g, self.spread_g) for _ in range(packs))


@dataclass(frozen=True, slots=True)
class Good:
    """Something to cook with.

    Attributes:
        code: of the catalogue.
        name: in Chinese.
        sold_by: kind of supplier.
        fen_per_kg: price.
        pack: how it is packed, if it ever is.
        always: whether it only comes so.
        keeps: whether it is bought for several days.
    """

    code: str
    name: str
    sold_by: str
    fen_per_kg: int
    pack: Pack | None = None
    always: bool = False
    keeps: bool = False


PORK: Final = Good("pork-shoulder", "猪前腿肉", "meat", 2_750, Pack(10_000, 15, 25))
CHICKEN: Final = Good("chicken-drumstick", "鸡小腿", "meat", 1_640, Pack(10_000, 10, 18))
BEEF: Final = Good("beef-brisket", "牛腩", "meat", 6_900, Pack(5_000, 8, 15))
FISH: Final = Good("basa-fillet", "巴沙鱼片", "meat", 2_200, Pack(10_000, 20, 30))
CABBAGE: Final = Good("napa-cabbage", "大白菜", "greens", 230)
POTATO: Final = Good("potato", "土豆", "greens", 310, Pack(20_000, 60, 160))
TOMATO: Final = Good("tomato", "西红柿", "greens", 560, Pack(12_000, 30, 90))
CARROT: Final = Good("carrot", "胡萝卜", "greens", 350, Pack(10_000, 30, 60))
CUCUMBER: Final = Good("cucumber", "黄瓜", "greens", 490)
PAKCHOI: Final = Good("pak-choi", "小青菜", "greens", 520)
BEANSPROUT: Final = Good("bean-sprout", "豆芽", "greens", 330, Pack(5_000, 20, 40))
RICE: Final = Good(
    "rice-25", "大米 25 千克袋", "dry", 540, Pack(25_000, 95, 22), always=True, keeps=True
)
FLOUR: Final = Good(
    "flour-25", "面粉 25 千克袋", "dry", 420, Pack(25_000, 90, 25), always=True, keeps=True
)
OIL: Final = Good(
    "oil-20", "大豆油 20 升桶", "dry", 1_050, Pack(18_400, 620, 7), always=True, keeps=True
)
EGG: Final = Good("egg-box", "鲜鸡蛋 360 枚箱", "dry", 1_010, Pack(22_500, 700, 170), always=True)
TOFU: Final = Good("tofu-tray", "北豆腐", "bean", 480, Pack(5_000, 40, 70))
DRIED_TOFU: Final = Good("dried-tofu", "豆干", "bean", 1_150, Pack(2_500, 5, 6))
MILK: Final = Good("milk-24", "纯牛奶 24 盒箱", "bean", 1_300, Pack(6_200, 380, 9), always=True)

GOODS: Final = (
    PORK, CHICKEN, BEEF, FISH, CABBAGE, POTATO, TOMATO, CARROT, CUCUMBER, PAKCHOI, BEANSPROUT, RICE,
    FLOUR, OIL, EGG, TOFU, DRIED_TOFU, MILK,
)  # fmt: skip
SELLERS: Final = ("meat", "greens", "dry", "bean")


@dataclass(frozen=True, slots=True)
class Dish:
    """A dish: its step, what a portion weighs, and grams of each good for one diner."""

    name: str
    step: str
    portion_g: int
    takes: tuple[tuple[Good, int], ...]


STAPLE: Final = Dish("米饭", "steam", 190, ((RICE, 85),))
MAINS: Final = (
    Dish("土豆烧肉", "stew", 120, ((PORK, 62), (POTATO, 70))),
    Dish("宫保鸡丁", "stir-fry", 115, ((CHICKEN, 80), (CUCUMBER, 35), (CARROT, 20))),
    Dish("番茄牛腩", "stew", 125, ((BEEF, 48), (TOMATO, 85))),
    Dish("香煎鱼片", "stir-fry", 95, ((FISH, 90),)),
    Dish("白菜炒肉片", "stir-fry", 120, ((PORK, 55), (CABBAGE, 90))),
    Dish("红烧鸡腿", "stew", 110, ((CHICKEN, 120),)),
    Dish("肉末豆腐", "stew", 120, ((PORK, 35), (TOFU, 100))),
)
SIDES: Final = (
    Dish("清炒小青菜", "stir-fry", 110, ((PAKCHOI, 125),)),
    Dish("番茄炒蛋", "stir-fry", 120, ((EGG, 55), (TOMATO, 80))),
    Dish("醋溜白菜", "stir-fry", 110, ((CABBAGE, 130),)),
    Dish("胡萝卜炒豆干", "stir-fry", 100, ((CARROT, 70), (DRIED_TOFU, 30))),
    Dish("清炒豆芽", "stir-fry", 100, ((BEANSPROUT, 115),)),
    Dish("拍黄瓜（熟制）", "blanch", 90, ((CUCUMBER, 105),)),
    Dish("土豆丝", "stir-fry", 105, ((POTATO, 120),)),
)
SOUPS: Final = (
    Dish("青菜豆腐汤", "boil", 180, ((PAKCHOI, 25), (TOFU, 45))),
    Dish("番茄蛋花汤", "boil", 180, ((TOMATO, 30), (EGG, 15))),
    Dish("白菜粉丝汤", "boil", 180, ((CABBAGE, 35),)),
)


def of_day(number: int, shift: int) -> tuple[Dish, ...]:
    """What a kitchen serves on its so many-th day; `shift` tells kitchens apart."""
    turn = number + shift
    first, second = SIDES[turn % 7], SIDES[(turn * 3 + 2) % 7]
    sides = (first,) if first is second else (first, second)
    return (STAPLE, MAINS[(turn * 2) % 7], *sides, SOUPS[turn % 3])


def needed(dishes: tuple[Dish, ...], diners: int) -> dict[Good, int]:
    """Grams of each good for so many."""
    found: dict[Good, int] = {}
    for dish in dishes:
        for good, grams in dish.takes:
            found[good] = found.get(good, 0) + grams * diners
    return found
