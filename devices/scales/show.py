"""`mealtrace-gateway scale`: the weight on a scale, live, and each load as it comes to rest."""

import json
import sys
import time
from typing import Annotated, Final, cast

import typer
from rich.console import Console
from rich.table import Table

from devices.gateway.language import tr
from devices.scales.families import FAMILIES, parser
from devices.scales.finding import AUTO, Settings, found
from devices.scales.line import Framing
from devices.scales.parser import Options
from devices.scales.port import Port
from devices.scales.scale import Scale
from devices.scales.stable import Rule, State, Weighing
from devices.scales.units import UG_PER_MG, unit_named
from ledger.errors import LedgerError, MalformedError, UnavailableError

app = typer.Typer(add_completion=False)

_STATES: Final[dict[State, tuple[str, str]]] = {
    "unknown": ("empty the scale once", "请先清空秤台"),
    "empty": ("empty", "空秤"),
    "settling": ("settling", "未稳定"),
    "weighed": ("weighed", "已称重"),
    "overload": ("overload", "超载"),
    "underload": ("underload", "欠载"),
}


@app.command(
    help=tr(
        "Show the live weight of a scale, and each load once it is at rest.",
        "实时显示秤上的重量，稳定后显示每次称重。",
    )
)
def scale(
    port: Annotated[
        str,
        typer.Option(
            help=tr("Serial line or socket://host:port.", "串口，或 socket://主机:端口。")
        ),
    ] = "",
    family: Annotated[
        str,
        typer.Option(
            help=tr("Family, vendor's module:Class, or auto.", "协议族、厂商的 模块:类，或 auto。")
        ),
    ] = AUTO,
    baud: Annotated[int, typer.Option(help=tr("Speed; 0: find out.", "波特率；0 为自动。"))] = 0,
    framing: Annotated[
        str, typer.Option(help=tr("8N1, 7E1, 7O1 or 8E1.", "8N1、7E1、7O1 或 8E1。"))
    ] = "8N1",
    unit: Annotated[
        str, typer.Option(help=tr("Unit, where frames name none.", "帧内无单位时的单位。"))
    ] = "kg",
    address: Annotated[
        str, typer.Option(help=tr("Address A to Z on a shared line.", "共用线路上的地址 A 至 Z。"))
    ] = "A",
    division_mg: Annotated[
        int,
        typer.Option(
            help=tr("Division of the plate; 0: as displayed.", "铭牌分度值，0 为按显示。")
        ),
    ] = 0,
    net: Annotated[
        bool, typer.Option("--net", help=tr("The display shows net.", "显示的是净重。"))
    ] = False,
    tare_g: Annotated[
        int, typer.Option(min=0, help=tr("The container's weight.", "容器重量（克）。"))
    ] = 0,
    seconds: Annotated[
        float, typer.Option(help=tr("End after; 0: never.", "运行秒数，0 为不停。"))
    ] = 0,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help=tr("Loads as JSON lines, nothing else.", "每次称重输出一行 JSON。")
        ),
    ] = False,
    families: Annotated[
        bool, typer.Option("--families", help=tr("List the families.", "列出协议族。"))
    ] = False,
) -> None:
    """Show the weight; the options say where and how it is read."""
    if families:
        _list()
        return
    if not port:
        raise MalformedError(
            tr("say which line: --port /dev/ttyUSB0", "请指定串口：--port /dev/ttyUSB0")
        )
    given = Settings(family, baud, cast(Framing, framing), Options(unit_named(unit), address))
    settings = found(port, given)
    line = Port(port, settings.baud, settings.framing)
    if not line.open():
        raise UnavailableError(f"{port}: {line.fault}")
    rule = Rule(
        division_ug=division_mg * UG_PER_MG or None, shows="net" if net else "gross"
    )  # fmt: skip
    scale_at_work = Scale.of(line, parser(settings.family, settings.options), rule)
    scale_at_work.stable.preset_tare_ug = tare_g * 1_000 * UG_PER_MG or None
    until = time.monotonic() + seconds if seconds else float("inf")
    if not as_json:
        sys.stdout.write(f"{settings.family}, {settings.baud} {settings.framing}\n")
    try:
        _show(scale_at_work, line, until, as_json=as_json)
    finally:
        line.close()


def _show(scale_at_work: Scale, line: Port, until: float, *, as_json: bool) -> None:
    console = Console()
    told = ""
    while time.monotonic() < until:
        turn = scale_at_work.turn()
        for weighing in turn.weighings:
            if as_json:
                sys.stdout.write(json.dumps(_told(weighing, scale_at_work.parser.protocol)) + "\n")
                sys.stdout.flush()
            else:
                console.print(f"[green]●[/] {_phrase(weighing)}")
        if as_json:
            continue
        text = line.fault or told
        if turn.frames:
            frame, state = turn.frames[-1], scale_at_work.stable.state
            text = f"{frame.text():>14}  {frame.kind or '':5}  {tr(*_STATES[state]):24}"
        if text != told:
            console.print(text, end="\r" if console.is_terminal else "\n", highlight=False)
            told = text


def _phrase(weighing: Weighing) -> str:
    gross, tare = ("?" if w is None else f"{w:,}" for w in (weighing.gross_g, weighing.tare_g))
    source = tr("equal readings", "次相同读数")
    return (
        f"{tr('gross', '毛重')} {gross} g, {tr('tare', '皮重')} {tare} g, "
        f"{tr('net', '净重')} {weighing.net_g:,} g ({weighing.equal} {source})"
    )


def _told(weighing: Weighing, protocol: str) -> dict[str, object]:
    return {
        "gross_g": weighing.gross_g,
        "tare_g": weighing.tare_g,
        "net_g": weighing.net_g,
        "tare_source": weighing.tare_source,
        "division_mg": weighing.division_mg,
        "stable_readings": weighing.equal,
        "protocol": protocol,
        "raw_frame_hex": weighing.frame.raw.hex(),
    }


def _list() -> None:
    table = Table(tr("family", "协议族"), "", tr("check", "校验"), tr("asked", "应答"))
    for name, listed in FAMILIES.items():
        asked = bool(listed().asks)
        table.add_row(name, tr(*listed.about), "✓" if listed.checked else "", "✓" if asked else "")
    Console().print(table)


if __name__ == "__main__":
    try:
        app()
    except LedgerError as error:
        sys.exit(str(error))
