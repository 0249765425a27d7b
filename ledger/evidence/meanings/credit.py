"""Credit: ratings, entries, disputes and rulings."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "rating.grade": (
        "The grade that the policy gives for the score.",
        "按规则由得分得出的等级。",
    ),
    "rating.rank": (
        "Place among all rated suppliers, 1 the best.",
        "在全部被评供应商中的名次，1 为最高。",
    ),
    "rated_suppliers": (
        "How many suppliers were rated.",
        "被评供应商总数。",
    ),
    "credit-entry.entry_no": (
        "Running number of the supplier's credit entries, from 1.",
        "该供应商信用记录的序号，自 1 起。",
    ),
    "entry_kind": (
        "What moved the credit.",
        "变动类别。",
    ),
    "cause": (
        "Id of the record that caused it.",
        "引起变动的记录编号。",
    ),
    "balance_before_points": (
        "Points before; those after the entry before.",
        "变动前信用分，等于上一条记录的变动后信用分。",
    ),
    "change_points": (
        "Points gained, or lost where negative.",
        "信用分变动，扣分为负数。",
    ),
    "balance_after_points": (
        "Points after: before and change together.",
        "变动后信用分＝变动前信用分＋变动。",
    ),
    "effective_on": (
        "From which day on it counts.",
        "生效日期。",
    ),
    "expires_on": (
        "Last day on which it counts; null where it counts for good.",
        "失效日期；长期有效填 null。",
    ),
    "dispute_no": (
        "Your number of the dispute.",
        "异议编号，由提出方编制。",
    ),
    "dispute.disputed_by": (
        "Who disputes: the issuer of this record.",
        "异议提出方，即本记录的提交方。",
    ),
    "dispute.record": (
        "Id of the record that is disputed.",
        "被异议的记录编号。",
    ),
    "dispute.responsible": (
        "Who issued that record and has to answer.",
        "被异议记录的提交方，负责答复。",
    ),
    "ground": (
        "What is wrong with it.",
        "异议理由类别。",
    ),
    "fields_disputed": (
        "The fields of it that are wrong.",
        "有误的字段。",
    ),
    "remedy": (
        "What you ask for: withdraw, correct, recompute or inspect-again.",
        "请求：withdraw 撤回、correct 更正、recompute 重算、inspect-again 复检。",
    ),
    "noticed_on": (
        "The day you learnt of the record.",
        "知悉该记录的日期。",
    ),
    "statement_zh": (
        "Your case, in Chinese, at most 5,000 characters; no personal data.",
        "异议陈述（中文），最多 5000 字符；不得含个人信息。",
    ),
    "ruling_no": (
        "Number of the ruling.",
        "裁定编号。",
    ),
    "ruling.dispute": (
        "Id of the dispute that is decided.",
        "所裁定的异议记录编号。",
    ),
    "ruling.disputed_by": (
        "Who disputed the record.",
        "异议提出方。",
    ),
    "ruling.responsible": (
        "Who issued the disputed record.",
        "被异议记录的提交方。",
    ),
    "ruling.decision": (
        "upheld, partly-upheld or rejected.",
        "裁定结果：upheld 成立、partly-upheld 部分成立、rejected 不成立。",
    ),
    "remedies": (
        "What has to be done now; empty where the dispute is rejected.",
        "补救措施；异议不成立时为空数组。",
    ),
    "reasons_zh": (
        "Why, in Chinese, at most 5,000 characters; no personal data.",
        "裁定理由（中文），最多 5000 字符；不得含个人信息。",
    ),
    "heard": (
        "The parties that were heard, both sides among them.",
        "已听取陈述的主体，须包括双方。",
    ),
    "ruling.decided_by": (
        "Who decided, as pseudonyms.",
        "裁定人（假名标识）。",
    ),
    "decided_at": (
        "When it was decided.",
        "裁定时间。",
    ),
    "appeal_until": (
        "Last day for an appeal; null where there is none.",
        "申诉截止日；不可申诉填 null。",
    ),
}
