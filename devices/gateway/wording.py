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
    "refused": (
        "The service refuses whatever is sent: look at the token and the address.",
        "服务拒绝一切请求：请检查令牌和地址。",
    ),
    "speaker": (
        "The log does not know this gateway's key or role yet: records wait here.",
        "账本尚未登记本网关的密钥或角色：记录暂存本机。",
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
}


def chosen(words: Words, name: str, *, chinese: bool | None = None) -> str:
    """The words for a state; itself where it has none."""
    pair = words.get(name)
    if pair is None:
        return name
    return pair[1] if (reads_chinese() if chinese is None else chinese) else pair[0]


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count = count / 1024
    return f"{count:.1f} GiB"
