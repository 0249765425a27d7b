"""What the fields of certificate reviews and admissions mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "review_no": ("The bureau's number of the review.", "审查编号。"),
    "certificate-review.holder": (
        "Whose certificate was looked up.",
        "被审查证照的持有人。",
    ),
    "register_kind": ("The register it was looked up in.", "核验所用的登记系统。"),
    "register_status": ("What the register said of it.", "登记系统显示的证照状态。"),
    "certificate-review.checked_at": ("When it was looked up.", "核验时间。"),
    "criteria_name": (
        "The rules that were applied, by their name.",
        "所依据标准的名称。",
    ),
    "criteria_version": (
        "Their version, so that the rule in force that day is known.",
        "所依据标准的版本，用于确认当日适用的规则。",
    ),
    "certificate-review.decision": (
        "Whether the certificate counts for admission.",
        "证照是否被认可。",
    ),
    "reason_codes": (
        "Why it was rejected, or taken although the register does not call it valid.",
        "不予认可的原因，或登记状态非有效仍予认可的原因。",
    ),
    "certificate-review.reviewed_by": ("Who looked it up.", "核验人。"),
    "decision_no": ("The number of the decision.", "决定编号。"),
    "admission.bureau": (
        "The bureau whose pool it is.",
        "资源库所属的教育局。",
    ),
    "admission.decision": (
        "in-force admits, suspended bars until a new decision, removed strikes off the pool.",
        "in-force 为准入，suspended 为暂停（至新决定为止），removed 为剔除。",
    ),
    "admission.categories": (
        "The goods it is about; of several decisions on one the last by effective_at counts.",
        "决定涉及的品类；同一品类以 effective_at 最晚的决定为准。",
    ),
    "effective_at": ("From when the decision holds.", "决定生效时间。"),
    "admission.term_from": ("First day of the admission.", "准入期限起始日。"),
    "admission.term_until": (
        "Last day of the admission; nothing is ordered after it.",
        "准入期限截止日，此后不得下单。",
    ),
    "cause_code": ("Why the supplier is suspended or removed.", "暂停或剔除的原因。"),
    "admission.cause": ("The cause in words.", "原因说明。"),
    "admission.appeal_until": ("Last day for the supplier to appeal.", "供应商申诉的最后期限。"),
}
"""By field, or by type and path where a type needs its own words."""
