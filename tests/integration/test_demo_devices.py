"""The demo's day with its devices: one gateway program on yesterday's clock, killed while offline."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import pytest
from rich.console import Console

from api.demo import cast
from api.demo import run as demo
from api.demo.goods import ITEMS, TARE_G, WASTE
from api.demo.posting import Poster
from api.demo.stage import Stage
from devices.client import MealtraceClient, Trust
from ledger.verdict import Overall, State

pytestmark = pytest.mark.devices
pytestmark = [pytestmark, pytest.mark.slow, pytest.mark.xdist_group("demo-devices")]


@dataclass
class Lived:
    """The demo's day, and what its gateway said."""

    ledger: demo.Ledger
    day: Poster
    shown: str
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def of(self, kind: str) -> list[dict[str, Any]]:
        if kind not in self.records:
            client = self.ledger.clients[cast.GATEWAY]
            self.records[kind] = [
                client.record(str(item["id"]))
                for item in client.search(type=kind, issuer=cast.GATEWAY, limit="500")
            ]
        return self.records[kind]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    shown = io.StringIO()
    stage = Stage(Console(file=shown, width=200), chinese=False)
    ledger = demo._found(stage, tmp_path_factory.mktemp("demo") / "ledger")
    try:
        people, account = demo._people(stage, ledger)
        yield Lived(ledger, demo._day(stage, ledger, people, account), shown.getvalue())
    finally:
        ledger.close()


def test_every_load_is_one_record_with_a_photo_whose_display_says_the_same(lived: Lived) -> None:
    said = {
        one["payload"]["scale"]: (one["payload"]["net_g"], one["payload"]["display_ocr_g"])
        for one in lived.of("weigh-in")
    }

    loads = [(item.arrived_g, item.arrived_g + TARE_G) for item in ITEMS] + [(WASTE[2], WASTE[2])]
    assert said == dict(zip(cast.SCALES, loads, strict=True))
    assert len(lived.of("weigh-in")) == len(cast.SCALES)
    assert len(lived.day.photos) == len(set(lived.day.photos.values())) == len(cast.SCALES)


def test_what_was_weighed_offline_says_that_nothing_was_known_of_the_clock(lived: Lived) -> None:
    assert {one["payload"]["clock_state"] for one in lived.of("weigh-in")} == {"unknown"}


def test_every_time_of_a_device_is_of_the_day_that_is_played(lived: Lived) -> None:
    times = [
        one["payload"][name]
        for kind, name in (
            ("weigh-in", "photo_taken_at"),
            ("temperature-log", "first_read_at"),
            ("inspection-alert", "first_seen_at"),
            ("device-status", "observed_at"),
            ("device-status", "started_at"),
        )
        for one in lived.of(kind)
    ]

    assert len(times) > 20
    assert min(times) >= lived.day.at(time(6, 23))
    assert max(times) <= lived.day.at(time(6, 33))


def test_two_cabinets_and_the_terminal_speak_through_the_same_gateway(lived: Lived) -> None:
    cabinets = {one["payload"]["cabinet"] for one in lived.of("temperature-log")}

    assert cabinets == set(cast.CABINETS)
    assert len(lived.of("morning-check")) == 2
    told = {one["payload"]["device"] for one in lived.of("device-status")}
    assert told == {cast.GATEWAY, cast.CAMERA, cast.CHECKER, *cast.SCALES, *cast.CABINETS}


def test_a_covered_camera_is_one_alert_that_verifies_with_its_files(lived: Lived) -> None:
    (alert,) = lived.of("inspection-alert")
    trust = Trust.policy(lived.ledger.clients[cast.GATEWAY].trusted().policy)
    service = lived.ledger.service
    with MealtraceClient(service.url, lived.ledger.tokens[cast.GATEWAY], trust=trust) as client:
        files = [client.download(blob["sha256"]) for blob in alert["payload"]["blobs"]]
        verdict = client.verify(client.bundle(alert["id"]), files=files)

    assert alert["payload"]["alert_kind"] == "covered-lens"
    assert verdict.overall in {Overall.VERIFIED, Overall.LOG_ONLY}
    assert verdict.check("blob-digests").state is State.PASS
    assert verdict.check("issuer-signature").state is State.PASS
    assert lived.day.receipts["alert"].id == alert["id"]


def test_it_says_what_it_did(lived: Lived) -> None:
    for said in ("kill -9", "Modbus TCP", "Modbus RTU", "display says 42.48", "film before it"):
        assert said in lived.shown
    assert "made up" not in lived.shown
