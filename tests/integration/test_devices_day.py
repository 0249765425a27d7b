"""A day on the kitchen floor, before the real service, with everything that can go wrong at random.

Four scales of different makers on pseudo-terminals, a sample cabinet on Modbus TCP and one on MQTT, a
morning-check terminal, an inspection camera; one gateway program, which is killed (kill -9) again and
again, and whose cable to the service is pulled, both at random moments. What the emulators' own logs
say was there has arrived at the end: exactly once, signed by the gateway's key, in order, with its
photo. The seed is printed, and `MEALTRACE_DAY_SEED` makes the same day again.
"""

import hashlib
import itertools
import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from components.cable import Cable
from components.gateway_program import GatewayProgram
from components.kitchen_day import CABINETS, CAMERA, TERMINAL, Kitchen
from components.kitchen_floor import GATEWAY, SCALES, Floor, open_floor

from devices.client import MealtraceClient, Trust
from ledger.verdict import Overall, State

pytestmark = pytest.mark.devices
pytestmark = [pytestmark, pytest.mark.slow, pytest.mark.xdist_group("devices-day")]

SEED = int(os.environ.get("MEALTRACE_DAY_SEED", time.time_ns() % 1_000_000))
KILLS = 6
PULLS = 6
DAY_S = 150
CARRIED = (
    "entry-form",
    "payload-commitment",
    "issuer-signature",
    "key-valid",
    "checkpoint-signature",
    "inclusion",
)


@dataclass(frozen=True, slots=True)
class Day:
    """What is left of it.

    Attributes:
        floor: the service and what it knows.
        kitchen: the emulators, and what was true.
        report: the gateway's own, at the end.
        records: what the log has of the devices, in its order.
    """

    floor: Floor
    kitchen: Kitchen
    report: dict[str, Any]
    records: list[dict[str, Any]]

    def of(self, kind: str, **members: Any) -> list[dict[str, Any]]:
        return [
            record["payload"]
            for record in self.records
            if record["type"] == kind
            and all(record["payload"].get(name) == value for name, value in members.items())
        ]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, mosquitto_port: int) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("day")
    logging.getLogger(__name__).warning("MEALTRACE_DAY_SEED=%d", SEED)
    chance = random.Random(SEED)
    devices = (*SCALES, *CABINETS, TERMINAL, CAMERA)
    with (
        open_floor(folder / "service", devices=devices) as floor,
        Cable(floor.service.port) as cable,
        Kitchen(folder / "kitchen", mosquitto_port, folder / "gateway" / "state") as kitchen,
    ):
        program = GatewayProgram(
            folder / "gateway", url=cable.url, party=GATEWAY, token=floor.token, scales=(),
            more=kitchen.tables(),
        )  # fmt: skip
        program.state.mkdir(mode=0o700)
        floor.key.save(program.state / "gateway.pem")
        program.start()
        try:
            kitchen.begin()
            _trouble(program, cable, kitchen, chance)
            _until(lambda: _drained(program, kitchen), 90)
            report = program.report()
        finally:
            code = program.stop()
        assert code == 0
        records = _logged(floor)
        yield Day(floor, kitchen, report, records)


def _trouble(
    program: GatewayProgram, cable: Cable, kitchen: Kitchen, chance: random.Random
) -> None:
    """Kill and pull at random moments until everything is weighed and everybody checked."""
    troubles = ["kill"] * KILLS + ["pull"] * PULLS
    chance.shuffle(troubles)
    deadline = time.monotonic() + DAY_S
    while troubles or not kitchen.done:
        assert time.monotonic() < deadline, {
            "loads": [len(kitchen.weighed(number)) for number in range(len(SCALES))],
            "checks": len(kitchen.checked()),
            "devices": program.report()["devices"],
        }
        time.sleep(chance.uniform(0.5, 5))
        trouble = troubles.pop() if troubles else None
        if trouble == "kill":
            program.kill()
            time.sleep(chance.uniform(0, 2))
            program.start()
        elif trouble == "pull":
            cable.pull()
            time.sleep(chance.uniform(0.2, 4))
            cable.plug()


def _drained(program: GatewayProgram, kitchen: Kitchen) -> bool:
    """Nothing waits any more, not even within a driver, and the camera has seen its film once."""
    report = program.report()
    samples = [
        device["told"].get("samples")
        for device in report["devices"]
        if device["device"] in CABINETS
    ]
    tasks = sum(device["told"].get("tasks", 0) for device in report["devices"])
    looked_at = next(
        d["told"].get("looked_at", 0) for d in report["devices"] if d["device"] == CAMERA
    )
    return (
        report["outbox"]["waiting"] == 0
        and samples == [kitchen.samples] * 2
        and tasks == 0
        and looked_at > 190
    )


def _until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.3)


def _logged(floor: Floor) -> list[dict[str, Any]]:
    """Every record of the gateway, in the log's order."""
    found: list[tuple[int, dict[str, Any]]] = []
    with MealtraceClient(floor.service.url, floor.token) as client:
        for item in client.search(issuer=GATEWAY, limit="500"):
            record: Any = client.record(str(item["id"]))
            found.append((int(str(item["index"])), record))
    return [record for _, record in sorted(found, key=lambda one: one[0])]


def test_every_load_that_rested_on_a_scale_is_one_record_in_its_order(day: Day) -> None:
    for number, scale in enumerate(SCALES):
        arrived = day.of("weigh-in", scale=scale)

        assert [one["net_g"] for one in arrived] == day.kitchen.weighed(number)
        assert all("photo_phash" in one for one in arrived), "a card stands for a photo"
        counters = [one["counter"] for one in arrived]
        assert counters == sorted(set(counters))
        assert len(arrived) == day.kitchen.loads


def test_every_sample_put_into_a_cabinet_is_one_record(day: Day) -> None:
    for number, cabinet in enumerate(CABINETS):
        arrived = day.of("sample-retained", cabinet=cabinet)

        assert sorted(one["container_code"] for one in arrived) == day.kitchen.retained(number)


def test_no_temperature_is_counted_twice_and_the_counts_go_up(day: Day) -> None:
    for cabinet in CABINETS:
        batches = day.of("temperature-log", cabinet=cabinet)
        spans = [(one["counter_from"], one["counter_until"]) for one in batches]

        assert len(batches) >= 3
        assert all(until < first for (_, until), (first, _) in itertools.pairwise(spans))


def test_every_check_that_the_terminal_was_answered_is_one_record(day: Day) -> None:
    answered = day.kitchen.checked()
    checks = [record for record in day.records if record["type"] == "morning-check"]

    assert sorted(record["id"] for record in checks) == sorted(answered)
    assert len(answered) == len(set(answered)) == 12


def test_the_camera_alerts_with_frame_and_film_and_never_twice_of_one_moment(day: Day) -> None:
    alerts = day.of("inspection-alert")

    assert {"night-motion", "covered-lens"} <= {one["alert_kind"] for one in alerts}
    assert len({one["first_seen_at"] for one in alerts}) == len(alerts)
    assert all({"frame", "clip"} == {blob["role"] for blob in one["blobs"]} for one in alerts)


def test_nothing_is_parked_lost_or_still_waiting(day: Day) -> None:
    assert day.report["outbox"]["parked"] == 0
    assert day.report["outbox"]["waiting"] == 0
    assert not [
        d for d in day.report["devices"] if d["told"].get("lost") or d["told"].get("refused")
    ]


def test_every_record_is_signed_by_the_gateways_key_and_verifies_without_the_service(
    day: Day,
) -> None:
    trust = Trust.policy(day.floor.log.policy)
    with MealtraceClient(day.floor.service.url, day.floor.token, trust=trust) as client:
        for record in day.records:
            verdict = client.verify(client.bundle(record["id"]))
            # This log has neither chain nor witnesses, which is all that is missing.
            assert verdict.overall is Overall.LOG_ONLY, verdict
            assert not verdict.custodial
            assert {verdict.check(name).state for name in CARRIED} == {State.PASS}
    assert {record["issuer"] for record in day.records} == {GATEWAY}
    assert all(record["signature"] for record in day.records)


def test_every_reading_has_its_photo_and_no_two_the_same(day: Day) -> None:
    photos = []
    with MealtraceClient(day.floor.service.url, day.floor.token) as client:
        for one in (*day.of("weigh-in"), *day.of("sample-retained")):
            (photo,) = [blob for blob in one["blobs"] if blob["role"] == "photo"]
            data = client.download(photo["sha256"])
            assert hashlib.sha256(data).hexdigest() == photo["sha256"]
            photos.append(photo["sha256"])
    assert len(photos) == len(SCALES) * day.kitchen.loads + 2 * day.kitchen.samples
