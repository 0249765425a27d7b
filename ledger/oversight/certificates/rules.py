"""The policy `certificates`: its members, their defaults, and the typed value that rules read.

A member of a wrong shape counts as left out: a slip in a policy record, which nobody can take out of
the log again, must not stop oversight. Where the defaults come from stands in
docs/oversight/certificates.md; leads are vendor practice (30/15/7/3 days, 60 for what is critical).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

NAME: Final = "certificates"

FIRST_LOOK_DAYS: Final = 366
"""No lead is longer: a year before its end a paper is looked at for the first time."""

KEPT_DAYS: Final = 180
"""So long after its end a paper is remembered, and a finding after it was made: what was offline
longer is judged as if it had never been there."""

_PERMITS: Final = ("food-business-permit", "food-production-permit")

DEFAULTS: Final[Mapping[str, Any]] = {
    "lead_days": [30, 15, 7, 3],
    "critical_lead_days": [60, 30, 15, 7, 3],
    "critical_kinds": ["business-licence", *_PERMITS],
    "required_kinds": [["business-licence"], [*_PERMITS]],
    "never_shown": 0,
    "permit_kinds": [*_PERMITS],
    "void_statuses": ["revoked", "cancelled"],
    "goods": [],
    "severities": {
        "critical": ["supplier-removed", "certificate-rejected"],
        "minor": ["certificate-missing"],
    },
    "delivery_grace_s": 7_200,
    "staff_grace_s": 43_200,
    "credible_days": 60,
}

_YEAR_S: Final = 366 * 86_400
_MOST: Final[Mapping[str, int]] = {
    "never_shown": 1,
    "delivery_grace_s": _YEAR_S,
    "staff_grace_s": _YEAR_S,
    "credible_days": 3_660,
}


@dataclass(frozen=True, slots=True)
class Goods:
    """What an item is: whose admission and which scope of a permit it takes.

    Attributes:
        category: of an admission; empty: not decided.
        scopes: of a permit, one of which covers it; empty: not decided.
    """

    category: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy in force, read once.

    Attributes:
        in_force: whether the log itself says so; else nothing is found.
        ladder: days before the end, ascending, of papers that are not critical.
        critical_ladder: the same of those that are.
        critical_kinds: kinds of papers.
        required_kinds: of each group a supplier has one paper in force.
        never_shown: whether it is a suspicion if it never showed any of a group.
        permit_kinds: kinds whose scopes say which goods may be delivered.
        void_statuses: of a register, which make a paper count no more whatever was decided.
        goods: by the beginning of an item code; the longest that fits counts.
        severities: of the kinds of suspicion that are not major.
        delivery_grace_s: how long after a delivery its papers may reach the log.
        staff_grace_s: how long after a shift began, or a check was logged, likewise.
        credible_days: how far before its entry a record's own time is believed.
    """

    in_force: bool
    ladder: tuple[int, ...]
    critical_ladder: tuple[int, ...]
    critical_kinds: frozenset[str]
    required_kinds: tuple[tuple[str, ...], ...]
    never_shown: bool
    permit_kinds: frozenset[str]
    void_statuses: frozenset[str]
    goods: Mapping[str, Goods]
    severities: Mapping[str, str]
    delivery_grace_s: int
    staff_grace_s: int
    credible_days: int

    def leads(self, kind: str) -> tuple[int, ...]:
        """The ladder of a kind of paper, ascending."""
        return self.critical_ladder if kind in self.critical_kinds else self.ladder

    def severity(self, kind: str) -> str:
        """How grave a kind of suspicion is."""
        return self.severities.get(kind, "major")

    def item(self, code: str) -> Goods | None:
        """What an item is; None where the policy does not say."""
        if self.goods:
            for length in range(len(code), 0, -1):
                found = self.goods.get(code[:length])
                if found is not None:
                    return found
        return None


def read(rules: Mapping[str, Any], *, in_force: bool) -> Rules:
    """The typed value of a policy's rules."""
    groups = _member(rules, "required_kinds", list)
    goods = [item for item in _member(rules, "goods", list) if isinstance(item, dict)]
    severities = _member(rules, "severities", dict)
    return Rules(
        in_force=in_force,
        ladder=_leads(rules, "lead_days"),
        critical_ladder=_leads(rules, "critical_lead_days"),
        critical_kinds=frozenset(_texts(_member(rules, "critical_kinds", list))),
        required_kinds=tuple(_texts(group) for group in groups if isinstance(group, list)),
        never_shown=_count(rules, "never_shown") > 0,
        permit_kinds=frozenset(_texts(_member(rules, "permit_kinds", list))),
        void_statuses=frozenset(_texts(_member(rules, "void_statuses", list))),
        goods={
            _text(item.get("begins")): Goods(
                _text(item.get("category")), _texts(item.get("scopes"))
            )
            for item in goods
        },
        severities={
            kind: severity
            for severity in ("minor", "critical")
            for kind in _texts(severities.get(severity))
        },
        delivery_grace_s=_count(rules, "delivery_grace_s"),
        staff_grace_s=_count(rules, "staff_grace_s"),
        credible_days=_count(rules, "credible_days"),
    )


def _member(rules: Mapping[str, Any], name: str, shape: type) -> Any:
    value = rules.get(name)
    return value if isinstance(value, shape) else DEFAULTS[name]


def _count(rules: Mapping[str, Any], name: str) -> int:
    value: Any = rules.get(name)
    return min(int(value if _is_count(value) else DEFAULTS[name]), _MOST[name])


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _leads(rules: Mapping[str, Any], name: str) -> tuple[int, ...]:
    days = {min(day, FIRST_LOOK_DAYS) for day in _member(rules, name, list) if _is_count(day)}
    return tuple(sorted(days - {0}))


def _texts(values: Any) -> tuple[str, ...]:
    found: Sequence[Any] = values if isinstance(values, list) else ()
    return tuple(value for value in found if isinstance(value, str))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
