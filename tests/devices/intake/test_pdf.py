"""Scans that are PDFs: which page was read is in the record, the PDF is the file, and bombs end."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from components import pdf_scans
from typer.testing import CliRunner

from devices.camera.ocr import Line, Reader
from devices.camera.picture import Image
from devices.client import Evidence
from devices.emulators import papers
from devices.intake import pdf
from devices.intake import read as program
from ledger.errors import MalformedError

pytestmark = pytest.mark.devices

PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"
FOR_A_RECORD = [
    "--holder", "supplier:91210500MA0UTC1A0P", "--scope", "bulk-food", "--accountable", PERSON,
]  # fmt: skip
DARK, MIDDLE, LIGHT = 40, 120, 250


def run(*arguments: object, language: str = "C") -> Result:
    return CliRunner().invoke(
        program.app, [str(one) for one in arguments], env={"LC_ALL": language}
    )


def sheet(grey: int) -> Image:
    return np.full((140, 100, 3), grey, np.uint8)


def paper(given: tuple[str, Any]) -> list[Line]:
    texts = [given[0], *(f"{label}：{value}" for label, value in given[1])]
    return [Line(text, 0.99, 0, 60 * place, 400, 40) for place, text in enumerate(texts)]


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dark page is a business permit, one of middle grey a health certificate, a light one empty."""
    texts: Mapping[int, list[Line]] = {
        DARK: paper(papers.BUSINESS_PERMIT), MIDDLE: paper(papers.HEALTH), LIGHT: [],
    }  # fmt: skip

    def lines(_: Reader, image: Image) -> list[Line]:
        return texts[min(texts, key=lambda grey: abs(grey - float(image.mean())))]

    monkeypatch.setattr(Reader, "lines", lines)


def scan(folder: Path, *greys: int) -> Path:
    path = folder / "scan.pdf"
    path.write_bytes(pdf_scans.scanned([sheet(grey) for grey in greys]))
    return path


def test_a_scanned_permit_is_read_off_its_pdf(tmp_path: Path) -> None:
    path = tmp_path / "permit.pdf"
    path.write_bytes(pdf_scans.scanned([papers.page(*papers.BUSINESS_PERMIT)]))
    told = run(path)

    assert told.exit_code == 0, told.output
    assert "✓ number: JY12105020012349" in told.output


@pytest.mark.usefixtures("recognised")
def test_the_page_that_says_what_it_is_is_read_and_stands_in_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Evidence] = []
    monkeypatch.setattr(program, "_hand_on", lambda one, _post, _out: made.append(one))
    path = scan(tmp_path, LIGHT, DARK)
    told = run(path, *FOR_A_RECORD, "--out", tmp_path / "record.json")

    assert told.exit_code == 0, told.output
    assert "page 2 of 2" in told.output
    ext = made[0].payload["ext"]
    assert isinstance(ext, Mapping)
    assert ext["page"] == 2
    assert "; pypdfium2 " in str(ext["read_with"])
    assert made[0].blobs["scan"] == (path.read_bytes(), "application/pdf")


@pytest.mark.usefixtures("recognised")
@pytest.mark.parametrize(
    ("chosen", "number"), [([], 1), (["--kind", "health"], 2), (["--page", "2"], 2)]
)
def test_of_several_papers_the_first_is_read_or_the_one_that_is_named(
    tmp_path: Path, chosen: list[str], number: int
) -> None:
    told = run(scan(tmp_path, DARK, MIDDLE), *chosen)

    assert told.exit_code == 0, told.output
    assert f"page {number} of 2" in told.output


@pytest.mark.usefixtures("recognised")
def test_a_picture_has_no_page_in_its_record(tmp_path: Path) -> None:
    out, path = tmp_path / "record.json", tmp_path / "permit.png"
    import cv2

    cv2.imwrite(str(path), sheet(DARK))
    assert run(path, *FOR_A_RECORD, "--out", out).exit_code == 0
    assert "page" not in json.loads(out.read_bytes())["payload"]["ext"]
    assert run(path, "--page", 1).exit_code == 2


@pytest.mark.usefixtures("recognised")
def test_what_cannot_be_chosen_is_asked_for(tmp_path: Path) -> None:
    told = run(scan(tmp_path, LIGHT, LIGHT))
    assert told.exit_code == 2
    assert "--page" in told.output
    told = run(scan(tmp_path, DARK), "--page", 2, language="zh_CN.UTF-8")
    assert told.exit_code == 2
    assert "没有第 2 页" in told.output


def test_a_book_is_no_certificate(tmp_path: Path) -> None:
    told = run(scan(tmp_path, *[LIGHT] * (pdf.MOST_PAGES + 1)))
    assert told.exit_code == 2
    assert "11 pages" in told.output


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\n", "damaged"),
        (pdf_scans.scanned([sheet(LIGHT)])[:300], "damaged"),
        (pdf_scans.locked(), "password"),
        (pdf_scans.bomb(), "more memory or time"),
    ],
    ids=["head", "cut", "locked", "bomb"],
)
def test_what_cannot_be_drawn_says_why(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        pdf.page(data, 1)


def test_a_page_is_drawn_at_the_size_that_is_read_however_large_it_says_it_is() -> None:
    data = pdf_scans.scanned([sheet(DARK)])
    drawn = pdf.page(data, 1)
    assert max(drawn.image.shape) == pdf.LONGEST
    assert abs(float(drawn.image.mean()) - DARK) < 3
    wide = data.replace(b"[0 0 595 842]", b"[0 0 9e7 842]")
    assert max(pdf.page(wide, 1).image.shape) <= pdf.LONGEST + 1
