"""`mealtrace-gateway label`: labels of samples (留样标签) printed, and read back from a photo."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from devices.cabinet import label as texts
from devices.cabinet.label import Label
from devices.gateway import reasons
from devices.gateway.language import tr
from ledger.errors import LedgerError, MalformedError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=tr("Labels of food samples: print, and read back.", "留样标签：打印与识读。"),
)


@app.command("print", help=tr("Write labels as SVG or PNG.", "生成 SVG 或 PNG 标签。"))
def write(
    canteen: Annotated[str, typer.Option(help=tr("canteen:…", "食堂主体 canteen:…"))],
    meal_on: Annotated[str, typer.Option(help=tr("Day, 2026-11-23.", "日期，如 2026-11-23。"))],
    meal: Annotated[str, typer.Option(help=tr("breakfast, lunch, dinner, snack.", "餐次代码。"))],
    dish: Annotated[
        list[str],
        typer.Option(
            help=tr(
                "code=name=container, once for each sample: d-4=红烧肉=C-88.",
                "菜品代码=菜名=容器编号，每份一次：d-4=红烧肉=C-88。",
            )
        ),
    ],
    folder: Annotated[
        Path, typer.Option("--to", help=tr("Folder for the files.", "输出文件夹。"))
    ] = Path(),
    kind: Annotated[str, typer.Option("--as", help=tr("svg or png.", "svg 或 png。"))] = "svg",
    keep_until: Annotated[
        str, typer.Option(help=tr("Printed in words.", "打印在标签上的留样截止时间。"))
    ] = "",
) -> None:
    """One file for each dish."""
    with _told():
        if kind not in ("svg", "png"):
            raise MalformedError("--as svg|png")
        from devices.cabinet import label_sheet  # noqa: PLC0415 - needs the extra `devices`

        folder.mkdir(parents=True, exist_ok=True)
        for number, one in enumerate(dish, start=1):
            code, name, container = _parts(one)
            label = Label(canteen, meal_on, meal, code, container)
            file = folder / f"{meal_on}-{meal}-{number:02}.{kind}"
            if kind == "svg":
                file.write_text(label_sheet.svg(label, name, keep_until), "utf-8")
            else:
                file.write_bytes(label_sheet.png(label, name, keep_until))
            typer.echo(f"{file} {texts.format(label)}")


@app.command("read", help=tr("Read the label in a photo.", "识读照片中的标签。"))
def read(
    photo: Annotated[Path, typer.Argument(help=tr("A JPEG or PNG file.", "JPEG 或 PNG 文件。"))],
) -> None:
    """What the label says, or exit code 1."""
    with _told():
        from devices.cabinet import label_sheet  # noqa: PLC0415 - likewise

        _show(label_sheet.read(photo.read_bytes()))


@app.command("check", help=tr("Check the text of a label.", "校验标签文本。"))
def check(
    text: Annotated[str, typer.Argument(help=tr("As it was scanned.", "扫码所得文本。"))],
) -> None:
    """What the label says, or exit code 1."""
    with _told():
        _show(texts.parse(text))


def _show(label: Label) -> None:
    typer.echo(
        f"{label.canteen} {label.meal_on} {label.meal} {label.dish_code} {label.container_code}"
    )


def _parts(text: str) -> tuple[str, str, str]:
    code, _, rest = text.partition("=")
    name, _, container = rest.rpartition("=")
    if not code or not name or not container:
        raise MalformedError(
            tr(
                f"--dish is code=name=container, not {text!r}",
                f"--dish 应为 代码=菜名=容器：{text!r}",
            )
        )
    return code, name, container


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What is wrong, as one line."""
    try:
        yield
    except (LedgerError, OSError) as error:
        typer.echo(reasons.of(error)[1], err=True)
        raise typer.Exit(1 if isinstance(error, MalformedError) else 2) from error


if __name__ == "__main__":
    app()
