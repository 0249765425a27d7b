"""`mealtrace-gateway certificate`: a scan in, a reading out; a person confirms what is in doubt (证照录入).

    mealtrace-gateway certificate licence.jpg
    mealtrace-gateway certificate scans.pdf --page 2
    mealtrace-gateway certificate licence.jpg --confirm --by person:… \
        --holder supplier:91… --scope bulk-food --accountable person:… --post https://meals.example

Without `--confirm` it reads, tells and asks nothing: exit 0 where nothing is in doubt, 1 where a person
must look, 2 where the file cannot be read. With `--post` the record is posted under the token in the
environment's MEALTRACE_TOKEN, after everything is confirmed; `--out` writes its request instead.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from devices.camera.ocr import Line, Reader, reader_name
from devices.camera.picture import from_file, media_type
from devices.client import Evidence, MealtraceClient
from devices.gateway import reasons
from devices.gateway.language import chinese, tr
from devices.intake import pdf
from devices.intake.papers import PAPERS
from devices.intake.reading import DOUBTS, FLOOR_PPM, Field, Reading, kind_of, read
from devices.intake.record import Said, evidence
from ledger import canonical
from ledger.canonical import JsonInput
from ledger.errors import LedgerError, MalformedError

app = typer.Typer(add_completion=False)

NAMES: Final = {
    "certificate_no": ("number", "证照编号"),
    "credit_code": ("credit code", "统一社会信用代码"),
    "name": ("name", "名称／姓名"),
    "issuing_authority": ("issued by", "发证机关"),
    "issued_on": ("issued on", "发证日期"),
    "examined_on": ("examined on", "体检日期"),
    "valid_until": ("valid until", "有效期至"),
}
_LARGEST: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Text:
    """What was recognised on a page.

    Attributes:
        lines: of text.
        number: of the page of a PDF, from 1; None: a picture.
        pages: of the PDF.
    """

    lines: list[Line]
    number: int | None = None
    pages: int = 1


@app.command(
    help=tr(
        "Read a certificate's scan or photo, and have a person confirm what is in doubt.\n\n"
        "Exit 0 read and sure, 1 a person must look, 2 unreadable or refused.",
        "识别证照扫描件或照片，存疑字段由人员核对确认。\n\n"
        "退出码：0 识别可靠，1 需人员核对，2 无法读取或被拒绝。",
    )
)
def main(
    file: Annotated[
        Path, typer.Argument(help=tr("JPEG, PNG, WebP or PDF.", "JPEG、PNG、WebP 图片或 PDF。"))
    ],
    page: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=tr(
                "Of a PDF; else the first that says what paper it is.",
                "PDF 的页码；不填则取首个能识别证照种类的页。",
            ),
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help=tr("Kind of paper: ", "证照种类：") + ", ".join(one.kind for one in PAPERS)
        ),
    ] = None,
    floor: Annotated[
        int,
        typer.Option(
            min=0, max=1_000_000, help=tr("In doubt below, ppm.", "低于此分值须核对（ppm）。")
        ),
    ] = FLOOR_PPM,
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm",
            help=tr(
                "Ask about what is in doubt, or about all where nothing is.",
                "逐项核对存疑字段；无存疑时核对全部字段。",
            ),
        ),
    ] = False,
    by: Annotated[
        str | None, typer.Option(help=tr("Who confirms, person:…", "核对人 person:…"))
    ] = None,
    holder: Annotated[
        str | None, typer.Option(help=tr("Whose paper, supplier:…", "持证主体 supplier:…"))
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help=tr("What it permits; several.", "许可范围，可多次。"))
    ] = None,
    staff: Annotated[
        str | None,
        typer.Option(help=tr("Of a health certificate, person:…", "健康证持有人 person:…")),
    ] = None,
    employer: Annotated[
        str | None,
        typer.Option(help=tr("Of staff, labour:… or school:…", "用工单位 labour:… 或 school:…")),
    ] = None,
    accountable: Annotated[
        str | None, typer.Option(help=tr("Who answers for it, person:…", "责任人 person:…"))
    ] = None,
    post: Annotated[
        str | None, typer.Option(help=tr("Address of the service.", "服务地址，提交记录。"))
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help=tr("Write payload and type as JSON.", "将记录内容写为 JSON。")),
    ] = None,
) -> None:
    """Read a certificate."""
    try:
        scan = _scan(file)
        text = _text(scan[0], kind, page)
        reading = _read(text, kind, floor, holder)
        if text.number is not None:
            typer.echo(
                tr(
                    f"page {text.number} of {text.pages}",
                    f"第 {text.number} 页，共 {text.pages} 页",
                )
            )
        _tell(reading)
        if confirm:
            if by is None:
                raise MalformedError(tr("--confirm needs --by", "--confirm 须同时给出 --by"))
            reading = _ask(reading)
        elif reading.doubtful:
            raise typer.Exit(1)
        if post is None and out is None:
            return
        said = Said(
            accountable=_needed(accountable, "--accountable"),
            holder=holder,
            scope=scope or [],
            staff=staff,
            employer=employer,
            confirmed_by=by if confirm else None,
        )
        now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
        read_with = (
            reader_name() if text.number is None else f"{reader_name()}; {pdf.drawer_name()}"
        )
        made = evidence(reading, said, scan, read_with=read_with, occurred_at=now, page=text.number)
        _hand_on(made, post, out)
    except LedgerError as error:
        typer.echo(reasons.of(error)[1], err=True)
        raise typer.Exit(2) from error


def _scan(file: Path) -> tuple[bytes, str]:
    try:
        if file.stat().st_size > _LARGEST:
            raise MalformedError(tr("the file is larger than 32 MiB", "文件大于 32 MiB"))
        data = file.read_bytes()
    except OSError as error:
        raise MalformedError(f"{file}: {error.strerror}") from error
    return data, media_type(data)


def _text(data: bytes, kind: str | None, number: int | None) -> Text:
    """The lines of a picture, or of the page of a PDF that is named, or is of the kind."""
    reader = Reader()
    if not pdf.is_pdf(data):
        if number is not None:
            raise MalformedError(
                tr("--page is of a PDF, this is a picture", "--page 仅用于 PDF，此文件是图片")
            )
        return Text(reader.lines(from_file(data)))
    if number is not None:
        found = pdf.page(data, number)
        return Text(reader.lines(found.image), number, found.pages)
    for text in _pages(data, reader):
        said = kind_of(text.lines)
        if text.pages == 1 or (said is not None and kind in (None, said)):
            return text
    raise MalformedError(
        tr(
            "no page of the PDF says what paper it is: name it with --page and --kind",
            "PDF 各页均未能识别证照种类，请用 --page 和 --kind 指定",
        )
    )


def _pages(data: bytes, reader: Reader) -> Iterator[Text]:
    number, pages = 1, 1
    while number <= pages:
        found = pdf.page(data, number)
        pages = found.pages
        yield Text(reader.lines(found.image), number, pages)
        number += 1


def _read(text: Text, kind: str | None, floor: int, holder: str | None) -> Reading:
    code = None
    if holder is not None:
        value = holder.partition(":")[2].partition("~")[0]
        code = value if len(value) == 18 else None
    return read(text.lines, kind=kind, credit_code=code, floor_ppm=floor)


def _tell(reading: Reading) -> None:
    typer.echo(reading.paper.title_zh)
    for field in reading.fields.values():
        shown = "-" if field.value is None else field.value
        score = "" if field.value is None else f"{field.score_ppm / 10_000:6.1f} %"
        why = "; ".join(DOUBTS[doubt][chinese()] for doubt in field.doubts)
        typer.echo(
            f"{'?' if field.doubts else '✓'} {_name(field)}: {shown}  {score}  {why}".rstrip()
        )


def _ask(reading: Reading) -> Reading:
    """Each field in doubt, or all where none is, until what was typed can be one."""
    for field in reading.doubtful or [one for one in reading.fields.values() if one.value]:
        while True:
            question = _name(field) + tr(" as on the paper", "（按原件填写）")
            typed = typer.prompt(
                question, default=field.value or "", show_default=bool(field.value)
            )
            try:
                reading = reading.confirmed(field.name, typed.strip() or None)
                break
            except MalformedError as error:
                typer.echo(reasons.of(error)[1], err=True)
    return reading


def _hand_on(made: Evidence, post: str | None, out: Path | None) -> None:
    if out is not None:
        record: dict[str, JsonInput] = {
            "type": made.type,
            "occurred_at": str(made.occurred_at),
            "payload": dict(made.payload),
        }
        out.write_bytes(canonical.serialise(record) + b"\n")
    if post is not None:
        with MealtraceClient(post, os.environ.get("MEALTRACE_TOKEN")) as client:
            receipt = client.post_evidence(made)
        typer.echo(f"✓ {made.type} {receipt.id}")


def _needed(value: str | None, option: str) -> str:
    if value is None:
        raise MalformedError(tr(f"the record needs {option}", f"提交记录须给出 {option}"))
    return value


def _name(field: Field) -> str:
    return NAMES[field.name][chinese()]


if __name__ == "__main__":
    app()
