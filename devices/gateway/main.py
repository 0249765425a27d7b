"""`mealtrace-gateway`: one program, its commands imported one at a time.

Only the module of the command asked for is imported, so that `status` runs where no OpenCV is. Exit
codes as of `mealtrace`: 0 ok, 1 a check failed or somebody has to look, 2 usage or unreadable input.
"""

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import typer
from typer.core import TyperGroup

from devices.gateway.cli import exits
from devices.gateway.language import chinese, tr

Commands = Mapping[str, tuple[str, str, str]]

#: Command → module with its `app`, and what `--help` says of it.
COMMANDS: Final[Commands] = {
    "run": (
        "devices.gateway.cli.run",
        "Drive the devices, keep what they say, and send it.",
        "驱动设备，保存读数并发送。",
    ),
    "enrol": (
        "devices.gateway.cli.enrol",
        "Make the gateway's key and send it to be registered.",
        "生成网关密钥并提交登记。",
    ),
    "status": (
        "devices.gateway.cli.status",
        "Show outbox, sending, clock and devices.",
        "显示发件箱、发送、时钟和设备状态。",
    ),
    "parked": (
        "devices.gateway.cli.parked",
        "Look at what the service refused; send again or drop it.",
        "查看被拒收的记录，重新发送或放弃。",
    ),
    "scale": (
        "devices.scales.show",
        "Show the live weight of a scale.",
        "显示秤的实时重量。",
    ),
    "label": (
        "devices.cabinet.labels",
        "Print labels of samples, or read them back from a photo.",
        "打印留样标签，或从照片识读。",
    ),
    "certificate": (
        "devices.intake.read",
        "Read a certificate's scan, confirm it, and post it.",
        "识别证照扫描件，确认并提交。",
    ),
    "check-model": (
        "devices.vision.check",
        "Check an inspection model against its manifest.",
        "按清单检查巡检模型。",
    ),
    "people": (
        "devices.local.enrol",
        "Keep the list of who is who on this gateway.",
        "维护本网关的人员对照表。",
    ),
    "emulate": (
        "devices.emulators",
        "Emulate a device, to try everything without hardware.",
        "模拟设备，无需硬件即可试用。",
    ),
}

#: Command of `emulate` → the same.
EMULATORS: Final[Commands] = {
    "scale": (
        "devices.emulators.scale",
        "A scale on a pseudo-terminal.",
        "伪终端上的电子秤。",
    ),
    "cabinet": (
        "devices.emulators.cabinet",
        "A sample cabinet, by Modbus or MQTT.",
        "留样柜（Modbus 或 MQTT）。",
    ),
    "terminal": (
        "devices.emulators.terminal",
        "A morning-check terminal that posts by HTTP.",
        "通过 HTTP 上报的晨检终端。",
    ),
    "video": (
        "devices.emulators.video",
        "A camera: a video file to be inspected.",
        "摄像头：供巡检的视频文件。",
    ),
    "rtsp": (
        "devices.emulators.rtsp",
        "A network camera that shows a video file by RTSP.",
        "以 RTSP 播放视频文件的网络摄像机。",
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        words = [word for word in given if not word.startswith("-")]
        group = _group(
            COMMANDS, words, tr("MealTrace on the kitchen floor.", "食迹：厨房现场网关。")
        )
        code = group.main(given, prog_name="mealtrace-gateway", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(exits.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - whatever it is, an operator gets a sentence
        sys.exit(_explain(error))
    sys.exit(code if isinstance(code, int) else 0)


def _group(commands: Commands, words: Sequence[str], about: str) -> TyperGroup:
    """The commands with their help; of the one asked for, its own module in its place."""
    app = typer.Typer(
        help=about, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    for name, (_, english, chinese_text) in commands.items():
        app.command(name, help=tr(english, chinese_text))(_described_only)
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    wanted = words[0] if words else None
    if wanted is None or wanted not in commands:
        return group
    if commands is COMMANDS and wanted == "emulate":
        about = tr(COMMANDS[wanted][1], COMMANDS[wanted][2])
        group.commands[wanted] = _group(EMULATORS, words[1:], about)
        group.commands[wanted].name = wanted
    else:
        module = importlib.import_module(commands[wanted][0])
        group.commands[wanted] = typer.main.get_command(module.app)
    return group


def _described_only() -> None:
    """The place of a command in `--help`; the one asked for has its own module put there."""


def _explain(error: Exception) -> int:
    """Say what went wrong in one or two lines on stderr; the exit code."""
    from devices.gateway import reasons  # noqa: PLC0415 - only where something went wrong

    show = getattr(error, "show", None)
    if callable(show):  # a usage error, which knows how to show itself, in English
        told = reasons.usage_in_chinese(error) if chinese() else None
        if told is None:
            show()
        else:
            sys.stderr.write(f"mealtrace-gateway: {told}\n")
        return int(getattr(error, "exit_code", exits.USAGE))
    if os.environ.get("MEALTRACE_TRACE"):
        raise error
    code, text = reasons.of(error)
    sys.stderr.write(f"mealtrace-gateway: {text}\n")
    return code


if __name__ == "__main__":
    main()
