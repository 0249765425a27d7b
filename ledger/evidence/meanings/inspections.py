"""Inspections, by a regulator and by the canteen itself."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "items.finding": (
        "What was found at this point, in a few words; no names.",
        "该项发现的情况，简要说明，不写姓名。",
    ),
    "self-inspection.measures_taken": (
        "What was done about what failed.",
        "对不合格项已采取的措施。",
    ),
    "inspection_no": (
        "The regulator's number of the inspection.",
        "检查编号，由监管部门编制。",
    ),
    "official-inspection.responsible": (
        "The party inspected, which answers for what was found.",
        "被检查方，对检查发现的问题负责。",
    ),
    "inspection_kind": (
        "What occasioned it.",
        "检查类别。",
    ),
    "announced": (
        "Whether the party knew of it before.",
        "是否事先通知。",
    ),
    "official-inspection.started_at": (
        "When it began.",
        "检查开始时间。",
    ),
    "official-inspection.ended_at": (
        "When it was over.",
        "检查结束时间。",
    ),
    "inspectors": (
        "Who inspected, as pseudonyms.",
        "检查人员（假名标识）。",
    ),
    "official-inspection.items": (
        "What was looked at, each item once.",
        "检查项，每项只列一次。",
    ),
    "self-inspection.items": (
        "What was looked at, each item once.",
        "检查项，每项只列一次。",
    ),
    "items.item_code": (
        "The item.",
        "检查项代码。",
    ),
    "items.result": (
        "How it was found: pass, fail or not-applicable.",
        "检查结果：pass 合格、fail 不合格、not-applicable 不适用。",
    ),
    "items.severity": (
        "How grave a failed item is; stands with those only.",
        "不合格项的严重程度，仅不合格项填写。",
    ),
    "conclusion": (
        "What follows: pass, rectify by a deadline, or fail.",
        "结论：pass 合格、rectify 限期整改、fail 不合格。",
    ),
    "rectify_by": (
        "Until when it must be put right; stands with the conclusion rectify only.",
        "整改期限，仅结论为 rectify 时填写。",
    ),
    "level": (
        "Control of a day, check of a week, or meeting of a month.",
        "层级：daily-control 日管控、weekly-check 周排查、monthly-meeting 月调度。",
    ),
    "performed_by": (
        "Who made the check, as a pseudonym.",
        "检查人（假名标识）。",
    ),
    "self-inspection.approved_by": (
        "Who read and approved it, as a pseudonym; somebody else.",
        "审核人（假名标识），不得与检查人相同。",
    ),
    "attendees": (
        "Who came to the monthly meeting, as pseudonyms; with that level only.",
        "月调度参会人员（假名标识），仅该层级填写。",
    ),
    "decisions": (
        "What the monthly meeting decided; with that level only.",
        "月调度的决定事项，仅该层级填写。",
    ),
}
