"""What the fields of temperature logs and disposed samples mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "temperature-log.cabinet": (
        "The registered cabinet, fridge or probe that measured.",
        "测温的已登记柜、冰箱或探头。",
    ),
    "temperature-log.place": ("What kind of place its temperature is of.", "测温场所。"),
    "temperature-log.counter_from": (
        "The device's count of the first reading; the last batch's counter_until plus one.",
        "首个读数的设备计数，应为上一批 counter_until 加一。",
    ),
    "temperature-log.counter_until": (
        "The device's count of the last reading, this one included.",
        "末个读数的设备计数（含）。",
    ),
    "temperature-log.interval_s": ("Seconds from one reading to the next.", "读数间隔（秒）。"),
    "temperature-log.first_read_at": ("When the first reading was taken.", "首个读数时间。"),
    "temperature-log.last_read_at": ("When the last reading was taken.", "末个读数时间。"),
    "temperature-log.mC_readings": (
        "Every reading in order, in thousandths of a degree Celsius; null where there was none.",
        "按序排列的读数（千分之一摄氏度），缺测处为 null。",
    ),
    "temperature-log.alarm_low_mC": (
        "The device's lower alarm limit at the time, in thousandths of a degree; null: none.",
        "当时的报警下限（千分之一摄氏度），null 表示未设。",
    ),
    "temperature-log.alarm_high_mC": (
        "The device's upper alarm limit at the time, in thousandths of a degree.",
        "当时的报警上限（千分之一摄氏度）。",
    ),
    "temperature-log.calibration": (
        "Record of the thermometer's calibration.",
        "测温设备校准记录的编号。",
    ),
    "sample-disposed.cabinet": ("The cabinet it was kept in.", "原存放留样柜。"),
    "sample-disposed.slot": ("Its place in the cabinet.", "柜内位置。"),
    "sample-disposed.container_code": ("Code on the container.", "留样盒编号。"),
    "sample-disposed.retain_until": (
        "Until when it was to be kept, as the retained sample's record says.",
        "应保存至的时间，与留样记录一致。",
    ),
    "sample-disposed.disposed_at": (
        "When it left the cabinet, at the latest when the record says it happened.",
        "取出销毁时间，不晚于记录所称发生时间。",
    ),
    "sample-disposed.reason_code": (
        "Why it left; time-up is refused before retain_until.",
        "取出原因；留样期未满不得填 time-up。",
    ),
    "sample-disposed.disposal": ("What became of it.", "去向。"),
    "sample-disposed.amount_g": ("How much was left of it, in grams.", "剩余重量（克）。"),
    "sample-disposed.disposed_by": ("Who took it out, a pseudonym.", "销毁人假名。"),
    "sample-disposed.witnessed_by": ("Who saw it, another person.", "见证人假名，不得为销毁人。"),
}
