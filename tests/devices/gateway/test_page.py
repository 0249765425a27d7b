"""The status page's words."""

import time
from typing import Any

import pytest

from devices.client import ProblemError
from devices.gateway import page_text, status
from devices.gateway.clock import Reading, Step
from devices.gateway.driver import Clock
from devices.gateway.language import chinese, prefers_chinese, tr
from devices.outbox import OutboxState, Parked, Sending
from ledger.errors import Fault

PERSON = "person:k2vt6yqj4zrm7xbc5hdwonpeas"
NOW = 1_800_000_000_000


def report(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "party": "gateway:s0001",
        "url": "https://meals.example",
        "kid": "kid-1",
        "key_state": "registered",
        "started_at_ms": NOW,
        "clock": Reading(Clock("synchronised", -12), 20, NOW, ()),
        "sending": Sending(),
        "outbox": status.outbox_report(outbox(), []),
        "devices": [],
    }
    return status.report(**{**given, **changes})


def device(**told: Any) -> dict[str, Any]:
    said = {"state": "working", **told}
    return {"device": "device:a", "running": True, "failures": 0, "fault": "", "told": said}


def outbox(**changes: Any) -> OutboxState:
    given: dict[str, Any] = {
        "waiting": 0, "oldest_at_ms": None, "parked": 0, "receipts": 3, "last_sent_at_ms": NOW,
        "used_bytes": 3 << 20, "max_bytes": 4 << 30, "full": False,
    }  # fmt: skip
    return OutboxState(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "english", "chinese_text"),
    [
        ({}, "Everything is sent.", "全部已发送"),
        ({"outbox": {"waiting": 7, "oldest_at_ms": NOW}}, "Sending.", "正在发送"),
        ({"outbox": {"full": True}}, "The outbox is full", "发件箱已满"),
        ({"outbox": {"parked": 1}}, "Refused records wait", "被拒收"),
        ({"sending": Sending("network", "it rains", 3, NOW)}, "cannot be reached", "无法连接服务"),
        (
            {"sending": Sending("speaker", "no key", 3, NOW)},
            "no valid key or role",
            "尚未登记或已吊销",
        ),
        ({"sending": Sending("insecure", "[SSL: X]", 3, NOW)}, "No secure", "无法建立安全连接"),
        ({"running": False}, "does not run", "未运行"),
        ({"devices": [device(waiting=3)]}, "are in memory alone", "仅在内存中"),
        ({"devices": [device(waiting=3, lost=1)]}, "Readings were lost", "有读数丢失"),
    ],
)
def test_the_first_line_says_what_matters_most(
    changes: dict[str, Any], english: str, chinese_text: str
) -> None:
    if isinstance(changes.get("outbox"), dict):
        changes = {**changes, "outbox": status.outbox_report(outbox(**changes["outbox"]), [])}
    made = report(**changes)

    assert english in page_text.html_of(made, chinese=False)
    assert chinese_text in page_text.html_of(made, chinese=True)


def test_nothing_of_a_person_and_no_markup_of_others_reaches_the_page() -> None:
    fault = Fault("/payload", "not-a-person", f"{PERSON} is nobody", f"{PERSON} 不存在")
    parked = Parked("id-1", "<b>x</b>", "weigh-in", "then", NOW, ProblemError(
        "schema", 422, detail=f"{PERSON} is nobody", faults=[fault]))  # fmt: skip
    made = report(
        outbox=status.outbox_report(outbox(parked=1), [parked]),
        sending=Sending("refused", f"403: {PERSON} <script>"),
        devices=[
            {"device": "device:a", "running": False, "failures": 1, "fault": f"of {PERSON}",
             "told": {"state": "working", "last": PERSON}}
        ],
    )  # fmt: skip
    page = page_text.html_of(made, chinese=False)

    assert PERSON not in page
    assert "<b>x</b>" not in page
    assert "<script>" not in page
    assert "/payload not-a-person" in page


def test_a_clock_that_was_set_is_shown() -> None:
    clock = Reading(Clock("unsynchronised", -604_800_000), 20, NOW, (Step(NOW, -604_800_000),))

    assert "-604800000 ms" in page_text.html_of(report(clock=clock), chinese=False)


def test_the_reader_chooses_the_language() -> None:
    assert chinese({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"})
    assert not chinese({"LC_ALL": "", "LANG": "en_US.UTF-8"})
    assert tr("a", "b") in {"a", "b"}
    assert prefers_chinese("de, zh-CN;q=0.9, en;q=0.8")
    assert not prefers_chinese("en-GB, zh;q=0.9")
    assert not prefers_chinese("")


def test_what_a_driver_tells_is_shown_flat_and_what_it_does_not_know_is_not() -> None:
    told = {"state": "working", "shows": "12.485 kg", "camera": {"state": "lost", "fault": None}}
    device = {"device": "device:s0001-scale-1", "running": True, "fault": "", "told": told}
    html = page_text.html_of(report(devices=[device]), chinese=False)
    zh = page_text.html_of(report(devices=[device]), chinese=True)

    assert "shows: 12.485 kg · camera.state: lost<" in html
    assert "camera.fault" not in html
    assert "显示: 12.485 kg · 摄像头·状态: lost<" in zh


def test_a_network_that_is_gone_for_a_day_is_somebodys_to_look_at() -> None:
    now = time.time_ns() // 1_000_000
    for hours, expected in ((23, "state wait"), (25, "state bad")):
        waiting = outbox(waiting=1, oldest_at_ms=now - hours * 3_600_000)
        made = report(
            sending=Sending("network", "it rains", 3, NOW),
            outbox=status.outbox_report(waiting, []),
        )
        assert expected in page_text.html_of(made, chinese=False)
        assert status.long_unsent(made["outbox"]) == (hours > 24)
