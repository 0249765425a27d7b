"""What the demo holds its devices to: whatever is not as it was there ends it."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from api.demo import cast, run
from api.demo import floor as floor_of_demo
from api.demo.floor import Floor
from api.demo.gateway import Gateway
from api.demo.stage import Stage
from devices.client import MealtraceClient, SigningKey
from ledger.errors import UnavailableError, VerificationError


class Told(Gateway):
    """A gateway whose records are made up, and which does not run."""

    log: dict[str, list[dict[str, Any]]]

    def records(self, kind: str) -> list[dict[str, Any]]:
        return self.log[kind]

    def wait(self, done: Any, step: str) -> None:
        if not done():
            raise UnavailableError(f"the gateway did not {step}")


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    client = MealtraceClient("http://127.0.0.1:9")
    gateway = Told(tmp_path, cast.GATEWAY, SigningKey.generate(), b"", client, "")
    gateway.log = {
        "weigh-in": [weighed(scale) for scale in cast.SCALES],
        "inspection-alert": [alerted()],
    }
    return Floor(gateway, 9)


def weighed(scale: str, **changes: Any) -> dict[str, Any]:
    payload = {
        "scale": scale, "gross_g": 42_480, "display_ocr_g": 42_480, "photo_phash": "c3d1a8f0e4927b56",
    }  # fmt: skip
    return {"id": scale, "payload": payload | changes}


def alerted(kind: str = "covered-lens", roles: str = "frame frame clip") -> dict[str, Any]:
    blobs = [{"role": role} for role in roles.split()]
    return {"id": "alert", "payload": {"alert_kind": kind, "blobs": blobs}}


def of(floor: Floor) -> dict[str, list[dict[str, Any]]]:
    assert isinstance(floor.gateway, Told)
    return floor.gateway.log


def test_every_load_once_with_its_photo_is_what_it_should_be(floor: Floor) -> None:
    of(floor)["weigh-in"].reverse()

    assert [record["id"] for record in floor.weighings()] == list(cast.SCALES)


def test_a_display_that_could_not_be_read_is_no_lie(floor: Floor) -> None:
    of(floor)["weigh-in"][0] = weighed(cast.SCALES[0], display_ocr_g=None)

    assert len(floor.weighings()) == len(cast.SCALES)


def test_a_load_that_is_missing_or_weighed_twice_ends_it(floor: Floor) -> None:
    of(floor)["weigh-in"].append(weighed(cast.SCALES[0]))
    with pytest.raises(VerificationError, match="5 weighings are in the log of 4 loads"):
        floor.weighings()
    del of(floor)["weigh-in"][1]  # four again, but two of one scale
    with pytest.raises(VerificationError, match="4 weighings"):
        floor.weighings()


def test_a_weighing_without_a_live_photo_ends_it(floor: Floor) -> None:
    for bad in (
        weighed(cast.SCALES[0], ext={"photo_findings": ["frozen"]}),
        {"id": "card", "payload": {"scale": cast.SCALES[0], "gross_g": 1, "display_ocr_g": None}},
    ):
        of(floor)["weigh-in"][0] = bad
        with pytest.raises(VerificationError, match="no good photo"):
            floor.weighings()


def test_a_display_with_another_weight_ends_it(floor: Floor) -> None:
    of(floor)["weigh-in"][2] = weighed(cast.SCALES[2], display_ocr_g=42_500)

    with pytest.raises(VerificationError, match="another weight"):
        floor.weighings()


def test_one_alert_with_its_pictures_and_its_film_is_what_it_should_be(floor: Floor) -> None:
    assert floor.alert()["id"] == "alert"


@pytest.mark.parametrize(
    ("alerts", "said"),
    [
        ([alerted(), alerted()], "made 2 alerts"),
        ([alerted("camera-moved")], "made 1 alerts"),
        ([alerted(roles="frame frame")], "its film"),
        ([alerted(roles="frame clip")], "both pictures"),
    ],
)
def test_any_other_alert_ends_it(floor: Floor, alerts: list[dict[str, Any]], said: str) -> None:
    of(floor)["inspection-alert"] = alerts

    with pytest.raises(VerificationError, match=said):
        floor.alert()


def test_no_alert_ends_it(floor: Floor) -> None:
    of(floor)["inspection-alert"] = []

    with pytest.raises(UnavailableError, match="raise an alert"):
        floor.alert()


@pytest.mark.parametrize(
    ("absent", "chinese", "emulated", "said"),
    [
        (
            {"cv2", "serial"},
            False,
            False,
            "made up, for want of pyserial, opencv-python: pip install 'mealtrace[demo]'",
        ),
        ({"cv2", "serial"}, True, False, "因缺少 pyserial, opencv-python"),
        ({"rapidocr"}, False, True, "no display is read from its photo, for want of rapidocr"),
        ({"rapidocr"}, True, True, "因缺少 rapidocr"),
        (set(), False, True, "clocks"),
    ],
)
def test_what_is_left_out_for_want_of_a_package_is_said(
    monkeypatch: pytest.MonkeyPatch, absent: set[str], chinese: bool, emulated: bool, said: str
) -> None:
    monkeypatch.setattr(
        floor_of_demo.importlib.util, "find_spec", lambda name: None if name in absent else object()
    )
    shown = io.StringIO()
    stage = Stage(Console(file=shown, width=200), chinese=chinese)

    assert run._emulated(stage) is emulated
    assert said in shown.getvalue()
    assert ("made up" in shown.getvalue()) is (not emulated and not chinese)
