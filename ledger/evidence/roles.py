"""Roles, their sides of the wall, and what excludes what (EVIDENCE §1).

管钱不管物、管物不管钱: who holds money never holds goods. A party stands on one side for as long as
the log lasts; a role taken away again still counts for the wall.
"""

from collections.abc import Iterable
from typing import Final

SIDES: Final = {
    "money": frozenset({"bureau-funds", "bank"}),
    "procurement": frozenset({"bureau-admission"}),
    "goods": frozenset(
        {
            "supplier", "labour", "school", "school-acceptance", "kitchen", "device", "camera",
        }
    ),
    "oversight": frozenset({"regulator", "auditor"}),
    "service": frozenset({"engine", "admin"}),
}  # fmt: skip
"""The five sides and the roles of each."""

SIDE_OF: Final = {role: side for side, roles in SIDES.items() for role in roles}
"""From a role to its side."""

ROLES: Final = frozenset(SIDE_OF)

EXCLUSIVE: Final = frozenset({"supplier", "labour", "regulator", "auditor", "engine", "admin"})
"""Roles that exclude every other role, one of the same side too."""


def clash(held: Iterable[str], role: str) -> str | None:
    """The first role of `held` that nobody may hold together with `role`, or None.

    Roles this version does not know clash with nothing but exclusive ones.
    """
    for other in sorted(held):
        if other == role:
            continue
        if other in EXCLUSIVE or role in EXCLUSIVE:
            return other
        side, other_side = SIDE_OF.get(role), SIDE_OF.get(other)
        if side is not None and other_side is not None and side != other_side:
            return other
    return None
