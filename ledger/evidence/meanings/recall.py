"""What the fields of recalls mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "recall_no": (
        "The number of the recall, the same in all its notices.",
        "召回编号，各次通知相同。",
    ),
    "notice_no": ("Which notice of the recall it is, from 1.", "召回通知序号，从 1 开始。"),
    "stage": ("Whether the notice opens, extends or closes the recall.", "启动、扩大或关闭召回。"),
    "recall.supplier": ("Whose lots are recalled.", "被召回批次的供应商。"),
    "lots": ("The lots that are not to be eaten.", "停止食用的批次号。"),
    "recall.reason_code": ("What is wrong with them.", "召回原因。"),
    "recall.reason": ("What was found, in words.", "召回原因说明。"),
    "hazard_class": (
        "How bad it is: minor, major or critical.",
        "危害等级：一般、较大、重大。",
    ),
    "action": (
        "What whoever has the goods does with them.",
        "持有者应采取的措施：封存、退回或销毁。",
    ),
    "discovered_at": ("When it was found out.", "发现时间。"),
    "recall.due_at": ("By when the action must be done.", "完成处置的期限。"),
    "distributed_quantity": (
        "How much of the lots had gone out, in unit.",
        "已流通数量，单位见 unit。",
    ),
    "recovered_quantity": (
        "How much of it came back or was destroyed, in unit.",
        "已召回或销毁的数量，单位见 unit。",
    ),
    "recall.schools": (
        "Schools known to have the lots; they can read the notice.",
        "已知收到该批次的学校，可查看本通知。",
    ),
}
"""By field, or by type and path where a type needs its own words."""
