"""The registry: what open entries make of parties, roles and devices, and what the wall refuses."""

from typing import Any

import pytest
from log_writer import BUREAU, OPERATOR, SCALE, SCHOOL
from world import World

from ledger.errors import MalformedError, RefusedError

BANK = "bank:91000000MA0000007G"
SUPPLIER = "supplier:91000000MA0000003C"
VENDOR = "integrator:91000000MA0000004D"
GATEWAY = "gateway:kitchen-1"
FUNDS = "bureau:11000000MB0000002B~funds"


@pytest.fixture
def world() -> World:
    return World()


def wall_of(refusal: pytest.ExceptionInfo[RefusedError]) -> str:
    """The refusal's sentence, if it is the wall's."""
    assert refusal.value.code == "wall"
    (fault,) = refusal.value.faults
    assert fault.message_zh
    return fault.message_en


def test_parties_are_known_by_their_names_and_sole_traders_by_none(world: World) -> None:
    world.say("party-registration", party=SUPPLIER, name="本溪鲜达食品有限公司")
    world.say("party-registration", party="supplier:abcdefghijklmnopqrstuvwxyz", name=None)

    assert world.registry.parties() == {
        SUPPLIER: "本溪鲜达食品有限公司",
        "supplier:abcdefghijklmnopqrstuvwxyz": None,
    }


def test_roles_are_granted_and_taken_away(world: World) -> None:
    world.grant(SCHOOL, "school", "school-acceptance")
    assert world.registry.roles(SCHOOL) == {"school", "school-acceptance"}

    world.grant(SCHOOL, "school", granted=False)

    assert world.registry.roles(SCHOOL) == {"school-acceptance"}
    assert world.registry.roles(BANK) == frozenset()


def test_no_party_gets_the_roles_of_two_sides(world: World) -> None:
    world.grant(BUREAU, "bureau-admission")

    with pytest.raises(RefusedError) as refusal:
        world.grant(BUREAU, "bureau-funds")

    assert "bureau-admission" in wall_of(refusal)
    assert world.registry.roles(BUREAU) == {"bureau-admission"}


def test_an_office_has_two_parties_for_two_sides(world: World) -> None:
    world.grant(BUREAU, "bureau-admission")
    world.grant(FUNDS, "bureau-funds")

    assert world.registry.roles(FUNDS) == {"bureau-funds"}


def test_a_role_taken_away_still_counts_for_the_wall(world: World) -> None:
    world.grant(BANK, "bank")
    world.grant(BANK, "bank", granted=False)

    with pytest.raises(RefusedError) as refusal:
        world.grant(BANK, "supplier")

    assert "bank" in wall_of(refusal)


def test_a_device_may_post_readings_from_its_registration_on(world: World) -> None:
    world.device(SCALE)

    device = world.registry.device(SCALE)
    assert device is not None
    assert (device.owner, device.issuer) == (SCHOOL, SCALE)
    assert world.registry.roles(SCALE) == {"device"}
    assert world.registry.owner(SCALE) == SCHOOL


def test_a_gateway_holds_the_roles_of_the_devices_behind_it(world: World) -> None:
    world.device(SCALE, GATEWAY)
    world.device("camera:kitchen-1", GATEWAY)

    device = world.registry.device(SCALE)
    assert device is not None
    assert device.issuer == GATEWAY
    assert world.registry.roles(GATEWAY) == {"device", "camera"}
    assert world.registry.roles(SCALE) == frozenset()
    assert world.registry.owner(GATEWAY) == SCHOOL


def test_a_gateway_of_the_money_side_is_refused(world: World) -> None:
    world.grant(GATEWAY, "bank")

    with pytest.raises(RefusedError) as refusal:
        world.device(SCALE, GATEWAY)

    assert "bank" in wall_of(refusal)


def test_only_machines_are_registered_as_devices(world: World) -> None:
    with pytest.raises(MalformedError, match=SUPPLIER):
        world.device(SUPPLIER)


def test_the_operator_s_units_hold_the_role_of_their_name(world: World) -> None:
    assert world.registry.roles(f"{OPERATOR}~engine") == {"engine"}
    assert world.registry.roles(f"{OPERATOR}~admin") == {"admin"}
    assert world.registry.roles(OPERATOR) == frozenset()


def test_a_mandate_of_the_other_side_is_refused(world: World) -> None:
    world.grant(SUPPLIER, "supplier")
    world.grant(FUNDS, "bureau-funds")
    world.mandate(SUPPLIER, VENDOR)

    with pytest.raises(RefusedError) as refusal:
        world.mandate(FUNDS, VENDOR)

    assert VENDOR in wall_of(refusal)
    world.mandate(FUNDS, f"{VENDOR}~money")


def test_a_vendor_may_serve_many_of_the_same_role(world: World) -> None:
    world.grant(SUPPLIER, "supplier")
    world.grant("supplier:91000000MA0000006F", "supplier")

    world.mandate(SUPPLIER, VENDOR)
    world.mandate("supplier:91000000MA0000006F", VENDOR)


def test_a_role_is_refused_for_the_sake_of_who_posts_for_the_party(world: World) -> None:
    world.grant(SUPPLIER, "supplier")
    world.mandate(SUPPLIER, VENDOR)
    world.mandate(BANK, VENDOR)

    with pytest.raises(RefusedError) as refusal:
        world.grant(BANK, "bank")

    assert VENDOR in wall_of(refusal)


def test_whoever_posts_for_a_supplier_gets_no_role_of_another_side(world: World) -> None:
    world.grant(SUPPLIER, "supplier")
    world.mandate(SUPPLIER, VENDOR)

    with pytest.raises(RefusedError) as refusal:
        world.grant(VENDOR, "regulator")

    assert "supplier" in wall_of(refusal)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("role-grant", {"party": SCHOOL, "role": "cook", "granted": True}),
        ("role-grant", {"party": SCHOOL, "role": ["school"], "granted": True}),
        ("role-grant", {"party": SCHOOL, "role": "school", "granted": 1}),
        ("role-grant", {"party": "nobody", "role": "school", "granted": True}),
        ("role-grant", {"party": SCHOOL, "role": "school"}),
        ("party-registration", {"party": SUPPLIER, "name": ""}),
        ("party-registration", {"party": SUPPLIER, "name": "a", "phone": "1"}),
    ],
)
def test_other_payloads_are_refused(world: World, kind: str, payload: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        world.say(kind, **payload)
