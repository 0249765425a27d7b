"""What the fields of reviews, admissions, selections and evaluations of suppliers mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "criteria_name": ("Name of the rules that were applied.", "所适用标准的名称。"),
    "criteria_version": ("Version of these rules.", "所适用标准的版本。"),
    "certificate-review.review_no": ("Number of the review.", "审核编号。"),
    "certificate-review.register_kind": (
        "Public register in which the certificate was looked up.",
        "核对所用的公开登记系统。",
    ),
    "certificate-review.register_status": (
        "What the register said of it.",
        "登记系统显示的状态。",
    ),
    "certificate-review.decision": (
        "Whether the certificate counts: accepted or rejected.",
        "审核结论：通过（accepted）或不通过（rejected）。",
    ),
    "certificate-review.reason_codes": (
        "Why it was rejected.",
        "不通过的原因。",
    ),
    "admission.decision_no": ("Number of the decision.", "准入决定编号。"),
    "admission.decision": (
        "Whether the supplier is admitted from now on: in-force, suspended or removed.",
        "此后的准入状态：有效（in-force）、暂停（suspended）或移出（removed）。",
    ),
    "admission.effective_at": ("From when the decision counts.", "决定生效时间。"),
    "admission.cause_code": (
        "Why the supplier was suspended or removed.",
        "暂停或移出的原因。",
    ),
    "supplier-selection.selection_no": ("The school's number of the choice.", "遴选编号。"),
    "supplier-selection.candidates": (
        "The suppliers that were compared, the chosen one among them.",
        "参与比选的供应商，含被选中者。",
    ),
    "supplier-selection.selectors": (
        "The people who chose, at least two.",
        "参与遴选的人员，至少两人。",
    ),
    "supplier-evaluation.evaluation_no": ("The school's number of the evaluation.", "评价编号。"),
    "supplier-evaluation.scores": ("Points by criterion.", "各项得分。"),
    "supplier-evaluation.scores.criterion": ("What the points are for.", "评分项。"),
    "supplier-evaluation.scores.points_most": (
        "The most points that the criterion gives.",
        "该项满分。",
    ),
    "supplier-evaluation.points_most": (
        "The most points that could be had in all.",
        "总满分。",
    ),
    "supplier-evaluation.deliveries": (
        "Deliveries in the time that was evaluated.",
        "评价期内的配送次数。",
    ),
    "supplier-evaluation.deliveries_rejected": (
        "How many of them were rejected, in whole or in part.",
        "其中整批或部分拒收的次数。",
    ),
    "supplier-evaluation.evaluated_by": ("The person who evaluated.", "评价人。"),
    "supplier-evaluation.remarks": ("What else has to be said.", "补充说明。"),
}
