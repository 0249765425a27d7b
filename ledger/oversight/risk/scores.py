"""The score (加权评分): points of what happened, added up to a cap, weighted, and summed.

    value of a factor = min(cap, sum of points)        score = sum of value × weight, half rounded up

all in millionths, so that anyone computes the same. Nothing here but arithmetic.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.oversight.risk.policy import LEVELS, level_from_ppm
from ledger.oversight.seen import Ref

Entry = list[Any]
"""One thing that counts: `[canteen or "", code, severity, ref, ids of rulings that withdrew it]`."""

Happened = Mapping[str, Iterable[Entry]]
"""What happened, by factor."""

_WHOLE_PPM: Final = 1_000_000
_WHOLE_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a score.

    Attributes:
        code: which.
        value_ppm: of its own scale.
        weight_bp: of the whole.
        points_ppm: what it would be without the cap.
        counted: the records that count, in the order in which they happened.
    """

    code: str
    value_ppm: int
    weight_bp: int
    points_ppm: int
    counted: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A score, its level, and its factors by code, ascending."""

    score_ppm: int
    level: str
    factors: tuple[Factor, ...]

    @property
    def inputs(self) -> list[Ref]:
        """All records that count, each once."""
        by_index = {ref[0]: ref for factor in self.factors for ref in factor.counted}
        return [by_index[index] for index in sorted(by_index)]


def score(rules: Mapping[str, Any], happened: Happened) -> Score:
    """The score of what happened; the rules are sound."""
    factors = tuple(
        _factor(rule, happened.get(rule["factor_code"], ()))
        for rule in sorted(rules["factors"], key=lambda rule: str(rule["factor_code"]))
    )
    products = sum(factor.value_ppm * factor.weight_bp for factor in factors)
    score_ppm = (2 * products + _WHOLE_BP) // (2 * _WHOLE_BP)
    return Score(score_ppm, level(rules, score_ppm), factors)


def level(rules: Mapping[str, Any], value_ppm: int) -> str:
    """The highest level whose threshold a value reaches."""
    reached = "normal"
    for name in LEVELS:
        if value_ppm >= level_from_ppm(rules, name):
            reached = name
    return reached


def _factor(rule: Mapping[str, Any], entries: Iterable[Entry]) -> Factor:
    each = {point.get("code"): point.get("ppm", 0) for point in rule.get("points", ())}
    points, counted = 0, []
    for _, kind, severity, ref, withdrawn in entries:
        ppm = 0 if withdrawn else _points(each, kind, severity)
        if ppm:
            points += ppm
            counted.append(ref)
    value = min(points, rule.get("cap_ppm", _WHOLE_PPM), _WHOLE_PPM)
    return Factor(rule["factor_code"], value, rule["weight_bp"], points, tuple(counted))


def _points(each: Mapping[Any, int], kind: str, severity: str) -> int:
    for code in (f"{kind}-{severity}", kind, severity):
        if code in each:
            return each[code]
    return 0
