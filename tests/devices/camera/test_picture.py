"""Photo checks, the perceptual hash, and pictures in and out of files."""

import struct
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.camera import checks, picture
from devices.camera.camera import Settings, Shot
from devices.camera.card import no_photo
from devices.camera.phash import apart, phash
from devices.camera.picture import Image
from devices.emulators import drawing
from ledger.errors import MalformedError

pytestmark = pytest.mark.devices

SETTINGS = Settings.from_table({"source": "usb:0"})
NOON = 1_795_400_000_000


def found(image: Image) -> list[str]:
    return checks.of_picture(checks.look(image), checks.Limits())


@pytest.mark.parametrize("light", [1.0, 0.6, 0.3])
def test_a_kitchen_by_day_and_under_one_lamp_is_a_photo(light: float) -> None:
    assert found(drawing.noisy(drawing.kitchen(light=light), 1)) == []


def test_a_dark_room_is_black_and_a_dim_one_is_not() -> None:
    assert found(drawing.noisy(drawing.kitchen(light=0.1), 1)) == ["black"]
    assert "black" not in found(drawing.noisy(drawing.kitchen(light=0.25), 1))


def test_a_hand_on_the_lens_is_covered_and_a_plain_wall_with_a_pot_is_not() -> None:
    hand = drawing.noisy(np.full((360, 640, 3), (38, 42, 90), np.uint8), 1)
    wall = np.full((360, 640, 3), 180, np.uint8)
    cv2.rectangle(wall, (250, 150), (380, 300), (60, 60, 60), -1)

    assert found(hand) == ["covered"]
    assert found(drawing.noisy(wall, 1)) == []


def test_a_lens_out_of_focus_is_blurred_and_a_slightly_soft_one_is_not() -> None:
    sharp = drawing.kitchen(1280, 720)

    assert found(cv2.GaussianBlur(sharp, (61, 61), 0)) == ["blurred"]
    assert found(cv2.GaussianBlur(sharp, (5, 5), 0)) == []


def shot(age_ms: int = 100, still_ms: int = 0) -> Shot:
    frame = picture.Frame(drawing.kitchen(), NOON, 0)
    return Shot(frame, age_ms, still_ms)


def test_a_frame_is_old_and_a_stream_is_frozen_from_their_limits_on() -> None:
    assert checks.of_stream(shot(), SETTINGS) == []
    assert checks.of_stream(shot(age_ms=SETTINGS.old_ms), SETTINGS) == []
    assert checks.of_stream(shot(age_ms=SETTINGS.old_ms + 1), SETTINGS) == ["old"]
    assert checks.of_stream(shot(still_ms=SETTINGS.frozen_ms - 1), SETTINGS) == []
    assert checks.of_stream(shot(still_ms=SETTINGS.frozen_ms), SETTINGS) == ["frozen"]


def test_a_photo_saved_anew_or_made_smaller_keeps_its_hash_within_four_bits() -> None:
    image, _ = drawing.scale("12.485", crates=3, seed=2)
    again = cv2.imdecode(cv2.imencode(".jpg", image, [1, 35])[1], 1)
    small = cv2.resize(image, (320, 180), interpolation=cv2.INTER_AREA)

    assert apart(phash(image), phash(again)) <= 4
    assert apart(phash(image), phash(small)) <= 4
    assert apart(phash(image), phash(cv2.convertScaleAbs(image, beta=25))) <= 4


def test_photos_of_different_goods_differ_by_more_than_four_bits() -> None:
    hashes = [phash(drawing.scale("12.485", crates=n, seed=n)[0]) for n in range(1, 6)]

    assert min(apart(a, b) for a in hashes for b in hashes if a != b) > 4


def test_a_hash_is_sixteen_digits_that_never_change() -> None:
    tiles = np.random.default_rng(7).integers(0, 255, (8, 8, 3))
    image = np.kron(tiles, np.ones((32, 32, 1))).astype(np.uint8)

    assert phash(image) == "54087f7cbc9522a3"
    assert phash(np.zeros((9, 9, 3), np.uint8)) == "0000000000000000"


def test_a_photo_is_repeated_for_other_goods_or_an_hour_later_and_not_crate_after_crate() -> None:
    one = phash(drawing.scale("12.485", crates=3, seed=2)[0])
    repeats = checks.Repeats()

    assert not repeats.repeated(one, NOON, "pork-leg")
    assert not repeats.repeated(one, NOON + 60_000, "pork-leg")
    assert repeats.repeated(one, NOON + 120_000, "egg-box")
    assert not checks.Repeats().repeated(one, NOON, "pork-leg")
    assert repeats.repeated(one, NOON + 4_000_000, "pork-leg")


def test_pictures_come_back_from_their_files_and_what_is_none_is_refused() -> None:
    image = drawing.kitchen()
    data = picture.to_jpeg(image)

    assert picture.from_file(data).shape == image.shape
    assert picture.media_type(data) == "image/jpeg"
    for wrong in (b"", b"\xff\xd8\xff", b"hello", data[:300]):
        with pytest.raises(MalformedError):
            picture.from_file(wrong)
    with pytest.raises(MalformedError, match="PDF"):
        picture.from_file(b"%PDF-1.7")
    assert picture.media_type(cv2.imencode(".png", image)[1].tobytes()) == "image/png"
    assert picture.media_type(cv2.imencode(".webp", image)[1].tobytes()) == "image/webp"
    with pytest.raises(MalformedError):
        picture.media_type(b"GIF89a")


def test_a_small_file_of_a_huge_picture_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """400 megapixels of one colour: fifty kilobytes, and over a gigabyte in memory."""
    side = 20_000
    row = zlib.compressobj(9)
    packed = b"".join(row.compress(bytes(1 + side // 8)) for _ in range(side)) + row.flush()
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    ]
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in parts
        )
    )
    program = """
        import resource, sys
        resource.setrlimit(resource.RLIMIT_DATA, (600 << 20, 600 << 20))
        from devices.camera.picture import from_file
        from ledger.errors import MalformedError
        try:
            from_file(open(sys.argv[1], "rb").read())
        except MalformedError as error:
            print(error)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert path.stat().st_size < 100_000
    assert said == "the picture is larger than 64 megapixels\n"


def test_a_card_in_place_of_a_photo_differs_from_weighing_to_weighing() -> None:
    cards = {no_photo("device:s-1", n, "2026-11-23T06:08:31.120Z") for n in range(3)}

    assert len(cards) == 3
    assert picture.from_file(cards.pop()).shape == (360, 640, 3)
