"""Ingredients by recipe (以销定采、食材配比): what the dishes that were made take, item by item.

    portions made of a dish × the recipe's quantity ÷ the recipe's portions

A menu says by which recipe a dish is made, in which version; without one, the last that was valid on
the day counts. State under `recipe <code>`: [ref, version, valid from, valid until, portions,
[[item, quantity, unit]]] of the last versions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_KEPT: Final = 20


@dataclass(slots=True)
class Needed:
    """What dishes take.

    Attributes:
        taken: by item code and unit, and by the portions that a recipe is for: its quantity times the
            portions made.
        portions: made, of all dishes.
        covered: those made by a recipe that is known.
    """

    taken: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    portions: int = 0
    covered: int = 0

    @property
    def items(self) -> dict[tuple[str, str], int]:
        """Quantity by item code and unit, ascending; what is left of a whole one is dropped."""
        return {
            name: int(sum(Fraction(product, portions) for portions, product in taken.items()))
            for name, taken in sorted(self.taken.items())
        }

    def add(self, made: int, recipe: Sequence[Any] | None) -> None:
        """So many portions of a dish; without a recipe nobody knows what they take."""
        self.portions += made
        if recipe is None:
            return
        self.covered += made
        portions = recipe[4]
        for item, quantity, unit in recipe[5]:
            taken = self.taken.setdefault((item, unit), {})
            taken[portions] = taken.get(portions, 0) + made * quantity

    def covers(self, least_bp: int) -> bool:
        """Whether recipes are known for so much of what was made."""
        return self.covered > 0 and self.covered * 10_000 >= self.portions * least_bp


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


def recipe_of(context: Context, dish: Mapping[str, Any] | None, day: str) -> Sequence[Any] | None:
    """The recipe by which a menu's dish is made on a day; None where it says none."""
    if dish is None or dish["recipe"] is None:
        return None
    known = context.get(f"recipe {dish['recipe']}") or ()
    if dish["version"] is not None:
        fitting = [one for one in known if one[1] == dish["version"]]
    else:
        fitting = [one for one in known if one[2] <= day and (one[3] is None or day <= one[3])]
    return max(fitting, key=_index, default=None)


def _index(recipe: Sequence[Any]) -> int:
    index: int = recipe[0][0]
    return index
