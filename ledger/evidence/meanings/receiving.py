"""Receiving: goods weighed, accepted and refused."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "weigh-in.direction": (
        "Which way the goods go: inbound, outbound to the kitchen, return or waste.",
        "货物去向：inbound 入库、outbound 出库、return 退货、waste 废弃。",
    ),
    "gross_g": (
        "Weight with its container, in grams.",
        "毛重（克）。",
    ),
    "tare_g": (
        "Weight of the container, in grams.",
        "皮重（克）。",
    ),
    "net_g": (
        "Gross less tare, in grams.",
        "净重（克）＝毛重－皮重。",
    ),
    "acceptance.lines.net_g": (
        "Net weight in grams as weighed in; null where the line is not weighed.",
        "称重净重（克）；不称重的行填 null。",
    ),
    "acceptance.lines.temperature_mC": (
        "Temperature of the goods in thousandths of a degree Celsius; null where none was taken.",
        "到货温度（千分之一摄氏度）；未测量填 null。",
    ),
    "entry_mode": (
        "device: by the gateway, with all from scale to clock_offset_ms; manual: without, a finding.",
        "device 由秤或网关提交，scale 至 clock_offset_ms 各项必填；manual 由验收人员手工提交，省略这些项，一律成为问题线索。",
    ),
    "display_ocr_g": (
        "Grams read off the scale's display in the photo; null where it could not be read.",
        "从照片读出的秤显示值（克）；无法识别填 null。",
    ),
    "attended_by": (
        "Who stood at the scale, as pseudonyms.",
        "称重在场人员（假名标识）。",
    ),
    "counter": (
        "The device's own count of its readings, so that a gap shows.",
        "设备自身的读数序号，可据此发现缺漏。",
    ),
    "calibration": (
        "Id of the calibration record in force.",
        "在有效期内的检定记录编号。",
    ),
    "division_mg": (
        "The smallest step the scale shows, in milligrams.",
        "秤的分度值（毫克）。",
    ),
    "tare_source": (
        "Where the tare comes from.",
        "皮重来源。",
    ),
    "stable": (
        "Whether the scale stood still.",
        "读数是否稳定。",
    ),
    "stable_readings": (
        "How many equal readings in a row the weight rests on.",
        "连续相同读数的次数。",
    ),
    "protocol": (
        "How the scale speaks; says how `raw_frame` is read.",
        "秤的通信协议，说明 `raw_frame` 的解析方式。",
    ),
    "raw_frame": (
        "The bytes the scale sent, in base64, from which anyone reads the weight again.",
        "秤发出的原始字节（base64），任何人可据此重新读出重量。",
    ),
    "clock_state": (
        "Whether the device's clock was synchronised.",
        "设备时钟同步状态。",
    ),
    "clock_offset_ms": (
        "How far the device's clock was off, in milliseconds; null where unknown.",
        "设备时钟偏差（毫秒）；未知填 null。",
    ),
    "acceptance_no": (
        "The school's number of the acceptance.",
        "验收单号，由学校编制。",
    ),
    "acceptors": (
        "Those who accept together: at least two different people, none of whom ordered.",
        "共同验收人，至少两名不同人员，且不含下单人。",
    ),
    "method": (
        "By what means the person confirmed.",
        "确认方式。",
    ),
    "accepted_quantity": (
        "How much was taken in, in `unit`.",
        "实收数量，以 `unit` 为单位。",
    ),
    "rejected_quantity": (
        "How much was refused, in `unit`.",
        "拒收数量，以 `unit` 为单位。",
    ),
    "sensory": (
        "Look, smell and feel: pass or fail.",
        "感官检查：pass 合格、fail 不合格。",
    ),
    "label": (
        "The label: pass or fail.",
        "标签检查：pass 合格、fail 不合格。",
    ),
    "documents": (
        "Papers that must come with it: pass or fail.",
        "票证检查：pass 合格、fail 不合格。",
    ),
    "acceptance.result": (
        "full where everything was taken, else partial.",
        "验收结果：full 全部接收、partial 部分接收。",
    ),
    "rejection_no": (
        "The school's number of the rejection.",
        "拒收单号，由学校编制。",
    ),
    "rejectors": (
        "Those who refuse together: at least two different people.",
        "共同拒收人，至少两名不同人员。",
    ),
    "rejection.lines.reason_code": (
        "Why this line was refused.",
        "该行拒收原因。",
    ),
    "disposal": (
        "What became of the goods: returned, destroyed or held.",
        "处置方式：returned 退回、destroyed 销毁、held 封存。",
    ),
    "supplier_present": (
        "Whether the supplier stood by.",
        "供应商是否在场。",
    ),
}
