"""Device life: statuses and outages."""

from typing import Any

import pytest
from world import World

from ledger.errors import RefusedError
from ledger.evidence import rights

GATEWAY = "gateway:bx-0001"
SCALE = "device:bx-0001-scale-1"
CABINET = "device:bx-0001-cabinet-1"


def test_a_status_is_about_the_device(example: Any, prepare: Any) -> None:
    made = prepare(example("device-status"))

    assert made.statement.subjects == (SCALE, "school:2105020001")
    assert made.devices == (SCALE,)


def test_an_outage_is_about_every_device(example: Any, prepare: Any) -> None:
    made = prepare(example("outage"))

    assert {SCALE, CABINET} <= set(made.statement.subjects)
    assert made.devices == (SCALE, CABINET)


@pytest.mark.parametrize("name", ["device-status", "outage"])
def test_a_gateway_speaks_only_for_the_devices_behind_it(
    name: str, example: Any, prepare: Any
) -> None:
    world = World()
    world.device(SCALE, GATEWAY, owner="school:2105020001")
    world.device(CABINET, "gateway:another", owner="school:2105020001")
    its_own = {"device": SCALE} if name == "device-status" else {"devices": [SCALE]}
    another_s = {"device": CABINET} if name == "device-status" else {"devices": [SCALE, CABINET]}

    def post(**changes: Any) -> None:
        draft = prepare({**example(name, **changes), "issuer": GATEWAY})
        rights.check(draft, world.registry, index=world.size, logged_at="2026-11-24T00:00:00.000Z")

    post(**its_own)
    with pytest.raises(RefusedError, match="not registered behind"):
        post(**another_s)


def test_a_machine_s_outage_needs_no_name(example: Any, faults: Any) -> None:
    assert not faults({**example("outage", accountable=...), "issuer": GATEWAY})


def test_what_is_planned_is_told_before_it_begins(example: Any, faults: Any) -> None:
    planned = example("outage", planned=True, from_at="2026-11-24T06:20:00+08:00")

    assert not faults(planned)
    assert faults({**planned, "occurred_at": "2026-11-24T06:20:00.001+08:00"}) == {
        ("/payload/planned", "not-planned")
    }


def test_clocks_that_disagree_are_stored_and_seen(example: Any, faults: Any) -> None:
    assert not faults(example("device-status", started_at="2026-11-24T00:00:00+08:00"))


def test_a_device_of_which_nothing_waits_says_so(example: Any, faults: Any) -> None:
    assert not faults(example("device-status", outbox_records=0, outbox_oldest_at=...))
