"""Dishes of the term's menus, each with what a portion of it takes, in grams."""

from dataclasses import dataclass

from components.term.world import GREENS, MEAT, STAPLES, Item

_PORK, _CHICKEN, _EGG = MEAT
_POTATO, _CABBAGE, _TOMATO, _CARROT = GREENS
_RICE, _TOFU = STAPLES


@dataclass(frozen=True, slots=True)
class Recipe:
    """A dish."""

    code: str
    name: str
    portion_g: int
    ingredients: tuple[tuple[Item, int], ...]


RICE = Recipe("R-01", "米饭", 180, ((_RICE, 80),))
MAINS = (
    Recipe("R-11", "红烧肉", 110, ((_PORK, 60), (_POTATO, 50))),
    Recipe("R-12", "土豆炖鸡", 120, ((_CHICKEN, 70), (_POTATO, 60))),
    Recipe("R-13", "番茄炒蛋", 130, ((_EGG, 60), (_TOMATO, 80))),
)
SIDES = (
    Recipe("R-21", "清炒白菜", 120, ((_CABBAGE, 140),)),
    Recipe("R-22", "家常豆腐", 120, ((_TOFU, 100), (_CARROT, 30))),
    Recipe("R-23", "胡萝卜土豆丝", 120, ((_CARROT, 60), (_POTATO, 80))),
)
RECIPES = (RICE, *MAINS, *SIDES)


def of_day(number: int) -> tuple[Recipe, ...]:
    """What is served on the so many-th day of the term."""
    side = SIDES[number % 3], SIDES[(number + 1) % 3]
    return RICE, MAINS[number % 3], *side
