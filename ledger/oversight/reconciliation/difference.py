"""A difference (差异): which records were held against each other, what was expected, what is there.

To the gram and the fen: quantities and money are whole numbers, prices decimal strings. What the
policy calls grave is posted at once, as a suspicion (疑点线索) of the difference's own code; one for
each code and document, whatever else is found there later.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from ledger.evidence.lines import MAX_LINES
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation.rules import MISMATCH, SEVERITIES, level
from ledger.oversight.seen import Ref

PARTY: Final = "party"
DAY: Final = "day"

_CERTAIN: Final = 1_000_000
"""Score of a suspicion that is arithmetic; its threshold too."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of what does not meet.

    Attributes:
        code: which kind; `rules.LEVELS` has all.
        about: the item, invoice or entry it is about; empty where the document as a whole.
        expected: what follows from the other side; a decimal string for prices, a civil day.
        found: what is there.
        unit: g, ml, piece, box, fen, fen/kg, day, …; `party` where they are no numbers.
        records: those held against each other.
        first_at: when the first of what it is about was, normal form.
        last_at: when the last was.
        responsible: the party to answer for it.
    """

    code: str
    about: str
    expected: int | str
    found: int | str
    unit: str
    records: Sequence[Ref]
    first_at: str
    last_at: str
    responsible: str

    def to_json(self) -> list[Any]:
        """As it is kept in state."""
        return [
            self.code, self.about, self.expected, self.found, self.unit, list(self.records),
            self.first_at, self.last_at, self.responsible,
        ]  # fmt: skip

    def line(self) -> dict[str, Any]:
        """As it is shown."""
        return {
            "code": self.code,
            "about": self.about,
            "expected": self.expected,
            "found": self.found,
            "difference": self._difference(),
            "unit": self.unit,
            "responsible": self.responsible,
            "records": [{"index": index, "id": record} for index, _, record in self.records],
        }

    def _difference(self) -> int | str | None:
        if self.unit == PARTY:
            return None
        if self.unit == DAY:
            return civil.days_between(str(self.expected), str(self.found))
        return _minus(self.found, self.expected)


def of_json(value: Sequence[Any]) -> Difference:
    """The difference that was kept."""
    return Difference(*value)


def lines(found: Iterable[Difference], rules: Mapping[str, Any]) -> dict[str, Any]:
    """The first differences as they are shown, the gravest first, and how many there are beyond."""
    ordered = sorted(found, key=lambda one: _RANK[level(rules, one.code)])
    shown = [
        {"level": level(rules, one.code), **one.line()} for one in ordered[: max(rules["shown"], 0)]
    ]
    return {"differences": shown, "more": len(ordered) - len(shown)}


def mismatched(found: Iterable[Difference], rules: Mapping[str, Any]) -> bool:
    """Whether any is more than a note."""
    return any(_RANK[level(rules, one.code)] <= _RANK[MISMATCH] for one in found)


def suspect(
    found: Collection[Difference],
    posted: Sequence[str],
    context: Context,
    canteen: str | None = None,
) -> list[str]:
    """Post what is grave and was not posted; the codes that are posted now."""
    if not found:
        return list(posted)
    rules = context.policy.rules
    by_code: dict[str, list[Difference]] = {}
    for one in found:
        if one.code not in posted and level(rules, one.code) in SEVERITIES:
            by_code.setdefault(one.code, []).append(one)
    for code, several in by_code.items():
        post(several, level(rules, code), context, canteen)
    return [*posted, *by_code] if context.policy.in_force else list(posted)


def post(
    found: Sequence[Difference], severity: str, context: Context, canteen: str | None = None
) -> None:
    """Post differences of one code as one suspicion."""
    records = {ref[2]: ref for one in found for ref in one.records}
    payload = {
        "suspicion_kind": found[0].code,
        "responsible": found[0].responsible,
        "severity": severity,
        "first_at": min(one.first_at for one in found),
        "last_at": max(one.last_at for one in found),
        "score_ppm": _CERTAIN,
        "threshold_ppm": _CERTAIN,
        "observations": [{"record": record} for record in list(records)[:MAX_LINES]],
    }
    if canteen is not None:
        payload["canteen"] = canteen
    context.find("suspicion", payload, list(records.values()))


_RANK: Final = {name: place for place, name in enumerate([*SEVERITIES[::-1], MISMATCH, "note"])}


def _minus(found: int | str, expected: int | str) -> int | str:
    """What is there less what was expected; of prices a decimal string."""
    if isinstance(found, int) and isinstance(expected, int):
        return found - expected
    micro = (Fraction(found) - Fraction(expected)) * 1_000_000
    return decimal(int(micro))


def decimal(micro: int) -> str:
    """Millionths as the shortest decimal string."""
    whole, rest = divmod(abs(micro), 1_000_000)
    digits = f"{rest:06}".rstrip("0")
    return f"{'-' if micro < 0 else ''}{whole}{'.' if digits else ''}{digits}"


@lru_cache(maxsize=4096)
def micro_of(price: str) -> int:
    """A price in millionths of a fen; `price` is a decimal string that a model has checked."""
    whole, _, decimals = price.partition(".")
    return int(whole) * 1_000_000 + int(decimals.ljust(6, "0"))
