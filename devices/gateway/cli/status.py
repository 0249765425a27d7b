"""`mealtrace-gateway status`: how the gateway is, whether its program runs or not."""

from typing import Any

import typer

from devices.gateway import status as reports
from devices.gateway.cli import exits
from devices.gateway.cli.shared import DEFAULT_CONFIG, ConfigFile, Json, print_json, print_rows
from devices.gateway.config import load
from devices.gateway.language import tr
from devices.gateway.wording import (
    CLOCK_STATES,
    DEVICE_STATES,
    KEY_STATES,
    REASONS,
    chosen,
    size,
)
from devices.outbox import Queue
from ledger.errors import NotFoundError

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Show outbox, sending, clock and devices. Exit 1 where somebody has to look.",
        "显示发件箱、发送、时钟和设备状态；需要人处理时退出码为 1。",
    )
)
def status(config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> None:
    """Show outbox, sending, clock and devices."""
    settings = load(config)
    if not settings.outbox_folder.is_dir():
        raise NotFoundError(f"no gateway has run in {settings.folder} yet")
    queue = Queue(settings.outbox_folder, limits=settings.limits)
    try:
        outbox = reports.outbox_report(queue.state(), queue.parked())
    finally:
        queue.close()
    told = reports.read(settings.folder) or {"running": False, "devices": []}
    # What is on disk is newer than what the program last said of it.
    found = {**told, "outbox": {**outbox, "full": outbox["full"] or _told_full(told)}}
    if json:
        print_json(found)
    else:
        print_rows(_rows(found))
    if not _in_order(found):
        raise typer.Exit(exits.FAILED)


def _told_full(told: dict[str, Any]) -> bool:
    return bool(told["running"] and told["outbox"]["full"])


def _in_order(found: dict[str, Any]) -> bool:
    outbox = found["outbox"]
    return bool(
        found["running"]
        and not outbox["full"]
        and not outbox["parked"]
        and found["sending"]["reason"] in {"", "network"}
        and not reports.long_unsent(outbox)
        and all(device["running"] and reports.held(device) == (0, 0) for device in found["devices"])
    )


def _rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    outbox = found["outbox"]
    yes, no = tr("yes", "是"), tr("no", "否")
    rows = [
        (tr("running", "运行中"), yes if found["running"] else no),
        (tr("waiting", "待发送"), str(outbox["waiting"])),
        (tr("since", "最早等待自"), outbox["oldest_at"] or "–"),
        (tr("refused, to be looked at", "被拒收，待处理"), str(outbox["parked"])),
        (tr("last one sent", "最近发送"), outbox["last_sent_at"] or "–"),
        (
            tr("room used", "已用空间"),
            f"{size(outbox['used_bytes'])} / {size(outbox['max_bytes'])}"
            + (tr(": full", "：已满") if outbox["full"] else ""),
        ),
    ]
    if "sending" in found:
        sending, clock = found["sending"], found["clock"]
        reason = chosen(REASONS, sending["reason"])
        rows += [
            (tr("sending", "发送"), reason),
            (tr("what was said", "原因详情"), sending["detail"] or "–"),
            (tr("key in the log", "密钥登记"), chosen(KEY_STATES, found["key"])),
            (tr("clock", "时钟"), _clock(clock)),
        ]
    return rows + [(device["device"], _device(device)) for device in found["devices"]]


def _device(device: dict[str, Any]) -> str:
    words = [tr("runs", "运行") if device["running"] else tr("does not run", "未运行")]
    state = str(device["told"].get("state", "working"))
    if device["running"] and state != "working":
        words.append(chosen(DEVICE_STATES, state))
    waiting, lost = reports.held(device)
    if waiting:
        words.append(tr(f"{waiting} in memory, not on disk", f"{waiting} 条仅在内存，未存盘"))
    if lost:
        words.append(tr(f"{lost} lost since its start", f"启动以来丢失 {lost} 条"))
    if device["fault"]:
        words.append(tr(f"last fault {device['fault']}", f"最近故障 {device['fault']}"))
    return tr(", ", "，").join(words)


def _clock(clock: dict[str, Any]) -> str:
    words = chosen(CLOCK_STATES, clock["state"])
    if clock["offset_ms"] is None:
        return words
    return f"{words} ({clock['offset_ms']:+} ± {clock['uncertainty_ms']} ms)"
