"""Labels printed and read back: turned, tilted, blurred, noisy, shaded; never read wrongly."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from components.label_photo import Shot, photo
from typer.testing import CliRunner

from devices.cabinet import label_sheet, labels
from devices.cabinet.label import Label
from ledger.errors import MalformedError

pytestmark = pytest.mark.devices

LABEL = Label("canteen:2105020001~01", "2026-11-27", "lunch", "d-4", "C-88")
PRINTED_PX = 12


@pytest.fixture(scope="module")
def printed() -> object:
    return label_sheet.picture(LABEL, "红烧肉", "2026-11-29 11:20", scale=PRINTED_PX)


def read(printed: object, shot: Shot) -> int:
    """How many of eight turns are read; a wrong reading fails the test."""
    right = 0
    for number in range(8):
        turned = Shot(**{name: getattr(shot, name) for name in Shot.__slots__} | {"turn": 45 * number + 7})  # fmt: skip
        try:
            found = label_sheet.read_picture(photo(printed, PRINTED_PX, turned, seed=number))
        except MalformedError:
            continue
        assert found == LABEL
        right += 1
    return right


@pytest.mark.parametrize(
    "shot",
    [
        Shot(module_px=2.5),
        Shot(module_px=4, blur=0.3),
        Shot(module_px=4, noise=40),
        Shot(module_px=4, tilt=0.3),
        Shot(module_px=4, shade=0.8),
        Shot(module_px=4, blur=0.2, noise=8, tilt=0.1, shade=0.4),
    ],
    ids=["small", "blurred", "noisy", "tilted", "shaded", "as a telephone takes it"],
)
def test_such_a_photo_is_read(printed: object, shot: Shot) -> None:
    assert read(printed, shot) >= 7


@pytest.mark.parametrize("shot", [Shot(module_px=1), Shot(module_px=4, blur=1.0)])
def test_what_is_too_small_or_too_blurred_is_not_read_and_never_wrongly(
    printed: object, shot: Shot
) -> None:
    assert read(printed, shot) == 0


def test_a_photo_without_a_label_says_so() -> None:
    with pytest.raises(MalformedError):
        label_sheet.read(b"no picture")


def test_a_label_as_svg_is_well_formed_whatever_the_dish_is_called() -> None:
    root = ET.fromstring(label_sheet.svg(LABEL, "鱼<&>香肉丝"))

    assert root.tag.endswith("svg")
    assert "鱼<&>香肉丝  d-4" in [text.text for text in root.iter() if text.tag.endswith("text")]


def test_the_command_prints_and_reads_back(tmp_path: Path) -> None:
    runner = CliRunner()
    printed = runner.invoke(
        labels.app,
        ["print", "--canteen", LABEL.canteen, "--meal-on", "2026-11-27", "--meal", "lunch",
         "--dish", "d-4=红烧肉=C-88", "--to", str(tmp_path), "--as", "png"],
    )  # fmt: skip
    assert printed.exit_code == 0, printed.output
    (file,) = tmp_path.glob("*.png")
    found = runner.invoke(labels.app, ["read", str(file)])

    assert found.output.split() == [LABEL.canteen, "2026-11-27", "lunch", "d-4", "C-88"]


def test_a_text_that_is_no_label_ends_with_one() -> None:
    assert CliRunner().invoke(labels.app, ["check", "mealtrace:1/x"]).exit_code == 1
