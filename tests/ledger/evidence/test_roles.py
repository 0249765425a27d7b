"""The wall: which roles nobody ever holds together."""

from itertools import combinations

import pytest

from ledger.evidence.roles import EXCLUSIVE, ROLES, SIDE_OF, SIDES, clash


def test_every_role_stands_on_one_side() -> None:
    assert sum(len(roles) for roles in SIDES.values()) == len(ROLES)


def test_roles_of_two_sides_never_meet() -> None:
    for one, other in combinations(sorted(ROLES), 2):
        if SIDE_OF[one] != SIDE_OF[other]:
            assert clash([one], other) == one
            assert clash([other], one) == other


@pytest.mark.parametrize("alone", sorted(EXCLUSIVE))
def test_an_exclusive_role_stands_alone_even_on_its_own_side(alone: str) -> None:
    for other in sorted(ROLES - {alone}):
        assert clash([alone], other) == alone
        assert clash([other], alone) == other


def test_a_school_may_order_accept_and_cook() -> None:
    held: list[str] = []
    for role in ("school", "school-acceptance", "kitchen", "device", "camera"):
        assert clash(held, role) is None
        held.append(role)


def test_a_role_does_not_clash_with_itself() -> None:
    assert [clash([role], role) for role in sorted(ROLES)] == [None] * len(ROLES)
