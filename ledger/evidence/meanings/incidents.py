"""What went wrong: incidents and temperature alarms."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "first_onset_at": (
        "When the first person fell ill: with the meal it shows how long it took.",
        "首例发病时间，与用餐时间对照可知潜伏期。",
    ),
    "incident.symptoms": (
        "Symptoms of those affected, taken together; of no single person.",
        "受影响人员的症状汇总，不针对个人。",
    ),
    "incident_no": (
        "The school's number of the incident.",
        "事件编号，由学校编制。",
    ),
    "incident_kind": (
        "What happened.",
        "事件类别。",
    ),
    "noticed_at": (
        "When it was first noticed.",
        "首次发现时间。",
    ),
    "persons_affected": (
        "How many people are affected; never who.",
        "受影响人数；不得写明身份。",
    ),
    "persons_hospitalised": (
        "How many of them are in hospital.",
        "其中住院人数。",
    ),
    "incident.meal_on": (
        "Day of the meal under suspicion.",
        "可疑餐次的日期。",
    ),
    "incident.meal": (
        "The meal under suspicion.",
        "可疑餐次。",
    ),
    "dish_codes": (
        "Codes of the dishes under suspicion, as in the menu.",
        "可疑菜品编码，与食谱一致。",
    ),
    "measures_taken": (
        "What was done at once.",
        "已采取的措施。",
    ),
    "samples_sealed": (
        "Whether the retained samples of that meal were sealed.",
        "该餐留样是否已封存。",
    ),
    "reported_to": (
        "Which offices were told; empty where none was yet.",
        "已报告的部门；尚未报告则为空数组。",
    ),
    "reported_at": (
        "When they were told.",
        "报告时间。",
    ),
    "temperature-alarm.cabinet": (
        "The cabinet, store or counter that was measured, as registered.",
        "被测的柜、库或保温台，须已登记。",
    ),
    "zone": (
        "What is kept there.",
        "区域类别。",
    ),
    "temperature-alarm.direction": (
        "On which side of the limit it was: above or below.",
        "超限方向：above 高于上限、below 低于下限。",
    ),
    "limit_mC": (
        "The limit set on the device, in thousandths of a degree Celsius.",
        "设备设定的限值（千分之一摄氏度）。",
    ),
    "limit_set_at": (
        "Since when that limit has been set; one quietly raised becomes a finding.",
        "该限值的设定时间；悄然调高会成为问题线索。",
    ),
    "extreme_mC": (
        "The reading farthest beyond the limit, in thousandths of a degree Celsius.",
        "超限最多的读数（千分之一摄氏度）。",
    ),
    "temperature-alarm.readings": (
        "How many readings in a row were beyond it.",
        "连续超限的读数次数。",
    ),
    "temperature-alarm.started_at": (
        "When the first of them was taken.",
        "首次超限时间。",
    ),
    "temperature-alarm.ended_at": (
        "When it was within the limit again; null while it is not.",
        "恢复正常时间；尚未恢复填 null。",
    ),
}
