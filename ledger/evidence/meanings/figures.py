"""Figures and duties."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "dashboard-snapshot.school": (
        "The school shown; left out where the dashboard is that of all schools.",
        "所示学校；展示全部学校时省略。",
    ),
    "layout": (
        "Which dashboard.",
        "看板版式。",
    ),
    "dashboard-snapshot.taken_at": (
        "When it was shown like this.",
        "快照时间。",
    ),
    "figures": (
        "The numbers shown, each once.",
        "所示数字，每项只列一次。",
    ),
    "figure_code": (
        "Which number.",
        "数字代码。",
    ),
    "figures.value": (
        "The number, an integer in `value_unit`.",
        "数值，以 `value_unit` 为单位的整数。",
    ),
    "value_unit": (
        "What the number is counted in.",
        "数值单位。",
    ),
    "shown_sha256": (
        "SHA-256 of the picture or page that was shown, in hex.",
        "所展示图像或页面的 SHA-256（十六进制）。",
    ),
    "kpi-report.school": (
        "The school reported on; left out where it is all of them.",
        "所报告的学校；涵盖全部学校时省略。",
    ),
    "days_covered": (
        "On how many days of the period meals were served.",
        "期间内实际供餐天数。",
    ),
    "indicators": (
        "The claims, each once.",
        "各项指标，每项只列一次。",
    ),
    "indicator_code": (
        "Which claim.",
        "指标代码。",
    ),
    "numerator": (
        "What is divided, in `numerator_unit`.",
        "分子，以 `numerator_unit` 为单位。",
    ),
    "numerator_unit": (
        "What the numerator is counted in.",
        "分子单位。",
    ),
    "denominator": (
        "What it is divided by, in `denominator_unit`.",
        "分母，以 `denominator_unit` 为单位。",
    ),
    "denominator_unit": (
        "What the denominator is counted in.",
        "分母单位。",
    ),
    "indicators.value_ppm": (
        "The fraction in millionths, half rounded up.",
        "分子除以分母的百万分比，四舍五入。",
    ),
    "assignment_no": (
        "The bureau's number of the assignment.",
        "责任分工编号，由教育局编制。",
    ),
    "responsibility-assignment.valid_from": (
        "First day on which it counts.",
        "生效首日。",
    ),
    "responsibility-assignment.valid_until": (
        "Last day on which it counts; null until further notice.",
        "失效日期（含当日）；未定填 null。",
    ),
    "duties": (
        "The duties, each once.",
        "各项职责，每项只列一次。",
    ),
    "duty_code": (
        "Which duty.",
        "职责代码。",
    ),
    "duties.side": (
        "On which side of the wall it is; nobody has duties on two.",
        "职责所属一侧：money 管钱、procurement 采购准入、goods 管物、oversight 监督，不得跨侧。",
    ),
    "duties.person": (
        "Who has it, as a pseudonym.",
        "责任人（假名标识）。",
    ),
    "duties.deputy": (
        "Who stands in, as a pseudonym.",
        "代理人（假名标识）。",
    ),
    "handed_over_at": (
        "When whoever had it before handed it over.",
        "交接时间。",
    ),
}
