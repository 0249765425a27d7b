"""Risk: reviews, assessments, responses and the end of a freeze."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "rectification-review.work_order": (
        "The work order that is closed or stays open.",
        "被销号或退回的工单。",
    ),
    "rectification": (
        "Id of the rectification that was reviewed.",
        "所复核的整改记录编号。",
    ),
    "rectification-review.responsible": (
        "The party that put it right; never the one that reviews.",
        "整改责任方，不得为复核方。",
    ),
    "rectification-review.done_by": (
        "Who put it right, as a pseudonym; never the one who reviews.",
        "整改人（假名标识），不得为复核人。",
    ),
    "reviewed_by": (
        "Who reviewed it, as a pseudonym.",
        "复核人（假名标识）。",
    ),
    "reviewed_at": (
        "When it was reviewed.",
        "复核时间。",
    ),
    "on_site": (
        "Whether it was looked at in the place itself rather than by its photo.",
        "是否现场复核；否则为影像复核。",
    ),
    "rectification-review.decision": (
        "closed, or reopened with a new deadline.",
        "复核结论：closed 销号、reopened 退回并重定期限。",
    ),
    "new_due_at": (
        "The new deadline; stands with the decision reopened only.",
        "新的整改期限，仅退回时填写。",
    ),
    "rectification-review.remark": (
        "What was found, in a few words; no personal data.",
        "复核情况简述；不得含个人信息。",
    ),
    "risk-assessment.responsible": (
        "The party assessed.",
        "被评估的主体。",
    ),
    "minor_from_ppm": (
        "From which score on a risk is minor, in millionths.",
        "一般风险的起点分（百万分比）。",
    ),
    "major_from_ppm": (
        "From which score on a risk is major, in millionths.",
        "较大风险的起点分（百万分比）。",
    ),
    "critical_from_ppm": (
        "From which score on a risk is critical, in millionths.",
        "重大风险的起点分（百万分比）。",
    ),
    "risk-assessment.level": (
        "What the score amounts to: normal, minor, major or critical.",
        "风险等级：normal 正常、minor 一般、major 较大、critical 重大。",
    ),
    "response_no": (
        "Number of the response.",
        "处置编号。",
    ),
    "risk-response.responsible": (
        "The party it is directed at.",
        "被处置的主体。",
    ),
    "response": (
        "What follows: rectify for minor, freeze for major, joint for critical.",
        "处置方式：一般 rectify 整改、较大 freeze 冻结、重大 joint 多部门联合处置。",
    ),
    "effective_from": (
        "From when on it counts; never before the decision.",
        "生效时间，不得早于作出决定之时。",
    ),
    "risk-response.due_at": (
        "Until when it must be put right; with the response rectify only.",
        "整改期限，仅处置方式为整改时填写。",
    ),
    "held_back": (
        "What may not go on: serving, ordering; with a freeze, or a joint response that freezes.",
        "暂停的事项：serving 供餐、ordering 订货；冻结或含冻结的联合处置时填写。",
    ),
    "agencies": (
        "Offices that act together; with the response joint only.",
        "参与联合处置的部门，仅联合处置时填写。",
    ),
    "risk-response.instruction_zh": (
        "What is demanded, in Chinese, for those concerned.",
        "处置要求（中文），供相关人员阅读。",
    ),
    "freeze": (
        "Id of the response that froze.",
        "所解除的冻结记录编号。",
    ),
    "freeze-lift.responsible": (
        "The party that was frozen.",
        "被冻结的主体。",
    ),
    "released": (
        "What may go on again: serving, ordering.",
        "恢复的事项：serving 供餐、ordering 订货。",
    ),
    "lifted_from": (
        "From when on it may go on; never before the decision.",
        "解除的生效时间，不得早于作出决定之时。",
    ),
    "grounds": (
        "Why it is lifted.",
        "解除理由。",
    ),
    "freeze-lift.evidence": (
        "Ids of the records the decision rests on.",
        "作出决定所依据的记录编号。",
    ),
    "freeze-lift.decided_by": (
        "Who decided, as a pseudonym.",
        "决定人（假名标识）。",
    ),
}
