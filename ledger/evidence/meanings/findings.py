"""Findings of the rule engine."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "expiry-warning.holder": (
        "Whose certificate lapses, where it is a party's.",
        "即将到期证照的持证主体。",
    ),
    "expiry-warning.staff": (
        "Whose health certificate lapses, as a pseudonym.",
        "健康证即将到期的从业人员（假名标识）。",
    ),
    "expiry-warning.scale": (
        "The scale whose calibration lapses.",
        "检定即将到期的电子秤。",
    ),
    "expiry-warning.certificate": (
        "Id of the certificate's record.",
        "该证照的记录编号。",
    ),
    "checked_on": (
        "The day on which the days left are counted.",
        "计算剩余天数的日期。",
    ),
    "days_left": (
        "Days from checked_on to the last day of validity; negative once it has lapsed.",
        "自 checked_on 至有效期截止日的天数；已过期为负数。",
    ),
    "lead_days": (
        "The step of the policy that this warning is for: so many days ahead, 0 at the end.",
        "本次预警对应的提前天数，到期时为 0。",
    ),
    "obligation_kind": (
        "Which duty to record was not met.",
        "未履行的记录义务。",
    ),
    "missing-evidence.source": (
        "Id of the record that makes it due, a menu or an order for instance.",
        "产生该义务的记录编号，如菜单或订单。",
    ),
    "missing-evidence.responsible": (
        "The party that should have posted it.",
        "应提交而未提交的主体。",
    ),
    "expected_type": (
        "The record type that is missing.",
        "所缺记录的类型。",
    ),
    "expected_for": (
        "What it is missing for: a dish, an order, a work order, a day.",
        "所缺记录对应的菜品、订单、工单或日期。",
    ),
    "missing-evidence.due_at": (
        "When it should have been in the log at the latest.",
        "最迟应入账的时间。",
    ),
    "suspicion_kind": (
        "What does not look real.",
        "疑点类别。",
    ),
    "suspicion.responsible": (
        "The party whose records these are.",
        "相关记录的提交主体。",
    ),
    "first_at": (
        "Time of the earliest record observed.",
        "最早一条相关记录的时间。",
    ),
    "last_at": (
        "Time of the latest record observed.",
        "最晚一条相关记录的时间。",
    ),
    "suspicion.score_ppm": (
        "How suspicious it is by the policy, in millionths.",
        "按规则得出的可疑程度（百万分比）。",
    ),
    "suspicion.threshold_ppm": (
        "From which score on the policy records it, in millionths.",
        "规则规定的登记阈值（百万分比）。",
    ),
    "observations": (
        "The records that do not look right, each once.",
        "有疑点的记录，每条只列一次。",
    ),
    "observations.record": (
        "Id of the record.",
        "记录编号。",
    ),
    "observations.field": (
        "The field of it that gave rise to the suspicion.",
        "引起疑点的字段。",
    ),
    "goods": (
        "What became of each item over the period; empty where only money is held against money.",
        "期间内各物料的去向；仅核对金额时为空数组。",
    ),
    "goods.unit": (
        "What all four quantities are counted in.",
        "四项数量共同的计量单位。",
    ),
    "goods.ordered": (
        "Quantity ordered, in `unit`.",
        "订货数量，以 `unit` 为单位。",
    ),
    "goods.weighed": (
        "Quantity weighed in, in `unit`; 0 where it is not weighed.",
        "过秤数量，以 `unit` 为单位；不过秤为 0。",
    ),
    "goods.accepted": (
        "Quantity accepted, in `unit`.",
        "验收数量，以 `unit` 为单位。",
    ),
    "goods.rejected": (
        "Quantity refused, in `unit`.",
        "拒收数量，以 `unit` 为单位。",
    ),
    "accepted_fen": (
        "What the accepted goods cost at the agreed prices, in fen.",
        "验收货物按约定单价计算的金额（分）。",
    ),
    "settled_fen": (
        "What was settled, in fen.",
        "已结算金额（分）。",
    ),
    "paid_fen": (
        "What left the account for it, in fen.",
        "专户实际付款金额（分）。",
    ),
    "unsettled_fen": (
        "Accepted less settled, in fen.",
        "验收减结算的差额（分）。",
    ),
    "unpaid_fen": (
        "Settled less paid, in fen.",
        "结算减付款的差额（分）。",
    ),
    "tolerance_fen": (
        "Up to which difference the policy calls it matched, in fen.",
        "规则允许的差额（分）。",
    ),
    "reconciliation.result": (
        "Whether goods and money meet: matched or mismatched.",
        "核对结论：matched 相符、mismatched 不符。",
    ),
}
