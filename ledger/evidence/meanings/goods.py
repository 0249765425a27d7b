"""What the fields of lot documents and stock moves mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "stock-move.specification": (
        "Grade, cut or packing, as the label or the delivery note has it.",
        "规格：等级、部位或包装，与标签或送货单一致。",
    ),
    "document_kind": ("What paper it is.", "票证种类。"),
    "document_no": ("The number printed on the paper.", "票证编号。"),
    "lot-document.origin": ("Where the lot came from.", "产地或启运地。"),
    "lot-document.issuing_authority": ("Who issued the paper.", "出具机构。"),
    "lot-document.issued_on": ("Day on which it was issued.", "出具日期。"),
    "lot-document.valid_until": ("Last day on which it counts.", "有效期截止日。"),
    "lot-document.result": ("Whether the lots passed.", "检验检疫是否合格。"),
    "destination": ("Where the paper lets the goods go.", "票证载明的到达地。"),
    "lot-document.lines": (
        "The lots it covers, with the quantities printed on it.",
        "票证覆盖的批次及载明数量。",
    ),
    "lot-document.lines.lot_no": (
        "The lot, as deliveries and acceptances name it.",
        "批次号，须与配送、验收一致。",
    ),
    "move_no": ("The canteen's number of the move.", "出入库流水号。"),
    "move_kind": (
        "Whether goods came in, left, or were counted.",
        "入库、出库、退货、报损或盘点。",
    ),
    "stock-move.basis": (
        "What it rests on: a weight, an acceptance, a count, or somebody's hand.",
        "依据：称重、验收、盘点或手工登记。",
    ),
    "moved_at": ("When the goods moved or were counted.", "变动或盘点时间。"),
    "store": ("Which store it is.", "库房类别。"),
    "stock-move.quantity": (
        "How much moved; of a count, how much it differs.",
        "变动数量；盘点时为差异数量。",
    ),
    "stock_before": ("Stock of the item before, in unit.", "变动前库存，单位见 unit。"),
    "stock_after": ("Stock of the item after, in unit.", "变动后库存，单位见 unit。"),
    "stock-move.reason_code": (
        "Why it was wasted, or why a count found another stock.",
        "报损原因，或盘点差异原因。",
    ),
}
"""By field, or by type and path where a type needs its own words."""
