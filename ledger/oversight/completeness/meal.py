"""Which meal (餐次): one of one day in one canteen, as its subject names it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.obligation import later
from ledger.oversight.family import Context

PREFIX: Final = "meal"


@dataclass(frozen=True, slots=True)
class Meal:
    """Which meal it is, and whose."""

    school: str
    canteen: str
    day: str
    meal: str

    def over_at(self, context: Context) -> str:
        """When it is over, by the policy."""
        begins = civil.begin_of(self.day, context.zone)
        return later(begins, rules.of_kind(context, "meal_over_s", self.meal))


@lru_cache(maxsize=8192)
def of_key(key: str) -> Meal:
    """The meal of a subject `meal:<canteen>~<day>~<meal>`."""
    canteen, day, meal = key.partition(":")[2].rsplit("~", 2)
    canteen = f"canteen:{canteen}"
    return Meal(civil.school_of(canteen), canteen, day, meal)
