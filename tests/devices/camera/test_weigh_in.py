"""From a weighing to the record: weight, photo, display, and findings that never lose it."""

import re

import numpy as np
import pytest
from components.checked_sink import CheckedSink

from devices.camera import display as displays
from devices.camera.camera import Camera, Settings
from devices.camera.display import Display, agreed, largest_number, weight
from devices.camera.ocr import Line, Reader
from devices.camera.picture import Frame, Image, from_file
from devices.camera.station import Station
from devices.camera.weigh_in import Goods, Place, Weighing, grams
from devices.emulators import drawing
from ledger.encoding import unb64
from ledger.errors import MalformedError, RefusedError, UnavailableError
from ledger.statement import Link

pytestmark = pytest.mark.devices

SCALE = "device:bx-0001-scale-1"
PLACE = Place(
    school="school:2105020001",
    canteen="canteen:2105020001~01",
    scale=SCALE,
    calibration="01a206fd-6778-7a62-a7b8-000000000040",
    division_mg=5000,
)
GOODS = Goods(
    "pork-leg",
    supplier="supplier:91210500MA0UTC1A0P",
    order="order:2105020001~A-17",
    order_line_no=1,
    links=(Link("fulfils", subject="order:2105020001~A-17"),),
)
AT = 1_795_400_911_120
FRAME = b"\x02+012485312\x03"


def weighing(gross_mg: int = 12_485_000, tare_mg: int = 0) -> Weighing:
    return Weighing(gross_mg, tare_mg, True, 5, "yaohua-continuous", FRAME, AT)


class Spoken(Reader):
    """A reader that says what the test wants."""

    def __init__(self, *texts: str, score: float = 0.97) -> None:
        super().__init__()
        self.texts = texts
        self.score = score
        self.read = 0

    def line(self, image: Image) -> Line | None:
        text = self.texts[self.read % len(self.texts)]
        self.read += 1
        return Line(text, self.score, 0, 0, *image.shape[1::-1]) if text else None


def station(image: Image | None, reader: Reader | None = None, *, age_ms: int = 200) -> Station:
    settings = Settings.from_table({"source": "usb:0", "display": [880, 540, 360, 150]})
    camera = Camera(settings, clock=lambda: AT)
    if image is not None:
        camera.take(Frame(image, AT - age_ms, 0))
    return Station(PLACE, camera, shown=Display(decimals=3), reader=reader or Spoken("12485"))


def test_a_weighing_becomes_a_record_with_its_photo_and_what_the_display_shows() -> None:
    image, _ = drawing.scale("12.485", crates=2, seed=3)
    sink = CheckedSink()
    station(image).weighed(weighing(tare_mg=480_000), GOODS, sink)

    (kept,) = sink.observations
    payload = kept.payload
    assert (payload["gross_g"], payload["tare_g"], payload["net_g"]) == (12485, 480, 12005)
    assert payload["display_ocr_g"] == 12485
    assert unb64(str(payload["raw_frame"])) == FRAME
    assert payload["counter"] == 1
    assert payload["clock_offset_ms"] == 12
    assert payload["photo_taken_at"] < "2026-11-23T04:41:51.120Z"
    assert re.fullmatch("[0-9a-f]{16}", str(payload["photo_phash"]))
    assert "ext" not in payload
    assert kept.device == SCALE
    assert from_file(kept.files["photo"][0].data).shape == image.shape


def test_a_display_that_shows_another_weight_is_kept_as_it_was_read() -> None:
    image, _ = drawing.scale("13.000")
    sink = CheckedSink()
    station(image, Spoken("13000")).weighed(weighing(), GOODS, sink)

    assert sink.observations[0].payload["display_ocr_g"] == 13_000
    assert sink.observations[0].payload["net_g"] == 12_485


@pytest.mark.parametrize("texts", [("12485", "12485", "1485"), ("1 485",), ("",), ("旧旧",)])
def test_a_display_that_is_not_read_for_certain_is_null(texts: tuple[str, ...]) -> None:
    image, _ = drawing.scale("12.485")
    sink = CheckedSink()
    station(image, Spoken(*texts)).weighed(weighing(), GOODS, sink)

    assert sink.observations[0].payload["display_ocr_g"] is None


def test_a_covered_lens_is_told_and_the_weigh_in_is_kept_with_that_photo() -> None:
    sink = CheckedSink()
    reader = Spoken("12485")
    station(drawing.noisy(np.full((720, 1280, 3), 60, np.uint8), 1, 2), reader).weighed(
        weighing(), GOODS, sink
    )

    payload = sink.observations[0].payload
    assert payload["ext"]["photo_findings"] == ["covered"]
    assert payload["ext"]["photo_measured"]["spread"] < 14
    assert payload["display_ocr_g"] is None
    assert reader.read == 0


def test_several_findings_stand_together() -> None:
    image, _ = drawing.scale("12.485", crates=2, seed=3)
    one = station(image, age_ms=9000)
    sink = CheckedSink()
    one.weighed(weighing(), GOODS, sink)
    one.weighed(weighing(), Goods("egg-box"), sink)

    assert sink.observations[0].payload["ext"]["photo_findings"] == ["old"]
    assert sink.observations[1].payload["ext"]["photo_findings"] == ["old", "repeated"]
    assert [kept.payload["counter"] for kept in sink.observations] == [1, 2]


def test_a_camera_that_never_gave_a_frame_loses_no_weight() -> None:
    sink = CheckedSink()
    station(None).weighed(weighing(), GOODS, sink)

    payload = sink.observations[0].payload
    assert payload["ext"]["photo_findings"] == ["none"]
    assert "photo_phash" not in payload
    assert from_file(sink.observations[0].files["photo"][0].data).shape == (360, 640, 3)


def test_without_a_text_reader_the_weigh_in_is_kept_and_says_so() -> None:
    class Missing(Reader):
        def line(self, image: Image) -> Line | None:  # noqa: ARG002 - as its base has it
            raise UnavailableError("rapidocr is not installed")

    image, _ = drawing.scale("12.485")
    sink = CheckedSink()
    station(image, Missing()).weighed(weighing(), GOODS, sink)

    assert sink.observations[0].payload["ext"]["photo_findings"] == ["no-reader"]


def test_what_the_service_would_refuse_is_refused_here() -> None:
    image, _ = drawing.scale("12.485")

    with pytest.raises(RefusedError):
        station(image).weighed(weighing(), Goods("pork-leg", order="order:1~1"), CheckedSink())
    with pytest.raises(MalformedError, match="bytes"):
        station(image).weighed(Weighing(1, 0, True, 5, "mt-sics", b"", AT), GOODS, CheckedSink())


def test_net_is_the_difference_of_rounded_gross_and_tare() -> None:
    assert [grams(mg) for mg in (1499, 1500, -1500, -1499, 0)] == [1, 2, -2, -1, 0]
    image, _ = drawing.scale("0.001")
    sink = CheckedSink()
    station(image, Spoken("0001")).weighed(weighing(10_600, 9_400), GOODS, sink)

    assert sink.observations[0].payload["net_g"] == 11 - 9
    assert sink.observations[0].payload["display_ocr_g"] == 1


@pytest.mark.parametrize(
    ("text", "display", "read_g"),
    [
        ("12.485", Display(), 12485),
        ("12485", Display(decimals=3), 12485),
        ("12.48", Display(decimals=3), 12480),
        ("-0.480 kg", Display(), -480),
        ("24.97斤", Display(), 12485),
        ("12485g", Display(unit="g"), 12485),
        ("0.5", Display(unit="g"), 1),
        ("OO.5OO", Display(), 500),
        ("12 485", Display(decimals=3), None),
        ("12.485.1", Display(), None),
        ("净重", Display(), None),
        ("", Display(), None),
    ],
)
def test_a_number_on_a_display(text: str, display: Display, read_g: int | None) -> None:
    shown = weight(Line(text, 0.99, 0, 0, 9, 9), display)

    assert (None if shown is None else shown.grams) == read_g


def test_readings_count_where_all_agree_above_the_floor() -> None:
    high, low = Line("12.485", 0.95, 0, 0, 9, 9), Line("12.485", 0.79, 0, 0, 9, 9)

    assert agreed([high, high, high], Display()) is not None
    assert agreed([high, high, low], Display()) is None
    assert agreed([high, high, Line("2.485", 0.99, 0, 0, 9, 9)], Display()) is None
    assert agreed([high, None, high], Display()) is None
    assert agreed([], Display()) is None


def test_the_display_is_the_largest_number_in_the_picture_if_it_is_one() -> None:
    big, small = Line("12.485", 0.9, 100, 100, 200, 60), Line("2026", 0.9, 10, 10, 60, 20)
    other = Line("7.3", 0.9, 500, 100, 90, 55)

    assert largest_number([small, big]) == (94, 94, 212, 72)
    assert largest_number([big, other]) is None
    assert largest_number([Line("操作间", 0.9, 0, 0, 90, 90)]) is None


def test_a_configuration_makes_a_station_and_a_misspelt_member_none() -> None:
    table = {
        "source": "usb:0",
        "display": [880, 540, 360, 150],
        "photo": {"sharpness": 50},
        "reading": {"unit": "kg", "decimals": 3},
    }
    assert Station.from_config(table, PLACE).status()["source"] == "usb:0"
    for wrong in ({"reading": {"units": "kg"}}, {"photo": {"blur": 3}}, {"sauce": "usb:1"}):
        with pytest.raises(MalformedError):
            Station.from_config(table | wrong, PLACE)


def test_drawn_seven_segment_displays_are_read_or_null_and_never_wrong() -> None:
    reader, display = Reader(), Display(decimals=3)
    read = wrong = 0
    chance = np.random.default_rng(5)
    for number in range(16):
        shown_g = int(chance.integers(50, 99_999))
        picture = drawing.noisy(drawing.seven_segments(f"{shown_g / 1000:.3f}", 70), number, 8)
        found = displays.read(picture, (0, 0, *picture.shape[1::-1]), display, reader)
        if found is not None:
            read += 1
            wrong += found.grams != shown_g

    assert wrong == 0
    assert read >= 8


@pytest.mark.parametrize("text", ["12.485", "11.111", "7.305", "-0.480", "1.200"])
def test_lit_columns_are_the_digits_whatever_a_reader_makes_of_them(text: str) -> None:
    picture = drawing.noisy(drawing.seven_segments(text, 80), 1, 8)

    assert displays.lit_columns(picture) == sum(map(str.isdigit, text))
    assert displays.lit_columns(255 - picture) == sum(map(str.isdigit, text))


def test_a_digit_that_all_readings_lose_is_no_reading() -> None:
    picture = drawing.noisy(drawing.seven_segments("61.602", 80), 1, 8)
    whole = (0, 0, *picture.shape[1::-1])

    assert displays.read(picture, whole, Display(decimals=3), Spoken("6602")) is None
    assert displays.read(picture, whole, Display(decimals=3), Spoken("61602")) is not None


def test_a_display_somewhere_in_the_picture_is_found() -> None:
    image, _ = drawing.scale("24.980", crates=2, seed=3)
    found = displays.read(image, None, Display(decimals=3), Reader())

    assert found is not None
    assert found.grams == 24_980
