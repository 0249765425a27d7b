"""`mealtrace-gateway status`: what it says of a device, and when somebody has to look."""

import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from devices.gateway import status
from devices.gateway.cli.status import app
from devices.gateway.clock import Reading
from devices.gateway.driver import Clock
from devices.outbox import Queue, Sending

SHAPE = """[gateway]
url = "https://meals.example"
party = "gateway:s0001"
school = "school:2105020001"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gateway that has run."""
    (tmp_path / "gateway.toml").write_text(SHAPE)
    Queue(tmp_path / "state" / "outbox").close()
    return tmp_path


def said(folder: Path, sending: Sending = Sending(), **told: Any) -> tuple[int, str, str]:  # noqa: B008 - frozen
    """Exit code, and what stands there in English and in Chinese."""
    queue = Queue(folder / "state" / "outbox")
    device = {
        "device": "device:a", "running": True, "failures": 0, "fault": "",
        "told": {"state": "working", **told},
    }  # fmt: skip
    report = status.report(
        party="gateway:s0001", url="https://meals.example", kid="k", key_state="registered",
        started_at_ms=time.time_ns() // 1_000_000, clock=Reading(Clock("unknown", None), None, None, ()),
        sending=sending, outbox=status.outbox_report(queue.state(), []), devices=[device],
    )  # fmt: skip
    queue.close()
    status.write(folder / "state", report)
    english, chinese = (
        CliRunner().invoke(
            app, ["-c", str(folder / "gateway.toml")], env={"LC_ALL": locale, "COLUMNS": "200"}
        )
        for locale in ("C.UTF-8", "zh_CN.UTF-8")
    )
    assert english.exit_code == chinese.exit_code
    return english.exit_code, english.output, chinese.output


def test_what_is_in_memory_alone_and_what_was_lost_is_said(folder: Path) -> None:
    code, english, chinese = said(folder, state="degraded", waiting=3, lost=1)

    assert code == 1
    assert "runs, degraded, 3 in memory, not on disk, 1 lost since its start" in english
    assert "运行，降级，3 条仅在内存，未存盘，启动以来丢失 1 条" in chinese


def test_where_nothing_is_wrong_nobody_has_to_look(folder: Path) -> None:
    code, english, _ = said(folder, waiting=0, lost=0)

    assert code == 0
    assert "runs" in english
    assert "lost" not in english


def test_a_cut_network_waits_but_a_certificate_is_somebodys_to_look_at(folder: Path) -> None:
    assert said(folder, Sending("network", "it rains"))[0] == 0
    assert said(folder, Sending("insecure", "[SSL: CERTIFICATE_VERIFY_FAILED]"))[0] == 1


def test_a_cabinets_tasks_are_not_readings_in_memory(folder: Path) -> None:
    assert said(folder, waiting={"3": "no photo"})[0] == 0
