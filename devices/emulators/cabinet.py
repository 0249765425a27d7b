"""`mealtrace-gateway emulate cabinet`: a sample cabinet (智能留样柜) on a socket, a line or a broker."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from devices.emulators import cabinet_script as scripts
from devices.emulators.cabinet_state import CabinetState
from devices.gateway.language import tr
from ledger.errors import LedgerError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=tr(
        "A sample cabinet to try a gateway with: Modbus TCP, Modbus RTU or MQTT.",
        "用于试用网关的模拟留样柜：Modbus TCP、Modbus RTU 或 MQTT。",
    ),
)

Script = Annotated[
    Path | None,
    typer.Option(
        help=tr("What happens when; without it, a plain day.", "脚本文件；省略则为平常的一天。")
    ),
]
Speed = Annotated[
    float, typer.Option(min=0.01, help=tr("Hours of script per hour.", "脚本时间的倍速。"))
]
Slots = Annotated[
    str, typer.Option(help=tr("Names of the slots, by commas.", "格位名称，以逗号分隔。"))
]
For = Annotated[
    float, typer.Option("--for", help=tr("End after so many seconds.", "运行多少秒后结束。"))
]
_DEFAULT_SLOTS = "A1,A2,A3,B1,B2,B3"
_STEP_S = 0.1


@app.command("modbus-tcp", help=tr("A Modbus TCP server.", "Modbus TCP 服务端。"))
def modbus_tcp(
    port: Annotated[int, typer.Option(help=tr("TCP port.", "TCP 端口。"))] = 5020,
    host: Annotated[
        str, typer.Option(help=tr("Address to listen on.", "监听地址。"))
    ] = "127.0.0.1",
    unit: Annotated[int, typer.Option(help=tr("Its address.", "站号。"))] = 1,
    script: Script = None,
    speed: Speed = 1.0,
    slots: Slots = _DEFAULT_SLOTS,
    lasts_s: For = 0.0,
) -> None:
    """Serve until interrupted."""
    cabinet, steps = _cabinet(slots, script)
    with _told(), _modbus(cabinet, unit).tcp(port, host):
        typer.echo(f"modbus-tcp {host}:{port} unit {unit}")
        _live(cabinet, steps, speed, lasts_s)


@app.command(
    "modbus-rtu",
    help=tr("A Modbus RTU server on a pseudo-terminal.", "伪终端上的 Modbus RTU 从站。"),
)
def modbus_rtu(
    link: Annotated[
        Path | None, typer.Option(help=tr("Make this name point at the line.", "为串口建立链接。"))
    ] = None,
    baud: Annotated[int, typer.Option(help=tr("Bits per second.", "波特率。"))] = 9_600,
    unit: Annotated[int, typer.Option(help=tr("Its address.", "站号。"))] = 1,
    script: Script = None,
    speed: Speed = 1.0,
    slots: Slots = _DEFAULT_SLOTS,
    lasts_s: For = 0.0,
) -> None:
    """Serve until interrupted."""
    cabinet, steps = _cabinet(slots, script)
    with _told():
        from devices.emulators import cabinet_modbus  # noqa: PLC0415 - needs the extra `devices`

        server = cabinet_modbus.ModbusCabinet(cabinet, unit=unit)
        with cabinet_modbus.joined_lines(link) as (theirs, ours), server.rtu(theirs, baud):
            typer.echo(f"modbus-rtu {link or ours} {baud} 8N1 unit {unit}")
            _live(cabinet, steps, speed, lasts_s)


@app.command("mqtt", help=tr("A publisher at an MQTT broker.", "向 MQTT 代理发布消息。"))
def mqtt(
    host: Annotated[str, typer.Option(help=tr("The broker.", "代理地址。"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=tr("Its port.", "代理端口。"))] = 1883,
    topic: Annotated[
        str, typer.Option(help=tr("Topic of its messages.", "消息主题。"))
    ] = "mealtrace/cabinet/emulated/state",
    every_s: Annotated[
        float, typer.Option(help=tr("Seconds between messages.", "消息间隔秒数。"))
    ] = 5.0,
    script: Script = None,
    speed: Speed = 1.0,
    slots: Slots = _DEFAULT_SLOTS,
    lasts_s: For = 0.0,
) -> None:
    """Publish until interrupted."""
    cabinet, steps = _cabinet(slots, script)
    with _told():
        from devices.emulators.cabinet_mqtt import MqttCabinet  # noqa: PLC0415 - likewise

        with MqttCabinet(cabinet, host, port, topic, every_s=every_s):
            typer.echo(f"mqtt {host}:{port} {topic}")
            _live(cabinet, steps, speed, lasts_s)


def _cabinet(slots: str, script: Path | None) -> tuple[CabinetState, list[scripts.Step]]:
    with _told():
        names = tuple(name.strip() for name in slots.split(",") if name.strip())
        return CabinetState(names), scripts.parse(script.read_text("utf-8")) if script else []


def _modbus(cabinet: CabinetState, unit: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from devices.emulators.cabinet_modbus import ModbusCabinet  # noqa: PLC0415 - likewise

    return ModbusCabinet(cabinet, unit=unit)


def _live(
    cabinet: CabinetState,
    steps: list[scripts.Step],
    speed: float,
    lasts_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Let time pass in the cabinet as its script says."""
    began, before = clock(), -1.0
    with contextlib.suppress(KeyboardInterrupt):
        while not lasts_s or clock() - began < lasts_s:
            now = (clock() - began) * speed
            scripts.run(steps, cabinet, before, now)
            cabinet.advance(now)
            before = now
            time.sleep(_STEP_S)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What is wrong, as one line."""
    try:
        yield
    except (LedgerError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    app()
