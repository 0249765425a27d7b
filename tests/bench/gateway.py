"""A week without a network, kept and then drained; and what a gateway costs when nothing happens."""

import itertools
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from components.gateway_program import GatewayProgram
from components.kitchen_floor import (
    CANTEEN,
    GATEWAY,
    SCALES,
    Floor,
    open_floor,
    weigh_in_payload,
)
from components.process import Process

from devices.client import Evidence
from devices.outbox import Outbox, Pace
from tests.bench.processor import high_water_mib, peak_mib, processor_s

RECORDS = 20_000
PHOTO = b"\xff\xd8\xff\xe0" + bytes(60_000)
OCCURRED = "2026-11-23T06:12:11.120Z"
_UNBOUNDED = Pace(records_per_s=1e9, bytes_per_s=1e15)
_IDLE_S = 60.0
IDLE_FAMILIES = ("yaohua-continuous", "toledo-continuous-checked", "mt-sics", "cas")
CALIBRATION = "01912d3a-7c00-7a62-a7b8-000000000040"


def week_offline(share: float) -> dict[str, Any]:
    """Keep a week's records with their photos, then send them at the usual pace and without bounds."""
    count = max(200, round(share * RECORDS))
    quick = max(100, count // 10)
    folder = Path(tempfile.mkdtemp(prefix="mealtrace-week-"))
    try:
        with open_floor(folder / "service") as floor:
            outbox = Outbox(
                folder / "outbox", party=GATEWAY, policy=floor.log.policy, key=floor.key
            )
            began = time.perf_counter()
            latencies = [_keep(outbox) for _ in range(count)]
            keeping_s = time.perf_counter() - began
            held = outbox.state()
            drain_s = _drain(outbox, floor, Pace())
            after = outbox.state()
            for _ in range(quick):
                _keep(outbox)
            quick_s = _drain(outbox, floor, _UNBOUNDED)
            order = [counter for _, counter in _logged(outbox)]
            left = len(outbox.parked()) + outbox.state().waiting
            outbox.close()
    finally:
        shutil.rmtree(folder)
    return {
        "records": count,
        "kept_per_s": round(count / keeping_s),
        "keep_p99_ms": round(1000 * sorted(latencies)[int(0.99 * count)], 1),
        "outbox_mib": held.used_bytes >> 20,
        "outbox_mib_after": after.used_bytes >> 20,
        "drain_s": round(drain_s, 1),
        "drained_per_s": round(count / drain_s, 1),
        "paced_at_per_s": Pace().records_per_s,
        "unbounded_per_s": round(quick / quick_s),
        "lost_or_parked": left + count + quick - len(set(order)),
        "out_of_order": sum(a > b for a, b in itertools.pairwise(order)),
        "peak_mib": high_water_mib(os.getpid()),
    }


def idle(share: float) -> dict[str, Any]:
    """The share of a core that a gateway takes whose four scales have nothing to weigh.

    Scales of four makers, each on a pseudo-terminal, ten frames a second or as often as it is asked.
    """
    seconds = max(10.0, share * _IDLE_S)
    folder = Path(tempfile.mkdtemp(prefix="mealtrace-idle-"))
    emulators: list[Process] = []
    try:
        with open_floor(folder / "service") as floor:
            lines = [folder / f"scale-{number}" for number in range(len(SCALES))]
            emulators += [
                Process(
                    [sys.executable, "-m", "devices.gateway.main", "emulate", "scale", "--family",
                     family, "--by-hand", folder / "nothing", "--link", line],
                    log=folder / "emulators.log",
                )
                for line, family in zip(lines, IDLE_FAMILIES, strict=True)
            ]  # fmt: skip
            program = GatewayProgram(
                folder / "gateway",
                url=floor.service.url,
                party=GATEWAY,
                token=floor.token,
                scales=(),
                more="".join(
                    f'[[scale]]\ndevice = "{scale}"\ncanteen = "{CANTEEN}"\nport = "{line}"\n'
                    f'family = "{family}"\nbaud = 9600\ncalibration = "{CALIBRATION}"\n'
                    for scale, line, family in zip(SCALES, lines, IDLE_FAMILIES, strict=True)
                ),
            )
            program.state.mkdir(mode=0o700)
            floor.key.save(program.state / "gateway.pem")
            with program:
                assert program.process is not None
                time.sleep(
                    8
                )  # the scales were seen empty, the first status messages, and the first contact
                before, began = processor_s(program.process.pid), time.perf_counter()
                time.sleep(seconds)
                spent = processor_s(program.process.pid) - before
                wall = time.perf_counter() - began
                memory = peak_mib(program.process.pid)
                loads = [device["told"]["load"] for device in program.report()["devices"]]
    finally:
        for emulator in emulators:
            emulator.stop()
        shutil.rmtree(folder)
    return {
        "scales": loads.count("empty"),
        "seconds": round(wall, 1),
        "core_percent": round(100 * spent / wall, 2),
        "peak_mib": memory,
    }


def _keep(outbox: Outbox) -> float:
    """One weigh-in with a photo of its own; the seconds until it is on disk, its number's too."""
    began = time.perf_counter()
    counter = outbox.next_counter(SCALES[0])
    outbox.keep(
        Evidence(
            "weigh-in",
            weigh_in_payload(counter, SCALES[0]),
            OCCURRED,
            blobs={"photo": (PHOTO + counter.to_bytes(4), "image/jpeg")},
        ),
        lane=SCALES[0],
    )
    return time.perf_counter() - began


def _drain(outbox: Outbox, floor: Floor, pace: Pace) -> float:
    began = time.perf_counter()
    with outbox.sending(floor.service.url, floor.token, pace=pace) as sending:
        while outbox.state().waiting:
            if sending.state.reason not in {"", "network"}:
                raise RuntimeError(sending.state.detail)
            time.sleep(0.1)
        return time.perf_counter() - began


def _logged(outbox: Outbox) -> list[tuple[int, int]]:
    """Index and place of keeping of what the log has, by the checked receipts."""
    found = [(receipt.index, place) for place, receipt in enumerate(outbox.receipts())]
    return sorted(found)
