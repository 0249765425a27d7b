"""Workers that fail, and when a device says how it is."""

import threading
import time

import pytest

from devices.gateway.driver import Clock, Stop
from devices.gateway.heartbeat import Health, Heartbeat
from devices.gateway.workers import Worker
from devices.outbox import OutboxState
from ledger.errors import UnavailableError
from ledger.evidence import draft

STARTED = 1_800_000_000_000
GATEWAY = "gateway:s0001"
SCALE = "device:s0001-scale-1"
EMPTY = OutboxState(0, None, 0, 0, None, 0, 1, full=False)


def test_a_worker_that_fails_is_started_again_and_says_why() -> None:
    runs: list[float] = []
    stop = threading.Event()

    def work(told: Stop) -> None:
        runs.append(time.monotonic())
        if len(runs) < 4:
            raise OSError("the line hums")
        told.wait()

    worker = Worker("scale", work, stop, first_s=0.02, longest_s=0.05)
    worker.start()
    while len(runs) < 4:
        time.sleep(0.005)
    condition = worker.condition
    stop.set()

    assert worker.join(5)
    assert condition.running
    assert condition.fault == "OSError: the line hums"
    assert not worker.condition.running


def test_a_device_that_is_away_is_logged_once_and_without_a_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs: list[int] = []
    stop = threading.Event()

    def work(_: Stop) -> None:
        runs.append(1)
        raise UnavailableError("no such line")

    worker = Worker("scale", work, stop, first_s=0.001, longest_s=0.002)
    worker.start()
    while len(runs) < 5:
        time.sleep(0.005)
    stop.set()

    assert worker.join(5)
    assert [record.getMessage() for record in caplog.records] == ["scale failed: no such line"]
    assert caplog.records[0].exc_info is None


def test_a_worker_that_ends_by_itself_is_started_again_too() -> None:
    runs: list[int] = []
    stop = threading.Event()
    worker = Worker("scale", lambda _: runs.append(1), stop, first_s=0.001, longest_s=0.002)
    worker.start()
    while len(runs) < 3:
        time.sleep(0.005)
    stop.set()

    assert worker.join(5)


def heartbeat(every_s: int = 3600) -> Heartbeat:
    return Heartbeat("school:2105020001", "ab" * 32, every_s, STARTED, draw=lambda: 0.5)


def health(status: str = "working", device: str = SCALE) -> Health:
    return Health(device, status, "2.4.1", 17)


def test_each_device_says_how_it_is_at_the_start_and_then_by_time() -> None:
    beat = heartbeat()
    assert beat.due(health(), STARTED)
    beat.said(health(), STARTED)

    assert not beat.due(health(), STARTED + 3_300_000)
    assert beat.due(health(), STARTED + 3_420_000)
    assert beat.due(health(device=GATEWAY), STARTED)


def test_another_state_is_told_soon_but_not_with_every_flicker() -> None:
    beat = heartbeat()
    beat.said(health(), STARTED)

    assert not beat.due(health("degraded"), STARTED + 60_000)
    assert beat.due(health("degraded"), STARTED + 600_000)


def test_a_clock_set_back_does_not_silence_a_device_for_a_year() -> None:
    beat = heartbeat()
    beat.said(health(), STARTED)

    assert beat.due(health(), STARTED - 365 * 86_400_000)


def test_what_it_says_fits_the_type_with_and_without_anything_waiting() -> None:
    waiting = OutboxState(3, STARTED - 5000, 0, 0, None, 0, 1, full=False)
    for clock in (Clock("unknown", None), Clock("unsynchronised", -90_000)):
        for outbox in (EMPTY, waiting):
            said = heartbeat().observation(health(), clock, outbox, STARTED)
            request = {
                "id": "01912d3a-7c00-7a62-a7b8-000000000011",
                "type": said.type,
                "occurred_at": "2026-11-23T06:12:11.120Z",
                "payload": said.payload,
            }
            made = draft.prepare(request, submitter=GATEWAY, ledger=bytes(32), new_seed=bytes(32))
            assert SCALE in made.statement.subjects
