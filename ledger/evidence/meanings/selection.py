"""What the fields of selections and evaluations of suppliers mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "selection_no": ("The school's number of the selection.", "遴选编号。"),
    "supplier-selection.supplier": ("The supplier that was chosen.", "选定的供应商。"),
    "supplier-selection.categories": ("The goods it is chosen for.", "选定供应的品类。"),
    "supplier-selection.method": ("How the school chose.", "遴选方式。"),
    "candidates": ("Everybody who was considered.", "全部候选供应商。"),
    "supplier-selection.candidates.supplier": ("A supplier that was considered.", "候选供应商。"),
    "supplier-selection.candidates.points": (
        "The candidate's points, more is better.",
        "候选得分，越高越优。",
    ),
    "selectors": ("Who chose, at least two people.", "参与遴选的人员，至少两人。"),
    "supplier-selection.selectors.method": (
        "How the person confirmed the choice.",
        "确认方式。",
    ),
    "supplier-selection.reason": (
        "Why a candidate with more points was not chosen.",
        "未选得分更高者的理由。",
    ),
    "evaluation_no": ("The school's number of the evaluation.", "评价编号。"),
    "scores": ("Points on each criterion.", "各项评分。"),
    "criterion": ("What is scored.", "评分项。"),
    "supplier-evaluation.scores.points": ("Points on this criterion.", "该项得分。"),
    "supplier-evaluation.scores.points_most": (
        "The most points this criterion gives.",
        "该项满分。",
    ),
    "supplier-evaluation.points": ("Sum of the points.", "总得分。"),
    "points_most": ("Sum of the most points.", "总满分。"),
    "deliveries": ("Deliveries in the period, each counted once.", "期间配送次数。"),
    "deliveries_rejected": (
        "Deliveries of which something was rejected, each counted once.",
        "发生拒收的配送次数，每次配送只计一次。",
    ),
    "evaluated_by": ("Who scored.", "评价人。"),
    "supplier-evaluation.remarks": ("What the points do not say.", "补充说明。"),
}
"""By field, or by type and path where a type needs its own words."""
