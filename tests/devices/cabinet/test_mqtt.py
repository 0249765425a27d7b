"""A cabinet over a real MQTT broker that is cut off, restarts, and says nonsense."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from components.cabinet_stage import CABINET, CANTEEN, COOK, label
from components.checked_sink import CheckedSink
from components.mosquitto import mosquitto
from components.process import free_port

from devices.cabinet.driver import CabinetDriver, from_config
from devices.emulators.cabinet_mqtt import MqttCabinet
from devices.emulators.cabinet_state import CabinetState, Faults
from devices.gateway.driver import Attachment
from devices.local.people import KnownPeople, Member

pytestmark = pytest.mark.devices

SLOTS = ("A1", "A2", "A3")
PEOPLE = KnownPeople([Member(("0012",), COOK)], 2026)


def driver(folder: Path, port: int, topic: str, **changes: Any) -> CabinetDriver:
    mqtt = {
        "host": "127.0.0.1", "port": port, "topic": topic, "client_id": topic.replace("/", "-"),
        "silence_s": 1.0, "retry_most_s": 1, "keepalive_s": 2, **changes.pop("mqtt", {}),
    }  # fmt: skip
    table = {
        "device": CABINET, "canteen": CANTEEN, "slots": list(SLOTS), "journal": str(folder / "j"),
        "transport": "mqtt", "poll_s": 0.05, "interval_s": 1, "batch_readings": 3, "stale_s": 1.0,
        "fault_s": 0.1, "mqtt": mqtt, **changes,
    }  # fmt: skip
    photo = Attachment(b"a photo", "image/jpeg")
    return from_config(table, photo=lambda: photo, people=PEOPLE)


@contextmanager
def running(one: CabinetDriver, sink: CheckedSink) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=one.run, args=(sink, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def until(what: Any, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_a_sample_and_temperatures_arrive_through_the_broker(
    mosquitto_port: int, tmp_path: Path
) -> None:
    sink, cabinet = CheckedSink(), CabinetState(SLOTS, base_mC=3_500)
    with (
        MqttCabinet(cabinet, "127.0.0.1", mosquitto_port, "t/1/state", every_s=0.1),
        running(driver(tmp_path, mosquitto_port, "t/1/state"), sink),
    ):
        until(lambda: sink.of("temperature-log"))
        cabinet.open("0012")
        cabinet.put("A2", 140, label())
        cabinet.close()
        until(lambda: sink.of("sample-retained"))

    assert sink.of("sample-retained")[0].payload["slot"] == "A2"
    readings = [mC for log in sink.of("temperature-log") for mC in log.payload["mC_readings"]]
    assert all(3_000 <= mC <= 4_100 for mC in readings if mC is not None)
    assert any(readings)


@pytest.mark.usefixtures("mosquitto_port")
def test_a_broker_that_restarts_is_come_back_to(tmp_path: Path) -> None:
    port, sink, cabinet = free_port(), CheckedSink(), CabinetState(SLOTS)
    one = driver(tmp_path, port, "t/2/state")
    with MqttCabinet(cabinet, "127.0.0.1", port, "t/2/state", every_s=0.1), running(one, sink):
        with mosquitto(port):
            until(lambda: one.status()["state"] == "working")
        until(lambda: one.status()["state"] == "degraded")
        assert "the broker" in str(one.status()["last_fault"])
        with mosquitto(port):
            until(lambda: one.status()["state"] == "working")
            until(lambda: sink.of("temperature-log")[-1].payload["mC_readings"][-1] is not None)

    readings = [mC for log in sink.of("temperature-log") for mC in log.payload["mC_readings"]]
    assert None in readings


def test_a_cabinet_that_falls_silent_does_not_answer(mosquitto_port: int, tmp_path: Path) -> None:
    sink, cabinet = CheckedSink(), CabinetState(SLOTS)
    one = driver(tmp_path, mosquitto_port, "t/3/state")
    with (
        MqttCabinet(cabinet, "127.0.0.1", mosquitto_port, "t/3/state", every_s=0.1),
        running(one, sink),
    ):
        until(lambda: one.status()["state"] == "working")
        cabinet.faults = Faults(silent=True)
        until(lambda: "silent for" in str(one.status()["last_fault"]))
        cabinet.faults = Faults(garbled=True)
        until(lambda: "no JSON" in str(one.status()["last_fault"]))
        cabinet.faults = Faults()
        until(lambda: one.status()["state"] == "working")


def test_what_the_broker_kept_from_yesterday_is_no_temperature(
    mosquitto_port: int, tmp_path: Path
) -> None:
    cabinet, sink = CabinetState(SLOTS), CheckedSink()
    yesterday = time.time_ns() // 1_000_000 - 86_400_000
    with MqttCabinet(
        cabinet, "127.0.0.1", mosquitto_port, "t/4/state", every_s=0.05, now_ms=lambda: yesterday
    ):
        time.sleep(0.5)
    one = driver(tmp_path, mosquitto_port, "t/4/state", mqtt={"silence_s": 60})
    with running(one, sink):
        until(lambda: one.status()["state"] == "sensor-failure")
        until(lambda: sink.of("temperature-log"))

    assert {mC for log in sink.of("temperature-log") for mC in log.payload["mC_readings"]} == {None}
