"""The program, on drawn papers: real recognition, one page after another."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import pytest
from click.testing import Result
from components.sandbox import sandbox
from typer.testing import CliRunner

from devices.camera.ocr import Line, Reader
from devices.camera.picture import Image, from_file
from devices.client import MealtraceClient
from devices.emulators import papers
from devices.intake import read as program
from ledger.errors import MalformedError

pytestmark = pytest.mark.devices

PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"
FOR_A_RECORD = [
    "--holder", "supplier:91210500MA0UTC1A0P", "--scope", "bulk-food", "--accountable", PERSON,
]  # fmt: skip


def run(arguments: Sequence[str], typed: str = "") -> Result:
    return CliRunner().invoke(program.app, list(arguments), input=typed, env={"LC_ALL": "C"})


@pytest.fixture(scope="module")
def permit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("papers") / "permit.jpg"
    page = papers.page(*papers.BUSINESS_PERMIT)
    cv2.imwrite(str(path), papers.photographed(page, degrees=2, scale=0.7, blur=3, noise=6))
    return path


def test_a_permit_is_read_and_its_record_written(permit: Path, tmp_path: Path) -> None:
    out = tmp_path / "record.json"
    told = run([str(permit), *FOR_A_RECORD, "--out", str(out)])

    assert told.exit_code == 0, told.output
    assert "✓ number: JY12105020012349" in told.output
    record = json.loads(out.read_bytes())
    assert record["type"] == "certificate"
    assert record["payload"]["valid_until"] == "2029-03-11"
    assert record["payload"]["read_by"] == "ocr"
    assert record["payload"]["ext"]["read_with"].startswith("rapidocr 3.")


def test_a_failed_check_digit_asks_a_person_who_types_the_number(tmp_path: Path) -> None:
    path, out = tmp_path / "forged.png", tmp_path / "record.json"
    page = papers.page(*papers.BUSINESS_PERMIT, changes={"许可证编号": "JY12105020012348"})
    cv2.imwrite(str(path), page)

    alone = run([str(path)])
    assert alone.exit_code == 1
    assert "the check digit does not hold" in alone.output
    asked = run(
        [str(path), "--confirm", "--by", PERSON, *FOR_A_RECORD, "--out", str(out)],
        typed="\nJY12105020012349\n",
    )
    assert asked.exit_code == 0, asked.output
    payload = json.loads(out.read_bytes())["payload"]
    assert payload["confirmed_by"] == PERSON
    assert payload["read_by"] == "manual"


def test_a_page_that_is_hardly_readable_is_never_taken_without_a_person(tmp_path: Path) -> None:
    page = papers.page(*papers.HEALTH)
    photo = papers.photographed(page, degrees=12, scale=0.16, blur=5, noise=45)
    path = tmp_path / "bad.png"
    cv2.imwrite(str(path), photo)

    assert run([str(path), "--kind", "health"]).exit_code == 1


def given(monkeypatch: pytest.MonkeyPatch, lines: list[Line]) -> None:
    def read(_: Reader, image: Image, *, upright: bool = False) -> list[Line]:
        assert image.ndim == 3
        assert not upright
        return lines

    monkeypatch.setattr(Reader, "lines", read)


def test_who_confirms_must_be_named_and_a_record_needs_who_answers_for_it(
    permit: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    texts = ["食品经营许可证", *(f"{a}：{b}" for a, b in papers.BUSINESS_PERMIT[1])]
    given(monkeypatch, [Line(t, 0.99, 0, 60 * n, 400, 40) for n, t in enumerate(texts)])

    assert run([str(permit), "--confirm"]).exit_code == 2
    told = run([str(permit), "--out", str(tmp_path / "x.json")])
    assert told.exit_code == 2
    assert "--accountable" in told.output
    assert not (tmp_path / "x.json").exists()


def test_a_person_who_confirms_is_asked_about_every_field_where_none_is_in_doubt(
    permit: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    texts = ["食品经营许可证", *(f"{a}：{b}" for a, b in papers.BUSINESS_PERMIT[1])]
    given(monkeypatch, [Line(t, 0.99, 0, 60 * n, 400, 40) for n, t in enumerate(texts)])
    out = tmp_path / "record.json"
    told = run(
        [str(permit), "--confirm", "--by", PERSON, *FOR_A_RECORD, "--out", str(out)], "\n" * 6
    )

    assert told.exit_code == 0, told.output
    assert told.output.count("as on the paper") == 6
    payload = json.loads(out.read_bytes())["payload"]
    assert payload["confirmed_by"] == PERSON
    assert payload["ext"]["confirmed"] == [
        "certificate_no", "issuing_authority", "issued_on", "valid_until",
    ]  # fmt: skip


def test_a_file_that_is_no_picture_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    told = run([str(path)])

    assert told.exit_code == 2
    assert "PDF" in told.output
    assert run([str(tmp_path / "none.jpg")]).exit_code == 2
    with pytest.raises(MalformedError, match="PDF"):
        from_file(path.read_bytes())


def test_a_confirmed_certificate_is_posted_to_a_real_service_with_its_scan(
    permit: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["食品经营许可证", *(f"{a}：{b}" for a, b in papers.BUSINESS_PERMIT[1])]
    given(monkeypatch, [Line(t, 0.6, 0, 60 * n, 400, 40) for n, t in enumerate(texts)])
    with sandbox() as exports:
        told = CliRunner().invoke(
            program.app,
            [
                "--post",
                exports["MEALTRACE_URL"],
                str(permit),
                "--confirm",
                "--by",
                PERSON,
                *FOR_A_RECORD,
            ],
            input="\n" * 6,
            env={"LC_ALL": "C", "MEALTRACE_TOKEN": exports["SUPPLIER_TOKEN"]},
        )
        assert told.exit_code == 0, told.output
        posted = told.output.split()[-1]
        with MealtraceClient(exports["MEALTRACE_URL"], exports["SUPPLIER_TOKEN"]) as client:
            payload = client.record(posted)["payload"]
            assert isinstance(payload, dict)
            (scan,) = payload["blobs"]
            assert client.download(scan["sha256"]) == permit.read_bytes()

    assert payload["ocr_score_ppm"] == 600_000
    assert payload["confirmed_by"] == PERSON
