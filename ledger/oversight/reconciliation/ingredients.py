"""Ingredients by recipe (以销定采、食材配比): what the dishes that were made take, item by item.

    portions made of a dish × the recipe's quantity ÷ the recipe's portions

A menu says by which recipe a dish is made, in which version; without one, the last that was valid on
the day counts. State under `recipe <code>`: [ref, version, valid from, valid until, portions,
[[item, quantity, unit]]] of the last versions.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_KEPT: Final = 20


class Needed:
    """What dishes take.

    Attributes:
        items: quantity by item code and unit, ascending; what is left of a whole one is dropped.
        portions: made, of all dishes.
        covered: those made by a recipe that is known.
    """

    def __init__(self, made: Iterable[tuple[int, Sequence[Any] | None]]) -> None:
        """Add up portions of dishes; without a recipe nobody knows what they take."""
        self.portions = self.covered = 0
        taken: dict[tuple[str, str], dict[int, int]] = {}
        for portions, recipe in made:
            self.portions += portions
            if recipe is not None:
                self.covered += portions
                serves = recipe[4]
                for item, quantity, unit in recipe[5]:
                    products = taken.setdefault((item, unit), {})
                    products[serves] = products.get(serves, 0) + portions * quantity
        self.items = {name: _whole(products) for name, products in sorted(taken.items())}

    def covers(self, least_bp: int) -> bool:
        """Whether recipes are known for so much of what was made."""
        return self.covered > 0 and self.covered * 10_000 >= self.portions * least_bp


def _whole(products: Mapping[int, int]) -> int:
    """The sum of portions × quantity, each divided by the portions that its recipe is for."""
    if len(products) == 1:
        ((serves, product),) = products.items()
        return product // serves
    return int(sum(Fraction(product, serves) for serves, product in products.items()))


def tell(seen: Seen, context: Context) -> None:
    """The bureau's standard for a dish."""
    fields = seen.fields
    key = f"recipe {fields['recipe_code']}"
    recipe = [
        seen.ref,
        fields["recipe_version"],
        fields["valid_from"],
        fields.get("valid_until"),
        fields["portions"],
        [[one["item_code"], one["quantity"], one["unit"]] for one in fields["ingredients"]],
    ]
    context.put(key, [*(context.get(key) or ()), recipe][-_KEPT:])


def take_back(seen: Seen, context: Context) -> None:
    """A standard counts no more."""
    key = f"recipe {seen.fields.get('recipe_code')}"
    known = context.get(key)
    if known is not None:
        context.put(key, [one for one in known if one[0][2] != seen.id] or None)


def versions_of(context: Context, code: str) -> Sequence[Any]:
    """The last versions of a recipe."""
    found: Sequence[Any] = context.get(f"recipe {code}") or ()
    return found


def recipe_of(known: Sequence[Any], version: int | None, day: str) -> Sequence[Any] | None:
    """The recipe by which a menu's dish is made on a day; None where it says none.

    Args:
        known: versions of the recipe that the menu names.
        version: the one that it names, if any.
        day: of the meal.
    """
    if version is not None:
        fitting = [one for one in known if one[1] == version]
    else:
        fitting = [one for one in known if one[2] <= day and (one[3] is None or day <= one[3])]
    return max(fitting, key=_index, default=None)


def _index(recipe: Sequence[Any]) -> int:
    index: int = recipe[0][0]
    return index
