"""Words for the states of a gateway, in both languages, for its page and its commands."""

from collections.abc import Mapping
from typing import Final

from devices.gateway.language import chinese as reads_chinese

Words = Mapping[str, tuple[str, str]]

REASONS: Final[Words] = {
    "": ("sending works", "发送正常"),
    "network": (
        "The service cannot be reached or asks for patience: records wait here.",
        "无法连接服务，或服务要求稍候：记录暂存本机。",
    ),
    "insecure": (
        "No secure connection (certificate, address or this machine's clock): records wait here.",
        "无法建立安全连接（请检查证书、地址和本机时钟）：记录暂存本机。",
    ),
    "refused": (
        "The service refuses whatever is sent: look at the token and the address.",
        "服务拒绝一切请求：请检查令牌和地址。",
    ),
    "speaker": (
        "The log knows no valid key or role of this gateway: records wait here.",
        "账本中没有本网关的有效密钥或角色（尚未登记或已吊销）：记录暂存本机。",
    ),
    "untrusted": (
        "The service's answers do not hold: nothing is believed, records wait here.",
        "服务的响应未通过校验：一律不予采信，记录暂存本机。",
    ),
    "fault": (
        "A fault of this program: see its log; records wait here.",
        "本程序出错：请查看日志；记录暂存本机。",
    ),
    "disk": ("This machine's disk is full or fails.", "本机磁盘已满或故障。"),
}
CLOCK_STATES: Final[Words] = {
    "synchronised": ("agrees with the service's", "与服务一致"),
    "unsynchronised": ("is off; records say so", "有偏差，记录中已注明"),
    "unknown": ("not compared yet", "尚未比对"),
}
KEY_STATES: Final[Words] = {
    "registered": ("registered", "已登记"),
    "unregistered": ("waits for an authority's signature", "待主管机构签名登记"),
    "revoked": ("revoked", "已吊销"),
    "unknown": ("not known", "未知"),
}
DEVICE_STATES: Final[Words] = {
    "working": ("working", "正常"),
    "degraded": ("degraded", "降级"),
    "sensor-failure": ("sensor failure", "传感器故障"),
    "tampered": ("tampered", "被拆动"),
    "maintenance": ("maintenance", "维护中"),
    "stopped": ("stopped; is started again", "已停止，将自动重启"),
    "not-started": ("not started", "未启动"),
    "not-listening": ("does not listen", "未监听"),
    "journal-unreadable": ("its file cannot be read", "状态文件无法读取"),
}
TOLD_ZH: Final[Mapping[str, str]] = {
    "shows": "显示",
    "load": "秤台",
    "last_net_g": "最近净重（克）",
    "last_at": "最近称重",
    "last_counter": "最近编号",
    "waiting": "等待存盘",
    "lost": "丢失",
    "fault": "故障",
    "last_fault": "最近故障",
    "state": "状态",
    "camera": "摄像头",
    "source": "来源",
    "findings": "照片检查",
    "shown_g": "屏显（克）",
    "frame_age_ms": "画面时间（毫秒前）",
    "opened": "打开次数",
    "faults": "故障",
    "line": "串口",
    "outbox": "发件箱",
    "goods": "货物文件",
    "number": "编号",
    "journal": "状态文件",
    "refused": "被拒",
    "temperature_mC": "温度（毫摄氏度）",
    "door_open": "柜门开启",
    "alarms": "报警",
    "samples": "留样",
    "too_small": "留样不足",
    "tasks": "待办",
    "wrong": "异常",
    "last_look_at": "最近读取",
    "address": "地址",
    "checks": "晨检",
    "last_check_at": "最近晨检",
    "last_heard_at": "最近联系",
    "heartbeats": "心跳",
    "unauthorised": "未授权请求",
    "sign_offs": "签退",
    "looked_at": "已看画面",
    "skipped": "跳过画面",
    "alert_ms": "报警用时（毫秒）",
    "detectors": "检测器",
    "detector_faults": "检测器故障",
}
"""What this package's drivers tell, in Chinese; in English the names say it themselves."""


def chosen(words: Words, name: str, *, chinese: bool | None = None) -> str:
    """The words for a state; itself where it has none."""
    pair = words.get(name)
    if pair is None:
        return name
    return pair[1] if (reads_chinese() if chinese is None else chinese) else pair[0]


def told_name(dotted: str, *, chinese: bool) -> str:
    """The name of what a driver tells; a vendor's own as it stands."""
    if not chinese:
        return dotted
    return "·".join(TOLD_ZH.get(part, part) for part in dotted.split("."))


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count = count / 1024
    return f"{count:.1f} GiB"
