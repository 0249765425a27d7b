"""What the fields of device statuses and outages mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "device-status.device": (
        "The device or gateway that is spoken of.",
        "所述设备或网关。",
    ),
    "device-status.observed_at": ("When it was so.", "状态时间。"),
    "device-status.status": ("How it is.", "设备状态。"),
    "device-status.started_at": (
        "When it was last switched on or restarted.",
        "最近一次启动时间。",
    ),
    "device-status.firmware_version": ("Version of its software.", "固件版本。"),
    "device-status.config_sha256": (
        "SHA-256 of its settings, in hex: changes when a limit is changed.",
        "配置的 SHA-256（十六进制），限值改动即变化。",
    ),
    "device-status.last_counter": (
        "Count of its last reading; null: it counts nothing.",
        "最后一次读数的计数，null 表示不计数。",
    ),
    "device-status.outbox_records": (
        "How many records it has yet to send.",
        "待发送记录数。",
    ),
    "device-status.outbox_oldest_at": (
        "Since when the oldest of them waits.",
        "最早待发送记录的时间。",
    ),
    "outage.outage_no": ("The poster's number of the outage.", "停用申报编号。"),
    "outage.canteen": ("The canteen concerned, where it is one.", "涉及的食堂（如为一个）。"),
    "outage.devices": ("The devices that cannot measure or send.", "无法测量或发送的设备。"),
    "outage.cause": ("Why.", "停用原因。"),
    "outage.planned": (
        "Whether it was known beforehand; true is refused once it has begun.",
        "是否计划停用；开始之后申报不得填 true。",
    ),
    "outage.from_at": ("When it began or will begin.", "停用开始时间。"),
    "outage.until_at": (
        "When it ended, or when it is expected to; nothing after it is excused.",
        "停用结束或预计结束时间，此后不予豁免。",
    ),
    "outage.until_is": ("Whether the end is expected or past.", "结束时间为预计还是已结束。"),
    "outage.late_types": (
        "Record types that will come late because of it.",
        "因此迟交的记录类型。",
    ),
    "outage.meanwhile": ("What is done in the meantime.", "停用期间的替代措施。"),
    "outage.repair_no": ("The repairer's number.", "报修单号。"),
}
