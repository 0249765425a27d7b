"""A scale's driver: each load becomes one record, also when the power goes in the middle of it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from components.checked_sink import CheckedSink, CutError

from devices.camera.station import Station
from devices.emulators.by_hand import ByHand
from devices.emulators.pseudo_terminal import PseudoTerminal
from devices.emulators.scale import EmulatedScale
from devices.emulators.scale_answers import dialogue
from devices.gateway.drivers import Site
from devices.gateway.table import Table
from devices.local.journal import FileJournal
from devices.scales.driver import ScaleDriver, driver
from devices.scales.families import parser
from ledger.errors import MalformedError, UnavailableError

pytestmark = pytest.mark.devices

SCHOOL = "school:2105020001"
SCALE = "device:s0001-scale-1"
CALIBRATION = "01912d3a-7c00-7a62-a7b8-000000000040"
TABLE: dict[str, Any] = {
    "device": SCALE, "canteen": "canteen:2105020001~01", "calibration": CALIBRATION,
    "family": "toledo-continuous-checked", "baud": 9600,
}  # fmt: skip


@dataclass
class Bench:
    """An emulated scale on a line, and what a driver makes of it."""

    folder: Path
    line: str
    sink: CheckedSink
    changes: dict[str, Any]

    def put(self, text: str) -> None:
        (self.folder / "load").write_text(text)

    def driver(self) -> ScaleDriver:
        table = Table({**TABLE, "port": self.line, **self.changes}, "[[scale]]", self.folder)
        made = driver(table, Site("gateway:bx-0001", SCHOOL, self.folder, self.folder))
        table.end()
        return made

    @property
    def journal(self) -> dict[str, Any] | None:
        return FileJournal(self.folder / "s0001-scale-1.scale.journal").load()

    @contextmanager
    def running(self) -> Iterator[ScaleDriver]:
        made, stop = self.driver(), threading.Event()
        thread = threading.Thread(target=made.run, args=(self.sink, stop))
        thread.start()
        try:
            yield made
        finally:
            stop.set()
            thread.join(15)
            assert not thread.is_alive()

    def run_until_cut(self, record_type: str = "weigh-in") -> None:
        """The power goes right after the sink has kept a record, before the driver hears of it."""
        self.sink.cut_after = record_type
        with pytest.raises(CutError):
            self.driver().run(self.sink, threading.Event())

    def weights(self) -> list[int]:
        return [kept.payload["net_g"] for kept in self.sink.of("weigh-in")]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    told: list[str] = []
    with PseudoTerminal(9600) as terminal:
        stop = threading.Event()
        by_hand = ByHand(tmp_path / "load", 3, "kg", settle_ms=100, tell=told.append)
        emulated = EmulatedScale(
            terminal, dialogue(parser("toledo-continuous-checked")), by_hand, rate_hz=20
        )
        thread = threading.Thread(target=emulated.run, args=(stop.is_set,))
        thread.start()
        yield Bench(tmp_path, terminal.path, CheckedSink(by_document=True), {})
        stop.set()
        thread.join(5)
    assert all(set(json.loads(line)) == {"load", "digits"} for line in told)


def until(done: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 15
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_each_load_is_one_record_with_frame_counter_clock_and_a_card_without_a_camera(
    bench: Bench,
) -> None:
    with bench.running() as scale:
        for number, text in enumerate(("12.485", "0.620"), start=1):
            until(lambda: bench.journal == {"armed": True, "count": None})
            bench.put(text)
            until(lambda number=number: len(bench.weights()) == number)
            until(lambda: bench.journal == {"armed": False, "count": None})
            bench.put("")
        status = scale.status()
    first, second = (kept.payload for kept in bench.sink.of("weigh-in"))

    assert bench.weights() == [12_485, 620]
    assert (first["counter"], second["counter"]) == (1, 2)
    assert first["protocol"] == "toledo-continuous"
    assert first["division_mg"] == 1000
    assert first["ext"]["photo_findings"] == ["none"]
    assert status["state"] == "working"
    assert status["last_net_g"] == 620


def test_a_load_that_was_kept_in_the_last_moment_is_not_kept_again(bench: Bench) -> None:
    with bench.running():
        until(lambda: bench.journal == {"armed": True, "count": None})
    bench.put("12.485")
    bench.run_until_cut()
    assert bench.journal == {"armed": True, "count": 1}

    with bench.running():
        until(lambda: bench.journal == {"armed": False, "count": None})
        bench.put("")
        until(lambda: bench.journal == {"armed": True, "count": None})
        bench.put("3.200")
        until(lambda: len(bench.weights()) == 2)

    assert bench.weights() == [12_485, 3200]


def test_a_load_that_was_on_when_the_power_went_before_it_rested_is_weighed(bench: Bench) -> None:
    with bench.running():
        until(lambda: bench.journal == {"armed": True, "count": None})
    bench.put("12.485")
    with bench.running():
        until(lambda: bench.weights() == [12_485])


def test_a_load_that_has_its_record_is_not_weighed_by_the_next_start(bench: Bench) -> None:
    with bench.running():
        until(lambda: bench.journal == {"armed": True, "count": None})
        bench.put("12.485")
        until(lambda: bench.journal == {"armed": False, "count": None})
    with bench.running() as scale:
        until(lambda: scale.status()["shows"] == "12.485 kg")
        time.sleep(1)

    assert bench.weights() == [12_485]


def test_while_the_outbox_is_full_weighings_wait_in_order(bench: Bench) -> None:
    with bench.running() as scale:
        until(lambda: bench.journal == {"armed": True, "count": None})
        bench.sink.full = True
        for number, text in enumerate(("12.485", "0.620"), start=1):
            bench.put(text)
            until(lambda number=number: scale.status()["waiting"] == number)
            bench.put("")
            until(lambda: scale.status()["load"] == "empty")
        assert scale.status()["state"] == "degraded"
        bench.sink.full = False
        until(lambda: len(bench.weights()) == 2)
        until(lambda: scale.status()["waiting"] == 0)

    assert bench.weights() == [12_485, 620]
    assert [kept.payload["counter"] for kept in bench.sink.of("weigh-in")] == [1, 2]


def test_while_the_disk_takes_no_number_either_a_load_waits_and_one_that_left_leaves_a_gap(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, full = bench.sink.next_counter, False

    def number(device: str) -> int:
        if full:
            raise UnavailableError("database or disk is full")
        return given(device)

    monkeypatch.setattr(bench.sink, "next_counter", number)
    with bench.running() as scale:
        until(lambda: bench.journal == {"armed": True, "count": None})
        full = True
        bench.put("12.485")
        until(lambda: scale.status()["waiting"] == 1)
        assert scale.status()["state"] == "degraded"
        bench.put("")
        until(lambda: scale.status()["lost"] == 1)
        bench.put("0.620")
        until(lambda: scale.status()["waiting"] == 1)
        full = False
        until(lambda: bench.weights() == [620])
        status = scale.status()

    assert [kept.payload["counter"] for kept in bench.sink.of("weigh-in")] == [2]
    assert (status["waiting"], status["lost"], status["state"]) == (0, 1, "degraded")
    assert "number" not in status["faults"]  # type: ignore[operator]


def test_a_file_says_what_lies_there_and_a_wrong_one_costs_the_name_only(bench: Bench) -> None:
    bench.changes = {"goods": "goods.json", "item_code": "rice"}
    goods = bench.folder / "goods.json"
    order = "order:2105020001~A-17"
    said = {"item_code": "pork-leg", "order": order, "order_line_no": 1}
    wrong = {"item_code": "pork-leg", "order": "order:9905020002~A-17"}
    with bench.running() as scale:
        for number, members in enumerate((said, wrong, {"itm": 1}, None), start=1):
            goods.unlink(missing_ok=True)
            if members is not None:
                goods.write_text(json.dumps(members))
            until(lambda: bench.journal == {"armed": True, "count": None})
            bench.put(f"{number}.000")
            until(lambda number=number: len(bench.weights()) == number)
            until(lambda: bench.journal == {"armed": False, "count": None})
            bench.put("")
        assert "goods" not in scale.status()["faults"]  # type: ignore[operator]
    kept = bench.sink.of("weigh-in")

    assert [one.payload["item_code"] for one in kept] == ["pork-leg", "unnamed", "rice", "rice"]
    assert [link.subject for link in kept[0].observation.links] == [order]


def test_a_camera_that_breaks_the_coder_costs_no_weighing(bench: Bench) -> None:
    class Broken:
        settings = None

        def shot(self, **_: float) -> Any:
            raise RuntimeError("the coder broke")

        def status(self) -> dict[str, str]:
            return {"state": "working"}

        def start(self) -> None:
            pass

        stop = start

    made = bench.driver()
    made.station = Station(made.plate.place, Broken())  # type: ignore[arg-type]
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(bench.sink, stop))
    thread.start()
    until(lambda: bench.journal == {"armed": True, "count": None})
    bench.put("12.485")
    until(lambda: bench.weights() == [12_485])
    stop.set()
    thread.join(10)

    assert bench.sink.of("weigh-in")[0].payload["ext"]["photo_findings"] == ["failed"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"familly": "cas"}, "familly"),
        ({"calibration": "none"}, "calibration"),
        ({"direction": "up"}, "direction"),
        ({"framing": "9N1"}, "framing"),
        ({"camera": {"source": "usb:0", "sharp": 1}}, "sharp"),
        ({"unit": "stone"}, "unit"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_name(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    table = Table({**TABLE, "port": "/dev/none", **change}, "[[scale]] 1", tmp_path)
    site = Site("gateway:bx-0001", SCHOOL, tmp_path, tmp_path)
    with pytest.raises(MalformedError, match=says):
        _read(table, site)


def _read(table: Table, site: Site) -> None:
    driver(table, site)
    table.end()
