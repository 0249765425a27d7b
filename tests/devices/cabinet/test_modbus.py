"""A cabinet over real Modbus: TCP on loopback, RTU over pseudo-terminals, with faults."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from components.cabinet_stage import CABINET, CANTEEN, COOK, label
from components.checked_sink import CheckedSink
from components.process import free_port

from devices.cabinet import modbus
from devices.cabinet.driver import CabinetDriver, Unanswered, from_config
from devices.cabinet.modbus import Address, ModbusLine
from devices.cabinet.profile import Profile
from devices.emulators.cabinet_modbus import ModbusCabinet, joined_lines
from devices.emulators.cabinet_state import CabinetState, Faults
from devices.gateway.driver import Attachment
from devices.local.people import KnownPeople, Member

pytestmark = pytest.mark.devices

SLOTS = ("A1", "A2", "A3", "B1", "B2", "B3")
PEOPLE = KnownPeople([Member(("0012",), COOK)], 2026)


@dataclass
class Bench:
    """An emulated cabinet, and the keys of a table that lead to it."""

    cabinet: CabinetState
    table: dict[str, Any]

    def line(self, timeout_s: float = 0.5) -> ModbusLine:
        rtu = self.table["transport"] == "modbus-rtu"
        where: dict[str, Any] = {"line": self.table["port"]} if rtu else dict(self.table)
        where.pop("transport", None)
        address = Address(self.table["transport"], **where, timeout_s=timeout_s)
        return ModbusLine(address, Profile(), SLOTS)


@contextlib.contextmanager
def bench(transport: str) -> Iterator[Bench]:
    cabinet = CabinetState(SLOTS)
    server = ModbusCabinet(cabinet)
    if transport == "modbus-tcp":
        port = free_port()
        with server.tcp(port):
            yield Bench(cabinet, {"transport": transport, "host": "127.0.0.1", "port": port})
    else:
        with joined_lines() as (theirs, ours), server.rtu(theirs):
            yield Bench(cabinet, {"transport": transport, "port": ours})


@pytest.fixture(params=["modbus-tcp", "modbus-rtu"])
def at(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as found:
        yield found


@contextlib.contextmanager
def running(driver: CabinetDriver, sink: CheckedSink) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=driver.run, args=(sink, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
    assert driver.status()["state"] == "stopped"
    assert not thread.is_alive()


def until(what: Callable[[], Any], timeout_s: float = 15) -> None:
    deadline = time.monotonic() + timeout_s
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def driver(at: Bench, folder: Path, **changes: Any) -> CabinetDriver:
    table = {
        "device": CABINET, "canteen": CANTEEN, "slots": list(SLOTS), "journal": str(folder / "j"),
        "poll_s": 0.05, "interval_s": 1, "batch_readings": 3, "fault_s": 0.1, "timeout_s": 0.4,
        **at.table, **changes,
    }  # fmt: skip
    photo = Attachment(b"a photo", "image/jpeg")
    return from_config(table, photo=lambda: photo, people=PEOPLE)


def test_a_look_reads_everything(at: Bench) -> None:
    at.cabinet.fixed_mC = -1_800
    at.cabinet.open("0012")
    at.cabinet.put("B3", 131, label())
    line = at.line()

    look = line.look()
    assert (look.temperature_mC, look.door_open, look.operator) == (-1_800, True, "0012")
    assert look.firmware == "emulator 1"
    assert look.slots is not None
    assert (look.slots["B3"].weight_g, look.slots["B3"].label) == (131, label())
    assert look.slots["A1"].weight_g == 0
    line.close()


def test_a_probe_without_a_temperature_says_so(at: Bench) -> None:
    at.cabinet.faults = Faults(no_probe=True)
    line = at.line()

    assert line.look().temperature_mC is None
    line.close()


def test_an_exception_is_named_and_is_over_when_it_is_over(at: Bench) -> None:
    line = at.line()
    at.cabinet.faults = Faults(exception=6)
    with pytest.raises(Unanswered, match="device busy"):
        line.look()
    at.cabinet.faults = Faults()

    assert line.look().temperature_mC is not None
    line.close()


def test_an_answer_that_comes_late_is_never_taken_for_another(at: Bench) -> None:
    # Every slot has a weight of its own: one that shows up in another's place would be seen.
    at.cabinet.fixed_mC = 4_000
    for number, name in enumerate(SLOTS):
        at.cabinet.put(name, 130 + number, label(f"C-{number}"))
    expected = at.line()
    right = expected.look()
    expected.close()
    line = at.line(timeout_s=0.15)
    good = 0
    for number in range(12):
        at.cabinet.faults = Faults(delay_s=(0, 0.2, 0, 0.16)[number % 4])
        with contextlib.suppress(Unanswered):
            assert line.look() == right
            good += 1
    line.close()

    assert good >= 3


def test_a_sample_and_temperatures_arrive_from_the_wire(at: Bench, tmp_path: Path) -> None:
    sink = CheckedSink()
    with running(driver(at, tmp_path), sink):
        until(lambda: sink.of("temperature-log"))
        at.cabinet.open("0012")
        at.cabinet.put("A2", 140, label())
        time.sleep(0.2)
        assert sink.of("sample-retained") == []
        at.cabinet.close()
        until(lambda: sink.of("sample-retained"))

    (sample,) = sink.of("sample-retained")
    assert (sample.payload["slot"], sample.payload["amount_g"]) == ("A2", 140)
    logs = [one.payload for one in sink.of("temperature-log")]
    counts = [
        count for one in logs for count in range(one["counter_from"], one["counter_until"] + 1)
    ]
    assert counts == list(range(1, len(counts) + 1))


def test_the_driver_comes_back_from_silence_by_itself(at: Bench, tmp_path: Path) -> None:
    sink = CheckedSink()
    one = driver(at, tmp_path)
    with running(one, sink):
        until(lambda: one.status()["state"] == "working")
        at.cabinet.faults = Faults(silent=True)
        until(lambda: one.status()["state"] == "degraded")
        assert "no answer" in str(one.status()["last_fault"])
        time.sleep(2.2)
        at.cabinet.faults = Faults()
        until(lambda: one.status()["state"] == "working")
        until(lambda: len(sink.of("temperature-log")) >= 2)

    told = [one.payload["status"] for one in sink.of("device-status")]
    assert told == ["working", "degraded", "working"]


def test_nothing_listens_yet_and_the_driver_waits_for_it(tmp_path: Path) -> None:
    port = free_port()
    sink = CheckedSink()
    cabinet = CabinetState(SLOTS)
    table = {"transport": "modbus-tcp", "host": "127.0.0.1", "port": port}
    one = driver(Bench(cabinet, table), tmp_path)
    with running(one, sink):
        until(lambda: "cannot be opened" in str(one.status().get("last_fault")))
        with ModbusCabinet(cabinet).tcp(port):
            until(lambda: one.status()["state"] == "working")


def test_what_was_read_survives_in_the_journal_file(tmp_path: Path) -> None:
    sink = CheckedSink()
    with bench("modbus-tcp") as at:
        with running(driver(at, tmp_path, batch_readings=100), sink):
            until((tmp_path / "j").exists)
            time.sleep(2.5)
            document = (tmp_path / "j").read_bytes()
        # As after a kill: the journal as it was before the stop closed the batch.
        (tmp_path / "j").write_bytes(document)
        again = CheckedSink()
        again._counters = dict(sink._counters)
        with running(driver(at, tmp_path, batch_readings=100), again):
            time.sleep(0.5)

    assert (
        again.of("temperature-log")[0].payload["mC_readings"][:2]
        == (sink.of("temperature-log")[0].payload["mC_readings"][:2])
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"transport": "serial"}, "transport"),
        ({"bauds": 9600}, "bauds"),
        ({"registers": {"temprature": 5}}, "temprature"),
        ({"high_mC": "8"}, "high_mC"),
        ({"interval_s": 0}, "interval_s"),
        ({"registers": {"label_registers": 60}}, "stride"),
        ({"low_mC": 7_500}, "hysteresis"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_name(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    from ledger.errors import MalformedError

    table = {"transport": "modbus-tcp", "host": "127.0.0.1"}
    with pytest.raises(MalformedError, match=says):
        driver(Bench(CabinetState(SLOTS), table), tmp_path, **change)


def test_the_module_names_the_extra_it_needs() -> None:
    assert "mealtrace[devices]" in Path(modbus.__file__).read_text()
