"""The status page's words and HTML; a pure function of the report (`status.report`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from devices.gateway.status import held, long_unsent
from devices.gateway.wording import (
    CLOCK_STATES,
    DEVICE_STATES,
    KEY_STATES,
    REASONS,
    chosen,
    size,
    told_name,
)

_STYLE: Final = """
:root{color-scheme:light dark;--line:#c8ccd2;--ok:#1a7f37;--bad:#b42318;--wait:#9a6700}
@media (prefers-color-scheme:dark){:root{--line:#444b55;--ok:#57c276;--bad:#ff8a80;--wait:#e3b341}}
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0 auto;
max-width:60rem;padding:1rem 1.25rem 3rem}
h1{font-size:1.35rem;margin:.2rem 0}h2{font-size:1.05rem;margin:1.8rem 0 .4rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .8rem .35rem 0;
border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{font-weight:500;width:14rem}thead th{width:auto;font-weight:600;white-space:nowrap}
td:nth-child(2){min-width:3.5rem}
.ok{color:var(--ok)}.bad{color:var(--bad)}.wait{color:var(--wait)}
.state{font-size:1.15rem;font-weight:600;margin:.4rem 0}small,nav{opacity:.8}nav{float:right}
"""
REFRESH_S: Final = 10


def html_of(report: Mapping[str, Any], *, chinese: bool) -> str:
    """The page."""
    t = _Words(chinese)
    other = ("en", "English") if chinese else ("zh", "中文")
    language = "zh-CN" if chinese else "en"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="refresh" content="{REFRESH_S}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(report['party'])} · {t('MealTrace gateway', '食迹网关')}</title>"
        f"<style>{_STYLE}</style></head><body>"
        f'<nav><a href="/?lang={other[0]}" lang="{other[0]}">{other[1]}</a></nav>'
        f"<h1>{t('MealTrace gateway', '食迹网关')} <small>{escape(report['party'])}</small></h1>"
        + "".join(_parts(report, t))
        + "</body></html>"
    )


class _Words:
    def __init__(self, chinese: bool) -> None:
        self.chinese = chinese

    def __call__(self, english: str, chinese: str) -> str:
        return chinese if self.chinese else english


def _parts(report: Mapping[str, Any], t: _Words) -> Iterator[str]:
    outbox, sending, clock = report["outbox"], report["sending"], report["clock"]
    yield _headline(report, t)
    yield _heading(t("Outbox", "发件箱"))
    yield _rows(
        [
            (t("waiting", "待发送"), str(outbox["waiting"])),
            (t("since", "最早等待自"), _when(outbox["oldest_at"])),
            (t("refused, to be looked at", "被拒收，待处理"), str(outbox["parked"])),
            (t("last one sent", "最近发送"), _when(outbox["last_sent_at"])),
            (t("receipts kept", "留存回执"), str(outbox["receipts"])),
            (
                t("room used", "已用空间"),
                f"{size(outbox['used_bytes'])} / {size(outbox['max_bytes'])}",
            ),
            (t("service last heard", "最近联系服务"), _when(sending["heard_at"])),
            (t("tries again", "下次重试"), _when(sending["next_at"])),
            (t("what was said", "原因详情"), sending["detail"] or "–"),
        ]
    )
    if outbox["refused"]:
        yield _heading(t("Refused records", "被拒收的记录"))
        yield _table(
            [t("record", "记录"), t("type", "类型"), t("device", "设备"), t("when", "时间"),
             t("why", "原因")],
            [
                [one["id"], one["type"], one["device"], _when(one["parked_at"]),
                 " · ".join([one["code"], *one["faults"]])]
                for one in outbox["refused"]
            ],
        )  # fmt: skip
        yield (
            f"<p><small>{t('On this machine', '在本机执行')}: "
            f"<code>mealtrace-gateway parked show|retry|drop ID</code></small></p>"
        )
    yield _heading(t("Devices", "设备"))
    yield _devices(report["devices"], t)
    yield _heading(t("Clock", "时钟"))
    yield _rows(
        [
            (t("state", "状态"), chosen(CLOCK_STATES, clock["state"], chinese=t.chinese)),
            (t("ahead of the service by", "比服务快"), _offset(clock)),
            (t("last compared", "最近比对"), _when(clock["compared_at"])),
            *(
                (t("was set", "被调整"), f"{_when(s['at'])}: {s['by_ms']:+} ms")
                for s in clock["steps"]
            ),
        ]
    )
    yield _heading(t("Gateway", "网关"))
    yield _rows(
        [
            (t("service", "服务地址"), report["url"]),
            (t("key", "密钥"), report["kid"]),
            (t("key in the log", "密钥登记"), chosen(KEY_STATES, report["key"], chinese=t.chinese)),
            (t("running since", "启动时间"), _when(report["started_at"])),
            (t("version", "版本"), report["version"]),
            (t("as of", "截至"), _when(report["at"])),
        ]
    )


def _headline(report: Mapping[str, Any], t: _Words) -> str:
    outbox, reason = report["outbox"], report["sending"]["reason"]
    down = [one for one in report["devices"] if not one["running"]]
    if not report["running"]:
        return _state("bad", t("The program does not run.", "网关程序未运行。"))
    if outbox["full"]:
        return _state("bad", t(
            "The outbox is full: no reading with a photo can be kept on disk.",
            "发件箱已满：带照片的读数无法存盘。",
        ))  # fmt: skip
    waiting, lost = (
        sum(counts) for counts in zip((0, 0), *map(held, report["devices"]), strict=True)
    )
    if lost:
        return _state("bad", t("Readings were lost: see the devices.", "有读数丢失：请看设备。"))
    if waiting:
        return _state("bad", t(
            "Readings are in memory alone: the disk does not take them.",
            "有读数仅在内存中：磁盘无法写入。",
        ))  # fmt: skip
    if reason:
        kind = "wait" if reason == "network" and not long_unsent(outbox) else "bad"
        return _state(kind, chosen(REASONS, reason, chinese=t.chinese))
    if down:
        return _state("bad", t("A device does not run.", "有设备未运行。"))
    if outbox["parked"]:
        return _state("wait", t("Refused records wait for a decision.", "有被拒收的记录待处理。"))
    if outbox["waiting"]:
        return _state("ok", t("Sending.", "正在发送。"))
    return _state("ok", t("Everything is sent.", "全部已发送。"))


def _devices(devices: Sequence[Mapping[str, Any]], t: _Words) -> str:
    rows = []
    for one in devices:
        told = {name: value for name, value in _flat(one["told"]) if name != "state"}
        state = str(one["told"].get("state", "working")) if one["running"] else "stopped"
        said = " · ".join(
            f"{told_name(name, chinese=t.chinese)}: {_value(value)}" for name, value in told.items()
        )
        rows.append(
            [one["device"], chosen(DEVICE_STATES, state, chinese=t.chinese), said or "–",
             one["fault"] or "–"]
        )  # fmt: skip
    if not rows:
        return f"<p>{t('none is configured', '未配置设备')}</p>"
    heads = [
        t("device", "设备"),
        t("state", "状态"),
        t("reports", "设备报告"),
        t("last fault", "最近故障"),
    ]
    return _table(heads, rows)


def _flat(told: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """What a driver tells, tables within by dotted names; what is not known is left out."""
    for name, value in told.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{name}.")
        elif value is not None and value != []:
            yield within + name, value


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _state(kind: str, text: str) -> str:
    return f'<p class="state {kind}">● {escape(text)}</p>'


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{cells}</table>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _offset(clock: Mapping[str, Any]) -> str:
    if clock["offset_ms"] is None:
        return "–"
    return f"{clock['offset_ms']:+} ± {clock['uncertainty_ms']} ms"


def _when(text: str | None) -> str:
    """A time in this machine's zone, to the second."""
    if text is None:
        return "–"
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")
